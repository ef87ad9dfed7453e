"""What ``openssl cms`` signs verifies here, what is changed does not, and OpenSSL is of the same opinion on each."""

import base64
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bdsigner.model.verification import FileKind, FindingCode, Verdict
from tests.support.openssl_cms import OpenSsl, run
from tests.support.small_pki import SmallPki, make_certificate, rsa_key
from tests.verification.conftest import JudgeFile

TEXT = b"Quyet dinh so 12\nDieu 1. Nay ban hanh.\nDieu 2. Hieu luc.\n"
BINARY = b"\x00\xff\n\r\x00" * 400
SAID, CHANGED = b"Dieu 1", b"Dieu 9"


@dataclass(frozen=True)
class Fixture:
    """How a file is signed."""

    name: str
    options: tuple[str, ...] = ()
    form: str = "DER"
    by: tuple[str, ...] = ("signer",)
    is_binary: bool = False
    expected: Verdict = Verdict.VALID

    @property
    def is_detached(self) -> bool:
        return "-nodetach" not in self.options and self.form != "SMIME"


WEAK = Verdict.INDETERMINATE
FIXTURES = (
    *(
        Fixture(f"{form} {place} {mode}", (*options, *modes), form)
        for form in ("DER", "PEM", "SMIME")
        for place, options in (("attached", ("-nodetach",)), ("detached", ()))
        for mode, modes in (("text", ()), ("binary", ("-binary",)))
    ),
    *(Fixture(f"{form} stream", ("-nodetach", "-binary", "-stream"), form) for form in ("DER", "PEM", "SMIME")),
    Fixture("text field", ("-text",), "SMIME"),
    Fixture("zeros", ("-binary",), is_binary=True),
    Fixture("zeros attached", ("-binary", "-nodetach"), is_binary=True),
    Fixture("cades", ("-binary", "-cades")),
    Fixture("no attributes", ("-binary", "-noattr")),
    Fixture("no attributes attached", ("-binary", "-noattr", "-nodetach")),
    Fixture("no attributes text", ("-noattr",)),
    Fixture("key identifier", ("-binary", "-keyid")),
    Fixture("no capabilities", ("-binary", "-nosmimecap")),
    Fixture("sha512", ("-binary", "-md", "sha512")),
    Fixture("sha3", ("-binary", "-md", "sha3-256")),
    Fixture("sha1", ("-binary", "-md", "sha1"), expected=WEAK),
    Fixture("pss", ("-binary", "-keyopt", "rsa_padding_mode:pss")),
    Fixture("pss sha384", ("-binary", "-md", "sha384", "-keyopt", "rsa_padding_mode:pss")),
    Fixture("ecdsa", ("-binary",), by=("curve",)),
    Fixture("ecdsa attached", ("-binary", "-nodetach", "-md", "sha384"), by=("curve",)),
    Fixture("two signers", ("-binary",), by=("signer", "curve")),
    Fixture("two signers attached", ("-binary", "-nodetach"), by=("signer", "second")),
)


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory, pki: SmallPki) -> OpenSsl:
    curve = make_certificate("Đường Cong", pki.issuing, key=ec.generate_private_key(ec.SECP256R1()))  # type: ignore[arg-type]  # any key signs
    second = make_certificate("Người Thứ Hai", pki.issuing, key=rsa_key(7))
    return OpenSsl(tmp_path_factory.mktemp("openssl"), [pki.issuing], signer=pki.signer, second=second, curve=curve)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: one.name)
