"""What a person chose in the program: kept in ``settings.json``, never a secret in it."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.storage.paths import config_folder

if TYPE_CHECKING:
    from bdsigner.model.signature import SignaturePictures

SETTINGS_FILE = "settings.json"
SETTINGS_BYTES = 1 << 20
"""Settings take a few kilobytes; anything past this is another file."""

SUFFIX_PATTERN = r'^[^\x00-\x1f/\\:*?"<>|]+$'
"""What may go into a file name on every system: no separators, nothing Windows reserves."""
SUFFIX_CHARACTERS = 40

_Suffix = Annotated[str, msgspec.Meta(pattern=SUFFIX_PATTERN, max_length=SUFFIX_CHARACTERS)]
_Millimetres = Annotated[float, msgspec.Meta(ge=0, le=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices with their defaults; a key this version does not know is ignored."""

    language: Literal["vi", "en"] = "vi"
    theme: Literal["system", "light", "dark"] = "system"
    output_suffix: _Suffix = ".signed"
    """Between stem and ending of a signed file's name."""
    extra_module_paths: tuple[Path, ...] = ()
    """PKCS#11 modules the person named."""
    profile_folder: Path | None = None
    """``None``: the shipped profile."""
    last_folder: Path | None = None
    """Where a file was last chosen; ``None``: nowhere yet."""
    last_signer: str = ""
    """SHA-256 of the certificate that signed last, in hex; empty: none yet."""
    hand_signature: Path | None = None
    """PNG file, for profiles that show the signer's hand signature; ``None``: none chosen."""
    seal: Path | None = None
    """PNG file of the agency's seal, likewise."""
    reviewer: str = ""
    """Who reviewed last before a release; empty: nobody yet."""
    sender_mailbox: str = ""
    """The official mailbox that documents were sent from last; empty: none yet."""
    reporter: str = ""
    """Who reported to the head of the agency last (Đ18.2), with title, agency and place; empty: nobody yet."""
    reporter_title: str = ""
    reporter_agency: str = ""
    reporter_place: str = ""
    appearance_width_mm: _Millimetres = 0
    """Last size of the visible signature; 0: the default size."""
    appearance_height_mm: _Millimetres = 0
    files_as: Literal["sheet", "list"] = "sheet"
    """How several files are shown on the signing page."""
    window_geometry: str = ""
    """Qt's ``saveGeometry`` in Base64; empty: not yet saved."""

    @property
    def pictures(self) -> "SignaturePictures":
        """What the person chose for signatures that show pictures."""
        from bdsigner.model.signature import SignaturePictures  # here: the window reads settings before its first paint

        return SignaturePictures(hand=self.hand_signature, seal=self.seal)


def settings_file() -> Path:
    """Where the settings are kept."""
    return config_folder() / SETTINGS_FILE


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings; defaults when there are none yet.

    Raises ``ProfileError`` ``SETTINGS_INVALID`` (facts ``path``, ``key``, ``reason``, ``kept``) after putting a
    damaged file aside as ``settings.damaged.json``, so that the next call gives the defaults.
    """
    file = file or settings_file()
    try:
        with file.open("rb") as stream:
            content = stream.read(SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise _invalid(file, "", error.strerror or type(error).__name__) from error
    if len(content) > SETTINGS_BYTES:
        raise _invalid(file, "", f"larger than {SETTINGS_BYTES} bytes")
    try:
        return msgspec.json.decode(content, type=Settings, dec_hook=_path_from_text)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        raise _invalid(file, path.rstrip("`").lstrip("."), reason) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _invalid(file, "", str(error)) from error


def load_settings_or_defaults() -> tuple[Settings, ProfileError | None]:
    """Read the settings; of a damaged file, which is put aside, the defaults and what was wrong with it."""
    try:
        return load_settings(), None
    except ProfileError as damaged:
        return load_settings(), damaged


def save_settings(settings: Settings, file: Path | None = None) -> None:
    """Write the settings in one step: a reader, or a crash, sees the old ones or the new ones.

    Raises ``StorageError``.
    """
    # Here, because the window reads settings before its first paint and start-up counts.
    from bdsigner.storage.outputs import storage_error
    from bdsigner.storage.partials import write_whole

    file = file or settings_file()
    content = msgspec.json.format(msgspec.json.encode(settings, enc_hook=os.fspath), indent=2) + b"\n"
    try:
        write_whole(file, content)
    except OSError as error:
        raise storage_error(error, file) from error


def _path_from_text(_type: type, value: object) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("expected a path")
    return Path(value)


def _invalid(file: Path, key: str, reason: str) -> ProfileError:
    kept = file.with_name(f"{file.stem}.damaged{file.suffix}")
    with contextlib.suppress(OSError):  # a folder we may not write to: the defaults serve all the same
        file.replace(kept)
    return ProfileError(ErrorCode.SETTINGS_INVALID, path=str(file), key=key, reason=reason, kept=str(kept))
