"""Whether a file can be signed, found out before a PIN is asked.  Runs in a document child."""

from pathlib import Path

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.signing import fields, restrictions
from bdsigner.signing.objects import entry
from bdsigner.signing.reading import damage_as_errors, open_for_update
from bdsigner.signing.source import open_source


def check_signable(path: Path, *, field: str = "") -> int:
    """Open ``path`` as signing will, with the existing signature field ``field`` or a new one; return its pages.

    Raises the ``DocumentError`` or ``SigningError`` that ``sign_document`` would end in.
    """
    with open_source(path) as file:
        writer = open_for_update(file, path)
        with damage_as_errors(path):
            existing = fields.form_fields(writer.root)
            restrictions.check_signing_allowed(writer.root, existing, field or fields.unused_name(existing))
            if field:
                restrictions.check_seed_values(fields.empty_field(existing, field))
            count = entry(entry(writer.root, "/Pages"), "/Count")
            if not isinstance(count, int) or count < 1:
                raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="no pages")
            return int(count)
