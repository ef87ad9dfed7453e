"""PDF/A inputs made by LibreOffice, and a strict judge of what was added to them (ISO 19005-1 to -4).

No validator of all parts is packaged for Debian or PyPI; this one knows the rules that an incremental update can break,
and takes the strictest part's word where they differ only in what they allow.  PDFBox's Preflight judges PDF/A-1b too,
where it is installed.
"""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Number
from pathlib import Path
from typing import Any

import pymupdf
from asn1crypto import cms
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.signing.xmp import archival_claim
from tests.support.administrative import Document
from tests.support.office_documents import flat_odt

CLAIMS = ("1a", "1b", "2b", "3b", "4")
_PRINT, _FORBIDDEN_FLAGS = 1 << 2, 1 << 0 | 1 << 1 | 1 << 5 | 1 << 8
"""Invisible, Hidden, NoView, ToggleNoView (ISO 32000-1 table 165)."""
_STRING_BYTES_MAX = 32_767
"""ISO 19005-2 §6.1.13."""
_CATALOG_MAY_CHANGE = {"/AcroForm", "/Version", "/DSS", "/Extensions"}
_PREFLIGHT_JARS = (
    "preflight",
    "pdfbox2",
    "fontbox2",
    "xmpbox",
    "commons-logging",
    "commons-io",
    "javax.activation",
    "jaxb-api",
)


def make_archival(document: Document, folder: Path) -> dict[str, bytes]:
    """The document for every claim in ``CLAIMS``; what LibreOffice cannot make says so in its metadata only."""
    (folder / "document.fodt").write_text(flat_odt(document), encoding="utf-8")
    made = {}
    for part in (1, 2, 3):
        options = f'pdf:writer_pdf_Export:{{"SelectPdfVersion":{{"type":"long","value":"{part}"}}}}'
        profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
        argv = ["soffice", "--headless", "--norestore", profile, "--convert-to", options, "--outdir", folder]
        subprocess.run([*argv, folder / "document.fodt"], check=True, capture_output=True, timeout=120)
        made[part] = (folder / "document.pdf").read_bytes()
    level = b"<pdfaid:conformance>B</pdfaid:conformance>"
    return {
        "1a": made[1],
        "1b": _replaced(made[1], b"<pdfaid:conformance>A<", b"<pdfaid:conformance>B<"),
        "2b": made[2],
        "3b": made[3],
        "4": _replaced(_replaced(made[2], b"<pdfaid:part>2<", b"<pdfaid:part>4<"), level, b" " * len(level)),
    }


def xmp(properties: str, before: str = "") -> bytes:
    """A packet with these properties of a description; ``before`` stands in front of its root."""
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{before}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><rdf:Description rdf:about="">'
        f'{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def claiming(pdf: bytes, part: int, conformance: str) -> bytes:
    """The same document with a claim in its metadata, true or not."""
    properties = f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>"
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.set_xml_metadata(xmp(properties).decode())
        return bytes(document.tobytes())


def without_intent(pdf: bytes) -> bytes:
    """The same file with its output intent hidden."""
    return _replaced(pdf, b"/OutputIntents", b"/OutputIntentz")


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    assert len(old) == len(new)
    return data.replace(old, new)


def preflight(path: Path) -> str:
    """What PDFBox says of a PDF/A-1b file; empty when it finds nothing.  ``FileNotFoundError``: not installed."""
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in _PREFLIGHT_JARS]
    if missing := [str(jar) for jar in jars if not jar.is_file()]:
        raise FileNotFoundError(missing[0])
    argv = ["java", "-cp", ":".join(map(str, jars)), "org.apache.pdfbox.preflight.Validator_A1b", path]
    output = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False).stdout
    return "" if "is a valid PDF/A-1b file" in output else output


def violations(signed: bytes, original: bytes) -> list[str]:
    """Which rules the additions to ``original`` break; empty when none is."""
    assert signed.startswith(original)
    return sorted(set(_Judge(signed, original).findings()))


@dataclass
class _Resources:
    """What device colours stand for in a content stream."""

    colour_spaces: Any
    has_intent: bool

    def defines(self, default: str) -> bool:
        return self.has_intent or default in (self.colour_spaces or {})


