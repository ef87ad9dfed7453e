"""The certificate check that comes before the PIN."""

from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.model.certificate import CertificateAssessment, CertificateStatus
from bdsigner.ports import Fetcher, FetchKind
from bdsigner.trust.assessment import assess_certificate
from bdsigner.trust.fetching import MAX_FETCHES
from tests.support.small_pki import (
    ENCRYPTION_USAGE,
    NOW,
    YEAR,
    Holder,
    MemoryNetwork,
    Revoked,
    SmallPki,
    make_certificate,
    rsa_key,
)


def check(pki: SmallPki, holder: Holder, fetcher: Fetcher | None, **options: object) -> CertificateAssessment:
    arguments = {"anchors": pki.anchors, "fetcher": fetcher, "at": NOW} | options
    return assess_certificate(holder.der, pki.others, **arguments)  # type: ignore[arg-type]  # options of the test


def test_good_certificate_with_its_chain(pki: SmallPki, network: MemoryNetwork) -> None:
    result = check(pki, pki.signer, network)
    assert result.status is CertificateStatus.GOOD
    assert result.chain == (pki.issuing.der,)
    assert result.revocation_source == "ocsp"
    assert {request.kind for request in network.asked} == {FetchKind.OCSP}


def test_crl_when_ocsp_is_down(pki: SmallPki, network: MemoryNetwork) -> None:
    network.down = {FetchKind.OCSP}
    result = check(pki, pki.signer, network)
    assert (result.status, result.revocation_source) == (CertificateStatus.GOOD, "crl")


@pytest.mark.parametrize("down", [set(), {FetchKind.OCSP}])
def test_revoked(pki: SmallPki, network: MemoryNetwork, down: set[FetchKind]) -> None:
    when = NOW - timedelta(days=3)
    network.down = down
    network.revoked[pki.signer.serial] = Revoked(when, x509.ReasonFlags.key_compromise)
    result = check(pki, pki.signer, network)
    assert (result.status, result.revoked_at) == (CertificateStatus.REVOKED, when)


@pytest.mark.parametrize("down", [set(), {FetchKind.OCSP}])
def test_hold_is_suspended(pki: SmallPki, network: MemoryNetwork, down: set[FetchKind]) -> None:
    network.down = down
    network.revoked[pki.signer.serial] = Revoked(NOW - timedelta(days=3), x509.ReasonFlags.certificate_hold)
    assert check(pki, pki.signer, network).status is CertificateStatus.SUSPENDED


def test_revoked_authority(pki: SmallPki, network: MemoryNetwork) -> None:
    network.revoked[pki.issuing.serial] = Revoked(NOW - timedelta(days=3))
    assert check(pki, pki.signer, network).status is CertificateStatus.REVOKED


@pytest.mark.parametrize("down", [{FetchKind.OCSP, FetchKind.CRL}, set(FetchKind)])
def test_unreachable_is_unknown(pki: SmallPki, network: MemoryNetwork, down: set[FetchKind]) -> None:
    network.down = down
    assert check(pki, pki.signer, network).status is CertificateStatus.UNKNOWN


def test_offline_is_unknown(pki: SmallPki) -> None:
    assert check(pki, pki.signer, None).status is CertificateStatus.UNKNOWN


def test_stale_answers_are_unknown(pki: SmallPki, network: MemoryNetwork) -> None:
    network.now = NOW - timedelta(days=30)
    assert check(pki, pki.signer, network).status is CertificateStatus.UNKNOWN


def test_stale_revocation_still_counts(pki: SmallPki, network: MemoryNetwork) -> None:
    network.now = NOW - timedelta(days=30)
    network.revoked[pki.signer.serial] = Revoked(NOW - timedelta(days=60))
    assert check(pki, pki.signer, network).status is CertificateStatus.REVOKED


def test_answer_from_the_future_is_unknown(pki: SmallPki, network: MemoryNetwork) -> None:
    network.now = NOW + timedelta(days=2)
    assert check(pki, pki.signer, network).status is CertificateStatus.UNKNOWN


