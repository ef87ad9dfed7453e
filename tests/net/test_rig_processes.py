"""The rigs as processes of their own: what they took is read from their files, whatever became of the client."""

import uuid
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.model.profile import (
    ChannelKind,
    MailSecurity,
    MailServer,
    NetworkPolicy,
    RequestChannel,
    RequestPolicy,
)
from bdsigner.model.request import Arrival
from bdsigner.net.mail_delivery import MailDelivery
from bdsigner.net.request_https import HttpsDelivery
from bdsigner.ports import Consignment
from tests.net.tls import TestCa
from tests.rigs.effects import Effects
from tests.rigs.processes import rig_process


def test_both_servers_keep_what_they_took(tmp_path: Path) -> None:
    ca, request = TestCa.make(), str(uuid.uuid4())
    ca.context(tmp_path)  # writes server.pem
    roots = (ca.certificate.public_bytes(Encoding.DER),)
    paper = tmp_path / "paper.eml"
    paper.write_bytes(f"Message-ID: <{request}@bdsigner>\r\n\r\n".encode())
    sent = Consignment(
        request_id=request,
        sender="a@binhduong.gov.vn",
        message=paper,
        document=paper,
        machine_copy=paper,
        attachments={},
    )
    certificate = ("--certificate", str(tmp_path / "server.pem"))
    mails, requests = Effects(tmp_path / "mails.sqlite"), Effects(tmp_path / "requests.sqlite")
    mail_options = (
        "--record",
        str(mails.path),
        "--account",
        "a@binhduong.gov.vn:mật khẩu",
        "--faults",
        "after-dot,none",
    )
    with rig_process("smtp_server", *certificate, *mail_options) as port:
        server = MailServer(host="127.0.0.1", port=port, security=MailSecurity.STARTTLS)
        way = RequestChannel(id="mail", name="Thư", kind=ChannelKind.MAIL, to="b@binhduong.gov.vn", server=server)
        by_mail = MailDelivery(RequestPolicy(mail_roots=roots), password=lambda *_: "mật khẩu")
        arrivals = [by_mail.send(sent, way).arrival for _ in range(3)]
    assert arrivals == [Arrival.UNCERTAIN, Arrival.ARRIVED, Arrival.UNCERTAIN]
    with rig_process("department_server", *certificate, "--record", str(requests.path), "--faults", "before") as port:
        way = RequestChannel(id="https", name="Máy chủ", kind=ChannelKind.HTTPS, url=f"https://127.0.0.1:{port}")
        by_https = HttpsDelivery(RequestPolicy(roots=roots), NetworkPolicy(allow_private_addresses=True))
        assert by_https.send(sent, way).arrival is Arrival.UNCERTAIN
    assert requests.arrivals() == []
    assert (len(mails.arrivals()), list(mails.contents())) == (3, [f"<{request}@bdsigner>"])
