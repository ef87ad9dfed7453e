"""Keeps page, typed fields, thumbnails and list agreed on where the signature stands, and asks for its picture."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.signing.sign_files import ENDED, SignFiles
from bdsigner.gui.widgets.appearance_preview import AppearancePreview, Wanted
from bdsigner.gui.widgets.page_geometry import is_elsewhere, kept_in_zone, kept_on_page, mm_from_pt
from bdsigner.gui.widgets.sign_desk import SignDesk
from bdsigner.messages.errors import describe
from bdsigner.model.geometry import Box
from bdsigner.model.signing_rules import Declaration


class BoxControl(QObject):
    changed = Signal()
    """Whether the signature can be made as it stands may have changed: see ``problem``."""
    placed = Signal()
    """The place of the file looked at, or whether it has one, is another now."""

    def __init__(self, desk: SignDesk, files: SignFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files = files
        self._application: Application | None = None
        self._preview = AppearancePreview(self)
        self.problem: BdsignerError | None = None
        """Why the visible signature cannot be drawn: box too small, item of Đ10.1b missing …"""
        self._preview.drawn.connect(self._drawn)
        self._preview.failed.connect(self._failed)
        desk.box.box_changed.connect(self._moved)
        desk.box.stopped.connect(self._say_why_stopped)
        desk.view.zoom_changed.connect(self.ask_picture)
        desk.options.box.box_edited.connect(self._typed)
        desk.options.visibility_changed.connect(self._visibility_changed)
        desk.options.place_chosen.connect(self._place_chosen)
        desk.options.signers.chosen.connect(self.ask_picture)

    def set_application(self, application: Application | None) -> None:
        self._application = application
        self._preview.set_application(application)

    def show(self) -> None:
        """Show the box of the file looked at, or none where none will be made."""
        file = self._files.file
        if file is None:
            return
        is_seen = self._desk.options.is_visible_signature and file.state not in ENDED and file.problem is None
        self._desk.show_place(file, file.place if is_seen else None)
        self._desk.overview.show_file(self._files.current)
        self.ask_picture()

    def ask_picture(self) -> None:
        signer = self._desk.options.signers.signer
        box = self._desk.box.box
        file, application = self._files.file, self._application
        if signer is None or box is None or file is None or application is None:
            self._preview.forget()
            self._desk.box.set_picture(None)
            self._set_problem(None)
        else:
            mode = (file.declared or Declaration()).mode
            scale = self._desk.view.device_scale
            self._preview.ask(Wanted(signer, mode, application.pictures, box.width_pt, box.height_pt, scale))

    def _moved(self, box: Box) -> None:
        file = self._files.file
        if file is None or file.info is None:
            return
        file.box = kept_in_zone(box, file.zone, file.info.pages)
        file.is_placed = True
        self._files.size_mm = (mm_from_pt(file.box.width_pt), mm_from_pt(file.box.height_pt))
        self.show()
        self.placed.emit()

    def _typed(self, box: Box) -> None:
        file = self._files.file
        if file is None or file.info is None:
            return
        pages = file.info.pages
        self._moved(box)
        kept, asked = kept_in_zone(box, file.zone, pages), kept_on_page(box, pages[box.page])
        self._desk.box.set_stopped(is_elsewhere(kept, asked))
        self._reveal()

    def _say_why_stopped(self, is_stopped: bool) -> None:
        self._desk.options.box.say(self._desk.box.zone_reason if is_stopped else "")

    def _place_chosen(self, name: str) -> None:
        file = self._files.file
        if file is not None:
            file.field = name
            self._desk.show_file(file)
            self.show()
            self.placed.emit()
            self._reveal()

    def _visibility_changed(self, _is_visible: bool) -> None:
        file = self._files.file
        if file is not None:
            self._desk.show_file(file)
            self.show()
            self.placed.emit()

    def _reveal(self) -> None:
        box = self._desk.box.box
        if box is not None:
            self._desk.view.reveal(box)

    def _drawn(self, picture: QImage) -> None:
        self._desk.box.set_picture(picture)
        self._desk.sheet.set_appearance(picture)
        self._set_problem(None)

    def _failed(self, error: BdsignerError) -> None:
        self._desk.box.set_problem(describe(error).title)
        self._set_problem(error)

    def _set_problem(self, error: BdsignerError | None) -> None:
        self.problem = error
        self.changed.emit()
