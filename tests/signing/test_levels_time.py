"""Levels across years, revocations and delegated responders; the PKI is made for the moment the test runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.ades.report import AdESPassed

from bdsigner.model.signature import Shortfall, SignatureLevel
from bdsigner.model.verification import Verdict
from bdsigner.ports import FetchKind, FetchRequest
from bdsigner.verification.pdf import verify_pdf
from tests.signing.ades import ades_lta, ades_with_store
from tests.signing.small_levels import RootWithLists, SoonOver
from tests.signing.test_levels import streams
from tests.support.small_pki import YEAR, Holder, Revoked, make_certificate, rsa_key

ERA = timedelta(days=800)
"""The signer's certificate ended long before."""


@pytest.fixture(scope="module")
def pki() -> SoonOver:
    return SoonOver()


def verdict(path: Path, pki: SoonOver, *, at: datetime) -> Verdict | None:
    return verify_pdf(path, anchors=pki.anchors, fetcher=None, checked_at=at, is_training=False).verdict


def test_b_lta_outlives_the_certificates(pki: SoonOver, tmp_path: Path) -> None:
    """With the network off, by pyHanko and by ourselves; B-T of the same hour does not."""
    at = pki.now + ERA
    blta, bt = pki.sign(tmp_path, SignatureLevel.B_LTA), pki.sign(tmp_path, SignatureLevel.B_T)
    assert ades_lta(blta.path, pki.anchors, at=at) is AdESPassed.OK
    assert verdict(blta.path, pki, at=at) is Verdict.VALID
    assert verdict(bt.path, pki, at=at) is Verdict.INDETERMINATE


def test_b_lta_outlives_the_issuer(tmp_path: Path) -> None:
    """By our own verifier; pyHanko's does not look into the past when an issuer is out of date."""
    pki = SoonOver(has_issuer_ending=True)
    signed = pki.sign(tmp_path, SignatureLevel.B_LTA)
    assert verdict(signed.path, pki, at=pki.now + ERA) is Verdict.VALID


def test_extension_renews_b_lta_again_and_again(pki: SoonOver, tmp_path: Path) -> None:
    signed = pki.sign(tmp_path, SignatureLevel.B_LTA)
    once = pki.extend(signed.path, SignatureLevel.B_LTA)
    twice = pki.extend(once.path, SignatureLevel.B_LTA)
    assert twice.path.read_bytes().startswith(once.path.read_bytes())
    assert once.path.read_bytes().startswith(signed.data)
    assert twice.path.read_bytes().count(b"/DocTimeStamp") == 3
    assert ades_lta(twice.path, pki.anchors, at=pki.now + ERA) is AdESPassed.OK
    assert verdict(twice.path, pki, at=datetime.now(UTC) + timedelta(seconds=2)) is Verdict.VALID


def test_renewed_in_time_it_outlives_the_first_authority(pki: SoonOver, tmp_path: Path) -> None:
    """Each timestamp is judged as of the next (EN 319 102-1 §5.6.3), the last one as of now."""
    soon = pki.authority(not_before=pki.now - YEAR, not_after=pki.now + timedelta(days=5))
    signed = pki.sign(tmp_path, SignatureLevel.B_LTA, by=soon)
    renewed = pki.extend(signed.path, SignatureLevel.B_LTA)
    at = pki.now + ERA
    assert verdict(signed.path, pki, at=at) is Verdict.INDETERMINATE
    assert verdict(renewed.path, pki, at=at) is Verdict.VALID
    assert ades_lta(signed.path, pki.anchors, at=at) is not AdESPassed.OK
    assert ades_lta(renewed.path, pki.anchors, at=at) is AdESPassed.OK


def test_revoked_after_the_timestamp_is_proven_as_it_is(pki: SoonOver, tmp_path: Path) -> None:
    revoked = {pki.signer.serial: Revoked(pki.now - timedelta(minutes=5), x509.ReasonFlags.key_compromise)}
    network = pki.network(revoked=revoked)
    before, after = pki.now - timedelta(minutes=10), pki.now - timedelta(minutes=1)
    signed = pki.sign(tmp_path, SignatureLevel.B_LT, network, at=before)
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_LT, None)
    late = pki.sign(tmp_path, SignatureLevel.B_LT, network, at=after)
    assert (late.result.level, late.result.missing) == (SignatureLevel.B_T, Shortfall.REVOKED)
    assert late.result.missing_of == "Nguyễn Văn Ánh"


class Delegating(RootWithLists):
    """The issuing CA answers through a responder of its own."""

    responder: Holder

    def ocsp(self, authority: Holder, body: bytes, *, signer: Holder | None = None) -> bytes:
        return super().ocsp(authority, body, signer=signer or self.responder)


def delegating(pki: SoonOver, *, extra: tuple[x509.ExtensionType, ...]) -> Delegating:
    network = Delegating([pki.root, pki.issuing], now=pki.now, lifetime=20 * YEAR)
    network.responder = make_certificate(
        "OCSP",
        pki.issuing,
        key=rsa_key(5),
        purposes=[ExtendedKeyUsageOID.OCSP_SIGNING],
        not_before=pki.now - YEAR,
        not_after=pki.now + timedelta(days=5),
        extra=extra,
    )
    return network


def test_a_responder_is_proven_too(pki: SoonOver, tmp_path: Path) -> None:
    network = delegating(pki, extra=())
    signed = pki.sign(tmp_path, SignatureLevel.B_LT, network)
    assert signed.result.level is SignatureLevel.B_LT
    assert network.responder.der in streams(signed.path, "Certs")
    issuers = {x509.load_der_x509_crl(one).issuer for one in streams(signed.path, "CRLs")}
    assert pki.issuing.certificate.subject in issuers
    now = datetime.now(UTC) + timedelta(seconds=2)
    assert verdict(signed.path, pki, at=now) is Verdict.VALID
    assert ades_with_store(signed.path, pki.anchors, at=now) is AdESPassed.OK


def test_a_responder_without_check_needs_no_proof(pki: SoonOver, tmp_path: Path) -> None:
    network = delegating(pki, extra=(x509.OCSPNoCheck(),))
    signed = pki.sign(tmp_path, SignatureLevel.B_LT, network)
    assert network.responder.der in streams(signed.path, "Certs")
    asked = {request.url for request in network.asked if request.kind is FetchKind.CRL}
    assert not any(f"{pki.issuing.serial:x}" in url for url in asked)
    assert verdict(signed.path, pki, at=datetime.now(UTC) + timedelta(seconds=2)) is Verdict.VALID


def test_fetches_are_few(pki: SoonOver, tmp_path: Path) -> None:
    """Each address once, however many certificates and timestamps name it."""
    network = pki.network()
    pki.sign(tmp_path, SignatureLevel.B_LTA, network)
    assert len(network.asked) == len(set(network.asked)) <= 4
    assert all(isinstance(request, FetchRequest) for request in network.asked)
