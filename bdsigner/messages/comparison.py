"""Sentences on revisions and on what looks different between them.  None of them is a verdict."""

from bdsigner.messages.findings import describe_signing_time
from bdsigner.messages.translate import tr
from bdsigner.model.comparison import Difference, PageComparison, PageState, RevisionComparison
from bdsigner.model.verification import FindingCode, SignatureReport

_HOLDS = frozenset({FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT})


def describe_signer(signature: SignatureReport) -> str:
    """Whose signature it is, as far as it says."""
    if signature.is_document_timestamp:
        authority = signature.timestamp.authority if signature.timestamp is not None else ""
        return authority or tr("cơ quan cấp dấu thời gian")
    if signature.signer is None:
        return tr("người ký không rõ")
    return signature.signer.common_name or signature.signer.subject


def describe_signed_revision(signature: SignatureReport) -> str:
    """The revision that a signature covers; that somebody signed it is said only where the signature holds for it."""
    codes = {finding.code for finding in signature.findings}
    name = describe_signer(signature)
    if not codes >= _HOLDS or FindingCode.COVERAGE_UNCLEAR in codes:
        return tr("Phần tập tin mà chữ ký của {name} nói đến").format(name=name)
    if signature.is_document_timestamp:
        return tr("Bản có dấu thời gian của {name}").format(name=name)
    if signature.timestamp is None and signature.claimed_time is None:
        return tr("Bản mà {name} đã ký").format(name=name)
    return tr("Bản mà {name} đã ký lúc {time}").format(name=name, time=describe_signing_time(signature))


def describe_page(page: PageComparison) -> str:
    """One line on one page."""
    number = str(page.page + 1)
    if page.earlier_page is not None and page.earlier_page != page.page:
        number = tr("{page} (bản đã ký: {earlier})").format(page=number, earlier=page.earlier_page + 1)
    match page.state:
        case PageState.ALIKE:
            return tr("Trang {page}: trông giống nhau").format(page=number)
        case PageState.DIFFERENT:
            return tr("Trang {page}: {count} chỗ khác").format(page=number, count=len(page.differences))
        case PageState.RESIZED:
            return tr("Trang {page}: khổ trang khác").format(page=number)
        case PageState.ADDED:
            return tr("Trang {page}: thêm vào sau").format(page=number)
        case PageState.REMOVED:
            return tr("Trang {page}: không còn nữa").format(page=number)
        case PageState.NOT_COMPARED:
            return tr("Trang {page}: chưa so sánh được").format(page=number)


def describe_difference(number: int, difference: Difference) -> str:
    """One line on one numbered place."""
    if difference.is_at_later_signature:
        return tr("Chỗ {number}: ô của chữ ký thêm sau").format(number=number)
    return tr("Chỗ {number}: hình trang khác").format(number=number)


def describe_comparison(result: RevisionComparison) -> tuple[str, str]:
    """Title and text on the whole comparison."""
    if result.looks_alike:
        return (
            tr("Hai bản trông giống nhau"),
            tr("Đây không phải là kết luận về chữ ký: phần không hiện trên trang vẫn có thể đã thay đổi."),
        )
    differing = [page for page in result.pages if page.state not in (PageState.ALIKE, PageState.NOT_COMPARED)]
    advice = tr("Khung đánh số ở cả hai bản chỉ cùng một chỗ; hãy tự đọc và đối chiếu.")
    if not differing:
        title = tr("Chưa thấy chỗ nào khác")
    elif all(_is_at_later_signatures(page) for page in differing):
        title = tr("Chỉ khác ở ô của chữ ký thêm sau")
        advice = tr("Hình của chữ ký có thể che nội dung bên dưới: hãy đối chiếu các khung cùng số ở hai bản.")
    else:
        title = tr("Hai bản trông khác nhau ở {count} trang").format(count=len(differing))
    if result.is_complete:
        return title, advice
    compared = sum(page.state is not PageState.NOT_COMPARED for page in result.pages)
    return title, tr(
        "Chưa so sánh hết: mới so sánh được {compared} trong {total} trang. Hãy tự xem các trang còn lại."
    ).format(compared=compared, total=result.page_count)


def _is_at_later_signatures(page: PageComparison) -> bool:
    return page.state is PageState.DIFFERENT and all(place.is_at_later_signature for place in page.differences)
