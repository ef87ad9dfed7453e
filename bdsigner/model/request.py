"""Requests to the department on their way: what is kept of each, from the first answer to the last receipt (Điều 6–8)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.errors import BdsignerError, Fact
from bdsigner.model.device import RequestCase
from bdsigner.model.form import FilledRequest


class RequestState(StrEnum):
    """How far a request is: nháp → đã ký → chờ gửi → đã gửi → đã tiếp nhận → đang xử lý → xong / từ chối."""

    DRAFT = "nhap"
    SIGNED = "da-ky"
    """Signed with a token, or by hand and the scan attached."""
    QUEUED = "cho-gui"
    """Everything that is sent is kept and will not change any more."""
    SENDING = "dang-gui"
    """Written down before the first byte leaves: from then on it may have arrived."""
    UNCERTAIN = "chua-ro"
    """Sent, but whether it arrived is not known: only the same channel may be tried again."""
    SENT = "da-gui"
    """The server took it, or the file was handed over."""
    RECEIVED = "da-tiep-nhan"
    """The department says so."""
    IN_PROGRESS = "dang-xu-ly"
    DONE = "xong"
    REFUSED = "tu-choi"
    WITHDRAWN = "da-bo"
    """Given up by the person before it was sent."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected."""
        return self in (RequestState.DONE, RequestState.REFUSED, RequestState.WITHDRAWN)

    @property
    def is_open_for_changes(self) -> bool:
        """Whether values may still be changed: nothing was signed."""
        return self is RequestState.DRAFT

    @property
    def waits_for_sending(self) -> bool:
        """Whether the program sends it by itself when it is due."""
        return self in (RequestState.QUEUED, RequestState.UNCERTAIN)

    @property
    def waits_for_department(self) -> bool:
        """Whether it was sent and no end is known."""
        return self in (RequestState.SENT, RequestState.RECEIVED, RequestState.IN_PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file in the folder of a request; never changed once it is there."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry of a request's own log."""

    at: datetime
    state: RequestState
    channel: str = ""
    """Id of the channel that it concerns; empty: none."""
    code: str = ""
    """``ErrorCode`` value of why; empty: nothing went wrong."""


class Proof(StrEnum):
    """What shows that a receipt is the department's."""

    SIGNATURE = "signature"
    """Signed with a certificate that the profile names."""
    CONNECTION = "connection"
    """Not signed; it came over the connection that the department's certificate secures (Đ13.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the department said, checked; the bytes are kept with the request."""

    file: KeptFile
    proof: Proof
    signer: str = ""
    """Name in the signer's certificate; empty where it is not signed."""
    state: RequestState
    at: datetime
    """When the department says that it was so."""
    reference: str = ""
    """The department's own number."""
    reason: str = ""
    """Of a refusal, or a note; the department's words (Đ6.3b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.  A change makes a new value with the next ``revision``; the store takes only one of two."""

    id: str
    """UUID, made with the draft: idempotency key and part of the Message-ID on every channel, whatever happens."""
    revision: int = 0
    case: RequestCase
    form: str
    """``FormTemplate.id``."""
    form_version: int
    serial: str = ""
    """Of the device that it is about; empty: none, or not known."""
    certificate: bytes = b""
    """DER of the certificate that it is about: watched for revocation.  Untrusted; empty: not known."""
    subject: str = ""
    """Whose request it is, for lists."""
    created_at: datetime
    changed_at: datetime
    state: RequestState = RequestState.DRAFT
    values: dict[str, str] = field(default_factory=dict)
    rows: tuple[dict[str, str], ...] = ()
    attachments: dict[str, KeptFile] = field(default_factory=dict)
    """Papers by ``Attachment.id``."""
    printed: KeptFile | None = None
    """The form as it was saved last, to be signed elsewhere; ``None``: not saved, or changed since."""
    document: KeptFile | None = None
    """The PDF as it is sent: signed, or the scan of the paper signed by hand."""
    machine_copy: KeptFile | None = None
    """``request.json``."""
    signed_fields: tuple[str, ...] = ()
    """Signature fields of the form that were signed with a token; empty with a document: it is signed by hand."""
    sender: str = ""
    """Official mailbox that it is sent from."""
    message: KeptFile | None = None
    """The mail, byte for byte; made once, so that trying again needs no token."""
    channel: str = ""
    """Id of the channel that is tried, or that took it."""
    attempts: int = 0
    """On that channel, since it was queued or since the channel was changed."""
    may_pass: bool = False
    """Whether what failed on one of the channels left behind may pass: then the first is tried again after the last."""
    next_attempt: datetime | None = None
    """When it is tried again by itself; ``None``: not by itself – see ``problem``, or it was sent."""
    problem: str = ""
    """``ErrorCode`` value of the last failure; empty: none."""
    problem_facts: dict[str, Fact] = field(default_factory=dict)
    sent_at: datetime | None = None
    """When it left for certain, or perhaps."""
    reference: str = ""
    reason: str = ""
    receipts: tuple[Receipt, ...] = ()
    revoked_at: datetime | None = None
    """When the certificate was revoked, as its issuer states in OCSP or CRL (Đ7.2b); ``None``: not, or not known."""
    is_alarm_acknowledged: bool = False
    """The person has been told that nobody confirmed it, and said that they call."""
    history: tuple[Move, ...] = ()
    """Every move, the oldest first."""

    @property
    def is_hand_signed(self) -> bool:
        """Whether it was signed on paper."""
        return self.document is not None and not self.signed_fields

    @property
    def is_revocation(self) -> bool:
        """Whether it asks for the revocation of a certificate (Điều 7)."""
        return self.case.value.startswith("7.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was found when the outbox was opened and its file was not as it should be."""

    reason: str
    """Short technical English."""
    recovered: tuple[str, ...] = ()
    """Ids taken from the copies beside it."""
    set_aside: tuple[Path, ...] = ()
    """Files that were kept under another name."""
    unreadable: tuple[str, ...] = ()
    """Ids, or names of folders, of which nothing could be read."""


class Arrival(StrEnum):
    """What is known after an attempt to send."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not-arrived"
    """For certain: another channel may be tried."""
    UNCERTAIN = "uncertain"
    """The connection ended after the content had begun to leave and before the answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one attempt to send came to."""

    arrival: Arrival
    error: BdsignerError | None = None
    """Set unless it arrived."""
    may_retry: bool = True
    """Whether the same channel may do better later, without a person doing anything."""
    answer: bytes = b""
    """What the department's server said, unread; empty: a mail server took it, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request, and its form as it is filled in now."""

    request: Request
    filled: FilledRequest


class Alarm(StrEnum):
    """What a person must be told of a request that was left alone."""

    UNCONFIRMED = "unconfirmed"
    """A revocation that the department has not confirmed in time: call."""
    NOT_SENT = "not-sent"
    """A revocation that could not be sent in time: call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlarm:
    """An alarm, and whose."""

    alarm: Alarm
    request: Request


# The guided start


class Happening(StrEnum):
    """“Chuyện gì đã xảy ra?”."""

    LOST_OR_EXPOSED = "lost"
    PIN_FORGOTTEN_OR_LOCKED = "pin"
    DETAILS_CHANGED = "details"
    TITLE_CHANGED = "title"
    LEAVING = "leaving"
    CERTIFICATE_WANTED = "enrol"
    """The first one, or a renewal."""


class Asked(StrEnum):
    """What must be answered before the case is known."""

    IS_DEVICE_SAFE = "is_device_safe"
    """Đ8.1: not lost, copied or used against the will."""
    IS_STILL_AUTHORISED = "is_still_authorised"
    """Whether the new title is one of Đ5.1a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done."""

    case: RequestCase
    form: str
    stops_signing: bool
    """The device signs no more on this machine, at once (Đ7.1d)."""
