"""What is known of the tries left, in words: what the device reports, and what was counted here, told apart."""

from bdsigner.messages.translate import tr
from bdsigner.model.token import PinState


def describe_device_report(pin: PinState) -> str:
    """What the token's flags say; they are hints, and no flag means only that none is set."""
    if pin.locked:
        return tr("Thiết bị báo: mã PIN đã bị khóa.")
    if not pin.is_set:
        return tr("Thiết bị báo: chưa đặt mã PIN.")
    if pin.final_try:
        return tr("Thiết bị báo: chỉ còn MỘT lần thử.")
    if pin.count_low:
        return tr("Thiết bị báo: đã có lần nhập sai mã PIN.")
    return tr("Thiết bị báo: không có cảnh báo; số lần thử còn lại không rõ.")


def describe_puk_report(pin: PinState) -> str:
    """What the token's flags say of the PUK."""
    if pin.puk_locked:
        return tr("Thiết bị báo: mã PUK đã bị khóa.")
    if pin.puk_final_try:
        return tr("Thiết bị báo: mã PUK chỉ còn MỘT lần thử.")
    if pin.puk_count_low:
        return tr("Thiết bị báo: đã có lần nhập sai mã PUK.")
    return tr("Thiết bị báo: không có cảnh báo về mã PUK; số lần thử còn lại không rõ.")


def describe_own_count(misses: int | None) -> str:
    """What this machine counted since the last good PIN."""
    if misses is None:
        return tr("Đếm tại máy này: không rõ.")
    if misses == 0:
        return tr("Đếm tại máy này: chưa có lần nhập sai.")
    return tr("Đếm tại máy này: {count} lần nhập sai kể từ lần đúng gần nhất.").format(count=misses)


def describe_lengths(pin: PinState) -> str:
    """How long a PIN may be; empty when the token does not say."""
    if pin.min_length and pin.max_length:
        return tr("Dài từ {min} đến {max} ký tự").format(min=pin.min_length, max=pin.max_length)
    if pin.min_length:
        return tr("Dài ít nhất {min} ký tự").format(min=pin.min_length)
    return ""
