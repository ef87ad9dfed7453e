"""The channels as the application builds them: late, and with the password of the mailbox."""

import dataclasses
import subprocess
import sys
import uuid
from pathlib import Path

import keyring
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.app.deliveries import make_deliveries
from bdsigner.model.profile import ChannelKind, NetworkPolicy, RequestChannel, RequestPolicy
from bdsigner.model.request import Arrival
from bdsigner.ports import Consignment
from bdsigner.storage.credentials import MAIL
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from tests.net.tls import TestCa
from tests.rigs.department_server import department_server
from tests.rigs.effects import Effects
from tests.rigs.smtp_server import smtp_server

SENDER = "van.an@binhduong.gov.vn"


def test_both_channels_work_as_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {(f"{MAIL} 127.0.0.1", SENDER): "mật khẩu"}
    monkeypatch.setattr(keyring, "get_password", lambda service, user: kept.get((service, user)))
    ca, request = TestCa.make(), str(uuid.uuid4())
    tls, roots = ca.context(tmp_path), (ca.certificate.public_bytes(Encoding.DER),)
    profile = dataclasses.replace(
        load_profile(default_profile_folder()),
        requests=RequestPolicy(roots=roots, mail_roots=roots),
        network=NetworkPolicy(allow_private_addresses=True),
    )
    deliveries = make_deliveries(profile)
    paper = tmp_path / "paper.eml"
    paper.write_bytes(b"Message-ID: <1@bdsigner>\r\n\r\n")
    sent = Consignment(
        request_id=request, sender=SENDER, message=paper, document=paper, machine_copy=paper, attachments={}
    )
    mails, requests = Effects(tmp_path / "mails.sqlite"), Effects(tmp_path / "requests.sqlite")
    with smtp_server(mails, tls, accounts={SENDER: "mật khẩu"}) as mail, department_server(requests, tls) as department:
        by_mail = RequestChannel(id="m", name="M", kind=ChannelKind.MAIL, to="a@b.vn", server=mail.server())
        by_https = RequestChannel(id="h", name="H", kind=ChannelKind.HTTPS, url=department.url)
        assert deliveries[ChannelKind.MAIL].send(sent, by_mail).arrival is Arrival.ARRIVED
        assert deliveries[ChannelKind.HTTPS].send(sent, by_https).arrival is Arrival.ARRIVED
        assert deliveries[ChannelKind.MAIL].status(request, by_mail) is None
        assert deliveries[ChannelKind.HTTPS].status(request, by_https)
    assert (list(mails.contents()), list(requests.contents())) == (["<1@bdsigner>"], [request])


def test_a_start_does_not_pay_for_them() -> None:
    script = (
        "import sys; from bdsigner.app import Application; from bdsigner.storage.profile import load_profile\n"
        "from bdsigner.storage.resources import default_profile_folder\n"
        "Application.from_profile(load_profile(default_profile_folder())).close()\n"
        "print([n for n in sys.modules if n.startswith('bdsigner.net.') and ('mail' in n or 'request' in n)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
