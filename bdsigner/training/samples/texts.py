"""The sample documents' words; agencies and names come from the training profile and people, the rest is invented."""

from datetime import date
from typing import Any

from bdsigner.training.people import PEOPLE, Agency
from bdsigner.training.samples.layout import AdministrativeDocument, centred, indented, paragraph

ISSUED = date(2026, 1, 5)
"""Fixed, so that the samples are the same files each time."""

_NAMES = {person.name: person.common_name for person in PEOPLE}

_DECISION_GROUNDS = """
Căn cứ Luật Tổ chức chính quyền địa phương;

Căn cứ Luật Giao dịch điện tử;

Căn cứ Quy chế quản lý và sử dụng chứng thư số của các cơ quan nhà nước trên địa bàn tỉnh {province};

Theo đề nghị của Chánh Văn phòng Ủy ban nhân dân tỉnh.
"""

_DECISION_ARTICLES = """
<b>Điều 1.</b> Tổ chức thí điểm việc ký số, phát hành và lưu trữ văn bản điện tử tại Văn phòng Ủy ban nhân dân tỉnh
{province}, các sở, ban, ngành và Ủy ban nhân dân cấp huyện. Thời gian thí điểm là 06 tháng, kể từ ngày Quyết định này
có hiệu lực.

<b>Điều 2.</b> Nguyên tắc thực hiện

1. Văn bản điện tử chỉ được phát hành sau khi đã được người có thẩm quyền ký số và văn thư kiểm tra sự phù hợp về thẩm
quyền, thể thức và kỹ thuật trình bày.

2. Văn bản giấy đã có chữ ký và con dấu được số hóa thì phải được Chánh Văn phòng hoặc người giữ chức vụ tương đương ký
số trước khi gửi qua môi trường mạng.

3. Thiết bị lưu khóa bí mật do cá nhân được cấp trực tiếp quản lý, sử dụng; không cho người khác sử dụng, không để lộ
mật khẩu; báo ngay cho cơ quan quản lý khi thiết bị bị thất lạc hoặc hư hỏng.

<b>Điều 3.</b> Trách nhiệm của các cơ quan, đơn vị

1. Văn phòng Ủy ban nhân dân tỉnh chủ trì hướng dẫn quy trình, theo dõi, đôn đốc và tổng hợp kết quả thí điểm; báo cáo
Ủy ban nhân dân tỉnh trước ngày 15 hằng tháng.

2. Sở Thông tin và Truyền thông bảo đảm hạ tầng kỹ thuật, hỗ trợ cài đặt phần mềm, tổ chức tập huấn cho lãnh đạo, văn
thư và công chức chuyên môn.

3. Các sở, ban, ngành và Ủy ban nhân dân cấp huyện bố trí cán bộ đầu mối, bảo đảm trang thiết bị và chấp hành chế độ
báo cáo theo quy định.

<b>Điều 4.</b> Kinh phí thực hiện được bố trí từ nguồn ngân sách nhà nước theo phân cấp và các nguồn hợp pháp khác.

<b>Điều 5.</b> Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc các sở, Thủ trưởng các ban, ngành, Chủ tịch Ủy ban nhân
dân cấp huyện và các tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này kể từ ngày ký./.
"""

_LETTER = """
Để bảo đảm 100% văn bản điện tử được ký số đúng thẩm quyền trước khi phát hành, Ủy ban nhân dân tỉnh đề nghị thủ trưởng
các cơ quan, đơn vị thực hiện một số nội dung sau:

1. Rà soát chứng thư số đã được cấp; lập danh sách các trường hợp sắp hết hạn, thay đổi chức danh, thay đổi địa chỉ thư
điện tử công vụ hoặc không còn nhu cầu sử dụng.

2. Đăng ký nhu cầu cấp mới, gia hạn và thu hồi chứng thư số năm 2026, gửi về Sở Thông tin và Truyền thông
<b>trước ngày 30 tháng 01 năm 2026</b> để tổng hợp.

3. Quán triệt việc quản lý thiết bị lưu khóa bí mật; không giao thiết bị hoặc tiết lộ mật khẩu cho người khác dưới bất
kỳ hình thức nào.

Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các cơ quan, đơn vị kịp thời phản ánh về Sở Thông tin và Truyền
thông để được hướng dẫn./.
"""

