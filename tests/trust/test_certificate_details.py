"""All that a certificate says is read for people; hostile contents are cut, named as unreadable, or one coded error."""

import time
from collections.abc import Sequence
from datetime import date

import pytest
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import BdsignerError, CertificateError, ErrorCode
from bdsigner.model.certificate_content import CertificateDetails, Item, ItemCode
from bdsigner.trust.certificate_details import MAX_ITEMS, MAX_TEXT_CHARACTERS, personal_numbers, read_details
from bdsigner.trust.certificates import MAX_CERTIFICATE_BYTES
from tests.support.odd_certificates import birth_date, everything, name, statements, unparsed
from tests.support.small_pki import NOW, YEAR, SmallPki, make_certificate, rsa_key

UID = x509.ObjectIdentifier("0.9.2342.19200300.100.1.1")


def values(details: CertificateDetails, code: ItemCode) -> list[str]:
    return [item.value for item in details.items if item.code is code]


def test_all_that_a_full_certificate_says(pki: SmallPki) -> None:
    holder = everything(pki)
    details = read_details(holder.der)
    spki = holder.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)

    assert values(details, ItemCode.ISSUER_NAME) == ["CA cấp phát"]
    assert values(details, ItemCode.SUBSCRIBER_NAME) == ["Nguyễn Văn Ánh"]
    assert values(details, ItemCode.KEY) == ["RSA 2048 bit"]
    assert values(details, ItemCode.KEY_FINGERPRINT) == [digest.finalize().hex()]
    assert values(details, ItemCode.SIGNATURE_ALGORITHM) == ["RSA, SHA-256"]
    assert values(details, ItemCode.SIGNATURE_VALUE) == [holder.certificate.signature.hex()]
    assert values(details, ItemCode.KEY_USAGE) == ["digital_signature", "non_repudiation"]
    assert values(details, ItemCode.PURPOSE) == ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"]
    assert values(details, ItemCode.POLICY) == ["1.2.704.1"]
    assert values(details, ItemCode.POLICY_ADDRESS) == ["http://ca.example.vn/cps"]
    assert values(details, ItemCode.NOTICE) == ["Không dùng cho giao dịch ngân hàng."]
    assert values(details, ItemCode.PERMITTED_NAME) == ["binhduong.gov.vn"]
    assert values(details, ItemCode.EXCLUDED_NAME) == ["10.0.0.0/8"]
    assert values(details, ItemCode.VALUE_LIMIT) == ["50\u202f000\u202f000 VND"]
    assert values(details, ItemCode.STATEMENT_ADDRESS) == ["https://ca.example.vn/pds.pdf"]
    assert [(item.kind, item.value) for item in details.items if item.code is ItemCode.SUBJECT_ATTRIBUTE] == [
        ("2.5.4.6", "VN"),
        ("2.5.4.10", "Ủy ban nhân dân tỉnh"),
        ("2.5.4.12", "Chánh Văn phòng"),
        (UID.dotted_string, "CMND:280 123 456"),
        ("2.5.4.5", "MST:0312345678-001"),
    ]
    assert values(details, ItemCode.ALTERNATIVE_NAME) == [
        "anh@binhduong.gov.vn",
        "anh@noi-bo",
        "Common Name: Bí danh",
        "192.0.2.1",
        "1.2.3.4",
    ]
    assert values(details, ItemCode.OCSP_ADDRESS) == [f"http://pki.test/{pki.issuing.serial:x}/ocsp"]
    assert values(details, ItemCode.CRL_ADDRESS) == [f"http://pki.test/{pki.issuing.serial:x}.crl"]
    assert values(details, ItemCode.ISSUER_ADDRESS) == [f"http://pki.test/{pki.issuing.serial:x}.cer"]
    assert details.birth_date == date(1975, 8, 30)
    assert values(details, ItemCode.UNREADABLE) == []


def test_d14_2_numbers_a_pin_must_not_be(pki: SmallPki) -> None:
    assert personal_numbers(read_details(everything(pki).der)) == (
        "280123456",
        "0312345678001",
        "0312345678",
        "30081975",
        "300875",
    )
    assert personal_numbers(read_details(pki.person(name((NameOID.COMMON_NAME, "Ánh 2 năm 2024"))).der)) == ()


