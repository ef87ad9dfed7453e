"""What was found damaged in the outbox, kept until a person has read it: one small file, written before the repair."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from bdsigner.model.request import Recovery
from bdsigner.model.wire import decode_path, encode_path
from bdsigner.storage.partials import write_whole

log = logging.getLogger(__name__)

NOTICE_FILE = "recovery.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    pending: Recovery | None = None
    told: tuple[str, ...] = ()
    """What a person knows to be unreadable: not told again each time it is met."""


class RecoveryNotice:
    """The file in the folder of the outbox; every method may raise ``OSError``."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NOTICE_FILE

    def read(self) -> Recovery | None:
        """What is not acknowledged yet."""
        pending = self._read().pending
        if pending is None:
            return None
        # Named before it was renamed: a process that was killed between the two has put nothing aside.
        return replace(pending, set_aside=tuple(path for path in pending.set_aside if path.exists()))

    def add(
        self,
        reason: str,
        *,
        recovered: Iterable[str] = (),
        set_aside: Iterable[Path] = (),
        unreadable: Iterable[str] = (),
    ) -> None:
        """Add to what is not acknowledged yet; an empty ``reason`` alone, and what is known already, adds nothing."""
        notice = self._read()
        new = Recovery(
            reason=reason or "what is kept of a request cannot be read",
            recovered=tuple(recovered),
            set_aside=tuple(set_aside),
            unreadable=tuple(one for one in unreadable if one not in notice.told),
        )
        if reason or new.unreadable:
            merged = _merged(notice.pending, new)
            if merged != notice.pending:
                log.error("outbox: %s; recovered %s, unreadable %s", reason, new.recovered, new.unreadable)
                self._write(replace(notice, pending=merged))

    def acknowledge(self) -> None:
        """A person has read it."""
        notice = self._read()
        if notice.pending is not None:
            told = tuple(dict.fromkeys((*notice.told, *notice.pending.unreadable)))
            self._write(_Notice(told=told))

    def _read(self) -> _Notice:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Notice, dec_hook=decode_path)
        except FileNotFoundError:
            return _Notice()
        except ValueError:  # msgspec's errors are ValueErrors
            return _Notice(pending=Recovery(reason="what was told of an earlier recovery is damaged"))

    def _write(self, notice: _Notice) -> None:
        write_whole(self._file, msgspec.json.encode(notice, enc_hook=encode_path))


def _merged(before: Recovery | None, after: Recovery) -> Recovery:
    if before is None:
        return after
    reasons = before.reason.split("; ")
    return Recovery(
        reason=before.reason if after.reason in reasons else f"{before.reason}; {after.reason}",
        recovered=tuple(dict.fromkeys((*before.recovered, *after.recovered))),
        set_aside=tuple(dict.fromkeys((*before.set_aside, *after.set_aside))),
        unreadable=tuple(dict.fromkeys((*before.unreadable, *after.unreadable))),
    )
