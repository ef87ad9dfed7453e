"""Signatures as other programs judge them: OpenSSL, Poppler, MuPDF and pyHanko's validator."""

import hashlib
from pathlib import Path

import pymupdf
import pytest

from bdsigner.errors import ErrorCode, NetworkError, SigningError, TokenError, UserCancelled
from bdsigner.model.geometry import Box
from bdsigner.model.signature import SignatureLevel, VisibleSignature
from bdsigner.signing import pades
from bdsigner.signing.pades import sign_document
from tests.signing.parts import (
    Desk,
    Signed,
    Signer,
    TimestampServer,
    no_timestamp,
    openssl_cms_verify,
    openssl_ts_verify,
    pdfsig,
    pyhanko_verdicts,
)
from tests.support.pdfs import text_pdf
from tests.support.pki import Training

BOX = Box(0, 300, 600, 226.8, 85)


def test_every_mechanism_is_accepted_by_everyone(
    tmp_path: Path, any_signer: Signer, training: Training, appearance: VisibleSignature
) -> None:
    folder = tmp_path / "bàn"
    folder.mkdir()
    signed = Desk(folder, any_signer).sign(text_pdf(), box=BOX, appearance=appearance)
    assert pdfsig(signed.path) == ["Signature is Valid."]
    openssl_cms_verify(signed, training.anchors, tmp_path)
    assert pyhanko_verdicts(signed, training.anchors) == [True]
    assert signed.result.level is SignatureLevel.B_B
    assert signed.result.field == "Signature1"
    assert signed.result.size_bytes == signed.path.stat().st_size


def test_timestamp(desk: Desk, training: Training, tsa: TimestampServer, tmp_path: Path) -> None:
    request = desk.request(text_pdf(), level=SignatureLevel.B_T)
    result = sign_document(request, sign_digest=desk.signer.sign, request_timestamp=tsa)
    signed = Signed(request.partial, result)
    assert result.level is SignatureLevel.B_T
    assert result.timestamp_time is not None
    assert result.timestamp_time.utcoffset() is not None
    openssl_ts_verify(signed, training.anchors, tmp_path)
    openssl_cms_verify(signed, training.anchors, tmp_path)
    assert pdfsig(signed.path) == ["Signature is Valid."]
    assert pyhanko_verdicts(signed, training.anchors) == [True]
    assert signed.timestamp_token["content"]["encap_content_info"]["content"].parsed["gen_time"].native == (
        result.timestamp_time
    )


def test_without_a_timestamp_the_level_is_lower(desk: Desk) -> None:
    signed = desk.sign(text_pdf(), level=SignatureLevel.B_T)
    assert (signed.result.level, signed.result.timestamp_time) == (SignatureLevel.B_B, None)
    assert pdfsig(signed.path) == ["Signature is Valid."]


def test_two_signatures_stay_valid(desk: Desk, training: Training, appearance: VisibleSignature) -> None:
    first = desk.sign(text_pdf(), box=BOX, appearance=appearance)
    second = desk.sign(first.path, box=Box(0, 50, 600, 226.8, 85), appearance=appearance)
    third = desk.sign(second.path)
    assert third.data.startswith(second.data)
    assert third.result.field == "Signature3"
    assert pdfsig(third.path) == ["Signature is Valid."] * 3
    assert pyhanko_verdicts(third, training.anchors) == [True] * 3


def test_contents_cover_all_but_themselves(desk: Desk) -> None:
    signed = desk.sign(text_pdf())
    start, first, second, rest = signed.ranges
    assert start == 0
    assert second + rest == len(signed.data)
    assert signed.data[first : first + 1] == b"<"
    assert signed.data[second - 1 : second] == b">"
    assert set(signed.contents[len(signed.cms) :]) <= {0}
    assert len(signed.contents) == len(signed.cms)  # an RSA signature without timestamp: the size is exact


