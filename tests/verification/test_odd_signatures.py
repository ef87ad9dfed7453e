"""Signatures of unusual make: accepted when sound, named when not judged, never dropped."""

import asyncio
import copy
from collections.abc import Callable

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from bdsigner.model.verification import FindingCode, Verdict
from tests.support.signed_pdf import embed, signed_data
from tests.support.small_pki import MemoryNetwork
from tests.verification.conftest import Documents, Judge, codes

INTACT = {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT, FindingCode.COVERS_WHOLE_FILE}
Edit = Callable[[cms.ContentInfo], None]


def _edited(documents: Documents, edit: Edit) -> Callable[[bytes], bytes]:
    def make(digest: bytes) -> bytes:
        content = copy.deepcopy(signed_data(documents.signer, digest))
        edit(content)
        return bytes(content.dump(force=True))

    return make


def test_plain_pkcs7_is_valid(judge: Judge, documents: Documents) -> None:
    report = judge(embed(documents.plain, _edited(documents, lambda _: None)))
    assert report.verdict is Verdict.VALID
    assert codes(report) >= INTACT


def test_cades_without_bound_certificate_is_not_valid(judge: Judge, documents: Documents) -> None:
    def unbind(content: cms.ContentInfo) -> None:
        signer = content["content"]["signer_infos"][0]
        kept = [one for one in signer["signed_attrs"] if "signing_certificate" not in one["type"].native]
        signer["signed_attrs"] = cms.CMSAttributes(kept)
        signed = b"\x31" + signer["signed_attrs"].dump(force=True)[1:]
        signer["signature"] = documents.pki.signer.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    signed = embed(documents.plain, _edited(documents, unbind), subfilter="/ETSI.CAdES.detached")
    report = judge(signed)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) >= INTACT | {FindingCode.SIGNING_CERTIFICATE_UNBOUND}
    assert judge(embed(documents.plain, _edited(documents, unbind))).verdict is Verdict.VALID


def test_another_certificate_of_the_same_key_is_not_bound(judge: Judge, documents: Documents) -> None:
    other = asn1_x509.Certificate.load(documents.pki.person("Trần Thị Bình").der)

    def swap(content: cms.ContentInfo) -> None:
        data = content["content"]
        data["certificates"] = cms.CertificateSet([cms.CertificateChoices("certificate", other)])
        data["signer_infos"][0]["sid"] = cms.SignerIdentifier(
            "issuer_and_serial_number", {"issuer": other.issuer, "serial_number": other.serial_number}
        )

    report = judge(embed(documents.plain, _edited(documents, swap), subfilter="/ETSI.CAdES.detached"))
    assert report.verdict is Verdict.INVALID
    assert codes(report) >= {FindingCode.KEY_MATCHES, FindingCode.SIGNING_CERTIFICATE_UNBOUND}


def test_signature_without_signed_attributes(judge: Judge, documents: Documents) -> None:
    def make(digest: bytes) -> bytes:
        content = copy.deepcopy(signed_data(documents.signer, digest))
        signer = content["content"]["signer_infos"][0]
        signer["signed_attrs"] = None
        prehashed = Prehashed(hashes.SHA256())
        signer["signature"] = documents.pki.signer.key.sign(digest, padding.PKCS1v15(), prehashed)
        return bytes(content.dump(force=True))

    data = embed(documents.plain, make)
    assert judge(data).verdict is Verdict.VALID
    at = data.index(b"\nstream") + 10
    changed = judge(data[:at] + b"#" + data[at + 1 :])
    assert changed.verdict is Verdict.INVALID
    assert FindingCode.CONTENT_CHANGED in codes(changed)


def test_two_signers_in_one_value_are_both_judged(judge: Judge, documents: Documents) -> None:
    def double(content: cms.ContentInfo) -> None:
        infos = content["content"]["signer_infos"]
        content["content"]["signer_infos"] = cms.SignerInfos([infos[0], infos[0].copy()])

    def spoil_second(content: cms.ContentInfo) -> None:
        double(content)
        content["content"]["signer_infos"][1]["signature"] = bytes(256)

    assert judge(embed(documents.plain, _edited(documents, double))).verdict is Verdict.VALID
    spoilt = judge(embed(documents.plain, _edited(documents, spoil_second)))
    assert spoilt.verdict is Verdict.INVALID
    assert FindingCode.KEY_MISMATCH in codes(spoilt)


def test_empty_content_means_none(judge: Judge, documents: Documents) -> None:
    def empty(content: cms.ContentInfo) -> None:
        content["content"]["encap_content_info"] = {"content_type": "data", "content": b""}

    assert judge(embed(documents.plain, _edited(documents, empty))).verdict is Verdict.VALID


