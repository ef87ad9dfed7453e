"""What certificates, revocation and time make of an intact signature."""

import copy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from asn1crypto.pdf import RevocationInfoArchival
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from bdsigner.messages.findings import describe_finding
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.verification import FindingCode, Severity, Verdict
from bdsigner.ports import FetchKind
from tests.support.signed_cms import signed_anew
from tests.support.signed_pdf import (
    embed,
    revision_of,
    sign,
    signed_data,
    simple_signer,
    stamp_document,
    time_stamper,
    written,
)
from tests.support.small_pki import (
    ENCRYPTION_USAGE,
    NOW,
    YEAR,
    MemoryNetwork,
    Revoked,
    SmallPki,
    make_certificate,
    rsa_key,
)
from tests.verification.conftest import Documents, Judge, codes

DAY = timedelta(days=1)
INTACT = {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT}


def test_foreign_root_is_out_of_scope_with_the_cryptographic_result(judge: Judge, documents: Documents) -> None:
    report = judge(documents.by(documents.pki.foreign))
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) & {FindingCode.CHAIN_OUT_OF_SCOPE, FindingCode.CHAIN_BROKEN}
    assert codes(report) >= INTACT
    assert report.signatures[0].signer_status is CertificateStatus.OUT_OF_SCOPE


def test_no_anchors(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bt, anchors=())
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) >= INTACT | {FindingCode.NO_ANCHORS, FindingCode.TIMESTAMP_UNTRUSTED}


def test_offline_is_neither_valid_nor_invalid(judge: Judge, documents: Documents) -> None:
    report = judge(documents.bt, fetcher=None)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) >= INTACT | {FindingCode.REVOCATION_UNKNOWN, FindingCode.CHAIN_TRUSTED}


