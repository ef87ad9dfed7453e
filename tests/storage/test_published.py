"""``published.toml``: strict, bounded, read when it is needed and again when it changed."""

import os
import shutil
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.certificate import Publication
from bdsigner.ports import NoPublicationList, PublicationList
from bdsigner.storage.published import PUBLISHED_BYTES, PUBLISHED_FILE, PublishedFile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.training.profile import write_profile
from tests.support.reports import certificate

WHEN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CERTIFICATE = certificate()
BY_NAME = (
    '[[certificates]]\nserial_number = "{serial}"\nissuer = "{issuer}"\npublished_at = 2026-03-02T08:00:00+07:00\n'
)
BY_HASH = '[[certificates]]\nsha256 = "{sha256}"\npublished_at = 2026-03-02T08:00:00+07:00\n'
OURS = BY_NAME.format(serial="4A77B1", issuer="CA tập huấn")


def find(folder: Path, text: str) -> Publication:
    (folder / PUBLISHED_FILE).write_text(text, "utf-8")
    return PublishedFile(folder).find(CERTIFICATE)


def refusal(folder: Path, text: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        find(folder, text)
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert caught.value.facts["path"] == str(folder / PUBLISHED_FILE)
    return caught.value


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    lists: list[PublicationList] = [PublishedFile(tmp_path), PublishedFile(tmp_path / "none"), NoPublicationList()]
    for one in lists:
        assert one.find(CERTIFICATE) == Publication(has_list=False, published_at=None)


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        BY_NAME.format(serial="004a77b1", issuer="CA tập huấn"),
        BY_HASH.format(sha256="5f" * 32),
        BY_HASH.format(sha256="5F" * 32),
        BY_NAME.format(serial="1", issuer="CA khác") + OURS,
    ],
)
def test_a_certificate_is_found_by_name_or_fingerprint(tmp_path: Path, text: str) -> None:
    assert find(tmp_path, text) == Publication(has_list=True, published_at=WHEN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        BY_NAME.format(serial="4A77B2", issuer="CA tập huấn"),
        BY_NAME.format(serial="4A77B1", issuer="CA khác"),
        BY_HASH.format(sha256="50" * 32),
    ],
)
def test_a_list_that_does_not_name_it_is_a_list(tmp_path: Path, text: str) -> None:
    assert find(tmp_path, text) == Publication(has_list=True, published_at=None)


def test_the_issuer_may_be_written_in_either_unicode_form(tmp_path: Path) -> None:
    assert find(tmp_path, unicodedata.normalize("NFD", OURS)).published_at == WHEN


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (OURS.replace("+07:00", ""), "certificates[0].published_at"),  # whose time?
        (OURS.replace("T08:00:00+07:00", ""), "certificates[0].published_at"),
        (OURS.replace("serial_number", "serial"), "certificates[0]"),
        (OURS.replace("4A77B1", "4A 77"), "certificates[0].serial_number"),
        (OURS.replace("CA tập huấn", ""), "certificates[0].issuer"),
        (BY_HASH.format(sha256="5f"), "certificates[0].sha256"),
        ("certificates = 1", "certificates"),
        ("other = 1", ""),
        (OURS + OURS, "certificates[1]"),
        (OURS.replace('issuer = "CA tập huấn"\n', ""), "certificates[0]"),
        (OURS + f'sha256 = "{"5f" * 32}"\n', "certificates[0]"),
        ("[[certificates]]\npublished_at = 2026-03-02T08:00:00+07:00\n", "certificates[0]"),
        ("[[certificates", ""),
        ("a = " + "[" * 100_000, ""),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, key: str) -> None:
    error = refusal(tmp_path, text)
    assert error.facts["key"] == key
    assert error.facts["reason"]


def test_a_huge_list_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "larger" in str(refusal(tmp_path, "#" * (PUBLISHED_BYTES + 1)).facts["reason"])
    (tmp_path / PUBLISHED_FILE).unlink()
    (tmp_path / PUBLISHED_FILE).mkdir()
    with pytest.raises(ProfileError):
        PublishedFile(tmp_path).find(CERTIFICATE)


def test_the_list_is_kept_while_the_file_stays_and_read_again_when_it_changed(tmp_path: Path) -> None:
    file, published = tmp_path / PUBLISHED_FILE, PublishedFile(tmp_path)
    file.write_text(OURS, "utf-8")
    assert published.find(CERTIFICATE).published_at == WHEN
    state = file.stat()
    file.write_bytes(b"#" * state.st_size)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert published.find(CERTIFICATE).published_at == WHEN, "read again though time and size are the same"
    file.write_text(OURS.replace("03-02", "03-03"), "utf-8")
    assert published.find(CERTIFICATE).published_at == WHEN + timedelta(days=1)
    file.unlink()
    assert not published.find(CERTIFICATE).has_list


def test_a_faulty_list_is_not_passed_over_the_second_time(tmp_path: Path) -> None:
    file, published = tmp_path / PUBLISHED_FILE, PublishedFile(tmp_path)
    for content in ("[[", OURS, "[["):
        file.write_text(content, "utf-8")
        if content is OURS:
            assert published.find(CERTIFICATE).published_at == WHEN
            continue
        for _ in range(2):
            with pytest.raises(ProfileError):
                published.find(CERTIFICATE)


@given(st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_list_or_a_coded_error(tmp_path: Path, text: str) -> None:
    (tmp_path / PUBLISHED_FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
    reasons = ["none"]
    try:
        assert PublishedFile(tmp_path).find(CERTIFICATE) == Publication(has_list=True)
    except ProfileError as error:
        reasons.append(str(error.facts["reason"]))
    assert all(reasons)


def test_the_training_profile_leaves_the_real_list_behind(tmp_path: Path) -> None:
    source = Path(shutil.copytree(default_profile_folder(), tmp_path / "nguồn"))
    (source / PUBLISHED_FILE).write_text(OURS, "utf-8")
    anything = tmp_path / "ca.pem"
    anything.touch()
    target = tmp_path / "thử"
    write_profile(
        source, target, anchor=anything, issuer=anything, tsa_url="http://x/", module=anything, softhsm_conf=anything
    )
    assert (target / "profile.toml").is_file()
    assert not (target / PUBLISHED_FILE).exists()
