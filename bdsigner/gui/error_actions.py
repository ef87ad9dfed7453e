"""Failures that lead somewhere: what the person can do at once instead of only reading."""

from collections.abc import Callable

from bdsigner.errors import BdsignerError, ErrorCode
from bdsigner.gui.widgets.notice import NoticeAction
from bdsigner.messages.translate import tr

_LOCKS = (ErrorCode.TOKEN_PIN_LOCKED, ErrorCode.TOKEN_PUK_LOCKED)


def way_out_of_lock(error: BdsignerError, ask: Callable[[], object]) -> NoticeAction | None:
    """The way on from a locked token is the request of Đ8.1a; ``ask`` begins it."""
    is_locked = error.code in _LOCKS or bool(error.facts.get("locked"))
    return (tr("Lập yêu cầu mở khóa"), ask) if is_locked else None
