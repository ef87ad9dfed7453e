"""Signed PDFs made with pyHanko from the in-memory PKI, and the bytes attackers change in them."""

import asyncio
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.support.small_pki import NOW, Holder

TEXT = "Quyet dinh so 12"


def make_pdf(*, fields: bool = False, stream_xrefs: bool = False, pages: int = 1) -> bytes:
    """An unsigned document of one line a page; with ``fields`` a text field is in the form."""
    writer = PdfFileWriter(stream_xrefs=stream_xrefs)
    for number in range(pages):
        line = f"BT /F1 12 Tf 72 700 Td ({TEXT}/{number}) Tj ET"
        content = RawContent(line.encode(), BoxConstraints(595, 842))
        page = PageObject(contents=writer.add_object(generic.StreamObject(stream_data=content.render())),
                          media_box=(0, 0, 595, 842))  # fmt: skip
        page["/Resources"] = generic.DictionaryObject({pdf_name("/Font"): _fonts()})
        reference = writer.insert_page(page)
        if fields and number == 0:
            _add_text_field(writer, reference)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _fonts() -> generic.DictionaryObject:
    font = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type1"),
                                     pdf_name("/BaseFont"): pdf_name("/Helvetica")})  # fmt: skip
    return generic.DictionaryObject({pdf_name("/F1"): font})


def _add_text_field(writer: PdfFileWriter, page: generic.IndirectObject) -> None:
    field = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/Widget"),
        pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): generic.pdf_string("Amount"),
        pdf_name("/V"): generic.pdf_string("100"), pdf_name("/P"): page, pdf_name("/F"): generic.NumberObject(4),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (72, 600, 200, 620))),
        pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(_appearance(b"(100) Tj"))}),
    })  # fmt: skip
    reference = writer.add_object(field)
    page.get_object()[pdf_name("/Annots")] = generic.ArrayObject([reference])
    form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([reference])})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)


def _appearance(text: bytes) -> generic.StreamObject:
    stream = generic.StreamObject(stream_data=b"BT /F1 10 Tf 2 4 Td " + text + b" ET")
    stream[pdf_name("/Type")], stream[pdf_name("/Subtype")] = pdf_name("/XObject"), pdf_name("/Form")
    stream[pdf_name("/BBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 128, 20)))
    return stream


def simple_signer(holder: Holder, *others: Holder, prefer_pss: bool = False) -> signers.SimpleSigner:
    """A pyHanko signer with the key in memory."""
    store = SimpleCertificateStore.from_certs([_asn1(one) for one in others])
    return signers.SimpleSigner(_asn1(holder), _key(holder), store, prefer_pss=prefer_pss)


def _asn1(holder: Holder) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(holder.der)


def _key(holder: Holder) -> asn1_keys.PrivateKeyInfo:
    der = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return asn1_keys.PrivateKeyInfo.load(der)


def time_stamper(holder: Holder, *others: Holder, at: datetime = NOW) -> DummyTimeStamper:
    """An authority in memory that stamps a fixed time."""
    store = SimpleCertificateStore.from_certs([_asn1(one) for one in others])
    return DummyTimeStamper(_asn1(holder), _key(holder), store, fixed_dt=at)


def sign(
    data: bytes,
    signer: signers.Signer,
    *,
    field: str = "Signature1",
    stamper: TimeStamper | None = None,
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    digest: str = "sha256",
    visible: bool = False,
    certify: bool = False,
) -> bytes:
    """Add one signature as a revision of its own."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    metadata = signers.PdfSignatureMetadata(
        field_name=field, md_algorithm=digest, subfilter=subfilter, certify=certify, reason="Ký duyệt"
    )
    spec = SigFieldSpec(field, box=(300, 100, 450, 150)) if visible else None
    out = io.BytesIO()
    signers.PdfSigner(metadata, signer, timestamper=stamper, new_field_spec=spec).sign_pdf(
        writer, output=out, bytes_reserved=16384
    )
    return out.getvalue()


def stamp_document(data: bytes, stamper: TimeStamper) -> bytes:
    """Add a document timestamp."""
    out = io.BytesIO()
    signers.PdfTimeStamper(stamper, "Stamp1").timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)),
        "sha256",
        None,
        output=out,  # type: ignore[arg-type]  # no validation
    )
    return out.getvalue()


def add_empty_field(data: bytes) -> bytes:
    """Add a visible empty signature field as a revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    append_signature_field(writer, SigFieldSpec("Empty", box=(10, 10, 200, 100)))
    return written(writer)


def revision_of(data: bytes) -> IncrementalPdfFileWriter:
    """A writer for one more revision."""
    return IncrementalPdfFileWriter(io.BytesIO(data))


def written(writer: IncrementalPdfFileWriter) -> bytes:
    """The file with that revision."""
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def replace_page_text(data: bytes, text: bytes = b"(Quyet dinh gia) Tj") -> bytes:
    """Incremental-saving attack: an ordinary revision that replaces what the page shows."""
    writer = revision_of(data)
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Contents")] = writer.add_object(
        generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 700 Td " + text + b" ET")
    )
    writer.update_container(page)
    return written(writer)


def fill_form(data: bytes) -> bytes:
    """Shadow attack "replace": the value and the look of a text field are exchanged."""
    writer = revision_of(data)
    field = next(one.get_object() for one in writer.root["/AcroForm"]["/Fields"] if one.get_object()["/T"] == "Amount")
    field[pdf_name("/V")] = generic.pdf_string("900000")
    field["/AP"][pdf_name("/N")] = writer.add_object(_appearance(b"(900000) Tj"))
    writer.update_container(field)
    return written(writer)


def annotate(data: bytes) -> bytes:
    """Put a free-text annotation over the page."""
    writer = revision_of(data)
    page = writer.root["/Pages"]["/Kids"][0]
    annotation = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Contents"): generic.pdf_string("Sua"), pdf_name("/DA"): generic.pdf_string("/F1 12 Tf"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (72, 650, 300, 720))),
    })  # fmt: skip
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(annotation)])
    writer.update_container(page)
    return written(writer)


