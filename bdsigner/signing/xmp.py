"""What a file's metadata claim it to be: PDF/A of a part and a level (ISO 19005-1 §6.7.11, 19005-4 §6.7.3).

The metadata are untrusted: bounded, and a document type, which is where entities are declared, ends the reading.
"""

from xml.parsers import expat

from bdsigner.model.document import ArchivalClaim

XMP_BYTES_MAX = 1 << 20
"""Real packets have a few kilobytes; those with thumbnails some hundred."""
_NAMESPACE = "http://www.aiim.org/pdfa/ns/id/"
_PART, _CONFORMANCE = f"{_NAMESPACE} part", f"{_NAMESPACE} conformance"
_VALUE_CHARACTERS_MAX = 8
_CONFORMANCES = {1: ("A", "B"), 2: ("A", "B", "U"), 3: ("A", "B", "U"), 4: ("", "E", "F")}


def archival_claim(untrusted_xmp: bytes) -> ArchivalClaim | None:
    """The claim in an XMP packet; ``None`` when there is none, or it is no XML, too large or no part of ISO 19005."""
    if not untrusted_xmp or len(untrusted_xmp) > XMP_BYTES_MAX:
        return None
    values = _Values()
    try:
        values.parse(untrusted_xmp)
    except (expat.ExpatError, _DocumentType, ValueError, LookupError):  # the last two: unknown encodings
        return None
    part, conformance = values.found.get(_PART, "").strip(), values.found.get(_CONFORMANCE, "").strip()
    if part not in ("1", "2", "3", "4") or conformance not in _CONFORMANCES[int(part)]:
        return None
    return ArchivalClaim(part=int(part), conformance=conformance)


class _DocumentType(Exception):
    """XMP has none."""


class _Values:
    """The two properties, written as elements or as attributes of ``rdf:Description``; the first of each counts."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._open = ""

    def parse(self, untrusted_xmp: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(untrusted_xmp, True)

    def _refuse(self, *_: object) -> None:
        raise _DocumentType

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        for key in (_PART, _CONFORMANCE):
            if key in attributes:
                self.found.setdefault(key, attributes[key])
        self._open = name if name in (_PART, _CONFORMANCE) and name not in self.found else ""
        if self._open:
            self.found[name] = ""

    def _end(self, _name: str) -> None:
        self._open = ""

    def _text(self, text: str) -> None:
        if self._open and len(self.found[self._open]) < _VALUE_CHARACTERS_MAX:
            self.found[self._open] += text[:_VALUE_CHARACTERS_MAX]
