"""Forms on paper: every label, nothing clipped, whatever is filled in (regulation.md §13)."""

import os
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pymupdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bdsigner.department.checking import written_values
from bdsigner.department.machine_copy import SCHEMA, RequestJson, machine_copy, schema
from bdsigner.documents.form_printing import print_form
from bdsigner.errors import ErrorCode, FormError
from bdsigner.model.device import RequestCase
from bdsigner.model.form import AttachedFile, FieldKind, FilledForm, FormField
from bdsigner.model.profile import TextFonts
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.resources import resource_path

FONTS = TextFonts(
    regular=resource_path("fonts", "LiberationSerif-Regular.ttf"),
    bold=resource_path("fonts", "LiberationSerif-Bold.ttf"),
    italic=resource_path("fonts", "LiberationSerif-Italic.ttf"),
    bold_italic=resource_path("fonts", "LiberationSerif-BoldItalic.ttf"),
)
STATE = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
CONFIRMED = ["Xác nhận của cơ quan quản lý trực tiếp"]
LABELS = {
    "mau-01": [
        *STATE,
        *CONFIRMED,
        "Mẫu số 01",
        "GIẤY ĐỀ NGHỊ CẤP (GIA HẠN) CHỨNG THƯ SỐ",
        "Kính gửi: Sở Thông tin và Truyền thông tỉnh Bình Dương",
        "Họ và tên (chữ in hoa)",
        "Giới tính: Nam",
        "Nữ",
        "Ngày sinh:",
        "Nơi sinh:",
        "Số CMND:",
        "Ngày cấp:",
        "Nơi cấp:",
        "Địa chỉ thường trú:",
        "Địa chỉ thư điện tử:",
        "@binhduong.gov.vn",
        "Điện thoại NR:",
        "Di động:",
        "Cơ quan, đơn vị công tác:",
        "Chức vụ:",
        "Địa chỉ cơ quan:",
        "Điện thoại:",
        "Fax:",
        "Số chứng thư số cũ (nếu có):",
        "Ngày hết hạn:",
        "Thời hạn đề nghị cấp:",
        "Năm (tối đa là 05 năm tính từ ngày cấp chứng thư số)",
        (
            "Tài liệu kèm theo (trường hợp đề nghị cấp chứng thư cho người có thẩm quyền của cơ quan theo quy định của pháp "
            "luật về quản lý và sử dụng con dấu):"
        ),
        (
            "- Bản sao hợp lệ Quyết định bổ nhiệm chức danh của người có thẩm quyền, Quyết định phân công hoặc ủy quyền ký "
            "phát hành văn bản của cơ quan;"
        ),
        (
            "- Bản sao hợp lệ giấy chứng nhận đã đăng ký mẫu con dấu của cơ quan, tổ chức, giấy giới thiệu mẫu chữ ký của "
            "người có thẩm quyền."
        ),
        "Tôi cam đoan những thông tin khai trên là đúng sự thật, nếu sai tôi hoàn toàn chịu trách nhiệm trước pháp luật.",
        (
            "Nếu được chấp thuận cấp chứng thư số, tôi cam đoan chấp hành nghiêm chỉnh mọi quy định về quản lý, sử dụng chữ "
            "ký số, chứng thư số và dịch vụ chứng thực chữ ký số."
        ),
        "(Ký, đóng dấu và ghi rõ họ tên)",
        "Người khai",
        "(Ký và ghi rõ họ tên)",
    ],
    "mau-02": [
        *STATE,
        "Mẫu số 02",
        "DANH SÁCH ĐỀ NGHỊ CẤP CHỨNG THƯ SỐ",
        "Kính gửi:",
        "Số lượng đăng ký:",
        "Danh sách đăng ký:",
        "STT",
        "Họ tên",
        "Ngày sinh",
        "Số CMTND/Hộ chiếu/ngày cấp/nơi cấp",
        "Tên cơ quan, đơn vị",
        "Tỉnh/Thành phố",
        "Chức vụ",
        "Chức danh của người có thẩm quyền (*)",
        "Địa chỉ thư điện tử",
        "Số chứng thư số cũ (nếu có)",
        "Người lập",
        "(ký, ghi rõ họ tên)",
        "Người quản lý thuê bao hoặc Thủ trưởng cơ quan tiếp nhận yêu cầu chứng thực",
        "(ký tên, đóng dấu)",
        (
            "Trường hợp đề nghị cấp chứng thư số cho người có thẩm quyền của cơ quan, tổ chức theo quy định của pháp luật "
            "về quản lý và sử dụng con dấu thì ghi rõ chức danh và tên cơ quan, tổ chức được cấp giấy chứng nhận đã đăng ký "
            "mẫu con dấu."
        ),
    ],
    "mau-03": [
        *STATE,
        "Mẫu số 03",
        "BIÊN BẢN GIAO NHẬN CHỨNG THƯ SỐ",
        "Hôm nay, vào hồi",
        "chúng tôi gồm:",
        "I. Bên giao:",
        "II. Bên nhận:",
        "Đơn vị:",
        "Địa chỉ đơn vị:",
        "Đại diện:",
        "Chức vụ:",
        "Hai bên thống nhất việc giao nhận chứng thư số như sau:",
        "Bên giao đã giao cho Bên nhận:",
        "(bằng chữ:",
        "bộ chứng thư số, cụ thể như sau:",
        "STT",
        "Họ tên",
        "Số hiệu chứng thư số",
        "Số hiệu thiết bị lưu khóa bí mật",
        "Lý do giao nhận (1)",
        "Thời điểm có hiệu lực của chứng thư số (2) (Ngày/tháng/năm)",
        "Ghi chú (3)",
        "Biên bản giao nhận được làm thành 02 bản, Bên giao giữ 01 bản, Bên nhận giữ 01 bản.",
        "ĐẠI DIỆN BÊN GIAO",
        "ĐẠI DIỆN BÊN NHẬN",
        "(Ký tên, đóng dấu)",
        "“Cấp mới” trường hợp cấp mới chứng thư số",
        "“Thu hồi” trường hợp thu hồi chứng thư số",
        "Trường hợp cấp mới chứng thư số thì ghi rõ thời điểm đề nghị có hiệu lực của chứng thư số",
        "Trường hợp thu hồi chứng thư số thiếu thiết bị lưu khóa bí mật thì ghi rõ lý do.",
    ],
    "mau-04": [
        *STATE,
        *CONFIRMED,
        "Mẫu số 04",
        "GIẤY ĐỀ NGHỊ THU HỒI CHỨNG THƯ SỐ",
        "Kính gửi: Sở Thông tin và Truyền thông",
        "Họ và tên thuê bao (viết chữ in hoa)",
        "Giới tính:",
        "Ngày sinh:",
        "Nơi sinh:",
        "Quốc tịch:",
        "Số CMTND/Hộ chiếu:",
        "Ngày cấp:",
        "Nơi cấp:",
        "Địa chỉ thường trú:",
        "Nơi công tác:",
        "Điện thoại:",
        "Fax:",
        "Chức vụ:",
        "Bộ phận:",
        "Thư điện tử(*):",
        "Điện thoại nhà riêng:",
        "Di động",
        "Đề nghị thu hồi chứng thư số:",
        "Số chứng thư số:",
        "Ngày cấp",
        "Ngày hết hạn",
        "Lý do thu hồi:",
        "Người khai ký và ghi rõ họ, tên",
        "Chú thích:",
        "Địa chỉ thư điện tử là địa chỉ hộp thư liên lạc của thuê bao đã sử dụng để đề nghị cấp chứng thư số.",
    ],
    "thu-dieu-8": [*STATE, *CONFIRMED, "Thông tin cũ:", "Thông tin mới:"],
}
SAMPLES = {
    FieldKind.DATE: "05/02/1980",
    FieldKind.TIME: "08:30",
    FieldKind.YEARS: "05",
    FieldKind.PHONE: "0274 3822 825",
    FieldKind.MAIL: "anhnt@binhduong.gov.vn",
    FieldKind.OFFICIAL_MAIL: "anhnt@binhduong.gov.vn",
    FieldKind.CAPITALS: "NGUYỄN THỊ ÁNH TUYẾT",
    FieldKind.TEXT: "Văn phòng UBND tỉnh",
}
VALUES = int(os.environ.get("BDSIGNER_FORM_VALUES", "400"))
"""How many made-up values are printed; 10000 for the slow run."""
_FIELDS_A_FORM = 20
GOLDEN = Path(__file__).parents[1] / "assets" / "forms"


