"""LibreOffice without a window: a private copy in, a PDF out, within limits; implements ``ports.Converter``.

What is converted may be hostile.  The program sees a copy in a private folder, a profile of its own without macros,
links or remote content, and an environment without the person's settings; it is ended as a whole process group.
"""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from bdsigner.conversion.containers import kind_of
from bdsigner.conversion.strangers import started
from bdsigner.errors import ConversionError, ErrorCode, UserCancelled
from bdsigner.model.conversion import SourceKind
from bdsigner.storage.resources import resource_path

TIMEOUT_SECONDS = 120.0
INPUT_BYTES_MAX = 100 << 20
OUTPUT_BYTES_MAX = 500 << 20
MEMORY_BYTES_MAX = 4 << 30
"""Address space; LibreOffice maps some 2 GiB for a plain letter."""
_POLL_SECONDS = 0.05
_COMMANDS = ("soffice", "libreoffice")
_PLACES = {
    "linux": ("/usr/bin/soffice", "/usr/lib/libreoffice/program/soffice", "/opt/libreoffice/program/soffice"),
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS/soffice",),
    "win32": (
        r"C:\Program Files\LibreOffice\program\soffice.com",
        r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    ),
}
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("org.openoffice.Office.Common/Filter/PDF/Export", "SelectPdfVersion", "2"),
)
"""Never run macros, never fetch what a document points at, ask nothing; make PDF/A-2b."""


class OfficeConverter:
    """Converts one document at a time; may be called from any thread."""

    def __init__(self, program: Path | None = None, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """``program``: the word processor's command where it is not found by itself."""
        self._program = program
        self._timeout_seconds = timeout_seconds
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        """What converts, for the record."""
        return "LibreOffice"

    def kind_of(self, source: Path) -> SourceKind:
        """See ``ports.Converter``."""
        return kind_of(source)

    def to_pdf(self, source: Path, partial: Path, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """See ``ports.Converter``."""
        program = self._program or find_program()
        if program is None:
            raise ConversionError(ErrorCode.CONVERSION_NO_OFFICE, path=str(source))
        if source.stat().st_size > INPUT_BYTES_MAX:
            raise ConversionError(ErrorCode.CONVERSION_TOO_LARGE, path=str(source), limit_mb=INPUT_BYTES_MAX >> 20)
        with self._turn, tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            _write_profile(folder / "profile")
            copy = folder / f"document{source.suffix.lower()}"
            shutil.copyfile(source, copy)
            self._run(program, copy, folder, source, should_stop)
            _take(folder / "document.pdf", partial, source)

    def _run(self, program: Path, copy: Path, folder: Path, source: Path, should_stop: Callable[[], bool]) -> None:
        command = [
            str(program),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            *_input_filter(copy),
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(copy),
        ]
        with self._started(command, folder, source) as process:
            _limit(process.pid)
            deadline = time.monotonic() + self._timeout_seconds
            while process.poll() is None:
                if should_stop():
                    raise UserCancelled
                if time.monotonic() > deadline:
                    raise ConversionError(
                        ErrorCode.CONVERSION_TIMEOUT, path=str(source), seconds=round(self._timeout_seconds)
                    )
                time.sleep(_POLL_SECONDS)

    @staticmethod
    @contextlib.contextmanager
    def _started(command: list[str], folder: Path, source: Path) -> "Iterator[subprocess.Popen[bytes]]":
        with contextlib.ExitStack() as stack:
            try:
                process = stack.enter_context(started(command, folder, environment=_environment(folder)))
            except OSError as error:
                reason = error.strerror or "not started"
                raise ConversionError(ErrorCode.CONVERSION_FAILED, path=str(source), reason=reason) from error
            yield process


def _input_filter(copy: Path) -> list[str]:
    """Tables in plain text say nothing of their letters: UTF-8 where they are (token 76 of the filter)."""
    if copy.suffix != ".csv":
        return []
    try:
        copy.read_bytes().decode()
    except UnicodeDecodeError:
        return []
    return ["--infilter=Text - txt - csv (StarCalc):44,34,76"]


def find_program() -> Path | None:
    """Where LibreOffice is, on the path or in its usual folders; ``None``: nowhere."""
    for command in _COMMANDS:
        found = shutil.which(command)
        if found is not None:
            return Path(found)
    places = [Path(place) for place in _PLACES.get(sys.platform, ())]
    return next((place for place in places if place.is_file()), None)


def _environment(folder: Path) -> dict[str, str]:
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=escape(str(resource_path("fonts")))), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(fonts), "SAL_USE_VCLPLUGIN": "svp"}


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
</fontconfig>
"""
"""The system's fonts and ours, which have the metrics of Times New Roman and all Vietnamese letters."""


def _write_profile(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    user = folder / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>\n",
        encoding="utf-8",
    )


def _limit(pid: int) -> None:
    """Bound memory and the size of files; Linux only, elsewhere the time limit alone holds."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (OUTPUT_BYTES_MAX, OUTPUT_BYTES_MAX))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _take(made: Path, partial: Path, source: Path) -> None:
    """Copy what was made into our own file; nothing made is how the program says that it cannot read the document."""
    if not made.is_file() or not 0 < made.stat().st_size <= OUTPUT_BYTES_MAX:
        raise ConversionError(ErrorCode.CONVERSION_FAILED, path=str(source), reason="no result")
    shutil.copyfile(made, partial)
