"""Levels over the in-memory PKI, bent as a test wants it: certificates that end soon, lists of years, delegates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.signature import ExtensionRequest, ExtensionResult, SignatureLevel
from bdsigner.model.token import SignatureMechanism
from bdsigner.ports import RequestTimestamp
from bdsigner.signing.extension import extend_document
from bdsigner.signing.pades import sign_document
from bdsigner.signing.proofs import ProofSource
from bdsigner.verification.intact import check_intact
from tests.signing.parts import Desk, Signed, Signer
from tests.support.pdfs import text_pdf
from tests.support.small_pki import YEAR, Holder, MemoryNetwork, make_certificate, rsa_key


class RootWithLists(MemoryNetwork):
    """The first authority answers no OCSP request."""

    def ocsp(self, authority: Holder, body: bytes, *, signer: Holder | None = None) -> bytes:
        if authority is self.authorities[0]:
            raise NetworkError(ErrorCode.NETWORK_HTTP_STATUS, http_status=404)
        return super().ocsp(authority, body, signer=signer)


@dataclass
class SoonOver:
    """Authorities and lists for decades; signers end within days."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    has_issuer_ending: bool = False
    """The issuing CA ends with its signers."""
    root: Holder = field(init=False)
    issuing: Holder = field(init=False)
    signer: Holder = field(init=False)
    tsa: Holder = field(init=False)

    def __post_init__(self) -> None:
        long = {"not_before": self.now - YEAR, "not_after": self.now + 30 * YEAR}
        short = {"not_before": self.now - YEAR, "not_after": self.now + timedelta(days=5)}
        self.root = make_certificate("CA gốc", None, key=rsa_key(0), ca=True, **long)
        issuing = short if self.has_issuer_ending else long
        self.issuing = make_certificate("CA cấp phát", self.root, key=rsa_key(1), ca=True, **issuing)
        self.signer = make_certificate("Nguyễn Văn Ánh", self.issuing, key=rsa_key(2), **short)
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        self.tsa = make_certificate("Dấu thời gian", self.root, key=rsa_key(3), purposes=stamping, **long)

    def network(self, **options: object) -> MemoryNetwork:
        """Statements made an hour ago and current for decades; the root publishes lists only, as roots do."""
        return RootWithLists([self.root, self.issuing], now=self.now, lifetime=20 * YEAR, **options)  # type: ignore[arg-type]  # passed on

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (self.root.der,)

    def desk(self, folder: Path) -> Desk:
        return Desk(folder, Signer(self.signer.der, (self.issuing.der,), self.signer.key, SignatureMechanism.RSA_PKCS1))

    def authority(self, **dates: datetime) -> Holder:
        """One more time-stamping authority."""
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        return make_certificate("Dấu thời gian khác", self.root, key=rsa_key(4), purposes=stamping, **dates)  # type: ignore[arg-type]  # passed on

    def stamper(self, *, at: datetime | None = None, by: Holder | None = None) -> RequestTimestamp:
        holder = by or self.tsa
        key = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        authority = DummyTimeStamper(
            x509.Certificate.load(holder.der), keys.PrivateKeyInfo.load(key), fixed_dt=at, include_nonce=True
        )

        def answer(request: bytes) -> bytes:
            return bytes(authority.request_tsa_response(tsp.TimeStampReq.load(request)).dump())

        return answer

    def sign(self, folder: Path, level: SignatureLevel, network: MemoryNetwork | None = None, **stamp: Any) -> Signed:
        desk = self.desk(folder)
        request = desk.request(text_pdf(), level=level)
        result = sign_document(
            request,
            sign_digest=desk.signer.sign,
            request_timestamp=self.stamper(**stamp),
            proof_source=self.source(network),
        )
        return Signed(request.partial, result)

    def extend(self, path: Path, level: SignatureLevel, network: MemoryNetwork | None = None) -> "Extended":
        partial = path.with_name(f"{path.name}.{level.value}")
        partial.touch()
        result = extend_document(
            ExtensionRequest(source=path, partial=partial, level=level),
            check_intact=check_intact,
            proof_source=self.source(network),
            request_timestamp=self.stamper(),
        )
        return Extended(partial, result)

    def source(self, network: MemoryNetwork | None = None) -> ProofSource:
        return ProofSource(anchors=self.anchors, issuers=(), fetcher=network or self.network())


@dataclass(frozen=True)
class Extended:
    path: Path
    result: ExtensionResult
