"""Sign PDF files with a token: one file or many, one confirmation, one PIN.

The order is the regulation's and the person's: everything that can refuse (device, certificate, files, names of the
outputs) refuses before the PIN is asked; the login lasts exactly as long as the confirmed signatures.
"""

from datetime import datetime

from bdsigner.errors import (
    BdsignerError,
    CertificateError,
    ErrorCode,
    NetworkError,
    SigningError,
    TokenError,
    UserCancelled,
)
from bdsigner.model.signature import (
    FilePlan,
    SignatureRequest,
    SignedFile,
    SigningOutcome,
    SigningPlan,
    VisibleSignature,
)
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import (
    Interaction,
    Phase,
    PinPurpose,
    PinRequest,
    Progress,
    Question,
    QuestionCode,
    Services,
    TokenSession,
)
from bdsigner.regulation.signer import check_device, check_signer
from bdsigner.regulation.visible_signature import TRAINING_MARK, compose
from bdsigner.signing.check import check_signature_value
from bdsigner.usecases.list_signers import list_signers, no_token


def sign_files(
    plan: SigningPlan, services: Services, *, interaction: Interaction, progress: Progress
) -> tuple[SigningOutcome, ...]:
    """Sign every file of the plan; returns one outcome a file, in order.

    Raises ``TokenError``, ``CertificateError`` or ``UserCancelled`` when nothing could be signed at all.  A file that
    fails does not stop the others; a token that fails does, and the files left then carry its error.
    """
    return _Signing(plan, services, interaction, progress).run()


def find_signer(services: Services, *, serial: str, key_id: str) -> SignerIdentity:
    """Look the chosen key up on the tokens present now.  Raises ``TokenError``."""
    listing = list_signers(services.tokens)
    for signer in listing.signers:
        if signer.token.serial == serial and signer.key_id == key_id:
            return signer
    if any(token.serial == serial for token in listing.tokens):
        raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, serial=serial, key_id=key_id)
    raise no_token(listing, serial)


