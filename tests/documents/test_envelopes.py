"""Envelopes through the sandboxed child: bytes told, keys asked for once, cancelled, damaged, too long."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdsigner.documents.children import DocumentChildren
from bdsigner.documents.envelopes import ChildEnvelopes
from bdsigner.errors import BdsignerError, DocumentError, EncryptionError, ErrorCode, TokenError, UserCancelled
from bdsigner.model.encryption import EnvelopeRequest, Member
from bdsigner.model.profile import ContentCipher
from bdsigner.model.token import KeyScheme, WrappedKey
from tests.encryption.people import not_watched, recipient, unwrap_with

CONTENT = b"Quyet dinh so 12\r\n" * 400_000


@pytest.fixture(scope="module")
def envelopes() -> Iterator[ChildEnvelopes]:
    children = DocumentChildren()
    yield ChildEnvelopes(children)
    children.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Quyết định số 12.pdf"
    path.write_bytes(CONTENT)
    return path


def request(source: Path, *, cipher: ContentCipher = ContentCipher.AES256_GCM) -> EnvelopeRequest:
    partial = source.with_name("partial.p7m")
    partial.write_bytes(b"")
    return EnvelopeRequest(
        members=(Member(path=source, name=source.name),),
        is_archive=False,
        partial=partial,
        recipients=(recipient("rsa").der, recipient("p256").der),
        cipher=cipher,
        rsa=KeyScheme.RSA_OAEP,
    )


@pytest.mark.parametrize("cipher", ContentCipher)
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_there_and_back(envelopes: ChildEnvelopes, source: Path, cipher: ContentCipher, kind: str) -> None:
    told: list[tuple[int, int]] = []
    wanted = request(source, cipher=cipher)
    size = envelopes.write(wanted, tell=lambda done, total: told.append((done, total)))
    assert size == wanted.partial.stat().st_size
    assert told[-1] == (len(CONTENT), len(CONTENT))
    holder = recipient(kind)
    seen = envelopes.read(wanted.partial, certificates=[b"no certificate", holder.der])
    assert seen.is_authenticated is (cipher is ContentCipher.AES256_GCM)
    (mine,) = [number for number, one in enumerate(seen.recipients) if one.candidate == 1]
    target = source.with_name("out")
    target.write_bytes(b"")
    asked: list[WrappedKey] = []

    def unwrap(wrapped: WrappedKey) -> bytes:
        asked.append(wrapped)
        return unwrap_with(holder.key)(wrapped)

    opened = envelopes.open(
        wanted.partial, target, recipient=mine, certificate=holder.der, unwrap=unwrap, tell=not_watched
    )
    assert target.read_bytes() == CONTENT
    assert (opened.size_bytes, len(asked)) == (len(CONTENT), 1)


def test_a_person_who_stops_it_is_heard_and_the_child_goes_on(envelopes: ChildEnvelopes, tmp_path: Path) -> None:
    huge = tmp_path / "đĩa.iso"
    with huge.open("wb") as file:
        file.truncate(8 << 30)  # sparse
    wanted = request(huge)

    def stop(done: int, total: int) -> None:
        if done > total // 400:
            raise UserCancelled

    started_at = time.monotonic()
    with pytest.raises(UserCancelled):
        envelopes.write(wanted, tell=stop)
    assert wanted.partial.stat().st_size < 4 << 30, time.monotonic() - started_at
    small = tmp_path / "a.txt"
    small.write_bytes(b"x")
    assert envelopes.write(request(small), tell=not_watched)


def test_a_token_that_refuses_ends_in_the_one_code(envelopes: ChildEnvelopes, source: Path) -> None:
    wanted = request(source)
    envelopes.write(wanted, tell=not_watched)
    holder, other = recipient("rsa"), recipient("rsa", 5)
    target = source.with_name("out")

    def open_with(unwrap: object) -> None:
        target.write_bytes(b"")
        envelopes.open(
            wanted.partial,
            target,
            recipient=index,
            certificate=holder.der,
            unwrap=unwrap,  # type: ignore[arg-type]
            tell=not_watched,
        )

    seen = envelopes.read(wanted.partial, certificates=[holder.der])
    (index,) = [number for number, one in enumerate(seen.recipients) if one.candidate == 0]
    for unwrap in (unwrap_with(other.key), lambda wrapped: b"\x00" * 32, lambda wrapped: b"short"):
        with pytest.raises(EncryptionError) as refused:
            open_with(unwrap)
        assert refused.value.code is ErrorCode.ENCRYPTION_NOT_DECRYPTED

    def pulled(wrapped: WrappedKey) -> bytes:
        raise TokenError(ErrorCode.TOKEN_REMOVED, serial="1")

    with pytest.raises(TokenError) as gone:
        open_with(pulled)
    assert gone.value.code is ErrorCode.TOKEN_REMOVED


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ErrorCode.ENCRYPTION_NOT_ENVELOPE),
        (b"%PDF-1.7\n", ErrorCode.ENCRYPTION_NOT_ENVELOPE),
        (b"\x30\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x03\xa0\x80\x30\x80", ErrorCode.DOCUMENT_DAMAGED),
        (b"\x30\x84\xff\xff\xff\xff\x06\x09*\x86H\x86\xf7\r\x01\x07\x03\xa0\x80\x30\x80", ErrorCode.DOCUMENT_DAMAGED),
        (b"\x30\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x03" + b"\xa0\x80" * 200_000, ErrorCode.DOCUMENT_DAMAGED),
    ],
)
def test_what_is_no_envelope(envelopes: ChildEnvelopes, tmp_path: Path, content: bytes, code: ErrorCode) -> None:
    path = tmp_path / "thư.p7m"
    path.write_bytes(content)
    with pytest.raises(BdsignerError) as refused:
        envelopes.read(path)
    assert refused.value.code is code


def test_a_file_that_grows_meanwhile_is_told(envelopes: ChildEnvelopes, source: Path) -> None:
    with source.open("ab") as file:
        file.truncate(200 << 20)

    def grow(done: int, total: int) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(DocumentError) as refused:
        envelopes.write(request(source), tell=grow)
    assert refused.value.code is ErrorCode.DOCUMENT_CHANGED_MEANWHILE
