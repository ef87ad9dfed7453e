"""An outbox in memory, and channels that do as they are told."""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import Arrival, Attempt, KeptFile, Recovery, Request
from bdsigner.ports import Consignment, SignChallenge


class FakeRequestStore:
    """Files in a folder, requests in a dictionary; gone with the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: dict[str, Request] = {}
        self.revisions: list[Request] = []
        """Every value that was ever kept, in order."""
        self._lock = threading.Lock()
        self._sender = threading.Lock()
        self.damage: Recovery | None = None

    def create(self, request: Request) -> None:
        with self._lock:
            assert request.id not in self.requests
            self._put(request)

    def get(self, request_id: str) -> Request | None:
        return self.requests.get(request_id)

    def all(self) -> tuple[Request, ...]:
        return tuple(sorted(self.requests.values(), key=lambda one: one.created_at, reverse=True))

    def replace(self, before: Request, after: Request) -> bool:
        assert (after.id, after.revision) == (before.id, before.revision + 1)
        with self._lock:
            if self.requests.get(before.id) != before:
                return False
            self._put(after)
            return True

    def remove(self, request: Request) -> None:
        with self._lock:
            self.requests.pop(request.id, None)

    def keep(self, request_id: str, name: str, content: bytes | Path) -> KeptFile:
        if isinstance(content, Path) and not content.is_file():
            raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(content))
        data = content.read_bytes() if isinstance(content, Path) else content
        place = self.folder / request_id
        place.mkdir(parents=True, exist_ok=True)
        stem, suffix, number = Path(name).stem, Path(name).suffix, 1
        while (place / name).exists() and (place / name).read_bytes() != data:
            number += 1
            name = f"{stem}-{number}{suffix}"
        (place / name).write_bytes(data)
        return KeptFile(name=name, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))

    def path(self, request_id: str, file: KeptFile) -> Path:
        path = self.folder / request_id / file.name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=f"{file.name} is not what was kept")
        return path

    @contextmanager
    def sending(self) -> Iterator[bool]:
        is_mine = self._sender.acquire(blocking=False)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._sender.release()

    def recovery(self) -> Recovery | None:
        return self.damage

    def acknowledge_recovery(self) -> None:
        self.damage = None

    def close(self) -> None:
        pass

    def _put(self, request: Request) -> None:
        self.requests[request.id] = request
        self.revisions.append(request)


class FakeDelivery:
    """Each attempt is the next of ``attempts``; the last one goes on for ever."""

    def __init__(self, *attempts: Attempt) -> None:
        self.attempts = deque(attempts or (Attempt(arrival=Arrival.ARRIVED),))
        self.sent: list[Consignment] = []
        self.answers: dict[str, bytes] = {}
        """What ``status`` says, by id."""
        self.on_send: Callable[[Consignment], None] = lambda _: None

    def send(
        self,
        consignment: Consignment,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Attempt:
        del channel, login, should_stop
        self.sent.append(consignment)
        self.on_send(consignment)
        return self.attempts.popleft() if len(self.attempts) > 1 else self.attempts[0]

    def status(
        self,
        request_id: str,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        del channel, login, should_stop
        return self.answers.get(request_id)


class FakeTypedValues:
    """What was typed, in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def recall(self) -> dict[str, str]:
        return dict(self.values)

    def remember(self, values: "dict[str, str]") -> bool:
        self.values |= values
        return True

    def forget(self) -> None:
        self.values = {}
