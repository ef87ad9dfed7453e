"""Content of the visible signature, Đ10.1b, and of the profile "NĐ 30/2020" that a deployer may choose (§8)."""

import unicodedata
from datetime import datetime

from bdsigner.errors import CertificateError, ErrorCode, SigningError
from bdsigner.model.certificate import Certificate
from bdsigner.model.profile import AppearanceProfile, Profile
from bdsigner.model.signature import (
    NO_PICTURES,
    Appearance,
    AppearanceLine,
    CopyLines,
    HandAndSeal,
    SignaturePictures,
    VisibleSignature,
)
from bdsigner.model.signing_rules import SigningMode
from bdsigner.regulation.signing_time import format_iso_time, format_signing_time

CLAUSE = "Đ10.1b"
TRAINING_MARK = "BẢN THỬ"
"""Printed on everything made with software keys (Đ3.7)."""


def compose(
    certificate: Certificate,
    profile: Profile,
    signing_time: datetime,
    *,
    mode: SigningMode = SigningMode.ORIGINAL,
    pictures: SignaturePictures = NO_PICTURES,
) -> Appearance:
    """Put together what the profile lets the signature show; ``mode`` and ``pictures`` count under "NĐ 30/2020" only.

    Labels are text of the document and stay Vietnamese.  Raises ``CertificateError`` ``CERTIFICATE_ITEM_MISSING``
    naming the item when a value is found nowhere, ``SigningError`` ``SIGNING_HAND_SIGNATURE_MISSING``.
    """
    mark = TRAINING_MARK if profile.is_training else ""
    match profile.appearance_profile:
        case AppearanceProfile.QD_69_2014:
            return _items(certificate, profile, signing_time, mark)
        case AppearanceProfile.ND_30_2020 if mode is SigningMode.COPY:
            lines = (*_agency_lines(certificate), format_iso_time(signing_time))
            return CopyLines(lines=lines, font=profile.text_fonts.regular, mark=mark)
        case AppearanceProfile.ND_30_2020:
            if pictures.hand is None:
                raise SigningError(ErrorCode.SIGNING_HAND_SIGNATURE_MISSING, name=certificate.common_name)
            return HandAndSeal(hand=pictures.hand, seal=pictures.seal, font=profile.font, mark=mark)


def _items(certificate: Certificate, profile: Profile, signing_time: datetime, mark: str) -> VisibleSignature:
    """The five text items and the emblem of Đ10.1b."""
    values = {
        "Ký bởi:": certificate.common_name,
        "Chức danh:": certificate.title,
        "Email:": certificate.email,
        "Cơ quan:": certificate.agency,
        "Thời gian ký:": format_signing_time(signing_time),
    }
    return VisibleSignature(
        lines=tuple(AppearanceLine(label, _found(certificate, label, value)) for label, value in values.items()),
        emblem=profile.emblem,
        font=profile.font,
        mark=mark,
    )


def _agency_lines(certificate: Certificate) -> tuple[str, ...]:
    """The governing body and the workplace where it differs (§16.2), one under the other."""
    agency = _found(certificate, "Cơ quan:", certificate.organization)
    if certificate.unit in ("", certificate.organization):
        return (agency,)
    return agency, _found(certificate, "Cơ quan:", certificate.unit)


def _found(certificate: Certificate, label: str, value: str) -> str:
    if not value:
        raise CertificateError(
            ErrorCode.CERTIFICATE_ITEM_MISSING,
            item=label.rstrip(":"),
            name=certificate.common_name,
            serial=certificate.serial_number,
            clause=CLAUSE,
        )
    return unicodedata.normalize("NFC", value)
