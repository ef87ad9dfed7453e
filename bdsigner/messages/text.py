"""The shape of one entry of the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Source texts, Vietnamese, with ``{fact}`` placeholders."""

    title: str
    sentence: str
    remedy: str
    may_retry: bool = False