_NOTICE = """
Thực hiện quy định về tiếp công dân, Ủy ban nhân dân tỉnh {province} thông báo lịch tiếp công dân quý I năm 2026 của Chủ
tịch Ủy ban nhân dân tỉnh như sau:

1. Thời gian: ngày 15 hằng tháng, bắt đầu từ 07 giờ 30 phút; nếu trùng ngày nghỉ thì chuyển sang ngày làm việc kế tiếp.

2. Địa điểm: Trụ sở tiếp công dân của tỉnh.

3. Công dân đến khiếu nại, tố cáo, kiến nghị, phản ánh mang theo giấy tờ tùy thân và đăng ký tại bàn hướng dẫn trước 10
giờ 00 phút.

Giao Văn phòng Ủy ban nhân dân tỉnh niêm yết công khai thông báo này và chuẩn bị các điều kiện cần thiết./.
"""


def decision(agency: Agency) -> AdministrativeDocument:
    """A decision of two pages, to be signed as original by the chairman."""
    return AdministrativeDocument(
        **_committee(agency),
        number="12/QĐ-UBND",
        kind="QUYẾT ĐỊNH",
        summary="Về việc tổ chức thí điểm ký số, phát hành và lưu trữ văn bản điện tử của các cơ quan nhà nước",
        body=(
            centred(f"ỦY BAN NHÂN DÂN TỈNH {agency.province.upper()}"),
            *(paragraph(f"<i>{ground}</i>") for ground in _paragraphs(_DECISION_GROUNDS, agency)),
            centred("QUYẾT ĐỊNH:"),
            *map(paragraph, _paragraphs(_DECISION_ARTICLES, agency)),
        ),
        recipients=(
            "Như Điều 5;",
            "Thường trực Tỉnh ủy;",
            "Thường trực HĐND tỉnh;",
            "CT, các PCT UBND tỉnh;",
            "Lưu: VT, TH.",
        ),
        title_lines=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        signer=_NAMES["chu-tich"],
    )


def letter(agency: Agency) -> AdministrativeDocument:
    """An official letter, signed by the vice-chairman for the chairman."""
    return AdministrativeDocument(
        **_committee(agency),
        number="45/UBND-TH",
        summary="rà soát, đăng ký cấp chứng thư số chuyên dùng năm 2026",
        body=(
            indented("Kính gửi:", indent_pt=110),
            indented("- Các sở, ban, ngành;", indent_pt=170),
            indented("- Ủy ban nhân dân các huyện, thị xã, thành phố.", indent_pt=170, below_pt=10),
            *map(paragraph, _paragraphs(_LETTER, agency)),
        ),
        recipients=("Như trên;", "CT, các PCT UBND tỉnh;", "Lưu: VT, TH."),
        title_lines=("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        signer=_NAMES["pho-chu-tich"],
    )


def notice(agency: Agency) -> AdministrativeDocument:
    """A notice that was signed on paper; its scan is what the chief of office signs (Đ10.2c)."""
    return AdministrativeDocument(
        **_committee(agency),
        number="08/TB-UBND",
        kind="THÔNG BÁO",
        summary="Lịch tiếp công dân quý I năm 2026 của Chủ tịch Ủy ban nhân dân tỉnh",
        body=tuple(map(paragraph, _paragraphs(_NOTICE, agency))),
        recipients=("Ban Tiếp công dân tỉnh;", "Các sở, ban, ngành;", "UBND cấp huyện;", "Lưu: VT, TD."),
        title_lines=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        signer=_NAMES["chu-tich"],
    )


def _committee(agency: Agency) -> dict[str, Any]:
    return {
        "issuer": ("ỦY BAN NHÂN DÂN", f"TỈNH {agency.province.upper()}"),
        "place": agency.province,
        "issued": ISSUED,
    }


def _paragraphs(text: str, agency: Agency) -> list[str]:
    """Split at blank lines; line ends inside a paragraph are blanks."""
    return [" ".join(part.split()).format(province=agency.province) for part in text.strip().split("\n\n")]
