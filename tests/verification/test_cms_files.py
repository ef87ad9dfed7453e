"""CMS files of every make: sound ones accepted, odd ones named, hostile ones ended with a reason."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import algos, cms, core, ocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import DocumentError
from bdsigner.formats import ber, der
from bdsigner.formats.content import ContentError, content_name, inflated
from bdsigner.formats.views import Base64File, ViewError, buffered
from bdsigner.model.verification import FileKind, FileReport, FindingCode, Verdict
from bdsigner.ports import FetchKind
from bdsigner.verification.cades import REVOCATION_VALUES
from bdsigner.verification.files import extract_content
from tests.support.signed_cms import (
    add_unsigned,
    as_ber,
    compressed,
    edited,
    signed_anew,
    signed_cms,
)
from tests.support.signed_pdf import simple_signer
from tests.support.small_pki import Holder, MemoryNetwork, SmallPki, make_certificate, rsa_key
from tests.verification.conftest import Documents, JudgeFile, codes, file_codes

TEXT = b"Quyet dinh so 12\n" * 300
INTACT = {FindingCode.KEY_MATCHES, FindingCode.CONTENT_INTACT}
JudgeBytes = Callable[[bytes], FileReport]


@pytest.fixture
def judged(judge_file: JudgeFile, tmp_path: Path) -> JudgeBytes:
    def run(data: bytes) -> FileReport:
        path = tmp_path / "van-ban.p7m"
        path.write_bytes(data)
        return judge_file(path)

    return run


@pytest.fixture(scope="module")
def attached(documents: Documents) -> cms.ContentInfo:
    return signed_cms(documents.signer, TEXT)


def test_integrity_is_told_before_anyone_is_asked(
    judge_file: JudgeFile, tmp_path: Path, attached: cms.ContentInfo, network: MemoryNetwork
) -> None:
    told: list[FileReport] = []

    def tell(early: FileReport) -> None:
        assert network.asked == []
        told.append(early)

    path = tmp_path / "van-ban.p7m"
    path.write_bytes(attached.dump())
    report = judge_file(path, tell=tell)
    assert report.verdict is Verdict.VALID
    assert network.asked
    (early,) = told
    assert early.verdict is Verdict.INDETERMINATE
    assert codes(early) == INTACT | {FindingCode.JUDGING}
    assert (early.sha256, early.content) == (report.sha256, report.content)
    assert FindingCode.JUDGING not in codes(report)


def test_nothing_is_told_where_the_content_is_missing(
    judge_file: JudgeFile, tmp_path: Path, documents: Documents
) -> None:
    told: list[FileReport] = []
    path, content = tmp_path / "van-ban.p7s", tmp_path / "van-ban"
    path.write_bytes(signed_cms(documents.signer, TEXT, detached=True).dump())
    content.write_bytes(TEXT + b"changed")
    judge_file(path, tell=told.append)
    assert told == []
    judge_file(path, content, tell=told.append)
    assert [one.verdict for one in told] == [Verdict.INVALID]


@pytest.mark.parametrize("piece", [1, 7, 1000, 100_000])
def test_indefinite_lengths_and_pieces(judged: JudgeBytes, attached: cms.ContentInfo, piece: int) -> None:
    report = judged(as_ber(attached, piece=piece))
    assert report.verdict is Verdict.VALID
    assert report.content is not None
    assert report.content.size_bytes == len(TEXT)


@pytest.mark.parametrize("width", [0, 76, 3])
def test_bare_base64(judged: JudgeBytes, attached: cms.ContentInfo, width: int) -> None:
    text = base64.b64encode(attached.dump())
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    assert judged(b"\r\n".join(lines)).verdict is Verdict.VALID


def test_timestamp_and_long_term_proofs(
    judged: JudgeBytes, documents: Documents, network: MemoryNetwork, pki: SmallPki
) -> None:
    made = signed_cms(documents.signer, TEXT, stamper=documents.stamper)
    basics = [ocsp.OCSPResponse.load(network.ocsp_for(one)).basic_ocsp_response for one in (pki.signer, pki.tsa)]
    crl = der.tlv(0xA0, der.tlv(0x30, network.crl(pki.root)))
    answers = der.tlv(0xA1, der.tlv(0x30, b"".join(basic.dump() for basic in basics)))
    values = der.tlv(0x30, crl + answers)
    network.down = set(FetchKind)

    def extend(data: cms.SignedData) -> None:
        add_unsigned(data["signer_infos"][0], REVOCATION_VALUES, core.Any.load(values))
        add_unsigned(data["signer_infos"][0], "0.4.0.1733.2.4", core.Any.load(b"\x30\x00"))

    report = judged(edited(made, extend))
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].timestamp is not None
    assert codes(report) >= INTACT | {FindingCode.TIMESTAMP_VALID, FindingCode.LONG_TERM_NOT_CHECKED}
    assert judged(made.dump()).verdict is Verdict.INDETERMINATE


def test_counter_signature_is_named(judged: JudgeBytes, documents: Documents, attached: cms.ContentInfo) -> None:
    value = attached["content"]["signer_infos"][0]["signature"].native
    counter = cms.SignerInfo.load(signed_cms(documents.signer, value)["content"]["signer_infos"][0].dump())

    def add(data: cms.SignedData) -> None:
        add_unsigned(data["signer_infos"][0], "counter_signature", counter)

    def add_spoilt(data: cms.SignedData) -> None:
        other = signed_cms(documents.signer, b"other")["content"]["signer_infos"][0]
        add_unsigned(data["signer_infos"][0], "counter_signature", other)

    assert FindingCode.COUNTER_SIGNED in codes(judged(edited(attached, add)))
    spoilt = judged(edited(attached, add_spoilt))
    assert spoilt.verdict is Verdict.INDETERMINATE
    assert codes(spoilt) >= INTACT | {FindingCode.COUNTER_SIGNATURE_INVALID}


def test_counter_signers_are_judged_and_change_no_verdict(
    judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki, network: MemoryNetwork
) -> None:
    value = attached["content"]["signer_infos"][0]["signature"].native
    stranger = signed_cms(simple_signer(pki.foreign), value)["content"]
    known = signed_cms(simple_signer(pki.signer, pki.issuing), value)["content"]

    def add(data: cms.SignedData) -> None:
        data["certificates"] = [*data["certificates"], *stranger["certificates"]]
        add_unsigned(
            data["signer_infos"][0], "counter_signature", known["signer_infos"][0], stranger["signer_infos"][0]
        )

    report = judged(edited(attached, add))
    assert report.verdict is Verdict.VALID
    told = {one.code: one.facts for one in report.signatures[0].findings}
    assert told[FindingCode.COUNTER_SIGNER_TRUSTED]["name"] == report.signatures[0].signer.common_name  # type: ignore[union-attr]  # read
    assert told[FindingCode.COUNTER_SIGNER_UNTRUSTED]["cause"] == FindingCode.CHAIN_BROKEN
    network.down = set(FetchKind)
    asked = judged(edited(attached, add))
    assert FindingCode.COUNTER_SIGNER_TRUSTED not in codes(asked)


def _with_key(pki: SmallPki, key: object) -> Holder:
    return make_certificate("Khóa khác", pki.issuing, key=key)  # type: ignore[arg-type]  # any key has a public one


def _resigned(
    made: cms.ContentInfo, holder: Holder, algorithm: str, sign: Callable[[bytes], bytes], digest: str = "sha256"
) -> bytes:
    """The same attributes, bound to another certificate and signed with its key."""
    certificate = cms.CertificateChoices("certificate", cms.Certificate.load(holder.der))

    def exchange(data: cms.SignedData) -> None:
        info = data["signer_infos"][0]
        data["certificates"] = cms.CertificateSet([certificate, *data["certificates"]])
        issuer = {"issuer": certificate.chosen.issuer, "serial_number": certificate.chosen.serial_number}
        info["sid"] = cms.SignerIdentifier("issuer_and_serial_number", issuer)
        kept = [one for one in info["signed_attrs"] if "signing_cert" not in one["type"].native]
        kept = [one for one in kept if one["type"].native != "cms_algorithm_protection"]
        info["signed_attrs"] = cms.CMSAttributes(kept)
        info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": algorithm})
        info["digest_algorithm"] = {"algorithm": digest}
        info["signature"] = sign(b"\x31" + info["signed_attrs"].dump(force=True)[1:])

    return edited(made, exchange)


def _plain(value: bytes) -> bytes:
    r, s = utils.decode_dss_signature(value)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.mark.parametrize("algorithm", ["0.4.0.127.0.7.1.1.4.1.3", "1.2.840.10045.4.3.2"])
def test_plain_ecdsa(judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki, algorithm: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    holder = _with_key(pki, key)
    data = _resigned(attached, holder, algorithm, lambda text: _plain(key.sign(text, ec.ECDSA(hashes.SHA256()))))
    assert judged(data).verdict is Verdict.VALID


def test_ed25519(judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    data = _resigned(attached, _with_key(pki, key), "1.3.101.112", key.sign)
    report = judged(data)
    assert report.verdict is Verdict.VALID
    at = data.index(TEXT)
    assert judged(data[:at] + b"q" + data[at + 1 :]).verdict is Verdict.INVALID


def test_two_digest_algorithms_in_one_signature(judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki) -> None:
    holder = _with_key(pki, rsa_key(8))
    data = _resigned(
        attached, holder, "sha512_rsa", lambda text: rsa_key(8).sign(text, padding.PKCS1v15(), hashes.SHA512())
    )
    report = judged(data)
    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report) >= INTACT | {FindingCode.ALGORITHMS_DISAGREE}


def test_protected_algorithms(judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki) -> None:
    def protect(named: str) -> bytes:
        def edit(data: cms.SignedData) -> None:
            info = data["signer_infos"][0]
            value = cms.CMSAlgorithmProtection(
                {"digest_algorithm": {"algorithm": "sha256"}, "signature_algorithm": {"algorithm": named}}
            )
            kept = [one for one in info["signed_attrs"] if one["type"].native != "cms_algorithm_protection"]
            attribute = cms.CMSAttribute({"type": "cms_algorithm_protection", "values": [value]})
            info["signed_attrs"] = cms.CMSAttributes([*kept, attribute])
            signed_anew(info, pki.signer)

        return edited(attached, edit)

    used = attached["content"]["signer_infos"][0]["signature_algorithm"]["algorithm"].native
    assert judged(protect(used)).verdict is Verdict.VALID
    assert FindingCode.ALGORITHMS_DISAGREE in codes(judged(protect("sha512_rsa")))


def test_doubled_attribute_is_not_judged(judged: JudgeBytes, attached: cms.ContentInfo, pki: SmallPki) -> None:
    def double(data: cms.SignedData) -> None:
        info = data["signer_infos"][0]
        digest = next(one for one in info["signed_attrs"] if one["type"].native == "message_digest")
        info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], digest.copy()])
        signed_anew(info, pki.signer)

    report = judged(edited(attached, double))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.SIGNATURE_UNREADABLE in codes(report)


def test_attributes_out_of_order(judged: JudgeBytes, attached: cms.ContentInfo) -> None:
    """Signed in DER, sent in another order."""
    whole = attached.dump()
    field = attached["content"]["signer_infos"][0]["signed_attrs"]
    parts = [one.dump() for one in field]
    turned = der.tlv(0xA0, b"".join(reversed(parts)))
    assert len(turned) == len(field.dump())
    report = judged(whole.replace(field.dump(), turned))
    assert report.verdict is Verdict.VALID
    assert FindingCode.ATTRIBUTES_NOT_DER in codes(report)


def test_signature_over_nothing(judged: JudgeBytes, documents: Documents) -> None:
    assert judged(signed_cms(documents.signer, b"").dump()).verdict is Verdict.VALID


def test_one_unreadable_signer_does_not_hide_the_other(judged: JudgeBytes, attached: cms.ContentInfo) -> None:
    infos = attached["content"]["signer_infos"].dump()
    one = attached["content"]["signer_infos"][0].dump()
    data = attached["content"].dump().replace(infos, der.tlv(0x31, one + der.tlv(0x30, b"\x02\x01\x01")))
    start = data.index(b"\x02\x01")
    body = der.tlv(0x30, data[start:])
    report = judged(der.tlv(0x30, attached["content_type"].dump() + der.tlv(0xA0, body)))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.SIGNATURE_UNREADABLE in file_codes(report)
    assert codes(report) >= INTACT


def test_bytes_behind_the_structure(judged: JudgeBytes, attached: cms.ContentInfo) -> None:
    assert judged(attached.dump() + b"\r\n").verdict is Verdict.VALID
    report = judged(attached.dump() + b"%PDF-1.7")
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.TRAILING_BYTES in file_codes(report)


def test_signed_inside_signed(judged: JudgeBytes, documents: Documents, attached: cms.ContentInfo) -> None:
    report = judged(signed_cms(documents.signer, attached.dump()).dump())
    assert report.verdict is Verdict.VALID
    assert report.content is not None
    assert report.content.kind is FileKind.CMS


def test_compressed_content_is_handed_on(judged: JudgeBytes, tmp_path: Path, attached: cms.ContentInfo) -> None:
    report = judged(compressed(attached.dump()))
    assert file_codes(report) == {FindingCode.CONTENT_COMPRESSED}
    out = tmp_path / "out"
    out.touch()
    assert extract_content(report.path, out) == len(attached.dump())
    assert out.read_bytes() == attached.dump()


def test_compressed_bomb_is_stopped(judged: JudgeBytes) -> None:
    report = judged(compressed(bytes(64 << 20)))
    assert report.verdict is Verdict.INDETERMINATE
    assert FindingCode.CONTENT_UNREADABLE in file_codes(report)


def test_cut_compression() -> None:
    with pytest.raises(ContentError):
        b"".join(inflated(lambda: iter([b"x\x9c"]))())


HOSTILE = {
    "deep": b"\x30\x80" * 5000,
    "deep content": b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + b"\xa0\x80" * 5000,
    "huge length": b"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    "no signed data": b"\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x02\x30\x00",
    "no content": b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    "unknown type": b"\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x63\xa0\x02\x30\x00",
    "base64": b"MIIB!" + b"A" * 100,
    "armour": b"-----BEGIN PKCS7-----\nMIIB",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_structures_are_unreadable(judged: JudgeBytes, case: str) -> None:
    try:
        report = judged(HOSTILE[case])
    except DocumentError:
        assert case in ("base64", "deep")  # nothing in it says that it ever was a CMS
    else:
        assert report.verdict is Verdict.INDETERMINATE
        assert file_codes(report) == {FindingCode.SIGNATURE_UNREADABLE}


def test_certificates_only(judged: JudgeBytes, attached: cms.ContentInfo) -> None:
    def strip(data: cms.SignedData) -> None:
        data["signer_infos"] = cms.SignerInfos([])

    report = judged(edited(attached, strip))
    assert report.verdict is None
    assert file_codes(report) == {FindingCode.CONTENT_WITHOUT_SIGNER}


@pytest.mark.parametrize(
    ("outer", "kind", "expected"),
    [
        ("a.pdf.p7m", FileKind.PDF, "a.pdf"),
        ("a.p7m", FileKind.PDF, "a.pdf"),
        ("a.p7m", None, "a"),
        ("con.p7m", None, "_con"),
        ("con.txt.p7m", None, "_con.txt"),
        ("cong\u202efdp.exe.p7m", None, "congfdp.exe"),
        ("a:b.p7m", None, "ab"),
        ("...p7m", None, "content"),
        ("thu.eml", FileKind.MAIL, "thu.eml"),
    ],
)
def test_content_has_a_safe_name(outer: str, kind: FileKind | None, expected: str) -> None:
    assert content_name(outer, kind) == expected


@given(st.binary(max_size=3000), st.integers(1, 80), st.sampled_from([b"\n", b"\r\n", b" "]), st.data())
def test_base64_view(data: bytes, width: int, joint: bytes, choices: st.DataObject) -> None:
    text = base64.b64encode(data)
    text = joint.join(text[at : at + width] for at in range(0, len(text), width))
    view = Base64File(io.BytesIO(text), 0, len(text))
    assert view.length == len(data)
    start = choices.draw(st.integers(0, len(data)))
    with buffered(view) as file:
        file.seek(start)
        assert file.read() == data[start:]


@given(st.binary(max_size=200))
def test_base64_view_refuses_the_rest(text: bytes) -> None:
    try:
        view = Base64File(io.BytesIO(text), 0, len(text))
    except ViewError:
        return
    assert len(view.read()) == view.length


@given(st.recursive(st.binary(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_lengths_made_definite(tree: object) -> None:
    def write(node: object, *, is_definite: bool) -> bytes:
        if isinstance(node, bytes):
            return der.tlv(0x04, node)
        assert isinstance(node, list)
        inside = b"".join(write(one, is_definite=is_definite) for one in node)
        return der.tlv(0x30, inside) if is_definite else b"\x30\x80" + inside + b"\0\0"

    indefinite = write(tree, is_definite=False)
    source = ber.BerFile(io.BytesIO(indefinite), len(indefinite))
    whole = source.element(0)
    assert source.end_of(whole) == len(indefinite)
    assert source.whole(whole, 1 << 20) == write(tree, is_definite=True)


def test_signer_by_a_second_name(judged: JudgeBytes, documents: Documents, pki: SmallPki) -> None:
    """A certificate of the same issuer and number put before the right one does not take its place."""
    made = signed_cms(documents.signer, TEXT)
    forged = make_certificate("Giả", pki.foreign_root, key=rsa_key(9), addresses=False)
    certificate = cms.Certificate.load(forged.der)
    certificate["tbs_certificate"]["issuer"] = made["content"]["certificates"][0].chosen.issuer
    certificate["tbs_certificate"]["serial_number"] = pki.signer.serial

    def add(data: cms.SignedData) -> None:
        first = cms.CertificateChoices("certificate", cms.Certificate.load(certificate.dump(force=True)))
        data["certificates"] = cms.CertificateSet([first, *data["certificates"]])

    assert judged(edited(made, add)).verdict is Verdict.VALID
