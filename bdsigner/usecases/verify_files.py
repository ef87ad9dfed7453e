"""Tell whether files are genuine."""

from collections.abc import Sequence
from pathlib import Path

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.model.verification import VerificationOutcome
from bdsigner.ports import DocumentGateway, Phase, Progress


def verify_files(
    paths: Sequence[Path], *, documents: DocumentGateway, progress: Progress
) -> tuple[VerificationOutcome, ...]:
    """Judge each file; one that cannot be read does not stop the others.  Raises ``UserCancelled``."""
    outcomes: list[VerificationOutcome] = []
    for number, path in enumerate(paths):
        progress.report(path, Phase.VERIFYING, done=number, total=len(paths))
        try:
            outcomes.append(VerificationOutcome(path=path, report=documents.verify(path)))
        except UserCancelled:
            raise
        except BdsignerError as error:
            outcomes.append(VerificationOutcome(path=path, error=error))
        progress.report(path, Phase.DONE, done=number + 1, total=len(paths))
    return tuple(outcomes)
