"""Composition root: the only place that builds the concrete parts; the window and the command line work with this."""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bdsigner.documents.children import DocumentChildren, Skill

if TYPE_CHECKING:
    from bdsigner.model.document import DocumentInfo, Raster
    from bdsigner.model.profile import Profile
    from bdsigner.model.signature import SigningOutcome, SigningPlan
    from bdsigner.model.token import SignerIdentity, SignerListing
    from bdsigner.model.verification import VerificationOutcome
    from bdsigner.ports import Interaction, Progress, Services
    from bdsigner.storage.settings import Settings

__all__ = ["Application", "DocumentChildren", "Skill", "SystemClock", "output_path", "start_children"]


def start_children(skill: Skill) -> DocumentChildren:
    """Start the child that does this before anything else is imported; give it to ``Application.from_settings``.

    Its imports are the longest way of a cold command: they run beside the command's own.
    """
    children = DocumentChildren({skill, Skill.DRAWING})
    children[skill.lane].start()
    return children


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The current time."""
        return datetime.now(UTC)


class Application:
    """What a face can ask for.  Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services", *, warm_up: Callable[[Sequence[Skill]], None] = lambda _: None) -> None:
        self.services = services
        self._warm_up = warm_up

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
        return cls.from_profile(
            load_profile(folder), modules=[*modules, *settings.extra_module_paths], children=children
        )

    @classmethod
    def from_profile(
        cls, profile: "Profile", *, modules: Sequence[Path] = (), children: DocumentChildren | None = None
    ) -> "Application":
        """Build all parts for a loaded profile; starts no process yet."""
        from bdsigner.documents.gateway import ChildDocumentGateway
        from bdsigner.net.fetch import HttpFetcher
        from bdsigner.net.timestamp import HttpTimestamper
        from bdsigner.ports import Services
        from bdsigner.storage.outputs import FileOutputs
        from bdsigner.token.gateway import ChildTokenGateway

        if profile.softhsm_config is not None:
            # SoftHSM reads its configuration from the environment of the process that loads it: the token child.
            os.environ["SOFTHSM2_CONF"] = str(profile.softhsm_config.resolve())
        tokens = ChildTokenGateway(_module_paths(profile, modules))
        documents = ChildDocumentGateway(
            profile, HttpFetcher(profile.network), children=children or DocumentChildren(tuple(Skill))
        )

        def warm_up(skills: Sequence[Skill]) -> None:
            documents.warm_up(*skills)
            if Skill.SIGNING in skills:
                tokens.warm_up()
                threading.Thread(target=_import_for_signing, name="warm-application", daemon=True).start()

        services = Services(
            profile=profile,
            tokens=tokens,
            documents=documents,
            timestamper=HttpTimestamper(profile.timestamp, profile.network),
            outputs=FileOutputs(),
            clock=SystemClock(),
        )
        return cls(services, warm_up=warm_up)

    @property
    def profile(self) -> "Profile":
        """The profile in force."""
        return self.services.profile

    def warm_up(self, *skills: Skill) -> None:
        """Start the children for these (none named: for all) and their imports without waiting for them."""
        self._warm_up(skills or tuple(Skill))

    def signers(self) -> "SignerListing":
        """Look at all tokens afresh."""
        from bdsigner.usecases.list_signers import list_signers

        return list_signers(self.services.tokens)

    def inspect(self, path: Path) -> "DocumentInfo":
        """First look at a PDF.  Raises ``DocumentError``."""
        return self.services.documents.inspect(path)

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> "Raster":
        """Draw a page; see ``ports.DocumentGateway.render_page``."""
        return self.services.documents.render_page(path, page, scale=scale, length_bytes=length_bytes)

    def preview_signature(
        self, signer: "SignerIdentity", *, width_pt: float, height_pt: float, scale: float
    ) -> "Raster":
        """Draw the visible signature as it would be written now.

        Raises ``CertificateError`` when an item of Đ10.1b is missing, ``SigningError`` when it does not fit.
        """
        from bdsigner.regulation.visible_signature import compose

        appearance = compose(signer.certificate, self.profile, self.services.clock.now())
        return self.services.documents.render_appearance(
            appearance, width_pt=width_pt, height_pt=height_pt, scale=scale
        )

    def sign(
        self, plan: "SigningPlan", *, interaction: "Interaction", progress: "Progress"
    ) -> "tuple[SigningOutcome, ...]":
        """See ``usecases.sign_files``."""
        from bdsigner.usecases.sign_files import sign_files

        return sign_files(plan, self.services, interaction=interaction, progress=progress)

    def verify(self, paths: Sequence[Path], *, progress: "Progress") -> "tuple[VerificationOutcome, ...]":
        """See ``usecases.verify_files``."""
        from bdsigner.usecases.verify_files import verify_files

        return verify_files(paths, documents=self.services.documents, progress=progress)

    def close(self) -> None:
        """End all children."""
        self.services.tokens.close()
        self.services.documents.close()


def output_path(source: Path, *, suffix: str, folder: Path | None = None) -> Path:
    """Name of the signed file: ``cong-van.pdf`` → ``cong-van.signed.pdf``, in ``folder`` or beside the source."""
    return (folder or source.parent) / f"{source.stem}{suffix}{source.suffix or '.pdf'}"


def _import_for_signing() -> None:
    """What signing imports in this process, while it waits for tokens and children."""
    import bdsigner.net.exchange
    import bdsigner.usecases.sign_files  # noqa: F401  # imported for the sake of importing


def _module_paths(profile: "Profile", modules: Sequence[Path]) -> tuple[Path, ...]:
    from bdsigner.storage.resources import resource_path
    from bdsigner.token.discovery import find_modules

    if profile.is_training:
        return profile.pkcs11_modules
    chosen = [*modules, *profile.pkcs11_modules]
    return find_modules(chosen, catalogue=resource_path("pkcs11_modules.toml"))
