"""Cross-references of many objects read in bulk (ISO 32000-2 §7.5.4, §7.5.8).

pyHanko reads them entry by entry, most of the time of signing a document of 20,000 objects.  Here tables and streams
that are written as the standard wants are read a column at a time.  Whatever is odd in any way is left to pyHanko,
which decides what it means or refuses it: no document is read differently than by pyHanko alone.
"""

import re
from itertools import pairwise, repeat
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic, reader, xref
from pyhanko.pdf_utils.decode_limits import DecodeContext, DecodeLimits, DecodePurpose

_SUBSECTION = re.compile(rb"[\x00\t\n\f\r ]*(\d{1,10}) (\d{1,10}) ?(?:\r\n|\r|\n)")
_SUBSECTION_BYTES = 64
_ROW_BYTES = 20
_ROWS_MAX = 1_000_000
"""Of one section; larger ones take more memory here than entry by entry."""
_ROWS = re.compile(rb"(?:\d{10} (?:00000 n|\d{5} f)(?: \r| \n|\r\n))*+")
"""In use at generation 0 only: anything else is rare and has rules of its own."""
_TRAILER = re.compile(rb"[\x00\t\n\f\r ]*trailer[\x00\t\n\f\r ]*(?=<<)")
_GENERATION_MAX = 0xFFFF
_FREE, _PLAIN, _IN_STREAM = 0, 1, 2
"""Types of entries of a stream (table 18)."""
_FIELD_BYTES_MAX = 8


class BulkReader(reader.PdfFileReader):
    """``PdfFileReader(file, strict=True)`` with another way to the cross-references; raises the same."""

    def __init__(self, file: BinaryIO) -> None:
        # Not super().__init__(), which reads the cross-references itself; pyHanko is pinned, and a test compares.
        self._security_handler = None
        self.strict = True
        self._decode_context = DecodeContext(DecodeLimits(), input_size=file.seek(0, 2))
        self.resolved_objects = {}
        self._input_version = None
        self._historical_resolver_cache = {}
        self._embedded_signatures = None
        self.stream = file
        self._header_version = reader._read_header_version(file)
        file.seek(-1, 2)
        builder = _BulkBuilder(self, file, strict=True, last_startxref=reader.process_data_at_eof(file))
        self.xrefs = xref.XRefCache(self, builder.read_xrefs())
        self.last_startxref = builder.last_startxref
        self.trailer = builder.trailer
        self.has_xref_stream = builder.has_xref_stream


class _BulkBuilder(xref.XRefBuilder):
    """Each section in bulk where it can be."""

    def _read_xref_table(self, declared_startxref: int) -> Any:
        start = self.stream.tell()
        section = _Section()
        if _read_table(self.stream, section):
            end = self.stream.tell()
            trailer = generic.DictionaryObject.read_from_stream(self.stream, generic.TrailerReference(self.handler))
            size = trailer.get("/Size")
            if isinstance(size, int) and 0 < section.end <= size and "/XRefStm" not in trailer:
                return self._add(section, trailer, xref.XRefSectionType.STANDARD, declared_startxref, start, end, None)
        self.stream.seek(start)
        return super()._read_xref_table(declared_startxref)

    def _read_xref_stream(self, declared_startxref: int) -> Any:
        start = self.stream.tell()
        reference, stream = self._read_xref_stream_object()
        section = _Section()
        if _read_stream(stream, section):
            end = self.stream.tell()
            return self._add(section, stream, xref.XRefSectionType.STREAM, declared_startxref, start, end, reference)
        self.stream.seek(start)
        return super()._read_xref_stream(declared_startxref)

    def _add(
        self,
        section: "_Section",
        trailer: generic.DictionaryObject,
        kind: xref.XRefSectionType,
        declared: int,
        start: int,
        end: int,
        reference: generic.Reference | None,
    ) -> Any:
        meta = xref.XRefSectionMetaInfo(
            xref_section_type=kind,
            size=int(trailer.raw_get("/Size")),
            declared_startxref=declared,
            start_location=start,
            end_location=end,
            stream_ref=reference,
        )
        self.sections.append(xref.XRefSection(meta, section))
        self.trailer.add_trailer_revision(trailer)
        return xref._prev(trailer)


