"""What a new PIN must be, and why one is not taken: short lines that stand below the field."""

from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.usecases.pin_rules import PinFlaw, shortest_allowed

_TEXTS = {
    PinFlaw.NOT_ASCII: _("Chỉ gồm chữ không dấu, chữ số, ký hiệu"),
    PinFlaw.SEQUENCE: _("Không phải dãy liền nhau (123456, 987654)"),
    PinFlaw.REPEATED: _("Không lặp lại (111111, 121212)"),
    PinFlaw.KEYBOARD: _("Không theo hàng phím (qwerty, 147258)"),
    PinFlaw.FACTORY: _("Không phải mã mặc định của nhà sản xuất"),
    PinFlaw.DATE: _("Không phải ngày sinh"),
    PinFlaw.PERSONAL: _("Không chứa số giấy tờ hay số thiết bị"),
    PinFlaw.SAME_AS_OLD: _("Khác mã PIN cũ"),
    PinFlaw.MISMATCH: _("Hai lần nhập giống nhau"),
}
ORDER = (
    PinFlaw.TOO_SHORT,
    PinFlaw.TOO_LONG,
    PinFlaw.NOT_ASCII,
    PinFlaw.SEQUENCE,
    PinFlaw.REPEATED,
    PinFlaw.KEYBOARD,
    PinFlaw.FACTORY,
    PinFlaw.DATE,
    PinFlaw.PERSONAL,
    PinFlaw.SAME_AS_OLD,
    PinFlaw.MISMATCH,
)
"""In which a person reads them."""


def describe_rule(flaw: PinFlaw, *, min_length: int, max_length: int) -> str:
    """The rule that the flaw breaks, as what is asked for.  Lengths are the token's, 0 when it does not say."""
    if flaw is PinFlaw.TOO_SHORT:
        return tr("Ít nhất {count} ký tự").format(count=shortest_allowed(min_length, max_length))
    if flaw is PinFlaw.TOO_LONG:
        return tr("Nhiều nhất {count} ký tự").format(count=max_length)
    return tr(_TEXTS[flaw])
