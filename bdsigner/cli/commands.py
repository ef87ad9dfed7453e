"""Which commands there are; imports nothing, so that the entry point can look before anything is loaded."""

from collections.abc import Sequence

COMMANDS = {
    "sign": "Ký số tập tin PDF bằng thiết bị.",
    "extend": "Bổ sung dấu thời gian và dữ liệu kiểm tra lâu dài cho tập tin đã ký.",
    "verify": "Kiểm tra chữ ký số trong tập tin PDF.",
    "encrypt": "Mã hóa tập tin cho người nhận.",
    "decrypt": "Giải mã tập tin bằng thiết bị.",
    "register": "Sổ văn bản đã ký: liệt kê, kiểm tra, xuất ra tập tin.",
    "review": "Văn thư rà soát văn bản đã ký: phát hành hoặc trả lại.",
    "release": "Ghi nhận phát hành văn bản đã rà soát.",
    "request": "Giấy đề nghị cấp, thu hồi, cập nhật chứng thư số gửi Sở.",
    "convert": "Chuyển văn bản Office và hình ảnh sang PDF.",
    "locate": "Đọc vị trí số, ngày, chức danh, chỗ ký trong văn bản.",
    "recipients": "Danh bạ chứng thư số: tìm, kiểm tra người nhận, nhóm người nhận.",
    "tokens": "Liệt kê thiết bị và chứng thư số.",
    "pin": "Xem, đổi hoặc mở khóa mã PIN của thiết bị.",
    "browser": "Dùng thiết bị để đăng nhập bằng trình duyệt.",
    "doctor": "Kiểm tra máy đã sẵn sàng để ký số chưa.",
    "training": "Chế độ tập huấn: thiết bị mềm và hệ thống chứng thực thử (BẢN THỬ).",
}
_HELP = frozenset({"--help", "-h", "--version"})


def is_command_line(arguments: Sequence[str]) -> bool:
    """Whether the arguments call a command or ask for help; files alone open the window."""
    return any(argument in COMMANDS or argument in _HELP for argument in arguments)


def likely_command(arguments: Sequence[str]) -> str:
    """The command that will run as far as a look tells; empty for help.  A wrong guess costs a little time."""
    if _HELP & set(arguments):
        return ""
    return next((argument for argument in arguments if argument in COMMANDS), "")
