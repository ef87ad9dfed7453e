"""The training PKI, described once: authorities, people, services; certomancer issues and serves it.

Two trees: *BẢN THỬ* (root, intermediate, OCSP, TSA, everyone) and a *foreign* one with its own root, which is sound
but which no profile trusts.
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.model.certificate import KeyType
from bdsigner.training.people import PEOPLE, Agency, Condition, Person

if TYPE_CHECKING:
    from certomancer.registry import PKIArchitecture

ARCHITECTURE = "ca"
"""First part of every URL path: ``/ca/ocsp/chuyen-dung``."""

ROOT, INTERMEDIATE, OCSP, TSA = "goc", "chuyen-dung", "ocsp", "tsa"
FOREIGN_ROOT, FOREIGN_TSA = "goc-ngoai", "tsa-ngoai"
AUTHORITIES = (ROOT, INTERMEDIATE, OCSP, TSA, FOREIGN_ROOT, FOREIGN_TSA)

TERM = timedelta(days=5 * 365)
"""The longest term Mẫu 01 allows."""
ISSUED_BEFORE_SETUP = timedelta(days=30)
REVOKED_BEFORE_SETUP = timedelta(days=3)
"""Longer than a CRL period, so that the first CRL lists it."""

_SIGNING_USAGE = {
    KeyType.RSA: ["digital_signature", "non_repudiation", "key_encipherment"],
    KeyType.EC: ["digital_signature", "non_repudiation", "key_agreement"],
}
_REVOCATION_REASON = {Condition.REVOKED: "key_compromise", Condition.SUSPENDED: "certificate_hold"}


def make_keys(folder: Path) -> None:
    """Generate a private key, PKCS#8 PEM, for every authority and person."""
    types = dict.fromkeys(AUTHORITIES, KeyType.RSA) | {person.name: person.key_type for person in PEOPLE}
    with ThreadPoolExecutor() as pool:
        for name, pem in zip(types, pool.map(_new_key, types.values()), strict=True):
            (folder / f"{name}.pem").write_bytes(pem)


def _new_key(key_type: KeyType) -> bytes:
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if key_type is KeyType.EC
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def describe(agency: Agency, *, base_url: str, created: datetime) -> dict[str, Any]:
    """Build the certomancer description; ``created`` is midnight of the day of set-up."""
    return {
        "external-url-prefix": base_url,
        "keysets": {"keys": {"keys": {name: {"path": f"{name}.pem"} for name in _all_names()}}},
        "pki-architectures": {
            ARCHITECTURE: {
                "keyset": "keys",
                "entity-defaults": {"country-name": "VN"},
                "entities": _authority_names() | {person.name: _subject(agency, person) for person in PEOPLE},
                "certs": _authority_certificates(created)
                | {person.name: _person_certificate(agency, person, created) for person in PEOPLE},
                "services": _services(),
            }
        },
    }


def _all_names() -> tuple[str, ...]:
    return (*AUTHORITIES, *(person.name for person in PEOPLE))


def _authority_names() -> dict[str, Any]:
    ours = "Bản thử - không có giá trị pháp lý"
    foreign = "Tổ chức chứng thực công cộng (BẢN THỬ)"
    names = {
        ROOT: (ours, "CA gốc thử nghiệm (BẢN THỬ)"),
        INTERMEDIATE: (ours, "CA chuyên dùng thử nghiệm (BẢN THỬ)"),
        OCSP: (ours, "OCSP thử nghiệm (BẢN THỬ)"),
        TSA: (ours, "Dấu thời gian thử nghiệm (BẢN THỬ)"),
        FOREIGN_ROOT: (foreign, "CA công cộng thử nghiệm (BẢN THỬ)"),
        FOREIGN_TSA: (foreign, "Dấu thời gian công cộng (BẢN THỬ)"),
    }
    return {
        label: {"organization-name": organization, "common-name": common}
        for label, (organization, common) in names.items()
    }


def _subject(agency: Agency, person: Person) -> dict[str, str]:
    return {
        "organization-name": agency.committee,
        "organizational-unit-name": agency.workplace(person),
        "title": person.title,
        "common-name": person.common_name,
    }


def _authority_certificates(created: datetime) -> dict[str, Any]:
    validity = _validity(_years_before(created, 10), _years_before(created, -20))
    usage = _key_usage("key_cert_sign", "crl_sign")
    ca = {"validity": validity, "extensions": [_basic_constraints(ca=True), usage]}
    responder = [_key_usage("digital_signature"), _extended_key_usage("ocsp_signing"), {"id": "ocsp_no_check"}]
    stamper = [_key_usage("digital_signature"), _extended_key_usage("time_stamping")]
    certificates: dict[str, Any] = {
        ROOT: ca | {"issuer": ROOT},
        FOREIGN_ROOT: ca | {"issuer": FOREIGN_ROOT},
        INTERMEDIATE: {
            "issuer": ROOT,
            "validity": validity,
            "extensions": [_basic_constraints(ca=True, path_len_constraint=0), usage, _crl(ROOT), _access(ROOT)],
        },
        OCSP: {"issuer": INTERMEDIATE, "validity": validity, "extensions": responder},
        TSA: {"issuer": ROOT, "validity": validity, "extensions": [*stamper, _crl(ROOT), _access(ROOT)]},
        FOREIGN_TSA: {
            "issuer": FOREIGN_ROOT,
            "validity": validity,
            "extensions": [*stamper, _crl(FOREIGN_ROOT), _access(FOREIGN_ROOT)],
        },
    }
    return {label: {"serial": _serial(label)} | spec for label, spec in certificates.items()}


