"""Which commands there are; imports nothing, so that the entry point can look before anything is loaded."""

from collections.abc import Sequence

COMMANDS = {
    "sign": "Ký số tập tin PDF bằng thiết bị.",
    "verify": "Kiểm tra chữ ký số trong tập tin PDF.",
    "tokens": "Liệt kê thiết bị và chứng thư số.",
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
