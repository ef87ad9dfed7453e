"""A small PKI made in memory, with an in-memory network that serves its OCSP, CRLs and issuers.

Unlike the training PKI it needs no token and no server and can be bent in any way a test wants.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.ports import FetchKind, FetchRequest

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
"""When tests judge; nothing in them looks at the clock."""
YEAR = timedelta(days=365)
BASE_URL = "http://pki.test"


@cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """One of a few keys, made once: making them is the slow part."""
    assert number >= 0
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key and the authority that issued it (itself for a root)."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey
    issuer: "Holder | None" = None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def serial(self) -> int:
        return self.certificate.serial_number


def key_usage(*names: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in every})


SIGNER_USAGE = key_usage("digital_signature", "content_commitment")
ENCRYPTION_USAGE = key_usage("key_encipherment")
CA_USAGE = key_usage("key_cert_sign", "crl_sign")


def make_certificate(
    name: str | x509.Name,
    issuer: Holder | None,
    *,
    key: rsa.RSAPrivateKey,
    ca: bool = False,
    usage: x509.KeyUsage | None = SIGNER_USAGE,
    purposes: Sequence[x509.ObjectIdentifier] = (),
    not_before: datetime = NOW - YEAR,
    not_after: datetime = NOW + YEAR,
    addresses: bool = True,
    digest: hashes.HashAlgorithm | None = None,
    extra: Sequence[x509.ExtensionType] = (),
    signing_key: rsa.RSAPrivateKey | None = None,
) -> Holder:
    """Issue a certificate; ``issuer`` ``None`` makes it self-signed, another ``signing_key`` makes it forged."""
    subject = name if isinstance(name, x509.Name) else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(CA_USAGE if ca else usage, critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
    if issuer is not None and addresses:
        builder = builder.add_extension(crl_points(issuer), critical=False)
        builder = builder.add_extension(authority_access(issuer), critical=False)
    for extension in extra:
        builder = builder.add_extension(extension, critical=False)
    signer = signing_key or (issuer.key if issuer else key)
    return Holder(builder.sign(signer, digest or hashes.SHA256()), key, issuer)


def _slug(holder: Holder) -> str:
    return f"{holder.certificate.serial_number:x}"


def crl_points(issuer: Holder) -> x509.CRLDistributionPoints:
    location = x509.UniformResourceIdentifier(f"{BASE_URL}/{_slug(issuer)}.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([location], None, None, None)])


def authority_access(issuer: Holder) -> x509.AuthorityInformationAccess:
    places = (
        (AuthorityInformationAccessOID.OCSP, f"{BASE_URL}/{_slug(issuer)}/ocsp"),
        (AuthorityInformationAccessOID.CA_ISSUERS, f"{BASE_URL}/{_slug(issuer)}.cer"),
    )
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in places]
    )


@dataclass
class SmallPki:
    """Root, issuing CA, signer and time-stamping authority; ``foreign`` is a signer of another root."""

    root: Holder = field(init=False)
    issuing: Holder = field(init=False)
    signer: Holder = field(init=False)
    tsa: Holder = field(init=False)
    foreign_root: Holder = field(init=False)
    foreign: Holder = field(init=False)

    def __post_init__(self) -> None:
        old = {"not_before": NOW - 10 * YEAR, "not_after": NOW + 10 * YEAR}
        self.root = make_certificate("CA gốc", None, key=rsa_key(0), ca=True, **old)
        long = {"not_before": NOW - 9 * YEAR, "not_after": NOW + 9 * YEAR}
        self.issuing = make_certificate("CA cấp phát", self.root, key=rsa_key(1), ca=True, **long)
        self.signer = self.person("Nguyễn Văn Ánh")
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        self.tsa = make_certificate("Dấu thời gian", self.issuing, key=rsa_key(3), purposes=stamping, **long)
        self.foreign_root = make_certificate("CA gốc", None, key=rsa_key(4), ca=True, **long)
        self.foreign = make_certificate("Người ngoài", self.foreign_root, key=rsa_key(2))

    def person(self, name: str = "Trần Thị Bình", **options: object) -> Holder:
        """Issue a signer's certificate from the issuing CA."""
        return make_certificate(name, self.issuing, key=rsa_key(2), **options)  # type: ignore[arg-type]  # passed on as they are

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (self.root.der,)

    @property
    def others(self) -> tuple[bytes, ...]:
        return (self.issuing.der,)


@dataclass
class Revoked:
    """An entry of the in-memory CA's register."""

    when: datetime
    reason: x509.ReasonFlags | None = None


@dataclass
class MemoryNetwork:
    """Implements ``ports.Fetcher`` for the authorities given; counts what was asked."""

    authorities: Sequence[Holder]
    now: datetime = NOW
    lifetime: timedelta = timedelta(days=1)
    down: set[FetchKind] = field(default_factory=set)
    revoked: dict[int, Revoked] = field(default_factory=dict)
    asked: list[FetchRequest] = field(default_factory=list)

    @classmethod
    def of(cls, pki: SmallPki) -> "MemoryNetwork":
        return cls([pki.root, pki.issuing, pki.foreign_root])

    def fetch(self, request: FetchRequest) -> bytes:
        self.asked.append(request)
        if request.kind in self.down:
            raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url=request.url)
        for authority in self.authorities:
            place = f"{BASE_URL}/{_slug(authority)}"
            if request.url == f"{place}/ocsp":
                return self.ocsp(authority, request.body)
            if request.url == f"{place}.crl":
                return self.crl(authority)
            if request.url == f"{place}.cer":
                return authority.der
        raise NetworkError(ErrorCode.NETWORK_HTTP_STATUS, http_status=404)

    def ocsp(self, authority: Holder, body: bytes, *, signer: Holder | None = None) -> bytes:
        """Answer a DER OCSP request; ``signer`` is a delegated responder."""
        request = ocsp.load_der_ocsp_request(body)
        entry = self.revoked.get(request.serial_number)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=request.issuer_name_hash,
            issuer_key_hash=request.issuer_key_hash,
            serial_number=request.serial_number,
            algorithm=request.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if entry else ocsp.OCSPCertStatus.GOOD,
            this_update=self.now - timedelta(hours=1),
            next_update=self.now - timedelta(hours=1) + self.lifetime,
            revocation_time=entry.when if entry else None,
            revocation_reason=entry.reason if entry else None,
        )
        responder = signer or authority
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        if signer is not None:
            builder = builder.certificates([signer.certificate])
        return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def ocsp_for(self, holder: Holder, *, signer: Holder | None = None) -> bytes:
        """An OCSP response on one certificate."""
        assert holder.issuer is not None
        request = ocsp.OCSPRequestBuilder().add_certificate(
            holder.certificate, holder.issuer.certificate, hashes.SHA256()
        )
        return self.ocsp(holder.issuer, request.build().public_bytes(Encoding.DER), signer=signer)

    def crl(self, authority: Holder, *extensions: x509.ExtensionType, key: rsa.RSAPrivateKey | None = None) -> bytes:
        """The authority's list; ``extensions`` are critical."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(authority.certificate.subject)
            .last_update(self.now - timedelta(hours=1))
            .next_update(self.now - timedelta(hours=1) + self.lifetime)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        for serial, entry in self.revoked.items():
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(entry.when)
            if entry.reason is not None:
                revoked = revoked.add_extension(x509.CRLReason(entry.reason), critical=False)
            builder = builder.add_revoked_certificate(revoked.build())
        return builder.sign(key or authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
