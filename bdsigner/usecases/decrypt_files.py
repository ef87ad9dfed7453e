"""Open envelopes with a key on a token (Đ13, Đ18.1); the content appears whole and authenticated, or not at all."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bdsigner.errors import BdsignerError, CertificateError, EncryptionError, ErrorCode, UserCancelled
from bdsigner.formats.content import content_name
from bdsigner.model.device import KnownDevice
from bdsigner.model.encryption import DecryptionOutcome, Envelope, OpenedContent
from bdsigner.model.token import SignerIdentity
from bdsigner.model.verification import VerificationOutcome
from bdsigner.ports import Interaction, Phase, PinPurpose, Progress, Services, TellBytes
from bdsigner.regulation.signer import check_device
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.confirmed_signatures import ConfirmedSignatures, confirm_signatures
from bdsigner.usecases.prepare_files import free_name
from bdsigner.usecases.token_logins import TokenLogins
from bdsigner.usecases.verify_files import verify_files

NAMED_MAX = 5
"""Certificates named where the device that is needed was never seen here."""
_MAY_BE_SIGNED = (".pdf", ".p7m", ".eml")


def look_at_envelope(path: Path, services: Services) -> tuple[Envelope, tuple[SignerIdentity, ...]]:
    """What an envelope shows, and the keys on the tokens now plugged in that open it; asks for no PIN.

    Raises ``DocumentError``, ``EncryptionError``.
    """
    keys = _keys(services)
    envelope = services.envelopes.read(path, certificates=[key.certificate.der for key in keys])
    found = {one.candidate for one in envelope.recipients if one.scheme is not None}
    return envelope, tuple(key for number, key in enumerate(keys) if number in found)


def known_holders(envelope: Envelope, services: Services) -> tuple[KnownDevice, ...]:
    """Devices seen on this machine with a certificate among the recipients, the latest first."""
    wanted = {one.serial_number for one in envelope.recipients if one.serial_number}
    return tuple(device for device in services.memory.devices() if _serials(device) & wanted)


def no_holder(path: Path, envelope: Envelope, known: Sequence[KnownDevice]) -> EncryptionError:
    """Why nothing that is plugged in opens a file: which devices would, or at least which certificates."""
    named = [f"{device.label} ({device.serial})" for device in known]
    named += [one.serial_number or one.key_identifier for one in envelope.recipients] if not named else []
    wanted = ", ".join(dict.fromkeys(name for name in named[:NAMED_MAX] if name)) or "?"
    return EncryptionError(
        ErrorCode.ENCRYPTION_NO_HOLDER, path=str(path), wanted=wanted, count=len(envelope.recipients)
    )


def _serials(device: KnownDevice) -> set[str]:
    found: set[str] = set()
    for der in device.certificates:
        with contextlib.suppress(CertificateError):
            found.add(parse_certificate(der).serial_number)
    return found


def decrypt_files(
    paths: Sequence[Path],
    holder: SignerIdentity,
    services: Services,
    *,
    logins: TokenLogins,
    folder: Path | None = None,
    interaction: Interaction,
    progress: Progress,
    tell: TellBytes,
) -> tuple[DecryptionOutcome, ...]:
    """Decrypt each file with one key, beside it or in ``folder``, under a name that is free; one outcome a file.

    What can refuse does so before the PIN is asked for, once for all files.  What came out and is signed is judged at
    once.  Raises ``UserCancelled``; ``TokenError`` when the PIN is refused.
    """
    outcomes = {path: _look(path, holder, services) for path in paths}
    wanted = [path for path, outcome in outcomes.items() if outcome.error is None]
    if wanted:
        with confirm_signatures(
            logins, holder, wanted, pages=0, interaction=interaction, purpose=PinPurpose.DECRYPT
        ) as confirmed:
            for number, path in enumerate(wanted):
                progress.report(path, Phase.DECRYPTING, done=number, total=len(wanted))
                outcomes[path] = _decrypt(outcomes[path], holder, services, confirmed, folder, tell)
                progress.report(path, Phase.DONE, done=number + 1, total=len(wanted))
    return tuple(_with_verdict(outcome, services, progress) for outcome in outcomes.values())


def _keys(services: Services) -> list[SignerIdentity]:
    keys: list[SignerIdentity] = []
    for token in services.tokens.list_tokens().tokens:
        for on_token in token.certificates:
            try:
                certificate = parse_certificate(on_token.der)
            except CertificateError:
                continue  # listed as a problem where tokens are shown
            keys.append(SignerIdentity(token=token, key_id=on_token.key_id, certificate=certificate))
    return keys


def _look(path: Path, holder: SignerIdentity, services: Services) -> DecryptionOutcome:
    try:
        check_device(holder.token, services.profile.mode)
        envelope = services.envelopes.read(path, certificates=[holder.certificate.der])
        if not envelope.is_readable:
            raise EncryptionError(ErrorCode.ENCRYPTION_UNSUPPORTED, path=str(path), algorithm=envelope.cipher)
        if _recipient(envelope) is None:
            raise EncryptionError(ErrorCode.ENCRYPTION_NOT_RECIPIENT, path=str(path), name=_name(holder))
    except BdsignerError as error:
        return DecryptionOutcome(path=path, holder=holder, error=error)
    return DecryptionOutcome(path=path, holder=holder, envelope=envelope)


def _recipient(envelope: Envelope) -> int | None:
    mine = (number for number, one in enumerate(envelope.recipients) if one.candidate == 0 and one.scheme is not None)
    return next(mine, None)


def _name(holder: SignerIdentity) -> str:
    return holder.certificate.common_name or holder.certificate.subject


def _decrypt(
    seen: DecryptionOutcome,
    holder: SignerIdentity,
    services: Services,
    confirmed: ConfirmedSignatures,
    folder: Path | None,
    tell: TellBytes,
) -> DecryptionOutcome:
    path, recipient = seen.path, _recipient(seen.envelope) if seen.envelope is not None else None
    target = free_name((folder or path.parent) / content_name(path.name, None))
    try:
        if recipient is None:  # asked before
            raise EncryptionError(ErrorCode.ENCRYPTION_NOT_RECIPIENT, path=str(path), name=_name(holder))
        with services.outputs.new_secret(target, source=path) as output:
            opened = services.envelopes.open(
                path,
                output.partial,
                recipient=recipient,
                certificate=holder.certificate.der,
                unwrap=lambda wrapped: confirmed.unwrap(path, wrapped),
                tell=tell,
            )
            target = _named(target, opened)
            output.rename(target)
            output.commit()
    except UserCancelled:
        raise
    except BdsignerError as error:
        return replace(seen, error=error)
    return replace(seen, output=target)


def _named(target: Path, opened: OpenedContent) -> Path:
    """With what the content says it is, where the envelope's name does not say: mail programs rename what they carry."""
    return target if target.suffix or not opened.suffix else free_name(target.with_name(target.name + opened.suffix))


def _with_verdict(outcome: DecryptionOutcome, services: Services, progress: Progress) -> DecryptionOutcome:
    if outcome.output is None or outcome.output.suffix.lower() not in _MAY_BE_SIGNED:
        return outcome
    judged: tuple[VerificationOutcome, ...] = verify_files([outcome.output], services, progress=progress)
    is_signed = any(one.report is not None and one.report.verdict is not None for one in judged)
    return replace(outcome, inner=judged if is_signed else ())
