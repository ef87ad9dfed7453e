"""Pictures of the pages of one document: asked for in jobs, kept within bounds, never waited for."""

from collections import OrderedDict
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QImage, QPainter

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Lane, run_job
from bdsigner.model.document import DocumentInfo, Page, Raster
from bdsigner.ports import Progress

CACHE_BYTES = 96 << 20
"""Memory for pictures: some twelve screen-sized A4 pages at twice the usual pixel density."""
MAX_PAGE_PIXELS = 8_000_000
"""Largest picture of one page (32 MB, A4 at 300 dpi); beyond it the picture is stretched.  Three fit the cache."""
THUMBNAIL_SIDE = 160
"""Longest side of a thumbnail in logical pixels."""

BAND_ROWS = 128
_PLAIN_FORMATS = (QImage.Format.Format_RGB888, QImage.Format.Format_RGB32, 3)
_ALPHA_FORMATS = (QImage.Format.Format_RGBA8888_Premultiplied, QImage.Format.Format_ARGB32_Premultiplied, 4)


class _Key(NamedTuple):
    path: Path
    modified_ns: int
    page: int
    millis: int
    """Thousandths of a pixel a point."""


class FilePage(NamedTuple):
    """A small picture of one page of one of many files."""

    info: DocumentInfo
    page: int
    scale: float
    """Device pixels a point."""


def to_image(raster: Raster) -> QImage:
    """Copy a raster, once, into the format the window paints fastest; call it in the worker thread.

    In bands, because a conversion holds Python's lock, for which the GUI thread would otherwise wait the whole time.
    """
    source, target, depth = _ALPHA_FORMATS if raster.has_alpha else _PLAIN_FORMATS
    image = QImage(raster.width, raster.height, target)
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    stride = raster.width * depth
    with memoryview(raster.pixels) as pixels:
        for top in range(0, raster.height, BAND_ROWS):
            rows = min(BAND_ROWS, raster.height - top)
            band = QImage(pixels[top * stride : (top + rows) * stride], raster.width, rows, stride, source)
            painter.drawImage(QPoint(0, top), band)
    painter.end()
    return image


def draw_page(application: Application, path: Path, page: int, scale: float) -> QImage:
    return to_image(application.render_page(path, page, scale=scale))


