"""Two parsers must see the same document."""

import io
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.verification.integrity.second_reader import disagreement
from tests.support.signed_pdf import make_pdf
from tests.verification.conftest import Documents


def test_same_and_other_document(tmp_path: Path, documents: Documents) -> None:
    path = tmp_path / "văn bản.pdf"
    path.write_bytes(documents.bt)
    assert disagreement(path, PdfFileReader(io.BytesIO(documents.bt))) == ""
    assert disagreement(path, PdfFileReader(io.BytesIO(make_pdf(pages=2)))) == "pages: 1, 2"
    path.write_bytes(documents.bt.replace(b"startxref\n", b"startxref\n9"))
    assert disagreement(path, PdfFileReader(io.BytesIO(documents.bt))) == "repaired"
    path.write_bytes(b"no document")
    assert disagreement(path, PdfFileReader(io.BytesIO(documents.bt)))
