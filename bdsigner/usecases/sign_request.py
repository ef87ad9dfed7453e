"""Sign a request's form with a token, and with the same PIN the mail that carries it (Đ6–8, Đ10.3)."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bdsigner.department.signatories import check_confirmed, is_named, is_namesake, other_half, own_half
from bdsigner.errors import ErrorCode, RegulationError, RequestError, SigningError, UserCancelled
from bdsigner.model.form import FilledRequest, Signatory
from bdsigner.model.profile import AppearanceProfile, ChannelKind
from bdsigner.model.request import KeptFile, Request, RequestState
from bdsigner.model.signature import Appearance, SignatureLevel, SignatureRequest
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Interaction, Phase, Progress, Services, SignDigest
from bdsigner.regulation.visible_signature import TRAINING_MARK, compose
from bdsigner.signing.check import check_signature_value
from bdsigner.usecases.batch_timestamps import BatchTimestamps
from bdsigner.usecases.begin_request import filled_form
from bdsigner.usecases.confirmed_signatures import ConfirmedSignatures, confirm_signatures
from bdsigner.usecases.device_secrecy import tell_secrecy
from bdsigner.usecases.examine_document import is_device_reported
from bdsigner.usecases.queue_request import queued
from bdsigner.usecases.request_changes import find_request
from bdsigner.usecases.request_mail import MAIL_NAME, SIGNATURE_ROOM_BYTES, Route, check_size, letter, route
from bdsigner.usecases.request_papers import (
    SIGNED_NAME,
    check_state,
    dated,
    incomplete,
    keep_printed,
    new_file,
    own_folder,
    signed,
)
from bdsigner.usecases.sign_files import find_signer
from bdsigner.usecases.signer_checks import check_token, checked_chain
from bdsigner.usecases.token_logins import TokenLogins

log = logging.getLogger(__name__)


def sign_request(
    request_id: str,
    services: Services,
    *,
    logins: TokenLogins,
    serial: str,
    key_id: str,
    is_manager: bool = False,
    send_from: str = "",
    interaction: Interaction,
    progress: Progress,
) -> Request:
    """Sign the form into the half of whoever signs; with ``send_from`` also its mail, and queue it.

    One PIN for both.  Everything that can refuse does so before it is asked for.  When the mail cannot be signed the
    form stays signed.  ``send_from`` without a channel for mails changes nothing.  Nothing is entered into the register
    of signed documents: the outbox is where requests are kept.

    Raises ``RequestError``: REQUEST_NOT_FOUND, REQUEST_STATE, REQUEST_SIGNED_ALREADY, REQUEST_SIGNER,
    REQUEST_OWN_CONFIRMATION, REQUEST_INCOMPLETE, REQUEST_CHANGED, and as ``queue_request``; the first ``FormError`` that
    speaks against the form; ``RegulationError`` REGULATION_DEVICE_REPORTED; ``TokenError``, ``CertificateError``,
    ``SigningError``, ``DocumentError``, ``StorageError``, ``UserCancelled``.
    """
    signing = _Signing(services, find_signer(services, serial=serial, key_id=key_id), interaction, progress)
    task = signing.prepare(find_request(request_id, services.requests), is_manager=is_manager, send_from=send_from)
    files = [task.source] if task.way is None else [task.source, _mail_path(task.source)]
    with confirm_signatures(logins, signing.signer, files, pages=task.pages, interaction=interaction) as signatures:
        request = signing.sign_form(task, signatures)
        return request if task.way is None else signing.sign_mail(request, task, task.way, signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is signed, once nothing speaks against it."""

    request: Request
    filled: FilledRequest
    half: Signatory
    source: Path
    """The form as it is so far, in the request's folder."""
    pages: int
    chain: tuple[bytes, ...]
    way: Route | None
    """How it leaves; ``None``: it is only signed."""


