"""Go on with a batch whose process was killed: nothing is signed twice, nothing lost, no temporary file left."""

from dataclasses import replace
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.batch import JournalledFile, JournalStep, UnfinishedBatch
from bdsigner.model.signature import FilePlan, SigningOutcome
from bdsigner.model.verification import Verdict
from bdsigner.ports import Interaction, Progress, Services
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.sign_files import find_signer, sign_files
from bdsigner.usecases.signed_register import enter_recovered
from bdsigner.usecases.token_logins import TokenLogins

_BLOCK_BYTES = 1 << 20


def resume_batch(
    batch: UnfinishedBatch, services: Services, *, logins: TokenLogins, interaction: Interaction, progress: Progress
) -> tuple[SigningOutcome, ...]:
    """Publish what was whole, sign what was not; returns the outcomes of what had to be signed.

    Raises as ``sign_files``; the batch then stays in the journal, but for what was finished here.
    """
    left = _settle(batch, services)
    if not left:
        services.journal.end(batch.id)
        return ()
    plan = replace(batch.plan, files=tuple(left))
    return sign_files(plan, services, logins=logins, interaction=interaction, progress=progress, instead_of=batch.id)


def forget_batch(batch: UnfinishedBatch, services: Services) -> None:
    """Give up what is left of it, without its temporary files; what is whole gets its name first."""
    _settle(batch, services)
    services.journal.end(batch.id)


def _settle(batch: UnfinishedBatch, services: Services) -> list[FilePlan]:
    """Bring every file to one of two ends: finished, or to be signed anew; returns the latter."""
    left: list[FilePlan] = []
    for number, file in enumerate(batch.files):
        if file.step is not JournalStep.OVER:
            if _is_finished(file, batch, services):
                enter_recovered(file.plan, batch.plan.token_serial, services)
                services.journal.note(batch.id, number, JournalStep.OVER)
            else:
                left.append(file.plan)
        # Also what was made before the journal could know of it.
        services.outputs.sweep(file.plan.target)
    return left


def _is_finished(file: JournalledFile, batch: UnfinishedBatch, services: Services) -> bool:
    target = file.plan.target
    if target.exists():
        return _has_hash(target, file.sha256) or _is_our_result(file.plan, batch, services)
    if file.step is JournalStep.COMMITTING and file.partial is not None and _has_hash(file.partial, file.sha256):
        services.outputs.adopt(file.partial, target)
        return True
    return False


def _is_our_result(plan: FilePlan, batch: UnfinishedBatch, services: Services) -> bool:
    """Known by content where the journal lags behind: the source's bytes, and one more signature by the same key."""
    if not _begins_with(plan.target, plan.source):
        return False
    try:
        signer = find_signer(services, serial=batch.plan.token_serial, key_id=batch.plan.key_id)
        before, after = services.documents.verify(plan.source), services.documents.verify(plan.target)
    except BdsignerError:
        return False
    made = [one for one in after.signatures if not one.is_document_timestamp]
    last = made[-1] if made else None
    return (
        len(made) == len([one for one in before.signatures if not one.is_document_timestamp]) + 1
        and last is not None
        and last.verdict is not Verdict.INVALID
        and last.signer is not None
        and last.signer.sha256 == signer.certificate.sha256
    )


def _begins_with(longer: Path, shorter: Path) -> bool:
    try:
        with longer.open("rb") as one, shorter.open("rb") as other:
            while block := other.read(_BLOCK_BYTES):
                if one.read(len(block)) != block:
                    return False
            return bool(one.read(1))
    except OSError:
        return False


def _has_hash(path: Path, sha256: str) -> bool:
    """Whether the file can be read and is the one; none is where no hash was written down yet (empty)."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
