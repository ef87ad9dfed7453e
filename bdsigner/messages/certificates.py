"""Certificates in words: the nine contents of Đ3.4, the statuses of Đ3.5b, the reminders to renew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bdsigner.messages.times import show_date, show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus, KeyUsage
from bdsigner.model.certificate_content import ContentRow, Item, ItemCode, Row
from bdsigner.regulation.effect import effective_from
from bdsigner.regulation.renewal import Reminder

ROW_LABELS: dict[ContentRow, str] = {
    ContentRow.ISSUER: _("Tên tổ chức cung cấp dịch vụ chứng thực chữ ký số"),
    ContentRow.SUBSCRIBER: _("Tên thuê bao"),
    ContentRow.SERIAL_NUMBER: _("Số hiệu chứng thư số"),
    ContentRow.VALIDITY: _("Thời hạn có hiệu lực"),
    ContentRow.PUBLIC_KEY: _("Khóa công khai"),
    ContentRow.ISSUER_SIGNATURE: _("Chữ ký số của tổ chức cung cấp dịch vụ"),
    ContentRow.USE_LIMITS: _("Các hạn chế về mục đích, phạm vi sử dụng"),
    ContentRow.LIABILITY_LIMITS: _("Các hạn chế về trách nhiệm pháp lý"),
    ContentRow.OTHER: _("Các nội dung cần thiết khác"),
}

ITEM_TEXTS: dict[ItemCode, str] = {
    ItemCode.NOT_BEFORE: _("Từ {value}"),
    ItemCode.NOT_AFTER: _("Đến {value}"),
    ItemCode.KEY_FINGERPRINT: _("Dấu vân tay SHA-256: {value}"),
    ItemCode.KEY_USAGE: _("Khóa dùng để: {value}"),
    ItemCode.PURPOSE: _("Mục đích: {value}"),
    ItemCode.POLICY: _("Chính sách chứng thư: {value}"),
    ItemCode.POLICY_ADDRESS: _("Quy chế chứng thực: {value}"),
    ItemCode.PERMITTED_NAME: _("Chỉ dùng cho tên thuộc: {value}"),
    ItemCode.EXCLUDED_NAME: _("Không dùng cho tên thuộc: {value}"),
    ItemCode.VALUE_LIMIT: _("Giá trị giao dịch tối đa: {value}"),
    ItemCode.BIRTH_DATE: _("Ngày sinh: {value}"),
    ItemCode.ALTERNATIVE_NAME: _("Tên khác: {value}"),
    ItemCode.OCSP_ADDRESS: _("Nơi hỏi tình trạng (OCSP): {value}"),
    ItemCode.CRL_ADDRESS: _("Danh sách thu hồi (CRL): {value}"),
    ItemCode.ISSUER_ADDRESS: _("Chứng thư của tổ chức cung cấp: {value}"),
    ItemCode.STATEMENT_ADDRESS: _("Bản công bố về dịch vụ: {value}"),
    ItemCode.UNREADABLE: _("Có phần không đọc được: {value}"),
}
"""What stands before a value; the others say enough by their row, and an attribute of the subject has its own name."""

USAGE_TEXTS: dict[KeyUsage, str] = {
    KeyUsage.DIGITAL_SIGNATURE: _("ký số"),
    KeyUsage.NON_REPUDIATION: _("chống chối bỏ"),
    KeyUsage.KEY_ENCIPHERMENT: _("mã hóa khóa"),
    KeyUsage.DATA_ENCIPHERMENT: _("mã hóa dữ liệu"),
    KeyUsage.KEY_AGREEMENT: _("thỏa thuận khóa"),
    KeyUsage.KEY_CERT_SIGN: _("ký chứng thư số"),
    KeyUsage.CRL_SIGN: _("ký danh sách thu hồi"),
    KeyUsage.ENCIPHER_ONLY: _("chỉ mã hóa"),
    KeyUsage.DECIPHER_ONLY: _("chỉ giải mã"),
}

PURPOSE_TEXTS: dict[str, str] = {
    "2.5.29.37.0": _("mọi mục đích"),
    "1.3.6.1.5.5.7.3.1": _("xác thực máy chủ"),
    "1.3.6.1.5.5.7.3.2": _("xác thực người dùng"),
    "1.3.6.1.5.5.7.3.3": _("ký phần mềm"),
    "1.3.6.1.5.5.7.3.4": _("bảo vệ thư điện tử"),
    "1.3.6.1.5.5.7.3.8": _("cấp dấu thời gian"),
    "1.3.6.1.5.5.7.3.9": _("ký trả lời tình trạng chứng thư"),
    "1.3.6.1.5.5.7.3.36": _("ký văn bản"),
    "1.3.6.1.4.1.311.10.3.12": _("ký văn bản"),
    "1.2.840.113583.1.1.5": _("ký văn bản PDF"),
    "1.3.6.1.4.1.311.20.2.2": _("đăng nhập máy tính"),
}
"""RFC 5280 §4.2.1.12, RFC 3161 §2.3, RFC 9336, and two vendors' own."""

