"""Another program that encrypts, as Đ13.1 names the software of Ban Cơ yếu Chính phủ: started with the profile's command."""

import shutil
import tempfile
import time
from pathlib import Path

from bdsigner.conversion.strangers import started
from bdsigner.errors import EncryptionError, ErrorCode
from bdsigner.model.encryption import EnvelopeRequest
from bdsigner.model.profile import EncryptionProvider
from bdsigner.ports import TellBytes

TIMEOUT_SECONDS = 1800.0
_POLL_SECONDS = 0.05
IN, OUT, RECIPIENTS = "{in}", "{out}", "{recipients}"
"""In the command: the file, the file to write, and the recipients' certificates (DER), an argument each."""


class EncryptionProgram:
    """Implements ``ports.EncryptionTool``; may be called from any thread."""

    def __init__(self, provider: EncryptionProvider, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._provider = provider
        self._timeout_seconds = timeout_seconds

    @property
    def name(self) -> str:
        """See ``ports.EncryptionTool``."""
        return self._provider.name

    @property
    def is_auxiliary(self) -> bool:
        """See ``ports.EncryptionTool``."""
        return self._provider.is_auxiliary

    def encrypt(self, request: EnvelopeRequest, *, tell: TellBytes) -> None:
        """See ``ports.EncryptionTool``: one file at a time, no archives.

        Raises ``EncryptionError`` ENCRYPTION_PROGRAM_FAILED, ENCRYPTION_PROGRAM_ARCHIVE.
        """
        if request.is_archive:
            raise EncryptionError(ErrorCode.ENCRYPTION_PROGRAM_ARCHIVE, name=self.name)
        source = request.members[0].path
        with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            made = folder / f"{source.name}.p7m"
            recipients = [folder / f"{number}.cer" for number in range(len(request.recipients))]
            for path, certificate in zip(recipients, request.recipients, strict=True):
                path.write_bytes(certificate)
            self._run(self._command(source, made, recipients), folder, source, made, tell)
            if not made.is_file() or not made.stat().st_size:
                raise self._failed(source, "no result")
            shutil.copyfile(made, request.partial)

    def _command(self, source: Path, made: Path, recipients: list[Path]) -> list[str]:
        command: list[str] = []
        for part in self._provider.command:
            if part == RECIPIENTS:
                command += [str(path) for path in recipients]
            else:
                command.append(part.replace(IN, str(source)).replace(OUT, str(made)))
        return command

    def _run(self, command: list[str], folder: Path, source: Path, made: Path, tell: TellBytes) -> None:
        total, deadline = source.stat().st_size, time.monotonic() + self._timeout_seconds
        try:
            with started(command, folder, environment={}) as process:
                while process.poll() is None:
                    if time.monotonic() > deadline:
                        raise self._failed(source, f"> {self._timeout_seconds:.0f} s")
                    tell(min(total, made.stat().st_size if made.exists() else 0), total)
                    time.sleep(_POLL_SECONDS)
                if process.returncode:
                    raise self._failed(source, f"exit code {process.returncode}")
        except OSError as error:
            raise self._failed(source, error.strerror or "not started") from error

    def _failed(self, source: Path, reason: str) -> EncryptionError:
        return EncryptionError(ErrorCode.ENCRYPTION_PROGRAM_FAILED, path=str(source), name=self.name, reason=reason)
