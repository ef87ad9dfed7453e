"""Whether this machine is ready to sign: what was looked at, what was found, how grave it is."""

from dataclasses import dataclass, field
from enum import StrEnum

from bdsigner.model.token import TokenProblem


class Light(StrEnum):
    """How grave a result is; always shown with a word or a shape beside the colour."""

    GREEN = "green"
    AMBER = "amber"
    """Work is possible, but something should be looked after."""
    RED = "red"
    """Signing is not possible, or not as the regulation asks."""
    GREY = "grey"
    """Could not be checked."""


class Check(StrEnum):
    """What is looked at, in the order in which a person would mend it."""

    PROFILE = "profile"
    DRIVERS = "drivers"
    CARD_SERVICE = "card_service"
    TOKENS = "tokens"
    CERTIFICATES = "certificates"
    CLOCK = "clock"
    TIMESTAMP = "timestamp"
    REVOCATION = "revocation"
    PROXY = "proxy"
    FONT = "font"
    FOLDERS = "folders"


class ResultCode(StrEnum):
    """What was found; the sentence and the remedy are in ``messages.self_check``."""

    PROFILE_GOOD = "profile_good"
    PROFILE_TRAINING = "profile_training"
    ANCHORS_MISSING = "anchors_missing"
    ANCHOR_EXPIRES = "anchor_expires"
    DRIVERS_GOOD = "drivers_good"
    CARD_SERVICE_GOOD = "card_service_good"
    CARD_SERVICE_NO_LIBRARY = "card_service_no_library"
    CARD_SERVICE_STOPPED = "card_service_stopped"
    CARD_SERVICE_NO_READERS = "card_service_no_readers"
    DEVICE_GOOD = "device_good"
    DEVICE_PIN_MISSED = "device_pin_missed"
    DEVICE_FINAL_TRY = "device_final_try"
    CERTIFICATE_GOOD = "certificate_good"
    CERTIFICATE_ENDS_SOON = "certificate_ends_soon"
    CLOCK_GOOD = "clock_good"
    CLOCK_DRIFTS = "clock_drifts"
    CLOCK_WRONG = "clock_wrong"
    SERVER_GOOD = "server_good"
    SERVER_SLOW = "server_slow"
    SERVERS_UNKNOWN = "servers_unknown"
    """No address is known to ask."""
    PROXY_NONE = "proxy_none"
    PROXY_GOOD = "proxy_good"
    FONT_GOOD = "font_good"
    FONT_LACKS = "font_lacks"
    FOLDER_GOOD = "folder_good"
    FOLDER_REFUSES = "folder_refuses"
    FOLDER_FULL = "folder_full"
    ERROR = "error"
    """Said by an ``ErrorCode`` of the catalogue (fact ``code``)."""
    NOT_CHECKED = "not_checked"
    """The check itself failed or took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One line of the self-check."""

    check: Check
    code: ResultCode
    light: Light
    facts: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Codes and facts on one line, for support."""
        facts = " ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.light.value} {self.check.value} {self.code.value} {facts}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """The whole answer; ``results`` in the order of ``Check``."""

    results: tuple[CheckResult, ...]

    @property
    def light(self) -> Light:
        """The gravest light; what could not be checked counts as amber does."""
        lights = {result.light for result in self.results}
        if Light.RED in lights:
            return Light.RED
        return Light.AMBER if lights & {Light.AMBER, Light.GREY} else Light.GREEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CardService:
    """The PC/SC service of the system."""

    has_library: bool
    is_running: bool
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverSurvey:
    """PKCS#11 modules that were found, and those that cannot be loaded."""

    names: tuple[str, ...]
    """Product and file name."""
    problems: tuple[TokenProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """A folder the program must be able to write to."""

    purpose: str
    """``config``, ``data``, ``logs`` or ``output``."""
    path: str
    is_writable: bool
    free_bytes: int
