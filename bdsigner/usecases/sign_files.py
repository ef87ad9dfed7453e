"""Sign PDF files with a token: one file or many, one confirmation, one PIN.

The order is the regulation's and the person's: everything that can refuse (device, certificate, files, names of the
outputs) refuses before the PIN is asked; the login lasts exactly as long as the confirmed signatures.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

from bdsigner.errors import BdsignerError, ErrorCode, SigningError, TokenError, UserCancelled
from bdsigner.model.batch import JournalStep
from bdsigner.model.limits import READERS_AT_ONCE, SIGNERS_AT_ONCE
from bdsigner.model.signature import (
    Appearance,
    FilePlan,
    SignatureLevel,
    SignatureRequest,
    SignatureResult,
    SignedFile,
    SigningOutcome,
    SigningPlan,
)
from bdsigner.model.signing_rules import Declaration, FileObjections
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Interaction, NewFile, Phase, Progress, Services
from bdsigner.regulation.visible_signature import TRAINING_MARK, compose
from bdsigner.signing.check import check_signature_value
from bdsigner.usecases.batch_timestamps import BatchTimestamps
from bdsigner.usecases.confirmed_signatures import ConfirmedSignatures, confirm_signatures
from bdsigner.usecases.device_secrecy import tell_secrecy
from bdsigner.usecases.document_numbers import claim
from bdsigner.usecases.list_signers import list_signers, no_token
from bdsigner.usecases.publishing import Publisher, SignedOutput
from bdsigner.usecases.review_files import ReadyFile, confirm_objections, needs_layout, review_all
from bdsigner.usecases.signature_pictures import check_appearances, seal_size_mm
from bdsigner.usecases.signed_register import enter_signed
from bdsigner.usecases.signer_checks import check_token, checked_chain
from bdsigner.usecases.timestamp_queue import wait_for_timestamp
from bdsigner.usecases.token_logins import TokenLogins
from bdsigner.usecases.turns import Turns


def sign_files(
    plan: SigningPlan,
    services: Services,
    *,
    logins: TokenLogins,
    interaction: Interaction,
    progress: Progress,
    instead_of: int = 0,
) -> tuple[SigningOutcome, ...]:
    """Sign every file of the plan; returns one outcome a file, in order.

    Raises ``TokenError``, ``CertificateError`` or ``UserCancelled`` when nothing could be signed at all.  A file that
    fails does not stop the others; a token that fails does, and the files left then carry its error.  ``instead_of`` is
    the abandoned batch of the journal that this one goes on with.
    """
    return _Signing(plan, services, logins, interaction, progress, instead_of).run()


def find_signer(services: Services, *, serial: str, key_id: str) -> SignerIdentity:
    """Look the chosen key up on the tokens present now.  Raises ``TokenError``."""
    listing = list_signers(services.tokens)
    for signer in listing.signers:
        if signer.token.serial == serial and signer.key_id == key_id:
            return signer
    if any(token.serial == serial for token in listing.tokens):
        raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, serial=serial, key_id=key_id)
    raise no_token(listing, serial)


READERS_FROM_FILES = 20
"""Documents whose whole layout is read: for fewer, another child would start for as long as it saves."""


class _Signing:
    """The state of one run: what was decided once for all its files."""

    def __init__(
        self,
        plan: SigningPlan,
        services: Services,
        logins: TokenLogins,
        interaction: Interaction,
        progress: Progress,
        instead_of: int,
    ) -> None:
        self._instead_of = instead_of
        self._batch = 0
        """Number in the journal; 0: not kept."""
        self._plan = plan
        self._services = services
        self._logins = logins
        self._interaction = interaction
        self._progress = progress
        self._outcomes: dict[int, SigningOutcome] = {}
        self._timestamps = BatchTimestamps(services, interaction, progress)
        self._telling = Lock()
        self._chain: tuple[bytes, ...] = ()
        self._ready: dict[int, ReadyFile] = {}
        self._done = 0

    def run(self) -> tuple[SigningOutcome, ...]:
        signer = find_signer(self._services, serial=self._plan.token_serial, key_id=self._plan.key_id)
        self._expect_batch()
        try:
            return self._run(signer)
        finally:
            self._services.documents.rest()

    def _expect_batch(self) -> None:
        files = self._plan.files
        if len(files) > 1:
            signers = _worker_count(len(files), self._plan.level)
            readers = READERS_AT_ONCE if sum(map(needs_layout, files)) >= READERS_FROM_FILES else 1
            self._services.documents.expect_batch(signers=signers, readers=readers)

    def _run(self, signer: SignerIdentity) -> tuple[SigningOutcome, ...]:
        self._check_signer(signer)
        ready = self._ready = review_all(
            self._plan.files,
            signer,
            self._services,
            seal_mm=seal_size_mm(self._plan.pictures, self._services),
            starting=lambda file: self._report(file, Phase.READING),
            refused=self._refuse,
        )
        confirm_objections(self._plan.files, ready, self._interaction)
        if self._progress.is_cancelled():
            raise UserCancelled
        if ready:
            self._sign_all(signer, ready)
        return tuple(self._outcomes[number] for number in range(len(self._plan.files)))

    def _check_signer(self, signer: SignerIdentity) -> None:
        check_token(signer.token, self._services)
        check_appearances(self._plan, signer, self._services)
        self._chain = checked_chain(signer, self._services, self._interaction)

    def _refuse(self, number: int, error: BdsignerError) -> None:
        self._finish(number, SigningOutcome(source=self._plan.files[number].source, error=error))

    def _sign_all(self, signer: SignerIdentity, ready: dict[int, ReadyFile]) -> None:
        tell_secrecy(signer.token, self._services, self._interaction)
        sources = [self._plan.files[number].source for number in ready]
        with confirm_signatures(
            self._logins,
            signer,
            sources,
            pages=sum(file.pages for file in ready.values()),
            notes=tuple(
                FileObjections(path=self._plan.files[number].source, objections=file.notes)
                for number, file in ready.items()
                if file.notes
            ),
            interaction=self._interaction,
        ) as signatures:
            if len(ready) > 1 or self._instead_of:
                self._batch = self._services.journal.begin(self._plan, instead_of=self._instead_of)
            with Publisher(
                self._services, self._batch, told=lambda signed, error: self._tell(signer, signed, error)
            ) as publisher:
                line = _Line(signer, signatures, Turns(tuple(ready)), self._progress, publisher)
                workers = _worker_count(len(ready), self._plan.level)
                if workers == 1:
                    for number in ready:
                        self._sign_one(number, line)
                else:
                    self._sign_side_by_side(ready, line, workers)
            self._services.register.flush()
            self._services.journal.end(self._batch)

    def _sign_side_by_side(self, ready: dict[int, ReadyFile], line: "_Line", workers: int) -> None:
        """Files are prepared and timestamped at the same time; the token is used in their order."""
        with ThreadPoolExecutor(workers, thread_name_prefix="sign") as pool:
            running = [pool.submit(self._sign_one, number, line) for number in ready]
        for future in running:
            future.result()

    def _sign_one(self, number: int, line: "_Line") -> None:
        """Sign one file and hand it over; an error that makes going on pointless is what the files after it end in."""
        file = self._plan.files[number]
        try:
            if line.stopped_by is None:
                self._report(file, Phase.SIGNING)
            line.publisher.hand_over(self._sign_file(number, line))
        except BdsignerError as error:
            if isinstance(error, UserCancelled | TokenError):
                line.stop(error)
            self._finish(number, SigningOutcome(source=file.source, error=error))
        finally:
            line.turns.give_up(number)

    def _sign_file(self, number: int, line: "_Line") -> SignedOutput:
        """Sign with the number it gets from the register; the number is free again when nothing comes of it."""
        ready, path = self._ready[number], self._plan.files[number].source
        claim(ready.number, path, self._services, is_known=ready.is_number_taken)
        try:
            return self._sign_in_time(number, line)
        except BaseException:
            self._settle_number(number, is_signed=False)
            raise

    def _settle_number(self, number: int, *, is_signed: bool) -> None:
        ready, path = self._ready[number], self._plan.files[number].source
        if ready.number is not None:
            self._services.numbers.settle(ready.number, path, is_signed=is_signed)

    def _sign_in_time(self, number: int, line: "_Line") -> SignedOutput:
        signed = self._attempt(number, line) or self._attempt(number, line, is_again=True)
        if signed is None:
            path = str(self._plan.files[number].source)
            raise SigningError(ErrorCode.SIGNING_TIME_OUT_OF_TOLERANCE, path=path)
        return signed

    def _attempt(self, number: int, line: "_Line", *, is_again: bool = False) -> SignedOutput | None:
        """Sign; ``None``: the printed time does not agree with the timestamp (§8)."""
        printed = self._timestamps.signing_time()
        with ExitStack() as stack:
            output = stack.enter_context(self._new_output(number))
            if self._batch:
                self._services.journal.note(self._batch, number, JournalStep.SIGNING, partial=output.partial)
            result = self._sign_into(output.partial, number, line, printed, is_again=is_again)
            if not self._timestamps.fits(printed, result.timestamp_time):
                return None
            held = stack.pop_all()
        return SignedOutput(number=number, output=output, result=result, printed=printed, held=held)

    def _tell(self, signer: SignerIdentity, signed: SignedOutput, error: BdsignerError | None) -> None:
        """A file has its name, or could not get it."""
        number, source = signed.number, self._plan.files[signed.number].source
        self._settle_number(number, is_signed=error is None)
        try:
            if error is not None:
                raise error
            finished = self._finished(number, signed.result, signed.printed, signer)
            self._finish(number, SigningOutcome(source=source, signed=finished))
        except BdsignerError as failure:
            self._finish(number, SigningOutcome(source=source, error=failure))

    def _new_output(self, number: int) -> AbstractContextManager[NewFile]:
        file = self._plan.files[number]
        return self._services.outputs.new_file(file.target, source=file.source)

    def _sign_into(
        self, partial: Path, number: int, line: "_Line", printed: datetime, *, is_again: bool
    ) -> SignatureResult:
        file, signer = self._plan.files[number], line.signer
        return self._services.documents.sign(
            SignatureRequest(
                source=file.source,
                partial=partial,
                certificate=signer.certificate.der,
                chain=self._chain,
                mechanism=signer.mechanism,
                level=self._plan.level,
                signing_time=printed,
                box=file.box,
                field=file.field,
                fillings=self._ready[number].fillings,
                appearance=self._appearance(file, signer, printed),
                reason=TRAINING_MARK if self._services.profile.is_training else self._plan.reason,
                expected_size_bytes=file.expected_size_bytes,
                expected_modified_ns=file.expected_modified_ns,
            ),
            sign_digest=lambda digest: line.sign(number, file.source, digest, is_again=is_again),
            request_timestamp=self._timestamps.of_one_file(),
        )

    def _finished(self, number: int, result: SignatureResult, printed: datetime, signer: SignerIdentity) -> SignedFile:
        """A file that has its name; one below the wanted level waits for its timestamp."""
        file = self._plan.files[number]
        is_waiting = not result.level.reaches(self._plan.level) and wait_for_timestamp(
            file.target, self._plan.level, self._services
        )
        signed = SignedFile(
            source=file.source,
            target=file.target,
            level=result.level,
            signing_time=printed,
            timestamp_time=result.timestamp_time,
            is_waiting=is_waiting,
            missing=result.missing,
            missing_of=result.missing_of,
            notes=self._ready[number].notes,
        )
        return enter_signed(
            signed,
            file.declaration,
            signer,
            self._ready[number].summary,
            self._services,
            is_of_batch=len(self._ready) > 1,
        )

    def _appearance(self, file: FilePlan, signer: SignerIdentity, signing_time: datetime) -> Appearance | None:
        if file.box is None and not file.field:
            return None
        mode = (file.declaration or Declaration()).mode
        pictures = self._plan.pictures
        return compose(signer.certificate, self._services.profile, signing_time, mode=mode, pictures=pictures)

    def _report(self, file: FilePlan, phase: Phase) -> None:
        with self._telling:
            self._progress.report(file.source, phase, done=self._done, total=len(self._plan.files))

    def _finish(self, number: int, outcome: SigningOutcome) -> None:
        with self._telling:
            self._outcomes[number] = outcome
            self._done += 1
            # The outcome stands: a wish to stop is heard before the next file.
            with suppress(UserCancelled):
                self._progress.report(outcome.source, Phase.DONE, done=self._done, total=len(self._plan.files))


class _Line:
    """The token and who comes to it in which order; used by the threads of one batch."""

    def __init__(
        self,
        signer: SignerIdentity,
        signatures: ConfirmedSignatures,
        turns: Turns,
        progress: Progress,
        publisher: Publisher,
    ) -> None:
        self._progress = progress
        self.publisher = publisher
        self.signer = signer
        self.turns = turns
        self.stopped_by: BdsignerError | None = None
        """What keeps the files from being signed that have not come to the token yet."""
        self._signatures = signatures

    def stop(self, error: BdsignerError) -> None:
        """No more signatures; the first reason stands."""
        self.stopped_by = self.stopped_by or error

    def sign(self, number: int, file: Path, digest: bytes, *, is_again: bool) -> bytes:
        """Sign when it is this file's turn, ``is_again`` in place of a signature that was given up.

        Raises what stopped the line.
        """
        with self.turns.turn(number):
            if self.stopped_by is not None:
                raise self.stopped_by
            try:
                if self._progress.is_cancelled():
                    raise UserCancelled
                if is_again:
                    self._signatures.allow_another()
                value = self._signatures.sign(file, digest)
            except BdsignerError as error:
                self.stop(error)
                raise
        check_signature_value(self.signer.certificate.der, digest, value, self.signer.mechanism)
        return value


def _worker_count(files: int, level: SignatureLevel) -> int:
    """Threads: the cores are for preparing, and timestamps are waited for without using one."""
    wanted = SIGNERS_AT_ONCE if level.has_timestamp else min(SIGNERS_AT_ONCE, os.cpu_count() or 1)
    return max(1, min(files, wanted))