def _person_certificate(agency: Agency, person: Person, created: datetime) -> dict[str, Any]:
    issuer = FOREIGN_ROOT if person.condition is Condition.FOREIGN else INTERMEDIATE
    usages = _SIGNING_USAGE[person.key_type]
    if person.condition is Condition.ENCRYPTION_ONLY:
        usages = ["key_encipherment"]
    not_before = {
        Condition.EXPIRED: created - TERM - ISSUED_BEFORE_SETUP,
        Condition.NOT_YET_VALID: _years_before(created, -1),
    }.get(person.condition, created - ISSUED_BEFORE_SETUP)
    spec: dict[str, Any] = {
        "issuer": issuer,
        "serial": _serial(person.name),
        "validity": _validity(not_before, not_before + TERM),
        "extensions": [
            _basic_constraints(ca=False),
            _key_usage(*usages),
            _extended_key_usage("client_auth", "email_protection", critical=False),
            _mail(agency.email(person)),
            _crl(issuer),
            _access(issuer, ocsp=True),
        ],
    }
    if person.condition in _REVOCATION_REASON:
        spec["revocation"] = {
            "revoked-since": (created - REVOKED_BEFORE_SETUP).isoformat(),
            "reason": _REVOCATION_REASON[person.condition],
        }
    return spec


def _services() -> dict[str, Any]:
    return {
        "ocsp": {
            INTERMEDIATE: {"for-issuer": INTERMEDIATE, "responder-cert": OCSP, "signing-key": OCSP},
            FOREIGN_ROOT: {
                "for-issuer": FOREIGN_ROOT,
                "responder-cert": FOREIGN_ROOT,
                "signing-key": FOREIGN_ROOT,
            },
        },
        "crl-repo": {
            ROOT: {"for-issuer": ROOT, "simulated-update-schedule": "P90D"},
            INTERMEDIATE: {"for-issuer": INTERMEDIATE, "simulated-update-schedule": "P1D"},
            FOREIGN_ROOT: {"for-issuer": FOREIGN_ROOT, "simulated-update-schedule": "P1D"},
        },
        "cert-repo": {
            ROOT: {"for-issuer": ROOT},
            INTERMEDIATE: {"for-issuer": INTERMEDIATE},
            FOREIGN_ROOT: {"for-issuer": FOREIGN_ROOT},
        },
        "time-stamping": {
            TSA: {"signing-key": TSA, "signing-cert": TSA},
            FOREIGN_TSA: {"signing-key": FOREIGN_TSA, "signing-cert": FOREIGN_TSA},
        },
    }


def _serial(label: str) -> int:
    """Return a serial number of 16 bytes, positive, as real CAs use; the same for every set-up."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:16], "big") | 1 << 126


def _years_before(moment: datetime, years: int) -> datetime:
    return moment - timedelta(days=365 * years)


def _validity(not_before: datetime, not_after: datetime) -> dict[str, str]:
    return {"valid-from": not_before.isoformat(), "valid-to": not_after.isoformat()}


def _basic_constraints(**value: bool | int) -> dict[str, Any]:
    return {"id": "basic_constraints", "critical": True, "value": value}


def _key_usage(*usages: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(usages)}}


def _extended_key_usage(*purposes: str, critical: bool = True) -> dict[str, Any]:
    return {"id": "extended_key_usage", "critical": critical, "value": list(purposes)}


def _mail(address: str) -> dict[str, Any]:
    names = [{"type": "email", "value": address}]
    return {"id": "subject_alt_name", "smart-value": {"schema": "general-names", "params": names}}


def _crl(issuer: str) -> dict[str, Any]:
    params = {"crl-repo-names": [issuer]}
    return {"id": "crl_distribution_points", "smart-value": {"schema": "crl-dist-url", "params": params}}


def _access(issuer: str, *, ocsp: bool = False) -> dict[str, Any]:
    params: dict[str, Any] = {"ca-issuer-links": [{"repo": issuer}]}
    if ocsp:
        params["ocsp-responder-names"] = [issuer]
    return {"id": "authority_information_access", "smart-value": {"schema": "aia-urls", "params": params}}


def save_description(file: Path, description: dict[str, Any]) -> None:
    """Write the description, so that every later start issues the same certificates."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(description)))


def open_architecture(file: Path, keys: Path) -> "PKIArchitecture":
    """Load the PKI from its saved description.

    Raises ``TrainingError`` TRAINING_EXTRA_MISSING when certomancer is not installed.
    """
    try:
        from certomancer.registry import ArchLabel, CertomancerConfig

        from bdsigner.training import issuing
    except ImportError as error:
        raise TrainingError(ErrorCode.TRAINING_EXTRA_MISSING, package=error.name or "certomancer") from error
    issuing.install()
    config = CertomancerConfig(msgspec.json.decode(file.read_bytes()), key_search_dir=str(keys))
    return config.get_pki_arch(ArchLabel(ARCHITECTURE))


def write_certificates(architecture: "PKIArchitecture", folder: Path) -> None:
    """Issue every certificate into ``folder``, DER, named like its key."""
    from certomancer.registry import CertLabel

    for name in _all_names():
        (folder / f"{name}.cer").write_bytes(architecture.get_cert(CertLabel(name)).dump())
