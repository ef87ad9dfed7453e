"""Everything the regulation has to say against one signature, in one place and in a fixed order (Đ1–Đ10)."""

from datetime import date, timedelta

from bdsigner.errors import ErrorCode
from bdsigner.model.certificate import Certificate
from bdsigner.model.document import CertificationLevel
from bdsigner.model.layout import DocumentLayout, Slot
from bdsigner.model.profile import AppearanceProfile, Profile
from bdsigner.model.signing_rules import (
    Declaration,
    KindGroup,
    Objection,
    ObjectionWeight,
    SigningFacts,
    SigningMode,
)
from bdsigner.regulation.authority import copy_objections, is_copy_suggested, original_objections
from bdsigner.regulation.kinds import kind_objections
from bdsigner.regulation.numbering import is_number
from bdsigner.regulation.zones import allowed_zone, place_objections

OLD_DATE = timedelta(days=30)
"""A date filled in that lies further back, or at all ahead, is asked about."""
_DATE_DIGITS_MAX = 4
_ORDER = {ObjectionWeight.STOP: 0, ObjectionWeight.CONFIRM: 1, ObjectionWeight.NOTE: 2}


def signing_objections(facts: SigningFacts) -> tuple[Objection, ...]:
    """All objections, those that stop first.

    Internal documents and those between subscribers are bound by Đ10.1a and the state of device and signatures only
    (Đ12.2); official ones by Đ10.2 and Đ10.3b too.
    """
    found = [
        *_device_objections(facts),
        *kind_objections(facts.declaration, facts.layout, facts.profile.prohibited_kinds),
        *_signature_objections(facts),
        *_filling_objections(facts),
        *_archival_objections(facts),
    ]
    if facts.declaration.kind is KindGroup.OFFICIAL:
        if facts.declaration.mode is SigningMode.COPY:
            found += copy_objections(facts)
        else:
            found += original_objections(facts)
            found += _number_objections(facts)
            found += _written_date_objections(facts)
        if facts.box is None:
            found.append(Objection.stop(ErrorCode.REGULATION_INVISIBLE, "Đ10.1b"))
    if facts.box is not None:
        zone = allowed_zone(facts.layout, facts.info.pages, facts.declaration, seal_mm=facts.seal_mm)
        found += place_objections(facts.box, zone, facts.layout, facts.declaration, seal_mm=facts.seal_mm)
        if facts.profile.appearance_profile is not AppearanceProfile.QD_69_2014:
            found.append(Objection.note(ErrorCode.REGULATION_APPEARANCE_CONTRADICTS, "Đ10.1b"))
    return tuple(sorted(found, key=lambda objection: _ORDER[objection.weight]))


def suggest_declaration(layout: DocumentLayout, certificate: Certificate | None, profile: Profile) -> Declaration:
    """What a document most likely is: a scan in a chief of office's hands a copy, one with an official head an original."""
    if certificate is not None and is_copy_suggested(layout, certificate.title, profile):
        return Declaration(kind=KindGroup.OFFICIAL, mode=SigningMode.COPY)
    return Declaration(kind=KindGroup.OFFICIAL if layout.is_administrative else KindGroup.INTERNAL)


def _device_objections(facts: SigningFacts) -> list[Objection]:
    if not facts.is_device_reported:
        return []
    return [Objection.stop(ErrorCode.REGULATION_DEVICE_REPORTED, "Đ7.1d", name=facts.certificate.common_name)]


def _signature_objections(facts: SigningFacts) -> list[Objection]:
    if facts.certificate.sha256 not in facts.earlier_signers:
        return []
    return [Objection.confirm(ErrorCode.REGULATION_SIGNED_ALREADY, "Đ10.2c", name=facts.certificate.common_name)]


def _archival_objections(facts: SigningFacts) -> list[Objection]:
    """What is drawn onto a tagged page has no tags; all else that PDF/A asks is kept (``signing.archival``)."""
    claim, declared = facts.info.archival, facts.declaration
    is_drawn_on = facts.box is not None or declared.number or declared.issued is not None
    if claim is None or not claim.is_tagged or not is_drawn_on:
        return []
    return [Objection.note(ErrorCode.SIGNING_ARCHIVAL_TAGS, "ISO 19005", claim=claim.name, kept=claim.untagged.name)]


