"""A revocation that nobody confirmed, or that could not be sent: whom to call, until the person says that they call."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.requests import describe_alarm
from bdsigner.messages.translate import tr
from bdsigner.model.request import Alarm, RaisedAlarm

ALARM_SHAPE = "triangle-alert"


class AlarmNotice(Notice):
    """Shows the first of them; the next one when that is answered."""

    acknowledged = Signal(str)
    """Id of the request."""

    def __init__(self, phone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phone = phone

    def show_alarms(self, alarms: Sequence[RaisedAlarm]) -> None:
        """What is to be told now; none hides it."""
        if not alarms:
            self.clear()
            return
        request_id = alarms[0].request.id
        self.say(
            Tone.BROKEN,
            alarm_title(alarms[0].alarm),
            describe_alarm(alarms[0], self._phone),
            shape=ALARM_SHAPE,
            action=(tr("Tôi đã gọi"), lambda: self.acknowledged.emit(request_id)),
        )


def alarm_title(alarm: Alarm) -> str:
    """The same in the window's notice and on the page."""
    if alarm is Alarm.NOT_SENT:
        return tr("Yêu cầu thu hồi chưa gửi được")
    return tr("Yêu cầu thu hồi chưa được xác nhận")
