"""Yes-or-no questions put to the person before something that only they may decide."""

from dataclasses import dataclass

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.messages.translate import tr
from bdsigner.ports import Question, QuestionCode


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question with the two answers as verbs, never "OK"."""

    title: str
    sentence: str
    yes: str
    no: str


def describe_question(question: Question) -> QuestionText:
    """Say in the person's language what is to be decided and what it means."""
    match question.code:
        case QuestionCode.SIGN_WITHOUT_TIMESTAMP:
            cause = describe_code(ErrorCode(str(question.facts["cause"])), question.facts)
            return QuestionText(
                title=tr("Không lấy được dấu thời gian"),
                sentence=tr(
                    "{cause} Nếu ký không có dấu thời gian, chữ ký chỉ ghi giờ của máy này và chưa phải là chữ ký "
                    "điện tử an toàn (Điều 11); báo cáo kiểm tra sẽ ghi “chưa có dấu thời gian”."
                ).format(cause=cause.sentence),
                yes=tr("Ký không có dấu thời gian"),
                no=tr("Không ký"),
            )
        case QuestionCode.SIGN_UNCHECKED_CERTIFICATE if not question.facts.get("is_issuer_known", True):
            return QuestionText(
                title=tr("Chưa xác định được nơi cấp chứng thư số"),
                sentence=tr(
                    "Chưa xác định được chứng thư số của {name} có thuộc hệ thống chứng thực chuyên dùng hay không "
                    "(thiếu chứng thư gốc trong cấu hình, hoặc không tải được chứng thư của nơi cấp). Nếu không thuộc, "
                    "chữ ký nằm ngoài phạm vi Quy chế (Điều 1)."
                ).format(name=question.facts["name"]),
                yes=tr("Vẫn ký"),
                no=tr("Không ký"),
            )
        case QuestionCode.SIGN_UNCHECKED_CERTIFICATE:
            return QuestionText(
                title=tr("Chưa kiểm tra được chứng thư số"),
                sentence=tr(
                    "Không hỏi được tình trạng thu hồi chứng thư số của {name}. Nếu chứng thư số đã bị thu hồi, "
                    "chữ ký sẽ không có giá trị."
                ).format(name=question.facts["name"]),
                yes=tr("Vẫn ký"),
                no=tr("Không ký"),
            )
