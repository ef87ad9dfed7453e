"""The training profile is the deployer's own, except for what training must change."""

import pytest

from bdsigner.model.profile import Mode
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
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
