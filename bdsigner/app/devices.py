"""What a face can do with tokens apart from signing: watch, look, PINs, history, requests, self-check."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.certificate import Certificate, CertificateAssessment
    from bdsigner.model.certificate_content import Row
    from bdsigner.model.device import DeviceEvent, KnownDevice, RequestCase, RequestDraft
    from bdsigner.model.self_check import SelfCheck
    from bdsigner.model.token import SignerListing, Token
    from bdsigner.ports import Interaction, Probes, Progress, Services, Watcher
    from bdsigner.usecases.device_overview import DueReminder
    from bdsigner.usecases.token_logins import OpenLogin


class Devices:
    """Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services", probes: "Probes | None") -> None:
        from bdsigner.usecases.token_logins import TokenLogins

        self._services = services
        self._probes = probes
        self.logins = TokenLogins(
            tokens=services.tokens, memory=services.memory, policy=services.profile.token, clock=services.clock
        )
        self._watchers: list[Watcher] = []

    # Watching

    def watch(self, on_news: "Callable[[SignerListing], None]") -> "Watcher":
        """Tell of tokens that come and go, from another thread, until the result is closed."""
        from bdsigner.token.watcher import TokenWatcher
        from bdsigner.usecases.device_events import observe
        from bdsigner.usecases.list_signers import list_signers

        seen: list[tuple[Token, ...]] = [()]

        def look(patience_seconds: float) -> "SignerListing":
            listing = list_signers(self._services.tokens, patience_seconds=patience_seconds)
            observe(seen[0], listing.tokens, self._services)
            seen[0] = listing.tokens
            return listing

        watcher = TokenWatcher(
            self._services.tokens,
            look=look,
            on_news=on_news,
            on_reader_event=self.logins.release,
            on_tick=self.logins.check,
        )
        self._watchers.append(watcher)
        return watcher

    def look(self) -> "SignerListing":
        """Look at all tokens afresh, and remember who was seen."""
        from bdsigner.usecases.list_signers import list_signers

        listing = list_signers(self._services.tokens)
        self._services.memory.remember([token for token in listing.tokens if token.serial])
        return listing

    def try_again(self, module_path: str) -> None:
        """Take a quarantined module up again."""
        self._services.tokens.try_again(module_path)

    # Certificates

    def rows(self, certificate: "Certificate") -> "tuple[Row, ...]":
        """The nine contents of Đ3.4.  Raises ``CertificateError``."""
        from bdsigner.usecases.device_overview import certificate_rows

        return certificate_rows(certificate)

    def certificates(self, ders: "tuple[bytes, ...]") -> "tuple[Certificate, ...]":
        """Those that can be read."""
        from bdsigner.usecases.device_overview import read_certificates

        return read_certificates(ders)

    def check_online(
        self, certificate: "Certificate", others: tuple[bytes, ...]
    ) -> "tuple[CertificateAssessment, tuple[str, ...]]":
        """How it stands now, and the names of its path; asks the CA's services."""
        from bdsigner.usecases.device_overview import check_online, path_names

        assessment = check_online(certificate, others, self._services)
        return assessment, path_names(certificate, assessment)

    def reminders_due(self, tokens: "tuple[Token, ...]") -> "tuple[DueReminder, ...]":
        """Reminders to show now; they count as shown."""
        from bdsigner.usecases.device_overview import reminders_due

        return reminders_due(tokens, self._services)

    def export_certificate(self, der: bytes, target: Path) -> None:
        """Write a certificate, PEM for ``.pem`` and ``.crt``, else DER; replaces no file.  Raises ``StorageError``."""
        content = der
        if target.suffix.lower() in (".pem", ".crt"):
            from ssl import DER_cert_to_PEM_cert

            content = DER_cert_to_PEM_cert(der).encode("ascii")
        self._services.outputs.write_new(target, content)

    # PINs and logins

    def change_pin(self, serial: str, *, interaction: "Interaction") -> None:
        """See ``usecases.change_pin``."""
        from bdsigner.usecases.change_pin import change_pin

        change_pin(serial, self._services, logins=self.logins, interaction=interaction)

    def unblock_pin(self, serial: str, *, interaction: "Interaction") -> None:
        """See ``usecases.change_pin``."""
        from bdsigner.usecases.change_pin import unblock_pin

        unblock_pin(serial, self._services, logins=self.logins, interaction=interaction)

    def misses(self, serial: str) -> int | None:
        """Wrong PINs counted on this machine; ``None`` when that cannot be read."""
        return self._services.memory.misses(serial)

    @property
    def open_login(self) -> "OpenLogin | None":
        """The login that the policy left open."""
        return self.logins.open_login

    @property
    def factory_pins(self) -> frozenset[str]:
        """Serials of tokens that took a PIN they were delivered with; training tokens are meant to."""
        return frozenset() if self._services.profile.is_training else self.logins.factory_pins

    def release_logins(self) -> None:
        """Log out of a login that is left open."""
        self.logins.release()

    # What is remembered

    def known(self) -> "tuple[KnownDevice, ...]":
        """All tokens ever seen on this machine, the latest first."""
        return self._services.memory.devices()

    def events(self, serial: str = "", *, limit: int = 20) -> "tuple[DeviceEvent, ...]":
        """The history, the latest first."""
        return self._services.memory.events(serial, limit=limit)

    def draft_request(self, case: "RequestCase", serial: str) -> "RequestDraft":
        """Put together what a request will need, and keep it.  Raises ``TokenError`` TOKEN_NOT_FOUND."""
        from bdsigner.usecases.request_drafts import draft_request

        return draft_request(case, serial, self._services)

    def drafts(self) -> "tuple[RequestDraft, ...]":
        """Requests that were begun, the latest first."""
        return self._services.memory.drafts()

    # Self-check

    def self_check(self, *, progress: "Progress") -> "SelfCheck":
        """Look at all that signing needs.  Raises ``UserCancelled``."""
        from bdsigner.usecases.self_check import self_check

        if self._probes is None:
            raise ValueError("built without probes")
        return self_check(self._services, self._probes, progress=progress)

    def save_support_file(self, target: Path, found: "SelfCheck") -> None:
        """Write what support asks for, with persons masked; replaces no file.  Raises ``StorageError``."""
        from bdsigner.app.surroundings import surroundings
        from bdsigner.usecases.list_signers import list_signers
        from bdsigner.usecases.support_file import support_text

        listing = list_signers(self._services.tokens, patience_seconds=5)
        text = support_text(found, listing, surroundings(), at=self._services.clock.now())
        newline = "\r\n" if sys.platform == "win32" else "\n"
        self._services.outputs.write_new(target, text.replace("\n", newline).encode())

    def close(self) -> None:
        """Stop watching and log out."""
        for watcher in self._watchers:
            watcher.close()
        self.logins.release()
