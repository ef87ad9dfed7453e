"""Main loop of a document child: ``python -I -m bdsigner.documents.worker view|work [SKILL …]``.

Single-threaded, one call at a time, until the input ends.  The sandbox is entered before anything is read; MuPDF and
pyHanko are imported by the first call that needs them, or at once for the skills named.  Whatever a call raises goes back as a coded
failure and the child goes on with the next call.
"""

import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from bdsigner.childproc import ChildChannel, Frame, FrameError, FrameKind
from bdsigner.documents import protocol, sandbox
from bdsigner.documents.asking import Asking
from bdsigner.documents.children import LIMITS, Lane, Skill
from bdsigner.documents.failures import coded
from bdsigner.documents.protocol import (
    AlignPages,
    AssessCertificate,
    Call,
    CheckSignable,
    ComparePages,
    Extend,
    ExtractContent,
    Failure,
    ImagesToPdf,
    Inspect,
    Look,
    OpenEnvelope,
    Ping,
    Pong,
    PrintForm,
    PrintSheet,
    ReadCertificate,
    ReadEnvelope,
    ReadLayout,
    ReadPicture,
    RenderAppearance,
    RenderFilling,
    RenderPage,
    SandboxStatus,
    Sign,
    Verify,
    WriteEnvelope,
)
from bdsigner.errors import BdsignerError, ErrorCode

if TYPE_CHECKING:
    from bdsigner.documents.reading import Reader
    from bdsigner.signing.proofs import ProofSource

log = logging.getLogger(__name__)

PIPE_BYTES = 1 << 20
"""The most an unprivileged process may ask for (``/proc/sys/fs/pipe-max-size``)."""


