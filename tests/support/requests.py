"""Requests ready to be signed, by real parts but for the token: a desk of services, drafts, and who signs them."""

from dataclasses import dataclass, replace
from pathlib import Path

from bdsigner.model.device import RequestCase
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, RequestChannel, RequestPolicy
from bdsigner.model.request import Request
from bdsigner.ports import Services
from bdsigner.storage.forms import FormFolder
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.begin_request import begin_request
from bdsigner.usecases.sign_request import sign_request
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.requests import FakeRequestStore
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support.pki import CHAIRMAN, EC_HEAD, SPECIALIST, Training

SERIAL = "0123456789"
MAILBOX = "duongptt@binhduong.gov.vn"
MAIL = RequestChannel(
    id="thu",
    name="Thư công vụ",
    kind=ChannelKind.MAIL,
    to="tiepnhan@binhduong.gov.vn",
    server=MailServer(host="mail.example", port=465, security=MailSecurity.TLS),
)
HTTPS = RequestChannel(id="cong", name="Cổng", kind=ChannelKind.HTTPS, url="https://tiepnhan.example/api")
HAND = RequestChannel(id="tay", name="Nộp trực tiếp", kind=ChannelKind.FILE)
FULL = {"id_number": "280123456", "reason": "Nghỉ việc"}


@dataclass
class Desk:
    """Services with forms, an outbox and a token; ``person`` answers."""

    services: Services
    token: FakeToken
    store: FakeRequestStore
    training: Training

    def draft(self, case: RequestCase = RequestCase.LEFT, *, who: str = SPECIALIST, **values: str) -> Request:
        """A form about a person's certificate, complete unless a value is empty."""
        certificate = parse_certificate(self.training.certificate(who))
        typed = {
            "full_name": certificate.common_name,
            "email": certificate.email,
            "workplace": certificate.agency,
            "position": certificate.title,
            "cert_serial": certificate.serial_number,
            **FULL,
        }
        view = begin_request(case, self.services, typed={key: one for key, one in (typed | values).items() if one})
        assert not view.filled.refused, view.filled.refused
        return view.request

    def sign(
        self,
        request: Request,
        who: str = SPECIALIST,
        *,
        is_manager: bool = False,
        send_from: str = "",
        person: FakePerson | None = None,
        progress: FakeProgress | None = None,
    ) -> Request:
        services = self.services
        logins = TokenLogins(
            tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
        )
        return sign_request(
            request.id,
            services,
            logins=logins,
            serial=SERIAL,
            key_id=who.encode().hex(),
            is_manager=is_manager,
            send_from=send_from,
            interaction=person or FakePerson(),
            progress=progress or FakeProgress(),
        )

    def with_channels(self, *channels: RequestChannel) -> None:
        profile = replace(self.services.profile, requests=RequestPolicy(channels=channels))
        self.services = replace(self.services, profile=profile)

    def document(self, request: Request) -> Path:
        assert request.document is not None
        return self.store.path(request.id, request.document)

    def message(self, request: Request) -> Path:
        assert request.message is not None
        return self.store.path(request.id, request.message)


def make_desk(services: Services, training: Training, folder: Path) -> Desk:
    """The chairman, a head with an EC key and a specialist share one token."""
    people = (CHAIRMAN, SPECIALIST, EC_HEAD)
    token = FakeToken(
        serial=SERIAL,
        keys={name.encode().hex(): training.key(name) for name in people},
        certificates={name.encode().hex(): training.certificate(name) for name in people},
    )
    store = FakeRequestStore(folder)
    ready = replace(services, forms=FormFolder(), requests=store, memory=FakeMemory(), tokens=FakeTokenGateway(token))
    desk = Desk(ready, token, store, training)
    desk.with_channels(MAIL)
    return desk
