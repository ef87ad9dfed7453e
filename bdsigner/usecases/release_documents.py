"""The clerk's review of signed documents and their release (Đ10.3c).

Each decision is of exactly the bytes that were looked at: the hash is taken again at that moment.
"""

from pathlib import Path

from bdsigner.errors import DocumentError, ErrorCode, RegulationError
from bdsigner.model.certificate import Certificate
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.register import DocumentSummary, HashedFile, Released, Reviewed
from bdsigner.model.registered_document import RegisteredDocument, documents_in, find_document
from bdsigner.model.release import ClerkReview, ReleaseFacts, ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate, ReleaseOrder
from bdsigner.model.signing_rules import Declaration, KindGroup, Objection, SigningFacts, SigningMode
from bdsigner.model.verification import FileReport, Verdict
from bdsigner.ports import Services
from bdsigner.regulation.authority import copy_objections, original_objections
from bdsigner.regulation.release import release_objections, review_objections
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.signed_register import summary_of


def list_documents(services: Services) -> tuple[RegisteredDocument, ...]:
    """All registered documents, the latest first.  Raises ``StorageError``."""
    return documents_in(services.register.read().entries)


def examine_for_release(path: Path, services: Services) -> ReleaseCandidate:
    """Look at a signed file as the clerk has to; a file the register does not know is taken for official.

    Raises ``DocumentError``, ``StorageError``.
    """
    report = services.documents.verify(path)
    documents = list_documents(services)
    known = find_document(documents, report.sha256)
    is_current = known is not None and known.file.sha256 == report.sha256
    document = known or find_document(documents, services.register.last_at(path.absolute()))
    signers = _signers(report)
    name = signers[-1].common_name if signers else ""
    layout = services.documents.read_layout(path, signer_name=name, is_as_written=True)
    kind = document.kind if document is not None else KindGroup.OFFICIAL
    mode = SigningMode.ORIGINAL if layout.has_text else SigningMode.COPY
    if document is not None:
        mode = document.mode
    signer, doubts = _fitness(path, signers, layout, kind, mode, services)
    sign_off = layout.sign_off
    return ReleaseCandidate(
        path=path,
        report=report,
        document=document,
        is_changed=document is not None and not is_current,
        summary=_summary(document, layout),
        kind=kind,
        mode=mode,
        signer=signer,
        title_lines=tuple(line.text for line in sign_off.title_lines) if sign_off is not None else (),
        written_name=sign_off.name.text if sign_off is not None and sign_off.name is not None else "",
        doubts=doubts,
    )


def review_document(
    candidate: ReleaseCandidate, services: Services, *, verdict: ReviewVerdict, reviewer: str, reason: str = ""
) -> ClerkReview:
    """Enter the clerk's decision on what was looked at.

    Raises ``RegulationError``: the file was changed since, no reason, an invalid signature; ``DocumentError``,
    ``StorageError``.
    """
    review = _review(candidate, services, verdict, reviewer, reason)
    _stop_at_first(review_objections(review), candidate)
    if verdict is ReviewVerdict.RELEASE and _is_broken(candidate):
        _stop_at_first((Objection.stop(ErrorCode.REGULATION_RELEASE_BROKEN, "Đ12.1b"),), candidate)
    _check_unchanged(candidate)
    _enter_review(candidate, review, services)
    return review


def objections_to_release(
    candidate: ReleaseCandidate, order: ReleaseOrder, services: Services, *, reviewer: str = ""
) -> tuple[Objection, ...]:
    """What forbids the release; with a ``reviewer`` as if they found it fit now."""
    review = candidate.document.review if candidate.document is not None else None
    if reviewer:
        review = _review(candidate, services, ReviewVerdict.RELEASE, reviewer)
    return release_objections(
        ReleaseFacts(
            kind=candidate.kind,
            is_signed=candidate.report.verdict is not None,
            is_broken=_is_broken(candidate),
            sha256=candidate.report.sha256,
            review=review,
            channel=order.channel,
            sender=order.sender,
            recipients=order.recipients,
            profile=services.profile,
        )
    )


