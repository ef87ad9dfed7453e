"""Many people with certificates of their own, made quickly: one certificate signed once, name and number put in."""

from collections.abc import Iterator
from functools import cache

from asn1crypto import x509 as asn1_x509

from tests.support.small_pki import ENCRYPTION_USAGE, SmallPki

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLES = ("Văn", "Thị", "Hữu", "Minh", "Ngọc", "Quốc", "Thanh", "Đức", "Kim", "Xuân")
GIVEN = ("An", "Ánh", "Bình", "Chí", "Dũng", "Giang", "Hòa", "Khánh", "Lâm", "Mỹ", "Nga", "Oanh", "Phúc", "Quý", "Sơn")


@cache
def _template() -> bytes:
    certificate = asn1_x509.Certificate.load(SmallPki().person("Người mẫu", usage=ENCRYPTION_USAGE).der)
    certificate["tbs_certificate"]["serial_number"] = 0x5A000000
    return certificate.dump(force=True)


def name_of(number: int) -> str:
    names = (FAMILIES[number % 12], MIDDLES[number // 12 % 10], GIVEN[number // 120 % 15])
    return f"{' '.join(names)} {number}"


def certificate_of(number: int) -> bytes:
    """For reading only: its signature is that of another."""
    return _template().replace(_serial(0), _serial(number), 1)


def _serial(number: int) -> bytes:
    return b"\x02\x04" + (0x5A000000 + number).to_bytes(4, "big")


def certificates(count: int) -> Iterator[tuple[int, str, bytes]]:
    for number in range(count):
        yield number, name_of(number), certificate_of(number)
