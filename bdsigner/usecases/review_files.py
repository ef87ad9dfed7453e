"""What can refuse a file refuses before the PIN: the file itself, the regulation, the name of the output (Đ10)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bdsigner.errors import BdsignerError, ErrorCode, RegulationError, UserCancelled
from bdsigner.model.numbering import DocumentNumber
from bdsigner.model.register import DocumentSummary
from bdsigner.model.signature import FilePlan, Filling
from bdsigner.model.signing_rules import Declaration, FileObjections, KindGroup, Objection, ObjectionWeight
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Interaction, Services, SigningReview
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.document_numbers import declared_number
from bdsigner.usecases.examine_document import declared_fillings, is_device_reported, judge
from bdsigner.usecases.signed_register import summary_of

REVIEWERS = 3
"""Files looked at at the same time: one child opens them as signing will, one or two read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyFile:
    """A file that may be signed."""

    pages: int
    fillings: tuple[Filling, ...] = ()
    number: DocumentNumber | None = None
    """To be claimed from the agency's register."""
    objections: tuple[Objection, ...] = ()
    """What the person is asked about or told."""
    summary: DocumentSummary = field(default_factory=DocumentSummary)
    """For the register of signed documents."""

    @property
    def notes(self) -> tuple[Objection, ...]:
        """What the person is told and not asked."""
        return tuple(one for one in self.objections if one.weight is ObjectionWeight.NOTE)

    @property
    def is_number_taken(self) -> bool:
        """Whether the person was told that another file has the number."""
        return any(one.code is ErrorCode.REGULATION_NUMBER_TAKEN for one in self.objections)


def needs_layout(plan: FilePlan) -> bool:
    """Whether all of the document is read.

    The kinds of Đ12.2 are bound by what Đ10.1a says of all documents only, which is quickly read.
    """
    said = plan.declaration or Declaration()
    return said.kind is KindGroup.OFFICIAL or bool(said.number) or said.issued is not None


def review_file(
    plan: FilePlan,
    signer: SignerIdentity,
    services: Services,
    *,
    is_reported: bool,
    seal_mm: tuple[float, float] | None = None,
) -> ReadyFile:
    """Look at one file as signing will.

    ``is_reported``: see ``is_device_reported``; ``seal_mm`` is the size of the seal that is printed on originals.

    Raises what signing would end in, and ``RegulationError`` for the first objection that stops.
    """
    documents = services.documents
    pages = documents.check_signable(plan.source, field=plan.field)
    with services.outputs.new_file(plan.target, source=plan.source):
        pass
    declaration = plan.declaration or Declaration()
    if needs_layout(plan):
        info = documents.inspect(plan.source)
        layout = documents.read_layout(plan.source, signer_name=signer.certificate.common_name)
    else:
        seen = documents.look(plan.source)
        info, layout = seen.info, seen.layout
    box = None
    if plan.declaration is not None:
        of_field = next((field.box for field in info.signature_fields if plan.field and field.name == plan.field), None)
        box = plan.box or of_field
    objections = judge(info, layout, declaration, signer, services, box=box, is_reported=is_reported, seal_mm=seal_mm)
    stop = next((objection for objection in objections if objection.weight is ObjectionWeight.STOP), None)
    if stop is not None:
        raise RegulationError(stop.code, **{**stop.facts, "clause": stop.clause, "path": str(plan.source)})
    today = services.clock.now().astimezone(VIETNAM_TIME).date()
    return ReadyFile(
        pages=pages,
        fillings=declared_fillings(layout, declaration, services),
        number=declared_number(layout, declaration, today),
        objections=objections,
        summary=summary_of(layout, declaration),
    )


def review_all(
    files: tuple[FilePlan, ...],
    signer: SignerIdentity,
    services: Services,
    *,
    seal_mm: tuple[float, float] | None = None,
    starting: Callable[[FilePlan], None],
    refused: Callable[[int, BdsignerError], None],
) -> dict[int, ReadyFile]:
    """Review every file; returns those that can be signed by their number in the plan.

    ``starting`` is told before each file, ``refused`` of each that cannot be signed, from several threads: while one
    file is read for the rules, another is opened as signing will.  Raises ``UserCancelled``.
    """
    is_reported = is_device_reported(signer, services)

    def review(number: int, file: FilePlan) -> ReadyFile | None:
        starting(file)
        try:
            return review_file(file, signer, services, is_reported=is_reported, seal_mm=seal_mm)
        except UserCancelled:
            raise
        except BdsignerError as error:
            refused(number, error)
            return None

    pool = ThreadPoolExecutor(REVIEWERS, thread_name_prefix="review")
    try:
        reviewed = list(pool.map(review, range(len(files)), files))
    finally:
        pool.shutdown(cancel_futures=True)
    return {number: file for number, file in enumerate(reviewed) if file is not None}


def confirm_objections(files: tuple[FilePlan, ...], ready: dict[int, ReadyFile], interaction: Interaction) -> None:
    """Ask once about everything that may be overridden, before the PIN.  Raises ``UserCancelled``."""
    found = tuple(
        FileObjections(path=files[number].source, objections=file.objections)
        for number, file in ready.items()
        if any(objection.weight is ObjectionWeight.CONFIRM for objection in file.objections)
    )
    if found and not interaction.review(SigningReview(files=found)):
        raise UserCancelled
