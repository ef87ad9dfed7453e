"""What may never be signed: secret documents and the prohibited kinds (Đ10.1a)."""

import re
from collections.abc import Sequence

from bdsigner.errors import ErrorCode
from bdsigner.model.layout import Certainty, DocumentLayout
from bdsigner.model.signing_rules import Declaration, Objection
from bdsigner.model.vietnamese import fold, fold_tightly

CLAUSE = "Đ10.1a"
_TITLE_WORDS: dict[str, tuple[str, ...]] = {
    "quyền sử dụng đất": ("giấy chứng nhận quyền sử dụng đất",),
    "quyền sở hữu nhà": ("giấy chứng nhận quyền sở hữu nhà", "giấy chứng nhận quyền sở hữu công trình"),
    "thừa kế": (
        "văn bản thỏa thuận phân chia di sản",
        "văn bản phân chia di sản",
        "văn bản khai nhận di sản",
        "văn bản từ chối nhận di sản",
        "văn bản phân chia thừa kế",
        "di chúc",
    ),
    "đăng ký kết hôn": ("giấy đăng ký kết hôn", "giấy chứng nhận kết hôn", "trích lục kết hôn"),
    "ly hôn": ("quyết định ly hôn", "quyết định công nhận thuận tình ly hôn"),
    "khai sinh": ("giấy khai sinh", "trích lục khai sinh"),
    "khai tử": ("giấy khai tử", "trích lục khai tử", "giấy chứng tử"),
    "hối phiếu": (
        "hối phiếu",
        "hối phiếu đòi nợ",
        "hối phiếu nhận nợ",
        "séc",
        "tín phiếu",
        "trái phiếu",
        "cổ phiếu",
        "kỳ phiếu",
        "công trái",
        "chứng chỉ tiền gửi",
        "sổ tiết kiệm",
    ),
}
"""How papers of a prohibited kind are headed, by a word of the kind's name in the profile."""
_LETTER = "v/v"
_COPY_OF = re.compile(r"^(bản sao|bản chính) ")
_CONCERNING = re.compile(r"^quyết định (về việc|v/v) ")
_PUNCTUATION = re.compile(r"[^\w/]+")
_TIGHT_MIN = 10
"""Shorter headings, such as ``séc``, are sought as words only: without spaces they begin others."""


def kind_objections(
    declaration: Declaration, layout: DocumentLayout, prohibited_kinds: Sequence[str]
) -> list[Objection]:
    """Declared or marked secret; declared or headed as a prohibited kind.  Words of the body do not count."""
    found: list[Objection] = []
    if declaration.is_secret:
        found.append(Objection.stop(ErrorCode.REGULATION_SECRET_DECLARED, CLAUSE))
    if layout.secrecy_mark is not None:
        is_sure = layout.secrecy_mark.certainty is Certainty.SURE
        object_to = Objection.stop if is_sure else Objection.confirm
        found.append(object_to(ErrorCode.REGULATION_SECRET_MARK, CLAUSE, mark=layout.secrecy_mark.level.value))
    if declaration.prohibited_kind:
        found.append(Objection.stop(ErrorCode.REGULATION_PROHIBITED_KIND, CLAUSE, kind=declaration.prohibited_kind))
    else:
        kind = prohibited_by_title(layout.title, prohibited_kinds)
        if kind:
            found.append(Objection.stop(ErrorCode.REGULATION_PROHIBITED_KIND, CLAUSE, kind=kind))
    return found


def prohibited_by_title(title: Sequence[str], prohibited_kinds: Sequence[str]) -> str:
    """The prohibited kind a document is headed as; empty for none.  A letter about such papers is none of them."""
    heading = _plain(" ".join(title))
    if not heading or heading.startswith(_LETTER):
        return ""
    heading = _CONCERNING.sub("quyết định ", _COPY_OF.sub("", heading))
    for kind in prohibited_kinds:
        name = fold(kind)
        known = [words for word, headings in _TITLE_WORDS.items() if fold(word) in name for words in headings]
        if any(_is_headed(heading, _plain(words)) for words in (kind, *known)):
            return kind
    return ""


def _is_headed(heading: str, words: str) -> bool:
    """Whether the heading begins with those words; also where the reading tore them apart."""
    if f"{heading} ".startswith(f"{words} "):
        return True
    together = fold_tightly(words)
    return len(together) >= _TIGHT_MIN and fold_tightly(heading).startswith(together)


def _plain(text: str) -> str:
    """Folded words without punctuation: the heading of a land certificate goes on behind a comma."""
    return _PUNCTUATION.sub(" ", fold(text)).strip()
