"""``published.toml`` in the profile's folder: when which certificate was published on the province's portal (Đ6.3a).

Optional; without it nothing is known of publications.  Each entry names a certificate by its fingerprint, or by its
serial number and its issuer's name as the program shows them::

    [[certificates]]
    serial_number = "5A01"
    issuer = "CA chuyên dùng"
    published_at = 2026-03-02T08:00:00+07:00

    [[certificates]]
    sha256 = "5f…"
    published_at = 2026-03-02T08:00:00+07:00
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
from msgspec import Meta, Struct

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.certificate import Certificate, Publication
from bdsigner.model.directory import PUBLISHING
from bdsigner.ports import AddressBook
from bdsigner.storage.profile_file import Text

PUBLISHED_FILE = "published.toml"
PUBLISHED_BYTES = 4 << 20
"""A province has some thousand certificates of some 120 bytes each."""

_Key = tuple[str, str]
"""Serial number and issuer, or a fingerprint and nothing."""


class _Entry(Struct, kw_only=True, forbid_unknown_fields=True):
    published_at: Annotated[datetime, Meta(tz=True)]
    sha256: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{64})?$")] = ""
    serial_number: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{1,64})?$")] = ""
    issuer: Text | None = None

    @property
    def key(self) -> _Key | None:
        """``None`` unless it names a certificate in exactly one of the two ways."""
        if self.sha256 and not self.serial_number and self.issuer is None:
            return self.sha256.lower(), ""
        if self.serial_number and self.issuer is not None and not self.sha256:
            return self.serial_number.upper().lstrip("0") or "0", unicodedata.normalize("NFC", self.issuer)
        return None


class _File(Struct, kw_only=True, forbid_unknown_fields=True):
    certificates: tuple[_Entry, ...] = ()


@dataclass(slots=True)
class PublishedFile:
    """The list in a profile's folder; implements ``ports.PublicationList``.  May be used from any thread.

    Read at its first use rather than with the profile: a long list would be felt at every start.  Read again when
    the file has changed.
    """

    folder: Path
    _loaded: tuple[tuple[int, int], Mapping[_Key, datetime]] | None = field(default=None, init=False)
    """Time and size of the file when it was read, and what it said."""

    @property
    def file(self) -> Path:
        """Where the list is, if there is one."""
        return self.folder / PUBLISHED_FILE

    def find(self, certificate: Certificate) -> Publication:
        """What the list says of one certificate.

        Raises ``ProfileError`` PROFILE_INVALID with the facts of ``load_profile``: a faulty list says nothing, and a
        list that is there must not be passed over.
        """
        times = self._load()
        if times is None:
            return Publication()
        by_name = (certificate.serial_number, unicodedata.normalize("NFC", certificate.issuer_name))
        published_at = times.get((certificate.sha256, "")) or times.get(by_name)
        return Publication(has_list=True, published_at=published_at)

    def _load(self) -> Mapping[_Key, datetime] | None:
        try:
            state = self.file.stat()
            now, loaded = (state.st_mtime_ns, state.st_size), self._loaded
            if loaded is None or loaded[0] != now:
                self._loaded = loaded = now, self._read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._refuse("", error.strerror or type(error).__name__, cause=error)
        return loaded[1]

    def _read(self) -> Mapping[_Key, datetime]:
        with self.file.open("rb") as stream:
            content = stream.read(PUBLISHED_BYTES + 1)
        if len(content) > PUBLISHED_BYTES:
            self._refuse("", f"larger than {PUBLISHED_BYTES} bytes")
        times: dict[_Key, datetime] = {}
        for index, entry in enumerate(self._decode(content).certificates):
            key = entry.key
            if key is None:
                self._refuse(f"certificates[{index}]", "needs either sha256 or serial_number and issuer")
            if key in times:
                self._refuse(f"certificates[{index}]", "listed twice")
            times[key] = entry.published_at
        return times

    def _decode(self, content: bytes) -> _File:
        try:
            return msgspec.toml.decode(content, type=_File)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$")
            self._refuse(path.rstrip("`").lstrip("."), reason, cause=error)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._refuse("", str(error), cause=error)

    def _refuse(self, key: str, reason: str, *, cause: Exception | None = None) -> NoReturn:
        raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(self.file), key=key, reason=reason) from cause


@dataclass(frozen=True, slots=True)
class PublishedAnywhere:
    """The list in the profile's folder, else what the department's directory said; implements ``ports.PublicationList``."""

    listed: PublishedFile
    book: AddressBook

    def find(self, certificate: Certificate) -> Publication:
        """See ``PublishedFile.find``."""
        found = self.listed.find(certificate)
        if found.published_at is None:
            for entry in self.book.entries([certificate.sha256]):
                if entry.source in PUBLISHING and entry.published_at is not None:
                    return Publication(has_list=True, published_at=entry.published_at)
        return found
