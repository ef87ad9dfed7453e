"""The picture of the visible signature, drawn by the code that will write it into the file."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Lane, run_job
from bdsigner.gui.widgets.page_source import to_image
from bdsigner.model.signature import SignaturePictures
from bdsigner.model.signing_rules import SigningMode
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Progress

SETTLE_MILLISECONDS = 60
"""A size must stand still that long before it is drawn."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture to draw; ``scale`` is device pixels a point."""

    signer: SignerIdentity
    mode: SigningMode
    pictures: SignaturePictures
    width_pt: float
    height_pt: float
    scale: float


class AppearancePreview(QObject):
    """Draws the latest size asked for; whatever was asked before and not begun is forgotten."""

    drawn = Signal(QImage)
    failed = Signal(object)
    """The ``BdsignerError`` that signing would end in: box too small, item of Đ10.1b missing …"""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._application: Application | None = None
        self._wanted: Wanted | None = None
        self._last: Wanted | None = None
        self._is_drawing = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._draw)

    def set_application(self, application: Application | None) -> None:
        self._application = application
        self._last = None

    def ask(self, wanted: Wanted) -> None:
        if wanted == self._last:
            return
        is_first = self._last is None
        self._wanted = self._last = wanted
        if is_first:
            self._draw()
        else:
            self._settle.start()

    def forget(self) -> None:
        """Nothing is wanted any more; the next picture asked for is drawn at once."""
        self._settle.stop()
        self._wanted = self._last = None

    def _draw(self) -> None:
        application, wanted = self._application, self._wanted
        if application is None or wanted is None or self._is_drawing:
            return
        self._wanted = None
        self._is_drawing = True

        def work(_progress: Progress) -> QImage:
            return to_image(
                application.preview_signature(
                    wanted.signer,
                    mode=wanted.mode,
                    pictures=wanted.pictures,
                    width_pt=wanted.width_pt,
                    height_pt=wanted.height_pt,
                    scale=wanted.scale,
                )
            )

        run_job(
            self,
            work,
            done=lambda image: self._arrived(wanted, image, None),
            failed=lambda error: self._arrived(wanted, None, error),
            lane=Lane.DRAWING,
        )

    def _arrived(self, wanted: Wanted, image: QImage | None, error: BdsignerError | None) -> None:
        self._is_drawing = False
        if isinstance(error, UserCancelled):
            return
        if wanted == self._last and image is not None:
            self.drawn.emit(image)
        elif wanted == self._last:
            self.failed.emit(error)
        if not self._settle.isActive():
            self._draw()
