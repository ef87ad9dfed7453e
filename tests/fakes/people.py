"""Scripted ``Interaction`` and ``Progress``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bdsigner.errors import UserCancelled
from bdsigner.ports import NewPin, NewPinRequest, Phase, PinRequest, Question, QuestionCode, SigningReview


@dataclass
class FakePerson:
    """Types ``pin`` and answers every question with ``decision``; remembers what was asked."""

    pin: str = "123456"
    new_pin: str = "483920"
    decision: bool = False
    agrees_to: set[QuestionCode] = field(default_factory=lambda: {QuestionCode.KEEP_DEVICE_SECRET})
    """Answered with yes whatever ``decision`` says."""
    agrees_to_objections: bool = True
    reviews: list[SigningReview] = field(default_factory=list)
    new_pin_requests: list[NewPinRequest] = field(default_factory=list)
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

    def ask_new_pin(self, request: NewPinRequest) -> NewPin:
        self.new_pin_requests.append(request)
        if not self.pin:
            raise UserCancelled
        self.given += [bytearray(self.pin.encode()), bytearray(self.new_pin.encode())]
        return NewPin(secret=self.given[-2], new=self.given[-1])

    def review(self, review: SigningReview) -> bool:
        self.reviews.append(review)
        return self.agrees_to_objections

    def confirm(self, question: Question) -> bool:
        self.questions.append(question)
        return self.decision or question.code in self.agrees_to


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
