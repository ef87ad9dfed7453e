"""Form templates: those that are shipped, each replaced by one of the same name in the profile's ``forms`` folder.

The profile's count only with ``forms.p7m`` beside them: a CMS SignedData around a list of their hashes, signed with the
certificate that the profile names (docs/forms.md).  What is there without that is an error, never passed over.
"""

import hashlib
import logging
import re
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from bdsigner.errors import DocumentError, ErrorCode, FormError, ProfileError
from bdsigner.model.form import BlockKind, FormTemplate
from bdsigner.ports import DocumentGateway
from bdsigner.storage.resources import resource_path
from bdsigner.verification.authorship import authorship, read_signed

log = logging.getLogger(__name__)

FORMS_FOLDER = "forms"
LIST_FILE = "forms.p7m"
TEMPLATE_BYTES = 256 * 1024
"""A template is ten kilobytes; anything past this is another file."""
LIST_BYTES = 256 * 1024
"""A hundred forms and a chain of certificates take thirty kilobytes."""
_ID = re.compile(r"[a-z0-9-]{1,40}")


class _List(Struct, kw_only=True):
    """What is signed."""

    schema: Literal["bdsigner.forms/1"]
    forms: dict[
        Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}\.toml$")], Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    ]
    """SHA-256 by file name."""


class FormFolder:
    """Implements ``ports.FormTemplates``."""

    def __init__(
        self, profile_folder: Path | None = None, *, documents: DocumentGateway | None = None, signer: str = ""
    ) -> None:
        """``documents`` judges the list, in a child like every other signed file.

        ``signer`` is the SHA-256 (hex) of the department's certificate; empty: the profile may bring no forms.
        """
        self._folder = profile_folder / FORMS_FOLDER if profile_folder is not None else None
        self._documents = documents
        self._signer = signer
        self._lock = threading.Lock()
        self._judged: tuple[str, Mapping[str, str]] = ("", {})
        """SHA-256 of the list that was found good last, and what it says."""

    def load(self, form: str) -> FormTemplate:
        """See ``ports.FormTemplates``; also raises ``ProfileError`` PROFILE_FORMS_SIGNATURE.  May wait for a network."""
        if not _ID.fullmatch(form):
            raise FormError(ErrorCode.FORM_UNKNOWN_FORM, form=form)
        name = f"{form}.toml"
        if self._folder is not None and self._folder.exists():
            listed = self._listed(self._folder)
            if name in listed:
                return _signed_template(self._folder / name, listed[name])
            if (self._folder / name).exists():
                raise _untrue(self._folder / name, "not in the signed list")
        file = resource_path("forms", name)
        if not file.is_file():
            raise FormError(ErrorCode.FORM_UNKNOWN_FORM, form=form)
        return _template(file, _read(file, TEMPLATE_BYTES))

    def _listed(self, folder: Path) -> Mapping[str, str]:
        """Hashes by file name, once their signature was found good; asked again when the file is another."""
        file = folder / LIST_FILE
        if not self._signer or self._documents is None:
            raise _untrue(folder, "the profile names no signer of forms")
        if not file.is_file():
            raise _untrue(folder, f"no {LIST_FILE}")
        content = _read(file, LIST_BYTES)
        sha256 = hashlib.sha256(content).hexdigest()
        with self._lock:
            if self._judged[0] != sha256:
                self._judged = (sha256, _judge(content, file, self._documents, self._signer))
            return self._judged[1]


def _judge(content: bytes, file: Path, documents: DocumentGateway, signer: str) -> Mapping[str, str]:
    """What the list says.  A copy is judged: what counts is what was read, whatever becomes of the file."""
    with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder, LIST_FILE)
        copy.write_bytes(content)
        try:
            report = documents.verify(copy)
            found = authorship(report, (signer,))
            if found.is_by_another:
                raise _untrue(file, f"signed by {found.signer or '?'}")
            if not found.is_sound:
                raise _untrue(file, "signature")
            signed = read_signed(copy, report, documents)
        except DocumentError as error:
            raise _untrue(file, error.code.value) from error
    try:
        return msgspec.json.decode(signed or b"", type=_List).forms
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise _untrue(file, str(error)[:200]) from error


def _signed_template(file: Path, sha256: str) -> FormTemplate:
    if not file.is_file():
        raise _untrue(file, "missing")
    content = _read(file, TEMPLATE_BYTES)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _untrue(file, "changed since it was signed")
    return _template(file, content)


def _read(file: Path, most_bytes: int) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise _invalid(file, error.strerror or type(error).__name__) from error
    if len(content) > most_bytes:
        raise _invalid(file, f"larger than {most_bytes} bytes")
    return content


def _template(file: Path, content: bytes) -> FormTemplate:
    try:
        template = msgspec.toml.decode(content, type=FormTemplate)
        _check(template, file.stem)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise _invalid(file, str(error)) from error
    log.info("form %s version %d from %s", template.id, template.version, file)
    return template


def _check(template: FormTemplate, name: str) -> None:
    """What the types do not say.  Raises ``ValueError``."""
    if template.id != name:
        raise ValueError(f"id is not {name}")
    for fields in (template.fields, template.columns):
        keys = [one.key for one in fields]
        if len(set(keys)) != len(keys):
            raise ValueError("a key is used twice")
    if not template.layout:
        raise ValueError("no layout")
    for block in template.layout:
        if block.kind is BlockKind.TEXT:
            continue
        wanted = len(block.keys) if block.kind is BlockKind.FIELDS else len(template.columns) + 1
        if len(block.widths) != wanted or sum(block.widths) > 100 or min(block.widths, default=0) < 1:
            raise ValueError(f"widths of {block.kind.value} block: {block.widths}")
        unknown = [key for key in block.keys if template.field(key) is None]
        if unknown:
            raise ValueError(f"no such field: {unknown[0]}")
    if template.left.signature_field == template.right.signature_field:
        raise ValueError("both signatures have the same field")


def _invalid(file: Path, reason: str) -> ProfileError:
    return ProfileError(ErrorCode.PROFILE_INVALID, path=str(file), key="", reason=reason)


def _untrue(path: Path, reason: str) -> ProfileError:
    return ProfileError(ErrorCode.PROFILE_FORMS_SIGNATURE, path=str(path), reason=reason)