def release_document(
    candidate: ReleaseCandidate, order: ReleaseOrder, services: Services, *, reviewer: str = ""
) -> RegisteredDocument:
    """Enter that the document leaves by that way; with a ``reviewer``, first that they found it fit.

    Nothing is sent.  Raises ``RegulationError`` with the first objection, ``DocumentError``, ``StorageError``.
    """
    _stop_at_first(objections_to_release(candidate, order, services, reviewer=reviewer), candidate)
    _check_unchanged(candidate)
    if reviewer:
        _enter_review(candidate, _review(candidate, services, ReviewVerdict.RELEASE, reviewer), services)
    channel = next((one for one in services.profile.channels if one.id == order.channel), None)
    released = Released(
        file=_file(candidate),
        channel=order.channel,
        channel_name=channel.name if channel is not None else "",
        sender=order.sender.strip() if channel is not None and channel.is_mail else "",
        recipients=order.recipients,
    )
    services.register.append(released, at=services.clock.now(), path=candidate.path.absolute())
    document = find_document(list_documents(services), candidate.report.sha256)
    if document is None:  # another program took the register away meanwhile
        raise RegulationError(ErrorCode.REGULATION_RELEASE_UNREVIEWED, path=str(candidate.path), clause="Đ10.3c")
    return document


def _signers(report: FileReport) -> list[Certificate]:
    return [one.signer for one in report.signatures if one.signer is not None and not one.is_document_timestamp]


def _fitness(
    path: Path,
    signers: list[Certificate],
    layout: DocumentLayout,
    kind: KindGroup,
    mode: SigningMode,
    services: Services,
) -> tuple[Certificate | None, tuple[Objection, ...]]:
    """The signer who fits the title lines best, and what speaks against that one (Đ10.2b, Đ10.2c)."""
    if not signers:
        return None, ()
    if kind is not KindGroup.OFFICIAL:
        return signers[-1], ()
    info = services.documents.inspect(path)
    today = services.clock.now().astimezone(VIETNAM_TIME).date()
    declaration = Declaration(kind=kind, mode=mode, is_paper_signed=True)
    judge = copy_objections if mode is SigningMode.COPY else original_objections
    judged = [
        (
            signer,
            tuple(
                judge(
                    SigningFacts(
                        info=info,
                        layout=layout,
                        declaration=declaration,
                        certificate=signer,
                        profile=services.profile,
                        today=today,
                    )
                )
            ),
        )
        for signer in reversed(signers)
    ]
    return min(judged, key=lambda one: len(one[1]))


def _summary(document: RegisteredDocument | None, layout: DocumentLayout) -> DocumentSummary:
    read = summary_of(layout)
    if document is None:
        return read
    told = document.document
    return DocumentSummary(
        number=told.number or read.number, issued=told.issued or read.issued, title=told.title or read.title
    )


def _is_broken(candidate: ReleaseCandidate) -> bool:
    return candidate.report.verdict is Verdict.INVALID


def _file(candidate: ReleaseCandidate) -> HashedFile:
    return HashedFile.at(candidate.path, candidate.report.sha256)


def _review(
    candidate: ReleaseCandidate, services: Services, verdict: ReviewVerdict, reviewer: str, reason: str = ""
) -> ClerkReview:
    return ClerkReview(
        verdict=verdict,
        reviewer=reviewer.strip(),
        at=services.clock.now(),
        sha256=candidate.report.sha256,
        reason=reason.strip(),
    )


def _enter_review(candidate: ReleaseCandidate, review: ClerkReview, services: Services) -> None:
    signer = candidate.signer
    document = candidate.document
    reviewed = Reviewed(
        file=_file(candidate),
        before=document.file.sha256 if document is not None else "",
        document=candidate.summary,
        kind=candidate.kind,
        mode=candidate.mode,
        verdict=review.verdict,
        reviewer=review.reviewer,
        reason=review.reason,
        signature=candidate.report.verdict,
        signer=signer.common_name if signer is not None else "",
        title=signer.title if signer is not None else "",
        written_title=candidate.title_lines,
    )
    services.register.append(reviewed, at=review.at, path=candidate.path.absolute())


def _stop_at_first(objections: tuple[Objection, ...], candidate: ReleaseCandidate) -> None:
    if objections:
        first = objections[0]
        raise RegulationError(first.code, **{**first.facts, "clause": first.clause, "path": str(candidate.path)})


def _check_unchanged(candidate: ReleaseCandidate) -> None:
    try:
        found = sha256_of(candidate.path)
    except OSError as error:
        raise DocumentError(
            ErrorCode.DOCUMENT_UNREADABLE, path=str(candidate.path), reason=error.strerror or ""
        ) from error
    if found != candidate.report.sha256:
        raise RegulationError(ErrorCode.REGULATION_RELEASE_CHANGED, path=str(candidate.path), clause="Đ10.3c")
