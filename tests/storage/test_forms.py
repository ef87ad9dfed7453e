"""Templates: shipped, replaced by the department under its signature, faulty, or of anybody else."""

import hashlib
import json
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.documents.children import DocumentChildren, Skill
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import ErrorCode, FormError, ProfileError
from bdsigner.model.verification import FileReport
from bdsigner.net.fetch import HttpFetcher
from bdsigner.storage.forms import LIST_BYTES, FormFolder
from bdsigner.storage.resources import resource_path
from bdsigner.trust.certificates import parse_certificate
from tests.support.pki import CHAIRMAN, EC_HEAD, FOREIGN, REVOKED, Training

SHIPPED = sorted(file.stem for file in resource_path("forms").glob("*.toml"))
MAKE_LIST = """\
python3 -c 'import hashlib, json, pathlib
print(json.dumps({"schema": "bdsigner.forms/1", "forms": {
    one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in pathlib.Path(".").glob("*.toml")}}))' > forms.json
"""
SIGN_LIST = """\
openssl cms -sign -nodetach -binary -cades -outform DER -in forms.json -out forms.p7m \\
    -signer signer.pem -inkey signer.key -certfile chain.pem
"""
"""Both as docs/forms.md gives them."""


def shipped(name: str) -> str:
    return resource_path("forms", f"{name}.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    children = DocumentChildren(tuple(Skill))
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network), children=children)
    yield gateway
    gateway.close()


@dataclass
class Department:
    """A profile folder, and the key that signs its forms."""

    training: Training
    documents: ChildDocumentGateway
    profile: Path
    work: Path
    judged: list[Path] = field(default_factory=list)

    @property
    def forms(self) -> Path:
        return self.profile / "forms"

    def write(self, name: str, text: str) -> None:
        self.forms.mkdir(exist_ok=True)
        (self.forms / f"{name}.toml").write_text(text, "utf-8")

    def sign(self, *, by: str = CHAIRMAN, content: bytes | None = None) -> None:
        """As docs/forms.md tells the department, in the folder with the forms; then only the list stays."""
        issuers = self.training.chain(by) or self.training.chain(CHAIRMAN)
        (self.work / "chain.pem").write_text("".join(map(ssl.DER_cert_to_PEM_cert, issuers)))
        (self.work / "signer.pem").write_bytes(self.training.x509(by).public_bytes(Encoding.PEM))
        (self.work / "signer.key").write_bytes(self.training.key_path(by).read_bytes())
        for form in self.forms.glob("*.toml"):
            (self.work / form.name).write_bytes(form.read_bytes())
        if content is None:
            subprocess.run(["bash", "-c", MAKE_LIST], cwd=self.work, check=True)
        else:
            (self.work / "forms.json").write_bytes(content)
        subprocess.run(["bash", "-c", SIGN_LIST], cwd=self.work, check=True, capture_output=True)
        (self.work / "forms.p7m").replace(self.forms / "forms.p7m")

    def folder(self, *, signer: str | None = None) -> FormFolder:
        named = parse_certificate(self.training.certificate(CHAIRMAN)).sha256 if signer is None else signer
        return FormFolder(self.profile, documents=self, signer=named)  # type: ignore[arg-type]

    def verify(self, path: Path) -> FileReport:
        self.judged.append(path)
        return self.documents.verify(path)

    def extract_content(self, path: Path, partial: Path) -> None:
        self.documents.extract_content(path, partial)


@pytest.fixture
def department(training: Training, documents: ChildDocumentGateway, tmp_path: Path) -> Department:
    work = tmp_path / "work"
    work.mkdir()
    return Department(training=training, documents=documents, profile=tmp_path, work=work)


def reason(folder: FormFolder, name: str = "thu-dieu-8") -> str:
    with pytest.raises(ProfileError) as caught:
        folder.load(name)
    assert caught.value.code is ErrorCode.PROFILE_FORMS_SIGNATURE
    assert "forms" in str(caught.value.facts["path"])
    return str(caught.value.facts["reason"])


def test_all_five_are_shipped() -> None:
    assert SHIPPED == ["mau-01", "mau-02", "mau-03", "mau-04", "thu-dieu-8"]
    assert [FormFolder().load(name).id for name in SHIPPED] == SHIPPED


@pytest.mark.parametrize("name", ["", "mau-05", "../profiles/binh-duong/profile", "MAU-01"])
def test_others_are_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormError) as caught:
        FormFolder(tmp_path).load(name)
    assert caught.value.code is ErrorCode.FORM_UNKNOWN_FORM


# Of the department


