"""What tempts the layout reader, and what it has to say when it is not sure."""

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.sign.fields import SigFieldSpec

from bdsigner.documents.opening import Documents
from bdsigner.documents.words import DocumentPages
from bdsigner.layout.head import find_date, find_number
from bdsigner.layout.lines import segments_of
from bdsigner.layout.reader import read_layout, read_marks
from bdsigner.layout.words import Cell, Word
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.layout import Certainty, DocumentLayout, ObservationCode, TextStyle
from bdsigner.model.vietnamese import fold
from bdsigner.storage.resources import resource_path
from bdsigner.training.people import Agency
from bdsigner.training.samples import layout as sample_layout
from bdsigner.training.samples import scan, texts
from tests.support.administrative import Document, draw
from tests.support.pdfs import with_signature_fields

STYLE = TextStyle(size_pt=13)
AGENCY = Agency(province="Bình Dương", mail_domain="binhduong.gov.vn")


def read(pdf: bytes, folder: Path, *, signer_name: str = "") -> DocumentLayout:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    documents = Documents()
    try:
        return read_layout(DocumentPages(documents.open(path)), signer_name=signer_name)
    finally:
        documents.close()


def codes(layout: DocumentLayout) -> set[ObservationCode]:
    return {observation.code for observation in layout.observations}


def word(text: str, x: float, *, y: float = 100, step: float = 6.5) -> Word:
    cells = tuple(Cell(character, x + index * step, x + (index + 1) * step) for index, character in enumerate(text))
    return Word(cells=cells, y0=y - 10, y1=y + 3, baseline=y, style=STYLE)


def words(line: str, *, x: float = 80, step: float = 6.5) -> list[Word]:
    """A line with one step for each blank."""
    found, place = [], x
    for piece in line.split(" "):
        if piece:
            found.append(word(piece, place, step=step))
        place += (len(piece) + 1) * step
    return found


def with_text(pdf: bytes, text: str, x_mm: float, y_mm: float, *, size: float = 13, page: int = 0) -> bytes:
    document = pymupdf.open(stream=pdf, filetype="pdf")
    font = pymupdf.Font(fontfile=str(resource_path("fonts", "LiberationSerif-Bold.ttf")))
    writer = pymupdf.TextWriter(document[page].rect)
    writer.append((x_mm * PT_PER_MM, y_mm * PT_PER_MM), text, font=font, fontsize=size)
    writer.write_text(document[page])
    return bytes(document.tobytes())


@settings(max_examples=60, derandomize=True)
@given(st.integers(1, 99999), st.sampled_from(["QĐ-UBND", "2026/NQ-HĐND", "BC-SNV", "TB-VP", "KH-UBND&CA"]))
def test_a_number_is_read_with_its_symbol(number: int, symbol: str) -> None:
    found = find_number(segments_of(words(f"Số: {number}/{symbol}"), 0))
    assert found is not None
    assert (found.number.value, found.symbol, found.certainty) == (str(number), symbol, Certainty.SURE)


@settings(max_examples=60, derandomize=True)
@given(st.integers(2, 40))
def test_the_gap_of_an_unfilled_number_is_as_wide_as_it_is_on_the_page(blanks: int) -> None:
    line = [word("Số:", 80), word("/QĐ-UBND", 80 + (3 + blanks) * 6.5)]
    found = find_number(segments_of(line, 0))
    assert found is not None
    assert not found.number.is_filled
    assert found.number.box.x_pt == pytest.approx(80 + 3 * 6.5)
    assert found.number.box.width_pt == pytest.approx(blanks * 6.5)


@settings(max_examples=80, derandomize=True)
@given(st.dates(), st.sampled_from(["Bình Dương", "Thủ Dầu Một", "Thành phố Hồ Chí Minh"]), st.booleans())
def test_a_date_is_read_also_from_torn_words(date: object, place: str, is_torn: bool) -> None:
    day, month, year = f"{date:%d}", f"{date:%m}", f"{date:%Y}"
    written = (
        f"{place}, ng ày {day} th áng {month} n ăm {year}"
        if is_torn
        else f"{place}, ngày {day} tháng {month} năm {year}"
    )
    found = find_date(segments_of(words(written), 0))
    assert found is not None
    assert [found.day.value, found.month.value, found.year.value] == [day, month, year]
    assert found.certainty is (Certainty.UNSURE if is_torn else Certainty.SURE)