def test_the_source_comes_first_and_stays_as_it_is(desk: Desk) -> None:
    source = desk.folder / "gốc.pdf"
    source.write_bytes(text_pdf())
    before = source.read_bytes(), source.stat().st_mtime_ns
    signed = desk.sign(source)
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    assert signed.data.startswith(before[0])


def test_only_what_a_signature_needs_is_written(desk: Desk) -> None:
    """No change to /Info or metadata: whoever compares revisions finds field, form, page and signature only."""
    pdf = text_pdf()
    added = desk.sign(pdf).data[len(pdf) :]
    assert b"/ModDate" not in added
    assert added.count(b" obj\n") == 5  # catalog, page, field, form, signature


def test_signature_dictionary(desk: Desk) -> None:
    added = desk.sign(text_pdf(), reason="BẢN THỬ").data
    with pymupdf.open(stream=added, filetype="pdf") as document:
        signature = _signature_of(document, "Signature1")
        assert document.xref_get_key(signature, "SubFilter") == ("name", "/ETSI.CAdES.detached")
        assert document.xref_get_key(signature, "Filter") == ("name", "/Adobe.PPKLite")
        assert document.xref_get_key(signature, "M") == ("string", "D:20261123020507Z")
        assert document.xref_get_key(signature, "Reason") == ("string", "BẢN THỬ")
        assert document.get_sigflags() == 3


def test_the_digest_that_is_signed_is_that_of_the_attributes(desk: Desk) -> None:
    asked = []

    def sign(digest: bytes) -> bytes:
        asked.append(digest)
        return desk.signer.sign(digest)

    request = desk.request(text_pdf())
    signed = Signed(request.partial, sign_document(request, sign_digest=sign, request_timestamp=no_timestamp))
    attributes = signed.signer_info["signed_attrs"].untag().dump()
    assert asked == [hashlib.sha256(attributes).digest()]


@pytest.mark.parametrize("error", [TokenError(ErrorCode.TOKEN_REMOVED), UserCancelled(), OSError("pipe")], ids=str)
def test_what_the_callbacks_raise_comes_out(desk: Desk, error: Exception) -> None:
    def fail(_: bytes) -> bytes:
        raise error

    with pytest.raises(type(error)) as caught:
        sign_document(desk.request(text_pdf()), sign_digest=fail, request_timestamp=no_timestamp)
    assert caught.value is error
    request = desk.request(text_pdf(), level=SignatureLevel.B_T)
    with pytest.raises(type(error)) as caught:
        sign_document(request, sign_digest=desk.signer.sign, request_timestamp=fail)
    assert caught.value is error


def test_a_useless_timestamp_is_refused(desk: Desk) -> None:
    request = desk.request(text_pdf(), level=SignatureLevel.B_T)
    with pytest.raises(NetworkError) as caught:
        sign_document(request, sign_digest=desk.signer.sign, request_timestamp=lambda _: b"garbage")
    assert caught.value.code is ErrorCode.NETWORK_BAD_ANSWER


def test_a_timestamp_larger_than_its_room_is_refused(
    desk: Desk, tsa: TimestampServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pades, "TOKEN_BYTES_MAX", 1000)
    request = desk.request(text_pdf(), level=SignatureLevel.B_T)
    with pytest.raises(SigningError) as caught:
        sign_document(request, sign_digest=desk.signer.sign, request_timestamp=tsa)
    assert caught.value.code is ErrorCode.SIGNING_TIMESTAMP_TOO_LARGE
    assert int(caught.value.facts["size"]) > 1000


def test_a_changed_byte_breaks_it(desk: Desk) -> None:
    signed = desk.sign(text_pdf())
    changed = bytearray(signed.data)
    changed[20] ^= 1
    signed.path.write_bytes(changed)
    assert pdfsig(signed.path) != ["Signature is Valid."]


def _signature_of(document: pymupdf.Document, field: str) -> int:
    for widget in document[0].widgets():
        if widget.field_name == field:
            kind, value = document.xref_get_key(widget.xref, "V")
            assert kind == "xref"
            return int(value.split()[0])
    raise AssertionError(field)
