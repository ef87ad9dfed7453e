"""The state of one file in a few words and a tone; the whole sentence stands in the right-hand column."""

from typing import NamedTuple

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.signing.oddities import Oddity, OddityKind
from bdsigner.gui.signing.sign_files import FileState, SignFile
from bdsigner.gui.verdicts import judge_outcome, tone_word
from bdsigner.messages.errors import describe, describe_code
from bdsigner.messages.translate import tr

WAITING_ICON = "circle-dashed"


class StateWords(NamedTuple):
    tone: Tone | None
    """``None``: nothing to say yet."""
    words: str

    @property
    def icon(self) -> str:
        """The shape beside the words."""
        return ICONS[self.tone] if self.tone is not None else WAITING_ICON


def describe_state(file: SignFile) -> StateWords:
    match file.state:
        case FileState.READING:
            return StateWords(None, tr("đang đọc…"))
        case FileState.READY:
            return _ready(file)
        case FileState.BLOCKED | FileState.FAILED:
            return StateWords(Tone.BROKEN, describe(file.problem).title if file.problem is not None else "")
        case FileState.SIGNING:
            return StateWords(None, tr("đang ký…"))
        case FileState.DONE:
            return StateWords(None, tr("đã xử lý"))
        case FileState.STOPPED:
            return StateWords(Tone.UNKNOWN, tr("chưa ký, đã dừng"))
        case FileState.SIGNED:
            return _signed(file)


def _ready(file: SignFile) -> StateWords:
    """What needs a look before it is signed stands out among many; what holds for most of them does not."""
    oddity = file.oddity
    if oddity is not None and oddity.stop is not None:
        return StateWords(Tone.BROKEN, describe_code(oddity.stop.code, oddity.stop.facts).title)
    if file.is_doubtful:
        return StateWords(Tone.CAUTION, tr("xem lại chỗ ký"))
    if oddity is not None:
        return StateWords(Tone.CAUTION, _unlike(oddity))
    if file.stop is not None:
        return StateWords(None, describe_code(file.stop.code, file.stop.facts).title)
    return StateWords(None, tr("chờ ký"))


def _unlike(oddity: Oddity) -> str:
    return tr("khổ giấy khác") if oddity.kind is OddityKind.PAGE_SIZE else tr("chỗ ký khác")


def _signed(file: SignFile) -> StateWords:
    if file.verification is None:
        return StateWords(Tone.UNKNOWN, tr("đã ký, đang kiểm tra…"))
    tone = judge_outcome(file.verification).tone
    return StateWords(tone, tr("đã ký · {verdict}").format(verdict=tone_word(tone).lower()))
