"""Files brought to a higher level afterwards: ours with and without room, other programs', and those that must not be."""

import io
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pymupdf
import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from bdsigner.errors import BdsignerError, ErrorCode, SigningError
from bdsigner.model.signature import ExtensionRequest, ExtensionResult, Shortfall, SignatureLevel
from bdsigner.model.verification import Verdict
from bdsigner.ports import Fetcher, FetchKind, FetchRequest, RequestTimestamp
from bdsigner.signing import extension, pades
from bdsigner.signing.cms import with_timestamp
from bdsigner.signing.extension import extend_document
from bdsigner.verification.intact import check_intact
from bdsigner.verification.pdf import verify_pdf
from tests.signing.ades import ades_lta
from tests.signing.parts import (
    Desk,
    SignatureIn,
    TimestampServer,
    no_timestamp,
    openssl_cms_verify,
    openssl_token_verify,
    openssl_ts_verify,
    pdfsig,
    qpdf_check,
)
from tests.signing.small_levels import SoonOver
from tests.signing.test_levels import Bent, Services
from tests.support import signed_pdf
from tests.support.pdfs import encrypted_pdf, text_pdf

B_B, B_T, B_LT, B_LTA = SignatureLevel


class Extending:
    """Extends with the training authorities."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def __call__(
        self,
        path: Path,
        level: SignatureLevel,
        *,
        tsa: RequestTimestamp | None = None,
        fetcher: Fetcher | None = None,
    ) -> tuple[Path, ExtensionResult]:
        partial = path.parent / f"{path.stem}+{level.value}.pdf"
        partial.touch()
        result = extend_document(
            ExtensionRequest(source=path, partial=partial, level=level),
            check_intact=check_intact,
            proof_source=self.services.source(fetcher),
            request_timestamp=tsa or self.services.tsa,
        )
        assert result.size_bytes == partial.stat().st_size
        return partial, result

    def refusal(self, path: Path, level: SignatureLevel = B_LTA, **options: object) -> BdsignerError:
        with pytest.raises(BdsignerError) as caught:
            self(path, level, **options)  # type: ignore[arg-type]  # passed on
        return caught.value


@pytest.fixture
def services(training) -> Services:  # type: ignore[no-untyped-def]  # the session's fixture
    return Services(training)


@pytest.fixture
def extend(services: Services) -> Extending:
    return Extending(services)


def waiting(desk: Desk) -> Path:
    """A file signed while the authority was away."""
    return desk.sign(text_pdf(), level=B_T).path


def test_the_room_is_filled_and_nothing_else_changes(
    desk: Desk, extend: Extending, services: Services, tmp_path: Path
) -> None:
    source = waiting(desk)
    path, result = extend(source, B_T)
    assert (result.level, result.missing) == (B_T, None)
    assert result.timestamp_time is not None
    before, after = SignatureIn(source), SignatureIn(path)
    assert before.ranges == after.ranges
    assert before.covered == after.covered
    assert len(before.data) == len(after.data)
    old, new = before.signer_info, after.signer_info
    for part in ("sid", "signed_attrs", "signature", "signature_algorithm"):
        assert old[part].dump() == new[part].dump()
    assert before.signed_data["certificates"].dump() == after.signed_data["certificates"].dump()
    openssl_ts_verify(after, services.training.anchors, tmp_path)
    openssl_cms_verify(after, services.training.anchors, tmp_path)
    assert pdfsig(path) == ["Signature is Valid."]
    assert services.verdicts(path) == [Verdict.VALID] * 2


def test_without_room_the_document_is_stamped(
    desk: Desk, extend: Extending, services: Services, tmp_path: Path
) -> None:
    source = desk.sign(text_pdf(), level=B_B).path
    path, result = extend(source, B_T)
    assert result.level is B_T
    assert path.read_bytes().startswith(source.read_bytes())
    stamp = SignatureIn(path)
    openssl_token_verify(stamp.covered, stamp.cms, services.training.anchors, tmp_path)
    assert services.verdicts(path) == [Verdict.VALID] * 3
    assert extend.refusal(path, B_T).code is ErrorCode.SIGNING_LEVEL_REACHED


def test_two_bare_signatures_get_one_stamp(desk: Desk, extend: Extending, services: Services) -> None:
    first = desk.sign(text_pdf(), level=B_T)
    second = desk.sign(first.path, level=B_T)
    path, result = extend(second.path, B_LT)
    assert result.level is B_LT
    assert path.read_bytes().count(b"/DocTimeStamp") == 1
    assert services.verdicts(path, is_online=False) == [Verdict.VALID] * 4


def test_room_behind_which_something_stands_is_left_alone(desk: Desk, extend: Extending, services: Services) -> None:
    source = waiting(desk)
    source.write_bytes(signed_pdf.written(_touched(source.read_bytes())))
    path, _ = extend(source, B_T)
    assert path.read_bytes().startswith(source.read_bytes())
    assert b"/DocTimeStamp" in path.read_bytes()


def _touched(data: bytes) -> IncrementalPdfFileWriter:
    """One more revision in which nothing is said."""
    writer = signed_pdf.revision_of(data)
    writer.update_root()
    return writer


def test_a_token_larger_than_the_room_goes_over_the_document(
    desk: Desk, extend: Extending, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pades, "TOKEN_BYTES_MAX", 200)
    source = waiting(desk)
    monkeypatch.setattr(extension, "TOKEN_BYTES_LIKELY", 100)
    path, result = extend(source, B_T)
    assert result.level is B_T
    assert path.read_bytes().startswith(source.read_bytes())
    assert services.verdicts(path) == [Verdict.VALID] * 3


def test_step_by_step_to_b_lta_and_beyond(desk: Desk, extend: Extending, services: Services) -> None:
    path = waiting(desk)
    for level, stamps in ((B_T, 0), (B_LT, 0), (B_LTA, 1), (B_LTA, 2)):
        before = path.read_bytes()
        path, result = extend(path, level)
        assert result.level is level
        assert level is B_T or path.read_bytes().startswith(before)
        assert path.read_bytes().count(b"/DocTimeStamp") == stamps
        assert services.verdicts(path) == [Verdict.VALID] * (2 + stamps)
        assert pdfsig(path)[0] == "Signature is Valid."
        qpdf_check(path)
    assert ades_lta(path, services.training.anchors, at=datetime.now(UTC)) is AdESPassed.OK


def test_all_at_once(desk: Desk, extend: Extending, services: Services) -> None:
    path, result = extend(waiting(desk), B_LTA)
    assert result.level is B_LTA
    assert services.verdicts(path, is_online=False) == [Verdict.VALID] * 3
    assert services.verdicts(path) == [Verdict.VALID] * 3


def test_a_signature_after_b_lta_is_extended_with_the_first(desk: Desk, extend: Extending, services: Services) -> None:
    first, _ = extend(waiting(desk), B_LTA)
    second = desk.sign(first, level=B_T)
    path, result = extend(second.path, B_LTA)
    assert result.level is B_LTA
    assert services.verdicts(path, is_online=False) == [Verdict.VALID] * 5


@pytest.mark.parametrize("subfilter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
@pytest.mark.parametrize("is_stream", [False, True], ids=["table", "stream"])
def test_files_of_another_program(subfilter: SigSeedSubFilter, is_stream: bool, tmp_path: Path) -> None:
    pki = SoonOver()
    pdf = signed_pdf.make_pdf(fields=True, stream_xrefs=is_stream)
    source = tmp_path / "ngoài.pdf"
    source.write_bytes(signed_pdf.sign(pdf, signed_pdf.simple_signer(pki.signer, pki.issuing), subfilter=subfilter))
    extended = pki.extend(source, B_LTA)
    assert extended.result.level is B_LTA
    again = pki.extend(extended.path, B_LTA)
    assert again.path.read_bytes().startswith(extended.path.read_bytes())
    report = verify_pdf(again.path, anchors=pki.anchors, fetcher=None, checked_at=datetime.now(UTC), is_training=False)
    assert [one.verdict for one in report.signatures] == [Verdict.VALID] * len(report.signatures)
    qpdf_check(again.path)


@pytest.mark.parametrize("permission", list(MDPPerm)[:2])
def test_a_certification_that_forbids_changes_allows_proofs(permission: MDPPerm, tmp_path: Path) -> None:
    """ISO 32000-2 §12.8.2.2.2: DSS and document timestamps are no changes, whatever ``/P`` says."""
    pki = SoonOver()
    metadata = signers.PdfSignatureMetadata(
        field_name="Chứng nhận", certify=True, docmdp_permissions=permission, subfilter=SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    signers.PdfSigner(metadata, signed_pdf.simple_signer(pki.signer, pki.issuing)).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(text_pdf())), output=out, bytes_reserved=16384
    )
    source = tmp_path / "chứng nhận.pdf"
    source.write_bytes(out.getvalue())
    extended = pki.extend(source, B_LTA)
    again = pki.extend(extended.path, B_LTA)
    report = verify_pdf(again.path, anchors=pki.anchors, fetcher=None, checked_at=datetime.now(UTC), is_training=False)
    assert report.verdict is Verdict.VALID
    assert len(report.signatures) == 4


def test_proofs_that_stand_there_are_not_fetched_again_nor_doubled(desk: Desk, extend: Extending) -> None:
    first, _ = extend(waiting(desk), B_LT)
    with pytest.raises(SigningError) as caught:
        extend(first, B_LT)
    assert caught.value.code is ErrorCode.SIGNING_LEVEL_REACHED
    second, _ = extend(first, B_LTA)
    third, _ = extend(second, B_LTA)
    for key in ("Certs", "OCSPs", "CRLs"):
        counts = [_count(path, key) for path in (first, second, third)]
        assert counts[2] <= counts[0] + (1 if key == "OCSPs" else 0)


def _count(path: Path, key: str) -> int:
    with pymupdf.open(path) as document:
        _, store = document.xref_get_key(document.pdf_catalog(), "DSS")
        return document.xref_get_key(int(store.split()[0]), key)[1].count(" R")


def test_a_part_of_the_way_is_said(desk: Desk, extend: Extending, services: Services) -> None:
    away = Bent(services.fetcher, (FetchKind.OCSP, FetchKind.CRL), _garbage)
    path, result = extend(waiting(desk), B_LTA, fetcher=away)
    assert (result.level, result.missing) == (B_T, Shortfall.REVOCATION)
    assert result.missing_of == "Nguyễn Hoàng Ánh"
    error = extend.refusal(path, B_LTA, fetcher=away)
    assert (error.code, error.facts["shortfall"]) == (ErrorCode.SIGNING_PROOFS_MISSING, "revocation")
    lt, result = extend(path, B_LTA, tsa=no_timestamp)
    assert (result.level, result.missing) == (B_LT, Shortfall.TIMESTAMP)
    assert services.verdicts(lt, is_online=False) == [Verdict.VALID] * 2


def _garbage(request: FetchRequest) -> bytes:
    return b"garbage"


@pytest.mark.parametrize("answer", [None, b"<html>", bytes(1 << 20)], ids=["away", "garbage", "too large"])
def test_without_a_timestamp_nothing_comes_of_it(answer: bytes | None, desk: Desk, extend: Extending) -> None:
    error = extend.refusal(waiting(desk), B_T, tsa=lambda request: answer)
    assert error.code is ErrorCode.SIGNING_NO_TIMESTAMP


def test_a_foreign_signer_cannot_be_proven(extend: Extending, tmp_path: Path) -> None:
    pki = SoonOver()
    source = tmp_path / "ngoài.pdf"
    signer = signed_pdf.simple_signer(pki.signer, pki.issuing)
    source.write_bytes(signed_pdf.sign(signed_pdf.make_pdf(), signer, stamper=None))
    path, result = extend(source, B_LTA)
    assert (result.level, result.missing, result.missing_of) == (B_T, Shortfall.CHAIN, "Nguyễn Văn Ánh")
    assert extend.refusal(path, B_LT).facts["shortfall"] == "chain"


def _changed(data: bytes) -> bytes:
    place = data.index(b"Trang") if b"Trang" in data else 200
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _with_another_certificate(desk: Desk) -> bytes:
    """The certificate inside is exchanged for one with the same key and name."""
    data, der = waiting(desk).read_bytes(), desk.signer.certificate
    return data.replace(der.hex().encode(), (der[:-1] + bytes([der[-1] ^ 1])).hex().encode())


Make = Callable[[Desk], bytes]
_REFUSED: dict[str, tuple[Make, ErrorCode]] = {
    "unsigned": (lambda desk: text_pdf(), ErrorCode.SIGNING_UNSIGNED),
    "changed": (lambda desk: _changed(waiting(desk).read_bytes()), ErrorCode.SIGNING_BROKEN),
    "attacked": (
        lambda desk: signed_pdf.replace_page_text(waiting(desk).read_bytes()),
        ErrorCode.SIGNING_BROKEN,
    ),
    "certificate exchanged": (_with_another_certificate, ErrorCode.SIGNING_BROKEN),
    "trailing bytes": (lambda desk: waiting(desk).read_bytes() + b"% more", ErrorCode.SIGNING_BROKEN),
    "cut": (lambda desk: waiting(desk).read_bytes()[:-900], ErrorCode.SIGNING_BROKEN),
    "encrypted": (lambda desk: encrypted_pdf(), ErrorCode.DOCUMENT_ENCRYPTED),
    "no PDF": (lambda desk: b"PK\x03\x04", ErrorCode.DOCUMENT_NOT_PDF),
    "empty": (lambda desk: b"", ErrorCode.DOCUMENT_EMPTY),
}


@pytest.mark.parametrize("kind", _REFUSED)
def test_what_does_not_hold_is_not_extended(kind: str, desk: Desk, extend: Extending) -> None:
    make, code = _REFUSED[kind]
    source = desk.folder / "nguồn.pdf"
    source.write_bytes(make(desk))
    asked: list[bytes] = []
    assert extend.refusal(source, B_T, tsa=asked.append).code is code
    assert asked == []


def test_damaged_files_end_in_a_code_or_hold(desk: Desk, extend: Extending) -> None:
    """Whatever is changed: a coded error, or a file whose signatures are still what they were."""
    source = desk.folder / "hỏng.pdf"
    good = [waiting(desk).read_bytes(), extend(waiting(desk), B_LTA)[0].read_bytes()]
    chance = random.Random(319142)  # noqa: S311  # the same changes every time
    codes: Counter[str] = Counter()
    for _ in range(80):
        data = bytearray(chance.choice(good))
        places = [place for place in chance.sample(range(len(data)), 60) if data[place : place + 1] != b"0"]
        for place in places[: chance.randint(1, 3)]:
            data[place] = chance.randrange(256)
        source.write_bytes(data)
        partial = source.with_suffix(".part")
        partial.write_bytes(b"")
        try:
            extend_document(
                ExtensionRequest(source=source, partial=partial, level=B_LT),
                check_intact=check_intact,
                proof_source=extend.services.source(),
                request_timestamp=extend.services.tsa,
            )
        except BdsignerError as error:
            codes[error.code.value] += 1
        else:
            check_intact(partial)
            codes["extended"] += 1
    assert codes["signing.broken"] > 40


def test_a_store_with_rubbish_in_it_is_kept_and_added_to(desk: Desk, extend: Extending) -> None:
    writer = signed_pdf.revision_of(text_pdf())
    rubbish = generic.StreamObject({generic.pdf_name("/Filter"): generic.pdf_name("/FlateDecode")}, encoded_data=b"?")
    kept = writer.add_object(rubbish)
    items = generic.ArrayObject([kept, generic.NullObject(), generic.NumberObject(7)])
    writer.root[generic.pdf_name("/DSS")] = generic.DictionaryObject({generic.pdf_name("/Certs"): items})
    writer.update_root()
    signed = desk.sign(signed_pdf.written(writer), level=B_T)
    path, result = extend(signed.path, B_LTA)
    assert result.level is B_LTA
    with pymupdf.open(path) as document:
        _, certificates = document.xref_get_key(document.pdf_catalog(), "DSS/Certs")
    assert certificates.startswith(f"[{kept.idnum} 0 R null 7 ")
    assert certificates.count(" R") > 4


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_a_token_into_garbage_is_a_value_error(garbage: bytes) -> None:
    try:
        with_timestamp(garbage, b"\x30\x00")
    except ValueError:
        return
    raise AssertionError("garbage is no signature")


def test_other_unsigned_attributes_stay(desk: Desk, services: Services) -> None:
    signed = desk.sign(text_pdf(), level=B_T)
    token = b"\x30\x03\x02\x01\x05"
    twice = with_timestamp(with_timestamp(signed.contents, token), token)
    attributes = cms.ContentInfo.load(twice)["content"]["signer_infos"][0]["unsigned_attrs"]
    assert [one["type"].native for one in attributes] == ["signature_time_stamp_token"] * 2
    assert TimestampServer(services.training.tsa_url).url