def test_expired_and_not_yet_valid_need_no_network(pki: SmallPki, network: MemoryNetwork) -> None:
    expired = pki.person(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)
    early = pki.person(not_before=NOW + timedelta(days=1))
    assert check(pki, expired, network).status is CertificateStatus.EXPIRED
    assert check(pki, early, network).status is CertificateStatus.NOT_YET_VALID
    assert check(pki, expired, network, anchors=()).status is CertificateStatus.EXPIRED
    assert network.asked == []


def test_foreign_root_of_the_same_name_is_out_of_scope(pki: SmallPki, network: MemoryNetwork) -> None:
    assert pki.foreign_root.certificate.subject == pki.root.certificate.subject
    result = check(pki, pki.foreign, network)
    assert (result.status, result.chain) == (CertificateStatus.OUT_OF_SCOPE, ())


def test_issuer_out_of_reach_is_unknown_not_out_of_scope(pki: SmallPki, network: MemoryNetwork) -> None:
    network.down.add(FetchKind.CERTIFICATES)
    result = assess_certificate(pki.signer.der, (), anchors=pki.anchors, fetcher=network, at=NOW)
    assert (result.status, result.is_issuer_known) == (CertificateStatus.UNKNOWN, False)
    network.down.clear()
    result = assess_certificate(pki.signer.der, (), anchors=pki.anchors, fetcher=network, at=NOW)
    assert (result.status, result.is_issuer_known) == (CertificateStatus.GOOD, True)


def test_forged_issuer_is_out_of_scope(pki: SmallPki, network: MemoryNetwork) -> None:
    forged = make_certificate("Kẻ giả", pki.issuing, key=rsa_key(2), signing_key=rsa_key(4))
    assert check(pki, forged, network).status is CertificateStatus.OUT_OF_SCOPE


def test_certificate_issued_by_a_person_is_out_of_scope(pki: SmallPki, network: MemoryNetwork) -> None:
    child = make_certificate("Con", pki.signer, key=rsa_key(3))
    result = assess_certificate(child.der, (*pki.others, pki.signer.der), anchors=pki.anchors, fetcher=network, at=NOW)
    assert result.status is CertificateStatus.OUT_OF_SCOPE


def test_weak_digest_in_the_chain_is_not_good(pki: SmallPki, network: MemoryNetwork) -> None:
    certificate = asn1_x509.Certificate.load(pki.signer.der)
    certificate["tbs_certificate"]["signature"] = certificate["signature_algorithm"] = {"algorithm": "sha1_rsa"}
    signed = certificate["tbs_certificate"].dump(force=True)
    certificate["signature_value"] = pki.issuing.key.sign(signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # the case
    result = assess_certificate(certificate.dump(), pki.others, anchors=pki.anchors, fetcher=network, at=NOW)
    assert result.status is CertificateStatus.OUT_OF_SCOPE
    assert "sha1_rsa" in result.reason


def test_no_anchors_is_unknown(pki: SmallPki, network: MemoryNetwork) -> None:
    assert check(pki, pki.signer, network, anchors=()).status is CertificateStatus.UNKNOWN


def test_encryption_certificate_may_not_sign(pki: SmallPki, network: MemoryNetwork) -> None:
    for holder in (pki.person(usage=ENCRYPTION_USAGE), pki.person(usage=None)):
        assert check(pki, holder, network).status is CertificateStatus.WRONG_USAGE


def test_missing_issuer_is_fetched(pki: SmallPki, network: MemoryNetwork) -> None:
    result = assess_certificate(pki.signer.der, (), anchors=pki.anchors, fetcher=network, at=NOW)
    assert (result.status, result.chain) == (CertificateStatus.GOOD, (pki.issuing.der,))


def test_delegated_responder(pki: SmallPki, network: MemoryNetwork) -> None:
    class Delegated(MemoryNetwork):
        responder: Holder

        def ocsp(self, authority: Holder, body: bytes, *, signer: Holder | None = None) -> bytes:
            return super().ocsp(authority, body, signer=self.responder if authority is pki.issuing else None)

    delegated = Delegated(network.authorities)
    delegated.down = {FetchKind.CRL}
    purposes = [ExtendedKeyUsageOID.OCSP_SIGNING]
    delegated.responder = make_certificate(
        "OCSP", pki.issuing, key=rsa_key(3), purposes=purposes, extra=[x509.OCSPNoCheck()]
    )
    assert check(pki, pki.signer, delegated).status is CertificateStatus.GOOD
    for impostor in (
        make_certificate("OCSP", pki.issuing, key=rsa_key(3), extra=[x509.OCSPNoCheck()]),
        make_certificate("OCSP", pki.foreign_root, key=rsa_key(3), purposes=purposes, extra=[x509.OCSPNoCheck()]),
        make_certificate("OCSP", pki.issuing, key=rsa_key(3), purposes=purposes),
        make_certificate("OCSP", pki.issuing, key=rsa_key(3), purposes=purposes, not_after=NOW - timedelta(days=2),
                         extra=[x509.OCSPNoCheck()]),
    ):  # fmt: skip
        delegated.responder = impostor
        assert check(pki, pki.signer, delegated).status is CertificateStatus.UNKNOWN


def _point(**options: object) -> x509.IssuingDistributionPoint:
    none = {"full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
            "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False}  # fmt: skip
    return x509.IssuingDistributionPoint(**(none | options))  # type: ignore[arg-type]  # as the test bends it


@pytest.mark.parametrize(
    "extension",
    [
        x509.DeltaCRLIndicator(1),
        _point(only_contains_ca_certs=True),
        _point(only_contains_attribute_certs=True),
        _point(indirect_crl=True),
        _point(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])),
        _point(full_name=[x509.UniformResourceIdentifier("http://pki.test/other.crl")]),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
    ],
)
def test_partial_lists_prove_nothing(pki: SmallPki, extension: x509.ExtensionType) -> None:
    class Partial(MemoryNetwork):
        def crl(self, authority: Holder, *extensions: x509.ExtensionType, key: object = None) -> bytes:
            return super().crl(authority, *([extension] if authority is pki.issuing else []))

    partial = replace(Partial.of(pki), down={FetchKind.OCSP})
    assert check(pki, pki.signer, partial).status is CertificateStatus.UNKNOWN


