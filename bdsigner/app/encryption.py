"""What a face can do with envelopes: encrypt, look, decrypt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.device import KnownDevice
    from bdsigner.model.directory import CheckedRecipient
    from bdsigner.model.encryption import DecryptionOutcome, EncryptionOutcome, EncryptionPlan, Envelope
    from bdsigner.model.profile import EncryptionProvider
    from bdsigner.model.token import SignerIdentity
    from bdsigner.ports import Interaction, Progress, Services, TellBytes
    from bdsigner.usecases.token_logins import TokenLogins


class Encryption:
    """Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services", logins: "TokenLogins") -> None:
        self._services = services
        self._logins = logins

    @property
    def providers(self) -> "tuple[EncryptionProvider, ...]":
        """Who can encrypt here (Đ13.1); none where the profile switched all off."""
        from bdsigner.usecases.encrypt_files import encryption_providers

        return encryption_providers(self._services.profile)

    def encrypt(
        self,
        plan: "EncryptionPlan",
        *,
        checked: "Sequence[CheckedRecipient]",
        interaction: "Interaction",
        progress: "Progress",
        tell: "TellBytes",
    ) -> "tuple[EncryptionOutcome, ...]":
        """See ``usecases.encrypt_files``."""
        from bdsigner.usecases.encrypt_files import encrypt_files

        return encrypt_files(plan, checked, self._services, interaction=interaction, progress=progress, tell=tell)

    def look(self, path: Path) -> "tuple[Envelope, tuple[SignerIdentity, ...]]":
        """See ``usecases.decrypt_files.look_at_envelope``."""
        from bdsigner.usecases.decrypt_files import look_at_envelope

        return look_at_envelope(path, self._services)

    def missing(self, envelope: "Envelope") -> "tuple[KnownDevice, ...]":
        """Devices that were seen on this machine and could open an envelope if they were plugged in."""
        from bdsigner.usecases.decrypt_files import known_holders

        return known_holders(envelope, self._services)

    def decrypt(
        self,
        paths: Sequence[Path],
        holder: "SignerIdentity",
        *,
        folder: Path | None = None,
        interaction: "Interaction",
        progress: "Progress",
        tell: "TellBytes",
    ) -> "tuple[DecryptionOutcome, ...]":
        """See ``usecases.decrypt_files``."""
        from bdsigner.usecases.decrypt_files import decrypt_files

        return decrypt_files(
            paths,
            holder,
            self._services,
            logins=self._logins,
            folder=folder,
            interaction=interaction,
            progress=progress,
            tell=tell,
        )
