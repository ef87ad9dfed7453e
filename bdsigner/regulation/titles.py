"""Powers and title lines above a signer's name, and whether a person may sign under them (Đ3.9, Đ5.1b, Đ10.2b)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bdsigner.model.vietnamese import fold


class Power(StrEnum):
    """Prefixes of title lines (regulation.md §14, box 7a)."""

    TM = "TM."
    """On behalf of the collective."""
    KT = "KT."
    """Ký thay: a deputy for the head."""
    TL = "TL."
    """Ký thừa lệnh."""
    TUQ = "TUQ."
    """Ký thừa ủy quyền (Đ3.9b)."""


_PREFIX = re.compile(
    r"^\s*(T[./]?M|T[./]?U[./]?Q|K[./]?T|T[./]?L)(?:\s*[./:]\s*|\s+|$)(.*)$", re.IGNORECASE | re.DOTALL
)
"""``KT. ``, ``KT.`` without a space, and the ways it is mistyped: ``K/T``, ``T.M``, ``KT`` without its dot."""
LEADERS = (
    "chủ tịch",
    "giám đốc",
    "chánh",
    "trưởng",
    "cục trưởng",
    "chi cục trưởng",
    "vụ trưởng",
    "tổng cục trưởng",
    "tổng giám đốc",
    "hiệu trưởng",
    "viện trưởng",
    "bộ trưởng",
    "thứ trưởng",
    "thủ trưởng",
    "bí thư",
    "chủ nhiệm",
    "chỉ huy trưởng",
    "chỉ huy phó",
    "tổng biên tập",
    "người đứng đầu",
    "hạt trưởng",
    "trạm trưởng",
    "đội trưởng",
)
"""How titles of lãnh đạo cơ quan and of heads of rooms begin, also behind ``phó`` and ``quyền`` (Đ3.9, Đ5.1a)."""
_ACTING = "quyền "
_DEPUTY = "phó "
_STARTS_TITLE = (*LEADERS, "phó", "quyền", "q.")
_SHORT_FORMS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "tt&tt": "thông tin và truyền thông",
    "vp": "văn phòng",
    "tp": "thành phố",
    "q": "quyền",
}
_OTHER_DEPUTIES = {"thứ trưởng": "bộ trưởng", "chỉ huy phó": "chỉ huy trưởng"}
"""Deputies whose title does not begin with ``phó``."""
_PUNCTUATION = re.compile(r"[^\w&]+")


@dataclass(frozen=True, slots=True)
class RepresentedTitle:
    """A line with a power: who is represented, or the collective."""

    power: Power
    title: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of title lines, read from top to bottom."""

    represented: tuple[RepresentedTitle, ...]
    own: str
    """The signer's own title as written, lines joined, ``Q.`` kept; empty when the block ends with a power."""

    def has(self, power: Power) -> bool:
        """Whether one of its lines carries that power."""
        return any(line.power is power for line in self.represented)

    def titles_of(self, power: Power) -> tuple[str, ...]:
        """Titles behind that power."""
        return tuple(line.title for line in self.represented if line.power is power)


class TitleMatch(StrEnum):
    """How a written title fits a title the signer holds."""

    SAME = "same"
    UNCLEAR = "unclear"
    """One says more than the other: ``Trưởng phòng`` and ``TRƯỞNG PHÒNG NỘI VỤ``."""
    OTHER = "other"


def read_block(lines: Sequence[str]) -> Block:
    """Join lines that go on and take the powers apart; ``KT.CHỦ TỊCH`` without a space is the same."""
    groups: list[tuple[Power | None, str]] = []
    for line in lines:
        match = _PREFIX.match(line)
        if match is not None:
            groups.append((Power(f"{re.sub(r'[./]', '', match[1]).upper()}."), match[2].strip()))
        elif not groups or _starts_title(line) or groups[-1][0] is Power.TM:
            groups.append((None, line.strip()))
        else:
            power, begun = groups[-1]
            groups[-1] = power, f"{begun} {line.strip()}"
    own = ""
    if groups and groups[-1][0] is None:
        own = groups.pop()[1]
    return Block(tuple(RepresentedTitle(power, title) for power, title in groups if power is not None), own)


def match_title(
    written: str, held: str, *, own_agencies: Sequence[str] = (), document_agencies: Sequence[str] = ()
) -> TitleMatch:
    """Compare ignoring case, spacing, dashes and tone placement.

    A name of the signer's own agency behind either title says nothing more; one that only the document gives does not
    make the written title shorter.  ``Q.`` above a full head's title is asked about; a head's title is not an acting
    head's.
    """
    page, certificate = _plain(written), _plain(held)
    if page.startswith(_ACTING) and not certificate.startswith(_ACTING):
        full = match_title(page.removeprefix(_ACTING), held, own_agencies=own_agencies)
        return TitleMatch.OTHER if full is TitleMatch.OTHER else TitleMatch.UNCLEAR
    if not page or not certificate:
        return TitleMatch.OTHER
    if page == certificate:
        return TitleMatch.SAME
    if page.startswith(f"{certificate} "):
        return _with_rest(page.removeprefix(certificate), own_agencies)
    if certificate.startswith(f"{page} "):
        return _with_rest(certificate.removeprefix(page), (*own_agencies, *document_agencies))
    return TitleMatch.OTHER


def is_deputy_of(own: str, head: str) -> bool:
    """``PHÓ CHỦ TỊCH`` for ``CHỦ TỊCH``: the head's title, as far as the deputy's repeats it, behind ``phó``."""
    deputy, leader = _plain(own), _plain(head).removeprefix(_ACTING)
    if not deputy.startswith(_DEPUTY):
        return _OTHER_DEPUTIES.get(deputy, "-") == leader
    rest = deputy.removeprefix(_DEPUTY)
    return bool(leader) and (_begins(rest, leader) or _begins(leader, rest))


def is_leader(title: str, others: Sequence[str] = ()) -> bool:
    """Whether a title is one of Đ3.9: lãnh đạo cơ quan or head of a room, or one of ``others``; the rest are of Đ5.1b."""
    plain = _plain(title).removeprefix(_ACTING).removeprefix(_DEPUTY)
    return any(_begins(plain, _plain(word)) for word in (*LEADERS, *others))


def is_head_of_room(title: str) -> bool:
    """Đ3.9b: a manager at the level of trưởng phòng."""
    return _plain(title).removeprefix(_ACTING).startswith(("trưởng ", "chánh "))


def _with_rest(rest: str, agencies: Sequence[str]) -> TitleMatch:
    is_agency = any(f" {rest.strip()} " in f" {_plain(agency)} " for agency in agencies)
    return TitleMatch.SAME if is_agency else TitleMatch.UNCLEAR


def _begins(text: str, words: str) -> bool:
    return f"{text} ".startswith(f"{words} ")


def _starts_title(line: str) -> bool:
    return fold(line).startswith(_STARTS_TITLE)


def _plain(title: str) -> str:
    words = _PUNCTUATION.sub(" ", fold(title)).split()
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)
