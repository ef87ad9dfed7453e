"""The file that a person sends to support: what the self-check found and the end of the log, without persons in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bdsigner.model.self_check import SelfCheck
from bdsigner.model.token import PinState, SignerListing
from bdsigner.usecases.masking import Masker

HEAD = "bdsigner – tệp hỗ trợ / support file"
NOTE = "Tên người, thư điện tử, số giấy tờ, tên tập tin và mã bí mật đã được che / names and secrets are masked"

PIN_FLAGS = (
    "is_set",
    "count_low",
    "final_try",
    "locked",
    "pin_pad",
    "must_change",
    "puk_count_low",
    "puk_final_try",
    "puk_locked",
)
"""Fields of ``PinState`` that support asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is told of the machine."""

    versions: tuple[tuple[str, str], ...]
    """Name and version of the program, of what it stands on, and of the system."""
    home: str
    user: str
    log_lines: tuple[str, ...]
    """The end of the log."""


def support_text(found: SelfCheck, listing: SignerListing, around: Surroundings, *, at: datetime) -> str:
    """Put the file together; every line of it is masked."""
    masker = Masker(names=_names(listing), home=around.home, user=around.user)
    lines = [HEAD, NOTE, at.isoformat(timespec="seconds")]
    lines += _section("versions", (f"{name}: {version}" for name, version in around.versions))
    lines += _section("self-check", map(str, found.results))
    lines += _section("tokens", _token_lines(listing))
    lines += _section("log", around.log_lines)
    return "\n".join(masker.mask(line) for line in lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> Sequence[str]:
    return ["", f"== {title}", *lines]


def _token_lines(listing: SignerListing) -> Iterable[str]:
    for token in listing.tokens:
        yield f"label={token.label!r} serial={token.serial} model={token.model!r} module={token.module_path}"
        yield f"  reader={token.reader!r} hardware={token.is_hardware} flags={' '.join(_flags(token.pin)) or '-'}"
        for certificate in token.certificates:
            yield f"  key_id={certificate.key_id} bytes={len(certificate.der)}"
    for problem in listing.problems:
        yield f"problem {problem.code} module={problem.module_path} {problem.facts}"


def _flags(pin: PinState) -> Iterable[str]:
    return (name for name in PIN_FLAGS if getattr(pin, name))


def _names(listing: SignerListing) -> set[str]:
    """Names that may stand in the log: of the holders, and of tokens named after them."""
    holders = {signer.certificate.common_name for signer in listing.signers}
    return holders | {token.label for token in listing.tokens}
