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
        case QuestionCode.SIGN_WITH_PIN_FOR_EACH:
            return QuestionText(
                title=tr("Thiết bị đòi mã PIN cho từng tập tin"),
                sentence=tr(
                    "Khóa trên thiết bị “{label}” đòi nhập mã PIN cho mỗi chữ ký. Bạn sẽ được hỏi mã PIN cho từng tập "
                    "tin trong {count} tập tin; dừng lúc nào thì các tập tin đã ký vẫn được giữ."
                ).format_map(question.facts),
                yes=tr("Ký từng tập tin"),
                no=tr("Không ký"),
            )
        case QuestionCode.SIGN_WITH_OPEN_LOGIN:
            return QuestionText(
                title=tr("Ký {count} tập tin bằng phiên đang mở?").format_map(question.facts),
                sentence=tr(
                    "Phiên đăng nhập thiết bị “{label}” (số {serial}) còn mở nên không phải nhập lại mã PIN. "
                    "Tập tin đầu tiên: {file}."
                ).format_map(question.facts),
                yes=tr("Ký số"),
                no=tr("Không ký"),
            )
        case QuestionCode.ENCRYPT_UNCHECKED_RECIPIENTS:
            return QuestionText(
                title=tr("Chưa kiểm tra được chứng thư số của {count} người nhận").format_map(question.facts),
                sentence=tr(
                    "Chưa hỏi được nơi cấp xem chứng thư số của những người sau còn hiệu lực hay không: {names}. Nếu khóa của "
                    "họ đã lộ, người khác cũng đọc được tập tin."
                ).format_map(question.facts),
                yes=tr("Vẫn mã hóa"),
                no=tr("Không mã hóa"),
            )
        case QuestionCode.KEEP_DEVICE_SECRET:
            return QuestionText(
                title=tr("Bảo quản thiết bị lưu khóa bí mật"),
                sentence=tr(
                    "Thiết bị “{label}” (số {serial}) được dùng lần đầu trên máy này. Khóa bí mật và thiết bị lưu khóa "
                    "phải được bảo quản theo chế độ “{secrecy}” (Điều 14 khoản 2): không cho người khác mượn, không "
                    "cho biết mã PIN, rút thiết bị khi không dùng, báo ngay khi thất lạc."
                ).format_map(question.facts),
                yes=tr("Tôi đã hiểu"),
                no=tr("Dừng"),
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
