"""What is printed for people: a slip or a letter as plain content, without any layout."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, paragraphs, and a table; each may be left out.  Text is plain and may come from hostile files."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Heads of the table's columns; empty for a table without."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Cells; all rows are as long as ``widths``."""
    widths: tuple[int, ...] = ()
    """Per cent of the page's text width for each column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document of A4 pages."""

    letterhead: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Lines above the title, left and right (Nghị định 30/2020/NĐ-CP, Phụ lục I, boxes 1–4)."""
    title: str
    subtitle: str = ""
    sections: tuple[Section, ...]
    signing: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Who signs below, left and right; the last line of each is a name, with room above it."""
    foot: str = ""
    """In small print at the foot of every page, before the page number."""