class _Judge:
    def __init__(self, signed: bytes, original: bytes) -> None:
        self.signed, self.original = signed, original
        self.after, self.before = PdfFileReader(io.BytesIO(signed)), PdfFileReader(io.BytesIO(original))
        claim = archival_claim(self.before.root["/Metadata"].data)
        assert claim is not None
        self.part = claim.part
        self.added = self._added()
        self.has_intent = any(
            intent["/S"] == "/GTS_PDFA1" and intent["/DestOutputProfile"]["/N"] == 3
            for intent in _items(self.before.root.get("/OutputIntents"))
        )

    def _added(self) -> dict[generic.Reference, Any]:
        refs: set[generic.Reference] = set()
        for revision in range(self.before.total_revisions, self.after.total_revisions):
            refs |= set(self.after.xrefs.explicit_refs_in_revision(revision))
        return {ref: self.after.get_object(ref) for ref in refs}

    def findings(self) -> Iterator[str]:
        yield from self._file()
        yield from self._catalog()
        for value in self.added.values():
            yield from self._object(value)
            for node in _dictionaries(value):
                yield from self._dictionary(node)
        for page in _pages(self.after.root["/Pages"]):
            yield from self._page(page)

    def _file(self) -> Iterator[str]:
        new = self.signed[len(self.original) :]
        if not re.search(rb"%%EOF\r?\n?\Z", new):
            yield "bytes after the last end of file marker"
        if self.part == 1 and (b"/ObjStm" in new or b"/Type /XRef" in new or b"/XRefStm" in new):
            yield "cross-reference or object streams in part 1"
        trailer, old = self.after.trailer, self.before.trailer
        if "/Encrypt" in trailer:
            yield "encryption"
        if "/ID" not in trailer or _bytes(trailer["/ID"][0]) != _bytes(old["/ID"][0]):
            yield "the first half of /ID changed"
        if ("/Info" in trailer) != ("/Info" in old):
            yield "/Info came or went"
        for name, raw in (("/Info", trailer.flatten()), ("/Metadata", self.after.root)):
            if name in raw and raw.raw_get(name).reference in {_same(ref) for ref in self.added}:
                yield f"{name} changed"

    def _catalog(self) -> Iterator[str]:
        old, new = self.before.root, self.after.root
        changed = {key for key in {*old, *new} if (key in old) != (key in new)}
        if unexpected := changed - _CATALOG_MAY_CHANGE:
            yield f"catalog entries changed: {sorted(unexpected)}"
        form = new["/AcroForm"]
        if form.get("/NeedAppearances", False):
            yield "NeedAppearances"
        if "/XFA" in form:
            yield "XFA"

    def _object(self, value: Any) -> Iterator[str]:
        if not isinstance(value, generic.DictionaryObject):
            return
        if value.get("/Subtype") == "/Widget":
            yield from _widget(value)
        if value.get("/Type") in ("/Sig", "/DocTimeStamp"):
            yield from self._signature(value)
        if value.get("/Type") == "/Font" and "/Encoding" in value:
            yield from self._font(value)
        if value.get("/Subtype") == "/Form" and isinstance(value, generic.StreamObject):
            resources = value.get("/Resources", {})
            yield from self._content(value.data, resources)

    def _dictionary(self, node: generic.DictionaryObject) -> Iterator[str]:
        if node.get("/SMask", "/None") != "/None":
            yield "soft mask"
        if node.get("/S") == "/Transparency":
            yield "transparency group"
        if node.get("/BM", "/Normal") not in ("/Normal", "/Compatible"):
            yield "blend mode"
        if any(isinstance(node.get(key), Number) and node[key] != 1 for key in ("/ca", "/CA")):
            yield "constant opacity"
        filters = node.get("/Filter", [])
        if "/LZWDecode" in (filters if isinstance(filters, generic.ArrayObject) else [filters]):
            yield "LZW"
        if node.get("/Subtype") == "/Image":
            if node.get("/Interpolate", False):
                yield "interpolated image"
            if "/Alternates" in node or "/OPI" in node:
                yield "image with alternates"
        if node.get("/Subtype") in ("/Form", "/Image", "/PS") and ("/PS" in node or node["/Subtype"] == "/PS"):
            yield "PostScript"
        for value in _items(node):
            if isinstance(value, (generic.TextStringObject, generic.ByteStringObject)) and (
                len(_bytes(value)) > _STRING_BYTES_MAX
            ):
                yield "string too long"

    def _signature(self, signature: generic.DictionaryObject) -> Iterator[str]:
        first, length, second, rest = (int(number) for number in signature["/ByteRange"])
        end = second + rest
        if first != 0 or not self.signed[:end].rstrip(b"\r\n").endswith(b"%%EOF"):
            yield "ByteRange is not a whole revision"
        contents = bytes.fromhex(self.signed[length + 1 : second - 1].decode())
        signed_data = cms.ContentInfo.load(contents)["content"]
        if len(signed_data["signer_infos"]) != 1:
            yield "not one SignerInfo"
        if not signed_data["certificates"]:
            yield "no certificate in the signature"
        for reference in _items(signature.get("/Reference")):
            if {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference):
                yield "digest in a signature reference"

    def _font(self, font: generic.DictionaryObject) -> Iterator[str]:
        if font["/Subtype"] != "/Type0":
            yield "font that is not Type 0"
            return
        if "/ToUnicode" not in font:
            yield "font without ToUnicode"
        descendant = font["/DescendantFonts"][0]
        if descendant.get("/CIDToGIDMap") != "/Identity":
            yield "font without CIDToGIDMap"
        descriptor = descendant["/FontDescriptor"]
        if "/FontFile2" not in descriptor:
            yield "font not embedded"
            return
        program = TTFont(io.BytesIO(descriptor["/FontFile2"].data))
        kept = {program.getGlyphID(name) for name in program.getGlyphOrder() if program["glyf"][name].numberOfContours}
        if self.part == 1 and "/CIDSet" not in descriptor:
            yield "font subset without CIDSet in part 1"
        if "/CIDSet" in descriptor:
            bits = descriptor["/CIDSet"].data
            listed = {number for number in range(len(bits) * 8) if bits[number // 8] & 0x80 >> number % 8}
            if not kept <= listed:
                yield "CIDSet lacks glyphs"
            if self.part > 1:
                yield "CIDSet, which later parts judge differently"
        if any(abs(width - _advance(program, glyph)) > 1 for glyph, width in _widths(descendant["/W"]).items()):
            yield "widths differ from the font program"

    def _page(self, page: generic.DictionaryObject) -> Iterator[str]:
        contents = page.raw_get("/Contents")
        if not isinstance(contents, generic.ArrayObject):
            return
        for index in range(len(contents)):
            if contents.raw_get(index).reference in {_same(ref) for ref in self.added}:
                yield from self._content(contents[index].data, page["/Resources"], has_defaults=False)

    def _content(self, content: bytes, resources: Any, *, has_defaults: bool = True) -> Iterator[str]:
        spaces = resources.get("/ColorSpace", {})
        known = _Resources(spaces if has_defaults else None, self.has_intent)
        operators = set(re.sub(rb"<[0-9A-Fa-f]*>", b" ", content).split())
        if operators & {b"g", b"G"} and not known.defines("/DefaultGray"):
            yield "gray of the device without an output intent"
        if operators & {b"rg", b"RG"} and not known.defines("/DefaultRGB"):
            yield "RGB of the device without an output intent"
        if operators & {b"k", b"K", b"/DeviceCMYK"}:
            yield "CMYK of the device"
        if b"Tj" in operators and not operators & {b"g", b"rg", b"sc", b"scn"}:
            yield "text in the initial colour of the device"
        if b"BI" in operators:
            yield "inline image"
        for drawn in _items(resources.get("/XObject")):
            space = drawn.get("/ColorSpace")
            default = {"/DeviceRGB": "/DefaultRGB", "/DeviceGray": "/DefaultGray", "/DeviceCMYK": "-"}.get(str(space))
            if default is not None and has_defaults and not known.defines(default):
                yield "picture in colours of the device without an output intent"


def _widget(widget: generic.DictionaryObject) -> Iterator[str]:
    flags = widget.get("/F", 0)
    if not flags & _PRINT or flags & _FORBIDDEN_FLAGS:
        yield "annotation flags"
    appearance = widget.get("/AP")
    if appearance is None:
        yield "field without appearance"
    elif set(appearance) != {"/N"} or not isinstance(appearance["/N"], generic.StreamObject):
        yield "appearance other than /N"
    if {"/A", "/AA"} & set(widget):
        yield "field with an action"
    if {"/C", "/IC"} & set(widget):
        yield "annotation colour"


def _dictionaries(value: Any) -> Iterator[generic.DictionaryObject]:
    """A value and what is written directly in it."""
    if isinstance(value, generic.DictionaryObject):
        yield value
        for key in value:
            yield from _dictionaries(value.raw_get(key))
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            yield from _dictionaries(value.raw_get(index))


def _items(container: Any) -> list[Any]:
    """The values of an array or dictionary, references followed."""
    if container is None:
        return []
    keys = range(len(container)) if isinstance(container, generic.ArrayObject) else list(container)
    return [container[key] for key in keys]


def _pages(node: Any) -> Iterator[generic.DictionaryObject]:
    if "/Kids" not in node:
        yield node
    for kid in _items(node.get("/Kids")):
        yield from _pages(kid)


def _widths(array: Any) -> dict[int, float]:
    return {int(array[index]): float(array[index + 1][0]) for index in range(0, len(array), 2)}


def _advance(program: TTFont, glyph: int) -> float:
    advance: float = program["hmtx"].metrics[program.getGlyphName(glyph)][0]
    return advance * 1000 / program["head"].unitsPerEm


def _same(ref: generic.Reference) -> generic.Reference:
    return generic.Reference(ref.idnum, ref.generation)


def _bytes(value: Any) -> bytes:
    return value.original_bytes if isinstance(value, generic.TextStringObject) else bytes(value)
