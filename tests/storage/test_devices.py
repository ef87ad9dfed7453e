"""The memory of devices: kept through kill -9 and two writers, and never in the way when it cannot be kept."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.model.device import DeviceEvent, DeviceEventKind, RequestCase, RequestDraft
from bdsigner.model.token import PinState, Token, TokenCertificate
from bdsigner.storage.devices import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, MAX_EVENTS, FileDeviceMemory

NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def token(serial: str = "01AB", *ders: bytes, label: str = "GCA-01") -> Token:
    return Token(
        serial=serial,
        label=label,
        model="ePass2003",
        manufacturer="Feitian",
        module_path="x.so",
        is_hardware=True,
        pin=PinState(),
        mechanisms=frozenset(),
        certificates=tuple(TokenCertificate(key_id="01", label="", der=der) for der in ders),
    )


def event(kind: DeviceEventKind, serial: str = "01AB", *, minutes: int = 0) -> DeviceEvent:
    return DeviceEvent(at=NOW + timedelta(minutes=minutes), serial=serial, kind=kind)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FileDeviceMemory]:
    memory = FileDeviceMemory(tmp_path / "dữ liệu" / "devices.sqlite")
    yield memory
    memory.close()


def test_a_device_is_known_with_all_its_certificates(memory: FileDeviceMemory) -> None:
    memory.remember([token("01AB", b"old")])
    memory.remember([token("01AB", b"new", label="Đổi nhãn"), token("02CD")])
    first, second = sorted(memory.devices(), key=lambda device: device.serial)
    assert (first.label, first.model, first.manufacturer) == ("Đổi nhãn", "ePass2003", "Feitian")
    assert first.certificates == (b"old", b"new")
    assert first.first_seen <= first.last_seen
    assert second.certificates == ()


def test_what_a_token_could_flood_it_with_is_bounded(memory: FileDeviceMemory) -> None:
    memory.remember(
        [token("01AB", b"x" * (MAX_CERTIFICATE_BYTES + 1), *(b"%d" % n for n in range(MAX_CERTIFICATES + 9)))]
    )
    (device,) = memory.devices()
    assert len(device.certificates) == MAX_CERTIFICATES
    assert device.certificates[-1] == b"%d" % (MAX_CERTIFICATES + 8)


def test_misses_are_counted_for_each_device_and_kept(memory: FileDeviceMemory) -> None:
    assert memory.misses("01AB") == 0
    for _ in range(3):
        memory.count_miss("01AB")
    memory.count_miss("02CD")
    memory.close()
    again = FileDeviceMemory(memory.file)
    assert (again.misses("01AB"), again.misses("02CD")) == (3, 1)
    again.clear_misses("01AB")
    again.remember([token("01AB")])
    assert (again.misses("01AB"), again.misses("02CD")) == (0, 1)
    again.close()


def test_the_history_tells_the_latest_first_and_forgets_the_oldest(memory: FileDeviceMemory) -> None:
    memory.record(event(DeviceEventKind.INSERTED))
    memory.record(event(DeviceEventKind.LOGIN, minutes=1))
    memory.record(event(DeviceEventKind.REMOVED, "02CD", minutes=2))
    assert [each.kind for each in memory.events()] == [
        DeviceEventKind.REMOVED,
        DeviceEventKind.LOGIN,
        DeviceEventKind.INSERTED,
    ]
    assert [each.kind for each in memory.events("01AB", limit=1)] == [DeviceEventKind.LOGIN]
    assert memory.events("02CD")[0] == event(DeviceEventKind.REMOVED, "02CD", minutes=2)
    with sqlite3.connect(memory.file) as database:
        database.execute("UPDATE event SET id = id + ?", (MAX_EVENTS,))
    memory.record(event(DeviceEventKind.USED))
    memory.record(event(DeviceEventKind.LOGOUT))
    database.close()
    with sqlite3.connect(memory.file) as database:
        assert database.execute("SELECT max(id) - min(id) FROM event").fetchone()[0] < MAX_EVENTS
    database.close()


def test_each_event_is_in_the_log_with_the_devices_serial(
    memory: FileDeviceMemory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    memory.record(event(DeviceEventKind.LOGIN_REFUSED))
    assert "01AB: login_refused" in caplog.text


def test_reminders_notices_keys_and_drafts(memory: FileDeviceMemory) -> None:
    memory.set_reminder_shown("ab", 90)
    memory.set_reminder_shown("ab", 90)
    memory.set_reminder_shown("ab", 30)
    assert memory.reminders_shown("ab") == {90, 30}
    assert memory.reminders_shown("cd") == frozenset()
    assert not memory.is_acknowledged("Đ14.2 01AB")
    memory.acknowledge("Đ14.2 01AB", NOW)
    assert memory.is_acknowledged("Đ14.2 01AB")
    assert memory.always_authenticate("01AB") == frozenset()
    memory.set_always_authenticate("01AB", frozenset({"02", "03"}))
    assert memory.always_authenticate("01AB") == {"02", "03"}
    draft = RequestDraft(case=RequestCase.PIN_LOCKED, serial="01AB", created_at=NOW, facts={"full_name": "NGUYỄN ÁNH"})
    memory.save_draft(draft)
    memory.save_draft(draft)
    assert memory.drafts() == (draft,)
    memory.drop_draft(RequestCase.LOST, "01AB")
    memory.drop_draft(RequestCase.PIN_LOCKED, "02CD")
    assert memory.drafts() == (draft,)
    memory.drop_draft(RequestCase.PIN_LOCKED, "01AB")
    assert memory.drafts() == ()


def test_an_unwritable_folder_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "tập tin"
    blocked.write_text("no folder")
    memory = FileDeviceMemory(blocked / "devices.sqlite")
    memory.remember([token()])
    memory.count_miss("01AB")
    assert memory.misses("01AB") is None
    assert memory.devices() == ()


def test_another_process_that_writes_for_long_stops_nothing(
    memory: FileDeviceMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bdsigner.storage.database.BUSY_SECONDS", 0.05)
    memory.remember([token()])
    memory.close()
    other = sqlite3.connect(memory.file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert memory.misses("01AB") is None
    other.execute("ROLLBACK")
    other.close()
    assert memory.misses("01AB") == 0


_COUNT = """
import sys
from pathlib import Path
from bdsigner.storage.devices import FileDeviceMemory
memory = FileDeviceMemory(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    memory.count_miss("01AB")
    print(number + 1, flush=True)
"""


def counting(file: Path, times: int) -> subprocess.Popen[str]:
    argv = [sys.executable, "-c", _COUNT, str(file), str(times)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)


def test_two_processes_count_together(memory: FileDeviceMemory) -> None:
    both = [counting(memory.file, 40) for _ in range(2)]
    assert [process.wait(40) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    assert memory.misses("01AB") == 80


def test_what_was_counted_survives_kill_9(memory: FileDeviceMemory) -> None:
    counted = 0
    for wanted in (1, 3, 7, 12):
        process = counting(memory.file, 1000)
        assert process.stdout is not None
        told = 0
        for line in process.stdout:
            if line.strip().isdigit() and (told := int(line)) >= wanted:
                break
        os.kill(process.pid, signal.SIGKILL)
        told = max([told, *(int(line) for line in process.stdout if line.strip().isdigit())])
        process.wait()
        process.stdout.close()
        now = memory.misses("01AB")
        assert now is not None
        assert counted + told <= now <= counted + told + 1  # one may have been written but not told
        counted = now


VARIANTS = (
    "text",
    "empty",
    "newer",
    *(f"cut {share}" for share in (0.1, 0.3, 0.5, 0.7, 0.9)),
    *(f"noise {seed}" for seed in range(12)),
)
"""A real file with content: no database at all, emptied, of a newer program, cut, with bits flipped."""


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_damaged_file_is_put_aside_by_name_and_a_new_one_begun(
    memory: FileDeviceMemory, variant: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(40):
        memory.remember([token(f"{number:04X}", os.urandom(2000))])
        memory.record(event(DeviceEventKind.INSERTED, f"{number:04X}"))
    memory.close()
    damage(memory.file, variant)
    devices = memory.devices()
    names = [path.name for path in memory.file.parent.iterdir()]
    if any(".damaged-" in name and name.endswith(".sqlite") for name in names):
        assert "a new one begins" in caplog.text
    elif variant != "empty":
        # What was hit was not in use: then nothing is lost.
        assert len(devices) == 40
    memory.events()
    memory.clear_misses("0001")
    memory.count_miss("0001")
    memory.record(event(DeviceEventKind.LOGIN))
    assert memory.misses("0001") == 1
    assert memory.events()[0].kind is DeviceEventKind.LOGIN


def damage(file: Path, variant: str) -> None:
    content = bytearray(file.read_bytes())
    if variant == "text":
        content = bytearray(b"not a database" * 100)
    elif variant == "empty":
        content = bytearray()
    elif variant.startswith("cut"):
        del content[int(len(content) * float(variant.split()[-1])) :]
    elif variant.startswith("noise"):
        chance = random.Random(variant)  # noqa: S311  # a seed that repeats
        for _ in range(20):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    else:
        database = sqlite3.connect(file)
        database.execute("PRAGMA user_version = 99")
        database.commit()
        database.close()
        return
    file.write_bytes(content)
