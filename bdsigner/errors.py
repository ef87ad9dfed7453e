"""Every failure this program can name: codes and facts, no sentences.

The tree::

    BdsignerError
    ├── UserCancelled        the person stopped it; nothing is shown
    ├── ChildError           a child process died, hung or spoke nonsense   child.*
    ├── TokenError           the token, its driver or its PIN               token.*
    ├── CertificateError     the signer's certificate may not be used       certificate.*
    ├── DocumentError        a file cannot be read, drawn, signed, judged   document.*
    ├── ConversionError      a file cannot be made a PDF                    conversion.*
    ├── SigningError         the signature cannot be made                   signing.*
    ├── EncryptionError      an envelope cannot be made or opened           encryption.*
    ├── DirectoryError       the directory of certificates does not answer  directory.*
    ├── RegulationError      a rule of Quyết định 69/2014 forbids it         regulation.*
    ├── FormError            a form is filled in wrong or not enough        form.*
    ├── RequestError         a request cannot be signed, sent or followed   request.*
    ├── NetworkError         TSA, OCSP, CRL: unreachable or refused         network.*
    ├── StorageError         a file cannot be written                       storage.*
    ├── ProfileError         profile or settings are wrong                  profile.*
    ├── BrowserError         a browser's list cannot be changed             browser.*
    └── TrainingError        the training folder or its server              training.*

An error carries a code and facts (``path``, ``attempts``, ``http_status`` …);
``bdsigner.messages`` turns both into a title, a sentence and a remedy in the
person's language.  An exception outside this tree is a bug.
"""

from collections.abc import Mapping
from enum import StrEnum

Fact = str | int | float | bool


