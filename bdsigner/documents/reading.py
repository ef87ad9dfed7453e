"""The calls that need MuPDF, together: importing this module imports it.  Runs in the document child."""

from bdsigner.documents.draw import Drawer, Picture, draw_appearance
from bdsigner.documents.inspect import inspect_document
from bdsigner.documents.opening import Documents
from bdsigner.documents.protocol import Inspect, RenderAppearance, RenderPage
from bdsigner.model.document import DocumentInfo


class Reader:
    """Inspects and draws; keeps the last document open."""

    def __init__(self) -> None:
        self._documents = Documents()
        self._drawer = Drawer()

    def inspect(self, call: Inspect) -> DocumentInfo:
        """Serve ``Inspect``."""
        return inspect_document(self._documents.open(call.path))

    def render_page(self, call: RenderPage) -> Picture:
        """Serve ``RenderPage``."""
        opened = self._documents.open(call.path, call.length_bytes)
        return self._drawer.page(opened, call.page, scale=call.scale)

    def render_appearance(self, call: RenderAppearance) -> Picture:
        """Serve ``RenderAppearance``."""
        from bdsigner.signing.appearance import appearance_pdf

        pdf = appearance_pdf(call.appearance, width_pt=call.width_pt, height_pt=call.height_pt)
        return draw_appearance(pdf, width_pt=call.width_pt, height_pt=call.height_pt, scale=call.scale)

    def forget(self) -> None:
        """Close the last document and give its memory back."""
        self._drawer.forget()
        self._documents.close()