def _filling_objections(facts: SigningFacts) -> list[Objection]:
    """Đ10.3b, §16.4: number and date are filled before the first signature, into slots that are empty."""
    declared, layout = facts.declaration, facts.layout
    found: list[Objection] = []
    if not declared.number and declared.issued is None:
        return []
    if facts.info.is_signed or facts.info.certification in (CertificationLevel.FILL_FORMS, CertificationLevel.ANNOTATE):
        return [Objection.stop(ErrorCode.REGULATION_FILLING_TOO_LATE, "Đ10.3b")]
    if declared.mode is SigningMode.COPY:
        return [Objection.stop(ErrorCode.REGULATION_COPY_FILLING, "Đ10.2c")]
    if declared.number:
        if not is_number(declared.number):
            found.append(Objection.stop(ErrorCode.REGULATION_NUMBER_INVALID, "Đ10.3b", number=declared.number))
        elif layout.number is None:
            found.append(Objection.stop(ErrorCode.REGULATION_NUMBER_NO_SLOT, "Đ10.3b", number=declared.number))
        elif layout.number.number.is_filled and not _is_same_number(layout.number.number.value, declared.number):
            written = layout.number.number.value
            found.append(
                Objection.stop(ErrorCode.REGULATION_NUMBER_OTHER, "Đ10.3b", number=declared.number, written=written)
            )
    if facts.number_holder:
        found.append(
            Objection.confirm(
                ErrorCode.REGULATION_NUMBER_TAKEN, "Đ10.3b", number=declared.number, holder=facts.number_holder
            )
        )
    if declared.issued is not None:
        found += _date_objections(declared.issued, facts)
    return found


def _date_objections(issued: date, facts: SigningFacts) -> list[Objection]:
    shown = f"{issued:%d/%m/%Y}"
    line = facts.layout.date
    if line is None:
        return [Objection.stop(ErrorCode.REGULATION_DATE_NO_SLOT, "Đ10.3b", date=shown)]
    slots = ((line.day, issued.day), (line.month, issued.month), (line.year, issued.year))
    if any(slot.is_filled and _value(slot) != value for slot, value in slots):
        return [Objection.stop(ErrorCode.REGULATION_DATE_OTHER, "Đ10.3b", date=shown)]
    if issued > facts.today or issued < facts.today - OLD_DATE:
        return [Objection.confirm(ErrorCode.REGULATION_DATE_ODD, "Đ10.3b", date=shown)]
    return []


def _number_objections(facts: SigningFacts) -> list[Objection]:
    """Đ10.3b: an original with an empty number or date is not signed."""
    layout, declared = facts.layout, facts.declaration
    found = []
    if layout.number is None or layout.date is None:
        if facts.info.is_signed:
            return []  # whoever signed first has seen to it
        found.append(Objection.confirm(ErrorCode.REGULATION_NUMBER_UNREAD, "Đ10.3b"))
    if layout.number is not None and not layout.number.number.is_filled and not declared.number:
        found.append(Objection.stop(ErrorCode.REGULATION_NUMBER_MISSING, "Đ10.3b", symbol=layout.number.symbol))
    if layout.date is not None and not layout.date.is_filled and declared.issued is None:
        found.append(Objection.stop(ErrorCode.REGULATION_DATE_MISSING, "Đ10.3b"))
    return found


def _written_date_objections(facts: SigningFacts) -> list[Objection]:
    """A date that stands there already is asked about when it is in no calendar or ahead; an old one is ordinary."""
    line = facts.layout.date
    if line is None or not line.is_filled:
        return []
    slots = (line.day, line.month, line.year)
    shown = "/".join(slot.value[:_DATE_DIGITS_MAX] for slot in slots)
    try:
        day, month, year = map(_value, slots)
        written = date(year, month, day)
    except ValueError:
        return [Objection.confirm(ErrorCode.REGULATION_DATE_IMPOSSIBLE, "Đ10.3b", date=shown)]
    if written > facts.today:
        return [Objection.confirm(ErrorCode.REGULATION_DATE_ODD, "Đ10.3b", date=shown)]
    return []


def _is_same_number(written: str, declared: str) -> bool:
    return written.casefold().lstrip("0") == declared.strip().casefold().lstrip("0")


def _value(slot: Slot) -> int:
    """Value of a date slot; 0, which is in no date, for more digits than a year has: the document is untrusted."""
    return int(slot.value) if slot.value.isdecimal() and len(slot.value) <= _DATE_DIGITS_MAX else 0
