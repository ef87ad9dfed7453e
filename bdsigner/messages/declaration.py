"""Names of kinds and modes of documents (Đ10.1a, Đ10.2c)."""

from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.signing_rules import KindGroup, SigningMode

KIND_NAMES: dict[KindGroup, str] = {
    KindGroup.OFFICIAL: _("Văn bản chính thức"),
    KindGroup.INTERNAL: _("Văn bản nội bộ"),
    KindGroup.BETWEEN_SUBSCRIBERS: _("Văn bản giữa các thuê bao"),
}
MODE_NAMES: dict[SigningMode, str] = {
    SigningMode.ORIGINAL: _("bản gốc"),
    SigningMode.COPY: _("bản số hóa"),
}


def describe_kind_and_mode(kind: KindGroup, mode: SigningMode) -> str:
    """What a document is; only official ones are originals or copies."""
    name = tr(KIND_NAMES[kind])
    return f"{name}, {tr(MODE_NAMES[mode])}" if kind is KindGroup.OFFICIAL else name
