"""Reads what a certificate says beyond what is decided by: for people to read (Đ3.4), and for the guard of new PINs.

Nothing here is trusted.  Lists and texts are cut to what a page can show; an extension that cannot be read is named
as such and hides no other.
"""

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.model.certificate import KeyUsage
from bdsigner.model.certificate_content import CertificateDetails, Item, ItemCode
from bdsigner.trust.certificates import MAX_CERTIFICATE_BYTES
from bdsigner.trust.keys import UNREADABLE, load_x509, public_key_of

MAX_ITEMS = 20
"""Facts of one kind; how many were left out is told."""
MAX_TEXT_CHARACTERS = 1024
"""The signature value of an RSA-4096 key in hex."""
MAX_LIMIT_EXPONENT = 18
SHORTEST_NUMBER, LONGEST_NUMBER = 6, 15
"""Digits of what may identify a person: CMND 9, CCCD 12, tax code 10 or 13, telephone 10 or 11."""

_COMMON_NAME, _ORGANIZATION = "2.5.4.3", "2.5.4.10"
_VALUE_LIMIT, _DISCLOSURE = "0.4.0.1862.1.2", "0.4.0.1862.1.5"
_ALGORITHMS = {"rsassa_pkcs1v15": "RSA", "rsassa_pss": "RSA-PSS", "ecdsa": "ECDSA", "ed25519": "Ed25519"}
_NUMBER = re.compile(r"[0-9]+(?:[ .-][0-9]+)*")


