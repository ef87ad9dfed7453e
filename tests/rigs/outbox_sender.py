"""A program that sends what waits in an outbox, to be killed: ``python -m tests.rigs.outbox_sender CONFIG``.

The real outbox, use cases and channels; only the clock is fast.  Says ``ready`` before it sends, and ends when every
request is with the department.  What waits for a person is sent by one who presses “send now” at once.
"""

import json
import sys
import time
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, NetworkPolicy, RequestChannel, RequestPolicy
from bdsigner.model.request import RequestState
from bdsigner.net.mail_delivery import MailDelivery
from bdsigner.net.request_https import HttpsDelivery
from bdsigner.ports import Services
from bdsigner.storage.outbox.store import FileRequestStore
from bdsigner.usecases.send_requests import send_due, send_now
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.documents import FakeDocumentGateway
from tests.fakes.people import FakeProgress
from tests.fakes.services import reading_services

HTTPS, MAIL = "may_chu", "thu"
SPEED = 3600
"""Seconds of the clock a second: the first pause takes 17 ms, the longest one second."""
PATIENCE_SECONDS = 1.0
"""How long servers are waited for; those in these tests answer at once, or much later."""


class FastClock:
    """The same for every process that was given the same beginning."""

    def __init__(self, begun: float) -> None:
        self._begun = begun

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._begun + (time.time() - self._begun) * SPEED, UTC)


def services_of(config: dict[str, object]) -> Services:
    """Everything that sending needs; ``config`` names ports, CA, folder, password and the beginning of time."""
    root, password = b64decode(str(config["root"])), str(config["password"])
    server = MailServer(host="127.0.0.1", port=int(str(config["mail"])), security=MailSecurity.STARTTLS)
    policy = RequestPolicy(
        channels=(
            RequestChannel(
                id=HTTPS, name="Máy chủ", kind=ChannelKind.HTTPS, url=f"https://127.0.0.1:{config['https']}"
            ),
            RequestChannel(id=MAIL, name="Thư", kind=ChannelKind.MAIL, to="so@binhduong.gov.vn", server=server),
        ),
        roots=(root,),
        mail_roots=(root,),
    )
    network = NetworkPolicy(allow_private_addresses=True)
    usual = reading_services(FakeDocumentGateway())
    return replace(
        usual,
        profile=replace(usual.profile, requests=policy, network=network),
        clock=FastClock(float(str(config["begun"]))),
        requests=FileRequestStore(Path(str(config["folder"]))),
        deliveries={
            ChannelKind.HTTPS: HttpsDelivery(policy, network, seconds=PATIENCE_SECONDS),
            ChannelKind.MAIL: MailDelivery(
                policy, password=lambda *_: password, seconds=PATIENCE_SECONDS, answer_seconds=PATIENCE_SECONDS
            ),
        },
    )


def send_all(services: Services) -> None:
    """Until nothing waits any more."""
    progress = FakeProgress()
    logins = TokenLogins(
        tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
    )
    while True:
        send_due(services, progress=progress)
        left = [one for one in services.requests.all() if one.state.waits_for_sending]
        if not left:
            return
        for request in left:
            if request.next_attempt is None:
                send_now(request.id, services, logins=logins, progress=progress)
        time.sleep(0.01)


if __name__ == "__main__":
    _services = services_of(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    assert not any(one.state is RequestState.DRAFT for one in _services.requests.all())
    print("ready", flush=True)
    send_all(_services)
