"""The token child: takes calls one by one, in one thread, until its input ends.

Started as ``python -I -m bdsigner.token.worker MODULE``; MODULE is the path of one PKCS#11 library.  Exit codes:
0 input ended or driver spoilt, 2 wrong arguments; anything else is the driver's doing.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bdsigner.childproc import ChildChannel, Frame, FrameKind
from bdsigner.errors import BdsignerError
from bdsigner.token import protocol
from bdsigner.token.hardening import die_after, harden_process, wipe

if TYPE_CHECKING:
    from bdsigner.token.driver import Driver

MAX_CALL_SECONDS = 600
"""Longer than any deadline of the gateway: only a child whose parent died can reach it."""


def main() -> int:
    """Serve calls until the parent closes our input."""
    if len(sys.argv) != 2:  # program and module
        return 2
    harden_process()
    # The descriptors are claimed before the driver's code can run: importing it loads nothing yet.
    channel = ChildChannel.over_stdio(protocol.TO_CHILD)
    from bdsigner.token.driver import Driver

    driver = Driver(sys.argv[1])
    while not driver.is_spoilt and (frame := channel.next_call()) is not None:
        die_after(MAX_CALL_SECONDS)
        channel.send(serve(driver, frame))
        die_after(0)
    return 0


def serve(driver: "Driver", frame: Frame) -> Frame:
    """Do one call and make its answer; wipes the frame's body, which may be a PIN.

    A head that is no call ends the child: the parent is the same program.
    """
    try:
        return Frame(FrameKind.RESULT, protocol.encode(_dispatch(driver, frame)))
    except BdsignerError as error:
        return protocol.failure_frame(error)
    finally:
        wipe(frame.body)


def _dispatch(driver: "Driver", frame: Frame) -> object:
    call = protocol.decode_call(frame.head)
    match call:
        case protocol.ListTokens():
            return driver.list_tokens()
        case protocol.LookForChanges():
            return driver.look_for_changes()
        case protocol.OpenSession():
            return protocol.Opened(driver.open_session(call.token, frame.body, signatures=call.signatures))
        case protocol.Sign():
            return protocol.Signed(driver.sign(call.key_id, call.digest, call.mechanism, frame.body))
        case protocol.Unwrap():
            return protocol.Unwrapped(driver.unwrap(call.key_id, call.wrapped, frame.body))
        case protocol.ConfirmMore():
            driver.confirm_more(call.signatures)
        case protocol.CheckSession():
            return protocol.Checked(driver.check_session())
        case protocol.CloseSession():
            driver.close_session()
        case protocol.ChangePin():
            with _two_pins(frame) as (old, new):
                driver.change_pin(call.token, old, new)
        case protocol.UnblockPin():
            with _two_pins(frame) as (puk, new):
                driver.unblock_pin(call.token, puk, new)
    return protocol.Done()


@contextmanager
def _two_pins(frame: Frame) -> Iterator[tuple[bytearray, bytearray]]:
    secret, new = protocol.split_pins(frame.body)
    try:
        yield secret, new
    finally:
        wipe(secret)
        wipe(new)


if __name__ == "__main__":
    sys.exit(main())
