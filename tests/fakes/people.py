"""Scripted ``Interaction`` and ``Progress``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bdsigner.errors import UserCancelled
from bdsigner.ports import Phase, PinRequest, Question


@dataclass
class FakePerson:
    """Types ``pin`` and answers every question with ``decision``; remembers what was asked."""

    pin: str = "123456"
    decision: bool = False
    pin_requests: list[PinRequest] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    given: list[bytearray] = field(default_factory=list)
    """The buffers handed out, to see whether they were wiped."""

    def ask_pin(self, request: PinRequest) -> bytearray:
        self.pin_requests.append(request)
        if not self.pin:
            raise UserCancelled
        self.given.append(bytearray(self.pin.encode()))
        return self.given[-1]

    def confirm(self, question: Question) -> bool:
        self.questions.append(question)
        return self.decision


@dataclass
class FakeProgress:
    """Remembers each report; asks to stop once ``stop_when`` says so."""

    stop_when: Callable[[Path, Phase], bool] = lambda path, phase: False
    reports: list[tuple[Path, Phase, int, int]] = field(default_factory=list)
    is_stopped: bool = False

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        self.reports.append((path, phase, done, total))
        self.is_stopped = self.is_stopped or self.stop_when(path, phase)
        if self.is_stopped:
            raise UserCancelled

    def is_cancelled(self) -> bool:
        return self.is_stopped
