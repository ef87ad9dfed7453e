"""What was found damaged where requests are kept, until the person has read it."""

from PySide6.QtCore import Signal

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.requests import describe_recovery
from bdsigner.messages.translate import tr
from bdsigner.model.request import Recovery


class RecoveryNotice(Notice):
    """Names what was recovered and what was put aside."""

    acknowledged = Signal()

    def show_recovery(self, recovery: Recovery | None) -> None:
        """``None`` hides it."""
        if recovery is None:
            self.clear()
            return
        self.say(
            Tone.BROKEN if recovery.unreadable else Tone.CAUTION,
            tr("Nơi lưu các yêu cầu đã được dựng lại"),
            describe_recovery(recovery),
            action=(tr("Đã rõ"), self.acknowledged.emit),
        )
