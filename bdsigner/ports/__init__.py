"""What the core needs from outside; the adapters and the two faces implement these.

Values of the model are named for type checkers only: a child that needs one of them loads that one only.
"""

from bdsigner.ports.directory import AddressBook, BundleReader, NoAddressBook, NoBundles, RemoteDirectory
from bdsigner.ports.documents import DocumentGateway, RequestTimestamp, SignDigest, TellIntegrity, not_told
from bdsigner.ports.encryption import EncryptionTool, Envelopes, TellBytes, UnwrapKey
from bdsigner.ports.forms import FormTemplates, NoFormTemplates
from bdsigner.ports.network import Fetcher, FetchKind, FetchRequest, Timestamper
from bdsigner.ports.people import (
    Interaction,
    NewPin,
    NewPinRequest,
    Phase,
    PinPurpose,
    PinRequest,
    Progress,
    Question,
    QuestionCode,
    SigningReview,
)
from bdsigner.ports.services import Browsers, Clock, Converter, NoConverter, Probes, Services
from bdsigner.ports.storage import (
    BatchJournal,
    DeviceMemory,
    DocumentRegister,
    NewFile,
    NoBatchJournal,
    NoDocumentRegister,
    NoNumberRegister,
    NoPublicationList,
    NoTimestampQueue,
    NumberRegister,
    Outputs,
    PublicationList,
    TimestampQueue,
)
from bdsigner.ports.tokens import TokenGateway, TokenSession, Watcher

__all__ = [
    "AddressBook",
    "BatchJournal",
    "Browsers",
    "BundleReader",
    "Clock",
    "Converter",
    "DeviceMemory",
    "DocumentGateway",
    "DocumentRegister",
    "EncryptionTool",
    "Envelopes",
    "FetchKind",
    "FetchRequest",
    "Fetcher",
    "FormTemplates",
    "Interaction",
    "NewFile",
    "NewPin",
    "NewPinRequest",
    "NoAddressBook",
    "NoBatchJournal",
    "NoBundles",
    "NoConverter",
    "NoDocumentRegister",
    "NoFormTemplates",
    "NoNumberRegister",
    "NoPublicationList",
    "NoTimestampQueue",
    "NumberRegister",
    "Outputs",
    "Phase",
    "PinPurpose",
    "PinRequest",
    "Probes",
    "Progress",
    "PublicationList",
    "Question",
    "QuestionCode",
    "RemoteDirectory",
    "RequestTimestamp",
    "Services",
    "SignDigest",
    "SigningReview",
    "TellBytes",
    "TellIntegrity",
    "TimestampQueue",
    "Timestamper",
    "TokenGateway",
    "TokenSession",
    "UnwrapKey",
    "Watcher",
    "not_told",
]
