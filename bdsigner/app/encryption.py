"""What a face can do with envelopes: look, decrypt."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.device import KnownDevice
    from bdsigner.model.encryption import DecryptionOutcome, Envelope
    from bdsigner.model.token import SignerIdentity
    from bdsigner.ports import Interaction, Progress, Services, TellBytes
    from bdsigner.usecases.token_logins import TokenLogins


class Encryption:
    """Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services", logins: "TokenLogins") -> None:
        self._services = services
        self._logins = logins

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
