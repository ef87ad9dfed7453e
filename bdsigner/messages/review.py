"""What the rules ask about before a batch is signed, as one question."""

from collections.abc import Sequence

from bdsigner.messages.errors import describe_code
from bdsigner.messages.questions import QuestionText
from bdsigner.messages.translate import tr
from bdsigner.model.signing_rules import FileObjections, Objection
from bdsigner.ports import SigningReview

LINES_MAX = 12
"""More do not fit a window; the rest is counted."""


def describe_objection(objection: Objection) -> str:
    """Sentence and way on."""
    message = describe_code(objection.code, objection.facts)
    return f"{message.sentence} {message.remedy}"


def describe_points(files: Sequence[FileObjections]) -> list[str]:
    """A line for every point with its file; several files of the same point are put together."""
    points: dict[str, list[str]] = {}
    for file in files:
        for objection in file.objections:
            points.setdefault(describe_objection(objection), []).append(file.path.name)
    lines = [f"• {_files(names)}: {text}" for text, names in points.items()]
    if len(lines) > LINES_MAX:
        rest = len(lines) - LINES_MAX
        lines = [*lines[:LINES_MAX], tr("• và {count} điểm khác").format(count=rest)]
    return lines


def describe_review(review: SigningReview) -> QuestionText:
    """Every point with its file, as one question."""
    return QuestionText(
        title=tr("Cần bạn quyết định trước khi ký"),
        sentence="\n".join(describe_points(review.files)),
        yes=tr("Đã kiểm tra, ký tiếp"),
        no=tr("Không ký"),
    )


def _files(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return tr("{file} và {count} tập tin khác").format(file=names[0], count=len(names) - 1)