ATTRIBUTE_TEXTS: dict[str, str] = {
    "2.5.4.4": _("Họ"),
    "2.5.4.5": _("Số định danh"),
    "2.5.4.6": _("Quốc gia"),
    "2.5.4.7": _("Địa phương"),
    "2.5.4.8": _("Tỉnh, thành phố"),
    "2.5.4.9": _("Địa chỉ"),
    "2.5.4.10": _("Cơ quan, tổ chức"),
    "2.5.4.11": _("Đơn vị"),
    "2.5.4.12": _("Chức danh"),
    "2.5.4.20": _("Điện thoại"),
    "2.5.4.42": _("Tên"),
    "2.5.4.65": _("Bí danh"),
    "2.5.4.97": _("Mã tổ chức"),
    "0.9.2342.19200300.100.1.1": _("Mã định danh"),
    "0.9.2342.19200300.100.1.25": _("Tên miền"),
    "1.2.840.113549.1.9.1": _("Thư điện tử"),
}
"""X.520, RFC 4519 and RFC 2985; another attribute is named by its object identifier."""

STATUS_WORDS: dict[CertificateStatus, str] = {
    CertificateStatus.GOOD: _("Có hiệu lực"),
    CertificateStatus.EXPIRED: _("Hết hạn"),
    CertificateStatus.NOT_YET_VALID: _("Chưa đến hạn hiệu lực"),
    CertificateStatus.REVOKED: _("Thu hồi"),
    CertificateStatus.SUSPENDED: _("Tạm dừng"),
    CertificateStatus.UNPUBLISHED: _("Chưa công bố"),
    CertificateStatus.OUT_OF_SCOPE: _("Ngoài phạm vi Quy chế"),
    CertificateStatus.WRONG_USAGE: _("Không dùng để ký số"),
    CertificateStatus.UNKNOWN: _("Không xác định"),
}
"""The words of Đ3.5b, and those for what it does not name."""


@dataclass(frozen=True, slots=True)
class RowText:
    """One row of the nine: what it is and what the certificate says, a line for each fact; never without a line."""

    label: str
    lines: tuple[str, ...]
    is_missing: bool = False
    """The only line says that the certificate does not have it."""


@dataclass(frozen=True, slots=True)
class StatusText:
    """A status in one word, why in one sentence, and what is to be known besides."""

    word: str
    sentence: str
    note: str = ""
    """On the publication; empty where it changes nothing."""


@dataclass(frozen=True, slots=True)
class ReminderText:
    """A reminder for the window and for a notification of the desktop."""

    title: str
    sentence: str
    remedy: str


def describe_row(row: Row) -> RowText:
    """Say in the person's language what the certificate says."""
    label = tr(ROW_LABELS[row.code])
    if not row.items:
        return RowText(label, (tr("không ghi trong chứng thư"),), is_missing=True)
    return RowText(label, tuple(_lines(row)))


def _lines(row: Row) -> Iterator[str]:
    """A line for each fact; usages and purposes are words and share one."""
    for code, items in groupby(row.items, key=lambda item: item.code):
        values = [_value(item) for item in items]
        if code in (ItemCode.KEY_USAGE, ItemCode.PURPOSE):
            values = [", ".join(dict.fromkeys(values))]
        for value in values:
            yield tr(ITEM_TEXTS[code]).format(value=value) if code in ITEM_TEXTS else value


def _value(item: Item) -> str:
    match item.code:
        case ItemCode.NOT_BEFORE | ItemCode.NOT_AFTER:
            return show_time(datetime.fromisoformat(item.value))
        case ItemCode.BIRTH_DATE:
            return date.fromisoformat(item.value).strftime("%d.%m.%Y")
        case ItemCode.KEY_FINGERPRINT | ItemCode.SIGNATURE_VALUE:
            return " ".join(item.value[at : at + 4] for at in range(0, len(item.value), 4))
        case ItemCode.KEY_USAGE:
            return tr(USAGE_TEXTS[KeyUsage(item.value)])
        case ItemCode.PURPOSE:
            return _word(PURPOSE_TEXTS, item.value)
        case ItemCode.SUBJECT_ATTRIBUTE if item.kind:
            return f"{_word(ATTRIBUTE_TEXTS, item.kind)}: {item.value}"
        case _:
            return item.value


def _word(words: dict[str, str], name: str) -> str:
    """The word for a name of a standard; the name itself where we have none."""
    return tr(words[name]) if name in words else name


def recipient_word(status: CertificateStatus) -> str:
    """A status in one word, of a certificate that something is to be encrypted for (Đ13.1)."""
    return tr("Không dùng để mã hóa") if status is CertificateStatus.WRONG_USAGE else tr(STATUS_WORDS[status])


