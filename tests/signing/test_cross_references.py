"""Read in bulk or by pyHanko, a document is the same document, and a damaged one the same error."""

import io
import re
from typing import Any

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionData

from bdsigner.signing.cross_references import BulkReader
from bdsigner.signing.reading import FOREIGN_ERRORS
from tests.support.pdfs import text_pdf

OBJECTS = 300


def made(*, is_packed: bool) -> bytes:
    with pymupdf.open(stream=text_pdf(20), filetype="pdf") as document:
        for number in range(OBJECTS):
            document.update_object(document.get_new_xref(), f"<</Note({number})>>")
        return bytes(document.tobytes(use_objstms=int(is_packed), deflate=is_packed))


def with_update(content: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.add_object(generic.NumberObject(7))
    writer.root["/PageMode"] = generic.NameObject("/UseNone")
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


TABLE, PACKED = made(is_packed=False), made(is_packed=True)
DOCUMENTS = [TABLE, PACKED, with_update(TABLE), with_update(PACKED), with_update(with_update(PACKED))]
_HYBRID = TABLE.replace(b"trailer\n<<", b"trailer\n<</XRefStm 17")
_NOT_IN_BULK = {
    "another generation": TABLE.replace(b" 00000 n", b" 00001 n", 1),
    "no blank before the end of line": TABLE.replace(b" 00000 n \n", b" 00000 n\n"),
    "more after a number": TABLE.replace(b" 00000 n \n", b" 00000 x \n", 1),
    "numbers twice": re.sub(rb"xref\n0 (\d+)\n", rb"xref\n0 \1\n0 \1\n", TABLE),
    "hybrid": _HYBRID,
    "a size too small": re.sub(rb"/Size \d+", b"/Size 3", TABLE),
    "no size": re.sub(rb"/Size \d+", b"", TABLE),
    "no trailer": TABLE.replace(b"trailer", b"tra1ler"),
    "a generation too large": TABLE.replace(b"65535 f", b"65536 f"),
    "no widths": PACKED.replace(b"/W[", b"/V["),
    "a size too small for the stream": re.sub(rb"/Size \d+", b"/Size 3", PACKED),
    "the stream cut off": PACKED[: PACKED.rfind(b"endstream") - 20] + PACKED[PACKED.rfind(b"endstream") :],
}


def seen(reader: PdfFileReader) -> list[Any]:
    sections: list[Any] = []
    for number in range(reader.xrefs.total_revisions):
        data, meta = reader.xrefs.get_xref_data(number), reader.xrefs.get_xref_container_info(number)
        in_streams = {number: data.xrefs_in_objstm[number] for number in data.xrefs_in_objstm}
        sections.append((data.standard_xrefs, in_streams, data.freed, data.explicit_refs_in_revision))
        stream = meta.stream_ref.idnum if meta.stream_ref is not None else None
        sections.append((data.obj_streams_used, meta.xref_section_type, meta.size, meta.declared_startxref))
        sections.append((meta.start_location, meta.end_location, stream))
    return [*sections, reader.last_startxref, reader.has_xref_stream, set(vars(reader))]


def outcome(content: bytes, *, is_bulk: bool) -> object:
    file = io.BytesIO(content)
    try:
        return seen(BulkReader(file) if is_bulk else PdfFileReader(file, strict=True))
    except FOREIGN_ERRORS as error:
        return type(error), str(error)


@pytest.mark.parametrize("content", DOCUMENTS)
def test_what_the_standard_wants_is_read_in_bulk(content: bytes) -> None:
    reader = BulkReader(io.BytesIO(content))
    sections = [reader.xrefs.get_xref_data(number) for number in range(reader.xrefs.total_revisions)]
    assert all(type(section) is not XRefSectionData for section in sections)
    assert outcome(content, is_bulk=True) == outcome(content, is_bulk=False)
    assert len(seen(reader)[0][0]) + len(seen(reader)[0][1]) > OBJECTS
    assert reader.root["/Pages"]["/Count"] == 20


@pytest.mark.parametrize("flaw", _NOT_IN_BULK)
def test_what_is_odd_is_left_to_pyhanko(flaw: str) -> None:
    content = _NOT_IN_BULK[flaw]
    assert content not in DOCUMENTS
    assert outcome(content, is_bulk=True) == outcome(content, is_bulk=False)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_any_damage_to_cross_references_ends_as_it_does_in_pyhanko(content: bytes, data: st.DataObject) -> None:
    marks = [match.start() for match in re.finditer(rb"xref|trailer|/W|/Index|/Size|/Prev| [nf] ", content)]
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(marks)) + data.draw(st.integers(-5, 40))
        length = data.draw(st.integers(0, 2))
        damaged[at : at + length] = data.draw(
            st.sampled_from([b"", b"0", b"9", b" ", b"\n", b"n", b"f", b"/", b"\x00"])
        )
    assert outcome(bytes(damaged), is_bulk=True) == outcome(bytes(damaged), is_bulk=False)
