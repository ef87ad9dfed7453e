"""The register of signed documents for people: states, what was entered, and a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable

from bdsigner.messages.declaration import KIND_NAMES, MODE_NAMES
from bdsigner.messages.errors import describe_code
from bdsigner.messages.findings import describe_verdict
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.register import (
    BegunAnew,
    Extended,
    Received,
    Register,
    RegisterEntry,
    Released,
    Reported,
    Reviewed,
    Signed,
)
from bdsigner.model.registered_document import DocumentState, RegisteredDocument
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate
from bdsigner.model.signing_rules import KindGroup, Objection

STATE_NAMES: dict[DocumentState, str] = {
    DocumentState.WAITING: _("Chờ rà soát"),
    DocumentState.APPROVED: _("Chờ phát hành"),
    DocumentState.RELEASED: _("Đã phát hành"),
    DocumentState.RETURNED: _("Trả lại"),
    DocumentState.EXEMPT: _("Không phải rà soát"),
    DocumentState.RECEIVED: _("Văn bản đến"),
    DocumentState.REPORTED: _("Văn bản đến, đã báo cáo"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


def describe_state(state: DocumentState) -> str:
    """In two or three words."""
    return tr(STATE_NAMES[state])


def next_step(document: RegisteredDocument) -> str:
    """What is to be done now."""
    review = document.review
    match document.state:
        case DocumentState.WAITING:
            return tr("Văn thư rà soát tính phù hợp về thẩm quyền rồi phát hành hoặc trả lại (Điều 10 khoản 3 điểm c).")
        case DocumentState.APPROVED:
            return tr("Đã rà soát; ghi nhận đường gửi khi phát hành.")
        case DocumentState.RELEASED:
            return tr("Lưu bằng chứng phát hành cùng văn bản.")
        case DocumentState.RETURNED:
            return tr("Lý do: {reason}").format(reason=review.reason if review is not None else "")
        case DocumentState.EXEMPT:
            return tr("Văn bản nội bộ hoặc giữa các thuê bao; có thể rà soát nếu cần.")
        case DocumentState.RECEIVED:
            received = document.received
            return f"{describe_verdict(received.verdict)}." if received is not None else ""
        case DocumentState.REPORTED:
            return tr("Đã báo cáo Thủ trưởng cơ quan (Điều 18 khoản 2).")


def describe_register(register: Register) -> str:
    """Whether the chain is whole, in one sentence."""
    if register.first_broken is not None:
        return tr(
            "Sổ văn bản đã ký không còn nguyên vẹn: mục {number} đã bị sửa, bỏ hoặc đổi chỗ. Báo quản trị viên và giữ "
            "nguyên sổ."
        ).format(number=register.first_broken)
    whole = tr("Sổ văn bản đã ký nguyên vẹn: {count} mục.").format(count=len(register.links))
    if not register.set_aside:
        return whole
    kept = tr("Sổ cũ bị hỏng được giữ riêng: {names}.").format(names=", ".join(register.set_aside))
    return f"{whole} {kept}"


def describe_standing(candidate: ReleaseCandidate) -> str:
    """Whether the register knows this file, as it is now."""
    if candidate.document is None:
        return tr("Văn bản này chưa có trong sổ của máy này; rà soát xong sẽ được ghi vào sổ.")
    if candidate.is_changed:
        return tr("Tập tin đã khác với bản ghi trong sổ; hãy rà soát lại từ đầu.")
    return tr("Đúng là tập tin đã ghi trong sổ.")


def describe_doubt(doubt: Objection) -> str:
    """What Điều 10 has against the signer, for somebody who did not sign: without the way on."""
    message = describe_code(doubt.code, doubt.facts)
    return f"{message.title}. {message.sentence}"


def describe_kind(document: RegisteredDocument) -> str:
    """Kind and, of official documents, mode."""
    name = tr(KIND_NAMES[document.kind])
    return f"{name}, {tr(MODE_NAMES[document.mode])}" if document.kind is KindGroup.OFFICIAL else name


def describe_entry(entry: RegisterEntry) -> str:
    """What was entered, with its time."""
    return f"{show_time(entry.at)}: {_told(entry)}"


def document_facts(document: RegisteredDocument) -> list[tuple[str, str]]:
    """Names and values beside the title, for a form; empty values are to be left out."""
    signed, released = document.signed, document.released
    facts = [
        (tr("Số"), document.document.number),
        (tr("Ngày"), document.document.issued),
        (tr("Loại"), describe_kind(document)),
        (tr("Người ký"), document.signer),
        (tr("Chức danh"), document.title),
    ]
    if signed is not None:
        facts += [
            (tr("Người trình"), signed.submitted_by),
            (tr("Số hiệu chứng thư số"), signed.certificate_serial),
            (tr("Thiết bị"), signed.device_serial),
            (tr("Chuyển từ"), signed.converted_from.name if signed.converted_from is not None else ""),
        ]
    if released is not None:
        facts += [
            (tr("Đường gửi"), released.channel_name),
            (tr("Hộp thư gửi"), released.sender),
            (tr("Nơi nhận"), ", ".join(released.recipients)),
        ]
    received = document.received
    if received is not None:
        facts += [
            (tr("Kết luận kiểm tra"), describe_verdict(received.verdict)),
            (tr("Số hiệu chứng thư số"), received.certificate_serial if signed is None else ""),
            (tr("Dấu thời gian"), show_time(received.timestamp) if received.timestamp is not None else ""),
            (tr("Nhận qua"), received.channel_name or received.channel),
        ]
    return [*facts, (tr("SHA-256"), document.file.sha256)]


def register_csv(documents: Iterable[RegisteredDocument]) -> bytes:
    """One row a document, the latest first; UTF-8 with the mark by which spreadsheets know it (RFC 4180)."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(
        [
            tr("Số"),
            tr("Ngày"),
            tr("Trích yếu"),
            tr("Loại"),
            tr("Người ký"),
            tr("Chức danh"),
            tr("Số hiệu chứng thư số"),
            tr("Thiết bị"),
            tr("Ký lúc"),
            tr("Dấu thời gian"),
            tr("Người trình"),
            tr("Tình trạng"),
            tr("Rà soát"),
            tr("Đường gửi"),
            tr("Hộp thư gửi"),
            tr("Nơi nhận"),
            tr("Nhận qua"),
            tr("Kết luận kiểm tra"),
            tr("Báo cáo Thủ trưởng"),
            tr("Tập tin"),
            tr("SHA-256"),
        ]
    )
    for document in documents:
        writer.writerow([_cell(value) for value in _row(document)])
    return stream.getvalue().encode("utf-8-sig")


