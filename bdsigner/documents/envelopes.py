"""Envelopes written and read in document children; implements ``ports.Envelopes``."""

from collections.abc import Sequence
from pathlib import Path

from bdsigner.documents.answers import EnvelopeAnswers
from bdsigner.documents.calls import USUAL_DEADLINES, Deadlines, call_child, size_of
from bdsigner.documents.children import DocumentChildren
from bdsigner.documents.protocol import OpenEnvelope, ReadEnvelope, WriteEnvelope
from bdsigner.model.encryption import Envelope, EnvelopeRequest, OpenedContent
from bdsigner.ports import TellBytes, UnwrapKey


class ChildEnvelopes:
    """May be called from any thread; the children are the owner's, who ends them."""

    def __init__(self, children: DocumentChildren, *, deadlines: Deadlines = USUAL_DEADLINES) -> None:
        self._children = children
        self._deadlines = deadlines

    def write(self, request: EnvelopeRequest, *, tell: TellBytes) -> int:
        """See ``ports.Envelopes``."""
        size = 2 * sum(size_of(member.path) for member in request.members)
        with self._children.worker() as child:
            return call_child(
                child,
                WriteEnvelope(request),
                int,
                deadlines=self._deadlines,
                path=request.members[0].path,
                size_bytes=size,
                answers=EnvelopeAnswers(tell),
            )[0]

    def read(self, path: Path, *, certificates: Sequence[bytes] = ()) -> Envelope:
        """See ``ports.Envelopes``."""
        call = ReadEnvelope(path, tuple(certificates))
        with self._children.worker() as child:
            return call_child(child, call, Envelope, deadlines=self._deadlines, path=path, size_bytes=size_of(path))[0]

    def open(
        self, path: Path, partial: Path, *, recipient: int, certificate: bytes, unwrap: UnwrapKey, tell: TellBytes
    ) -> OpenedContent:
        """See ``ports.Envelopes``."""
        call = OpenEnvelope(path, partial, recipient, certificate)
        with self._children.worker() as child:
            return call_child(
                child,
                call,
                OpenedContent,
                deadlines=self._deadlines,
                path=path,
                size_bytes=3 * size_of(path),
                answers=EnvelopeAnswers(tell, unwrap),
            )[0]
