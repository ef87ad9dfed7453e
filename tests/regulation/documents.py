"""A document as read, its facts and declarations, for the tests of the rules; every part can be changed."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bdsigner.errors import ErrorCode
from bdsigner.model.document import DocumentInfo, Page
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DateLine, DocumentLayout, NumberLine, SignOff, Slot, TextLine, TextStyle
from bdsigner.model.signing_rules import Declaration, KindGroup, ObjectionWeight, SigningFacts, SigningMode
from bdsigner.regulation.signing_rules import signing_objections
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path
from tests.regulation.test_rules import CERTIFICATE

STYLE = TextStyle(size_pt=13)
SLOT = Box(0, 300, 500, 240, 80)
HEAD = Box(0, 300, 15, 250, 40)
OFFICIAL = Declaration(kind=KindGroup.OFFICIAL)
COPY = Declaration(kind=KindGroup.OFFICIAL, mode=SigningMode.COPY, is_paper_signed=True)
STOP, CONFIRM, NOTE = ObjectionWeight.STOP, ObjectionWeight.CONFIRM, ObjectionWeight.NOTE
PROFILE = load_profile(resource_path("profiles", "binh-duong"))


def line(text: str, y: float = 100) -> TextLine:
    return TextLine(text=text, box=Box(0, 300, y, 200, 14), baseline_pt=y + 11, style=STYLE)


def slot(value: str) -> Slot:
    return Slot(value=value, box=Box(0, 100, 110, 30, 14), baseline_pt=121, style=STYLE)


def layout(*titles: str, name: str = "Nguyễn Hoàng Ánh", **changes: Any) -> DocumentLayout:
    parts: dict[str, Any] = {
        "has_text": True,
        "is_administrative": True,
        "number": NumberLine(number=slot("12"), symbol="QĐ-UBND"),
        "date": DateLine(place="Bình Dương", day=slot("05"), month=slot("01"), year=slot("2026")),
        "agency_lines": ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH DƯƠNG"),
        "title": ("QUYẾT ĐỊNH", "Về việc ký số"),
        "sign_off": SignOff(title_lines=tuple(map(line, titles or ("CHỦ TỊCH",))), name=line(name, 600), slot=SLOT),
        "occupied": (Box(0, 100, 300, 400, 150),),
    }
    return DocumentLayout(**parts | changes)


def info(**changes: Any) -> DocumentInfo:
    parts = {"path": Path("a.pdf"), "size_bytes": 1, "modified_ns": 1, "pages": (Page(595, 842),)}
    return DocumentInfo(**parts | changes)


def facts(seen: DocumentLayout, *, title: str = "Chủ tịch", **changes: Any) -> SigningFacts:
    parts: dict[str, Any] = {
        "info": info(),
        "layout": seen,
        "declaration": OFFICIAL,
        "certificate": replace(CERTIFICATE, title=title, sha256="ab"),
        "profile": PROFILE,
        "today": date(2026, 1, 6),
    }
    given = parts | changes
    is_copy = given["declaration"].mode is SigningMode.COPY
    return SigningFacts(**{"box": HEAD if is_copy else SLOT} | given)


def codes(given: SigningFacts, weight: ObjectionWeight = STOP) -> list[ErrorCode]:
    return [objection.code for objection in signing_objections(given) if objection.weight is weight]


EMPTY_NUMBER = NumberLine(number=slot(""), symbol="QĐ-UBND")
