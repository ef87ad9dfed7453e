"""What a signature covers, checked against the real structure of the file (hardening.md V2).

A signature protects a revision only if its ByteRange starts at 0, leaves out exactly its own Contents string, and
ends where a revision ends, with nothing that belongs to that revision outside.
"""

import re
from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.verification.integrity.fields import FoundSignature
from bdsigner.verification.integrity.structure import Opened

_TAIL_BYTES = 2048
_LINE_END_BYTES = 2
"""The line end of the last ``%%EOF`` may be left out of a ByteRange."""
_REVISION_END = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})[\x00\t\n\x0c\r ]+%%EOF[\x00\t\n\x0c\r ]*$")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The outcome; ``problem`` is empty when the range is sound."""

    covered_bytes: int = 0
    revision: int = -1
    """pyHanko's number, from 0, of the newest cross-reference section inside; -1 when unclear."""
    is_whole_file: bool = False
    problem: str = ""


def judge_coverage(opened: Opened, signature: FoundSignature) -> Coverage:
    """Check the ByteRange of one signature."""
    reader = opened.reader
    problem = _range_problem(signature, opened.judged_bytes)
    if problem:
        return Coverage(problem=problem)
    covered = sum(signature.byte_range[2:])
    revision = _revision_ending_at(reader, covered)
    if revision is None:
        return Coverage(covered, problem="does not end where a revision ends")
    if revision < reader.xrefs.total_revisions - 1:
        return Coverage(covered, revision, problem=_outside(reader, signature, covered, revision))
    if covered + _LINE_END_BYTES < opened.revision_end:
        return Coverage(covered, revision, problem="bytes of no revision follow")
    return Coverage(covered, revision, is_whole_file=True)


def _range_problem(signature: FoundSignature, judged_bytes: int) -> str:
    if signature.contents is None:
        return "no Contents"
    if len(signature.byte_range) != 4 or min(signature.byte_range) < 0:
        return "ByteRange is not two pairs"
    start, first, second, length = signature.byte_range
    if start != 0:
        return "ByteRange does not start at 0"
    contents = signature.contents
    # Some old signers count the angle brackets as signed: they lie outside the gap then, which protects no less.
    if (first, second) not in ((contents.start, contents.end), (contents.start + 1, contents.end - 1)):
        return "the gap is not the Contents string"
    if second + length > judged_bytes:
        return "ByteRange runs past the end"
    return ""


def _revision_ending_at(reader: PdfFileReader, covered: int) -> int | None:
    start = max(0, covered - _TAIL_BYTES)
    reader.stream.seek(start)
    match = _REVISION_END.search(reader.stream.read(covered - start))
    if match is None:
        return None
    xrefs = reader.xrefs
    revisions = range(xrefs.total_revisions)
    for revision in reversed(revisions):
        if xrefs.get_startxref_for_revision(revision) == int(match[1]):
            return revision
    return None


def _outside(reader: PdfFileReader, signature: FoundSignature, covered: int, revision: int) -> str:
    """Look for parts of the signed revision behind its end, and for later parts before it."""
    xrefs = reader.xrefs
    for number in range(xrefs.total_revisions):
        section = xrefs.get_xref_container_info(number)
        if number <= revision and section.end_location > covered:
            return "a cross-reference section of the signed revision lies outside"
        if number > revision and section.start_location < covered:
            return "a later cross-reference section lies inside"
    for number in range(revision + 1):
        offsets = xrefs.get_xref_data(number).standard_xrefs.values()
        if any(offset >= covered for _, offset in offsets):
            return "an object of the signed revision lies outside"
    if signature.reference is not None and xrefs.get_last_change(signature.reference) > revision:
        return "the signature dictionary was replaced later"
    return ""
