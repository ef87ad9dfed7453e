"""Looks at documents again when the signer, what is declared or the place has changed; off the GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import Lane, run_job
from bdsigner.gui.widgets.page_source import to_image
from bdsigner.model.examination import Examination
from bdsigner.model.geometry import Box
from bdsigner.model.signature import SignaturePictures
from bdsigner.model.signing_rules import Declaration
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Progress

SETTLE_MILLISECONDS = 150
"""Typing and moving must stand still that long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One document to be looked at."""

    source: Path
    signer: SignerIdentity | None
    declaration: Declaration | None
    box: Box | None
    is_visible: bool
    pictures: SignaturePictures
    """Those in force: with others the same document is looked at anew."""
    scale: float
    """Device pixels a point, for the pictures of what is filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of it."""

    wish: Wish
    examination: Examination
    fillings: tuple[tuple[Box, QImage], ...]
    problem: BdsignerError | None = None
    """Why number or date cannot be typed into their slots."""


class Examining(QObject):
    examined = Signal(object)
    """``Examined``, of the latest wish for its file."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._application: Application | None = None
        self._wishes: dict[Path, Wish] = {}
        self._latest: dict[Path, Wish] = {}
        self._is_busy = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self._next)

    def set_application(self, application: Application | None) -> None:
        self._application = application
        self.forget()

    def forget(self) -> None:
        """Other files were opened."""
        self._wishes.clear()
        self._latest.clear()

    @property
    def is_due(self) -> bool:
        """Whether an answer is on its way."""
        return self._is_busy or bool(self._wishes)

    def ask(self, wish: Wish, *, at_once: bool = False) -> None:
        """Look at a document; an older wish for it is forgotten, the same one not asked twice."""
        if self._latest.get(wish.source) == wish:
            return
        self._latest[wish.source] = self._wishes[wish.source] = wish
        if at_once:
            self._next()
        else:
            self._settle.start()

    def _next(self) -> None:
        application = self._application
        if application is None or self._is_busy or not self._wishes:
            return
        wish = self._wishes.pop(next(iter(self._wishes)))
        self._is_busy = True
        run_job(
            self,
            _work(application, wish),
            done=self._arrived,
            failed=lambda _error: self._end(),  # the first look told what is wrong with the file
            lane=Lane.DRAWING,
        )

    def _arrived(self, examined: Examined) -> None:
        if self._latest.get(examined.wish.source) == examined.wish:
            self.examined.emit(examined)
        self._end()

    def _end(self) -> None:
        self._is_busy = False
        if not self._settle.isActive():
            self._next()


def _work(application: Application, wish: Wish) -> Callable[[Progress], Examined]:
    def work(_progress: Progress) -> Examined:
        found = application.examine(
            wish.source, signer=wish.signer, declaration=wish.declaration, box=wish.box, is_visible=wish.is_visible
        )
        pictures: list[tuple[Box, QImage]] = []
        problem: BdsignerError | None = None
        for filling in found.fillings:
            try:
                raster = application.preview_filling(filling, scale=wish.scale)
            except BdsignerError as error:
                problem = error
            else:
                pictures.append((filling.box, to_image(raster)))
        return Examined(wish=wish, examination=found, fillings=tuple(pictures), problem=problem)

    return work