@given(
    numbers=st.lists(st.from_regex(r"[0-9]{9}|[0-9]{12}", fullmatch=True), min_size=1, max_size=3),
    prefix=st.sampled_from(["CMND:", "CCCD:", "MST:", "ĐT ", ""]),
)
def test_every_identity_number_is_found(numbers: list[str], prefix: str) -> None:
    details = CertificateDetails(
        items=tuple(Item(ItemCode.SUBJECT_ATTRIBUTE, f"{prefix}{number}", "2.5.4.5") for number in numbers)
    )
    assert set(personal_numbers(details)) == set(numbers)


@given(st.text(max_size=200))
def test_any_text_gives_ascii_digits_only(text: str) -> None:
    found = personal_numbers(CertificateDetails(items=(Item(ItemCode.SUBSCRIBER_NAME, text),)))
    assert all(number.isascii() and number.isdigit() and 6 <= len(number) <= 15 for number in found)


def test_a_bare_certificate_says_little_and_says_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 5, NOW - YEAR, NOW + YEAR)
    details = read_details(builder.sign(key, hashes.SHA384()).public_bytes(Encoding.DER))
    assert {item.code for item in details.items} == {
        ItemCode.KEY,
        ItemCode.KEY_FINGERPRINT,
        ItemCode.SIGNATURE_ALGORITHM,
        ItemCode.SIGNATURE_VALUE,
    }
    assert values(details, ItemCode.KEY) == ["EC 256 bit (secp256r1)"]
    assert values(details, ItemCode.SIGNATURE_ALGORITHM) == ["ECDSA, SHA-384"]
    assert details.birth_date is None


def test_an_unreadable_extension_is_named_and_hides_no_other(pki: SmallPki) -> None:
    broken = [unparsed("2.5.29.32", b"\x30\x03\x02"), unparsed("2.5.29.9", b"\x31\x00"), statements(amount=-1)]
    details = read_details(pki.person(extra=broken).der)
    assert set(values(details, ItemCode.UNREADABLE)) == {"2.5.29.32", "2.5.29.9", "1.3.6.1.5.5.7.1.3"}
    assert values(details, ItemCode.KEY_USAGE) == ["digital_signature", "non_repudiation"]
    assert values(details, ItemCode.OCSP_ADDRESS)


@pytest.mark.parametrize(
    ("amount", "exponent"), [(1, 400_000_000), (10**5000, 0), (1, -1)], ids=["exponent", "amount", "fraction"]
)
def test_absurd_limits_are_unreadable(pki: SmallPki, amount: int, exponent: int) -> None:
    details = read_details(pki.person(extra=[statements(amount=amount, exponent=exponent)]).der)
    assert values(details, ItemCode.VALUE_LIMIT) == []
    assert values(details, ItemCode.UNREADABLE) == ["1.3.6.1.5.5.7.1.3"]


def test_long_lists_and_long_texts_are_cut(pki: SmallPki) -> None:
    names = [x509.DNSName(f"{number}.vn") for number in range(3000)]
    details = read_details(pki.person("A", extra=[x509.SubjectAlternativeName(names)]).der)
    shown = values(details, ItemCode.ALTERNATIVE_NAME)
    assert shown[: MAX_ITEMS + 1] == [f"{number}.vn" for number in range(MAX_ITEMS)] + [f"… (+{3000 - MAX_ITEMS})"]

    text = "x" * 50_000
    certificate = asn1_x509.Certificate.load(pki.person(name((NameOID.TITLE, "T"), (NameOID.COMMON_NAME, "A"))).der)
    rdn = certificate["tbs_certificate"]["subject"].chosen[0][0]
    rdn["value"] = asn1_x509.DirectoryString(name="utf8_string", value=text)
    (title,) = values(read_details(certificate.dump(force=True)), ItemCode.SUBJECT_ATTRIBUTE)
    assert title == text[:MAX_TEXT_CHARACTERS] + "…"


