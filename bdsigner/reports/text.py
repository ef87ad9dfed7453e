"""A sheet as plain text, for mail and for records."""

import textwrap

from bdsigner.model.sheet import Section, Sheet

WIDTH = 100


def sheet_text(sheet: Sheet) -> str:
    """The whole content, in the order of the sheet."""
    parts = [sheet.title, sheet.subtitle, ""]
    for section in sheet.sections:
        parts += _section(section)
    parts.append(sheet.foot)
    return "\n".join(parts).strip() + "\n"


def _section(section: Section) -> list[str]:
    lines = [section.heading, "-" * min(WIDTH, len(section.heading))] if section.heading else []
    for paragraph in section.paragraphs:
        lines += textwrap.wrap(paragraph, WIDTH, subsequent_indent="    ") or [""]
    for row in section.rows:
        label, *rest = row
        lines += textwrap.wrap(f"{label}: {' – '.join(rest)}", WIDTH, subsequent_indent="    ")
    return [*lines, ""]
