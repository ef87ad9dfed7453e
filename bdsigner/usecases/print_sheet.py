"""Print a sheet to a file of its own: whole or not at all, never over a file that is there."""

import logging
from pathlib import Path

from bdsigner.model.sheet import Sheet
from bdsigner.ports import Services

log = logging.getLogger(__name__)


def print_sheet(sheet: Sheet, target: Path, services: Services) -> int:
    """Write the sheet as PDF; returns its pages.  Raises ``StorageError``, ``DocumentError``."""
    with services.outputs.new_file(target, source=None) as output:
        pages = services.documents.print_sheet(sheet, output.partial)
        output.commit()
    log.info("report written: %s, %d pages", sheet.title, pages)
    return pages