class _Statement(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    """QCStatement (RFC 3739 §3.2.6)."""

    _fields: ClassVar = [("id", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]


class _Statements(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Statement


class _Currency(core.Choice):  # type: ignore[misc]
    """Iso4217CurrencyCode (ETSI EN 319 412-5 §4.3.2)."""

    _alternatives: ClassVar = [("alphabetic", core.PrintableString), ("numeric", core.Integer)]


class _Amount(core.Sequence):  # type: ignore[misc]
    """MonetaryValue: amount × 10^exponent."""

    _fields: ClassVar = [("currency", _Currency), ("amount", core.Integer), ("exponent", core.Integer)]


class _Location(core.Sequence):  # type: ignore[misc]
    """PdsLocation (ETSI EN 319 412-5 §4.3.4)."""

    _fields: ClassVar = [("url", core.IA5String), ("language", core.PrintableString)]


class _Locations(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Location


@dataclass
class _Found:
    items: list[Item] = field(default_factory=list)
    counts: Counter[ItemCode] = field(default_factory=Counter)
    birth_date: date | None = None

    def add(self, code: ItemCode, value: str, kind: str = "") -> None:
        value = value.strip()
        item = Item(code, value if len(value) <= MAX_TEXT_CHARACTERS else value[:MAX_TEXT_CHARACTERS] + "…", kind)
        if not value or item in self.items:
            return
        self.counts[code] += 1
        if self.counts[code] <= MAX_ITEMS:
            self.items.append(item)

    def finished(self) -> CertificateDetails:
        for code, count in self.counts.items():
            if count > MAX_ITEMS:
                self.items.append(Item(code, f"… (+{count - MAX_ITEMS})"))
        return CertificateDetails(items=tuple(self.items), birth_date=self.birth_date)


def read_details(der: bytes) -> CertificateDetails:
    """Read all that Đ3.4 wants shown besides serial number and validity, which ``Certificate`` has.

    Takes a millisecond and loads a second parser: for the one certificate that is looked at, not for lists.
    Raises ``CertificateError`` CERTIFICATE_UNREADABLE as ``parse_certificate`` does.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason="too large", size=len(der))
    found = _Found()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # as in load_x509: names are read once more here
            certificate = load_x509(der)
            _read_names(certificate, found)
            found.add(ItemCode.SIGNATURE_VALUE, certificate.signature.hex())
    except UNREADABLE as error:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=str(error)[:200]) from error
    _read_key(der, found)
    for extension in _read_frame(der, found):
        _read_extension(extension, found)
    return found.finished()


def personal_numbers(details: CertificateDetails) -> tuple[str, ...]:
    """Digits that identify the subscriber and that a PIN must not be: numbers of papers and telephones, birth date.

    Numbers are taken from the subject, with and without the blanks and dashes they are written with; the birth date
    as DDMMYYYY and DDMMYY.
    """
    subject = (ItemCode.SUBSCRIBER_NAME, ItemCode.SUBJECT_ATTRIBUTE)
    numbers = dict.fromkeys(
        digits for item in details.items if item.code in subject for digits in _numbers_in(item.value)
    )
    born = details.birth_date
    if born is not None:
        numbers |= dict.fromkeys((f"{born:%d%m}{born.year:04}", f"{born:%d%m}{born.year % 100:02}"))
    return tuple(numbers)


def _numbers_in(text: str) -> Iterator[str]:
    for match in _NUMBER.findall(text):
        parts = re.split("[ .-]", match)
        for digits in ("".join(parts), *parts):
            if SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER:
                yield digits


def _read_names(certificate: x509.Certificate, found: _Found) -> None:
    issuer = {_ORGANIZATION: ItemCode.ISSUER_ORGANIZATION, _COMMON_NAME: ItemCode.ISSUER_NAME}
    for attribute in certificate.issuer:
        if attribute.oid.dotted_string in issuer:
            found.add(issuer[attribute.oid.dotted_string], _attribute_text(attribute))
    for attribute in certificate.subject:
        oid = attribute.oid.dotted_string
        if oid == _COMMON_NAME:
            found.add(ItemCode.SUBSCRIBER_NAME, _attribute_text(attribute))
        else:
            found.add(ItemCode.SUBJECT_ATTRIBUTE, _attribute_text(attribute), oid)


def _attribute_text(attribute: x509.NameAttribute[str | bytes]) -> str:
    return attribute.value if isinstance(attribute.value, str) else attribute.value.hex()


def _read_key(der: bytes, found: _Found) -> None:
    key = public_key_of(der)
    if isinstance(key, rsa.RSAPublicKey):
        found.add(ItemCode.KEY, f"RSA {key.key_size} bit")
    elif isinstance(key, ec.EllipticCurvePublicKey):
        found.add(ItemCode.KEY, f"EC {key.key_size} bit ({key.curve.name})")
    else:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason="unsupported key type")


def _read_frame(der: bytes, found: _Found) -> list[Any]:
    """Fingerprint of the key and the CA's algorithm; returns the extensions."""
    try:
        certificate = asn1_x509.Certificate.load(der, strict=True)
        body = certificate["tbs_certificate"]
        key_info = body["subject_public_key_info"].dump()
        found.add(ItemCode.KEY_FINGERPRINT, hashlib.sha256(key_info).hexdigest())
        found.add(ItemCode.SIGNATURE_ALGORITHM, _algorithm(certificate["signature_algorithm"]))
        return list(body["extensions"])
    except Exception as error:  # asn1crypto raises whatever a hostile structure leads to
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=type(error).__name__) from error


def _algorithm(algorithm: Any) -> str:
    """``RSA, SHA-256``; the object identifier of what we have no name for."""
    try:
        name = _ALGORITHMS[algorithm.signature_algo]
        return name if name == "Ed25519" else f"{name}, {algorithm.hash_algo.upper().replace('SHA', 'SHA-')}"
    except (ValueError, KeyError):
        return str(algorithm["algorithm"].dotted)


def _read_extension(extension: Any, found: _Found) -> None:
    oid = "?"
    try:
        oid = extension["extn_id"].dotted
        read = _READERS.get(oid)
        if read is not None:
            read(extension["extn_value"], found)
    except Exception:  # noqa: BLE001  # asn1crypto raises whatever a hostile structure leads to
        found.add(ItemCode.UNREADABLE, oid)


def _read_key_usage(value: Any, found: _Found) -> None:
    usages = value.parsed.native
    for usage in KeyUsage:
        if usage.value in usages:
            found.add(ItemCode.KEY_USAGE, usage.value)


def _read_purposes(value: Any, found: _Found) -> None:
    for purpose in value.parsed:
        found.add(ItemCode.PURPOSE, purpose.dotted)


def _read_policies(value: Any, found: _Found) -> None:
    for policy in value.parsed:
        found.add(ItemCode.POLICY, policy["policy_identifier"].dotted)
        for qualifier in policy["policy_qualifiers"] or ():
            if qualifier["policy_qualifier_id"].native == "certification_practice_statement":
                found.add(ItemCode.POLICY_ADDRESS, _text(qualifier["qualifier"]))
            elif qualifier["policy_qualifier_id"].native == "user_notice":
                found.add(ItemCode.NOTICE, qualifier["qualifier"]["explicit_text"].native or "")


def _read_name_constraints(value: Any, found: _Found) -> None:
    constraints = value.parsed
    for field_name, code in (
        ("permitted_subtrees", ItemCode.PERMITTED_NAME),
        ("excluded_subtrees", ItemCode.EXCLUDED_NAME),
    ):
        for subtree in constraints[field_name] or ():
            found.add(code, _general_name(subtree["base"]))


def _read_statements(value: Any, found: _Found) -> None:
    for statement in _Statements.load(bytes(value), strict=True):
        if statement["id"].native == _VALUE_LIMIT:
            found.add(ItemCode.VALUE_LIMIT, _limit(statement["info"].parse(_Amount)))
        elif statement["id"].native == _DISCLOSURE:
            for location in statement["info"].parse(_Locations):
                found.add(ItemCode.STATEMENT_ADDRESS, location["url"].native)


def _limit(value: Any) -> str:
    """``50 000 000 VND``; raises ``ValueError`` for amounts that nobody can mean."""
    currency, exponent = str(value["currency"].native), value["exponent"].native
    amount = value["amount"].native
    if not (0 <= exponent <= MAX_LIMIT_EXPONENT and 0 <= amount <= 10**MAX_LIMIT_EXPONENT):
        raise ValueError("no amount of money")
    return f"{amount * 10**exponent:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") + f" {currency}"


def _read_alternative_names(value: Any, found: _Found) -> None:
    for name in value.parsed:
        found.add(ItemCode.ALTERNATIVE_NAME, _general_name(name))


def _read_crl_points(value: Any, found: _Found) -> None:
    for point in value.parsed:
        name = point["distribution_point"]
        for location in name.chosen if name and name.name == "full_name" else ():
            found.add(ItemCode.CRL_ADDRESS, _general_name(location))


def _read_access(value: Any, found: _Found) -> None:
    codes = {"ocsp": ItemCode.OCSP_ADDRESS, "ca_issuers": ItemCode.ISSUER_ADDRESS}
    for access in value.parsed:
        code = codes.get(access["access_method"].native)
        if code is not None:
            found.add(code, _general_name(access["access_location"]))


def _read_directory_attributes(value: Any, found: _Found) -> None:
    for attribute in value.parsed:
        if attribute["type"].native == "pda_date_of_birth" and found.birth_date is None:
            born = attribute["values"][0].native
            if isinstance(born, datetime):
                found.birth_date = born.date()
                found.add(ItemCode.BIRTH_DATE, born.date().isoformat())


def _general_name(name: Any) -> str:
    """Addresses as they are encoded: international names stay in their ASCII form, which cannot be mistaken."""
    if name.name in ("rfc822_name", "dns_name", "uniform_resource_identifier"):
        return bytes(name.chosen.contents).decode("utf-8", "replace")
    if name.name == "directory_name":
        return str(name.chosen.human_friendly)
    if name.name == "other_name":
        return _text(name.chosen["value"])
    if name.name == "registered_id":
        return str(name.chosen.dotted)
    return str(name.native)


def _text(value: Any) -> str:
    parsed = value.parse() if isinstance(value, core.Any) else value
    return str(parsed.native) if isinstance(parsed, core.AbstractString) else bytes(parsed.dump()).hex()


_READERS: dict[str, Callable[[Any, _Found], None]] = {
    "2.5.29.9": _read_directory_attributes,
    "2.5.29.15": _read_key_usage,
    "2.5.29.17": _read_alternative_names,
    "2.5.29.30": _read_name_constraints,
    "2.5.29.31": _read_crl_points,
    "2.5.29.32": _read_policies,
    "2.5.29.37": _read_purposes,
    "1.3.6.1.5.5.7.1.1": _read_access,
    "1.3.6.1.5.5.7.1.3": _read_statements,
}
