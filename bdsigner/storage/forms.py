"""Form templates: those that are shipped, each replaced by one of the same name in the profile's ``forms`` folder."""

import logging
import re
from pathlib import Path

import msgspec

from bdsigner.errors import ErrorCode, FormError, ProfileError
from bdsigner.model.form import BlockKind, FormTemplate
from bdsigner.storage.resources import resource_path

log = logging.getLogger(__name__)

FORMS_FOLDER = "forms"
TEMPLATE_BYTES = 256 * 1024
"""A template is ten kilobytes; anything past this is another file."""
_ID = re.compile(r"[a-z0-9-]{1,40}")


class FormFolder:
    """Implements ``ports.FormTemplates``.  The profile's folder is trusted as the rest of the profile is."""

    def __init__(self, profile_folder: Path | None = None) -> None:
        self._folders = (
            *((profile_folder / FORMS_FOLDER,) if profile_folder is not None else ()),
            resource_path("forms"),
        )

    def load(self, form: str) -> FormTemplate:
        """See ``ports.FormTemplates``."""
        if _ID.fullmatch(form):
            for folder in self._folders:
                file = folder / f"{form}.toml"
                if file.is_file():
                    return _read(file)
        raise FormError(ErrorCode.FORM_UNKNOWN_FORM, form=form)


def _read(file: Path) -> FormTemplate:
    try:
        with file.open("rb") as stream:
            content = stream.read(TEMPLATE_BYTES + 1)
        if len(content) > TEMPLATE_BYTES:
            raise ValueError(f"larger than {TEMPLATE_BYTES} bytes")
        template = msgspec.toml.decode(content, type=FormTemplate)
        _check(template, file.stem)
    except (OSError, ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(file), key="", reason=str(error)) from error
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
