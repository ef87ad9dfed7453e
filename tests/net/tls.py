"""A test CA and server certificates with chosen flaws."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


_CA_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass
class TestCa:
    """A root and what it issues; ``__test__`` keeps pytest from collecting it."""

    __test__ = False
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, name: str = "Root") -> "TestCa":
        key = rsa.generate_private_key(65537, 2048)
        builder = (
            _builder(_name(name), _name(name), key)
            .add_extension(x509.BasicConstraints(True, None), critical=True)
            .add_extension(_CA_USAGE, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def context(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        expired: bool = False,
        key_bits: int = 2048,
        self_signed: bool = False,
        sha1: bool = False,
    ) -> ssl.SSLContext:
        """A server's context with a certificate for ``host``."""
        key = rsa.generate_private_key(65537, key_bits)
        issuer, issuer_key = (_name(host), key) if self_signed else (self.certificate.subject, self.key)
        builder = _builder(_name(host), issuer, key, days=-1 if expired else 1)
        alternative = x509.DNSName(host) if host.islower() else x509.IPAddress(ipaddress.ip_address(host))
        builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        # Python 3.13 checks strictly: RFC 5280 §4.2.1.1 wants the issuer's key named.
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
        certificate = builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        file = folder / "server.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + pem.armor("CERTIFICATE", _signed_with_sha1(certificate, issuer_key) if sha1 else certificate)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(file)
        return context


def _signed_with_sha1(certificate: bytes, issuer_key: rsa.RSAPrivateKey) -> bytes:
    """By hand: ``cryptography`` no longer makes such certificates."""
    parsed = asn1_x509.Certificate.load(certificate)
    tbs = parsed["tbs_certificate"]
    tbs["signature"] = parsed["signature_algorithm"] = {"algorithm": "sha1_rsa"}
    value = issuer_key.sign(tbs.dump(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # weak on purpose
    return asn1_x509.Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": {"algorithm": "sha1_rsa"}, "signature_value": value}
    ).dump()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, *, days: int = 1
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 2 * DAY)
        .not_valid_after(NOW + days * DAY)
    )