class ErrorCode(StrEnum):
    """Stable names of all failures; support looks them up in ``docs/errors.md``."""

    CANCELLED = "cancelled"
    UNEXPECTED = "unexpected"
    USAGE = "usage"

    CHILD_DIED = "child.died"
    CHILD_TIMEOUT = "child.timeout"
    CHILD_PROTOCOL = "child.protocol"

    TOKEN_MODULE_NOT_FOUND = "token.module_not_found"
    TOKEN_MODULE_UNLOADABLE = "token.module_unloadable"
    TOKEN_MODULE_FORMAT = "token.module_format"
    TOKEN_MODULE_BITNESS = "token.module_bitness"
    TOKEN_MODULE_PROCESSOR = "token.module_processor"
    TOKEN_NO_MODULE = "token.no_module"
    TOKEN_WORKER_DIED = "token.worker_died"
    TOKEN_WORKER_TIMEOUT = "token.worker_timeout"
    TOKEN_NOT_FOUND = "token.not_found"
    TOKEN_SEVERAL = "token.several"
    TOKEN_REMOVED = "token.removed"
    TOKEN_PIN_INCORRECT = "token.pin_incorrect"
    TOKEN_PIN_LOCKED = "token.pin_locked"
    TOKEN_PIN_LENGTH = "token.pin_length"
    TOKEN_PIN_NOT_SET = "token.pin_not_set"
    TOKEN_PIN_UNKNOWN_STATE = "token.pin_unknown_state"
    TOKEN_PIN_NEEDED = "token.pin_needed"
    TOKEN_PIN_PAD_ONLY = "token.pin_pad_only"
    TOKEN_NEW_PIN_WEAK = "token.new_pin_weak"
    TOKEN_NEW_PIN_REFUSED = "token.new_pin_refused"
    TOKEN_PUK_INCORRECT = "token.puk_incorrect"
    TOKEN_PUK_LOCKED = "token.puk_locked"
    TOKEN_UNBLOCK_UNSUPPORTED = "token.unblock_unsupported"
    TOKEN_MODULE_QUARANTINED = "token.module_quarantined"
    TOKEN_MODULE_SLOW = "token.module_slow"
    TOKEN_LOGIN_LOST = "token.login_lost"
    TOKEN_KEY_NOT_FOUND = "token.key_not_found"
    TOKEN_MECHANISM_UNSUPPORTED = "token.mechanism_unsupported"
    TOKEN_DRIVER_FAILED = "token.driver_failed"
    TOKEN_SIGNATURE_MISMATCH = "token.signature_mismatch"
    TOKEN_DECRYPTION_FAILED = "token.decryption_failed"
    TOKEN_SESSION_SPENT = "token.session_spent"
    TOKEN_SOFTWARE_REFUSED = "token.software_refused"

    CERTIFICATE_NONE = "certificate.none"
    CERTIFICATE_SEVERAL = "certificate.several"
    CERTIFICATE_UNREADABLE = "certificate.unreadable"
    CERTIFICATE_EXPIRED = "certificate.expired"
    CERTIFICATE_NOT_YET_VALID = "certificate.not_yet_valid"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_SUSPENDED = "certificate.suspended"
    CERTIFICATE_UNPUBLISHED = "certificate.unpublished"
    CERTIFICATE_OUT_OF_SCOPE = "certificate.out_of_scope"
    CERTIFICATE_USAGE = "certificate.usage"
    CERTIFICATE_UNCHECKED = "certificate.unchecked"
    CERTIFICATE_ITEM_MISSING = "certificate.item_missing"

    DOCUMENT_NOT_FOUND = "document.not_found"
    DOCUMENT_UNREADABLE = "document.unreadable"
    DOCUMENT_EMPTY = "document.empty"
    DOCUMENT_NOT_PDF = "document.not_pdf"
    DOCUMENT_ENCRYPTED = "document.encrypted"
    DOCUMENT_DAMAGED = "document.damaged"
    DOCUMENT_XFA = "document.xfa"
    DOCUMENT_LIMITS = "document.limits"
    DOCUMENT_WORKER_DIED = "document.worker_died"
    DOCUMENT_NO_SUCH_PAGE = "document.no_such_page"
    DOCUMENT_CHANGED_MEANWHILE = "document.changed_meanwhile"

    CONVERSION_NO_OFFICE = "conversion.no_office"
    CONVERSION_UNSUPPORTED = "conversion.unsupported"
    CONVERSION_MISNAMED = "conversion.misnamed"
    CONVERSION_PASSWORD = "conversion.password"
    CONVERSION_EMPTY = "conversion.empty"
    CONVERSION_UNREADABLE = "conversion.unreadable"
    CONVERSION_BOMB = "conversion.bomb"
    CONVERSION_TOO_LARGE = "conversion.too_large"
    CONVERSION_TIMEOUT = "conversion.timeout"
    CONVERSION_FAILED = "conversion.failed"

    SIGNING_FORBIDDEN_BY_SIGNATURE = "signing.forbidden_by_signature"
    SIGNING_FIELD_MISSING = "signing.field_missing"
    SIGNING_FIELD_USED = "signing.field_used"
    SIGNING_FIELD_CONSTRAINED = "signing.field_constrained"
    SIGNING_BOX_OFF_PAGE = "signing.box_off_page"
    SIGNING_BOX_TOO_SMALL = "signing.box_too_small"
    SIGNING_GLYPH_MISSING = "signing.glyph_missing"
    SIGNING_HAND_SIGNATURE_MISSING = "signing.hand_signature_missing"
    SIGNING_PICTURE_UNUSABLE = "signing.picture_unusable"
    SIGNING_PICTURE_OPAQUE = "signing.picture_opaque"
    SIGNING_PICTURE_LIMITS = "signing.picture_limits"
    SIGNING_SLOT_TOO_NARROW = "signing.slot_too_narrow"
    SIGNING_FILLING_AFTER_SIGNATURE = "signing.filling_after_signature"
    SIGNING_TIME_OUT_OF_TOLERANCE = "signing.time_out_of_tolerance"
    SIGNING_NO_TIMESTAMP = "signing.no_timestamp"
    SIGNING_TIMESTAMP_TOO_LARGE = "signing.timestamp_too_large"
    SIGNING_UNSIGNED = "signing.unsigned"
    SIGNING_BROKEN = "signing.broken"
    SIGNING_LEVEL_REACHED = "signing.level_reached"
    SIGNING_PROOFS_MISSING = "signing.proofs_missing"
    SIGNING_ARCHIVAL_TAGS = "signing.archival_tags"

    REGULATION_SECRET_DECLARED = "regulation.secret_declared"
    REGULATION_SECRET_MARK = "regulation.secret_mark"
    REGULATION_PROHIBITED_KIND = "regulation.prohibited_kind"
    REGULATION_DEVICE_REPORTED = "regulation.device_reported"
    REGULATION_NO_TITLE = "regulation.no_title"
    REGULATION_NOT_AUTHORISED = "regulation.not_authorised"
    REGULATION_TITLE_MISMATCH = "regulation.title_mismatch"
    REGULATION_TITLE_UNCLEAR = "regulation.title_unclear"
    REGULATION_POWER_UNFIT = "regulation.power_unfit"
    REGULATION_TUQ_UNGROUNDED = "regulation.tuq_ungrounded"
    REGULATION_OTHER_SIGNER = "regulation.other_signer"
    REGULATION_SIGN_OFF_UNREAD = "regulation.sign_off_unread"
    REGULATION_COPY_TITLE = "regulation.copy_title"
    REGULATION_COPY_UNCONFIRMED = "regulation.copy_unconfirmed"
    REGULATION_COPY_FILLING = "regulation.copy_filling"
    REGULATION_NUMBER_MISSING = "regulation.number_missing"
    REGULATION_NUMBER_UNREAD = "regulation.number_unread"
    REGULATION_NUMBER_INVALID = "regulation.number_invalid"
    REGULATION_NUMBER_NO_SLOT = "regulation.number_no_slot"
    REGULATION_NUMBER_TAKEN = "regulation.number_taken"
    REGULATION_NUMBER_OTHER = "regulation.number_other"
    REGULATION_DATE_MISSING = "regulation.date_missing"
    REGULATION_DATE_NO_SLOT = "regulation.date_no_slot"
    REGULATION_DATE_OTHER = "regulation.date_other"
    REGULATION_DATE_ODD = "regulation.date_odd"
    REGULATION_DATE_IMPOSSIBLE = "regulation.date_impossible"
    REGULATION_FILLING_TOO_LATE = "regulation.filling_too_late"
    REGULATION_SIGNED_ALREADY = "regulation.signed_already"
    REGULATION_INVISIBLE = "regulation.invisible"
    REGULATION_ORIGINAL_PLACE = "regulation.original_place"
    REGULATION_COPY_PLACE = "regulation.copy_place"
    REGULATION_COVERS_TEXT = "regulation.covers_text"
    REGULATION_SEAL_OVER_SIGN_OFF = "regulation.seal_over_sign_off"
    REGULATION_APPEARANCE_CONTRADICTS = "regulation.appearance_contradicts"
    REGULATION_RELEASE_UNSIGNED = "regulation.release_unsigned"
    REGULATION_RELEASE_UNREVIEWED = "regulation.release_unreviewed"
    REGULATION_RELEASE_CHANGED = "regulation.release_changed"
    REGULATION_RELEASE_RETURNED = "regulation.release_returned"
    REGULATION_RELEASE_CHANNEL = "regulation.release_channel"
    REGULATION_RELEASE_MAILBOX = "regulation.release_mailbox"
    REGULATION_RELEASE_BROKEN = "regulation.release_broken"
    REGULATION_RELEASE_RECIPIENTS = "regulation.release_recipients"
    REGULATION_RETURN_UNREASONED = "regulation.return_unreasoned"

    FORM_VALUE_MISSING = "form.value_missing"
    FORM_CELL_MISSING = "form.cell_missing"
    FORM_NOTE_MISSING = "form.note_missing"
    FORM_ATTACHMENT_MISSING = "form.attachment_missing"
    FORM_UNKNOWN_FORM = "form.unknown_form"
    FORM_UNKNOWN_FIELD = "form.unknown_field"
    FORM_TOO_LONG = "form.too_long"
    FORM_CHARACTERS = "form.characters"
    FORM_DATE = "form.date"
    FORM_DATE_ORDER = "form.date_order"
    FORM_TIME = "form.time"
    FORM_MAIL = "form.mail"
    FORM_MAIL_DOMAIN = "form.mail_domain"
    FORM_MAIL_OTHER = "form.mail_other"
    FORM_PHONE = "form.phone"
    FORM_TERM = "form.term"
    FORM_CHOICE = "form.choice"
    FORM_ROWS = "form.rows"
    FORM_WRONG_CASE = "form.wrong_case"

    REQUEST_NOT_FOUND = "request.not_found"
    REQUEST_CHANGED = "request.changed"
    REQUEST_STATE = "request.state"
    REQUEST_INCOMPLETE = "request.incomplete"
    REQUEST_UNSIGNED = "request.unsigned"
    REQUEST_SIGNER = "request.signer"
    REQUEST_UNCONFIRMED = "request.unconfirmed"
    REQUEST_OWN_CONFIRMATION = "request.own_confirmation"
    REQUEST_SIGNED_ALREADY = "request.signed_already"
    REQUEST_OTHER_DOCUMENT = "request.other_document"
    REQUEST_NO_CHANNEL = "request.no_channel"
    REQUEST_MAILBOX = "request.mailbox"
    REQUEST_TOO_LARGE = "request.too_large"
    REQUEST_NO_PASSWORD = "request.no_password"
    REQUEST_PASSWORD_REFUSED = "request.password_refused"
    REQUEST_MAIL_REFUSED = "request.mail_refused"
    REQUEST_SERVER_UNREACHABLE = "request.server_unreachable"
    REQUEST_SERVER_TIMEOUT = "request.server_timeout"
    REQUEST_SERVER_TLS = "request.server_tls"
    REQUEST_SERVER_REFUSED = "request.server_refused"
    REQUEST_SERVER_BUSY = "request.server_busy"
    REQUEST_SERVER_ANSWER = "request.server_answer"
    REQUEST_ARRIVAL_UNKNOWN = "request.arrival_unknown"
    REQUEST_LOGIN_NEEDED = "request.login_needed"
    REQUEST_LOGIN_REFUSED = "request.login_refused"
    REQUEST_RECEIPT_SIGNATURE = "request.receipt_signature"
    REQUEST_RECEIPT_SIGNER = "request.receipt_signer"
    REQUEST_RECEIPT_CONTENT = "request.receipt_content"
    REQUEST_RECEIPT_OTHER = "request.receipt_other"

    NETWORK_UNREACHABLE = "network.unreachable"
    NETWORK_TIMEOUT = "network.timeout"
    NETWORK_REFUSED_ADDRESS = "network.refused_address"
    NETWORK_REFUSED_SCHEME = "network.refused_scheme"
    NETWORK_TLS = "network.tls"
    NETWORK_HTTP_STATUS = "network.http_status"
    NETWORK_TOO_LARGE = "network.too_large"
    NETWORK_BAD_ANSWER = "network.bad_answer"
    NETWORK_NO_TSA = "network.no_tsa"

    ENCRYPTION_SWITCHED_OFF = "encryption.switched_off"
    ENCRYPTION_RECIPIENTS = "encryption.recipients"
    ENCRYPTION_RECIPIENT_REFUSED = "encryption.recipient_refused"
    ENCRYPTION_RECIPIENT_KEY = "encryption.recipient_key"
    ENCRYPTION_PROGRAM_FAILED = "encryption.program_failed"
    ENCRYPTION_PROGRAM_ARCHIVE = "encryption.program_archive"
    ENCRYPTION_TOO_LARGE = "encryption.too_large"
    ENCRYPTION_NOT_ENVELOPE = "encryption.not_envelope"
    ENCRYPTION_UNSUPPORTED = "encryption.unsupported"
    ENCRYPTION_NO_HOLDER = "encryption.no_holder"
    ENCRYPTION_NOT_RECIPIENT = "encryption.not_recipient"
    ENCRYPTION_NOT_DECRYPTED = "encryption.not_decrypted"

    DIRECTORY_UNREACHABLE = "directory.unreachable"
    DIRECTORY_TIMEOUT = "directory.timeout"
    DIRECTORY_TLS = "directory.tls"
    DIRECTORY_REFUSED = "directory.refused"
    DIRECTORY_NO_PASSWORD = "directory.no_password"
    DIRECTORY_BAD_ANSWER = "directory.bad_answer"
    DIRECTORY_BUNDLE_NOT_EXPECTED = "directory.bundle_not_expected"
    DIRECTORY_BUNDLE_SIGNATURE = "directory.bundle_signature"
    DIRECTORY_BUNDLE_SIGNER = "directory.bundle_signer"
    DIRECTORY_BUNDLE_CONTENT = "directory.bundle_content"

    STORAGE_EXISTS = "storage.exists"
    STORAGE_READ_ONLY = "storage.read_only"
    STORAGE_FULL = "storage.full"
    STORAGE_NAME_TOO_LONG = "storage.name_too_long"
    STORAGE_FORMAT = "storage.format"
    STORAGE_FAILED = "storage.failed"
    STORAGE_IS_SOURCE = "storage.is_source"
    STORAGE_FOLDER_MISSING = "storage.folder_missing"
    STORAGE_CHANGED = "storage.changed"
    STORAGE_REGISTER = "storage.register"
    STORAGE_OUTBOX = "storage.outbox"

    PROFILE_NOT_FOUND = "profile.not_found"
    PROFILE_INVALID = "profile.invalid"
    PROFILE_FORMS_SIGNATURE = "profile.forms_signature"
    SETTINGS_INVALID = "profile.settings_invalid"

    BROWSER_RUNNING = "browser.running"
    BROWSER_TOOL_MISSING = "browser.tool_missing"
    BROWSER_TOOL_FAILED = "browser.tool_failed"
    BROWSER_STORE_REFUSES = "browser.store_refuses"

    TRAINING_EXTRA_MISSING = "training.extra_missing"
    TRAINING_SOFTHSM_MISSING = "training.softhsm_missing"
    TRAINING_FOLDER_IN_USE = "training.folder_in_use"
    TRAINING_PORT_BUSY = "training.port_busy"
    TRAINING_FAILED = "training.failed"