def describe_status(certificate: Certificate, assessment: CertificateAssessment) -> StatusText:
    """Say in the person's language how a certificate stood when it was checked (Đ3.5b)."""
    return StatusText(
        word=tr(STATUS_WORDS[assessment.status]),
        sentence=_status_sentence(certificate, assessment),
        note=_publication_note(certificate, assessment),
    )


def _status_sentence(certificate: Certificate, assessment: CertificateAssessment) -> str:
    at = show_time(assessment.checked_at)
    since = show_time(assessment.revoked_at) if assessment.revoked_at else "…"
    match assessment.status:
        case CertificateStatus.GOOD:
            return tr(
                "Chứng thư số còn thời hạn và không bị thu hồi hay tạm dừng (kiểm tra lúc {at}, nguồn: {source})."
            ).format(at=at, source=assessment.revocation_source.upper() or "…")
        case CertificateStatus.EXPIRED if assessment.checked_at <= certificate.not_after:
            return tr("Chứng thư của tổ chức cấp chứng thư số này đã hết hạn.")
        case CertificateStatus.EXPIRED:
            return tr("Chứng thư số hết hạn lúc {at}.").format(at=show_time(certificate.not_after))
        case CertificateStatus.NOT_YET_VALID if assessment.checked_at >= certificate.not_before:
            return tr("Chứng thư của tổ chức cấp chứng thư số này chưa đến hạn hiệu lực.")
        case CertificateStatus.NOT_YET_VALID:
            return tr("Thời hạn của chứng thư số bắt đầu lúc {at}.").format(at=show_time(certificate.not_before))
        case CertificateStatus.REVOKED:
            return tr("Chứng thư số bị thu hồi từ {since}; chữ ký tạo sau đó không có giá trị.").format(since=since)
        case CertificateStatus.SUSPENDED:
            return tr("Chứng thư số bị tạm dừng từ {since}; có thể được dùng lại khi hết tạm dừng.").format(since=since)
        case CertificateStatus.UNPUBLISHED:
            return tr("Chứng thư số chỉ có hiệu lực từ khi được công bố (Điều 6 khoản 3 điểm a).")
        case CertificateStatus.OUT_OF_SCOPE:
            return tr(
                "Chứng thư số không do Tổ chức chứng thực số chuyên dùng cấp (Điều 1); điều này không có nghĩa là chứng "
                "thư số không hợp lệ."
            )
        case CertificateStatus.WRONG_USAGE:
            return tr("Trong các mục đích ghi trên chứng thư số không có ký số (Điều 3 khoản 6).")
        case CertificateStatus.UNKNOWN if not assessment.is_issuer_known:
            return tr("Chưa xác định được tổ chức cấp chứng thư số này.")
        case CertificateStatus.UNKNOWN:
            return tr("Chưa hỏi được chứng thư số có bị thu hồi hay tạm dừng hay không (hỏi lúc {at}).").format(at=at)


def _publication_note(certificate: Certificate, assessment: CertificateAssessment) -> str:
    """§16.3: an unknown publication is told where the certificate could be in effect, and is no fault."""
    publication, effective = assessment.publication, effective_from(certificate, assessment.publication)
    if publication.published_at is not None and effective is not None:
        return tr("Công bố lúc {published}; có hiệu lực từ {effective}.").format(
            published=show_time(publication.published_at), effective=show_time(effective)
        )
    if publication.has_list:
        return tr("Danh sách công bố chưa có chứng thư số này.")
    if assessment.status in (CertificateStatus.GOOD, CertificateStatus.UNKNOWN):
        return tr("Chưa xác định thời điểm công bố.")
    return ""


def describe_reminder(reminder: Reminder, certificate: Certificate) -> ReminderText:
    """Say in the person's language how long the certificate will serve, and that Mẫu số 01 renews it."""
    facts = {
        "name": certificate.common_name,
        "serial": certificate.serial_number,
        "days": reminder.days_left,
        "until": show_date(certificate.not_after),
    }
    if reminder.is_expired:
        return ReminderText(
            title=tr("Chứng thư số đã hết hạn"),
            sentence=tr("Chứng thư số của {name} (số {serial}) đã hết hạn ngày {until}.").format(**facts),
            remedy=tr("Làm giấy đề nghị cấp chứng thư số mới (Mẫu số 01)."),
        )
    return ReminderText(
        title=tr("Chứng thư số còn {days} ngày").format(**facts),
        sentence=tr("Chứng thư số của {name} (số {serial}) hết hạn ngày {until}.").format(**facts),
        remedy=tr("Làm giấy đề nghị gia hạn (Mẫu số 01) khi chứng thư số còn hiệu lực để có thể ký số vào giấy."),
    )