@settings(max_examples=100, derandomize=True)
@given(
    st.lists(
        st.tuples(st.text("Số:/QĐ12 ngàythángnăm.", min_size=1, max_size=8), st.floats(0, 600), st.floats(0, 800)),
        max_size=12,
    )
)
def test_no_word_is_lost_or_doubled_by_building_lines(placed: list[tuple[str, float, float]]) -> None:
    given_words = [word(text.replace(" ", "") or "x", x, y=y) for text, x, y in placed]
    found = segments_of(given_words, 0)
    assert sorted(w.x0 for s in found for w in s.words) == sorted(w.x0 for w in given_words)
    assert all(a.x0 <= b.x0 for s in found for a, b in zip(s.words, s.words[1:], strict=False))
    find_number(found)
    find_date(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [("HÒA", "hoà"), ("Ủy ban", "UỶ  BAN"), ("thúy", "thuý"), ("Khỏe", "khoẻ"), ("Nguyễn", "Nguye\u0302\u0303n")],
)
def test_spellings_of_one_word_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("hòa", "hóa"), ("má", "ma"), ("đa", "da"), ("uỷ", "ui")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_training_documents_are_read(tmp_path: Path) -> None:
    decision = read(sample_layout.draw(texts.decision(AGENCY)), tmp_path)
    assert decision.is_administrative
    assert decision.sign_off is not None
    assert decision.sign_off.certainty is Certainty.SURE
    assert decision.title[0] == "QUYẾT ĐỊNH"
    letter = read(sample_layout.draw(texts.letter(AGENCY)), tmp_path)
    assert letter.title[0].startswith("V/v")


def test_a_scan_has_no_text_but_room_at_its_head(tmp_path: Path) -> None:
    seen = read(scan.scan(texts.notice(AGENCY)), tmp_path)
    assert not seen.has_text
    assert codes(seen) == {ObservationCode.NO_TEXT}
    best = seen.head_strips[0]
    assert best.width_pt >= 60 * PT_PER_MM
    assert best.y_pt + best.height_pt <= 60 * PT_PER_MM
    assert best.x_pt + best.width_pt >= 195 * PT_PER_MM, "at the right edge, as box 14"
    assert not [box for box in seen.occupied if overlaps(box, best)]


def overlaps(one: object, other: object) -> bool:
    return (  # type: ignore[no-any-return]
        one.x_pt < other.x_pt + other.width_pt - 0.01  # type: ignore[attr-defined]
        and other.x_pt < one.x_pt + one.width_pt - 0.01  # type: ignore[attr-defined]
        and one.y_pt < other.y_pt + other.height_pt - 0.01  # type: ignore[attr-defined]
        and other.y_pt < one.y_pt + one.height_pt - 0.01  # type: ignore[attr-defined]
    )


def test_no_strip_and_no_slot_covers_text(tmp_path: Path) -> None:
    for number, document in enumerate((Document(), Document(size="a3"), Document(rotation=90), Document(crop_mm=10))):
        seen = read(draw(document), tmp_path)
        assert seen.head_strips, number
        for strip in seen.head_strips:
            assert not [box for box in seen.occupied if box.page == strip.page and overlaps(box, strip)]
        assert seen.sign_off is not None
        slot = seen.sign_off.slot
        assert not [box for box in seen.occupied if box.page == slot.page and overlaps(box, slot)]


def test_a_crowded_head_offers_the_next_free_strip(tmp_path: Path) -> None:
    crowded = with_text(draw(Document()), "Bản sao số 7 · lưu hành nội bộ · 10/2026 · " * 2, 20, 14)
    best = read(crowded, tmp_path).head_strips[0]
    assert best.y_pt > 14 * PT_PER_MM


def test_the_words_of_a_sentence_are_no_secrecy_mark(tmp_path: Path) -> None:
    seen = read(draw(Document(body_lines=25)), tmp_path)
    assert seen.secrecy_mark is None


