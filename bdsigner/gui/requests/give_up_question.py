"""Whether a request is really given up."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.messages.questions import QuestionText
from bdsigner.messages.translate import tr
from bdsigner.model.request import Request, RequestState


def ask_to_give_up(request: Request, window: QWidget, act: Callable[[], object]) -> None:
    """Put the question over a window; ``act`` is called when the answer is yes."""
    is_draft = request.state is RequestState.DRAFT
    question = QuestionText(
        title=tr("Bỏ yêu cầu này?"),
        sentence=tr("Bản nháp và những gì đã điền sẽ bị xóa; chưa có gì được gửi đi.")
        if is_draft
        else tr("Yêu cầu chưa được gửi và sẽ không được gửi nữa; giấy đã ký vẫn xem lại được."),
        yes=tr("Bỏ yêu cầu"),
        no=tr("Giữ lại"),
    )
    dialog = QuestionDialog(question, window)

    def decide() -> None:
        if dialog.decision:
            act()
        dialog.deleteLater()

    dialog.finished.connect(decide)
    dialog.open()