def test_revoked_without_timestamp(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    network.revoked[documents.pki.signer.serial] = Revoked(NOW - DAY)
    report = judge(documents.bb)
    assert report.verdict is Verdict.INVALID
    assert FindingCode.CERTIFICATE_REVOKED in codes(report)
    assert report.signatures[0].signer_status is CertificateStatus.REVOKED


@pytest.mark.parametrize("down", [set(), {FetchKind.OCSP}])
def test_revoked_before_and_after_the_timestamp(
    judge: Judge, documents: Documents, network: MemoryNetwork, down: set[FetchKind]
) -> None:
    network.down = down
    stamper = time_stamper(documents.pki.tsa, documents.pki.issuing, at=NOW - 5 * DAY)
    signed = sign(documents.plain, documents.signer, stamper=stamper)
    network.revoked[documents.pki.signer.serial] = Revoked(NOW - 7 * DAY)
    before = judge(signed)
    network.revoked[documents.pki.signer.serial] = Revoked(NOW - 3 * DAY, x509.ReasonFlags.key_compromise)
    after = judge(signed)
    assert (before.verdict, after.verdict) == (Verdict.INVALID, Verdict.VALID)
    assert FindingCode.CERTIFICATE_REVOKED in codes(before)
    assert FindingCode.CERTIFICATE_REVOKED_LATER in codes(after)


def test_document_timestamp_before_the_revocation(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    stamper = time_stamper(documents.pki.tsa, documents.pki.issuing, at=NOW - 5 * DAY)
    network.revoked[documents.pki.signer.serial] = Revoked(NOW - 3 * DAY)
    assert judge(documents.bb).verdict is Verdict.INVALID
    assert judge(stamp_document(documents.bb, stamper)).verdict is Verdict.VALID


def test_suspended(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    network.revoked[documents.pki.signer.serial] = Revoked(NOW - DAY, x509.ReasonFlags.certificate_hold)
    report = judge(documents.bb)
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.CERTIFICATE_SUSPENDED in codes(report)


def test_expired_certificate(judge: Judge, documents: Documents) -> None:
    expired = documents.pki.person(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)
    report = judge(documents.by(expired, documents.pki.issuing))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.CERTIFICATE_EXPIRED in codes(report)
    late = judge(documents.by(expired, documents.pki.issuing, stamper=documents.stamper))
    assert late.verdict is Verdict.INVALID
    stamped_since = judge(stamp_document(documents.by(expired, documents.pki.issuing), documents.stamper))
    assert stamped_since.verdict is Verdict.INDETERMINATE, "it may have been signed in time"


def test_expired_certificate_with_a_timestamp_from_its_time(
    judge: Judge, documents: Documents, network: MemoryNetwork
) -> None:
    pki = documents.pki
    expired = pki.person(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)
    stamper = time_stamper(pki.tsa, pki.issuing, at=NOW - YEAR - 10 * DAY)
    signed = documents.by(expired, pki.issuing, stamper=stamper)
    # What a CA says today of a certificate that expired proves nothing; what it said then, kept in the file, does.
    assert codes(judge(signed)) >= {FindingCode.CERTIFICATE_IN_FORCE, FindingCode.REVOCATION_UNKNOWN}
    then = MemoryNetwork(network.authorities, now=NOW - YEAR - 9 * DAY)
    assert judge(with_dss(signed, then.ocsp_for(expired))).verdict is Verdict.VALID


def with_dss(data: bytes, *ocsps: bytes) -> bytes:
    """Add a document security store."""
    writer = revision_of(data)
    streams = [writer.add_object(generic.StreamObject(stream_data=one)) for one in ocsps]
    dss = generic.DictionaryObject({pdf_name("/OCSPs"): generic.ArrayObject(streams)})
    writer.root[pdf_name("/DSS")] = writer.add_object(dss)
    writer.update_root()
    return written(writer)


def test_evidence_in_the_file_serves_offline(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    pki = documents.pki
    ocsps = [network.ocsp_for(one) for one in (pki.signer, pki.issuing, pki.tsa)]
    report = judge(with_dss(documents.bt, *ocsps), fetcher=None)
    assert report.verdict is Verdict.VALID
    assert FindingCode.CHANGED_LTV_ADDED in codes(report)
    assert judge(with_dss(documents.bt, *ocsps, b"garbage"), fetcher=None).verdict is Verdict.VALID
    assert judge(with_dss(documents.bt, *ocsps[1:]), fetcher=None).verdict is Verdict.INDETERMINATE


def test_usage(judge: Judge, documents: Documents) -> None:
    report = judge(documents.by(documents.pki.person(usage=ENCRYPTION_USAGE), documents.pki.issuing))
    assert report.verdict is Verdict.INVALID
    assert FindingCode.CERTIFICATE_USAGE in codes(report)


def test_foreign_timestamp_proves_no_time(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    pki = documents.pki
    foreign = make_certificate(
        "TSA lạ", pki.foreign_root, key=rsa_key(3), purposes=[x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]
    )
    signed = sign(documents.plain, documents.signer, stamper=time_stamper(foreign, at=NOW - 5 * DAY))
    report = judge(signed)
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TIMESTAMP_UNTRUSTED in codes(report)
    network.revoked[pki.signer.serial] = Revoked(NOW - 3 * DAY)
    assert judge(signed).verdict is Verdict.INVALID


@pytest.mark.parametrize("purposes", [[], [x509.oid.ExtendedKeyUsageOID.CODE_SIGNING]])
def test_timestamp_of_someone_who_is_no_authority(
    judge: Judge, documents: Documents, purposes: list[x509.ObjectIdentifier]
) -> None:
    pki = documents.pki
    person = make_certificate("Không phải TSA", pki.issuing, key=rsa_key(3), purposes=purposes)
    report = judge(sign(documents.plain, documents.signer, stamper=time_stamper(person, pki.issuing)))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TIMESTAMP_UNTRUSTED in codes(report)


def test_timestamp_from_the_future(judge: Judge, documents: Documents) -> None:
    stamper = time_stamper(documents.pki.tsa, documents.pki.issuing, at=NOW + DAY)
    report = judge(sign(documents.plain, documents.signer, stamper=stamper))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TIMESTAMP_INVALID in codes(report)


def test_revoked_authority_proves_no_time(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    network.revoked[documents.pki.tsa.serial] = Revoked(NOW - DAY)
    report = judge(documents.bt)
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TIMESTAMP_UNTRUSTED in codes(report)


def test_certificate_of_another_key_in_the_signature(judge: Judge, documents: Documents, pki: SmallPki) -> None:
    impostor = make_certificate("Nguyễn Văn Ánh", pki.issuing, key=rsa_key(4))
    forged = replace(impostor, key=pki.signer.key)
    report = judge(sign(documents.plain, simple_signer(forged, pki.issuing)))
    assert report.verdict is Verdict.INVALID
    assert {FindingCode.KEY_MISMATCH, FindingCode.CONTENT_INTACT} <= codes(report)


def test_only_notes_besides_proofs(judge: Judge, documents: Documents) -> None:
    for data in (documents.bb, documents.bt, documents.stamped, documents.twice):
        for signature in judge(data).signatures:
            assert {finding.severity for finding in signature.findings} <= {Severity.OK, Severity.NOTE}


def with_vri(data: bytes, *ocsps: bytes) -> bytes:
    """A security store whose responses are named per signature only."""
    writer = revision_of(data)
    streams = [writer.add_object(generic.StreamObject(stream_data=one)) for one in ocsps]
    one = generic.DictionaryObject({pdf_name("/OCSP"): generic.ArrayObject(streams)})
    vri = generic.DictionaryObject({pdf_name("/" + "AB" * 20): writer.add_object(one)})
    writer.root[pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject({pdf_name("/VRI"): vri}))
    writer.update_root()
    return written(writer)


def test_evidence_named_by_the_vri_alone(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    pki = documents.pki
    ocsps = [network.ocsp_for(one) for one in (pki.signer, pki.issuing, pki.tsa)]
    assert judge(with_vri(documents.bt, *ocsps), fetcher=None).verdict is Verdict.VALID


@pytest.mark.parametrize("place", ["crls", "adobe"])
def test_evidence_inside_the_signature_serves_offline(
    judge: Judge, documents: Documents, network: MemoryNetwork, place: str
) -> None:
    """SignedData.crls (RFC 5652) and Adobe's signed attribute."""
    crls = [asn1_crl.CertificateList.load(network.crl(one)) for one in (documents.pki.issuing, documents.pki.root)]

    def make(digest: bytes) -> bytes:
        content = copy.deepcopy(signed_data(documents.signer, digest))
        if place == "crls":
            choices = [cms.RevocationInfoChoice("crl", one) for one in crls]
            content["content"]["crls"] = cms.RevocationInfoChoices(choices)
        else:
            info = content["content"]["signer_infos"][0]
            value = {"crl": crls}
            attribute = {"type": "adobe_revocation_info_archival", "values": [RevocationInfoArchival(value)]}
            info["signed_attrs"].append(cms.CMSAttribute(attribute))
            signed_anew(info, documents.pki.signer)
        return bytes(content.dump(force=True))

    report = judge(embed(documents.plain, make), fetcher=None)
    assert report.verdict is Verdict.VALID
    (finding,) = (one for one in report.signatures[0].findings if one.code is FindingCode.CERTIFICATE_NOT_REVOKED)
    assert finding.facts["origin"] == "file"
    assert finding.facts["age_minutes"] == "60"
    assert "trong tập tin" in describe_finding(finding)
    assert "60 phút" in describe_finding(finding)


def test_removed_from_hold_is_in_force_again(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    held = Revoked(NOW - DAY, x509.ReasonFlags.certificate_hold)
    network.revoked[documents.pki.signer.serial] = held
    assert FindingCode.CERTIFICATE_SUSPENDED in codes(judge(documents.bt))
    network.down = {FetchKind.OCSP}  # delta lists alone may say "removed"; a list that does says: not held
    network.revoked[documents.pki.signer.serial] = replace(held, reason=x509.ReasonFlags.remove_from_crl)
    assert judge(documents.bt).verdict is Verdict.VALID
    network.revoked.clear()
    assert judge(documents.bt).verdict is Verdict.VALID


def test_held_after_the_timestamp_does_not_count(judge: Judge, documents: Documents, network: MemoryNetwork) -> None:
    stamper = time_stamper(documents.pki.tsa, documents.pki.issuing, at=NOW - 5 * DAY)
    signed = sign(documents.plain, documents.signer, stamper=stamper)
    for since, verdict in ((NOW - 3 * DAY, Verdict.VALID), (NOW - 7 * DAY, Verdict.INDETERMINATE)):
        network.revoked[documents.pki.signer.serial] = Revoked(since, x509.ReasonFlags.certificate_hold)
        report = judge(signed)
        assert report.verdict is verdict
        assert FindingCode.CERTIFICATE_SUSPENDED in codes(report)


@pytest.mark.parametrize(
    ("renewed_at", "verdict"),
    [
        (None, Verdict.INDETERMINATE),
        (NOW - 200 * DAY, Verdict.VALID),
        (NOW - 20 * DAY, Verdict.INDETERMINATE),
    ],
    ids=["not renewed", "renewed in time", "renewed too late"],
)
def test_chain_of_timestamps_outlives_signer_and_authority(
    judge: Judge, documents: Documents, network: MemoryNetwork, renewed_at: datetime | None, verdict: Verdict
) -> None:
    """B-LTA (EN 319 102-1 §5.6.3): the signer expired a year ago, the first authority a hundred days ago."""
    pki = documents.pki
    signer = pki.person(not_before=NOW - 3 * YEAR, not_after=NOW - YEAR)
    purposes = [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]
    first = make_certificate(
        "TSA cũ", pki.issuing, key=rsa_key(4), purposes=purposes, not_before=NOW - 3 * YEAR, not_after=NOW - 100 * DAY
    )
    signed_at = NOW - YEAR - 30 * DAY
    data = documents.by(signer, pki.issuing, stamper=time_stamper(first, pki.issuing, at=signed_at))
    then = MemoryNetwork(network.authorities, now=signed_at + DAY)
    ocsps = [then.ocsp_for(one) for one in (signer, pki.issuing, first)]
    if renewed_at is not None:
        before = MemoryNetwork(network.authorities, now=min(renewed_at, NOW - 101 * DAY))
        ocsps += [before.ocsp_for(one) for one in (first, pki.issuing)]
    data = with_dss(data, *ocsps)
    if renewed_at is not None:
        data = stamp_document(data, time_stamper(pki.tsa, pki.issuing, at=renewed_at))
    report = judge(data)
    assert report.verdict is verdict, report.all_findings
    assert codes(report) >= INTACT
