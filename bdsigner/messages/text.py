"""The shape of one entry of the catalogue, and how facts come into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr


@dataclass(frozen=True, slots=True)
class Text:
    """Source texts, Vietnamese, with ``{fact}`` placeholders."""

    title: str
    sentence: str
    remedy: str
    may_retry: bool = False


def fill(source: str, facts: Mapping[str, str]) -> str:
    """Translate a source text and put its facts in; a missing fact is an ellipsis, a time is written for people."""
    known = _Facts(facts)
    if "since" in known:
        known["since"] = show_time(datetime.fromisoformat(known["since"]))
    return tr(source).format_map(known)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