def test_a_mark_away_from_its_place_is_asked_about(tmp_path: Path) -> None:
    seen = read(with_text(draw(Document()), "TỐI MẬT", 160, 62), tmp_path)
    assert seen.secrecy_mark is not None
    assert seen.secrecy_mark.certainty is Certainty.UNSURE


def test_a_mark_set_as_an_annotation_counts(tmp_path: Path) -> None:
    document = pymupdf.open(stream=draw(Document()), filetype="pdf")
    rect = pymupdf.Rect(36 * PT_PER_MM, 65 * PT_PER_MM, 64 * PT_PER_MM, 72 * PT_PER_MM)
    document[0].add_freetext_annot(rect, "M\u1eacT", fontsize=14)
    seen = read(bytes(document.tobytes()), tmp_path)
    assert seen.secrecy_mark is not None


def test_the_signers_own_block_is_chosen_among_several(tmp_path: Path) -> None:
    template = Document(name="Lê Văn Mẫu", titles=("GIÁM ĐỐC",), body_lines=6)
    both = pymupdf.open(stream=draw(Document()), filetype="pdf")
    both.insert_pdf(pymupdf.open(stream=draw(template), filetype="pdf"))
    pdf = bytes(both.tobytes())
    unsure = read(pdf, tmp_path)
    assert unsure.sign_off is not None
    assert unsure.sign_off.certainty is Certainty.UNSURE
    assert ObservationCode.SIGN_OFF_SEVERAL in codes(unsure)
    sure = read(pdf, tmp_path, signer_name="VÕ VĂN MINH")
    assert sure.sign_off is not None
    assert (sure.sign_off.slot.page, sure.sign_off.certainty) == (0, Certainty.SURE)


def test_without_recipients_the_signers_name_makes_it_sure(tmp_path: Path) -> None:
    pdf = draw(Document(has_recipients=False))
    by_name = read(pdf, tmp_path, signer_name="Võ Văn Minh").sign_off
    assert by_name is not None
    assert by_name.certainty is Certainty.SURE
    guessed = read(pdf, tmp_path).sign_off
    assert guessed is not None
    assert guessed.certainty is Certainty.UNSURE
    assert read(pdf, tmp_path, signer_name="Trần Văn Khác").sign_off is None


def test_recipients_in_the_body_are_no_sign_off(tmp_path: Path) -> None:
    pdf = with_text(draw(replace(Document(), body_lines=4)), "Nơi nhận: Sở Nội vụ và các phòng, ban", 35, 160)
    seen = read(pdf, tmp_path).sign_off
    assert seen is not None
    assert [line.text for line in seen.title_lines] == list(Document().titles)


def test_a_page_with_nothing_on_it_is_read(tmp_path: Path) -> None:
    empty = pymupdf.open()
    empty.new_page(width=100, height=100)
    seen = read(bytes(empty.tobytes()), tmp_path)
    assert not seen.is_administrative
    assert seen.head_strips == ()


@pytest.mark.parametrize("mark", ["", "MẬT", "TỐI MẬT", "TUYỆT MẬT"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_quick_look_sees_the_same_title_and_mark(tmp_path: Path, mark: str, form: str) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(draw(Document(mark=mark, form=form)))
    documents = Documents()
    pages = DocumentPages(documents.open(path))
    quick, full = read_marks(pages), read_layout(pages)
    documents.close()
    assert quick.title == full.title
    assert (quick.secrecy_mark is None) == (full.secrecy_mark is None) == (mark == "")
    if quick.secrecy_mark is not None and full.secrecy_mark is not None:
        assert quick.secrecy_mark.level is full.secrecy_mark.level
        assert quick.secrecy_mark.certainty is full.secrecy_mark.certainty
    assert quick.is_administrative


def test_an_empty_signature_field_is_room_not_text(tmp_path: Path) -> None:
    """MuPDF draws “SIGN” into it, in place of whatever the file draws there."""
    plain = draw(Document())
    pdf = with_signature_fields(plain, SigFieldSpec("ô ký", on_page=0, box=(330, 842 - 55, 560, 842 - 15)))
    seen, without = read(pdf, tmp_path), read(plain, tmp_path)
    assert seen.occupied == without.occupied
    assert seen.head_strips == without.head_strips
