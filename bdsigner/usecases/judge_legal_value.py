"""Say what the signatures of a verified file are worth under Điều 11 and Điều 12 (regulation.md §9)."""

import logging
from pathlib import Path

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.model.certificate import Publication
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.legal_value import LegalFacts, LegalValue, SignatureValue
from bdsigner.model.registered_document import RegisteredDocument
from bdsigner.model.release_evidence import SuppliedEvidence
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import FileKind, FileReport, SignatureReport
from bdsigner.ports import Services
from bdsigner.regulation.legal_value import judge_file, judge_signature
from bdsigner.usecases.own_evidence import own_evidence, registered_as
from bdsigner.usecases.supplied_evidence import supplied_evidence

log = logging.getLogger(__name__)


def judge_legal_value(
    report: FileReport,
    services: Services,
    *,
    kind: KindGroup | None = None,
    mode: SigningMode | None = None,
    evidence: Path | None = None,
) -> LegalValue | None:
    """Judge every signature but document timestamps; ``None`` when there is none.

    ``kind`` and ``mode`` are what the person says of the document; without them they are read.  ``evidence`` of
    a release is what somebody supplied with the file, else looked for beside it.  What cannot be read
    of the document is answered "không kiểm tra được tự động", never raised.  Raises ``UserCancelled``.
    """
    signatures = [one for one in report.signatures if not one.is_document_timestamp]
    if not signatures:
        return None
    info = _info(report, services)
    document = registered_as(report, services)
    supplied = supplied_evidence(report, evidence)
    values = [_judge(signature, report, services, info, document, supplied, kind, mode) for signature in signatures]
    return judge_file(values, report.verdict)


def _judge(
    signature: SignatureReport,
    report: FileReport,
    services: Services,
    info: DocumentInfo | None,
    document: RegisteredDocument | None,
    supplied: SuppliedEvidence | None,
    kind: KindGroup | None,
    mode: SigningMode | None,
) -> SignatureValue:
    publication = services.publications.find(signature.signer) if signature.signer is not None else Publication()
    return judge_signature(
        LegalFacts(
            signature=signature,
            file_findings=report.findings,
            info=info,
            layout=_layout(signature, info, services),
            box=_box(signature, info),
            declared_kind=kind,
            declared_mode=mode,
            profile=services.profile,
            publication=publication,
            checked_at=report.checked_at,
            evidence=own_evidence(document, report, signature, is_training=services.profile.is_training),
            supplied=supplied,
        )
    )


def _info(report: FileReport, services: Services) -> DocumentInfo | None:
    if report.kind is not FileKind.PDF:
        return None
    try:
        return services.documents.inspect(report.path)
    except UserCancelled:
        raise
    except BdsignerError as error:
        log.info("not read for its legal value: %s", error)
        return None


def _layout(signature: SignatureReport, info: DocumentInfo | None, services: Services) -> DocumentLayout | None:
    """As read for this signer, whose name shows which sign-off is meant."""
    if info is None:
        return None
    name = signature.signer.common_name if signature.signer is not None else ""
    try:
        return services.documents.read_layout(info.path, signer_name=name, is_as_written=True)
    except UserCancelled:
        raise
    except BdsignerError as error:
        log.info("layout not read for the legal value: %s", error)
        return None


def _box(signature: SignatureReport, info: DocumentInfo | None) -> Box | None:
    fields = info.signature_fields if info is not None else ()
    return next((field.box for field in fields if field.name == signature.field_name), None)
