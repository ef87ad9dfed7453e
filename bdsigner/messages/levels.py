"""Why a file stayed below a level, and what became of files that wait for a timestamp, as sentences."""

from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.extension import WaitingFate
from bdsigner.model.signature import Shortfall

SHORTFALL_TEXTS: dict[Shortfall, str] = {
    Shortfall.TIMESTAMP: _("không lấy được dấu thời gian"),
    Shortfall.CHAIN: _("chứng thư số của “{name}” không dẫn tới chứng thư gốc tin cậy"),
    Shortfall.EXPIRED: _("chứng thư số của “{name}” không còn hoặc chưa có hiệu lực"),
    Shortfall.REVOCATION: _("chưa lấy được tình trạng thu hồi của “{name}”"),
    Shortfall.REVOKED: _("chứng thư số của “{name}” đã bị thu hồi hoặc tạm dừng"),
    Shortfall.DOCUMENT: _("cấu trúc tập tin không cho bổ sung dữ liệu kiểm tra"),
    Shortfall.UNREADABLE: _("không đọc được chữ ký trong ô “{name}”"),
}
FATE_TEXTS: dict[WaitingFate, str] = {
    WaitingFate.EXTENDED: _("đã bổ sung xong"),
    WaitingFate.IMPROVED: _("đã bổ sung một phần, còn chờ phần còn lại"),
    WaitingFate.KEPT: _("tiếp tục chờ"),
    WaitingFate.MISSING: _("không còn tập tin này nữa; đã bỏ khỏi danh sách chờ"),
    WaitingFate.CHANGED: _("tập tin đã bị thay đổi sau khi ký; đã bỏ khỏi danh sách chờ"),
    WaitingFate.REFUSED: _("không bổ sung được; đã bỏ khỏi danh sách chờ"),
}


def describe_shortfall(missing: Shortfall, name: str) -> str:
    """Why the level wanted was not reached; a part of a sentence."""
    return tr(SHORTFALL_TEXTS[missing]).format(name=name or "?")


def shortfall_text(missing: str, name: str) -> str:
    """As ``describe_shortfall`` for a value that crossed a pipe; an ellipsis for one of another version."""
    return describe_shortfall(Shortfall(missing), name) if missing in list(Shortfall) else "…"


def describe_fate(fate: WaitingFate) -> str:
    """What became of a waiting file; a part of a sentence."""
    return tr(FATE_TEXTS[fate])


def unregistered_text() -> str:
    """A file is signed and the register could not be written."""
    return tr("Đã ký, nhưng chưa ghi được vào sổ văn bản đã ký; rà soát tập tin này ở trang Nhật ký để ghi lại.")
