"""The files a person is about to sign and what is known of each; no widgets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from bdsigner.app import Application, output_path
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, SigningError, UserCancelled
from bdsigner.gui.signing.oddities import Oddity, find_oddities
from bdsigner.model.conversion import CONVERTIBLE_SUFFIXES, IMAGE_SUFFIXES
from bdsigner.model.document import CertificationLevel, DocumentInfo
from bdsigner.model.examination import Examination, Zone
from bdsigner.model.geometry import Box
from bdsigner.model.layout import Certainty
from bdsigner.model.signature import FilePlan, SignatureLevel, SignedFile, SigningOutcome, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup, Objection, ObjectionWeight, SigningMode
from bdsigner.model.token import SignerIdentity
from bdsigner.model.verification import VerificationOutcome
from bdsigner.usecases.default_place import default_box
from bdsigner.usecases.prepare_files import free_name
from bdsigner.usecases.shared_place import shared_place

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


@dataclass(slots=True, eq=False)
class SignFile:
    """One file on its way to a signature."""

    source: Path
    folder: Path
    """Where its output goes."""
    output_name: str = ""
    """File name of the output; empty when what was typed cannot be one."""
    info: DocumentInfo | None = None
    examination: Examination | None = None
    """What is read of it and what the rules say, for the signer and the declaration of the moment."""
    declaration: Declaration | None = None
    """What the person said; ``None``: what the layout suggests."""
    submitted_by: str = ""
    """Who submitted it, as noted for the register (Đ10.3a)."""
    is_placed: bool = False
    """The person has put the box somewhere: it no longer follows what is read."""
    filling_problem: BdsignerError | None = None
    """Why number or date cannot be typed into their slots."""
    state: FileState = FileState.READING
    problem: BdsignerError | None = None
    box: Box | None = None
    """Where the visible signature stands; kept while an existing field is chosen instead."""
    field: str = ""
    """Name of the existing empty field chosen as its place."""
    signed: SignedFile | None = None
    verification: VerificationOutcome | None = None
    oddity: Oddity | None = None
    """Why it is to be looked at among the others; see ``SignFiles.compare``."""
    _size_mm: tuple[float, float] | None = None

    def learn(self, look: "FirstLook", *, width_mm: float, height_mm: float) -> None:
        """Take over what a first look at the file told; zero sizes mean the default ones."""
        self.info = look.info
        self.source = look.info.path
        self.examination = look.examination
        self.is_placed = False
        self.folder, self.output_name = look.target.parent, look.target.name
        self.problem = problem_of(look.info)
        self.state = FileState.BLOCKED if self.problem is not None else FileState.READY
        self._size_mm = (width_mm, height_mm) if width_mm and height_mm else None
        self._follow_placement()
        places = empty_places(look.info)
        self.field = next(iter(places)) if len(places) == 1 else ""

    def examined(self, examination: Examination, problem: BdsignerError | None) -> None:
        """Take over what a later look says for another signer, declaration or place."""
        self.examination = examination
        self.filling_problem = problem
        if not self.is_placed:
            self._follow_placement()

    def _follow_placement(self) -> None:
        placement = self.examination.placement if self.examination is not None else None
        if placement is None or self.info is None:
            self.box = None
        elif placement.certainty is Certainty.SURE or placement.zone.boxes or self._size_mm is None:
            self.box = placement.box
        else:  # a guess: of the size the person liked last
            self.box = default_box(self.info, *self._size_mm)

    @property
    def zone(self) -> Zone:
        """Where the box may stand; anywhere for a place that the document itself lays down."""
        placement = self.examination.placement if self.examination is not None else None
        return placement.zone if placement is not None and not self.field else Zone(boxes=())

    @property
    def zone_mode(self) -> SigningMode:
        """For what the zone was looked up: the declaration may be newer."""
        return self.examination.declaration.mode if self.examination is not None else SigningMode.ORIGINAL

    @property
    def declared(self) -> Declaration | None:
        """What the person said, else what the layout suggests; ``None`` before it was read."""
        suggested = self.examination.declaration if self.examination is not None else None
        return self.declaration or suggested

    @property
    def is_doubtful(self) -> bool:
        """Whether an official document's place was guessed and nobody has put it right."""
        declared, placement = self.declared, self.examination.placement if self.examination is not None else None
        is_official = declared is not None and declared.kind is KindGroup.OFFICIAL
        is_guess = placement is not None and placement.certainty is Certainty.UNSURE
        return is_official and is_guess and not self.is_placed

    @property
    def stop(self) -> Objection | None:
        """The first rule that forbids the signature."""
        objections = self.examination.objections if self.examination is not None else ()
        return next((one for one in objections if one.weight is ObjectionWeight.STOP), None)

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

    def add(self, paths: Sequence[Path]) -> None:
        """Files that came later, behind the others."""
        noted = self.files[0].submitted_by if self.files else ""
        self.files += [SignFile(path, path.parent, submitted_by=noted) for path in paths]

    def name_submitter(self, name: str) -> None:
        """Note who submitted them all."""
        for file in self.files:
            file.submitted_by = name

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

    def compare(self) -> list[int]:
        """Find out anew which files are unlike the others; the numbers of those of which something else holds now."""
        changed = []
        for number, (file, oddity) in enumerate(zip(self.files, find_oddities(self.files), strict=True)):
            if file.oddity != oddity:
                file.oddity = oddity
                changed.append(number)
        return changed

    def spread_place(self, source: SignFile) -> tuple[list[int], int]:
        """Put the other files' boxes where this one's is (``shared_place``).

        Returns the numbers of those moved, and how many could not follow.
        """
        moved, left = [], 0
        for number, file in enumerate(self.files):
            if file is source or file.state is not FileState.READY or file.field or file.examination is None:
                continue
            place = None
            if source.box is not None and source.examination is not None:
                place = shared_place(source.box, source.examination, file.examination)
            if place is None:
                left += 1
            else:
                file.box, file.is_placed = place, True
                moved.append(number)
        return moved, left

    def remove(self, number: int) -> None:
        del self.files[number]
        self.current = min(number, len(self.files) - 1)

    def prepare_again(self) -> None:
        for file in self.files:
            file.prepare_again()


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is read of a file off the GUI thread before anything is decided."""

    examination: Examination
    target: Path
    """A name that was free when looked at."""
    signer: SignerIdentity | None
    """For whom it was examined."""

    @property
    def info(self) -> DocumentInfo:
        """Structure and page sizes."""
        return self.examination.info


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at files for the first time."""

    application: Application
    suffix: str
    """Added to the name of the output."""
    signer: SignerIdentity | None

    def look_at(self, source: Path) -> FirstLook:
        """Make a PDF of it where it is none, examine that and find its output a name.

        Raises ``DocumentError``, ``ConversionError``, ``StorageError``.
        """
        pdf = self.application.prepare(source).pdf if is_convertible(source) else source
        examination = self.application.examine(pdf, signer=self.signer)
        return FirstLook(examination, free_name(output_path(pdf, suffix=self.suffix)), self.signer)


def files_to_sign(paths: Iterable[Path], suffix: str) -> list[Path]:
    """Files as given; folders as the PDF files and pictures in them, without those this program made (``suffix``)."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if is_scan(p) and p.is_file())
            found.extend(p for p in inside if not p.stem.endswith(suffix))
        else:
            found.append(path)
    return list(dict.fromkeys(found))[:MAX_FILES]


def is_convertible(path: Path) -> bool:
    """Whether a PDF is made of it before it is signed."""
    return path.suffix.lower() in CONVERTIBLE_SUFFIXES


def is_scan(path: Path) -> bool:
    """A PDF, or a picture of which no PDF was made yet."""
    suffix = path.suffix.lower()
    return suffix == ".pdf" or (suffix in IMAGE_SUFFIXES and not path.with_suffix(".pdf").exists())


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
        declaration=replace(file.declared, submitted_by=file.submitted_by.strip())
        if file.declared is not None
        else None,
        expected_size_bytes=info.size_bytes if info is not None else None,
        expected_modified_ns=info.modified_ns if info is not None else None,
    )
