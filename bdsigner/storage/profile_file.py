"""The form of ``profile.toml``: types, bounds and patterns; msgspec enforces them strictly.

What needs the folder or more than one value is checked in ``bdsigner.storage.profile``.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bdsigner.model.profile import AppearanceProfile, ContentCipher, MailSecurity, Mode, PinPolicy

Text = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"^\S(.*\S)?$")]
"""Words for people: one line, no blanks at either end."""
Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=64)]
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
"""A plain file name: no folders, so that a profile cannot point outside its own folder."""
Domain = Annotated[str, Meta(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$", max_length=253)]
"""A mail domain in lower-case ASCII (RFC 1035 §2.3.1)."""
Url = Annotated[str, Meta(max_length=2000)]
TermYears = Annotated[int, Meta(ge=1, le=5)]
"""The regulation knows no certificate beyond five years (regulation.md §15)."""
TimeoutSeconds = Annotated[float, Meta(gt=0, le=600)]
Attempts = Annotated[int, Meta(ge=1, le=10)]
PauseSeconds = Annotated[float, Meta(ge=0, le=60)]
IdleSeconds = Annotated[float, Meta(ge=10, le=3600)]
"""An hour is the most that a login may stay open without use (Đ14.2)."""
ToleranceSeconds = Annotated[float, Meta(ge=0, le=86400)]


class _Table(Struct, kw_only=True, forbid_unknown_fields=True):
    """A TOML table in which every key is known."""


class AgencyTable(_Table):
    """Who runs the service."""

    department: Text
    centre: Text
    director_title: Text
    mail_domains: Annotated[tuple[Domain, ...], Meta(min_length=1)]


class CertificatesTable(_Table):
    """Rules on certificates and devices, and the services of the CA."""

    max_term_years: TermYears
    device_secrecy: Text
    ca_website: Url
    ocsp_urls: tuple[Url, ...]
    crl_urls: tuple[Url, ...]


class AppearanceTable(_Table):
    """The visible signature."""

    profile: AppearanceProfile
    emblem: FileName
    font: FileName


class KindTable(_Table):
    """One kind of document."""

    id: Id
    name: Text
    must_be_electronic: bool = False


class DocumentsTable(_Table):
    """What may be signed, and by whom."""

    copy_titles: Annotated[tuple[Text, ...], Meta(min_length=1)]
    prohibited_kinds: tuple[Text, ...]
    kinds: Annotated[tuple[KindTable, ...], Meta(min_length=1)]
    agency_regulation: str = ""
    leader_titles: tuple[Text, ...] = ()


class ChannelTable(_Table):
    """One way of sending."""

    id: Id
    name: Text
    is_mail: bool = False


class ProviderTable(_Table):
    """One provider of encryption."""

    id: Id
    name: Text
    enabled: bool
    is_auxiliary: bool
    command: tuple[Text, ...] = ()


class TimestampTable(_Table):
    """Time-stamping authorities."""

    urls: tuple[Url, ...]
    timeout_seconds: TimeoutSeconds
    attempts: Attempts
    pause_seconds: PauseSeconds
    tolerance_seconds: ToleranceSeconds


class NetworkTable(_Table):
    """What the program's own connections may reach."""

    allow_private_addresses: bool = False
    proxy: Url = ""


class EncryptionTable(_Table):
    """How files are encrypted."""

    cipher: ContentCipher = ContentCipher.AES256_GCM
    rsa: Literal["rsa-oaep", "rsa-pkcs1"] = "rsa-oaep"
    includes_sender: bool = True


class TokenTable(_Table):
    """How tokens are used, and those beyond what is found by itself; relative paths start at the profile's folder."""

    pin: PinPolicy = PinPolicy.BATCH
    idle_seconds: IdleSeconds = 300
    remind_on_exit: bool = True
    pkcs11_modules: tuple[Text, ...] = ()
    softhsm_config: str = ""


LdapName = Annotated[str, Meta(pattern=r"^([A-Za-z][A-Za-z0-9-]*)?$", max_length=64)]
"""An attribute's descriptor (RFC 4512 §1.4); empty: there is none."""


class LdapAttributesTable(_Table):
    """Which attributes say what."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=64)] = "cn"
    title: LdapName = "title"
    agency: LdapName = "o"
    unit: LdapName = "ou"
    email: LdapName = "mail"
    serial: LdapName = ""
    published: LdapName = ""


class LdapTable(_Table):
    """An LDAP directory; without an address there is none."""

    url: Url = ""
    base: Annotated[str, Meta(max_length=1000)] = ""
    user: Annotated[str, Meta(max_length=1000)] = ""
    attributes: LdapAttributesTable = field(default_factory=LdapAttributesTable)


class DirectoryTable(_Table):
    """Where certificates of others are looked up."""

    https_url: Url = ""
    bundle_signer: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{64})?$")] = ""
    stale_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    ldap: LdapTable = field(default_factory=LdapTable)


Sha256 = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{64}$")]
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", max_length=253)]
"""A name in ASCII, or an IP address without brackets."""
Mailbox = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z]$", max_length=254),
]
"""Atoms at a domain (RFC 5321 §4.1.2), nothing quoted."""


class _RequestChannel(_Table, tag_field="kind"):
    """What every way to the department has; its ``kind`` says which further keys there are, and that no others are."""

    id: Id
    name: Text


class MailChannelTable(_RequestChannel, tag="mail"):
    """Requests by mail, through the agency's server."""

    to: Mailbox
    host: Host
    port: Annotated[int, Meta(ge=1, le=65535)]
    security: MailSecurity
    user: Annotated[str, Meta(max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class HttpsChannelTable(_RequestChannel, tag="https"):
    """Requests to the department's own server."""

    url: Url
    login: bool = False


class FileChannelTable(_RequestChannel, tag="file"):
    """Requests handed over as a file."""


class RequestsTable(_Table):
    """How requests reach the department."""

    phone: Annotated[str, Meta(pattern=r"^([0-9+(][0-9 .()+-]{2,38})?$")] = ""
    confirm_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    receipt_signers: tuple[Sha256, ...] = ()
    forms_signer: Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{64})?$")] = ""
    channels: tuple[MailChannelTable | HttpsChannelTable | FileChannelTable, ...] = ()


class ProfileFile(_Table):
    """The whole of ``profile.toml``."""

    id: Id
    mode: Mode
    province: Text
    regulation: Text
    agency: AgencyTable
    certificates: CertificatesTable
    appearance: AppearanceTable
    documents: DocumentsTable
    channels: tuple[ChannelTable, ...]
    encryption_providers: tuple[ProviderTable, ...]
    timestamp: TimestampTable
    network: NetworkTable
    token: TokenTable = field(default_factory=TokenTable)
    encryption: EncryptionTable = field(default_factory=EncryptionTable)
    directory: DirectoryTable = field(default_factory=DirectoryTable)
    requests: RequestsTable = field(default_factory=RequestsTable)
