"""What the person declares of a document to be signed, and what the regulation says against it (Đ10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from bdsigner.errors import ErrorCode, Fact
from bdsigner.model.certificate import Certificate
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.profile import Profile


class SigningMode(StrEnum):
    """Đ10.2c."""

    ORIGINAL = "goc"
    """Bản gốc: signed electronically by the authorised person."""
    COPY = "so-hoa"
    """Bản số hóa: digitised copy of a signed paper, signed by the chief of office."""


class KindGroup(StrEnum):
    """Kinds of document of Đ10.1a as the rules know them; a profile's ``DocumentKind.id`` is one of these."""

    OFFICIAL = "van_ban_chinh_thuc"
    INTERNAL = "noi_bo"
    BETWEEN_SUBSCRIBERS = "giua_cac_thue_bao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What the person says of one document; the rules take it together with what was read."""

    kind: KindGroup = KindGroup.INTERNAL
    mode: SigningMode = SigningMode.ORIGINAL
    is_secret: bool = False
    """Declared văn bản mật."""
    prohibited_kind: str = ""
    """One of the profile's ``prohibited_kinds``, declared; empty for none."""
    is_paper_signed: bool = False
    """Copies: the person confirmed that the authorised person signed the paper (Đ10.2c)."""
    number: str = ""
    """To be filled into the number's slot, digits; empty to leave the slot as it is."""
    issued: date | None = None
    """To be filled into the date's slot; ``None`` to leave it as it is."""
    submitted_by: str = ""
    """Who submitted it, an optional note (Đ10.3a)."""


class ObjectionWeight(StrEnum):
    """What an objection does."""

    STOP = "stop"
    """The file is not signed; no override by the signer."""
    CONFIRM = "confirm"
    """The person may go on after reading it; asked once, before the PIN."""
    NOTE = "note"
    """Told, not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A rule that speaks against a signature; its sentence and remedy are those of ``code``."""

    code: ErrorCode
    clause: str
    """``Đ10.2b``; of another rule than Quyết định 69 its name, ``ISO 19005``."""
    weight: ObjectionWeight
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @classmethod
    def stop(cls, code: ErrorCode, clause: str, **facts: Fact) -> "Objection":
        """The file is not signed."""
        return cls(code=code, clause=clause, weight=ObjectionWeight.STOP, facts=facts)

    @classmethod
    def confirm(cls, code: ErrorCode, clause: str, **facts: Fact) -> "Objection":
        """The person is asked."""
        return cls(code=code, clause=clause, weight=ObjectionWeight.CONFIRM, facts=facts)

    @classmethod
    def note(cls, code: ErrorCode, clause: str, **facts: Fact) -> "Objection":
        """The person is told."""
        return cls(code=code, clause=clause, weight=ObjectionWeight.NOTE, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFacts:
    """All that the rules look at."""

    info: DocumentInfo
    layout: DocumentLayout
    declaration: Declaration
    certificate: Certificate
    profile: Profile
    today: date
    box: Box | None = None
    """Where the visible signature is to stand; ``None`` for an invisible one."""
    seal_mm: tuple[float, float] | None = None
    """Width and height of the seal that is printed with an original's signature; ``None``: none is."""
    number_holder: str = ""
    """Name of another file that has the declared number already; empty: nobody has."""
    is_device_reported: bool = False
    """A loss of this device or certificate was reported from this machine (Đ7.1d)."""
    earlier_signers: frozenset[str] = frozenset()
    """SHA-256 fingerprints of the certificates of signatures in the file."""
    other_titles: tuple[str, ...] = ()
    """Lower titles the person also holds, from the published directory entry (§16.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileObjections:
    """What speaks against signing one file."""

    path: Path
    objections: tuple[Objection, ...]
