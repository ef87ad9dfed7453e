"""Content of the visible signature, Đ10.1b."""

import unicodedata
from datetime import datetime

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.model.certificate import Certificate
from bdsigner.model.profile import Profile
from bdsigner.model.signature import AppearanceLine, VisibleSignature
from bdsigner.regulation.signing_time import format_signing_time

TRAINING_MARK = "BẢN THỬ"
"""Printed on everything made with software keys (Đ3.7)."""


def compose(certificate: Certificate, profile: Profile, signing_time: datetime) -> VisibleSignature:
    """Put together the five text items and the emblem of Đ10.1b.

    Labels are text of
    the document and stay Vietnamese.  Raises ``CertificateError`` ``CERTIFICATE_ITEM_MISSING`` naming the item when
    a value is found nowhere.
    """
    values = {
        "Ký bởi:": certificate.common_name,
        "Chức danh:": certificate.title,
        "Email:": certificate.email,
        "Cơ quan:": certificate.agency,
        "Thời gian ký:": format_signing_time(signing_time),
    }
    for label, value in values.items():
        if not value:
            raise CertificateError(
                ErrorCode.CERTIFICATE_ITEM_MISSING,
                item=label.rstrip(":"),
                name=certificate.common_name,
                serial=certificate.serial_number,
                clause="Đ10.1b",
            )
    return VisibleSignature(
        lines=tuple(AppearanceLine(label, unicodedata.normalize("NFC", value)) for label, value in values.items()),
        emblem=profile.emblem,
        font=profile.font,
        mark=TRAINING_MARK if profile.is_training else "",
    )
