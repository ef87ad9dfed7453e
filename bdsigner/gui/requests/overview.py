"""“Yêu cầu của tôi”: the list, and the one chosen in it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.requests.request_details import RequestDetails
from bdsigner.gui.requests.request_list import RequestList
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import Request

_LIST_SHARE, _DETAILS_SHARE = 3, 2


class Overview(QSplitter):
    def __init__(self, channels: Sequence[RequestChannel]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.list = RequestList()
        self.details = RequestDetails(channels)
        self.list.chosen.connect(self.details.show_request)
        for part in (self.list, self.details):
            self.addWidget(part)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, _LIST_SHARE)
        self.setStretchFactor(1, _DETAILS_SHARE)
        self.setHandleWidth(UNIT)

    def show_requests(self, requests: Sequence[Request], *, chosen: str = "") -> None:
        """Start over; what was chosen stays so unless another is named."""
        self.list.show_requests(requests, chosen=chosen)
        if self.list.current is not None:
            self.details.show_request(self.list.current)
        else:
            self.details.hide()
