"""How an addition is written so that a file stays the PDF/A it claims to be (ISO 19005-1 to -4).

What every part asks of a signature is done for every file: fonts embedded, flag Print, appearance ``/N`` alone, the
kind of cross-references and the first half of ``/ID`` kept, ``/Info`` and XMP left alone.  Here is what would burden
other files, or what parts disagree on.
"""

import zlib
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bdsigner.signing.objects import RawObject, dictionary, entry, number, pdf_name, pdf_stream
from bdsigner.signing.xmp import XMP_BYTES_MAX, archival_claim

CALIBRATED_GRAY = RawObject(b"[/CalGray << /WhitePoint [0.9505 1 1.089] /Gamma 2.2 >>]")
_CALIBRATED_RGB = RawObject(
    b"[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2]"
    b" /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]"
)
"""sRGB (IEC 61966-2-1) with one exponent, which is all that the colour space knows."""
_INTENTS_MAX = 64
_RGB = 3


@dataclass(frozen=True, slots=True)
class AdditionRules:
    """What is asked of fonts, colours and fields added to one file."""

    is_archival: bool = False
    """The file claims to be PDF/A: nothing transparent (part 1 §6.4), an appearance for each field (part 1 §6.9)."""
    has_cid_sets: bool = False
    """Subsets list their glyphs: asked by part 1 (§6.3.5), left out of use by the later ones."""
    is_calibrated: bool = False
    """Device colours are not defined by an output intent for RGB (part 1 §6.2.3.3, parts 2 and 3 §6.2.4.3)."""


ORDINARY = AdditionRules()
"""For a file that claims nothing."""


def addition_rules(root: generic.DictionaryObject) -> AdditionRules:
    """The rules for the file with this catalog."""
    claim = archival_claim(_metadata(root))
    if claim is None:
        return ORDINARY
    return AdditionRules(is_archival=True, has_cid_sets=claim.part == 1, is_calibrated=not _has_rgb_intent(root))


def default_colours(rules: AdditionRules) -> generic.DictionaryObject:
    """``/ColorSpace`` resources that give the plain colour operators of a form a definition; empty when not needed."""
    if not rules.is_calibrated:
        return generic.DictionaryObject()
    return dictionary({"/DefaultGray": CALIBRATED_GRAY, "/DefaultRGB": _CALIBRATED_RGB})


def give_appearance(writer: IncrementalPdfFileWriter, widget: generic.DictionaryObject, rules: AdditionRules) -> None:
    """An empty appearance for a field that shows nothing, where the file's claim asks for one."""
    if rules.is_archival and entry(widget, "/AP") is None:
        empty = pdf_stream(b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]", b"", is_compressed=False)
        widget[pdf_name("/AP")] = dictionary({"/N": writer.add_object(empty)})


def _metadata(root: generic.DictionaryObject) -> bytes:
    """The XMP packet, plain or deflated, cut where it goes beyond what is read."""
    stream = entry(root, "/Metadata")
    if not isinstance(stream, generic.StreamObject):
        return b""
    data, kind = stream.encoded_data or b"", entry(stream, "/Filter")
    if isinstance(kind, generic.ArrayObject) and len(kind) == 1:
        kind = kind[0]
    if kind is None:
        return bytes(data)
    try:
        return zlib.decompressobj().decompress(data, XMP_BYTES_MAX + 1) if kind == "/FlateDecode" else b""
    except zlib.error:
        return b""


def _has_rgb_intent(root: generic.DictionaryObject) -> bool:
    intents = entry(root, "/OutputIntents")
    if not isinstance(intents, generic.ArrayObject):
        return False
    chosen = [intents[index] for index in range(min(len(intents), _INTENTS_MAX))]
    return any(
        entry(intent, "/S") == "/GTS_PDFA1" and number(entry(entry(intent, "/DestOutputProfile"), "/N")) == _RGB
        for intent in chosen
    )