def test_the_worst_certificate_takes_no_second(pki: SmallPki) -> None:
    names = core.SequenceOf(spec=core.OctetString, contents=b"\x82\x00" * 30_000).dump()
    der = pki.person(extra=[unparsed("2.5.29.17", names)]).der
    assert len(der) < MAX_CERTIFICATE_BYTES
    started = time.process_time()
    read_details(der)
    assert time.process_time() - started < 3


def test_doubled_names_are_shown_once(pki: SmallPki) -> None:
    san = x509.SubjectAlternativeName([x509.RFC822Name("a@b.vn"), x509.RFC822Name("a@b.vn")])
    assert values(read_details(pki.person(extra=[san]).der), ItemCode.ALTERNATIVE_NAME) == ["a@b.vn"]


def test_other_keys_and_no_certificates_are_one_coded_error(pki: SmallPki) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    who = name((NameOID.COMMON_NAME, "K"))
    builder = x509.CertificateBuilder(who, who, key.public_key(), 5, NOW - YEAR, NOW + YEAR)
    der = builder.sign(key, None).public_bytes(Encoding.DER)
    for broken in (der, b"", b"\x30\x00", pki.signer.der[:-1], pki.signer.der + bytes(MAX_CERTIFICATE_BYTES)):
        with pytest.raises(CertificateError) as caught:
            read_details(broken)
        assert caught.value.code is ErrorCode.CERTIFICATE_UNREADABLE


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(st.lists(st.tuples(st.sampled_from([NameOID.TITLE, NameOID.ORGANIZATION_NAME, UID]), _TEXTS), max_size=4))
def test_texts_of_attributes_come_through_as_they_are(attributes: Sequence[tuple[x509.ObjectIdentifier, str]]) -> None:
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes])
    details = read_details(make_certificate(subject, None, key=rsa_key(0)).der)
    shown = [(item.kind, item.value) for item in details.items if item.code is ItemCode.SUBJECT_ATTRIBUTE]
    assert shown == list(dict.fromkeys((oid.dotted_string, text.strip()) for oid, text in attributes if text.strip()))


_FULL = everything(SmallPki()).der


@given(position=st.integers(0, len(_FULL) - 1), value=st.integers(0, 255), length=st.integers(0, len(_FULL)))
def test_mutated_and_cut_certificates_are_values_or_coded_errors(position: int, value: int, length: int) -> None:
    mutated = bytearray(_FULL)
    mutated[position] = value
    for der in (bytes(mutated), bytes(mutated[:length])):
        codes: list[ErrorCode] = []
        try:
            personal_numbers(read_details(der))
        except BdsignerError as error:
            codes.append(error.code)
        assert codes in ([], [ErrorCode.CERTIFICATE_UNREADABLE])


@given(
    oid=st.sampled_from(["2.5.29.9", "2.5.29.15", "2.5.29.17", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.37",
                         "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.3"]),
    content=st.binary(max_size=40) | st.binary(max_size=40).map(lambda inner: b"\x30" + bytes([len(inner)]) + inner),
)  # fmt: skip
def test_any_content_of_an_extension_is_read_or_named(oid: str, content: bytes) -> None:
    extra = [unparsed(oid, content)]
    details = read_details(make_certificate("A", None, key=rsa_key(0), usage=None, extra=extra).der)
    assert values(details, ItemCode.UNREADABLE) in ([], [oid])
    assert values(details, ItemCode.KEY) == ["RSA 2048 bit"]


def test_birth_dates_out_of_the_calendar_are_unreadable(pki: SmallPki) -> None:
    details = read_details(pki.person(extra=[birth_date(b"19753080120000Z")]).der)
    assert details.birth_date is None
    assert values(details, ItemCode.UNREADABLE) == ["2.5.29.9"]


def test_document_signing_purposes_are_kept_as_they_are(pki: SmallPki) -> None:
    details = read_details(pki.person(purposes=[ExtendedKeyUsageOID.SMARTCARD_LOGON]).der)
    assert values(details, ItemCode.PURPOSE) == ["1.3.6.1.4.1.311.20.2.2"]
