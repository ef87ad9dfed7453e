"""All colours of the window, light and dark.  Every text colour keeps 4.5:1 on its ground (WCAG 2.2 §1.4.3; tested)."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a colour says; each tone also has a shape (``ICONS``), never colour alone."""

    VALID = "valid"
    CAUTION = "caution"
    """Valid, but …"""
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """Could not be told, or nothing to tell."""


ICONS = {
    Tone.VALID: "circle-check",
    Tone.CAUTION: "triangle-alert",
    Tone.BROKEN: "octagon-x",
    Tone.UNKNOWN: "circle-question-mark",
}


@dataclass(frozen=True, slots=True)
class ToneColours:
    """A tone as text and icon, as ground behind text, and as the line around that ground."""

    text: str
    ground: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """One theme; ``#rrggbb`` values."""

    window: str
    surface: str
    """Cards, fields, navigation."""
    sunken: str
    """Behind pages of a document."""
    line: str
    field_line: str
    """Edge of what can be typed in or pressed: 3:1 on its ground (WCAG 2.2 §1.4.11)."""
    text: str
    muted: str
    disabled: str
    accent: str
    """Focus, selection, the primary button."""
    accent_hover: str
    on_accent: str
    link: str
    selected: str
    """Ground of the chosen row; ``text`` stands on it."""
    tones: dict[Tone, ToneColours]


LIGHT = Colours(
    window="#f4f6f9",
    surface="#ffffff",
    sunken="#dfe3ea",
    line="#d8dde6",
    field_line="#818b9b",
    text="#1a2230",
    muted="#556072",
    disabled="#8d96a5",
    accent="#1b56b3",
    accent_hover="#164893",
    on_accent="#ffffff",
    link="#1b56b3",
    selected="#e3ecfa",
    tones={
        Tone.VALID: ToneColours(text="#14683a", ground="#e5f5eb", line="#8fcba6"),
        Tone.CAUTION: ToneColours(text="#7f5200", ground="#fff3d6", line="#e2bb62"),
        Tone.BROKEN: ToneColours(text="#b0221a", ground="#fdebe9", line="#eda39d"),
        Tone.UNKNOWN: ToneColours(text="#4a5465", ground="#ebeef3", line="#b9c1ce"),
    },
)

DARK = Colours(
    window="#14171d",
    surface="#1d2129",
    sunken="#0d0f13",
    line="#343b48",
    field_line="#727d90",
    text="#e7ebf2",
    muted="#a7b1c2",
    disabled="#6b7586",
    accent="#2e6fd6",
    accent_hover="#2863c2",
    on_accent="#ffffff",
    link="#8ab6ff",
    selected="#24354f",
    tones={
        Tone.VALID: ToneColours(text="#7ddba0", ground="#15301f", line="#2f6b46"),
        Tone.CAUTION: ToneColours(text="#f3c767", ground="#35290d", line="#7a5f1d"),
        Tone.BROKEN: ToneColours(text="#ff9d94", ground="#3c1815", line="#86352e"),
        Tone.UNKNOWN: ToneColours(text="#c2cad7", ground="#2a303b", line="#4d5768"),
    },
)