def sample(one: FormField) -> str:
    return one.choices[0] if one.choices else SAMPLES[one.kind][: one.most_characters]


def form(name: str, *, rows: int = 0, is_filled: bool = False, **values: str) -> FilledForm:
    template = FormFolder().load(name)
    filled = {one.key: sample(one) for one in template.fields} if is_filled else {}
    return FilledForm(
        template=template,
        case=RequestCase.LOST,
        created_at=datetime(2026, 1, 6, tzinfo=UTC),
        values=filled | values,
        rows=tuple({one.key: sample(one) for one in template.columns} for _ in range(rows)),
    )


def printed(filled: FilledForm, folder: Path) -> pymupdf.Document:
    file = folder / "form.pdf"
    file.write_bytes(b"")
    pages = print_form(filled, machine_copy(filled), mail_domain="binhduong.gov.vn", fonts=FONTS, partial=file)
    document = pymupdf.open(file)
    assert len(document) == pages
    return document


def text_of(document: pymupdf.Document) -> str:
    text = " ".join("".join(page.get_text() for page in document).replace("\N{NO-BREAK SPACE}", " ").split())
    assert unicodedata.is_normalized("NFC", text)
    return text


def narrowed(word: tuple[Any, ...], x_pt: float, y_pt: float) -> pymupdf.Rect:
    """A word's box without the room above and below that a line has anyway."""
    return pymupdf.Rect(word[0] + x_pt, word[1] + y_pt, word[2] - x_pt, word[3] - y_pt)


