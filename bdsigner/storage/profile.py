"""Read a deployer's configuration: ``profile.toml``, the emblem, the font and the trust anchors."""

import xml.parsers.expat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol
from urllib.parse import urlsplit

import msgspec

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.profile import (
    DirectoryPolicy,
    DocumentKind,
    EncryptionPolicy,
    EncryptionProvider,
    LdapAttributes,
    LdapServer,
    Mode,
    NetworkPolicy,
    Profile,
    RequestPolicy,
    SendingChannel,
    TextFonts,
    TimestampPolicy,
    TokenPolicy,
)
from bdsigner.model.token import KeyScheme
from bdsigner.storage.anchors import (
    ANCHOR_FOLDER,
    DEPARTMENT_FOLDER,
    DIRECTORY_FOLDER,
    ISSUER_FOLDER,
    MAIL_FOLDER,
    AnchorError,
    read_ca_certificates,
)
from bdsigner.storage.profile_file import (
    DirectoryTable,
    HttpsChannelTable,
    LdapAttributesTable,
    LdapTable,
    ProfileFile,
    RequestsTable,
)
from bdsigner.storage.profile_requests import request_policy
from bdsigner.storage.resources import resource_path

PROFILE_FILE = "profile.toml"
PROFILE_FILE_BYTES = 1 << 20
"""A profile is a few kilobytes; anything past this is another file."""
EMBLEM_BYTES = 1 << 20
"""Drawn into every signature: a larger picture would bloat each signed file."""
_SVG_ROOT = "http://www.w3.org/2000/svg svg"
_TRUETYPE_MAGIC = b"\x00\x01\x00\x00"
"""sfnt version of a font with TrueType outlines (OpenType, "Font file structure")."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def load_profile(folder: Path) -> Profile:
    """Read and check the profile in ``folder``.

    Raises ``ProfileError``: ``PROFILE_NOT_FOUND`` (fact ``path``) or ``PROFILE_INVALID`` with the facts ``path``,
    ``key`` (path of the key, empty when the file as a whole is meant) and ``reason`` (short technical English).
    Whether an anchor or an address is the right one is for the deployer to know.
    """
    return _Loader(folder.absolute()).load()


@dataclass(frozen=True, slots=True)
class _Loader:
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / PROFILE_FILE

    def load(self) -> Profile:
        form = self._decode(self._read(self.file, PROFILE_FILE_BYTES))
        self._check_ids("documents.kinds", form.documents.kinds)
        self._check_ids("channels", form.channels)
        self._check_ids("encryption_providers", form.encryption_providers)
        self._check_ids("requests.channels", form.requests.channels)
        for index, provider in enumerate(form.encryption_providers):
            if provider.command and not Path(provider.command[0]).is_absolute():
                self._refuse(f"encryption_providers[{index}].command", "no absolute path")
        self._check_addresses(form)
        if form.token.softhsm_config and form.mode is not Mode.TRAINING:
            self._refuse("token.softhsm_config", "only in training mode")
        return self._profile(form)

    def _check_https_url(self, key: str, url: str) -> None:
        self._check_url(key, url)
        if urlsplit(url).scheme != "https":
            self._refuse(key, "not an https address")

    def _profile(self, form: ProfileFile) -> Profile:
        agency, certificates, documents = form.agency, form.certificates, form.documents
        return Profile(
            id=form.id,
            folder=self.folder,
            mode=form.mode,
            province=form.province,
            regulation=form.regulation,
            emblem=self._emblem(form.appearance.emblem),
            font=self._font(form.appearance.font),
            text_fonts=TextFonts(
                regular=resource_path("fonts", "LiberationSerif-Regular.ttf"),
                bold=resource_path("fonts", "LiberationSerif-Bold.ttf"),
                italic=resource_path("fonts", "LiberationSerif-Italic.ttf"),
                bold_italic=resource_path("fonts", "LiberationSerif-BoldItalic.ttf"),
            ),
            department=agency.department,
            centre=agency.centre,
            director_title=agency.director_title,
            mail_domains=agency.mail_domains,
            max_term_years=certificates.max_term_years,
            device_secrecy=certificates.device_secrecy,
            copy_titles=documents.copy_titles,
            document_kinds=tuple(
                DocumentKind(id=kind.id, name=kind.name, must_be_electronic=kind.must_be_electronic)
                for kind in documents.kinds
            ),
            prohibited_kinds=documents.prohibited_kinds,
            channels=tuple(
                SendingChannel(id=channel.id, name=channel.name, is_mail=channel.is_mail) for channel in form.channels
            ),
            encryption_providers=tuple(
                EncryptionProvider(
                    id=one.id,
                    name=one.name,
                    enabled=one.enabled,
                    is_auxiliary=one.is_auxiliary,
                    command=one.command,
                )
                for one in form.encryption_providers
            ),
            appearance_profile=form.appearance.profile,
            agency_regulation=documents.agency_regulation.strip(),
            leader_titles=documents.leader_titles,
            anchors=self._ca_certificates(ANCHOR_FOLDER),
            issuers=self._ca_certificates(ISSUER_FOLDER),
            ca_website=certificates.ca_website,
            ocsp_urls=certificates.ocsp_urls,
            crl_urls=certificates.crl_urls,
            timestamp=TimestampPolicy(
                urls=form.timestamp.urls,
                timeout_seconds=form.timestamp.timeout_seconds,
                attempts=form.timestamp.attempts,
                pause_seconds=form.timestamp.pause_seconds,
                tolerance_seconds=form.timestamp.tolerance_seconds,
            ),
            network=NetworkPolicy(
                allow_private_addresses=form.network.allow_private_addresses, proxy=form.network.proxy
            ),
            token=TokenPolicy(
                pin=form.token.pin,
                idle_seconds=form.token.idle_seconds,
                remind_on_exit=form.token.remind_on_exit,
            ),
            encryption=EncryptionPolicy(
                cipher=form.encryption.cipher,
                rsa=KeyScheme(form.encryption.rsa),
                includes_sender=form.encryption.includes_sender,
            ),
            directory=self._directory(form.directory),
            requests=self._requests(form.requests),
            pkcs11_modules=tuple(self.folder / module for module in form.token.pkcs11_modules),
            softhsm_config=self.folder / form.token.softhsm_config if form.token.softhsm_config else None,
        )

    def _directory(self, table: DirectoryTable) -> DirectoryPolicy:
        if table.https_url:
            self._check_https_url("directory.https_url", table.https_url)
        return DirectoryPolicy(
            ldap=self._ldap(table.ldap) if table.ldap.url else None,
            https_url=table.https_url,
            roots=self._ca_certificates(DIRECTORY_FOLDER),
            bundle_signer=table.bundle_signer.lower(),
            stale_days=table.stale_days,
        )

    def _requests(self, table: RequestsTable) -> RequestPolicy:
        for index, channel in enumerate(table.channels):
            if isinstance(channel, HttpsChannelTable):
                key = f"requests.channels[{index}].url"
                self._check_https_url(key, channel.url)
                if urlsplit(channel.url).query or not channel.url.isascii():
                    self._refuse(key, "only host, port and path in ASCII belong here")
        roots = self._ca_certificates(DEPARTMENT_FOLDER) or self._ca_certificates(ANCHOR_FOLDER)
        return request_policy(table, roots=roots, mail_roots=self._ca_certificates(MAIL_FOLDER))

    def _ldap(self, table: LdapTable) -> LdapServer:
        key = "directory.ldap.url"
        self._check_url(key, table.url, schemes=("ldap", "ldaps"))
        parts = urlsplit(table.url)
        if parts.path.strip("/") or parts.query:
            self._refuse(key, "only host and port belong here")
        if not table.base:
            self._refuse("directory.ldap.base", "is missing")
        names = {name: getattr(table.attributes, name) for name in LdapAttributesTable.__struct_fields__}
        return LdapServer(url=table.url, base=table.base, user=table.user, attributes=LdapAttributes(**names))

    def _read(self, file: Path, limit_bytes: int, *, key: str = "") -> bytes:
        try:
            with file.open("rb") as stream:
                content = stream.read(limit_bytes + 1)
        except FileNotFoundError as error:
            if key:
                self._refuse(key, f"no such file: {file.name}", cause=error)
            raise ProfileError(ErrorCode.PROFILE_NOT_FOUND, path=str(file)) from error
        except OSError as error:
            self._refuse(key, error.strerror or type(error).__name__, cause=error)
        if len(content) > limit_bytes:
            self._refuse(key, f"{file.name} is larger than {limit_bytes} bytes")
        return content

    def _decode(self, content: bytes) -> ProfileFile:
        try:
            return msgspec.toml.decode(content, type=ProfileFile)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at `$")
            self._refuse(path.rstrip("`").lstrip("."), reason, cause=error)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._refuse("", str(error), cause=error)

    def _check_ids(self, key: str, entries: Sequence[_Named]) -> None:
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            if entry.id in seen:
                self._refuse(f"{key}[{index}].id", f"used twice: {entry.id}")
            seen.add(entry.id)

    def _check_addresses(self, form: ProfileFile) -> None:
        self._check_urls("timestamp.urls", form.timestamp.urls)
        self._check_urls("certificates.ocsp_urls", form.certificates.ocsp_urls)
        self._check_urls("certificates.crl_urls", form.certificates.crl_urls)
        self._check_url("certificates.ca_website", form.certificates.ca_website)
        if form.network.proxy:
            self._check_url("network.proxy", form.network.proxy)
            if urlsplit(form.network.proxy).scheme != "http":
                self._refuse("network.proxy", "not an http address")

    def _check_urls(self, key: str, urls: Iterable[str]) -> None:
        for index, url in enumerate(urls):
            self._check_url(f"{key}[{index}]", url)

    def _check_url(self, key: str, url: str, *, schemes: Sequence[str] = ("http", "https")) -> None:
        try:
            parts = urlsplit(url)
            is_complete = bool(parts.hostname) and parts.port != 0
        except ValueError as error:
            self._refuse(key, str(error), cause=error)
        if parts.scheme not in schemes:
            self._refuse(key, f"neither {' nor '.join(schemes)}")
        if not is_complete or any(ord(character) <= 0x20 for character in url):
            self._refuse(key, "not a complete address")
        if parts.username is not None or parts.fragment:
            self._refuse(key, "user names and fragments do not belong here")

    def _emblem(self, name: str) -> Path:
        key, file = "appearance.emblem", self.folder / name
        content = self._read(file, EMBLEM_BYTES, key=key)
        try:
            root = _xml_root(content)
        except (xml.parsers.expat.ExpatError, ValueError) as error:
            self._refuse(key, f"not well-formed XML: {error}", cause=error)
        if root != _SVG_ROOT:
            self._refuse(key, "not an SVG drawing")
        return file

    def _font(self, name: str) -> Path:
        """The font beside the profile, else the shipped one of that name."""
        own, shipped = self.folder / name, resource_path("fonts", name)
        file = own if own.is_file() else shipped
        try:
            with file.open("rb") as stream:
                magic = stream.read(len(_TRUETYPE_MAGIC))
        except OSError as error:
            self._refuse("appearance.font", f"no such font: {name}", cause=error)
        if magic != _TRUETYPE_MAGIC:
            self._refuse("appearance.font", "not a TrueType font")
        return file

    def _ca_certificates(self, name: str) -> tuple[bytes, ...]:
        try:
            return read_ca_certificates(self.folder / name)
        except AnchorError as error:
            raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(error.file), key="", reason=error.reason) from error

    def _refuse(self, key: str, reason: str, *, cause: Exception | None = None) -> NoReturn:
        raise ProfileError(ErrorCode.PROFILE_INVALID, path=str(self.file), key=key, reason=reason) from cause


def _xml_root(content: bytes) -> str:
    """Name of the root element, with its namespace.

    Raises ``ExpatError`` when not well-formed and ``ValueError`` for entities of its own ("billion laughs").
    """
    names: list[str] = []
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")

    def refuse_entity(*_: object) -> None:
        raise ValueError("declares entities")

    def remember_first(name: str, _attributes: object) -> None:
        if not names:
            names.append(name)

    parser.EntityDeclHandler = refuse_entity
    parser.StartElementHandler = remember_first
    parser.Parse(content, True)
    return names[0]
