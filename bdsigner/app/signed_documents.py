"""What a face can do with the register of documents (Đ10.3c, Đ18.2, §12)."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bdsigner.model.register import Register
from bdsigner.model.registered_document import RegisteredDocument, documents_in
from bdsigner.model.release import ClerkReview, ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate, ReleaseOrder
from bdsigner.model.signing_rules import Objection
from bdsigner.model.verification import VerificationOutcome
from bdsigner.ports import Services
from bdsigner.usecases.received_register import Entering, enter_received, enter_reported
from bdsigner.usecases.register_export import register_json, release_evidence
from bdsigner.usecases.release_documents import (
    examine_for_release,
    list_documents,
    objections_to_release,
    release_document,
    review_document,
)


class SignedDocuments:
    """Every method may be called from any thread and raises what its use case says."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def read(self) -> Register:
        """All entries, and whether the chain is whole.  Raises ``StorageError``."""
        return self._services.register.read()

    def documents(self) -> tuple[RegisteredDocument, ...]:
        """See ``usecases.release_documents.list_documents``."""
        return list_documents(self._services)

    def place_of(self, document: RegisteredDocument) -> Path | None:
        """Where its file was last; ``None``: not known."""
        return self._services.register.place_of(document.file.sha256)

    def examine(self, path: Path) -> ReleaseCandidate:
        """See ``usecases.release_documents.examine_for_release``."""
        return examine_for_release(path, self._services)

    def review(
        self, candidate: ReleaseCandidate, *, verdict: ReviewVerdict, reviewer: str, reason: str = ""
    ) -> ClerkReview:
        """See ``usecases.release_documents.review_document``."""
        return review_document(candidate, self._services, verdict=verdict, reviewer=reviewer, reason=reason)

    def objections(
        self, candidate: ReleaseCandidate, order: ReleaseOrder, *, reviewer: str = ""
    ) -> tuple[Objection, ...]:
        """See ``usecases.release_documents.objections_to_release``."""
        return objections_to_release(candidate, order, self._services, reviewer=reviewer)

    def release(self, candidate: ReleaseCandidate, order: ReleaseOrder, *, reviewer: str = "") -> RegisteredDocument:
        """See ``usecases.release_documents.release_document``."""
        return release_document(candidate, order, self._services, reviewer=reviewer)

    def receive(self, outcomes: Sequence[VerificationOutcome], *, channel: str = "") -> Entering:
        """See ``usecases.received_register.enter_received``."""
        return enter_received(outcomes, self._services, channel=channel)

    def note_reported(self, outcome: VerificationOutcome, *, reporter: str, letter: Path) -> None:
        """See ``usecases.received_register.enter_reported``."""
        enter_reported(outcome, self._services, reporter=reporter, letter=letter)

    def save_evidence(self, document: RegisteredDocument, target: Path) -> None:
        """Write the evidence of a release; replaces no file.  Raises ``RegulationError``, ``StorageError``."""
        self._services.outputs.write_new(target, release_evidence(document))

    def export(self, target: Path, *, table: Callable[[Iterable[RegisteredDocument]], bytes]) -> None:
        """Write the register, by the name's ending as a ``table`` (``.csv``) or as JSON with its chain.

        Replaces no file.  Raises ``StorageError``.
        """
        register = self.read()
        is_table = target.suffix.lower() == ".csv"
        content = table(documents_in(register.entries)) if is_table else register_json(register)
        self._services.outputs.write_new(target, content)
