"""A program that is killed at any moment while it sends: every request arrives once, by one way, and none is lost.

The sender is a process that is ended by SIGKILL; the department's server and the mail server are processes of their own
that drop connections, answer late, twice, wrong or not at all.  Servers count ids, as docs/department-api.md asks of
them.  The whole proof: ``BDSIGNER_OUTBOX_KILLS=100``.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.department.requests import changed
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Move, Request, RequestState
from bdsigner.ports import RequestStore
from bdsigner.storage.outbox.store import FileRequestStore
from tests.net.tls import TestCa
from tests.rigs.department_server import DepartmentFault
from tests.rigs.effects import Effects
from tests.rigs.outbox_sender import HTTPS, MAIL, FastClock
from tests.rigs.processes import rig_process
from tests.rigs.smtp_server import MailFault

KILLS = int(os.environ.get("BDSIGNER_OUTBOX_KILLS", "10"))
REQUESTS = 30
LIFE_SECONDS = 0.15
"""How long a sender lives at most: a few requests."""
SENDER, PASSWORD = "van.an@binhduong.gov.vn", "mật khẩu"
HTTPS_FAULTS = [
    *(DepartmentFault.NONE, DepartmentFault.AFTER, DepartmentFault.BUSY, DepartmentFault.BUSY, DepartmentFault.NONE),
    *(DepartmentFault.WHILE, DepartmentFault.TWICE, DepartmentFault.BEFORE, DepartmentFault.CUT, DepartmentFault.HTML),
    *(DepartmentFault.ERROR_AFTER, DepartmentFault.ACCEPTED, DepartmentFault.ERROR_BEFORE, DepartmentFault.MANY),
    *(DepartmentFault.EMPTY, *[DepartmentFault.REFUSED] * 8),
]
"""Refused ones go by mail; what this server has taken it may refuse, too, when it is sent again."""
MAIL_FAULTS = [
    *(MailFault.NONE, MailFault.AFTER_DOT, MailFault.BUSY, MailFault.NO_BANNER, MailFault.NONE, MailFault.LOST),
    *(MailFault.AT_DATA, MailFault.AT_QUIT, MailFault.GREYLISTED, MailFault.REFUSED),
]


@dataclass
class Tally:
    """What happened in all rounds."""

    kills: int = 0
    while_sending: int = 0
    """Of these, while something was being sent: its row said so afterwards."""
    requests: int = 0
    by_channel: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    """Arrivals of ids that servers knew already."""
    uncertain: int = 0
    """Requests that once may or may not have arrived."""


def fill(store: RequestStore, clock: FastClock) -> list[str]:
    """Requests with everything made that is sent, as queueing leaves them."""
    ids = [str(uuid4()) for _ in range(REQUESTS)]
    for name in ids:
        now = clock.now()
        begun = Request(
            id=name,
            case=RequestCase.LOST,
            form="mau-04",
            form_version=1,
            created_at=now,
            changed_at=now,
            state=RequestState.QUEUED,
            sender=SENDER,
            history=(Move(at=now, state=RequestState.QUEUED),),
        )
        store.create(begun)
        mail = f"Message-ID: <{name}@bdsigner>\r\nFrom: {SENDER}\r\n\r\n{name}\r\n".encode()
        ready = replace(
            changed(begun, at=now),
            document=store.keep(name, "don.pdf", b"%PDF " + name.encode() + b"-" * 20_000),
            machine_copy=store.keep(name, "request.json", json.dumps({"id": name}).encode()),
            message=store.keep(name, "thu.eml", mail),
            next_attempt=now,
        )
        assert store.replace(begun, ready)
    return ids


def kill_until_all_is_sent(config: Path, store: RequestStore, dice: random.Random, tally: Tally) -> None:
    while True:
        command = [sys.executable, "-m", "tests.rigs.outbox_sender", str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sender:
            assert sender.stdout is not None
            assert sender.stdout.readline() == "ready\n"
            try:
                # Enough kills: this one may live.
                sender.wait(60 if tally.kills >= KILLS else dice.random() * LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                sender.send_signal(signal.SIGKILL)
        if sender.returncode == 0:
            return
        assert sender.returncode == -signal.SIGKILL
        tally.kills += 1
        tally.while_sending += any(one.state is RequestState.SENDING for one in store.all())


def check(ids: list[str], store: RequestStore, by_https: Effects, by_mail: Effects, tally: Tally) -> None:
    mails = {key.strip("<>").removesuffix("@bdsigner"): content for key, content in by_mail.contents().items()}
    taken = {HTTPS: set(by_https.contents()), MAIL: set(mails)}
    assert taken[HTTPS] | taken[MAIL] == set(ids), "lost, or nobody's"
    assert not taken[HTTPS] & taken[MAIL], "by two ways"
    for name in ids:
        request = store.get(name)
        assert request is not None
        assert request.state in (RequestState.SENT, RequestState.RECEIVED), request
        assert name in taken[request.channel]
        assert [one.state for one in request.history].count(RequestState.SENT) <= 1
        tally.uncertain += any(one.state is RequestState.UNCERTAIN for one in request.history)
    assert all(name.encode() in content for name, content in mails.items())
    tally.requests += len(ids)
    for channel, names in taken.items():
        tally.by_channel[channel] += len(names)
    tally.repeated += len(by_https.arrivals()) - len(taken[HTTPS]) + len(by_mail.arrivals()) - len(taken[MAIL])


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.timeout(60 + 6 * KILLS)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    ca, tally = TestCa.make(), Tally()
    dice = random.Random(20260302)  # noqa: S311  # repeatable; when exactly the system ends a process is not
    ca.context(tmp_path)
    certificate = str(tmp_path / "server.pem")
    root = b64encode(ca.certificate.public_bytes(Encoding.DER)).decode()
    while tally.kills < KILLS:
        folder = tmp_path / str(tally.kills)
        folder.mkdir()
        by_https, by_mail = Effects(folder / "https.sqlite"), Effects(folder / "mail.sqlite")
        begun = time.time()
        with ExitStack() as stack:
            common = ("--certificate", certificate, "--late-seconds", "1.5")
            https = stack.enter_context(
                rig_process(
                    "department_server",
                    *(*common, "--record", str(by_https.path), "--faults", _shuffled(HTTPS_FAULTS, dice)),
                )
            )
            mail = stack.enter_context(
                rig_process(
                    "smtp_server",
                    *(*common, "--record", str(by_mail.path), "--faults", _shuffled(MAIL_FAULTS, dice)),
                    *("--account", f"{SENDER}:{PASSWORD}"),
                )
            )
            config = folder / "config.json"
            settings = {"root": root, "password": PASSWORD, "https": https, "mail": mail, "begun": begun}
            config.write_text(json.dumps({**settings, "folder": str(folder / "outbox")}), "utf-8")
            store = FileRequestStore(folder / "outbox")
            ids = fill(store, FastClock(begun))
            kill_until_all_is_sent(config, store, dice, tally)
            check(ids, store, by_https, by_mail, tally)
            assert store.recovery() is None, "to be killed is no damage"
            store.close()
    print(tally)
    assert tally.while_sending
    assert set(tally.by_channel) == {HTTPS, MAIL}


def _shuffled(faults: list[DepartmentFault] | list[MailFault], dice: random.Random) -> str:
    late = type(faults[0])["LATE"]
    mixed = [*faults, *faults, *faults, late]
    dice.shuffle(mixed)
    return ",".join(mixed)
