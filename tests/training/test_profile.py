"""The training profile is the deployer's own, except for what training must change."""

import shutil
import tomllib
from pathlib import Path

import pytest
import tomli_w

from bdsigner.model.profile import ChannelKind, Mode
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.training.profile import write_profile
from tests.support.pki import Training

pytestmark = pytest.mark.training


def test_it_is_marked_and_trusts_the_training_root_only(training: Training) -> None:
    profile = training.profile
    assert profile.mode is Mode.TRAINING
    assert profile.anchors == training.anchors
    assert profile.timestamp.urls == (training.tsa_url,)
    assert profile.network.allow_private_addresses


def test_the_rest_is_the_deployers(training: Training) -> None:
    shipped, profile = load_profile(default_profile_folder()), training.profile
    assert profile.province == shipped.province
    assert profile.copy_titles == shipped.copy_titles
    assert profile.document_kinds == shipped.document_kinds
    assert profile.timestamp.timeout_seconds == shipped.timestamp.timeout_seconds
    assert profile.emblem.read_bytes() == shipped.emblem.read_bytes()


def test_nothing_made_in_training_reaches_the_real_department(tmp_path: Path) -> None:
    source, target = Path(shutil.copytree(default_profile_folder(), tmp_path / "real")), tmp_path / "trained"
    values = tomllib.loads((source / "profile.toml").read_text("utf-8"))
    https = {"id": "may_chu", "name": "Máy chủ", "kind": "https", "url": "https://tiepnhan.example"}
    values["requests"] |= {"phone": "113", "receipt_signers": ["ab" * 32]}
    values["requests"]["channels"].insert(0, https)
    (source / "profile.toml").write_text(tomli_w.dumps(values), "utf-8")
    for name in ("department_ca", "mail_ca"):
        (source / name).mkdir()
        (source / name / "root.pem").write_text("of the real one", "ascii")
    (tmp_path / "ca.pem").touch()
    write_profile(
        source,
        target,
        anchor=tmp_path / "ca.pem",
        issuer=tmp_path / "ca.pem",
        tsa_url="http://127.0.0.1:1/",
        module=tmp_path / "softhsm.so",
        softhsm_conf=tmp_path / "softhsm.conf",
    )
    trained = tomllib.loads((target / "profile.toml").read_text("utf-8"))["requests"]
    assert [one["kind"] for one in trained["channels"]] == [ChannelKind.FILE.value]
    assert trained.keys() == {"channels"}
    assert not {"department_ca", "mail_ca"} & {one.name for one in target.iterdir()}
