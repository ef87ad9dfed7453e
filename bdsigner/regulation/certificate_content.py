"""What is shown of a certificate, and in which order: Đ3.4."""

from bdsigner.model.certificate import Certificate
from bdsigner.model.certificate_content import CertificateDetails, ContentRow, Item, ItemCode, Row

_ROWS: dict[ContentRow, tuple[ItemCode, ...]] = {
    ContentRow.ISSUER: (ItemCode.ISSUER_ORGANIZATION, ItemCode.ISSUER_NAME),
    ContentRow.SUBSCRIBER: (ItemCode.SUBSCRIBER_NAME,),
    ContentRow.SERIAL_NUMBER: (ItemCode.SERIAL_NUMBER,),
    ContentRow.VALIDITY: (ItemCode.NOT_BEFORE, ItemCode.NOT_AFTER),
    ContentRow.PUBLIC_KEY: (ItemCode.KEY, ItemCode.KEY_FINGERPRINT),
    ContentRow.ISSUER_SIGNATURE: (ItemCode.SIGNATURE_ALGORITHM, ItemCode.SIGNATURE_VALUE),
    ContentRow.USE_LIMITS: (
        ItemCode.KEY_USAGE,
        ItemCode.PURPOSE,
        ItemCode.POLICY,
        ItemCode.POLICY_ADDRESS,
        ItemCode.PERMITTED_NAME,
        ItemCode.EXCLUDED_NAME,
    ),
    ContentRow.LIABILITY_LIMITS: (ItemCode.VALUE_LIMIT, ItemCode.NOTICE),
    ContentRow.OTHER: (
        ItemCode.SUBJECT_ATTRIBUTE,
        ItemCode.BIRTH_DATE,
        ItemCode.ALTERNATIVE_NAME,
        ItemCode.OCSP_ADDRESS,
        ItemCode.CRL_ADDRESS,
        ItemCode.ISSUER_ADDRESS,
        ItemCode.STATEMENT_ADDRESS,
        ItemCode.UNREADABLE,
    ),
}


def content_rows(certificate: Certificate, details: CertificateDetails) -> tuple[Row, ...]:
    """The nine contents of Đ3.4, always all and in its order; a row without items is not in the certificate."""
    items = (
        Item(ItemCode.SERIAL_NUMBER, certificate.serial_number),
        Item(ItemCode.NOT_BEFORE, certificate.not_before.isoformat()),
        Item(ItemCode.NOT_AFTER, certificate.not_after.isoformat()),
        *details.items,
    )
    return tuple(
        Row(row, tuple(item for code in codes for item in items if item.code is code)) for row, codes in _ROWS.items()
    )
