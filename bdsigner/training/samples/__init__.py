"""Sample documents in true administrative layout, made by code; all are marked ``BẢN THỬ``."""

from pathlib import Path

from bdsigner.training.people import Agency

DECISION, SCAN, LETTER = "quyet-dinh.pdf", "ban-quet.pdf", "cong-van.pdf"


def write_samples(folder: Path, agency: Agency) -> None:
    """Write the three samples: an original to sign, the scan of a signed paper, an official letter."""
    # pymupdf takes a tenth of a second to import: only when samples are made
    from bdsigner.training.samples import layout, scan, texts

    (folder / DECISION).write_bytes(layout.draw(texts.decision(agency)))
    (folder / SCAN).write_bytes(scan.scan(texts.notice(agency)))
    (folder / LETTER).write_bytes(layout.draw(texts.letter(agency)))
