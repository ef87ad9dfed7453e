"""Look at a document as signing will: what it is, what the rules say, where the signature goes (Đ10)."""

from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.device import RequestCase
from bdsigner.model.document import DocumentInfo
from bdsigner.model.examination import Examination
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.signature import NO_PICTURES, SEAL_MM, Filling, SignaturePictures
from bdsigner.model.signing_rules import Declaration, Objection, SigningFacts
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Services
from bdsigner.regulation.numbering import written_date, written_number
from bdsigner.regulation.signing_rules import signing_objections, suggest_declaration
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.default_place import place_for
from bdsigner.usecases.document_numbers import declared_number, other_holder
from bdsigner.usecases.fill_in import fillings_for
from bdsigner.usecases.signature_pictures import seal_size_mm


def examine_document(
    path: Path,
    services: Services,
    *,
    signer: SignerIdentity | None,
    declaration: Declaration | None = None,
    box: Box | None = None,
    is_visible: bool = True,
    pictures: SignaturePictures = NO_PICTURES,
) -> Examination:
    """Read the document and judge it for this signer (``None``: nobody can sign yet, the rules are left out).

    Without a ``declaration`` the one that the layout suggests is judged; without a ``box`` the place found.  Raises
    ``DocumentError``.
    """
    info = services.documents.inspect(path)
    name = signer.certificate.common_name if signer is not None else ""
    layout = services.documents.read_layout(path, signer_name=name)
    certificate = signer.certificate if signer is not None else None
    declared = declaration or suggest_declaration(layout, certificate, services.profile)
    seal_mm = _seal_size_mm(pictures, services)
    placement = place_for(info, layout, declared, look=services.profile.appearance_profile, seal_mm=seal_mm)
    where = box or (placement.box if placement is not None else None)
    objections: tuple[Objection, ...] = ()
    if signer is not None:
        box = where if is_visible else None
        is_reported = is_device_reported(signer, services)
        objections = judge(info, layout, declared, signer, services, box=box, is_reported=is_reported, seal_mm=seal_mm)
    return Examination(
        info=info,
        layout=layout,
        declaration=declared,
        objections=objections,
        placement=placement,
        fillings=declared_fillings(layout, declared, services),
    )


def is_device_reported(signer: SignerIdentity, services: Services) -> bool:
    """Whether this machine knows of a report that the signer's device or certificate is lost."""
    return any(
        draft.serial == signer.token.serial or draft.facts.get("cert_serial") == signer.certificate.serial_number
        for draft in services.memory.drafts()
        if draft.case is RequestCase.LOST
    )


def _seal_size_mm(pictures: SignaturePictures, services: Services) -> tuple[float, float] | None:
    """What is wrong with the file is told where the signature is drawn; the document can be looked at without it."""
    try:
        return seal_size_mm(pictures, services)
    except BdsignerError:
        return SEAL_MM


def judge(
    info: DocumentInfo,
    layout: DocumentLayout,
    declaration: Declaration,
    signer: SignerIdentity,
    services: Services,
    *,
    box: Box | None,
    is_reported: bool,
    seal_mm: tuple[float, float] | None = None,
) -> tuple[Objection, ...]:
    """What the rules say, with what this machine knows; ``is_reported``: see ``is_device_reported``."""
    today = services.clock.now().astimezone(VIETNAM_TIME).date()
    return signing_objections(
        SigningFacts(
            info=info,
            layout=layout,
            declaration=declaration,
            certificate=signer.certificate,
            profile=services.profile,
            today=today,
            box=box,
            seal_mm=seal_mm,
            number_holder=other_holder(declared_number(layout, declaration, today), info.path, services),
            is_device_reported=is_reported,
            earlier_signers=frozenset(field.signer_sha256 for field in info.signature_fields if field.signer_sha256),
        )
    )


def declared_fillings(layout: DocumentLayout, declaration: Declaration, services: Services) -> tuple[Filling, ...]:
    """Number and date of the declaration as they will be typed."""
    day, month, year = written_date(declaration.issued) if declaration.issued is not None else ("", "", "")
    number = written_number(declaration.number) if declaration.number else ""
    return fillings_for(layout, services.profile.text_fonts, number=number, day=day, month=month, year=year)
