"""What the department reads around a request.  Vietnamese whatever the window's language is, as the forms are."""

from collections.abc import Sequence

from bdsigner.model.device import RequestCase
from bdsigner.model.form import FormTemplate
from bdsigner.model.request import Request

NOTE_NAME = "DOC-TOI.txt"
_URGENT = "KHẨN – "
"""Đ7.1d: until the certificate is revoked others can sign with it."""


def subject(request: Request, template: FormTemplate) -> str:
    """Of the mail."""
    title = f"{_title(template)} – {request.subject}" if request.subject else _title(template)
    return f"{_URGENT if request.case is RequestCase.LOST else ''}{title} – mã {request.id}"


def body(request: Request, template: FormTemplate, *, addressee: str, files: Sequence[str]) -> str:
    """Of the mail; ``files`` are the names of what goes along."""
    return "\n".join(
        (
            f"Kính gửi: {addressee}",
            "",
            *_facts(request, template),
            "",
            "Tài liệu kèm theo:",
            *(f"{number}. {name}" for number, name in enumerate(files, 1)),
            "",
            "Yêu cầu giữ nguyên mã khi gửi lại: các thư cùng mã là một yêu cầu.",
        )
    )


def note(request: Request, template: FormTemplate, *, addressee: str, files: Sequence[str]) -> str:
    """Of what is handed over as a file: lies beside the papers."""
    return "\n".join(
        (
            f"Nơi nhận: {addressee}",
            "",
            *_facts(request, template),
            "",
            "Tập tin trong gói này:",
            *(f"{number}. {name}" for number, name in enumerate(files, 1)),
            "",
            "Yêu cầu giữ nguyên mã trên mọi đường gửi: thư, trang tiếp nhận và gói này cùng mã là một yêu cầu.",
            "",
        )
    )


def _facts(request: Request, template: FormTemplate) -> tuple[str, ...]:
    form = f"{_title(template)} ({template.number})" if template.number else _title(template)
    signed = "giấy ký tay, kèm bản chụp" if request.is_hand_signed else "giấy ký số"
    return (
        f"Loại giấy: {form}",
        *((f"Của: {request.subject}",) if request.subject else ()),
        f"Trường hợp: {_clause(request.case)}",
        f"Hình thức ký: {signed}",
        f"Mã yêu cầu: {request.id}",
    )


def _title(template: FormTemplate) -> str:
    return template.title.capitalize()


def _clause(case: RequestCase) -> str:
    """``7.1d`` → ``Điều 7 khoản 1 điểm d``."""
    article, _, rest = case.value.partition(".")
    clause, point = rest[:1], rest[1:]
    return f"Điều {article} khoản {clause}" + (f" điểm {point}" if point else "")