def test_the_department_replaces_one_without_a_release(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8").replace("CẬP NHẬT", "THAY ĐỔI"))
    department.sign()
    folder = department.folder()
    assert folder.load("thu-dieu-8").title == "GIẤY ĐỀ NGHỊ THAY ĐỔI CHỨNG THƯ SỐ"
    assert folder.load("mau-01").title == FormFolder().load("mau-01").title
    assert len(department.judged) == 1

    department.write("thu-dieu-8", shipped("thu-dieu-8").replace("CẬP NHẬT", "BỔ SUNG"))
    assert reason(folder) == "changed since it was signed"
    department.sign()
    assert folder.load("thu-dieu-8").title == "GIẤY ĐỀ NGHỊ BỔ SUNG CHỨNG THƯ SỐ"
    assert len(department.judged) == 2


def test_the_commands_are_those_of_the_documentation() -> None:
    page = (resource_path("forms").parents[1] / "docs" / "forms.md").read_text("utf-8")
    shown = "\n".join(line.removeprefix("    ") for line in page.splitlines())
    assert MAKE_LIST in shown
    assert SIGN_LIST in shown


def test_forms_that_nobody_signed_are_neither_used_nor_passed_over(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    assert reason(department.folder()) == "no forms.p7m"
    assert reason(department.folder(), "mau-01") == "no forms.p7m"
    department.sign()
    assert "names no signer" in reason(department.folder(signer=""))
    assert "names no signer" in reason(FormFolder(department.profile))
    assert department.judged == []


def test_an_empty_folder_of_forms_is_told(department: Department) -> None:
    department.forms.mkdir()
    assert reason(department.folder()) == "no forms.p7m"


def test_of_another_signer_nothing_counts(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    department.sign(by=EC_HEAD)
    assert reason(department.folder()).startswith("signed by ")


@pytest.mark.parametrize("by", [FOREIGN, REVOKED])
def test_a_named_signer_must_be_good(department: Department, by: str) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    department.sign(by=by)
    signer = parse_certificate(department.training.certificate(by)).sha256
    assert reason(department.folder(signer=signer)) == "signature"


def test_a_signer_whose_revocation_cannot_be_asked_for_counts(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    department.sign()
    offline = ChildDocumentGateway(department.training.profile, _NoNetwork())  # type: ignore[arg-type]
    try:
        department.documents = offline
        assert department.folder().load("thu-dieu-8").id == "thu-dieu-8"
    finally:
        offline.close()


class _NoNetwork:
    def fetch(self, *_: object, **__: object) -> bytes:
        from bdsigner.errors import NetworkError

        raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url="x", reason="no network")


def test_every_form_is_in_the_list_and_every_one_of_the_list_is_there(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    department.sign()
    department.write("mau-01", shipped("mau-01"))
    assert reason(department.folder(), "mau-01") == "not in the signed list"
    (department.forms / "thu-dieu-8.toml").unlink()
    assert reason(department.folder()) == "missing"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"[" * 100_000,
        json.dumps({"schema": "bdsigner.forms/2", "forms": {}}).encode(),
        json.dumps({"schema": "bdsigner.forms/1", "forms": {"../thu-dieu-8.toml": "0" * 64}}).encode(),
        json.dumps({"schema": "bdsigner.forms/1", "forms": {"thu-dieu-8.toml": "0" * 63}}).encode(),
        json.dumps({"forms": {}}).encode(),
    ],
    ids=["empty", "no json", "deep", "later", "elsewhere", "no hash", "no schema"],
)
def test_a_signed_list_that_is_none_is_told(department: Department, content: bytes) -> None:
    department.forms.mkdir()
    department.sign(content=content)
    assert reason(department.folder())


def test_a_list_that_was_changed_or_is_no_list_is_told(department: Department) -> None:
    department.write("thu-dieu-8", shipped("thu-dieu-8"))
    department.sign()
    file = department.forms / "forms.p7m"
    sha256 = hashlib.sha256((department.forms / "thu-dieu-8.toml").read_bytes()).hexdigest().encode()
    content = file.read_bytes()
    assert sha256 in content
    for changed in (content.replace(sha256, b"0" * 64), content[: len(content) // 2], b"%PDF-1.7", b""):
        file.write_bytes(changed)
        assert reason(department.folder())
    file.write_bytes(bytes(LIST_BYTES + 1))
    with pytest.raises(ProfileError) as caught:
        department.folder().load("thu-dieu-8")
    assert caught.value.code is ErrorCode.PROFILE_INVALID


# Faulty


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "mau-01"', 'id = "mau-09"'),
        ("widths = [50, 50]", "widths = [50, 51]"),
        ("widths = [50, 50]", "widths = [100]"),
        ('keys = ["position"]', 'keys = ["shoe_size"]'),
        ('key = "birth_place"', 'key = "birth_date"'),
        ('kind = "date"', 'kind = "guess"'),
        ('signature_field = "XacNhan"', 'signature_field = "NguoiKhai"'),
        ("version = 1", "version ="),
    ],
)
def test_a_faulty_one_is_named_and_not_passed_over(department: Department, old: str, new: str) -> None:
    text = shipped("mau-01")
    assert old in text
    department.write("mau-01", text.replace(old, new))
    department.sign()
    with pytest.raises(ProfileError) as caught:
        department.folder().load("mau-01")
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert str(caught.value.facts["path"]).endswith("mau-01.toml")


def test_a_huge_one_is_refused(department: Department) -> None:
    department.write("mau-01", shipped("mau-01") + "#" * 300_000)
    department.sign()
    with pytest.raises(ProfileError) as caught:
        department.folder().load("mau-01")
    assert caught.value.code is ErrorCode.PROFILE_INVALID
