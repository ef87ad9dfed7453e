"""Paths as JSON text: file names need not be UTF-8 on Linux; as Latin-1 of the system's bytes every name survives."""

import os
from pathlib import Path
from typing import Any


def encode_path(value: object) -> str:
    """``enc_hook`` of ``msgspec``.  Raises ``NotImplementedError`` for anything but a path."""
    if isinstance(value, Path):
        return os.fsencode(value).decode("latin-1")
    raise NotImplementedError(type(value).__name__)


def decode_path(kind: type[Any], value: object) -> Path:
    """``dec_hook`` of ``msgspec``.  Raises ``NotImplementedError`` for anything but a path."""
    if kind is Path and isinstance(value, str):
        return Path(os.fsdecode(value.encode("latin-1")))
    raise NotImplementedError(kind.__name__)