class _Signing:
    """One signer and the person who is asked."""

    def __init__(
        self, services: Services, signer: SignerIdentity, interaction: Interaction, progress: Progress
    ) -> None:
        self.signer = signer
        self._services = services
        self._interaction = interaction
        self._progress = progress
        self._timestamps = BatchTimestamps(services, interaction, progress)

    def prepare(self, request: Request, *, is_manager: bool, send_from: str) -> _Task:
        """Everything that can refuse, what costs little first."""
        check_state(request, RequestState.DRAFT, RequestState.SIGNED)
        if request.is_hand_signed:
            check_state(request, RequestState.DRAFT)
        filled = filled_form(request, self._services)
        half = (other_half if is_manager else own_half)(filled.form.template)
        self._check_person(request, filled, is_manager=is_manager)
        _check_form(request, filled, half)
        way = self._way(send_from)
        if way is not None:
            check_confirmed(request, filled.form.template, now_signing=half.signature_field)
            check_size(request, way, room_bytes=SIGNATURE_ROOM_BYTES)
        check_token(self.signer.token, self._services)
        self._appearance(self._services.clock.now())  # what the certificate lacks is told now
        chain = checked_chain(self.signer, self._services, self._interaction)
        if request.document is None:  # nobody knows the day of a paper that is signed by hand
            filled = dated(filled, self._services.clock.now())
        paper = request.document or keep_printed(request, filled, self._services)
        source = self._services.requests.path(request.id, paper)
        pages = self._services.documents.check_signable(source, field=half.signature_field)
        self._check_other_signatures(source)
        tell_secrecy(self.signer.token, self._services, self._interaction)
        return _Task(request=request, filled=filled, half=half, source=source, pages=pages, chain=chain, way=way)

    def sign_form(self, task: _Task, signatures: ConfirmedSignatures) -> Request:
        """The form, kept and then told; again when the printed time does not agree with the timestamp (§8)."""
        self._report(task, Phase.SIGNING, done=0)
        with own_folder() as folder:
            document = self._attempt(task, signatures, folder) or self._attempt(task, signatures, folder, is_again=True)
        if document is None:
            raise SigningError(ErrorCode.SIGNING_TIME_OUT_OF_TOLERANCE, path=str(task.source))
        fields = (*task.request.signed_fields, task.half.signature_field)
        request = signed(task.request, task.filled, document, self._services, fields=fields)
        log.info("request %s signed in %s", request.id, task.half.signature_field)
        return request

    def sign_mail(self, request: Request, task: _Task, way: Route, signatures: ConfirmedSignatures) -> Request:
        """The mail with the signed form, kept; then the request is queued."""
        from bdsigner.signing.smime import signed_mail

        message: KeptFile | None = None
        if way.mail is not None:
            self._report(task, Phase.SIGNING, done=1)
            mail = signed_mail(
                letter(request, task.filled.form.template, way, self._services),
                certificate=self.signer.certificate.der,
                chain=task.chain,
                mechanism=self.signer.mechanism,
                sign_digest=self._sign_digest(signatures, _mail_path(task.source)),
            )
            message = self._services.requests.keep(request.id, MAIL_NAME, mail)
        return queued(request, way, message, self._services)

    def _check_person(self, request: Request, filled: FilledRequest, *, is_manager: bool) -> None:
        certificate = self.signer.certificate
        if is_device_reported(self.signer, self._services):
            raise RegulationError(ErrorCode.REGULATION_DEVICE_REPORTED, name=certificate.common_name, clause="Đ7.1d")
        is_meant, named = request.certificate == certificate.der, is_named(filled.form, certificate)
        if is_manager and (is_meant or (named and not is_namesake(filled.form, certificate))):
            raise RequestError(ErrorCode.REQUEST_OWN_CONFIRMATION, name=certificate.common_name)
        if not is_manager and not is_meant and named is False:
            raise RequestError(ErrorCode.REQUEST_SIGNER, name=certificate.common_name)

    def _check_other_signatures(self, source: Path) -> None:
        """Nobody confirms what they signed themselves, also where the form does not say who that is."""
        certificate = self.signer.certificate
        fields = self._services.documents.inspect(source).signature_fields
        if any(one.signer_sha256 == certificate.sha256 for one in fields):
            raise RequestError(ErrorCode.REQUEST_OWN_CONFIRMATION, name=certificate.common_name)

    def _way(self, send_from: str) -> Route | None:
        """How it leaves in the same call: a mail is what needs a signature of its own."""
        channels = self._services.profile.requests.channels
        if not send_from or not any(one.kind is ChannelKind.MAIL for one in channels):
            return None
        return route(self._services, send_from=send_from)

    def _attempt(
        self, task: _Task, signatures: ConfirmedSignatures, folder: Path, *, is_again: bool = False
    ) -> KeptFile | None:
        if is_again:
            signatures.allow_another()
        partial = new_file(folder, f"{'2' if is_again else '1'}.pdf")
        printed, profile = self._timestamps.signing_time(), self._services.profile
        result = self._services.documents.sign(
            SignatureRequest(
                source=task.source,
                partial=partial,
                certificate=self.signer.certificate.der,
                chain=task.chain,
                mechanism=self.signer.mechanism,
                level=SignatureLevel.B_T if profile.timestamp.urls else SignatureLevel.B_B,
                signing_time=printed,
                field=task.half.signature_field,
                appearance=self._appearance(printed),
                reason=TRAINING_MARK if profile.is_training else "",
            ),
            sign_digest=self._sign_digest(signatures, task.source),
            request_timestamp=self._timestamps.of_one_file(),
        )
        if not self._timestamps.fits(printed, result.timestamp_time):
            return None
        return self._services.requests.keep(task.request.id, SIGNED_NAME, partial)

    def _appearance(self, printed: datetime) -> Appearance:
        """The six items of Đ10.1b under every profile: the room on the form is theirs."""
        profile = replace(self._services.profile, appearance_profile=AppearanceProfile.QD_69_2014)
        return compose(self.signer.certificate, profile, printed)

    def _sign_digest(self, signatures: ConfirmedSignatures, file: Path) -> SignDigest:
        def sign(digest: bytes) -> bytes:
            if self._progress.is_cancelled():
                raise UserCancelled
            value = signatures.sign(file, digest)
            check_signature_value(self.signer.certificate.der, digest, value, self.signer.mechanism)
            return value

        return sign

    def _report(self, task: _Task, phase: Phase, *, done: int) -> None:
        total = 1 if task.way is None else 2
        self._progress.report(task.source, phase, done=done, total=total)


def _mail_path(source: Path) -> Path:
    """What the person is told the second signature is for; the mail is made when the form is signed."""
    return source.with_name(MAIL_NAME)


def _check_form(request: Request, filled: FilledRequest, half: Signatory) -> None:
    """Raises the first ``FormError`` of what was refused, ``RequestError``."""
    if half.signature_field in request.signed_fields:
        raise RequestError(ErrorCode.REQUEST_SIGNED_ALREADY, field=" ".join(half.titles))
    if filled.refused:
        raise filled.refused[0]
    if filled.missing:
        raise incomplete(filled.missing)
