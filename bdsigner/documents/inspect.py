"""A first look at a PDF: page sizes, signature fields, certification.  Runs in the document child.

Everything is read through MuPDF, which also draws, so that places agree with what is seen.  It says nothing about
whether a signature holds: that is ``bdsigner.verification``.
"""

from pymupdf import mupdf

from bdsigner.documents.fields import signature_fields
from bdsigner.documents.opening import OpenDocument
from bdsigner.documents.pages import page_size
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.document import ArchivalClaim, CertificationLevel, DocumentInfo
from bdsigner.signing.xmp import XMP_BYTES_MAX, archival_claim

MAX_REFERENCES = 16
"""Signature reference dictionaries looked at for DocMDP; files have one."""


def inspect_document(opened: OpenDocument) -> DocumentInfo:
    """Read structure and page sizes.

    Raises ``DocumentError``: damaged; changed meanwhile, when the file is no longer the one that was opened.
    """
    pdf = mupdf.pdf_document_from_fz_document(opened.document.this)
    form = mupdf.pdf_dict_getp(mupdf.pdf_trailer(pdf), "Root/AcroForm")
    info = DocumentInfo(
        path=opened.path,
        size_bytes=opened.size_bytes,
        modified_ns=opened.modified_ns,
        pages=tuple(page_size(pdf, number) for number in range(opened.page_count)),
        signature_fields=signature_fields(pdf, opened.page_count),
        certification=_certification(pdf),
        is_repaired=bool(mupdf.pdf_was_repaired(pdf)),
        is_encrypted=bool(mupdf.pdf_is_dict(mupdf.pdf_dict_gets(mupdf.pdf_trailer(pdf), "Encrypt"))),
        has_xfa=not mupdf.pdf_is_null(mupdf.pdf_dict_gets(form, "XFA")),
        archival=_archival(pdf),
    )
    status = opened.path.stat()
    if (status.st_size, status.st_mtime_ns) != (opened.size_bytes, opened.modified_ns):
        raise DocumentError(ErrorCode.DOCUMENT_CHANGED_MEANWHILE)
    return info


def _archival(pdf: mupdf.PdfDocument) -> ArchivalClaim | None:
    """What the metadata claim; metadata that cannot be read, or swell beyond bounds, claim nothing."""
    metadata = mupdf.pdf_dict_getp(mupdf.pdf_trailer(pdf), "Root/Metadata")
    if not mupdf.pdf_is_stream(metadata):
        return None
    try:
        # Cut while it is unpacked: a few kilobytes may swell to gigabytes.
        cut = mupdf.fz_open_null_filter(mupdf.pdf_open_stream(metadata), XMP_BYTES_MAX + 1, 0)
        content = mupdf.fz_read_all(cut, 1 << 16)
    except (RuntimeError, mupdf.FzErrorBase):
        return None
    return archival_claim(mupdf.fz_buffer_extract_copy(content))


def _certification(pdf: mupdf.PdfDocument) -> CertificationLevel | None:
    """Level of the DocMDP signature (ISO 32000-2 §12.8.2.2); 2 when it does not say."""
    references = mupdf.pdf_dict_getp(mupdf.pdf_trailer(pdf), "Root/Perms/DocMDP/Reference")
    if mupdf.pdf_is_null(mupdf.pdf_dict_getp(mupdf.pdf_trailer(pdf), "Root/Perms/DocMDP")):
        return None
    for index in range(min(mupdf.pdf_array_len(references), MAX_REFERENCES)):
        reference = mupdf.pdf_array_get(references, index)
        if mupdf.pdf_to_name(mupdf.pdf_dict_gets(reference, "TransformMethod")) == "DocMDP":
            level = mupdf.pdf_to_int(mupdf.pdf_dict_getp(reference, "TransformParams/P"))
            return CertificationLevel(level) if level in (1, 2, 3) else CertificationLevel.FILL_FORMS
    return CertificationLevel.FILL_FORMS