def test_list_of_another_key_proves_nothing(pki: SmallPki) -> None:
    class Forged(MemoryNetwork):
        def crl(self, authority: Holder, *extensions: x509.ExtensionType, key: object = None) -> bytes:
            return super().crl(authority, key=rsa_key(4))

    assert check(pki, pki.signer, replace(Forged.of(pki), down={FetchKind.OCSP})).status is CertificateStatus.UNKNOWN


def test_fetches_are_bounded(pki: SmallPki) -> None:
    class Maze(MemoryNetwork):
        """Every issuer fetched names two more."""

        def fetch(self, request: object) -> bytes:
            self.asked.append(request)  # type: ignore[arg-type]  # the port's own type
            number = len(self.asked)
            places = [
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.CA_ISSUERS,
                    x509.UniformResourceIdentifier(f"http://pki.test/{number}-{branch}"),
                )
                for branch in range(9)
            ]
            extra = [x509.AuthorityInformationAccess(places)]
            return make_certificate(f"CA {number}", pki.foreign_root, key=rsa_key(4), addresses=False, extra=extra).der

    maze = Maze.of(pki)
    assert check(pki, pki.foreign, maze).status is CertificateStatus.OUT_OF_SCOPE
    assert 0 < len(maze.asked) <= MAX_FETCHES


@given(data=st.binary(max_size=300))
def test_garbage_is_unknown(data: bytes) -> None:
    result = assess_certificate(data, (data,), anchors=(data,), fetcher=None, at=NOW)
    assert result.status is CertificateStatus.UNKNOWN


@given(position=st.integers(min_value=0, max_value=5000), value=st.integers(min_value=0, max_value=255))
def test_mutated_certificate_is_never_good(position: int, value: int) -> None:
    pki = _PKI
    der = bytearray(pki.signer.der)
    position %= len(der)
    if der[position] == value:
        return
    der[position] = value
    result = assess_certificate(bytes(der), pki.others, anchors=pki.anchors, fetcher=MemoryNetwork.of(pki), at=NOW)
    assert result.status is not CertificateStatus.GOOD


_PKI = SmallPki()