class BdsignerError(Exception):
    """A failure with a code and facts.

    Facts are small plain values for the message and the log; never a PIN, a
    key or document content.
    """

    def __init__(self, code: ErrorCode, **facts: Fact) -> None:
        super().__init__(code.value, facts)
        self.code = code
        self.facts: Mapping[str, Fact] = facts

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code.value} {facts}".rstrip()


class UserCancelled(BdsignerError):
    """The person stopped the work; not a fault and never shown as one."""

    def __init__(self, **facts: Fact) -> None:
        super().__init__(ErrorCode.CANCELLED, **facts)


class ChildError(BdsignerError):
    """A child process died, ran out of time or broke the protocol."""


class TokenError(BdsignerError):
    """The token, its driver or its PIN."""


class CertificateError(BdsignerError):
    """The signer's certificate may not or cannot be used."""


class DocumentError(BdsignerError):
    """A file cannot be read, drawn, signed or judged."""


class ConversionError(BdsignerError):
    """A file cannot be made a PDF."""


class SigningError(BdsignerError):
    """The signature cannot be made as asked."""


class EncryptionError(BdsignerError):
    """An envelope cannot be made or opened."""


class DirectoryError(BdsignerError):
    """The directory of certificates does not answer, or answers nonsense."""


class RegulationError(BdsignerError):
    """A clause of the regulation forbids what was asked; fact ``clause`` names it."""