class PageSource(QObject):
    """Draws what is looked at first.

    One picture is asked for at a time, and always the most urgent of what is wanted *now*: the visible pages, then the
    visible thumbnails, then the neighbours.  What is no longer wanted is therefore never started.  Of other files than the
    one that is open it draws small pictures only.
    """

    page_ready = Signal(int)
    """A picture of that page, or the reason why there is none, has arrived."""
    thumbnail_ready = Signal(int)
    file_ready = Signal(object)
    """``Path`` of a file whose small picture, or the reason why there is none, has arrived."""

    def __init__(self, application: Application, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._info: DocumentInfo | None = None
        self._cache: OrderedDict[_Key, QImage] = OrderedDict()
        self._cache_bytes = 0
        self._errors: dict[_Key, BdsignerError] = {}
        self._visible: tuple[_Key, ...] = ()
        self._neighbours: tuple[_Key, ...] = ()
        self._thumbnails: tuple[_Key, ...] = ()
        self._files: tuple[_Key, ...] = ()
        self._is_drawing = False
        self.thumbnail_density = 1.0
        """Device pixels a logical pixel."""

    @property
    def pages(self) -> Sequence[Page]:
        return self._info.pages if self._info is not None else ()

    def open(self, info: DocumentInfo) -> None:
        """Show another document; pictures of the last ones stay as long as there is room."""
        self._info = info
        self._visible = self._neighbours = self._thumbnails = ()
        self._errors.clear()

    def picture(self, page: int, scale: float) -> QImage | None:
        """The picture at that scale (device pixels a point), or the nearest other one for the time being."""
        wanted = self._key(page, scale)
        image = self._cache.get(wanted)
        if image is not None:
            self._cache.move_to_end(wanted)
            return image
        others = [key for key in self._cache if key[:3] == wanted[:3]]
        if not others:
            return None
        return self._cache[min(others, key=lambda key: abs(key.millis - wanted.millis))]

    def has(self, page: int, scale: float) -> bool:
        return self._key(page, scale) in self._cache

    def thumbnail(self, page: int) -> QImage | None:
        return self._cache.get(self._thumbnail_key(page))

    def file_picture(self, wanted: FilePage) -> QImage | None:
        key = _key_of(*wanted)
        if key in self._cache:
            self._cache.move_to_end(key)
        return self._cache.get(key)

    def error(self, page: int, scale: float) -> BdsignerError | None:
        return self._errors.get(self._key(page, scale))

    def want(self, visible: Sequence[int], neighbours: Sequence[int], scale: float) -> None:
        """Replace what the page view wants, most urgent first."""
        self._visible = tuple(self._key(page, scale) for page in visible)
        self._neighbours = tuple(self._key(page, scale) for page in neighbours)
        if self._bytes_of(self._visible + self._neighbours) > CACHE_BYTES:
            self._neighbours = ()
        self._draw_next()

    def want_thumbnails(self, pages: Sequence[int]) -> None:
        """Replace what the thumbnails want, most urgent first."""
        self._thumbnails = tuple(self._thumbnail_key(page) for page in pages)
        self._draw_next()

    def want_files(self, wanted: Sequence[FilePage]) -> None:
        """Replace what a sheet of many files wants, most urgent first."""
        self._files = tuple(_key_of(*one) for one in wanted)
        self._draw_next()

    def _draw_next(self) -> None:
        if self._is_drawing:
            return
        for key in (*self._visible, *self._thumbnails, *self._files, *self._neighbours):
            if key not in self._cache and key not in self._errors:
                self._draw(key)
                return

    def _draw(self, key: _Key) -> None:
        self._is_drawing = True
        application = self._application

        def work(_progress: Progress) -> QImage:
            return draw_page(application, key.path, key.page, key.millis / 1000)

        run_job(
            self,
            work,
            done=lambda image: self._arrived(key, image, None),
            failed=lambda error: self._arrived(key, None, error),
            lane=Lane.DRAWING,
        )

    def _arrived(self, key: _Key, image: QImage | None, error: BdsignerError | None) -> None:
        self._is_drawing = False
        if image is not None:
            self._store(key, image)
        elif error is not None and not isinstance(error, UserCancelled):
            self._errors[key] = error
        if self._info is not None and (key.path, key.modified_ns) == (self._info.path, self._info.modified_ns):
            self.page_ready.emit(key.page)
            if key == self._thumbnail_key(key.page):
                self.thumbnail_ready.emit(key.page)
        if key in self._files:
            self.file_ready.emit(key.path)
        if not isinstance(error, UserCancelled):
            self._draw_next()

    def _store(self, key: _Key, image: QImage) -> None:
        replaced = self._cache.pop(key, None)
        self._cache_bytes += image.sizeInBytes() - (replaced.sizeInBytes() if replaced is not None else 0)
        self._cache[key] = image
        shown = {*self._visible, *self._files, key}
        for old in [candidate for candidate in self._cache if candidate not in shown]:
            if self._cache_bytes <= CACHE_BYTES:
                return
            self._cache_bytes -= self._cache.pop(old).sizeInBytes()

    def _key(self, page: int, scale: float) -> _Key:
        if self._info is None:
            raise LookupError("no document is open")
        return _key_of(self._info, page, scale)

    def _thumbnail_key(self, page: int) -> _Key:
        size = self.pages[page]
        return self._key(page, THUMBNAIL_SIDE * self.thumbnail_density / max(size.width_pt, size.height_pt))

    def _bytes_of(self, keys: Sequence[_Key]) -> float:
        return sum(
            4 * self.pages[k.page].width_pt * self.pages[k.page].height_pt * (k.millis / 1000) ** 2 for k in keys
        )


def _key_of(info: DocumentInfo, page: int, scale: float) -> _Key:
    size = info.pages[page]
    largest = sqrt(MAX_PAGE_PIXELS / max(1.0, size.width_pt * size.height_pt))
    return _Key(info.path, info.modified_ns, page, max(1, round(min(scale, largest) * 1000)))