def check_paper(document: pymupdf.Document) -> None:
    """Everything stands between the margins, and no word over another."""
    for page in document:
        inner = pymupdf.Rect(84, 25, page.rect.x1 - 41, page.rect.y1 - 55)
        words = page.get_text("words")
        for word in words:
            assert inner.contains(pymupdf.Rect(word[:4])), (page.number, word)
        places = sorted((narrowed(word, 1, 4) for word in words), key=lambda place: place.y0)
        for number, place in enumerate(places):
            for other in places[number + 1 :]:
                if other.y0 >= place.y1:
                    break
                assert not place.intersects(other), (page.number, place, other)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("is_filled", [False, True])
def test_every_label_is_there_verbatim(name: str, is_filled: bool, tmp_path: Path) -> None:
    with printed(form(name, is_filled=is_filled, rows=3 if is_filled else 0), tmp_path) as document:
        text = text_of(document)
        assert [label for label in LABELS[name] if label not in text] == []
        check_paper(document)
        lines = [line for page in document for block in page.get_text("dict")["blocks"] for line in block["lines"]]
        assert all(
            span["font"].startswith("LiberationSerif")
            for line in lines
            for span in line["spans"]
            if span["text"] != "SIGN"
        )


@pytest.mark.parametrize("name", LABELS)
def test_the_whole_text_is_as_it_was_read_and_approved(name: str, tmp_path: Path) -> None:
    """Golden text: made with BDSIGNER_GOLDEN=1 and read beside the official form before it is committed."""
    with printed(form(name, is_filled=True, rows=2), tmp_path) as document:
        # SIGN is what the reader itself draws into empty signature fields.
        lines = [
            line.replace("SIGN", "").split() for page in document for line in page.get_text(sort=True).splitlines()
        ]
    text = "".join(" ".join(words) + "\n" for words in lines if words)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("BDSIGNER_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["mau-01", "mau-03", "mau-04", "thu-dieu-8"])
def test_an_ordinary_form_is_one_page(name: str, tmp_path: Path) -> None:
    rows = 1 if name == "mau-03" else 0
    with printed(form(name, is_filled=True, rows=rows), tmp_path) as document:
        assert len(document) == 1
        assert (round(document[0].rect.width), round(document[0].rect.height)) == (595, 842)


def test_what_is_left_to_hand_has_dots(tmp_path: Path) -> None:
    with printed(form("mau-04"), tmp_path) as document:
        text = text_of(document)
    assert re.search(r"Nơi công tác: \.{40,} ", text)
    assert "Ngày ..... tháng ..... năm" in text


def test_hour_day_place_and_the_number_in_words(tmp_path: Path) -> None:
    with printed(form("mau-03", is_filled=True, rows=21), tmp_path) as document:
        text = text_of(document)
    assert "vào hồi 08 giờ 30 ngày 05 tháng 02 năm 1980, tại Văn phòng UBND tỉnh chúng tôi gồm:" in text
    assert "Bên giao đã giao cho Bên nhận: 21 (bằng chữ: hai mươi mốt) bộ chứng thư số" in text


def test_the_box_that_was_chosen_is_filled(tmp_path: Path) -> None:
    with printed(form("mau-01", gender="Nữ"), tmp_path) as document:
        assert "Giới tính: Nam □ Nữ ■" in text_of(document)


def test_the_list_goes_on_over_pages_under_its_head(tmp_path: Path) -> None:
    with printed(form("mau-02", is_filled=True, rows=60), tmp_path) as document:
        assert len(document) > 2
        assert document[0].rect.width > document[0].rect.height
        with_rows = [page for page in document if "anhnt@" in page.get_text().replace("\n", "")]
        assert all("STT" in page.get_text() for page in with_rows)
        assert "Số lượng đăng ký: 60" in text_of(document)
        check_paper(document)


def test_copy_and_signature_fields_are_in_the_file(tmp_path: Path) -> None:
    filled = form("mau-01", is_filled=True)
    with printed(filled, tmp_path) as document:
        assert document.embfile_names() == ["request.json"]
        assert document.embfile_get(0) == machine_copy(filled)
        catalogue = document.xref_object(document.pdf_catalog())
        assert "/AF" in catalogue
        specification = next(
            document.xref_object(number)
            for number in range(1, document.xref_length())
            if "/Filespec" in document.xref_object(number)
        )
        assert "/AFRelationship /Data" in specification
        fields = {widget.field_name: widget.rect for page in document for widget in page.widgets()}
        assert set(fields) == {"XacNhan", "NguoiKhai"}
        words = [narrowed(word, 0, 3) for word in document[0].get_text("words") if word[4] != "SIGN"]
        for place in fields.values():
            assert place.width > 200
            assert place.height > 50
            assert not any(place.intersects(word) for word in words)


def test_the_copy_follows_its_published_schema() -> None:
    published = Path(__file__).parents[2] / "docs" / "request.schema.json"
    assert published.read_bytes() == schema(), "python -m tests.support.request_schema"
    paper = AttachedFile(attachment="appointment", file_name="quyết định.pdf", sha256="00" * 32)
    filled = form("mau-03", is_filled=True, rows=2)
    copy = msgspec.json.decode(machine_copy(filled), type=RequestJson, strict=True)
    assert (copy.schema, copy.form, copy.case) == (SCHEMA, "mau-03", "7.1d")
    assert copy.values["handed_on"] == "1980-02-05"
    assert len(copy.rows) == 2
    more = form("mau-01", is_filled=True)
    one = msgspec.json.decode(
        machine_copy(
            FilledForm(
                template=more.template,
                case=more.case,
                created_at=more.created_at,
                values=more.values,
                attached=(paper,),
            )
        ),
        type=RequestJson,
    )
    assert one.values["term_years"] == 5
    assert one.attachments[0].file_name == "quyết định.pdf"


def test_what_the_font_cannot_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError) as caught:
        printed(form("mau-04", workplace="Sở 🦆"), tmp_path)
    assert caught.value.code is ErrorCode.FORM_CHARACTERS