class FormError(BdsignerError):
    """A form is filled in wrong or not enough; fact ``label`` names the field as the form prints it."""


class RequestError(BdsignerError):
    """A request to the department cannot be signed, sent or followed."""


class NetworkError(BdsignerError):
    """A TSA, OCSP responder or CRL cannot be reached or answers nonsense."""


class StorageError(BdsignerError):
    """An output cannot be written."""


class ProfileError(BdsignerError):
    """The profile or the settings are wrong; facts name file, key and why."""


class BrowserError(BdsignerError):
    """A browser's list of security devices cannot be changed."""


class TrainingError(BdsignerError):
    """The training folder cannot be set up or its server cannot be started."""


_CLASS_BY_PREFIX: dict[str, type[BdsignerError]] = {
    "child": ChildError,
    "token": TokenError,
    "certificate": CertificateError,
    "document": DocumentError,
    "conversion": ConversionError,
    "signing": SigningError,
    "encryption": EncryptionError,
    "directory": DirectoryError,
    "regulation": RegulationError,
    "form": FormError,
    "request": RequestError,
    "network": NetworkError,
    "storage": StorageError,
    "profile": ProfileError,
    "browser": BrowserError,
    "training": TrainingError,
}


def error_from(code: ErrorCode, facts: Mapping[str, Fact]) -> BdsignerError:
    """Build the error of the class that its code belongs to (used where errors cross a pipe)."""
    if code is ErrorCode.CANCELLED:
        return UserCancelled(**facts)
    return _CLASS_BY_PREFIX.get(code.value.partition(".")[0], BdsignerError)(code, **facts)
