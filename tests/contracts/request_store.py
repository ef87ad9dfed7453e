"""What every ``RequestStore`` must do; the fake and the real one."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bdsigner.department.requests import changed, moved
from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.model.device import RequestCase
from bdsigner.model.request import KeptFile, Request, RequestState
from bdsigner.ports import RequestStore

AT = datetime(2026, 3, 2, 8, 30, 0, 125, tzinfo=UTC)


def request_id(number: int) -> str:
    return str(UUID(int=number + (1 << 127), version=4))


def make_request(number: int = 1, **values: object) -> Request:
    first = Request(
        id=request_id(number),
        case=RequestCase.LOST,
        form="mau-02",
        form_version=1,
        certificate=bytes(range(256)),
        subject="Nguyễn Thị Ánh",
        created_at=AT + timedelta(minutes=number),
        changed_at=AT + timedelta(minutes=number),
        values={"full_name": "Nguyễn Thị Ánh", "reason": "mất thiết bị"},
        rows=({"serial": "01"}, {"serial": "02"}),
        attachments={"order": KeptFile(name="quyết định.pdf", sha256="0" * 64, size_bytes=3)},
        problem_facts={"attempts": 3, "host": "mail.invalid", "is_final": True},
    )
    return replace(first, **values)  # type: ignore[arg-type]


class RequestStoreContract:
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], RequestStore]:
        raise NotImplementedError

    @pytest.fixture
    def store(self, make_store: Callable[[], RequestStore]) -> RequestStore:
        return make_store()

    def test_there_is_nothing_at_first(self, store: RequestStore) -> None:
        assert (store.all(), store.get(request_id(1)), store.recovery()) == ((), None, None)
        assert store.get("../etc") is None

    def test_what_is_kept_comes_back_the_newest_first(self, store: RequestStore) -> None:
        one, two, three = make_request(1), make_request(2), make_request(3)
        for request in (two, three, one):
            store.create(request)
        assert store.all() == (three, two, one)
        assert store.get(two.id) == two
        store.close()
        assert store.all() == (three, two, one)

    def test_a_change_is_made_on_what_is_there_only(self, store: RequestStore) -> None:
        first = make_request()
        store.create(first)
        signed = moved(first, RequestState.SIGNED, at=AT)
        other = replace(changed(first, at=AT), subject="another was quicker")
        assert store.replace(first, signed)
        assert not store.replace(first, other)
        assert store.get(first.id) == signed
        assert store.replace(signed, moved(signed, RequestState.QUEUED, at=AT))

    def test_what_was_never_kept_is_not_changed(self, store: RequestStore) -> None:
        first = make_request()
        assert not store.replace(first, changed(first, at=AT))
        assert store.get(first.id) is None

    def test_a_request_is_forgotten(self, store: RequestStore) -> None:
        one, two = make_request(1), make_request(2)
        for request in (one, two):
            store.create(request)
        store.keep(one.id, "đơn.pdf", b"content")
        store.remove(one)
        store.remove(one)
        assert (store.get(one.id), store.all()) == (None, (two,))
        assert not store.replace(one, changed(one, at=AT))
        assert store.recovery() is None

    def test_a_file_is_kept_by_its_content(self, store: RequestStore, tmp_path: Path) -> None:
        request = make_request()
        store.create(request)
        source = tmp_path / "source.bin"
        source.write_bytes(b"x" * 3_000_000)
        first = store.keep(request.id, "đơn.pdf", b"one")
        assert first == KeptFile(name="đơn.pdf", sha256=hashlib.sha256(b"one").hexdigest(), size_bytes=3)
        assert store.keep(request.id, "đơn.pdf", b"one") == first, "the same again"
        second, third = store.keep(request.id, "đơn.pdf", b"two"), store.keep(request.id, "đơn.pdf", source)
        assert [second.name, third.name] == ["đơn-2.pdf", "đơn-3.pdf"]
        assert store.keep(request.id, "đơn.pdf", b"two") == second
        contents = [store.path(request.id, one).read_bytes() for one in (first, second, third)]
        assert contents == [b"one", b"two", source.read_bytes()]

    def test_a_file_that_is_not_there_is_the_documents_error(self, store: RequestStore, tmp_path: Path) -> None:
        store.create(make_request())
        for missing in (tmp_path / "none.pdf", tmp_path):
            with pytest.raises(DocumentError) as error:
                store.keep(make_request().id, "none.pdf", missing)
            assert error.value.code is ErrorCode.DOCUMENT_NOT_FOUND

    def test_a_file_that_was_changed_is_not_given_out(self, store: RequestStore) -> None:
        request = make_request()
        store.create(request)
        kept = store.keep(request.id, "đơn.pdf", b"content")
        store.path(request.id, kept).write_bytes(b"CONTENT")
        with pytest.raises(StorageError) as error:
            store.path(request.id, kept)
        assert error.value.code is ErrorCode.STORAGE_OUTBOX
        store.path(request.id, replace(kept, sha256=hashlib.sha256(b"CONTENT").hexdigest())).unlink()
        with pytest.raises(StorageError):
            store.path(request.id, kept)

    def test_one_sends_at_a_time(self, store: RequestStore) -> None:
        with store.sending() as first, store.sending() as second:
            assert (first, second) == (True, False)
        with store.sending() as again:
            assert again

    def test_there_is_nothing_to_acknowledge(self, store: RequestStore) -> None:
        store.acknowledge_recovery()
        assert store.recovery() is None
