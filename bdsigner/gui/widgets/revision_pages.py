"""Pictures of exactly one revision of a file: its first bytes and nothing that came after."""

from pathlib import Path

from PySide6.QtCore import QObject

from bdsigner.app import Application
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.model.document import DocumentInfo, Raster


def revision_source(application: Application, info: DocumentInfo, length_bytes: int, owner: QObject) -> PageSource:
    """Draws the pages of the first ``length_bytes`` bytes (0: of the whole file), of which ``info`` tells."""
    source = PageSource(_Revision(application, length_bytes), owner)
    source.open(info)
    return source


class _Revision(Application):
    """The same application, drawing only the first bytes of a file."""

    def __init__(self, application: Application, length_bytes: int) -> None:
        super().__init__(application.services)
        self._length_bytes = length_bytes

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        return super().render_page(path, page, scale=scale, length_bytes=length_bytes or self._length_bytes or None)
