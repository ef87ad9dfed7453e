"""``bdsigner request`` as a script runs it: real forms and drafts, an outbox in memory, a scripted way to the department."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from bdsigner.app.requests import Requests
from bdsigner.cli.context import Context
from bdsigner.cli.main import run as run_cli
from bdsigner.department.requests import moved
from bdsigner.documents.children import DocumentChildren, Skill
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import ErrorCode, RequestError
from bdsigner.messages.errors import describe
from bdsigner.messages.times import show_time
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, Profile, RequestChannel
from bdsigner.model.request import Alarm, RaisedAlarm, Recovery, Request, RequestState
from bdsigner.net.fetch import HttpFetcher
from bdsigner.ports import Services
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.usecases.token_logins import TokenLogins
from tests.fakes.memory import FakeMemory
from tests.fakes.requests import FakeRequestStore, FakeTypedValues
from tests.fakes.services import reading_services

PHONE = "0274 3822 825"
SERIAL = "0123456789"
MAIL = RequestChannel(
    id="thu",
    name="Thư công vụ",
    kind=ChannelKind.MAIL,
    to="chungthuso@binhduong.gov.vn",
    server=MailServer(host="thu.example", port=465, security=MailSecurity.TLS),
)
NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


class Desk(Requests):
    """What comes after a draft is said, not done: ``said`` keeps what was asked for."""

    def __init__(self, services: Services) -> None:
        logins = TokenLogins(
            tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
        )
        super().__init__(services, logins)
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.raised: tuple[RaisedAlarm, ...] = ()
        self.damage: Recovery | None = None
        self.password_is_taken = True
        self.fails_with: RequestError | None = None

    def become(self, request_id: str, state: RequestState, **changes: Any) -> Request:
        store = self._services.requests
        before = store.get(request_id)
        assert before is not None
        after = replace(moved(replace(before, state=RequestState.SIGNED), RequestState.SIGNED, at=NOW), state=state)
        after = replace(after, **changes)
        assert store.replace(before, after)
        return after

    def sign(self, request_id: str, **how: Any) -> Request:
        self.said.append(("sign", how))
        return self.become(request_id, RequestState.SIGNED, signed_fields=("NguoiKhai",))

    def attach_signed(self, request_id: str, path: Path) -> Request:
        self.said.append(("attach", {"path": path}))
        return self.become(request_id, RequestState.SIGNED)

    def queue(self, request_id: str, *, send_from: str = "") -> Request:
        self.said.append(("queue", {"send_from": send_from}))
        return self.become(request_id, RequestState.QUEUED, next_attempt=NOW)

    def send_now(self, request_id: str, **how: Any) -> Request:
        self.said.append(("send_now", how))
        if self.fails_with is not None:
            facts = dict(self.fails_with.facts)
            return self.become(
                request_id,
                RequestState.QUEUED,
                problem=self.fails_with.code.value,
                problem_facts=facts,
                next_attempt=NOW + timedelta(minutes=1),
            )
        return self.become(request_id, RequestState.SENT, channel="thu", sent_at=NOW)

    def send_due(self, **how: Any) -> tuple[Request, ...]:
        waiting = [one for one in self.all() if one.state.waits_for_sending]
        return tuple(self.send_now(one.id, **how) for one in waiting)

    def save_for_hand(self, request_id: str, target: Path) -> Request:
        self.said.append(("save", {"target": target}))
        return self.become(request_id, RequestState.SENT)

    def follow(self, **how: Any) -> tuple[Request, ...]:
        self.said.append(("follow", how))
        sent = [one for one in self.all() if one.state is RequestState.SENT]
        return tuple(self.become(one.id, RequestState.RECEIVED, reference="31/TT") for one in sent)

    def take_receipt(self, path: Path) -> Request:
        self.said.append(("receipt", {"path": path}))
        return self.become(self.all()[0].id, RequestState.REFUSED, reason="thiếu bản sao quyết định")

    def alarms(self) -> tuple[RaisedAlarm, ...]:
        return self.raised

    def acknowledge_alarm(self, request_id: str) -> Request:
        self.raised = ()
        return self.become(request_id, RequestState.SENT, is_alarm_acknowledged=True)

    def recovery(self) -> Recovery | None:
        return self.damage

    def acknowledge_recovery(self) -> None:
        self.damage = None

    def keep_password(self, channel_id: str, user: str, password: str) -> bool:
        self.said.append(("password", {"channel": channel_id, "user": user, "password": password}))
        return self.password_is_taken


@dataclass
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(scope="module")
def documents() -> Iterator[ChildDocumentGateway]:
    profile = load_profile(default_profile_folder())
    gateway = ChildDocumentGateway(
        profile, HttpFetcher(profile.network), children=DocumentChildren((Skill.READING, Skill.SIGNING))
    )
    yield gateway
    gateway.close()


@pytest.fixture
def desk(documents: ChildDocumentGateway, tmp_path: Path) -> Desk:
    services = reading_services(documents)
    profile = replace(services.profile, requests=replace(services.profile.requests, channels=(MAIL,), phone=PHONE))
    memory = FakeMemory()
    memory.known[SERIAL] = KnownDevice(
        serial=SERIAL, label="Thẻ", model="M", manufacturer="H", first_seen=NOW, last_seen=NOW
    )
    return Desk(
        replace(
            services,
            profile=profile,
            memory=memory,
            forms=FormFolder(),
            requests=FakeRequestStore(tmp_path / "yêu cầu"),
            typed_values=FakeTypedValues(),
        )
    )


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    class Application:
        requests = desk
        profile: Profile = desk._services.profile

    @contextmanager
    def application(self: Context) -> Iterator[tuple[Application, None]]:
        yield Application(), None

    monkeypatch.setattr(Context, "application", application)

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = run_cli(["request", *map(str, arguments)])
        printed = capsys.readouterr()
        return Said(int(code), printed.out, printed.err)

    return call


def begun(run: Run, *arguments: str) -> str:
    done = run("new", *arguments, "--json")
    assert done.code == 0, done.err
    return str(done.json["id"])


# Drafts


def test_new_keeps_a_draft_and_says_what_is_missing_and_what_comes_next(run: Run, desk: Desk) -> None:
    done = run("new", "6.1", "--set", "full_name=nguyễn ánh", "--set", "group=5.1a-1")
    (request,) = desk.all()
    assert done.code == 0, done.err
    assert done.out.startswith(request.id[:8])
    assert "nháp · NGUYỄN ÁNH" in done.out
    assert "→ Điền đủ các mục" in done.out
    assert "mẫu con dấu" in done.out
    told = run("show", request.id[:4].upper(), "--json").json
    assert (told["state"], told["form"]) == ("nhap", "mau-01")
    assert told["values"]["full_name"] == "NGUYỄN ÁNH"
    assert {"key": "term_years", "label": "Thời hạn đề nghị cấp:", "kind": "years"} in told["fields"]


def test_a_look_keeps_nothing_and_stops_no_device(run: Run, desk: Desk) -> None:
    done = run("new", "7.1d", "--from-token", SERIAL, "--dry-run")
    assert done.code == 0
    assert "cert_serial:" in done.out
    assert desk.all() == ()
    assert desk._services.memory.drafts() == ()
    assert run("new", "6.1", "--set", "birth_date=5/2/80", "--dry-run").code == 3


def test_a_lost_device_is_reported_at_once(run: Run, desk: Desk) -> None:
    request_id = begun(run, "7.1d", "--from-token", SERIAL)
    assert [draft.case for draft in desk._services.memory.drafts()] == [RequestCase.LOST]
    assert run("withdraw", request_id[:8]).code == 0
    assert desk._services.memory.drafts() == ()
    assert desk.all() == ()


def test_what_was_typed_is_offered_again_until_it_is_forgotten(run: Run) -> None:
    begun(run, "6.1", "--set", "full_name=Nguyễn Ánh", "--set", "id_number=280712345")
    typed = ("7.1b", "--set", "full_name=Nguyễn Ánh", "--json")
    assert run("new", *typed).json["values"]["id_number"] == "280712345"
    assert run("forget").code == 0
    assert "id_number" not in run("new", *typed).json["values"]


def test_wrong_values_are_told_by_field_and_the_draft_is_kept(run: Run, desk: Desk) -> None:
    done = run("new", "6.1", "--set", "birth_date=5/2/80", "--set", "gender=Nữ")
    assert done.code == 1
    assert "form.date" in done.err
    assert "5/2/80" not in done.err
    assert desk.all()[0].values["gender"] == "Nữ"


def test_an_update_stands_behind_the_declaration_of_article_8(run: Run, desk: Desk) -> None:
    done = run("new", "8.1a")
    assert (done.code, desk.all()) == (2, ())
    assert "--device-is-safe" in done.err
    assert run("new", "8.1a", "--dry-run").code == 0


def test_a_draft_is_changed_piece_by_piece(run: Run, desk: Desk, tmp_path: Path) -> None:
    paper = tmp_path / "quyết định.pdf"
    paper.write_bytes(b"x")
    request_id = begun(run, "8.1c", "--device-is-safe", "--set", "full_name=Nguyễn Ánh")
    done = run("change", request_id, "--set", "position=Phó Giám đốc", "--attach", f"appointment={paper}", "--json")
    assert (done.code, done.json["attachments"]) == (0, {"appointment": "quyết định.pdf"})
    assert "+ appointment: quyết định.pdf" in run("show", request_id).out
    done = run("change", request_id, "--set", "position=", "--attach", "appointment=", "--json")
    assert (done.json["attachments"], done.json["values"].get("position")) == ({}, None)
    assert run("change", request_id, "--attach", f"appointment={tmp_path / 'không có.pdf'}").code == 1


def test_print_writes_the_form_and_replaces_nothing(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "thu hồi.pdf"
    request_id = begun(run, "7.1d", "--set", "full_name=Nguyễn Ánh", "--set", "reason=Mất ở bến xe")
    assert run("print", request_id, target, "--json").json == {"output": str(target), "pages": 1}
    with pymupdf.open(target) as document:
        assert "Mất ở bến xe" in document[0].get_text()
    again = run("print", request_id, target)
    assert again.code == 3
    assert "storage.exists" in again.err


def test_a_list_comes_from_a_table(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "danh sách.csv"
    table.write_text("full_name,birth_date,email\nNguyễn Ánh,05/02/1980,anh@binhduong.gov.vn\n", "utf-8-sig")
    target = tmp_path / "mau-02.pdf"
    request_id = begun(run, "6.1", "--form", "mau-02", "--rows", str(table))
    assert run("show", request_id, "--json").json["rows"][0]["full_name"] == "Nguyễn Ánh"
    assert run("print", request_id, target).code == 0
    with pymupdf.open(target) as document:
        assert "Số lượng đăng ký: 01" in document[0].get_text()
    missing = run("change", request_id, "--rows", tmp_path / "không có.csv")
    assert (missing.code, "document.not_found" in missing.err) == (3, True)


def test_requests_are_named_by_the_beginning_of_their_id(run: Run, desk: Desk) -> None:
    request_id = begun(run, "6.1")
    store = desk._services.requests
    assert isinstance(store, FakeRequestStore)
    twin = request_id[:8] + ("0" if request_id[8:] != "0" else "1") * (len(request_id) - 8)
    store.requests[twin] = replace(store.requests[request_id], id=twin)
    assert run("show", request_id[:3]).code == 2
    assert run("show", request_id[:8]).code == 2
    assert run("show", request_id).code == 0
    unknown = run("show", "zzzz")
    assert (unknown.code, "request.not_found" in unknown.err) == (3, True)


# Signing and sending


def test_sign_goes_to_the_chosen_key(run: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, str | None]] = []

    def choose(application: object, token: str | None, cert: str | None) -> object:
        asked.append((token, cert))

        class Signer:
            token = type("T", (), {"serial": SERIAL})
            key_id = "ab"

        return Signer()

    monkeypatch.setattr("bdsigner.cli.sign.choose_signer", choose)
    request_id = begun(run, "7.1b")
    arguments = ("--token", SERIAL, "--cert", "7A", "--manager", "--send-from", "anh@binhduong.gov.vn", "--pin-stdin")
    done = run("sign", request_id, *arguments)
    assert done.code == 0, done.err
    assert "đã ký" in done.out
    assert asked == [(SERIAL, "7A")]
    ((_, how),) = desk.said
    assert (how["serial"], how["key_id"], how["is_manager"]) == (SERIAL, "ab", True)
    assert how["send_from"] == "anh@binhduong.gov.vn"

    run("send", request_id, "--cert", "7A", "--pin-stdin")
    assert desk.said[-1][1]["key_id"] == "ab"


def test_what_is_signed_is_queued_and_sent(run: Run, desk: Desk, tmp_path: Path) -> None:
    request_id = begun(run, "7.1b")
    scan = tmp_path / "bản chụp.pdf"
    assert run("attach", request_id, scan, "--json").json["state"] == "da-ky"
    done = run("send", request_id, "--from", "anh@binhduong.gov.vn")
    assert done.code == 0, done.err
    assert "đã gửi" in done.out
    assert desk.said == [
        ("attach", {"path": scan}),
        ("queue", {"send_from": "anh@binhduong.gov.vn"}),
        ("send_now", {"progress": desk.said[2][1]["progress"]}),
    ]
    assert "nháp" in run("show", request_id).out


def test_what_could_not_be_sent_says_why_and_when_it_is_tried_again(run: Run, desk: Desk) -> None:
    request_id = begun(run, "7.1b")
    desk.become(request_id, RequestState.QUEUED, next_attempt=NOW)
    desk.fails_with = RequestError(ErrorCode.REQUEST_SERVER_UNREACHABLE, server="thu.example", reason="timed out")
    done = run("send", request_id)
    assert done.code == 3
    assert describe(desk.fails_with).sentence in done.out
    assert show_time(NOW + timedelta(minutes=1)) in done.out
    assert [what for what, _ in desk.said] == ["send_now"]

    sent = run("send", "--json")
    assert (sent.code, sent.json[0]["problem"]["code"]) == (3, "request.server_unreachable")
    desk.fails_with = None
    assert run("send").code == 0
    nothing = run("send")
    assert (nothing.code, nothing.out) == (0, "")
    assert "Không có yêu cầu nào đến lúc gửi" in nothing.err
    assert run("send", "--from", "a@binhduong.gov.vn").code == 2


def test_saving_for_the_counter(run: Run, desk: Desk, tmp_path: Path) -> None:
    request_id = begun(run, "7.1b")
    target = tmp_path / "hồ sơ.zip"
    done = run("save", request_id, target)
    assert (done.code, str(target) in done.out, "đã gửi" in done.out) == (0, True, True)
    assert desk.said == [("save", {"target": target})]


# Following


def test_status_asks_and_tells_reference_and_history(run: Run, desk: Desk) -> None:
    request_id = begun(run, "7.1d", "--set", "full_name=Nguyễn Ánh")
    sent = desk.become(request_id, RequestState.SENT, sent_at=NOW, channel="thu")
    desk.raised = (RaisedAlarm(alarm=Alarm.UNCONFIRMED, request=sent),)
    done = run("status")
    assert done.code == 0
    assert "đã tiếp nhận" in done.out
    assert "31/TT" in done.out
    assert PHONE in done.err
    told = run("status", request_id[:6], "--json").json
    assert told["requests"][0]["reference"] == "31/TT"
    assert PHONE in told["alarms"][0]["sentence"]
    assert PHONE in run("list").err
    assert run("acknowledge", request_id).code == 0
    assert run("list").err == ""


def test_a_receipt_in_a_file_is_taken(run: Run, desk: Desk, tmp_path: Path) -> None:
    begun(run, "6.1")
    done = run("status", "--receipt", tmp_path / "phiếu.p7m")
    assert "Lý do: thiếu bản sao quyết định" in done.out
    assert desk.said == [("receipt", {"path": tmp_path / "phiếu.p7m"})]
    assert run("list").out == ""
    assert "bị từ chối" in run("list", "--all").out


def test_damage_is_told_until_it_was_read(run: Run, desk: Desk) -> None:
    desk.damage = Recovery(reason="x", unreadable=("0f7c",))
    assert "0f7c" in run("list").err
    assert "0f7c" in run("list", "--json").json["recovery"]
    assert run("acknowledge").code == 0
    assert run("list", "--json").json["recovery"] is None


def test_a_password_is_typed_and_never_shown(run: Run, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda prompt: "mật khẩu bí mật")
    assert run("password", "thu").code == 2
    assert run("password", "cổng", "--user", "anh").code == 2
    done = run("password", "thu", "--user", "anh@binhduong.gov.vn")
    assert (done.code, done.out) == (0, "")
    assert "bí mật" not in done.err
    assert desk.said == [
        ("password", {"channel": "thu", "user": "anh@binhduong.gov.vn", "password": "mật khẩu bí mật"})
    ]
    desk.password_is_taken = False
    refused = run("password", "thu", "--user", "anh")
    assert (refused.code, "request.no_password" in refused.err, "bí mật" in refused.err) == (3, True, False)


# As a process


def call(home: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bdsigner", "request", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"BDSIGNER_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        timeout=50,
        check=False,
    )


def test_a_look_needs_nothing_but_the_program(tmp_path: Path) -> None:
    done = call(tmp_path, "new", "6.1", "--set", "full_name=nguyễn ánh", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["values"]["full_name"] == "NGUYỄN ÁNH"


def test_a_draft_outlives_its_process(tmp_path: Path) -> None:
    begun = call(tmp_path, "new", "7.1d", "--set", "full_name=Nguyễn Ánh", "--set", "id_number=280712345", "--json")
    assert begun.returncode == 0, begun.stderr
    request_id = json.loads(begun.stdout)["id"]
    listed = json.loads(call(tmp_path, "list", "--json").stdout)
    assert [one["id"] for one in listed["requests"]] == [request_id]
    assert call(tmp_path, "print", request_id[:8], tmp_path / "a.pdf").returncode == 0
    logged = "".join(file.read_text("utf-8") for file in tmp_path.rglob("*.log"))
    assert "280712345" not in begun.stderr + logged
