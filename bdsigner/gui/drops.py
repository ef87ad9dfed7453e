"""A file dropped anywhere finds its own way: to signing, to checking, or to a sentence why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, UserCancelled
from bdsigner.gui.signing.sign_files import is_convertible, is_scan
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr
from bdsigner.model.document import DocumentInfo
from bdsigner.model.verification import SIGNATURE_SUFFIXES
from bdsigner.ports import Phase, Progress

MAX_FILES = 2_000
"""A day's paper of the largest office is some hundreds; past this a folder was dropped by mistake."""
_ENCRYPTED_TYPES = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("060b2a864886f70d0109100117"),
)
"""``id-envelopedData`` (RFC 5652 §6.1) and ``id-ct-authEnvelopedData`` (RFC 5083 §2.1) in DER."""
_TYPE_WINDOW_BYTES = 24
"""The type stands behind a tag and at most nine bytes of length."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file or folder goes nowhere."""

    path: Path
    sentence: str
    error: BdsignerError | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """Where each file goes."""

    to_sign: tuple[Path, ...] = ()
    to_verify: tuple[Path, ...] = ()
    to_decrypt: tuple[Path, ...] = ()
    refused: tuple[Refusal, ...] = ()


def route_files(paths: Iterable[Path], inspect: Callable[[Path], DocumentInfo], progress: Progress) -> Routing:
    """Look at each file: unsigned PDF to sign, signed PDF, CMS and mail to verify, encrypted CMS to decrypt; Office
    files and pictures to sign; a folder stands for the PDFs and pictures right in it.

    Raises ``UserCancelled``.
    """
    files: list[Path] = []
    refused: list[Refusal] = []
    for path in paths:
        found = _files_of(path)
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            files += found
    to_sign: list[Path] = []
    to_verify: list[Path] = []
    to_decrypt: list[Path] = []
    for number, path in enumerate(dict.fromkeys(files)):
        progress.report(path, Phase.READING, done=number, total=len(files))
        if is_envelope(path):
            to_decrypt.append(path)
            continue
        try:
            is_signed = path.suffix.lower() in SIGNATURE_SUFFIXES or (
                not is_convertible(path) and inspect(path).is_signed
            )
            (to_verify if is_signed else to_sign).append(path)
        except UserCancelled:
            raise
        except BdsignerError as known:
            refused.append(_refusal(path, known))
    return Routing(tuple(to_sign), tuple(to_verify), tuple(to_decrypt), tuple(refused))


def is_envelope(path: Path) -> bool:
    """Whether a ``.p7m`` says at its beginning that it is encrypted (RFC 5652 §3): binary ones only, as they are usual.

    What is in a mail or PEM is verified like any CMS, which names the encryption too.
    """
    if path.suffix.lower() != ".p7m":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_TYPE_WINDOW_BYTES)
    except OSError:
        return False
    return head[:1] == b"\x30" and any(one in head for one in _ENCRYPTED_TYPES)


def _files_of(path: Path) -> list[Path] | Refusal:
    if not path.is_dir():
        return [path]
    try:
        inside = sorted(file for file in path.iterdir() if is_scan(file) and file.is_file())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _refusal(path, DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path), reason=reason))
    if not inside:
        return Refusal(path, tr("Thư mục “{folder}” không có tập tin PDF nào.").format(folder=path.name))
    if len(inside) > MAX_FILES:
        sentence = tr("Thư mục “{folder}” có hơn {count} tập tin PDF; hãy chia nhỏ rồi thả lại.")
        return Refusal(path, sentence.format(folder=path.name, count=MAX_FILES))
    return inside


def _refusal(path: Path, error: BdsignerError) -> Refusal:
    return Refusal(path, describe(error).sentence, error)
