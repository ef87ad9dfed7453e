"""What the layout reader saw, as sentences."""

from bdsigner.messages.text import fill
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.layout import Observation, ObservationCode
from bdsigner.model.signing_rules import SigningMode

OBSERVATION_TEXTS: dict[ObservationCode, str] = {
    ObservationCode.NO_TEXT: _("Các trang là hình ảnh, không đọc được chữ."),
    ObservationCode.NUMBER_FOUND: _("Tìm thấy số {number}/{symbol}."),
    ObservationCode.NUMBER_EMPTY: _("Ô số văn bản (…/{symbol}) còn trống."),
    ObservationCode.NUMBER_MISSING: _("Không tìm thấy dòng “Số: …” ở đầu trang 1."),
    ObservationCode.DATE_FOUND: _("Tìm thấy ngày {date}, {place}."),
    ObservationCode.DATE_EMPTY: _("Ngày tháng ở đầu trang 1 còn trống."),
    ObservationCode.DATE_MISSING: _("Không tìm thấy dòng “…, ngày … tháng … năm …” ở đầu trang 1."),
    ObservationCode.TITLE_FOUND: _("Tìm thấy “{text}” ở trang {page}."),
    ObservationCode.NAME_FOUND: _("Tên người ký: {text}, trang {page}."),
    ObservationCode.SIGN_OFF_MISSING: _("Không tìm thấy phần chức danh và tên người ký."),
    ObservationCode.SIGN_OFF_SEVERAL: _("Có nhiều chỗ giống phần ký (trang {pages})."),
    ObservationCode.SIGN_OFF_BY_NAME: _("Không có “Nơi nhận”; phần ký ở trang {page} được tìm theo chức danh và tên."),
    ObservationCode.SLOT_NARROW: _("Khoảng trống để ký ở trang {page} quá thấp."),
    ObservationCode.SECRECY_MARK: _("Có dấu chỉ độ mật “{text}” ở trang 1."),
    ObservationCode.DOCUMENT_TITLE: _("Tên loại, trích yếu: “{text}”."),
}


def describe_observation(observation: Observation) -> str:
    """One statement in the person's language."""
    return fill(OBSERVATION_TEXTS[observation.code], {name: str(fact) for name, fact in observation.facts.items()})


def describe_zone(mode: SigningMode) -> str:
    """Why the signature of an official document stays in its zone, short enough to stand beside it."""
    if mode is SigningMode.COPY:
        return tr("Bản số hóa: chữ ký đặt ở đầu trang 1 (Điều 10.3.b)")
    return tr("Bản gốc: chữ ký đặt giữa chức danh và họ tên (Điều 10.3.b)")
