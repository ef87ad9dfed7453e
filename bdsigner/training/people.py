"""Who is in the training PKI; all names are invented."""

from dataclasses import dataclass
from enum import StrEnum

from bdsigner.model.certificate import KeyType
from bdsigner.model.profile import Profile


class Condition(StrEnum):
    """What is special about a person's certificate."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ENCRYPTION_ONLY = "encryption_only"
    """keyUsage has keyEncipherment only: a wrong certificate to sign with."""
    FOREIGN = "foreign"
    """Issued under a root that no profile trusts (Đ1: ngoài phạm vi)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One subscriber with a certificate and a key on a token."""

    name: str
    """Names the certificate, key and files: ``chu-tich``."""
    common_name: str
    title: str
    """Chức danh, X.520 title (regulation.md §16.1)."""
    in_office: bool = True
    """Works in the Office of the People's Committee; else in the Committee itself."""
    mailbox: str
    token: str
    """Label of the token; PKCS#11 allows 32 bytes of UTF-8."""
    key_type: KeyType = KeyType.RSA
    condition: Condition = Condition.IN_FORCE

    @property
    def key_id(self) -> str:
        """CKA_ID as hex, unique over all tokens."""
        return self.name.encode().hex()


FAULTY_TOKEN = "BẢN THỬ kho lỗi"  # noqa: S105 - a label
"""One token holds every certificate that must be refused."""

PEOPLE: tuple[Person, ...] = (
    Person(
        name="chu-tich",
        common_name="Nguyễn Hoàng Ánh",
        title="Chủ tịch",
        in_office=False,
        mailbox="anhnh",
        token="BẢN THỬ Chủ tịch",  # noqa: S106 - a label
    ),
    Person(
        name="pho-chu-tich",
        common_name="Trần Thị Diễm Quỳnh",
        title="Phó Chủ tịch",
        in_office=False,
        mailbox="quynhttd",
        token="BẢN THỬ Phó Chủ tịch",  # noqa: S106 - a label
    ),
    Person(
        name="chanh-van-phong",
        common_name="Lê Quốc Đạt",
        title="Chánh Văn phòng",
        mailbox="datlq",
        token="BẢN THỬ Chánh Văn phòng",  # noqa: S106 - a label
    ),
    Person(
        name="chuyen-vien",
        common_name="Phạm Thị Thùy Dương",
        title="Chuyên viên",
        mailbox="duongptt",
        token="BẢN THỬ Chuyên viên",  # noqa: S106 - a label
    ),
    Person(
        name="truong-phong",
        common_name="Huỳnh Hữu Ước",
        title="Trưởng phòng Hành chính",
        mailbox="uochh",
        token="BẢN THỬ Trưởng phòng",  # noqa: S106 - a label
        key_type=KeyType.EC,
    ),
    Person(
        name="thu-hoi",
        common_name="Đỗ Văn Thuyên",
        title="Chuyên viên",
        mailbox="thuyendv",
        token=FAULTY_TOKEN,
        condition=Condition.REVOKED,
    ),
    Person(
        name="tam-dung",
        common_name="Bùi Thị Mỹ Duyên",
        title="Chuyên viên",
        mailbox="duyenbtm",
        token=FAULTY_TOKEN,
        condition=Condition.SUSPENDED,
    ),
    Person(
        name="het-han",
        common_name="Võ Thành Nghĩa",
        title="Phó Chánh Văn phòng",
        mailbox="nghiavt",
        token=FAULTY_TOKEN,
        condition=Condition.EXPIRED,
    ),
    Person(
        name="chua-hieu-luc",
        common_name="Ngô Bảo Ngọc",
        title="Chuyên viên",
        mailbox="ngocnb",
        token=FAULTY_TOKEN,
        condition=Condition.NOT_YET_VALID,
    ),
    Person(
        name="chi-ma-hoa",
        common_name="Lý Thị Kim Ngân",
        title="Chuyên viên",
        mailbox="nganltk",
        token=FAULTY_TOKEN,
        condition=Condition.ENCRYPTION_ONLY,
    ),
    Person(
        name="ngoai-pham-vi",
        common_name="Đặng Minh Hoàng",
        title="Giám đốc",
        mailbox="hoangdm",
        token=FAULTY_TOKEN,
        condition=Condition.FOREIGN,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """The agency all training certificates and samples belong to."""

    province: str
    mail_domain: str

    @classmethod
    def from_profile(cls, profile: Profile) -> "Agency":
        """Take the province and its first official mail domain (regulation.md §15)."""
        return cls(province=profile.province, mail_domain=profile.mail_domains[0])

    @property
    def committee(self) -> str:
        """The People's Committee: cơ quan chủ quản of everyone here."""
        return f"Ủy ban nhân dân tỉnh {self.province}"

    @property
    def office(self) -> str:
        """The Committee's Office: cơ quan công tác of its staff."""
        return f"Văn phòng Ủy ban nhân dân tỉnh {self.province}"

    def workplace(self, person: Person) -> str:
        """Cơ quan công tác of a person."""
        return self.office if person.in_office else self.committee

    def email(self, person: Person) -> str:
        """Official mail address of a person."""
        return f"{person.mailbox}@{self.mail_domain}"