_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyẳộữỵỞẪWMi .,;/()-&<>{}'\"%_0123456789"


@st.composite
def made_up(draw: Any) -> FilledForm:
    """Values as long as they may be, words without an end, markup."""
    template = FormFolder().load(draw(st.sampled_from(sorted(LABELS))))
    texts = st.one_of(
        st.text(_LETTERS, max_size=60),
        st.text(_LETTERS.replace(" ", ""), min_size=150, max_size=200),
        st.sampled_from(["W" * 200, "<b>&amp;</para>", "{rows.words}", "<img src='x'/>", "ẫ" * 1000]),
    )

    def values(fields: tuple[FormField, ...]) -> dict[str, str]:
        raw = {
            one.key: draw(texts) if one.kind in (FieldKind.TEXT, FieldKind.CAPITALS) else sample(one) for one in fields
        }
        return written_values(fields, raw, domains=("binhduong.gov.vn",), max_years=5)[0]

    rows = draw(st.integers(0, 4)) if template.columns else 0
    return FilledForm(
        template=template,
        case=RequestCase.LOST,
        created_at=datetime(2026, 1, 6, tzinfo=UTC),
        values=values(template.fields),
        rows=tuple(values(template.columns) for _ in range(rows)),
    )


@settings(
    max_examples=max(1, VALUES // _FIELDS_A_FORM),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(filled=made_up())
def test_no_value_is_clipped_or_leaves_the_page(tmp_path_factory: pytest.TempPathFactory, filled: FilledForm) -> None:
    shown = {key for block in filled.template.layout for key in block.keys}
    with printed(filled, tmp_path_factory.mktemp("form")) as document:
        check_paper(document)
        text = Counter("".join(page.get_text() for page in document))
    wanted: Counter[str] = Counter()
    for key, value in filled.values.items():
        wanted += Counter(value if key in shown and key != "gender" else "")
    for row in filled.rows:
        wanted += Counter("".join(row.values()))
    del wanted[" "]
    assert wanted - text == Counter()
