"""Bring signed files to a higher level: a timestamp, proofs for later, a timestamp over both."""

from collections.abc import Callable, Sequence

from bdsigner.errors import BdsignerError, ErrorCode, NetworkError, SigningError, UserCancelled
from bdsigner.model.extension import ExtendedFile, ExtensionOutcome, ExtensionPlan
from bdsigner.model.signature import ExtensionRequest, ExtensionResult, SignatureLevel
from bdsigner.ports import Phase, Progress, Services
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.signed_register import enter_extended


def extend_files(
    plans: Sequence[ExtensionPlan], level: SignatureLevel, services: Services, *, progress: Progress
) -> tuple[ExtensionOutcome, ...]:
    """Extend each file into a new one; returns one outcome a file, in order.

    A file that cannot be extended does not stop the others; one that came only part of the way is written, and its
    outcome says why.  Raises ``UserCancelled``.
    """
    outcomes: list[ExtensionOutcome] = []
    for number, plan in enumerate(plans):
        progress.report(plan.source, Phase.EXTENDING, done=number, total=len(plans))
        try:
            outcomes.append(ExtensionOutcome(source=plan.source, extended=_extend(plan, level, services, progress)))
        except UserCancelled:
            raise
        except BdsignerError as error:
            outcomes.append(ExtensionOutcome(source=plan.source, error=error))
        progress.report(plan.source, Phase.DONE, done=number + 1, total=len(plans))
    return tuple(outcomes)


def _extend(plan: ExtensionPlan, level: SignatureLevel, services: Services, progress: Progress) -> ExtendedFile:
    with services.outputs.new_file(plan.target, source=plan.source) as output:
        request = ExtensionRequest(source=plan.source, partial=output.partial, level=level)
        result = extend_into(request, services, should_stop=progress.is_cancelled)
        before, after = sha256_of(plan.source), sha256_of(output.partial)
        output.commit()
    enter_extended(
        plan.target, services, before=before, sha256=after, level=result.level, timestamp=result.timestamp_time
    )
    return ExtendedFile(
        source=plan.source,
        target=plan.target,
        level=result.level,
        missing=result.missing,
        missing_of=result.missing_of,
        timestamp_time=result.timestamp_time,
    )


def extend_into(
    request: ExtensionRequest, services: Services, *, should_stop: Callable[[], bool] = lambda: False
) -> ExtensionResult:
    """Extend into a partial file; an authority that cannot be reached is named when that is why nothing came of it.

    Raises ``UserCancelled``, ``NetworkError``, and what ``ports.DocumentGateway.extend`` says.
    """
    failures: list[NetworkError] = []

    def request_timestamp(request_der: bytes) -> bytes | None:
        from bdsigner.signing.timestamp import check_response  # here: a file at its level already needs no CMS parser

        try:
            response = services.timestamper.request(request_der, should_stop=should_stop)
            check_response(request_der, response)
        except NetworkError as error:
            failures.append(error)
            return None
        return response

    try:
        return services.documents.extend(request, request_timestamp=request_timestamp)
    except SigningError as error:
        if error.code is ErrorCode.SIGNING_NO_TIMESTAMP and failures:
            raise failures[-1] from error
        raise
