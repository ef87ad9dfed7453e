"""The files a person is about to sign and what is known of each; no widgets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path

from bdsigner.app import Application, output_path
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, SigningError, UserCancelled
from bdsigner.model.document import CertificationLevel, DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.signature import FilePlan, SignatureLevel, SignedFile, SigningOutcome, SigningPlan
from bdsigner.model.token import SignerIdentity
from bdsigner.model.verification import VerificationOutcome
from bdsigner.usecases.default_place import default_box

MAX_FILES = 5_000
"""A folder that holds more is a mistake of the pointer, not a day's paper."""


class FileState(Enum):
    READING = "reading"
    READY = "ready"
    BLOCKED = "blocked"
    """Cannot be signed; the problem says why."""
    SIGNING = "signing"
    DONE = "done"
    """Its turn is over; what came of it is told at the end."""
    SIGNED = "signed"
    FAILED = "failed"
    STOPPED = "stopped"
    """The person stopped before its turn."""


@dataclass(slots=True)
class SignFile:
    """One file on its way to a signature."""

    source: Path
    folder: Path
    """Where its output goes."""
    output_name: str = ""
    """File name of the output; empty when what was typed cannot be one."""
    info: DocumentInfo | None = None
    state: FileState = FileState.READING
    problem: BdsignerError | None = None
    box: Box | None = None
    """Where the visible signature stands; kept while an existing field is chosen instead."""
    field: str = ""
    """Name of the existing empty field chosen as its place."""
    signed: SignedFile | None = None
    verification: VerificationOutcome | None = None

    def learn(self, look: "FirstLook", *, width_mm: float, height_mm: float) -> None:
        """Take over what a first look at the file told; zero sizes mean the default ones."""
        self.info = look.info
        self.folder, self.output_name = look.target.parent, look.target.name
        self.problem = problem_of(look.info)
        self.state = FileState.BLOCKED if self.problem is not None else FileState.READY
        sizes = {"width_mm": width_mm, "height_mm": height_mm} if width_mm and height_mm else {}
        self.box = default_box(look.info, **sizes) if look.info.pages else None
        places = empty_places(look.info)
        self.field = next(iter(places)) if len(places) == 1 else ""

    def refuse(self, error: BdsignerError) -> None:
        self.problem = error
        self.state = FileState.BLOCKED

    @property
    def place(self) -> Box | None:
        """Where the visible signature will be seen."""
        if self.field and self.info is not None:
            return empty_places(self.info).get(self.field)
        return self.box

    def finish(self, outcome: SigningOutcome) -> None:
        self.signed = outcome.signed
        self.problem = outcome.error
        if outcome.signed is not None:
            self.state = FileState.SIGNED
        elif isinstance(outcome.error, UserCancelled):
            self.state = FileState.STOPPED
            self.problem = None
        else:
            self.state = FileState.FAILED

    def prepare_again(self) -> None:
        """Ready for another try after a failure."""
        if (
            self.state in {FileState.SIGNING, FileState.DONE, FileState.FAILED, FileState.STOPPED}
            and self.info is not None
        ):
            self.state = FileState.READY
            self.problem = None


ENDED = frozenset({FileState.SIGNED, FileState.FAILED, FileState.STOPPED})
"""States in which there is a result to show."""


class SignFiles:
    """The files on the page, and the one that is looked at."""

    def __init__(self) -> None:
        self.files: list[SignFile] = []
        self.current = 0
        self.size_mm = (0.0, 0.0)
        """Width and height of the last box; zeros mean the default size."""

    def start_over(self, paths: Sequence[Path]) -> None:
        self.files = [SignFile(path, path.parent) for path in paths]
        self.current = 0

    @property
    def file(self) -> SignFile | None:
        return self.files[self.current] if self.current < len(self.files) else None

    @property
    def ready(self) -> list[SignFile]:
        return [file for file in self.files if file.state is FileState.READY]

    @property
    def is_reading(self) -> bool:
        return any(file.state is FileState.READING for file in self.files)

    def learn(self, number: int, look: "FirstLook | BdsignerError") -> None:
        file = self.files[number]
        if isinstance(look, BdsignerError):
            file.refuse(look)
        else:
            file.learn(look, width_mm=self.size_mm[0], height_mm=self.size_mm[1])

    def remove(self, number: int) -> None:
        del self.files[number]
        self.current = min(number, len(self.files) - 1)

    def prepare_again(self) -> None:
        for file in self.files:
            file.prepare_again()


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is read of a file off the GUI thread before anything is decided."""

    info: DocumentInfo
    target: Path
    """A name that was free when looked at."""


def look_at(application: Application, source: Path, suffix: str) -> FirstLook:
    """Inspect a file and find its output a name.  Raises ``DocumentError``."""
    return FirstLook(application.inspect(source), free_name(output_path(source, suffix=suffix)))


def free_name(target: Path) -> Path:
    """``a.signed.pdf``, or ``a.signed-2.pdf`` … when that is taken already."""
    if not target.exists():
        return target
    numbered = (target.with_name(f"{target.stem}-{number}{target.suffix}") for number in count(2))
    return next(path for path in numbered if not path.exists())


def pdf_files(paths: Iterable[Path], suffix: str) -> list[Path]:
    """Files as given, folders as the PDF files in them, except those this program signed before (``suffix``)."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() == ".pdf" and p.is_file())
            found.extend(p for p in inside if not p.stem.endswith(suffix))
        else:
            found.append(path)
    return list(dict.fromkeys(found))[:MAX_FILES]


def file_name(typed: str) -> str:
    """A typed name as the name of a PDF file; empty when it cannot be one."""
    name = typed.strip()
    if not name.strip(".") or name != Path(name).name or any(character in name for character in '\\/:*?"<>|'):
        return ""
    return name if name.lower().endswith(".pdf") else f"{name}.pdf"


def problem_of(info: DocumentInfo) -> BdsignerError | None:
    """Why a file that can be read cannot be signed; ``None`` when nothing is known against it."""
    path = str(info.path)
    if info.is_encrypted:
        return DocumentError(ErrorCode.DOCUMENT_ENCRYPTED, path=path)
    if info.has_xfa:
        return DocumentError(ErrorCode.DOCUMENT_XFA, path=path)
    if info.is_repaired or not info.pages:
        return DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=path)
    if info.certification is CertificationLevel.NO_CHANGES:
        return SigningError(ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE, path=path)
    return None


def empty_places(info: DocumentInfo) -> dict[str, Box]:
    """Empty signature fields that stand somewhere, by name."""
    return {field.name: field.box for field in info.signature_fields if not field.is_signed and field.box is not None}


def signature_count(info: DocumentInfo) -> int:
    return sum(field.is_signed for field in info.signature_fields)


def signing_plan(
    files: Sequence[SignFile], signer: SignerIdentity, *, level: SignatureLevel, is_visible: bool
) -> SigningPlan:
    """What the person confirms with the PIN."""
    return SigningPlan(
        files=tuple(_file_plan(file, is_visible=is_visible) for file in files),
        token_serial=signer.token.serial,
        key_id=signer.key_id,
        level=level,
    )


def _file_plan(file: SignFile, *, is_visible: bool) -> FilePlan:
    info = file.info
    return FilePlan(
        source=file.source,
        target=file.folder / file.output_name,
        box=file.box if is_visible and not file.field else None,
        field=file.field if is_visible else "",
        expected_size_bytes=info.size_bytes if info is not None else None,
        expected_modified_ns=info.modified_ns if info is not None else None,
    )
