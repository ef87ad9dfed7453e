"""The concrete parts a use case works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import ConversionError, ErrorCode
from bdsigner.ports.directory import NoAddressBook, NoBundles
from bdsigner.ports.encryption import NoEnvelopes
from bdsigner.ports.forms import NoFormTemplates
from bdsigner.ports.requests import NoRequestStore, NoTypedValues
from bdsigner.ports.storage import (
    NoBatchJournal,
    NoDocumentRegister,
    NoNumberRegister,
    NoPublicationList,
    NoTimestampQueue,
)

if TYPE_CHECKING:
    from bdsigner.model.browser import BrowserStore
    from bdsigner.model.conversion import SourceKind
    from bdsigner.model.profile import ChannelKind, Profile
    from bdsigner.model.self_check import CardService, DriverSurvey, FolderState
    from bdsigner.ports.directory import AddressBook, BundleReader, RemoteDirectory
    from bdsigner.ports.documents import DocumentGateway
    from bdsigner.ports.encryption import EncryptionTool, Envelopes
    from bdsigner.ports.forms import FormTemplates
    from bdsigner.ports.network import Timestamper
    from bdsigner.ports.requests import Delivery, RequestStore, TypedValues
    from bdsigner.ports.storage import (
        BatchJournal,
        DeviceMemory,
        DocumentRegister,
        NumberRegister,
        Outputs,
        PublicationList,
        TimestampQueue,
    )
    from bdsigner.ports.tokens import TokenGateway


class Clock(Protocol):
    """The current time."""

    def now(self) -> datetime:
        """An aware datetime."""


class Converter(Protocol):
    """Makes PDF of Office documents; may be called from any thread."""

    @property
    def name(self) -> str:
        """What converts, for the record."""

    def kind_of(self, source: Path) -> SourceKind:
        """What a file is, by name and content, which must agree.  Raises ``ConversionError``."""

    def to_pdf(self, source: Path, partial: Path, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Write the document as PDF into ``partial``, an empty file of ours.

        Raises ``ConversionError``, ``UserCancelled``; nothing of it goes on running.
        """


class NoConverter:
    """A ``Converter`` for where only PDF is signed."""

    name = ""

    def kind_of(self, source: Path) -> SourceKind:
        """Take everything for a PDF: whoever opens it says what is wrong."""
        from bdsigner.model.conversion import SourceKind  # here: named for type checkers only, else

        return SourceKind.PDF

    def to_pdf(self, source: Path, partial: Path, *, should_stop: Callable[[], bool] = lambda: False) -> None:
        """There is nothing that could."""
        raise ConversionError(ErrorCode.CONVERSION_NO_OFFICE, path=str(source))


class Browsers(Protocol):
    """Browsers' lists of security devices; may be called from any thread."""

    @property
    def is_supported(self) -> bool:
        """Whether registering is done by this program; elsewhere a person is told how."""

    def stores(self, module: Path, product: str) -> tuple[BrowserStore, ...]:
        """All lists with what they know of a driver."""

    def register(self, store: BrowserStore, module: Path, product: str) -> None:
        """Make a driver known to one browser; already known is fine.  Raises ``BrowserError``."""

    def unregister(self, store: BrowserStore, product: str) -> None:
        """Take our own entry out; another's is left alone.  Raises ``BrowserError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What the self-check measures outside the core.  Each may raise ``BdsignerError``; none waits for long."""

    drivers: Callable[[], DriverSurvey]
    """PKCS#11 modules on this machine."""
    card_service: Callable[[], CardService]
    """The PC/SC service."""
    ask_timestamp: Callable[[str, bytes], bytes]
    """One time-stamping authority's address and a DER ``TimeStampReq`` → its answer, not yet checked."""
    reach: Callable[[str], None]
    """Returns once the server at an untrusted address has answered anything at all."""
    reach_proxy: Callable[[str], None]
    """Returns once a connection to the proxy stands."""
    folders: Callable[[], tuple[FolderState, ...]]
    """Folders the program writes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The concrete parts a use case works with; built in ``bdsigner.app`` and in tests."""

    profile: Profile
    tokens: TokenGateway
    documents: DocumentGateway
    timestamper: Timestamper
    outputs: Outputs
    clock: Clock
    memory: DeviceMemory
    publications: PublicationList = field(default_factory=NoPublicationList)
    converter: Converter = field(default_factory=NoConverter)
    journal: BatchJournal = field(default_factory=NoBatchJournal)
    numbers: NumberRegister = field(default_factory=NoNumberRegister)
    waiting: TimestampQueue = field(default_factory=NoTimestampQueue)
    encryption_tools: Mapping[str, EncryptionTool] = field(default_factory=dict)
    """Other programs that encrypt, by the id of their provider."""
    envelopes: Envelopes = field(default_factory=NoEnvelopes)
    register: DocumentRegister = field(default_factory=NoDocumentRegister)
    address_book: AddressBook = field(default_factory=NoAddressBook)
    directories: tuple[RemoteDirectory, ...] = ()
    """The department's, as the profile names them."""
    bundles: BundleReader = field(default_factory=NoBundles)
    forms: FormTemplates = field(default_factory=NoFormTemplates)
    requests: RequestStore = field(default_factory=NoRequestStore)
    deliveries: Mapping[ChannelKind, Delivery] = field(default_factory=dict)
    """By the kind of channel; a FILE needs none."""
    typed_values: TypedValues = field(default_factory=NoTypedValues)