def _row(document: RegisteredDocument) -> list[str]:
    signed, reviewed, released = document.signed, document.reviewed, document.released
    received = document.received
    made = signed or received
    timestamp = made.timestamp if made is not None else None
    reported = [one for one in document.entries if isinstance(one.event, Reported)]
    return [
        document.document.number,
        document.document.issued,
        document.document.title,
        describe_kind(document),
        document.signer,
        document.title,
        made.certificate_serial if made is not None else "",
        signed.device_serial if signed is not None else "",
        show_time(signed.signed_at) if signed is not None else "",
        show_time(timestamp) if timestamp is not None else "",
        signed.submitted_by if signed is not None else "",
        describe_state(document.state),
        _review(reviewed) if reviewed is not None else "",
        released.channel_name if released is not None else "",
        released.sender if released is not None else "",
        ", ".join(released.recipients) if released is not None else "",
        received.channel_name or received.channel if received is not None else "",
        describe_verdict(received.verdict) if received is not None else "",
        show_time(reported[-1].at) if reported else "",
        document.file.name,
        document.file.sha256,
    ]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _told(entry: RegisterEntry) -> str:
    match entry.event:
        case Signed() as signed:
            return tr("{signer} ký ({level})").format(signer=signed.signer, level=signed.level.value)
        case Extended() as extended:
            return tr("bổ sung lên mức {level}").format(level=extended.level.value)
        case Reviewed() as reviewed:
            return _review(reviewed)
        case Released() as released:
            to = f": {', '.join(released.recipients)}" if released.recipients else ""
            return tr("phát hành qua {channel}").format(channel=released.channel_name or released.channel) + to
        case Received() as received:
            way = tr("nhận qua {channel}").format(channel=received.channel_name or received.channel)
            verdict = tr("vào sổ văn bản đến: {verdict}").format(verdict=describe_verdict(received.verdict))
            return f"{verdict}; {way}" if received.channel else verdict
        case Reported() as reported:
            who = reported.reporter or tr("không ghi tên")
            return tr("{reporter} báo cáo Thủ trưởng cơ quan; báo cáo lưu ở {place}").format(
                reporter=who, place=reported.saved_at
            )
        case BegunAnew() as begun:
            return tr("sổ mới; sổ cũ bị hỏng được giữ ở {name}").format(name=begun.kept.name)


def describe_entering(entered: int, known: int, left_out: Iterable[str]) -> tuple[str, str]:
    """Title and text on received files that were to be entered; ``left_out`` are names of files."""
    sentences = []
    if known:
        sentences.append(tr("{count} tập tin đã có trong sổ với kết luận này.").format(count=known))
    if names := ", ".join(left_out):
        sentences.append(
            tr("Chưa vào sổ, vì không kiểm tra được hoặc đã thay đổi sau khi kiểm tra: {names}.").format(names=names)
        )
    title = tr("Đã vào sổ {count} văn bản đến") if entered else tr("Không có văn bản nào được vào sổ thêm")
    return title.format(count=entered), " ".join(sentences)


def unreported_text() -> str:
    """A letter is written and the register could not be."""
    return tr("Báo cáo đã lưu, nhưng chưa ghi được vào sổ; hãy giữ báo cáo này làm bằng chứng.")


def _review(reviewed: Reviewed) -> str:
    if reviewed.verdict is ReviewVerdict.RELEASE:
        return tr("{reviewer} rà soát: đủ điều kiện phát hành").format(reviewer=reviewed.reviewer)
    return tr("{reviewer} rà soát: trả lại, {reason}").format(reviewer=reviewed.reviewer, reason=reviewed.reason)
