"""What the window and the command line work with; ``app.building`` is where its parts come from."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bdsigner.app.clock import SystemClock
from bdsigner.app.devices import Devices
from bdsigner.documents.children import DocumentChildren, Skill

if TYPE_CHECKING:
    from bdsigner.app.directory import Directory
    from bdsigner.app.encryption import Encryption
    from bdsigner.app.requests import Requests
    from bdsigner.app.signed_documents import SignedDocuments
    from bdsigner.model.batch import UnfinishedBatch
    from bdsigner.model.comparison import PageComparison, RevisionComparison, Revisions
    from bdsigner.model.conversion import PreparedFile
    from bdsigner.model.document import DocumentInfo, Raster
    from bdsigner.model.examination import Examination
    from bdsigner.model.extension import ExtensionOutcome, ExtensionPlan, WaitingFile, WaitingOutcome
    from bdsigner.model.geometry import Box
    from bdsigner.model.layout import DocumentLayout
    from bdsigner.model.profile import Profile
    from bdsigner.model.sheet import Sheet
    from bdsigner.model.signature import (
        Filling,
        PictureSize,
        SignatureLevel,
        SignaturePictures,
        SigningOutcome,
        SigningPlan,
    )
    from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
    from bdsigner.model.token import SignerIdentity, SignerListing
    from bdsigner.model.verification import FileReport, VerificationOutcome
    from bdsigner.ports import Browsers, Interaction, Probes, Progress, Services
    from bdsigner.storage.settings import Settings

__all__ = ["Application", "DocumentChildren", "Skill", "SystemClock", "output_path", "start_children"]


def start_children(skill: Skill) -> DocumentChildren:
    """Start the child that does this before anything else is imported; give it to ``Application.from_settings``.

    Its imports are the longest way of a cold command: they run beside the command's own.
    """
    children = DocumentChildren({skill, Skill.READING})
    children[skill.lane].start()
    return children


class Application:
    """What a face can ask for.  Every method may be called from any thread; none touches Qt or prints."""

    def __init__(
        self,
        services: "Services",
        *,
        warm_up: Callable[[Sequence[Skill]], None] = lambda _: None,
        probes: "Probes | None" = None,
    ) -> None:
        """``probes`` are what the self-check measures; without them there is no self-check."""
        from bdsigner.model.signature import SignaturePictures

        self.services = services
        self._warm_up = warm_up
        self.pictures = SignaturePictures()
        """Hand signature and seal of the person at this machine, for profiles that show them."""
        self.devices = Devices(services, probes)
        """What is done with tokens apart from signing."""

    @classmethod
    def from_settings(
        cls,
        settings: "Settings",
        *,
        profile_folder: Path | None = None,
        modules: Sequence[Path] = (),
        children: DocumentChildren | None = None,
    ) -> "Application":
        """Load the profile and build all parts; starts no process yet.

        ``profile_folder`` and ``modules`` override the settings.  ``children`` may run already; they end with the
        application.  Raises ``ProfileError``.
        """
        from bdsigner.storage.profile import load_profile
        from bdsigner.storage.resources import default_profile_folder

        folder = profile_folder or settings.profile_folder or default_profile_folder()
        application = cls.from_profile(
            load_profile(folder), modules=[*modules, *settings.extra_module_paths], children=children
        )
        application.pictures = settings.pictures
        return application

    @classmethod
    def from_profile(
        cls, profile: "Profile", *, modules: Sequence[Path] = (), children: DocumentChildren | None = None
    ) -> "Application":
        """Build all parts for a loaded profile; starts no process yet."""
        from bdsigner.app.building import build_parts

        parts = build_parts(profile, modules=modules, children=children)
        return cls(parts.services, warm_up=parts.warm_up, probes=parts.probes)

    @property
    def browsers(self) -> "Browsers":
        """Browsers' lists of security devices."""
        from bdsigner.browsers.nss import NssBrowsers

        return NssBrowsers()

    @property
    def profile(self) -> "Profile":
        """The profile in force."""
        return self.services.profile

    @property
    def register(self) -> "SignedDocuments":
        """The register of signed documents: review, release, export."""
        from bdsigner.app.signed_documents import SignedDocuments

        return SignedDocuments(self.services)

    @property
    def directory(self) -> "Directory":
        """The directory of certificates: search, check, groups."""
        from bdsigner.app.directory import Directory

        return Directory(self.services)

    @property
    def requests(self) -> "Requests":
        """Requests to the department: filled in, signed, sent, followed."""
        from bdsigner.app.requests import Requests

        return Requests(self.services, self.devices.logins)

    @property
    def encryption(self) -> "Encryption":
        """Envelopes: looked at, decrypted."""
        from bdsigner.app.encryption import Encryption

        return Encryption(self.services, self.devices.logins)

    def warm_up(self, *skills: Skill) -> None:
        """Start the children for these (none named: for all) and their imports without waiting for them."""
        self._warm_up(skills or tuple(Skill))

    def signers(self) -> "SignerListing":
        """Look at all tokens afresh."""
        from bdsigner.usecases.list_signers import list_signers

        return list_signers(self.services.tokens)

    def prepare(
        self, source: Path, *, folder: Path | None = None, should_stop: Callable[[], bool] = lambda: False
    ) -> "PreparedFile":
        """See ``usecases.prepare_files``."""
        from bdsigner.usecases.prepare_files import prepare_file

        return prepare_file(source, self.services, folder=folder, should_stop=should_stop)

    def inspect(self, path: Path, *, length_bytes: int | None = None) -> "DocumentInfo":
        """First look at a PDF, or at the first ``length_bytes`` bytes of it.  Raises ``DocumentError``."""
        return self.services.documents.inspect(path, length_bytes=length_bytes)

    def read_layout(self, path: Path, *, signer_name: str = "") -> "DocumentLayout":
        """What the layout reader sees.  Raises ``DocumentError``."""
        return self.services.documents.read_layout(path, signer_name=signer_name)

    def examine(
        self,
        path: Path,
        *,
        signer: "SignerIdentity | None",
        declaration: "Declaration | None" = None,
        box: "Box | None" = None,
        is_visible: bool = True,
    ) -> "Examination":
        """See ``usecases.examine_document``."""
        from bdsigner.usecases.examine_document import examine_document

        return examine_document(
            path,
            self.services,
            signer=signer,
            declaration=declaration,
            box=box,
            is_visible=is_visible,
            pictures=self.pictures,
        )

    def next_number(self, symbol: str, year: int) -> str:
        """The next number of the agency's register; empty when it cannot be read."""
        return self.services.numbers.next_number(symbol, year)

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> "Raster":
        """Draw a page; see ``ports.DocumentGateway.render_page``."""
        return self.services.documents.render_page(path, page, scale=scale, length_bytes=length_bytes)

    def compare_revisions(
        self, revisions: "Revisions", *, progress: "Progress", seen: "Callable[[PageComparison], object]"
    ) -> "RevisionComparison":
        """See ``usecases.compare_revisions``."""
        from bdsigner.usecases.compare_revisions import compare_revisions

        return compare_revisions(revisions, self.services, progress=progress, seen=seen)

    def preview_signature(
        self,
        signer: "SignerIdentity",
        *,
        mode: "SigningMode",
        pictures: "SignaturePictures",
        width_pt: float,
        height_pt: float,
        scale: float,
    ) -> "Raster":
        """Draw the visible signature as it would be written now.

        Raises ``CertificateError`` when an item of Đ10.1b is missing, ``SigningError`` when it does not fit or a
        picture cannot be used.
        """
        from bdsigner.regulation.visible_signature import compose

        now = self.services.clock.now()
        appearance = compose(signer.certificate, self.profile, now, mode=mode, pictures=pictures)
        return self.services.documents.render_appearance(
            appearance, width_pt=width_pt, height_pt=height_pt, scale=scale
        )

    def read_picture(self, path: Path) -> "PictureSize":
        """Look at a hand signature or seal as signing will.  Raises ``SigningError``."""
        return self.services.documents.read_picture(path)

    def preview_filling(self, filling: "Filling", *, scale: float) -> "Raster":
        """Draw a number or date as it will be typed.  Raises ``SigningError`` when it does not fit."""
        return self.services.documents.render_filling(filling, scale=scale)

    def sign(
        self, plan: "SigningPlan", *, interaction: "Interaction", progress: "Progress"
    ) -> "tuple[SigningOutcome, ...]":
        """See ``usecases.sign_files``; the pictures of the plan are those in force here."""
        from dataclasses import replace

        from bdsigner.usecases.sign_files import sign_files

        logins = self.devices.logins
        plan = replace(plan, pictures=self.pictures)
        return sign_files(plan, self.services, logins=logins, interaction=interaction, progress=progress)

    def unfinished_batches(self) -> "tuple[UnfinishedBatch, ...]":
        """Batches whose process did not live to their end."""
        return self.services.journal.unfinished()

    def resume(
        self, batch: "UnfinishedBatch", *, interaction: "Interaction", progress: "Progress"
    ) -> "tuple[SigningOutcome, ...]":
        """See ``usecases.resume_batch``."""
        from bdsigner.usecases.resume_batch import resume_batch

        logins = self.devices.logins
        return resume_batch(batch, self.services, logins=logins, interaction=interaction, progress=progress)

    def forget(self, batch: "UnfinishedBatch") -> None:
        """See ``usecases.resume_batch.forget_batch``."""
        from bdsigner.usecases.resume_batch import forget_batch

        forget_batch(batch, self.services)

    def verify(
        self,
        paths: Sequence[Path],
        *,
        progress: "Progress",
        contents: Mapping[Path, Path] | None = None,
        kind: "KindGroup | None" = None,
        mode: "SigningMode | None" = None,
        evidence: Mapping[Path, Path] | None = None,
        tell: "Callable[[FileReport], None]" = lambda _: None,
    ) -> "tuple[VerificationOutcome, ...]":
        """See ``usecases.verify_files``."""
        from bdsigner.usecases.find_recipients import learn_signers
        from bdsigner.usecases.verify_files import verify_files

        outcomes = verify_files(
            paths,
            self.services,
            progress=progress,
            contents=contents,
            kind=kind,
            mode=mode,
            evidence=evidence,
            tell=tell,
        )
        learn_signers(outcomes, self.services)
        return outcomes

    def judge_as(
        self,
        outcome: "VerificationOutcome",
        *,
        progress: "Progress",
        contents: Mapping[Path, Path] | None = None,
        kind: "KindGroup | None",
        mode: "SigningMode | None",
    ) -> "VerificationOutcome":
        """See ``usecases.judge_as``."""
        from bdsigner.usecases.judge_as import judge_as

        return judge_as(outcome, self.services, progress=progress, contents=contents, kind=kind, mode=mode)

    def print_sheet(self, sheet: "Sheet", target: Path) -> int:
        """See ``usecases.print_sheet``."""
        from bdsigner.usecases.print_sheet import print_sheet

        return print_sheet(sheet, target, self.services)

    def extend(
        self, plans: "Sequence[ExtensionPlan]", level: "SignatureLevel", *, progress: "Progress"
    ) -> "tuple[ExtensionOutcome, ...]":
        """See ``usecases.extend_files``."""
        from bdsigner.usecases.extend_files import extend_files

        return extend_files(plans, level, self.services, progress=progress)

    def waiting(self) -> "tuple[WaitingFile, ...]":
        """Signed files that wait for a timestamp, the oldest first."""
        return self.services.waiting.waiting()

    def work_off_waiting(self, *, progress: "Progress", is_due_only: bool = False) -> "tuple[WaitingOutcome, ...]":
        """See ``usecases.timestamp_queue``."""
        from bdsigner.usecases.timestamp_queue import work_off

        return work_off(self.services, progress=progress, is_due_only=is_due_only)

    def close(self) -> None:
        """Log out and end all children."""
        self.devices.close()
        self.services.tokens.close()
        self.services.documents.close()
        self.services.memory.close()
        self.services.journal.close()
        self.services.numbers.close()
        self.services.waiting.close()
        self.services.register.close()
        self.services.requests.close()
        self.services.address_book.close()


def output_path(source: Path, *, suffix: str, folder: Path | None = None) -> Path:
    """Name of the signed file: ``cong-van.pdf`` → ``cong-van.signed.pdf``, in ``folder`` or beside the source."""
    return (folder or source.parent) / f"{source.stem}{suffix}{source.suffix or '.pdf'}"
