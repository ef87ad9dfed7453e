"""Signed files that wait for a timestamp ("chờ dấu thời gian"): kept when the authority is away, extended when it is back.

Only results of this program wait here, and only while they are byte for byte what was signed; originals never.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bdsigner.errors import BdsignerError, ErrorCode, NetworkError, StorageError, UserCancelled
from bdsigner.model.extension import Successor, WaitingFate, WaitingFile, WaitingOutcome
from bdsigner.model.signature import ExtensionRequest, SignatureLevel
from bdsigner.ports import Phase, Progress, Services
from bdsigner.usecases.extend_files import extend_into
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.signed_register import enter_extended

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

_REFUSALS = frozenset(
    {
        ErrorCode.SIGNING_UNSIGNED,
        ErrorCode.SIGNING_BROKEN,
        ErrorCode.DOCUMENT_DAMAGED,
        ErrorCode.DOCUMENT_EMPTY,
        ErrorCode.DOCUMENT_ENCRYPTED,
        ErrorCode.DOCUMENT_NOT_PDF,
        ErrorCode.DOCUMENT_XFA,
    }
)
"""What no later attempt will change."""


def wait_for_timestamp(path: Path, wanted: SignatureLevel, services: Services) -> bool:
    """Keep a finished result that is below ``wanted``, to be extended later; false when it cannot be kept.

    To be called once the file has its name.  Raises ``StorageError`` when it cannot be read.
    """
    try:
        sha256 = sha256_of(path)
    except OSError as error:
        raise StorageError(ErrorCode.STORAGE_FAILED, path=str(path), reason=error.strerror or "") from error
    now = services.clock.now()
    return services.waiting.add(WaitingFile(path=path.absolute(), sha256=sha256, level=wanted, since=now))


def work_off(services: Services, *, progress: Progress, is_due_only: bool = False) -> tuple[WaitingOutcome, ...]:
    """Try to extend every waiting file, in place; returns what became of each that was looked at.

    ``is_due_only`` leaves those alone whose pause is not over.  After the first authority that cannot be reached
    nothing more is asked.  May be called from several processes at once and stopped at any point: each file is
    replaced once.  Raises ``UserCancelled``.
    """
    now = services.clock.now()
    files = [
        one
        for one in services.waiting.waiting()
        if not is_due_only or one.next_attempt is None or one.next_attempt <= now
    ]
    outcomes: list[WaitingOutcome] = []
    for number, file in enumerate(files):
        progress.report(file.path, Phase.EXTENDING, done=number, total=len(files))
        outcome = _attempt(file, services, progress.is_cancelled)
        outcomes.append(outcome)
        progress.report(file.path, Phase.DONE, done=number + 1, total=len(files))
        if isinstance(outcome.error, NetworkError):
            break
    return tuple(outcomes)


def _attempt(file: WaitingFile, services: Services, should_stop: Callable[[], bool]) -> WaitingOutcome:
    try:
        return _try(file, services, should_stop)
    except (FileNotFoundError, NotADirectoryError):
        return _gone(file, services)
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        return _keep(file, StorageError(ErrorCode.STORAGE_FAILED, path=str(file.path), reason=reason), services)


def _try(file: WaitingFile, services: Services, should_stop: Callable[[], bool]) -> WaitingOutcome:
    found = sha256_of(file.path)
    if found != file.sha256:
        return _replaced_already(file, found, services)
    try:
        return _extend(file, services, should_stop)
    except UserCancelled:
        raise
    except BdsignerError as error:
        return _failed(file, error, services)


def _gone(file: WaitingFile, services: Services) -> WaitingOutcome:
    folder = file.path.parent
    if folder.is_dir():
        services.waiting.remove(file.path)
        return WaitingOutcome(file=file, fate=WaitingFate.MISSING)
    error = StorageError(ErrorCode.STORAGE_FOLDER_MISSING, path=str(file.path), folder=str(folder))
    return _keep(file, error, services)  # a share or a stick that may come back


def _extend(file: WaitingFile, services: Services, should_stop: Callable[[], bool]) -> WaitingOutcome:
    with services.outputs.replace_own(file.path, expected_sha256=file.sha256) as output:
        request = ExtensionRequest(source=file.path, partial=output.partial, level=file.level)
        result = extend_into(request, services, should_stop=should_stop)
        successor = Successor(sha256=sha256_of(output.partial), level=result.level)
        if not services.waiting.will_become(file, successor):
            # Without that a crash after the next line could not be told from a change by someone else.
            is_same = sha256_of(file.path) == file.sha256
            code = ErrorCode.STORAGE_FAILED if is_same else ErrorCode.STORAGE_CHANGED
            raise StorageError(code, path=str(file.path), reason="queue")
        output.commit()
    missing = result.missing.value if result.missing is not None else ""
    return _came_to(file, successor, services, missing=missing, timestamp_time=result.timestamp_time)


def _came_to(
    file: WaitingFile,
    successor: Successor,
    services: Services,
    *,
    missing: str = "",
    timestamp_time: datetime | None = None,
) -> WaitingOutcome:
    fate = WaitingFate.EXTENDED
    enter_extended(
        file.path,
        services,
        before=file.sha256,
        sha256=successor.sha256,
        level=successor.level,
        timestamp=timestamp_time,
    )
    if successor.level.reaches(file.level):
        services.waiting.remove(file.path)
    else:
        fate = WaitingFate.IMPROVED
        services.waiting.update(file, _later(replace(file, sha256=successor.sha256, last_error=missing), services))
    return WaitingOutcome(file=file, fate=fate, level=successor.level, timestamp_time=timestamp_time)


def _replaced_already(file: WaitingFile, found: str, services: Services) -> WaitingOutcome:
    """By an attempt that did not live to say so, or by someone else."""
    successor = next((one for one in file.successors if one.sha256 == found), None)
    if successor is not None:
        return _came_to(file, successor, services)
    services.waiting.remove(file.path)
    return WaitingOutcome(file=file, fate=WaitingFate.CHANGED)


def _failed(file: WaitingFile, error: BdsignerError, services: Services) -> WaitingOutcome:
    if error.code is ErrorCode.SIGNING_LEVEL_REACHED:
        services.waiting.remove(file.path)
        return WaitingOutcome(file=file, fate=WaitingFate.EXTENDED, level=file.level)
    if error.code is ErrorCode.STORAGE_CHANGED:
        return _changed_meanwhile(file, services)
    if error.code in _REFUSALS:
        services.waiting.remove(file.path)
        return WaitingOutcome(file=file, fate=WaitingFate.REFUSED, error=error)
    return _keep(file, error, services)


def _changed_meanwhile(file: WaitingFile, services: Services) -> WaitingOutcome:
    """While the timestamp was asked for: by another process working off the same queue, or by someone else."""
    now = next((one for one in services.waiting.waiting() if one.path == file.path), None)
    if now is None or now.sha256 != file.sha256:
        return WaitingOutcome(file=file, fate=WaitingFate.EXTENDED if now is None else WaitingFate.IMPROVED)
    return _replaced_already(now, sha256_of(file.path), services)


def _keep(file: WaitingFile, error: BdsignerError, services: Services) -> WaitingOutcome:
    kept = _later(replace(file, last_error=error.code.value), services)
    services.waiting.update(file, kept)
    return WaitingOutcome(file=kept, fate=WaitingFate.KEPT, error=error)


def _later(file: WaitingFile, services: Services) -> WaitingFile:
    pause = min(FIRST_PAUSE * 2 ** min(file.attempts, 16), LONGEST_PAUSE)
    return replace(file, attempts=file.attempts + 1, next_attempt=services.clock.now() + pause)
