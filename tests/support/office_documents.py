"""The same documents as a word processor makes them: tables without borders for head and sign-off, set by LibreOffice."""

import html
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bdsigner.conversion.office import FONTS
from bdsigner.storage.resources import resource_path
from tests.support.administrative import BODY, MOTTO, NATION, Document

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles>
<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="{width}mm" fo:page-height="{height}mm"
 fo:margin-top="20mm" fo:margin-bottom="20mm" fo:margin-left="30mm" fo:margin-right="20mm"/></style:page-layout>
<style:style style:name="L" style:family="table-column"><style:table-column-properties style:column-width="65mm" style:rel-column-width="40*"/></style:style>
<style:style style:name="R" style:family="table-column"><style:table-column-properties style:column-width="95mm" style:rel-column-width="60*"/></style:style>
{styles}
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm"/></office:master-styles>
<office:body><office:text>"""
_TAIL = "</office:text></office:body></office:document>"
_SIZES = {"a4": (210, 297), "a4-l": (297, 210), "a3": (297, 420)}


def _style(name: str, *, align: str, size: float, bold: bool = False, italic: bool = False, after_mm: float = 0) -> str:
    weight = ' fo:font-weight="bold"' if bold else ""
    slant = ' fo:font-style="italic"' if italic else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph">'
        f'<style:paragraph-properties fo:text-align="{align}" fo:margin-bottom="{after_mm}mm"/>'
        f'<style:text-properties style:font-name="Times New Roman" fo:font-family="\'Times New Roman\'" '
        f'fo:font-size="{size}pt"{weight}{slant}/></style:style>'
    )


_STYLES = "".join(
    [
        _style("plain", align="center", size=12),
        _style("bold", align="center", size=12, bold=True),
        _style("date", align="center", size=13, italic=True),
        _style("number", align="center", size=13),
        _style("kind", align="center", size=14, bold=True),
        _style("body", align="justify", size=14, after_mm=2),
        _style("left", align="start", size=11),
        _style("recipients", align="start", size=12, bold=True, italic=True),
        _style("mark", align="start", size=13, bold=True),
    ]
)


def flat_odt(document: Document) -> str:
    """The document as flat OpenDocument text."""
    d = document
    width, height = _SIZES[d.size]

    def line(style: str, text: str) -> str:
        escaped = html.escape(d.written(text)).replace("  ", '<text:s text:c="2"/>')
        return f'<text:p text:style-name="{style}">{escaped}</text:p>'

    def table(*rows: tuple[str, str]) -> str:
        cells = "".join(
            "<table:table-row>"
            + "".join(f"<table:table-cell>{cell or '<text:p/>'}</table:table-cell>" for cell in row)
            + "</table:table-row>"
            for row in rows
        )
        return f'<table:table><table:table-column table:style-name="L"/><table:table-column table:style-name="R"/>{cells}</table:table>'

    agency = "".join(line("bold" if i == len(d.agency) - 1 else "plain", text) for i, text in enumerate(d.agency))
    number = line("number", f"Số: {d.number or d.gap}/{d.symbol}")
    day, month = (value or "      " for value in (d.day, d.month))
    date = line("date", f"{d.place}, ngày {day} tháng {month} năm {d.year}")
    parts = [table((agency, line("bold", NATION) + line("bold", MOTTO)), (number, date)), line("plain", "")]
    if d.mark:
        parts.append(line("mark", d.mark))
    parts += [line("kind", d.kind), line("kind", d.summary), line("plain", "")]
    parts += [line("body", BODY[index % len(BODY)]) for index in range(d.body_lines)]
    recipients = line("recipients", "Nơi nhận:") + "".join(
        line("left", text) for text in ("- Như Điều 3;", "- Chủ tịch, các PCT;", "- Lưu: VT, NC.")
    )
    gap = "".join(line("kind", "") for _ in range(round(d.gap_mm / 5.7)))
    titles = "".join(line("kind", title) for title in d.titles)
    parts += [line("plain", ""), table((recipients if d.has_recipients else "", titles + gap + line("kind", d.name)))]
    for page in range(d.appendix_pages):
        parts += [line("plain", "") for _ in range(60)] + [line("kind", f"PHỤ LỤC {page + 1}")]
    return _HEAD.format(width=width, height=height, styles=_STYLES) + "".join(parts) + _TAIL


def convert_all(documents: Mapping[str, Document], folder: Path) -> dict[str, Path]:
    """All documents as PDF by one run of LibreOffice, in our fonts whatever the machine has."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=resource_path("fonts")), encoding="utf-8")
    for name, document in documents.items():
        (folder / f"{name}.fodt").write_text(flat_odt(document), encoding="utf-8")
    subprocess.run(
        [
            "soffice",
            "--headless",
            "--norestore",
            f"-env:UserInstallation={(folder / 'office').as_uri()}",
            "--convert-to",
            "pdf:writer_pdf_Export",
            "--outdir",
            str(folder),
            *(str(folder / f"{name}.fodt") for name in documents),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
    )
    return {name: folder / f"{name}.pdf" for name in documents}
