"""The calls that need MuPDF, together: importing this module imports it.  Runs in the document child."""

from bdsigner.documents.alignment import align
from bdsigner.documents.compare import Comparer
from bdsigner.documents.draw import Drawer, Picture, draw_appearance
from bdsigner.documents.inspect import inspect_document
from bdsigner.documents.opening import Documents
from bdsigner.documents.protocol import (
    AlignPages,
    ComparePages,
    Inspect,
    Look,
    ReadLayout,
    ReadPicture,
    RenderAppearance,
    RenderFilling,
    RenderPage,
)
from bdsigner.documents.words import DocumentPages
from bdsigner.layout.reader import read_layout, read_marks
from bdsigner.model.comparison import PageAlignment, PageComparison
from bdsigner.model.document import DocumentInfo
from bdsigner.model.examination import QuickLook
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.signature import PictureSize


class Reader:
    """Inspects and draws; keeps the last document open, or two revisions of it."""

    def __init__(self) -> None:
        self._documents = Documents()
        self._drawer = Drawer()
        self._comparer = Comparer(self._drawer)

    def inspect(self, call: Inspect) -> DocumentInfo:
        """Serve ``Inspect``."""
        return inspect_document(self._documents.open(call.path, call.length_bytes))

    def read_layout(self, call: ReadLayout) -> DocumentLayout:
        """Serve ``ReadLayout``."""
        pages = DocumentPages(self._documents.open(call.path), is_as_written=call.is_as_written)
        return read_layout(pages, signer_name=call.signer_name)

    def look(self, call: Look) -> QuickLook:
        """Serve ``Look``."""
        opened = self._documents.open(call.path)
        return QuickLook(info=inspect_document(opened), layout=read_marks(DocumentPages(opened)))

    def render_page(self, call: RenderPage) -> Picture:
        """Serve ``RenderPage``."""
        opened = self._documents.open(call.path, call.length_bytes)
        return self._drawer.page(opened, call.page, scale=call.scale)

    def compare_pages(self, call: ComparePages) -> PageComparison:
        """Serve ``ComparePages``."""
        earlier = self._documents.open(call.path, call.earlier_bytes)
        later = self._documents.open(call.path, call.later_bytes)
        return self._comparer.page(earlier, later, call.page, earlier_number=call.earlier_page, scale=call.scale)

    def align_pages(self, call: AlignPages) -> PageAlignment:
        """Serve ``AlignPages``."""
        earlier = self._documents.open(call.path, call.earlier_bytes)
        return align(earlier, self._documents.open(call.path, call.later_bytes))

    def render_appearance(self, call: RenderAppearance) -> Picture:
        """Serve ``RenderAppearance``."""
        from bdsigner.signing.appearance import appearance_pdf

        pdf = appearance_pdf(call.appearance, width_pt=call.width_pt, height_pt=call.height_pt)
        return draw_appearance(pdf, width_pt=call.width_pt, height_pt=call.height_pt, scale=call.scale)

    def read_picture(self, call: ReadPicture) -> PictureSize:
        """Serve ``ReadPicture``."""
        from bdsigner.signing.pictures import load_picture

        return load_picture(call.path).size

    def render_filling(self, call: RenderFilling) -> Picture:
        """Serve ``RenderFilling``."""
        from bdsigner.signing.filling import filling_pdf

        box = call.filling.box
        pdf = filling_pdf(call.filling)
        return draw_appearance(pdf, width_pt=box.width_pt, height_pt=box.height_pt, scale=call.scale)

    def forget(self) -> None:
        """Close the last document and give its memory back."""
        self._comparer.forget()
        self._drawer.forget()
        self._documents.close()