@dataclass(frozen=True)
class Gap:
    """Where the last signature's ``/Contents`` and ByteRange stand."""

    byte_range: tuple[int, int, int, int]
    range_start: int
    range_end: int

    @classmethod
    def of(cls, data: bytes) -> "Gap":
        start = data.rindex(b"/ByteRange")
        first, end = data.index(b"[", start), data.index(b"]", start) + 1
        numbers = tuple(int(number) for number in data[first + 1 : end - 1].split())
        assert len(numbers) == 4
        return cls(numbers, first, end)


def with_byte_range(data: bytes, *numbers: int) -> bytes:
    """Replace the last ByteRange, keeping its length."""
    gap = Gap.of(data)
    text = b"[" + " ".join(map(str, numbers)).encode() + b"]"
    text = text.ljust(gap.range_end - gap.range_start)
    assert len(text) == gap.range_end - gap.range_start
    return data[: gap.range_start] + text + data[gap.range_end :]


def large_pdf(size: int) -> bytes:
    """A document with one incompressible stream of that size, as a scan has."""
    writer = revision_of(make_pdf())
    writer.root[pdf_name("/Scan")] = writer.add_object(generic.StreamObject(stream_data=os.urandom(size)))
    writer.update_root()
    return written(writer)


def many_objects_pdf(*, pages: int) -> bytes:
    """Pages with four fonts each that are objects of their own: eleven objects a page."""
    writer = PdfFileWriter(stream_xrefs=False)
    for number in range(pages):
        content = generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 700 Td (%d) Tj ET" % number)
        page = PageObject(contents=writer.add_object(content), media_box=(0, 0, 595, 842))
        fonts = generic.DictionaryObject()
        for name in ("/F1", "/F2", "/F3", "/F4"):
            font = generic.DictionaryObject(dict(_fonts()["/F1"]))
            descriptor = {pdf_name("/Type"): pdf_name("/FontDescriptor"), pdf_name("/FontName"): pdf_name("/Helvetica")}
            font[pdf_name("/FontDescriptor")] = writer.add_object(generic.DictionaryObject(descriptor))
            fonts[pdf_name(name)] = writer.add_object(font)
        page["/Resources"] = writer.add_object(generic.DictionaryObject({pdf_name("/Font"): fonts}))
        writer.insert_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def embed(
    data: bytes,
    make_cms: Callable[[bytes], bytes],
    *,
    subfilter: str = "/adbe.pkcs7.detached",
    kind: str = "/Sig",
    digest: str = "sha256",
    prepare: Callable[[IncrementalPdfFileWriter], None] = lambda _: None,
    certificate: bytes = b"",
    field: str = "Odd",
) -> bytes:
    """Put a CMS of the caller's making into a signature dictionary; an empty ``kind`` leaves ``/Type`` out.

    ``prepare`` changes the same revision before; it may make the field.  ``certificate`` goes into ``/Cert``.
    """
    writer = revision_of(data)
    prepare(writer)
    steps = PdfCMSEmbedder().write_cms(field, writer)
    next(steps)
    dictionary = PdfSignedData(pdf_name(kind or "/Sig"), bytes_reserved=16384)
    dictionary[pdf_name("/SubFilter")] = pdf_name(subfilter)
    if certificate:
        dictionary[pdf_name("/Cert")] = generic.ByteStringObject(certificate)
    if not kind:
        del dictionary["/Type"]
    steps.send(SigObjSetup(sig_placeholder=dictionary))
    prepared, output = steps.send(SigIOSetup(md_algorithm=digest))
    steps.send(make_cms(prepared.document_digest))
    return bytes(output.getvalue())


def signed_data(signer: signers.Signer, digest: bytes) -> cms.ContentInfo:
    """A detached SignedData over a digest."""
    return asyncio.run(signer.async_sign(digest, "sha256"))
