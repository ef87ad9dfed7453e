"""An outbox with channels that do as they are told, for tests of sending and following."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bdsigner.department.receipts import SCHEMA
from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, RequestChannel, RequestPolicy
from bdsigner.model.request import Move, Request, RequestState
from bdsigner.ports import Delivery, Services
from bdsigner.usecases.follow_requests import follow
from bdsigner.usecases.send_requests import send_due, send_now
from bdsigner.usecases.token_logins import TokenLogins
from tests.department.requests_made import HTTPS, MAIL, NOW
from tests.fakes.documents import FakeDocumentGateway
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.requests import FakeDelivery, FakeRequestStore
from tests.fakes.services import reading_services

S = RequestState


@dataclass
class SetClock:
    """Stands still until it is set."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class Outbox:
    """Real use cases; ``services`` may be replaced."""

    folder: Path
    channels: tuple[RequestChannel, ...] = (HTTPS, MAIL)
    https: FakeDelivery = field(default_factory=FakeDelivery)
    mail: FakeDelivery = field(default_factory=FakeDelivery)
    clock: SetClock = field(default_factory=SetClock)
    progress: FakeProgress = field(default_factory=FakeProgress)

    def __post_init__(self) -> None:
        self.store = FakeRequestStore(self.folder)
        self.documents = FakeDocumentGateway()
        usual = reading_services(self.documents)
        deliveries: Mapping[ChannelKind, Delivery] = {ChannelKind.HTTPS: self.https, ChannelKind.MAIL: self.mail}
        self.services: Services = replace(
            usual,
            profile=replace(usual.profile, requests=RequestPolicy(channels=self.channels)),
            clock=self.clock,
            requests=self.store,
            deliveries=deliveries,
        )

    def queued(self, *, case: RequestCase = RequestCase.LOST, **fields: object) -> Request:
        """A request that is ready to leave."""
        name = str(uuid4())
        values: dict[str, object] = {
            "id": name,
            "case": case,
            "form": "mau-04",
            "form_version": 1,
            "created_at": self.clock.time,
            "changed_at": self.clock.time,
            "state": S.QUEUED,
            "document": self.store.keep(name, "don.pdf", b"%PDF"),
            "machine_copy": self.store.keep(name, "request.json", b"{}"),
            "attachments": {"decision": self.store.keep(name, "quyet-dinh.pdf", b"%PDF 2")},
            "message": self.store.keep(name, "thu.eml", b"From: a\r\n"),
            "sender": "anh.ntp@binhduong.gov.vn",
            "next_attempt": self.clock.time,
            "history": (Move(at=self.clock.time, state=S.QUEUED),),
        }
        request = Request(**{**values, **fields})  # type: ignore[arg-type]
        self.store.create(request)
        return request

    def send(self) -> tuple[Request, ...]:
        return send_due(self.services, progress=self.progress)

    def send_now(
        self, request: Request, *, serial: str = "", key_id: str = "", person: FakePerson | None = None
    ) -> Request:
        logins = TokenLogins(
            tokens=self.services.tokens,
            memory=self.services.memory,
            policy=self.services.profile.token,
            clock=self.clock,
        )
        return send_now(
            request.id,
            self.services,
            logins=logins,
            serial=serial,
            key_id=key_id,
            interaction=person,
            progress=self.progress,
        )

    def follow(self) -> tuple[Request, ...]:
        return follow(self.services, progress=self.progress)

    def now(self, request: Request) -> Request:
        return self.store.requests[request.id]

    def states(self, request: Request) -> list[RequestState]:
        return [one.state for one in self.now(request).history]


def receipt_json(request: Request | str, state: RequestState = S.RECEIVED, **changes: object) -> bytes:
    """What the department says."""
    said = {
        "schema": SCHEMA,
        "request": request if isinstance(request, str) else request.id,
        "state": state.value,
        "at": "2026-11-25T15:30:00+07:00",
        "reference": "123/TN",
        "reason": "",
    }
    return json.dumps(said | changes).encode()