class _Signing:
    """The state of one run: what was decided once for all its files."""

    def __init__(self, plan: SigningPlan, services: Services, interaction: Interaction, progress: Progress) -> None:
        self._plan = plan
        self._services = services
        self._interaction = interaction
        self._progress = progress
        self._outcomes: dict[int, SigningOutcome] = {}
        self._goes_without_timestamp = False
        self._chain: tuple[bytes, ...] = ()
        self._done = 0

    def run(self) -> tuple[SigningOutcome, ...]:
        signer = find_signer(self._services, serial=self._plan.token_serial, key_id=self._plan.key_id)
        self._check_signer(signer)
        ready = self._check_files()
        if self._progress.is_cancelled():
            raise UserCancelled
        if ready:
            self._sign_all(signer, ready)
        return tuple(self._outcomes[number] for number in range(len(self._plan.files)))

    def _check_signer(self, signer: SignerIdentity) -> None:
        profile = self._services.profile
        check_device(signer.token, profile.mode)
        if signer.token.pin.locked:
            raise TokenError(ErrorCode.TOKEN_PIN_LOCKED, label=signer.token.label, serial=signer.token.serial)
        if any(file.box is not None or file.field for file in self._plan.files):
            compose(signer.certificate, profile, self._services.clock.now())
        others = tuple(c.der for c in signer.token.certificates if c.der != signer.certificate.der)
        assessment = self._services.documents.assess_certificate(
            signer.certificate.der, others, at=self._services.clock.now()
        )
        self._chain = assessment.chain
        if check_signer(signer.certificate, assessment):
            return
        question = Question(
            QuestionCode.SIGN_UNCHECKED_CERTIFICATE,
            {"name": signer.certificate.common_name, "is_issuer_known": assessment.is_issuer_known},
        )
        if not self._interaction.confirm(question):
            raise CertificateError(ErrorCode.CERTIFICATE_UNCHECKED, name=signer.certificate.common_name)

    def _check_files(self) -> dict[int, int]:
        """Pages of each file that can be signed, by its number in the plan."""
        ready: dict[int, int] = {}
        for number, file in enumerate(self._plan.files):
            self._report(file, Phase.READING)
            try:
                pages = self._services.documents.check_signable(file.source, field=file.field)
                with self._services.outputs.new_file(file.target, source=file.source):
                    ready[number] = pages
            except UserCancelled:
                raise
            except BdsignerError as error:
                self._finish(number, SigningOutcome(source=file.source, error=error))
        return ready

    def _sign_all(self, signer: SignerIdentity, ready: dict[int, int]) -> None:
        files = self._plan.files
        pin = self._interaction.ask_pin(
            PinRequest(
                purpose=PinPurpose.SIGN,
                token_label=signer.token.label,
                token_serial=signer.token.serial,
                pin=signer.token.pin,
                signer=signer.certificate,
                files=tuple(files[number].source for number in ready),
                pages=sum(ready.values()),
            )
        )
        stopped_by: BdsignerError | None = None
        with self._services.tokens.session(signer.token.serial, pin, signatures=len(ready)) as session:
            for number in ready:
                file = files[number]
                if stopped_by is None:
                    stopped_by = self._sign_one(number, file, signer, session)
                else:
                    self._finish(number, SigningOutcome(source=file.source, error=stopped_by))

    def _sign_one(
        self, number: int, file: FilePlan, signer: SignerIdentity, session: TokenSession
    ) -> BdsignerError | None:
        """Sign one file; returns the error that makes going on pointless."""
        try:
            self._report(file, Phase.SIGNING)
            self._finish(number, SigningOutcome(source=file.source, signed=self._sign_file(file, signer, session)))
        except (UserCancelled, TokenError) as error:
            self._finish(number, SigningOutcome(source=file.source, error=error))
            return error
        except BdsignerError as error:
            self._finish(number, SigningOutcome(source=file.source, error=error))
        return None

    def _sign_file(self, file: FilePlan, signer: SignerIdentity, session: TokenSession) -> SignedFile:
        def sign_digest(digest: bytes) -> bytes:
            value = session.sign(signer.key_id, digest, signer.mechanism)
            check_signature_value(signer.certificate.der, digest, value, signer.mechanism)
            return value

        signing_time = self._services.clock.now()
        with self._services.outputs.new_file(file.target, source=file.source) as output:
            result = self._services.documents.sign(
                SignatureRequest(
                    source=file.source,
                    partial=output.partial,
                    certificate=signer.certificate.der,
                    chain=self._chain,
                    mechanism=signer.mechanism,
                    level=self._plan.level,
                    signing_time=signing_time,
                    box=file.box,
                    field=file.field,
                    appearance=self._appearance(file, signer, signing_time),
                    reason=TRAINING_MARK if self._services.profile.is_training else self._plan.reason,
                    expected_size_bytes=file.expected_size_bytes,
                    expected_modified_ns=file.expected_modified_ns,
                ),
                sign_digest=sign_digest,
                request_timestamp=self._request_timestamp,
            )
            output.commit()
        return SignedFile(
            source=file.source,
            target=file.target,
            level=result.level,
            signing_time=signing_time,
            timestamp_time=result.timestamp_time,
        )

    def _appearance(self, file: FilePlan, signer: SignerIdentity, signing_time: datetime) -> VisibleSignature | None:
        if file.box is None and not file.field:
            return None
        return compose(signer.certificate, self._services.profile, signing_time)

    def _request_timestamp(self, request_der: bytes) -> bytes | None:
        if self._goes_without_timestamp:
            return None
        from bdsigner.signing.timestamp import check_response  # here: signatures without a timestamp need no CMS parser

        try:
            response = self._services.timestamper.request(request_der, should_stop=self._progress.is_cancelled)
            check_response(request_der, response)
        except NetworkError as error:
            question = Question(QuestionCode.SIGN_WITHOUT_TIMESTAMP, {**error.facts, "cause": error.code.value})
            if not self._interaction.confirm(question):
                raise SigningError(ErrorCode.SIGNING_NO_TIMESTAMP, reason=error.code.value) from error
            self._goes_without_timestamp = True
            return None
        return response

    def _report(self, file: FilePlan, phase: Phase) -> None:
        self._progress.report(file.source, phase, done=self._done, total=len(self._plan.files))

    def _finish(self, number: int, outcome: SigningOutcome) -> None:
        self._outcomes[number] = outcome
        self._done += 1
        # The outcome stands: a wish to stop is heard before the next file.
        if not self._progress.is_cancelled():
            self._progress.report(outcome.source, Phase.DONE, done=self._done, total=len(self._plan.files))
