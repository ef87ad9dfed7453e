"""The values of regulation.md §15 for one province or agency."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bdsigner.model.token import KeyScheme


class Mode(StrEnum):
    """Production refuses software tokens (Đ3.7); training marks everything ``BẢN THỬ``."""

    PRODUCTION = "production"
    TRAINING = "training"


class AppearanceProfile(StrEnum):
    """How visible signatures look (regulation.md §8, §15)."""

    QD_69_2014 = "QĐ 69/2014"
    """The six items of Đ10.1b."""
    ND_30_2020 = "NĐ 30/2020"
    """Hand signature and seal, copies with text only; contradicts Đ10.1b and is never what is shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampPolicy:
    """Where and how patiently timestamps are asked for; addresses are tried in order."""

    urls: tuple[str, ...]
    timeout_seconds: float
    attempts: int
    pause_seconds: float
    """Pause after the first failed round; doubles each round."""
    tolerance_seconds: float
    """How far the printed signing time may lie from the timestamp (§8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicy:
    """What fetches of addresses named in certificates may reach."""

    allow_private_addresses: bool = False
    """True only for training and intranet CAs: loopback and private addresses are then allowed."""
    proxy: str = ""


class PinPolicy(StrEnum):
    """How far one PIN reaches (Đ14.2); the PIN itself is never kept."""

    SIGNATURE = "signature"
    """Asked for each file."""
    BATCH = "batch"
    """Asked once for all files the person confirmed together."""
    IDLE = "idle"
    """The login stays open for later confirmations until it was not used for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """How tokens are used here."""

    pin: PinPolicy = PinPolicy.BATCH
    idle_seconds: float = 300.0
    """With ``PinPolicy.IDLE``: how long an unused login stays open."""
    remind_on_exit: bool = True
    """Whether closing the program reminds of a token that is still plugged in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapAttributes:
    """Which attributes of an LDAP entry say what; an empty one is not there (RFC 4519, RFC 2798)."""

    name: str = "cn"
    title: str = "title"
    agency: str = "o"
    unit: str = "ou"
    email: str = "mail"
    serial: str = ""
    """Serial number of the certificate, hex."""
    published: str = ""
    """When the certificate was published (Đ6.3a), GeneralizedTime: ``createTimestamp``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapServer:
    """The department's LDAP directory."""

    url: str
    """``ldaps://host[:port]``, or ``ldap://host[:port]`` with StartTLS, which is not optional."""
    base: str
    """Below which entry is searched."""
    user: str = ""
    """Name for a simple bind; its password is in the system's keyring.  Empty: anonymous."""
    attributes: LdapAttributes = LdapAttributes()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPolicy:
    """Where certificates of others are looked up (Đ9)."""

    ldap: LdapServer | None = None
    https_url: str = ""
    """The department's directory as docs/directory.md describes it; empty: none."""
    roots: tuple[bytes, ...] = ()
    """DER of the CAs that these servers' certificates must lead to; empty: the system's."""
    bundle_signer: str = ""
    """SHA-256 (hex) of the certificate that signs directory files; empty: none is imported."""
    stale_days: int = 30
    """After how many days what is known here is told to be old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """A kind of document with its rules (Đ10.1a)."""

    id: str
    name: str
    must_be_electronic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionProvider:
    """A provider of Đ13.1."""

    id: str
    name: str
    enabled: bool
    is_auxiliary: bool
    command: tuple[str, ...] = ()
    """Of another program: an absolute path and its arguments; empty for what is no program on this machine."""


class ContentCipher(StrEnum):
    """How content is encrypted."""

    AES256_GCM = "aes-256-gcm"
    """In AuthEnvelopedData (RFC 5083, RFC 5084): nothing can be changed unnoticed."""
    AES256_CBC = "aes-256-cbc"
    """In EnvelopedData (RFC 5652 §6, RFC 3565): what older programs read; changes may go unnoticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionPolicy:
    """What the profile says about encrypting (Đ13.1)."""

    cipher: ContentCipher = ContentCipher.AES256_GCM
    rsa: KeyScheme = KeyScheme.RSA_OAEP
    """For recipients with an RSA key: RSA_OAEP or RSA_PKCS1."""
    includes_sender: bool = True
    """Whether what is sent can be read by the sender too unless the person says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingChannel:
    """A channel of Đ10.3c."""

    id: str
    name: str
    is_mail: bool = False
    """Sent from a mailbox, which must then be an official one of ``Profile.mail_domains``."""


class ChannelKind(StrEnum):
    """How a request travels."""

    MAIL = "mail"
    HTTPS = "https"
    FILE = "file"
    """Saved as a file and handed over."""


class MailSecurity(StrEnum):
    """How a mail server's connection is secured; there is none that is not."""

    TLS = "tls"
    """From the first byte (RFC 8314 §3.3)."""
    STARTTLS = "starttls"
    """Before anything else is said (RFC 3207); never optional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The agency's server for outgoing mail (RFC 6409)."""

    host: str
    port: int
    security: MailSecurity
    user: str = ""
    """Its password is in the system's keyring.  Empty: the sender's mailbox is the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestChannel:
    """A way to the department; tried in the order of the profile."""

    id: str
    name: str
    kind: ChannelKind
    to: str = ""
    """Mailbox of the department; of a MAIL."""
    server: MailServer | None = None
    """Set for a MAIL."""
    url: str = ""
    """Of an HTTPS: docs/department-api.md."""
    has_login: bool = False
    """Of an HTTPS: whether the department asks for a signed challenge (Đ13.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """How requests reach the department (Điều 6–8, 13)."""

    channels: tuple[RequestChannel, ...] = ()
    roots: tuple[bytes, ...] = ()
    """DER of the CAs of the department's HTTPS server (Đ13.2); never the system's."""
    mail_roots: tuple[bytes, ...] = ()
    """DER of the CAs of the agency's mail server; empty: the system's."""
    receipt_signers: tuple[str, ...] = ()
    """SHA-256 (hex) of the certificates that sign receipts."""
    forms_signer: str = ""
    """SHA-256 (hex) of the certificate that signs the profile's forms; empty: only the shipped forms are used."""
    phone: str = ""
    """To call when a revocation is not confirmed in time; empty: none on file."""
    confirm_hours: int = 24
    """How long a revocation may stay unconfirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFonts:
    """Faces with the metrics of Times New Roman, for what is typed into a document; TrueType files."""

    regular: Path
    bold: Path
    italic: Path
    bold_italic: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One deployer's configuration; every field is read from ``profile.toml`` and its folder."""

    id: str
    folder: Path
    mode: Mode
    province: str
    regulation: str
    """Name of the regulation, for reports: ``Quyết định 69/2014/QĐ-UBND``."""
    emblem: Path
    """SVG file."""
    font: Path
    """TrueType font with full Vietnamese coverage, embedded in visible signatures."""
    text_fonts: TextFonts
    department: str
    centre: str
    director_title: str
    mail_domains: tuple[str, ...]
    max_term_years: int
    device_secrecy: str
    copy_titles: tuple[str, ...]
    """Titles that may sign digitised copies (Đ10.2c)."""
    document_kinds: tuple[DocumentKind, ...]
    prohibited_kinds: tuple[str, ...]
    channels: tuple[SendingChannel, ...]
    encryption_providers: tuple[EncryptionProvider, ...]
    appearance_profile: AppearanceProfile
    agency_regulation: str = ""
    """Number and date of the agency's own regulation (Đ17.2), on which TUQ. rests (Đ3.9b); empty: none on file."""
    leader_titles: tuple[str, ...] = ()
    """Titles of lãnh đạo cơ quan (Đ3.9a) that the program does not know by itself."""
    anchors: tuple[bytes, ...]
    """DER of the trust anchors from the ``anchors`` folder; may be empty."""
    issuers: tuple[bytes, ...]
    """DER of intermediate CA certificates from the ``issuers`` folder: known, never trusted by themselves."""
    ca_website: str
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]
    timestamp: TimestampPolicy
    network: NetworkPolicy
    token: TokenPolicy = TokenPolicy()
    encryption: EncryptionPolicy = EncryptionPolicy()
    directory: DirectoryPolicy = DirectoryPolicy()
    requests: RequestPolicy = RequestPolicy()
    pkcs11_modules: tuple[Path, ...] = ()
    """PKCS#11 modules to look into besides those discovered; in training mode the only ones."""
    softhsm_config: Path | None = None
    """``SOFTHSM2_CONF`` of the training token; ``None`` in production."""

    @property
    def is_training(self) -> bool:
        """Whether everything made must carry ``BẢN THỬ``."""
        return self.mode is Mode.TRAINING