class Worker:
    """Serves the calls of one lane."""

    def __init__(self, channel: ChildChannel, lane: Lane, status: SandboxStatus) -> None:
        self._channel = channel
        self._pong = Pong(lane, os.getpid(), status)
        self._asking = Asking(channel)
        self._loaded_reader: Reader | None = None

    def run(self) -> None:
        """Serve calls until the application is gone."""
        with contextlib.suppress(FrameError, OSError):
            while (frame := self._channel.next_call()) is not None:
                self._channel.send(self._answer(frame.head))

    def _answer(self, head: bytes) -> Frame:
        reading = False
        try:
            envelope = protocol.decode(head, protocol.Envelope)
            reading = isinstance(
                envelope.call, (ComparePages, ImagesToPdf, Inspect, Look, ReadEnvelope, ReadLayout, RenderPage)
            )
            sandbox.allow_cpu(envelope.cpu_seconds)
            result, body = self._serve(envelope.call)
            return Frame(FrameKind.RESULT, protocol.encode(result), cast(bytes, body))  # any flat buffer can be written
        except Exception as error:  # the edge: whatever a parser raises gets its code here
            if not isinstance(error, BdsignerError):
                log.warning("call failed", exc_info=error)
            return self._failed(coded(error, reading=reading))

    def _failed(self, error: BdsignerError) -> Frame:
        if self._loaded_reader is not None and error.code is ErrorCode.DOCUMENT_DAMAGED:
            self._loaded_reader.forget()
        return Frame(FrameKind.FAILURE, protocol.encode(Failure.of(error)))

    def _serve(self, call: Call) -> tuple[object, bytes | memoryview]:
        match call:
            case Inspect():
                return self._reader().inspect(call), b""
            case ReadLayout():
                return self._reader().read_layout(call), b""
            case Look():
                return self._reader().look(call), b""
            case RenderPage():
                return self._reader().render_page(call)
            case ComparePages():
                return self._reader().compare_pages(call), b""
            case AlignPages():
                return self._reader().align_pages(call), b""
            case RenderAppearance():
                return self._reader().render_appearance(call)
            case ReadPicture():
                return self._reader().read_picture(call), b""
            case RenderFilling():
                return self._reader().render_filling(call)
            case AssessCertificate():
                return self._assess(call), b""
            case ReadCertificate():
                return self._read_certificate(call), b""
            case CheckSignable():
                return self._check_signable(call), b""
            case ImagesToPdf():
                return self._images_to_pdf(call), b""
            case PrintSheet():
                return self._print_sheet(call), b""
            case PrintForm():
                return self._print_form(call), b""
            case Sign():
                return self._sign(call), b""
            case Extend():
                return self._extend(call), b""
            case Verify():
                return self._verify(call), b""
            case ExtractContent():
                return self._extract(call), b""
            case WriteEnvelope():
                return self._write_envelope(call), b""
            case ReadEnvelope():
                return self._read_envelope(call), b""
            case OpenEnvelope():
                return self._open_envelope(call), b""
            case Ping():
                return self._pong, b""

    def _reader(self) -> "Reader":
        if self._loaded_reader is None:
            from bdsigner.documents.reading import Reader

            self._loaded_reader = Reader()
        return self._loaded_reader

    def _assess(self, call: AssessCertificate) -> object:
        from bdsigner.trust.assessment import assess_certificate

        return assess_certificate(
            call.certificate,
            call.others,
            anchors=call.anchors,
            fetcher=self._asking,
            at=call.at,
            usage=call.usage,
        )

    def _read_certificate(self, call: ReadCertificate) -> object:
        from bdsigner.trust.certificate_file import read_certificate_file

        return read_certificate_file(call.path)

    def _check_signable(self, call: CheckSignable) -> object:
        from bdsigner.signing.signable import check_signable

        return check_signable(call.path, field=call.field)

    def _images_to_pdf(self, call: ImagesToPdf) -> object:
        from bdsigner.documents.images import images_to_pdf

        return images_to_pdf(call.source, call.partial)

    def _print_sheet(self, call: PrintSheet) -> object:
        from bdsigner.documents.printing import print_sheet

        return print_sheet(call.sheet, call.fonts, call.partial)

    def _print_form(self, call: PrintForm) -> object:
        from bdsigner.documents.form_printing import print_form

        return print_form(call.form, call.copy, mail_domain=call.mail_domain, fonts=call.fonts, partial=call.partial)

    def _sign(self, call: Sign) -> object:
        from bdsigner.signing.pades import sign_document

        return sign_document(
            call.request,
            sign_digest=self._asking.sign_digest,
            request_timestamp=self._asking.request_timestamp,
            proof_source=self._proof_source(call) if call.request.level.has_proofs else None,
        )

    def _extend(self, call: Extend) -> object:
        from bdsigner.signing.extension import extend_document
        from bdsigner.verification.intact import check_intact

        return extend_document(
            call.request,
            check_intact=check_intact,
            proof_source=self._proof_source(call),
            request_timestamp=self._asking.request_timestamp,
        )

    def _proof_source(self, call: Sign | Extend) -> "ProofSource":
        from bdsigner.signing.proofs import ProofSource

        return ProofSource(anchors=call.anchors, issuers=call.issuers, fetcher=self._asking)

    def _verify(self, call: Verify) -> object:
        from bdsigner.verification.files import verify_file

        return verify_file(
            call.path,
            content=call.content,
            anchors=call.anchors,
            fetcher=self._asking,
            checked_at=call.checked_at,
            is_training=call.is_training,
            tell=self._asking.tell_integrity,
        )

    def _extract(self, call: ExtractContent) -> object:
        from bdsigner.verification.files import extract_content

        return extract_content(call.path, call.partial)

    def _write_envelope(self, call: WriteEnvelope) -> object:
        from bdsigner.encryption.writing import write_envelope

        return write_envelope(call.request, tell=self._asking.tell_bytes)

    def _read_envelope(self, call: ReadEnvelope) -> object:
        from bdsigner.encryption.reading import read_envelope

        return read_envelope(call.path, call.certificates)

    def _open_envelope(self, call: OpenEnvelope) -> object:
        from bdsigner.encryption.reading import open_envelope

        return open_envelope(
            call.path,
            call.partial,
            recipient=call.recipient,
            certificate=call.certificate,
            unwrap=self._asking.unwrap,
            tell=self._asking.tell_bytes,
        )


def _import_for(skill: Skill) -> None:
    match skill:
        case Skill.READING:
            import bdsigner.documents.reading
        case Skill.DRAWING:
            import bdsigner.documents.reading
            import bdsigner.signing.appearance
        case Skill.SIGNING:
            import bdsigner.signing.pades
            import bdsigner.signing.signable
            import bdsigner.trust.assessment
        case Skill.VERIFYING:
            import bdsigner.verification.files  # noqa: F401  # imported for the sake of importing


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Modules stay: looking for garbage among their objects again and again takes a fifth of an import's time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main(arguments: Sequence[str]) -> None:
    """Run the child; ``arguments`` are the lane and the skills to import for before the first call is read."""
    lane = Lane(arguments[0])
    # Ctrl+C in a terminal reaches the children too; the application decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import fcntl

        # Pictures are megabytes: through a pipe of the usual 64 KiB they take three times as long.
        with contextlib.suppress(OSError):  # a system may set a lower bound
            fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    channel = ChildChannel.over_stdio(LIMITS)
    status = sandbox.enter(lane)
    with _without_collecting():
        for skill in arguments[1:]:
            _import_for(Skill(skill))
    Worker(channel, lane, status).run()


if __name__ == "__main__":
    main(sys.argv[1:])
