"""A TrueType font for the visible signature: measuring, and embedding only the glyphs used (ISO 32000-2 §9.7).

``fontTools.ttLib`` alone is used: ``fontTools.subset`` costs 0.1–0.2 s of imports in a cold process, and what it does
beyond this (layout tables, other outline formats) is not needed for a Type 0 font with Identity-H.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from bdsigner.errors import ErrorCode, ProfileError, SigningError
from bdsigner.signing.objects import RawObject, pdf_stream

_UNITS_PER_TEXT_SPACE = 1000
_STEM_V = 80
"""Only used to imitate a font that is missing; ours is embedded."""
_SYMBOLIC = 4
_KEPT_TABLES = frozenset({"head", "hhea", "maxp", "hmtx", "loca", "glyf"})
"""What a CIDFontType2 font program needs (ISO 32000-2 table 124) without its hinting."""
ALWAYS_EMBEDDED = frozenset(chr(code) for code in range(0x20, 0x7F))
"""Digits and punctuation too, so that the time changes nothing but the content stream within a batch."""


VIETNAMESE_LETTERS = "ĂăÂâĐđÊêÔôƠơƯưÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĨĩŨũ" + "".join(map(chr, range(0x1EA0, 0x1EFA)))
"""Beyond ASCII (Unicode Latin-1 Supplement, Latin Extended-A, -B and Additional)."""


@dataclass(frozen=True, slots=True)
class FontProgram:
    """The embeddable parts for one set of characters, serialised."""

    name: bytes
    file: RawObject
    to_unicode: RawObject
    cid_set: RawObject
    widths: bytes


class FontFace:
    """A font file that was read once."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        font = TTFont(io.BytesIO(self._data), lazy=True)
        if "glyf" not in font:
            raise ValueError("no TrueType outlines")
        self._units: int = font["head"].unitsPerEm
        self._bounds = tuple(self._scaled(font["head"].__dict__[key]) for key in ("xMin", "yMin", "xMax", "yMax"))
        self.ascent = self._scaled(font["hhea"].ascent)
        self.descent = self._scaled(font["hhea"].descent)
        self.cap_height = self._scaled(getattr(font["OS/2"], "sCapHeight", font["hhea"].ascent))
        metrics = font["hmtx"].metrics
        self._glyphs = {
            chr(code): (font.getGlyphID(name), self._scaled(metrics[name][0]))
            for code, name in font.getBestCmap().items()
        }

    def _scaled(self, units: int) -> float:
        return units * _UNITS_PER_TEXT_SPACE / self._units

    def has(self, character: str) -> bool:
        """Whether there is a glyph for it."""
        return character in self._glyphs

    def width(self, text: str, size_pt: float) -> float:
        """Width of ``text`` in points.  Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``."""
        return _units_wide(self, text) * size_pt / _UNITS_PER_TEXT_SPACE

    def units_wide(self, text: str) -> float:
        """Sum of the advances, in thousandths of the font size.  Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``."""
        return sum(self._glyph(character)[1] for character in text)

    def encode(self, text: str) -> bytes:
        """Operand of ``Tj``: glyph numbers in hexadecimal."""
        return b"<%b>" % b"".join(b"%04X" % self._glyph(character)[0] for character in text)

    def _glyph(self, character: str) -> tuple[int, float]:
        try:
            return self._glyphs[character]
        except KeyError:
            code_point = f"U+{ord(character):04X}"
            raise SigningError(ErrorCode.SIGNING_GLYPH_MISSING, character=character, code_point=code_point) from None

    def program(self, characters: frozenset[str]) -> FontProgram:
        """Subset and serialise.  Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``."""
        glyphs = {character: self._glyph(character) for character in sorted(characters)}
        file, kept = self._subset(frozenset(number for number, _ in glyphs.values()))
        tag = hashlib.sha256(file).digest()[:6]
        by_number = sorted(glyphs.values())
        return FontProgram(
            name=bytes(ord("A") + value % 26 for value in tag) + b"+" + self._postscript_name(),
            file=pdf_stream(b"/Length1 %d" % len(file), zlib.compress(file)),
            to_unicode=pdf_stream(b"", zlib.compress(_to_unicode(glyphs))),
            cid_set=pdf_stream(b"", zlib.compress(_cid_set(kept))),
            widths=b"[" + b" ".join(b"%d [%d]" % (number, round(width)) for number, width in by_number) + b"]",
        )

    def _postscript_name(self) -> bytes:
        name = TTFont(io.BytesIO(self._data), lazy=True)["name"].getDebugName(6) or "Font"
        return bytes(character for character in name.encode() if chr(character).isalnum() or character == ord("-"))

    def _subset(self, wanted: frozenset[int]) -> tuple[bytes, frozenset[int]]:
        """The font file with all other outlines emptied, and the numbers of those kept; glyph numbers stay."""
        font = TTFont(io.BytesIO(self._data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
        glyphs = font["glyf"]
        names = {font.getGlyphName(number) for number in wanted | {0}}
        pending = list(names)
        while pending:  # accented letters are composed of others
            for part in glyphs[pending.pop()].getComponentNames(glyphs):
                if part not in names:
                    names.add(part)
                    pending.append(part)
        metrics = font["hmtx"].metrics
        for name in font.getGlyphOrder():
            if name in names:
                glyphs[name].removeHinting()
            else:
                glyphs.glyphs[name] = Glyph()
                metrics[name] = (0, 0)
        for tag in [tag for tag in font.keys() if tag not in _KEPT_TABLES]:  # noqa: SIM118  # TTFont is no mapping
            if tag != "GlyphOrder":
                del font[tag]
        output = io.BytesIO()
        font.save(output, reorderTables=None)
        return output.getvalue(), frozenset(font.getGlyphID(name) for name in names)

    def embed(
        self, writer: BasePdfFileWriter, characters: frozenset[str], *, has_cid_set: bool = False
    ) -> generic.IndirectObject:
        """Add the font with the glyphs of ``characters`` to the file; returns the Type 0 font.

        ``has_cid_set``: with the list of its glyphs that PDF/A-1 asks for (ISO 32000-1 table 124).
        Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``.
        """
        program = _program(self, characters | ALWAYS_EMBEDDED)
        file = writer.add_object(program.file)
        to_unicode = writer.add_object(program.to_unicode)
        cid_set = writer.add_object(program.cid_set) if has_cid_set else None
        descriptor = writer.add_object(RawObject(self._descriptor(program.name, file, cid_set)))
        cid_font = writer.add_object(
            RawObject(
                b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%b /CIDToGIDMap /Identity /DW 0 /W %b"
                b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
                b" /FontDescriptor %d 0 R >>" % (program.name, program.widths, descriptor.idnum)
            )
        )
        return writer.add_object(
            RawObject(
                b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H"
                b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (program.name, cid_font.idnum, to_unicode.idnum)
            )
        )

    def _descriptor(self, name: bytes, file: generic.IndirectObject, cid_set: generic.IndirectObject | None) -> bytes:
        bounds = b" ".join(b"%d" % round(value) for value in self._bounds)
        return (
            b"<< /Type /FontDescriptor /FontName /%b /Flags %d /FontBBox [%b] /ItalicAngle 0 /Ascent %d /Descent %d"
            b" /CapHeight %d /StemV %d /FontFile2 %d 0 R%b >>"
            % (
                name,
                _SYMBOLIC,
                bounds,
                round(self.ascent),
                round(self.descent),
                round(self.cap_height),
                _STEM_V,
                file.idnum,
                b"" if cid_set is None else b" /CIDSet %d 0 R" % cid_set.idnum,
            )
        )


@lru_cache(maxsize=8)  # a profile has one font, a page four faces
def font_face(path: Path) -> FontFace:
    """Read a font once per process.  Raises ``ProfileError`` ``PROFILE_INVALID`` when it is missing or no TrueType font."""
    try:
        return FontFace(path)
    except (OSError, TTLibError, LookupError, ValueError, AttributeError, struct.error) as error:
        raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(path), key="font", reason=str(error)) from error


def missing_letters(path: Path) -> str:
    """Vietnamese letters, both cases, that a font file lacks; raises what reading a file that is no font raises."""
    face = font_face(path)
    return "".join(letter for letter in VIETNAMESE_LETTERS if not face.has(letter))


@lru_cache(maxsize=2048)  # words: each is measured at every size, and in every document of a batch
def _units_wide(face: FontFace, text: str) -> float:
    return face.units_wide(text)


@lru_cache(maxsize=16)  # a set of characters per signer
def _program(face: FontFace, characters: frozenset[str]) -> FontProgram:
    return face.program(characters)


def _cid_set(glyphs: frozenset[int]) -> bytes:
    """A bit for each glyph that is there, the high bit of the first byte for glyph 0 (ISO 32000-1 table 124)."""
    bits = bytearray(max(glyphs) // 8 + 1)
    for glyph in glyphs:
        bits[glyph // 8] |= 0x80 >> glyph % 8
    return bytes(bits)


def _to_unicode(glyphs: dict[str, tuple[int, float]]) -> bytes:
    """CMap from glyph numbers to characters, for search and copy (ISO 32000-2 §9.10.3)."""
    pairs = [b"<%04X> <%b>" % (number, text.encode("utf-16-be").hex().encode()) for text, (number, _) in glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]  # at most 100 a block
    body = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n%b\n"
        b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend" % body
    )
