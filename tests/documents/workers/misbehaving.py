"""A document child that misbehaves in the way named by its first argument; started by the tests with ``-I``."""

import os
import sys
import time

from bdsigner.childproc import ChildChannel, Frame, FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.children import LIMITS, Lane
from bdsigner.documents.protocol import AskFetch, AskSignature, AskTimestamp, RasterHead
from bdsigner.ports import FetchKind, FetchRequest


def hang(channel: ChildChannel) -> None:
    """Sleep past any deadline, without using the processor."""
    time.sleep(3600)


def exit_at_once(channel: ChildChannel) -> None:
    """Die as if the parser had crashed."""
    os._exit(3)


def nonsense(channel: ChildChannel) -> None:
    """Answer what is not JSON."""
    channel.send(Frame(FrameKind.RESULT, b"\xff{"))


def wrong_picture(channel: ChildChannel) -> None:
    """Announce more pixels than there are."""
    channel.send(Frame(FrameKind.RESULT, protocol.encode(RasterHead(1000, 1000, False)), b"abc"))


def asks_twice(channel: ChildChannel) -> None:
    """Try to have two digests signed in one call."""
    for _ in range(2):
        channel.ask(protocol.encode(AskSignature(bytes(32))))


def asks_for_document(channel: ChildChannel) -> None:
    """Try to have something signed that is no SHA-256 digest."""
    channel.ask(protocol.encode(AskSignature(b"whole document")))


def asks_timestamp(channel: ChildChannel) -> None:
    """Ask for a timestamp, whatever the call."""
    channel.ask(protocol.encode(AskTimestamp(b"request")))


def fetches(channel: ChildChannel) -> None:
    """Fetch without end; then die."""
    for number in range(1000):
        request = FetchRequest(kind=FetchKind.CRL, url=f"http://ca.example/{number}")
        answer = channel.ask(protocol.encode(AskFetch(request)))
        if answer.kind is FrameKind.FAILURE and b"unreachable" not in answer.head:
            channel.send(Frame(FrameKind.FAILURE, answer.head))
            return


def signs_beside_drawing(channel: ChildChannel) -> None:
    """In one lane wait for a signature, in the other draw one pixel."""
    if sys.argv[2] == Lane.WORK:
        channel.ask(protocol.encode(AskSignature(bytes(32))))
    channel.send(Frame(FrameKind.RESULT, protocol.encode(RasterHead(1, 1, False)), b"rgb"))


def main() -> None:
    """Do it, at every call."""
    channel = ChildChannel.over_stdio(LIMITS)
    while channel.next_call() is not None:
        globals()[sys.argv[1]](channel)


main()