def test_enclosed_other_content_is_a_change(judge: Judge, documents: Documents) -> None:
    def enclose(content: cms.ContentInfo) -> None:
        content["content"]["encap_content_info"] = {"content_type": "data", "content": b"another text"}

    report = judge(embed(documents.plain, _edited(documents, enclose)))
    assert report.verdict is Verdict.INVALID
    assert FindingCode.CONTENT_CHANGED in codes(report)


def test_bytes_behind_the_structure_are_named(judge: Judge, documents: Documents) -> None:
    def make(digest: bytes) -> bytes:
        return bytes(signed_data(documents.signer, digest).dump()) + b"hidden"

    report = judge(embed(documents.plain, make))
    assert report.verdict is Verdict.VALID
    assert FindingCode.CONTENTS_PADDED in codes(report)


def test_signer_that_is_not_inside(judge: Judge, documents: Documents) -> None:
    def drop(content: cms.ContentInfo) -> None:
        content["content"]["certificates"] = cms.CertificateSet([])

    report = judge(embed(documents.plain, _edited(documents, drop)))
    assert report.verdict is Verdict.INDETERMINATE
    assert report.signatures[0].signer is None


def test_enclosed_sha1_is_intact_but_weak(judge: Judge, documents: Documents) -> None:
    def make(digest: bytes) -> bytes:
        return bytes(asyncio.run(documents.signer.async_sign_general_data(digest, "sha256", detached=False)).dump())

    data = embed(documents.plain, make, subfilter="/adbe.pkcs7.sha1", digest="sha1")
    report = judge(data)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) >= INTACT | {FindingCode.WEAK_DIGEST}
    at = data.index(b"\nstream") + 10
    changed = judge(data[:at] + b"#" + data[at + 1 :])
    assert changed.verdict is Verdict.INVALID
    assert codes(changed) >= {FindingCode.KEY_MATCHES, FindingCode.CONTENT_CHANGED}


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_bare_rsa_value_is_intact_and_named(judge: Judge, documents: Documents, digest: str) -> None:
    from asn1crypto import core

    algorithm = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}[digest]()

    def make(content: bytes) -> bytes:
        value = documents.pki.signer.key.sign(content, padding.PKCS1v15(), Prehashed(algorithm))
        return bytes(core.OctetString(value).dump())

    data = embed(
        documents.plain, make, subfilter="/adbe.x509.rsa_sha1", digest=digest, certificate=documents.pki.signer.der
    )
    report = judge(data)
    assert codes(report) >= INTACT
    assert (FindingCode.WEAK_DIGEST in codes(report)) is (digest == "sha1")
    at = data.index(b"\nstream") + 10
    changed = judge(data[:at] + b"#" + data[at + 1 :])
    assert changed.verdict is Verdict.INVALID
    assert FindingCode.CONTENT_CHANGED in codes(changed)


def test_unknown_subfilter_over_sound_bytes(judge: Judge, documents: Documents) -> None:
    report = judge(embed(documents.plain, _edited(documents, lambda _: None), subfilter="/Example.new"))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.UNSUPPORTED_SUBFILTER in codes(report)
    assert report.signatures[0].subfilter == "Example.new"


def test_document_timestamp_without_type(judge: Judge, documents: Documents) -> None:
    def make(digest: bytes) -> bytes:
        return bytes(asyncio.run(documents.stamper.async_timestamp(digest, "sha256")).dump())

    for subfilter in ("/ETSI.RFC3161", "/adbe.pkcs7.detached"):
        report = judge(embed(documents.plain, make, subfilter=subfilter, kind=""))
        assert report.verdict is Verdict.VALID
        assert report.signatures[0].is_document_timestamp


def test_timestamp_of_another_signature_proves_nothing(
    judge: Judge, documents: Documents, network: MemoryNetwork
) -> None:
    token = asyncio.run(documents.stamper.async_timestamp(bytes(32), "sha256"))

    def add(content: cms.ContentInfo) -> None:
        attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
        content["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])

    report = judge(embed(documents.plain, _edited(documents, add)))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TIMESTAMP_INVALID in codes(report)
    assert network.asked


def test_weak_key_is_not_valid(judge: Judge, documents: Documents) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.support.small_pki import make_certificate

    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  # the case
    holder = make_certificate("Khóa ngắn", documents.pki.issuing, key=key)
    report = judge(documents.by(holder, documents.pki.issuing))
    assert report.verdict is Verdict.INDETERMINATE
    assert {FindingCode.KEY_MATCHES, FindingCode.WEAK_KEY} <= codes(report)
