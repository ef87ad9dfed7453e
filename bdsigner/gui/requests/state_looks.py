"""The colour and the shape of how far a request is."""

from bdsigner.gui.look.colours import Tone
from bdsigner.model.request import Request, RequestState

_LOOKS = {
    RequestState.DRAFT: (Tone.UNKNOWN, "file-pen-line"),
    RequestState.SIGNED: (Tone.CAUTION, ""),
    RequestState.QUEUED: (Tone.UNKNOWN, "clock"),
    RequestState.SENDING: (Tone.UNKNOWN, "send"),
    RequestState.UNCERTAIN: (Tone.CAUTION, "circle-question-mark"),
    RequestState.SENT: (Tone.UNKNOWN, "send"),
    RequestState.RECEIVED: (Tone.VALID, "inbox"),
    RequestState.IN_PROGRESS: (Tone.VALID, "clock"),
    RequestState.DONE: (Tone.VALID, ""),
    RequestState.REFUSED: (Tone.BROKEN, ""),
    RequestState.WITHDRAWN: (Tone.UNKNOWN, "trash-2"),
}


def state_look(request: Request) -> tuple[Tone, str]:
    """Tone, and the name of a shape; an empty one is the tone's own.  What waits for a person is amber."""
    if request.state.waits_for_sending and request.problem and request.next_attempt is None:
        return Tone.CAUTION, ""
    return _LOOKS[request.state]
