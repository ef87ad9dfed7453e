"""Encrypt files for people (Đ13.1): whoever may not receive is refused by name, outputs appear whole or not at all."""

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bdsigner.errors import BdsignerError, DocumentError, EncryptionError, ErrorCode, Fact, UserCancelled
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.directory import CheckedRecipient
from bdsigner.model.encryption import EncryptionOutcome, EncryptionPlan, EnvelopeRequest, Member
from bdsigner.model.profile import EncryptionProvider, Profile
from bdsigner.ports import Interaction, Phase, Progress, Question, QuestionCode, Services, TellBytes
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.prepare_files import free_name

log = logging.getLogger(__name__)

BUILT_IN = "tich_hop"
"""Id of the provider that this program is itself; the profile may switch it off."""
MEMBERS_MAX = 10_000
SUFFIX = ".p7m"


def encryption_providers(profile: Profile) -> tuple[EncryptionProvider, ...]:
    """Those that are switched on and that this program can use."""
    return tuple(one for one in profile.encryption_providers if one.enabled and (one.command or one.id == BUILT_IN))


def encrypt_files(
    plan: EncryptionPlan,
    checked: Sequence[CheckedRecipient],
    services: Services,
    *,
    interaction: Interaction,
    progress: Progress,
    tell: TellBytes,
) -> tuple[EncryptionOutcome, ...]:
    """Encrypt each file, or all as one archive, for ``checked`` and the plan's sender; one outcome an envelope.

    What cannot be checked of a recipient is put to the person once.  Raises ``EncryptionError``
    ENCRYPTION_SWITCHED_OFF, ENCRYPTION_RECIPIENT_REFUSED; ``DocumentError`` for folders that cannot be read;
    ``UserCancelled``.
    """
    provider = _provider(plan, services.profile)
    refuse_unfit(checked)
    _ask_about_unknown(checked, interaction)
    recipients = tuple(dict.fromkeys([*plan.recipients, *([plan.sender] if plan.sender is not None else [])]))
    members = list(_members(plan.files))
    if not members:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(plan.files[0]) if plan.files else "")
    groups = [tuple(members)] if plan.as_archive else [(member,) for member in members]
    outcomes: list[EncryptionOutcome] = []
    for number, group in enumerate(groups):
        progress.report(group[0].path, Phase.ENCRYPTING, done=number, total=len(groups))
        try:
            output, sha256 = _encrypt(group, plan, provider, [one.der for one in recipients], services, tell)
            outcome = EncryptionOutcome(
                sources=tuple(member.path for member in group),
                output=output,
                recipients=recipients,
                sha256=sha256,
                provider=provider,
            )
            serials = ", ".join(one.serial_number for one in recipients)
            log.info("encrypted %s (sha256 %s) with %s for certificates %s", output.name, sha256, provider.id, serials)
        except UserCancelled:
            raise
        except BdsignerError as error:
            outcome = EncryptionOutcome(sources=tuple(member.path for member in group), error=error)
        outcomes.append(outcome)
        progress.report(group[0].path, Phase.DONE, done=number + 1, total=len(groups))
    return tuple(outcomes)


def _provider(plan: EncryptionPlan, profile: Profile) -> EncryptionProvider:
    usable = [one for one in encryption_providers(profile) if plan.provider in ("", one.id)]
    if not usable:
        raise EncryptionError(ErrorCode.ENCRYPTION_SWITCHED_OFF)
    return usable[0]


def refuse_unfit(checked: Sequence[CheckedRecipient]) -> None:
    """Raises ``EncryptionError`` ENCRYPTION_RECIPIENT_REFUSED for the first who may not receive anything (Đ13.1)."""
    for one in checked:
        status = one.assessment.status
        if status not in (CertificateStatus.GOOD, CertificateStatus.UNKNOWN):
            raise EncryptionError(
                ErrorCode.ENCRYPTION_RECIPIENT_REFUSED,
                name=one.entry.name,
                serial=one.entry.certificate.serial_number,
                recipient_status=status.value,
            )


def _ask_about_unknown(checked: Sequence[CheckedRecipient], interaction: Interaction) -> None:
    unknown = [one.entry.name for one in checked if one.assessment.status is CertificateStatus.UNKNOWN]
    if unknown:
        facts: dict[str, Fact] = {"names": ", ".join(unknown), "count": len(unknown)}
        if not interaction.confirm(Question(QuestionCode.ENCRYPT_UNCHECKED_RECIPIENTS, facts)):
            raise UserCancelled


def _members(files: Sequence[Path]) -> Iterator[Member]:
    """Files as they are, folders with all regular files they hold; what is linked from elsewhere stays out.

    Raises ``DocumentError``.
    """
    count = 0
    for path in files:
        for member in _in_folder(path) if path.is_dir() else (Member(path=path, name=path.name),):
            count += 1
            if count > MEMBERS_MAX:
                raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path))
            yield member


def _in_folder(folder: Path) -> Iterator[Member]:
    def refuse(error: OSError) -> None:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(folder), reason=error.strerror or "") from error

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield Member(path=path, name=path.relative_to(folder.parent).as_posix())


def _encrypt(
    group: tuple[Member, ...],
    plan: EncryptionPlan,
    provider: EncryptionProvider,
    recipients: list[bytes],
    services: Services,
    tell: TellBytes,
) -> tuple[Path, str]:
    policy = services.profile.encryption
    first = plan.files[0] if plan.as_archive else group[0].path
    name = f"{first.stem if first.is_file() else first.name}.zip" if plan.as_archive else first.name
    target = free_name((plan.folder or first.parent) / f"{name}{SUFFIX}")
    with services.outputs.new_file(target, source=first if first.is_file() else None) as output:
        request = EnvelopeRequest(
            members=group,
            is_archive=plan.as_archive,
            partial=output.partial,
            recipients=tuple(recipients),
            cipher=policy.cipher,
            rsa=policy.rsa,
        )
        tool = services.encryption_tools.get(provider.id)
        if tool is not None:
            tool.encrypt(request, tell=tell)
        else:
            services.envelopes.write(request, tell=tell)
        sha256 = sha256_of(output.partial)
        output.commit()
    return target, sha256
