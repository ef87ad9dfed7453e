"""The forms of Quyết định 69/2014/QĐ-UBND as data: what is asked for, how it stands on the page, what was filled in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bdsigner.errors import BdsignerError
from bdsigner.model.device import RequestCase


class FieldKind(StrEnum):
    """What may stand in a field."""

    TEXT = "text"
    CAPITALS = "capitals"
    """Text, written in capital letters."""
    DATE = "date"
    """``dd/mm/yyyy``; nothing else is guessed at."""
    TIME = "time"
    """``HH:MM``."""
    MAIL = "mail"
    OFFICIAL_MAIL = "official_mail"
    """An address of one of the profile's domains (Mẫu 01)."""
    PHONE = "phone"
    YEARS = "years"
    """Whole years from 1 to the most the profile allows."""
    CHOICE = "choice"
    BOXES = "boxes"
    """A choice, printed as one box for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One thing that is asked for."""

    key: str
    """As in regulation.md §13; the name in the machine-readable copy."""
    label: str
    """Verbatim, always Vietnamese."""
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    cases: tuple[str, ...] = ()
    """``RequestCase`` values in which the field is required; ``is_required`` then does not matter."""
    choices: tuple[str, ...] = ()
    suffix: str = ""
    """Printed behind the value."""
    most_characters: int = 200

    def belongs_to(self, case: RequestCase) -> bool:
        """Whether the case has anything to say in it."""
        return not self.cases or case.value in self.cases

    def is_required_in(self, case: RequestCase) -> bool:
        """Whether it must be filled in in this case."""
        return case.value in self.cases if self.cases else self.is_required


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A paper that goes with the form (Đ6.1a, b; Đ8.1c)."""

    id: str
    name: str
    groups: tuple[str, ...] = ()
    """Groups of Đ5.1 that attach it; empty: whatever the group."""
    cases: tuple[str, ...] = ()
    """``RequestCase`` values in which it is attached; empty: in all."""
    is_head_exempt: bool = False
    """Not asked of a Thủ trưởng cơ quan (Đ6.1a)."""


class BlockKind(StrEnum):
    """What a block of the layout is."""

    TEXT = "text"
    FIELDS = "fields"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of the page, from margin to margin."""

    kind: BlockKind
    text: str = ""
    """Of a ``TEXT``; ``{key}``, ``{key.day}`` … stand for values, dots where there is none."""
    keys: tuple[str, ...] = ()
    """Fields side by side."""
    widths: tuple[int, ...] = ()
    """Per cent of the line for each field or column."""
    align: str = "left"
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """One half of the foot."""

    signature_field: str
    """Name of the empty signature field in the PDF."""
    date: str = ""
    """Line above, with placeholders as in ``Block.text``."""
    titles: tuple[str, ...] = ()
    hint: str = ""
    name_key: str = ""
    """Field whose value is written below the room for the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTemplate:
    """A form; shipped under ``resources/forms``, and replaced by one of the same name in the profile's ``forms``."""

    id: str
    version: int
    number: str
    """``Mẫu số 01`` …; empty for the letter of Đ8."""
    title: str
    fields: tuple[FormField, ...]
    columns: tuple[FormField, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    is_landscape: bool = False
    agency_lines: tuple[str, ...] = ()
    """Top left, with placeholders; empty: the header stands alone in the middle."""
    layout: tuple[Block, ...]
    left: Signatory
    right: Signatory
    notes: tuple[str, ...] = ()

    def field(self, key: str) -> FormField | None:
        """The field of that key."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A paper that was given with the form."""

    attachment: str
    """``Attachment.id``."""
    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form with what was filled in; values are checked and in their written form."""

    template: FormTemplate
    case: RequestCase
    created_at: datetime
    values: dict[str, str] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    attached: tuple[AttachedFile, ...] = ()
    request_id: str = ""
    """Of the request in the outbox that it is the form of; empty: of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRequest:
    """A form, and what is to be said of it."""

    form: FilledForm
    refused: tuple[BdsignerError, ...] = ()
    """Wrong or contradictory: it is not printed like that."""
    missing: tuple[BdsignerError, ...] = ()
    """It may be printed, and goes on by hand; it is not to be sent like that."""