def test_both_agree(fixture: Fixture, openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content = tmp_path / "quyet-dinh"
    content.write_bytes(BINARY if fixture.is_binary else TEXT)
    signed = tmp_path / "quyet-dinh.p7m"
    signed.write_bytes(openssl.sign(content, *fixture.options, form=fixture.form, by=fixture.by))
    beside = content if fixture.is_detached else None
    options: list[str | Path] = ["-binary"] if "-binary" in fixture.options else []
    options += ["-content", content] if beside is not None else []

    report = judge_file(signed, beside)
    assert report.kind is (FileKind.MAIL if fixture.form == "SMIME" else FileKind.CMS)
    assert report.verdict is fixture.expected, report.all_findings
    assert len(report.signatures) == len(fixture.by)
    assert openssl.holds(signed, fixture.form, *options)

    _spoil(signed, content, fixture)
    spoilt = judge_file(signed, beside)
    assert spoilt.verdict is Verdict.INVALID
    assert FindingCode.CONTENT_CHANGED in {finding.code for finding in spoilt.all_findings}
    assert not openssl.holds(signed, fixture.form, *options)


def _spoil(signed: Path, content: Path, fixture: Fixture) -> None:
    """Change one byte of the content, wherever it lies."""
    data = content.read_bytes()
    if fixture.is_detached:
        content.write_bytes(bytes((data[0] ^ 1,)) + data[1:])
    elif fixture.form == "DER":
        whole = signed.read_bytes()
        at = whole.index(data[:16] if fixture.is_binary else SAID) + 5
        signed.write_bytes(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :])
    elif fixture.form == "SMIME" and SAID in signed.read_bytes():
        signed.write_bytes(signed.read_bytes().replace(SAID, CHANGED))
    else:
        head, _, rest = signed.read_bytes().partition(b"\n\n" if fixture.form == "SMIME" else b"-----\n")
        text, mark, tail = rest.partition(b"-----END")
        whole = base64.b64decode(text).replace(SAID, CHANGED)
        join = b"\n\n" if fixture.form == "SMIME" else b"-----\n"
        signed.write_bytes(head + join + base64.encodebytes(whole) + mark + tail)


def test_added_signer(openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content, signed = tmp_path / "a.txt", tmp_path / "a.p7m"
    content.write_bytes(TEXT)
    signed.write_bytes(openssl.sign(content, "-binary", "-nodetach"))
    signed.write_bytes(openssl.resign(signed))
    report = judge_file(signed)
    assert [one.verdict for one in report.signatures] == [Verdict.VALID, Verdict.VALID]
    assert {one.signer.common_name for one in report.signatures if one.signer} >= {"Người Thứ Hai"}
    assert openssl.holds(signed, "DER")


def test_detached_without_its_content(openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content, signed = tmp_path / "a.txt", tmp_path / "a.txt.p7s"
    content.write_bytes(TEXT)
    signed.write_bytes(openssl.sign(content, "-binary"))
    report = judge_file(signed)
    assert report.lacks_content
    assert report.verdict is Verdict.INDETERMINATE


def test_signer_certificate_left_out(openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content, signed = tmp_path / "a.txt", tmp_path / "a.p7m"
    content.write_bytes(TEXT)
    signed.write_bytes(openssl.sign(content, "-binary", "-nodetach", "-nocerts"))
    report = judge_file(signed)
    assert report.verdict is Verdict.INDETERMINATE
    assert {finding.code for finding in report.signatures[0].findings} >= {FindingCode.CERTIFICATE_MISSING}


def test_other_content_beside_an_attached_one(openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content, signed = tmp_path / "a.txt", tmp_path / "a.p7m"
    content.write_bytes(TEXT)
    signed.write_bytes(openssl.sign(content, "-binary", "-nodetach"))
    assert judge_file(signed, content).verdict is Verdict.VALID
    content.write_bytes(TEXT + b"more")
    assert judge_file(signed, content).verdict is Verdict.INVALID


@pytest.mark.parametrize("kind", ["encrypted", "digested", "data"])
def test_what_is_not_signed_is_named(kind: str, openssl: OpenSsl, judge_file: JudgeFile, tmp_path: Path) -> None:
    content, out = tmp_path / "a.txt", tmp_path / "a.p7m"
    content.write_bytes(TEXT)
    arguments = {
        "encrypted": ["-encrypt", "-aes-256-cbc", openssl.keys["signer"][0]],
        "digested": ["-digest_create"],
        "data": ["-data_create"],
    }[kind]
    done = run(arguments[0], "-in", content, "-out", out, "-outform", "DER", *arguments[1:])
    assert done.returncode == 0, done.stderr
    report = judge_file(out)
    is_encrypted = kind == "encrypted"
    expected = FindingCode.CONTENT_ENCRYPTED if is_encrypted else FindingCode.CONTENT_WITHOUT_SIGNER
    assert [finding.code for finding in report.findings] == [expected]
    assert report.verdict is (Verdict.INDETERMINATE if is_encrypted else None)