class _Section(xref.XRefSectionData):
    """What pyHanko keeps of a section, filled by columns."""

    def __init__(self) -> None:
        super().__init__()
        self.xrefs_in_objstm: _StreamPlaces = _StreamPlaces()
        self.end = 0
        """One more than the highest number; subsections must ascend, as a number that comes twice has rules of its own."""

    def finish(self) -> None:
        """Object 0 heads the list of free ones and is no object."""
        self.standard_xrefs.pop(0, None)
        self.xrefs_in_objstm.pop(0, None)
        self.freed.pop(0, None)
        refs = self.explicit_refs_in_revision
        refs.update((number, generation) for number, (generation, _) in self.standard_xrefs.items())
        refs.update(zip(self.xrefs_in_objstm, repeat(0)))
        refs.update((number, generation - 1) for number, generation in self.freed.items())


class _StreamPlaces(dict[int, Any]):
    """Holds pairs, and makes pyHanko's values of the few that are asked for."""

    def __getitem__(self, number: int) -> xref.ObjStreamRef:
        return xref.ObjStreamRef(*super().__getitem__(number))


def _read_table(file: BinaryIO, section: _Section) -> bool:
    """Read a table from behind its keyword to its trailer's dictionary; false when it is odd."""
    while True:
        start = file.tell()
        head = file.read(_SUBSECTION_BYTES)
        if trailer := _TRAILER.match(head):
            file.seek(start + trailer.end())
            section.finish()
            return True
        subsection = _SUBSECTION.match(head)
        if subsection is None:
            return False
        first, count = int(subsection[1]), int(subsection[2])
        file.seek(start + subsection.end())
        rows = file.read(_ROW_BYTES * min(count, _ROWS_MAX))
        if first < section.end or len(rows) != _ROW_BYTES * count or not _ROWS.fullmatch(rows):
            return False
        section.end = first + count
        words = rows.split()
        offsets = map(int, words[0::3])
        section.standard_xrefs.update(zip(range(first, section.end), zip(repeat(0), offsets), strict=False))
        for row in [row for row, kind in enumerate(words[2::3]) if kind == b"f"]:
            generation = int(words[3 * row + 1])
            if generation > _GENERATION_MAX:
                return False
            del section.standard_xrefs[first + row]
            section.freed[first + row] = generation


def _read_stream(stream: generic.StreamObject, section: _Section) -> bool:
    """Read the entries of a cross-reference stream; false when it is odd."""
    widths, size = _integers(stream.get("/W")), stream.get("/Size")
    index = _integers(stream.get("/Index", generic.ArrayObject([generic.NumberObject(0), size])))
    if len(widths) != 3 or widths[0] != 1 or not all(0 <= width <= _FIELD_BYTES_MAX for width in widths):
        return False
    if not index or len(index) % 2 or min(index) < 0:
        return False
    spans = [(first, first + count) for first, count in zip(index[::2], index[1::2], strict=True)]
    count, row_bytes = sum(index[1::2]), sum(widths)
    if count > _ROWS_MAX or any(before[1] > after[0] for before, after in pairwise(spans)):
        return False
    data = stream.read_data(DecodePurpose.XREF_STREAM, expected_size=count * (row_bytes + 1))
    if len(data) != count * row_bytes:
        return False
    numbers = [number for first, end in spans for number in range(first, end)]
    kinds = data[::row_bytes]
    seconds = _column(data, 1, widths[1], row_bytes)
    thirds = _column(data, 1 + widths[1], widths[2], row_bytes)
    rows = list(zip(numbers, kinds, seconds, thirds, strict=True))
    section.standard_xrefs.update((n, (third, second)) for n, kind, second, third in rows if kind == _PLAIN)
    in_streams = section.xrefs_in_objstm
    in_streams.update((n, (second, third)) for n, kind, second, third in rows if kind == _IN_STREAM)
    section.freed.update((n, third) for n, kind, _, third in rows if kind == _FREE)
    generations = [third for _, kind, _, third in rows if kind != _IN_STREAM]
    section.finish()
    section.obj_streams_used.update({container for container, _ in in_streams.values()})
    return max(kinds, default=0) <= _IN_STREAM and max(generations, default=0) <= _GENERATION_MAX


def _column(data: bytes, start: int, width: int, row_bytes: int) -> list[int]:
    """A field of all rows: big-endian numbers, 0 for a field without bytes."""
    values = [0] * (len(data) // row_bytes)
    for byte in range(start, start + width):
        values = [value << 8 | low for value, low in zip(values, data[byte::row_bytes], strict=True)]
    return values


def _integers(values: object) -> list[int]:
    """The numbers of an array; none when there is anything else in it."""
    if not isinstance(values, generic.ArrayObject) or not all(isinstance(value, int) for value in values):
        return []
    return [int(value) for value in values]
