"""What requests do without the person: sent when they are due, followed, and told of when nobody confirms them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.translate import tr
from bdsigner.model.request import RaisedAlarm, Request, RequestState

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.ports import Progress

EVERY_MILLISECONDS = 60_000
"""How often the outbox is looked at; each request has a pause of its own."""
FOLLOWED_EVERY = 10
"""Looks from one question to the department to the next."""
_TOLD = (RequestState.SENT, RequestState.RECEIVED, RequestState.IN_PROGRESS, RequestState.DONE, RequestState.REFUSED)
_Round = tuple[tuple[Request, ...], tuple[RaisedAlarm, ...]]


class OutboxControl(QObject):
    """Looks when the parts are ready and every minute; one look at a time, and none asks anything."""

    changed = Signal()
    """Requests are not what they were."""
    requests_wanted = Signal(str)
    """Id of the request that the person wants to see."""

    def __init__(self, notice: Notice, parent: QObject) -> None:
        super().__init__(parent)
        self._notice = notice
        self._application: Application | None = None
        self._is_busy = False
        self._looks = 0
        self._is_trouble_told = False
        self._alarms_told: set[tuple[str, str]] = set()
        self._timer = QTimer(self, interval=EVERY_MILLISECONDS)
        self._timer.timeout.connect(self.look)

    def set_application(self, application: "Application") -> None:
        """Begin."""
        self._application = application
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Send what is due, and now and then ask how the others stand; unless that is under way."""
        application = self._application
        if application is None or self._is_busy:
            return
        self._is_busy = True
        is_followed = self._looks % FOLLOWED_EVERY == 0
        self._looks += 1

        def work(progress: "Progress") -> _Round:
            requests = application.requests
            found = {one.id: one for one in requests.send_due(progress=progress)}
            if is_followed:
                found |= {one.id: one for one in requests.follow(progress=progress)}
            return tuple(found.values()), requests.alarms()

        run_job(self, work, done=lambda found: self._done(*found), failed=self._failed)

    def _done(self, found: tuple[Request, ...], alarms: tuple[RaisedAlarm, ...]) -> None:
        self._is_busy = self._is_trouble_told = False
        if found:
            self.changed.emit()
        self._tell(found)
        self._raise(alarms)

    def _failed(self, error: BdsignerError) -> None:
        """Said once, not every minute."""
        self._is_busy = False
        if not isinstance(error, UserCancelled) and not self._is_trouble_told:
            self._is_trouble_told = True
            self._notice.say_error(error)

    def _tell(self, found: tuple[Request, ...]) -> None:
        told = next((one for one in found if one.state in _TOLD), None)
        if told is None:
            return
        is_refused = told.state is RequestState.REFUSED
        text = {
            RequestState.SENT: tr("Đã gửi yêu cầu của {subject}"),
            RequestState.RECEIVED: tr("Sở đã tiếp nhận yêu cầu của {subject}"),
            RequestState.IN_PROGRESS: tr("Sở đang xử lý yêu cầu của {subject}"),
            RequestState.DONE: tr("Yêu cầu của {subject} đã xong"),
            RequestState.REFUSED: tr("Sở từ chối yêu cầu của {subject}"),
        }[told.state]
        self._notice.say(
            Tone.BROKEN if is_refused else Tone.VALID,
            text.format(subject=told.subject or "…"),
            told.reason,
            action=(tr("Xem yêu cầu"), lambda: self.requests_wanted.emit(told.id)),
        )

    def _raise(self, alarms: tuple[RaisedAlarm, ...]) -> None:
        """Each once a run; the page Yêu cầu keeps it until the person says that they call."""
        new = [one for one in alarms if (one.request.id, one.alarm.value) not in self._alarms_told]
        application = self._application
        if not new or application is None:
            return
        from bdsigner.gui.requests.alarm_notice import ALARM_SHAPE, alarm_title
        from bdsigner.messages.requests import describe_alarm

        self._alarms_told |= {(one.request.id, one.alarm.value) for one in new}
        request_id = new[0].request.id
        self._notice.say(
            Tone.BROKEN,
            alarm_title(new[0].alarm),
            describe_alarm(new[0], application.profile.requests.phone),
            shape=ALARM_SHAPE,
            action=(tr("Tôi đã gọi"), lambda: self._acknowledge(request_id)),
        )
        self.changed.emit()

    def _acknowledge(self, request_id: str) -> None:
        application = self._application
        if application is None:
            return
        self._notice.clear()
        run_job(
            self,
            lambda _: application.requests.acknowledge_alarm(request_id),
            done=lambda _: self.changed.emit(),
            failed=self._notice.say_error,
        )
