"""``[directory]`` of a profile: what it says, and what is wrong with a wrong one."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.profile import DirectoryPolicy, LdapAttributes, LdapServer
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from tests.net.tls import TestCa


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_profile_folder(), tmp_path / "profile"))


def write(folder: Path, directory: dict[str, Any]) -> None:
    file = folder / "profile.toml"
    values = tomllib.loads(file.read_text("utf-8"))
    file.write_text(tomli_w.dumps(values | {"directory": directory}), "utf-8")


def test_nothing_is_asked_as_shipped() -> None:
    assert load_profile(default_profile_folder()).directory == DirectoryPolicy()


def test_all_of_it_is_read(folder: Path) -> None:
    ldap = {"url": "ldap://danhba.example:1389", "base": "dc=vn", "user": "cn=a", "attributes": {"published": "x"}}
    write(folder, {"https_url": "https://danhba.example", "bundle_signer": "AB" * 32, "stale_days": 7, "ldap": ldap})
    (folder / "directory_ca").mkdir()
    (folder / "directory_ca" / "root.pem").write_bytes(TestCa.make().pem())
    read = load_profile(folder).directory
    assert read.ldap == LdapServer(
        url="ldap://danhba.example:1389", base="dc=vn", user="cn=a", attributes=LdapAttributes(published="x")
    )
    assert (read.https_url, read.bundle_signer, read.stale_days) == ("https://danhba.example", "ab" * 32, 7)
    assert len(read.roots) == 1


@pytest.mark.parametrize(
    ("directory", "key"),
    [
        ({"https_url": "http://danhba.example"}, "directory.https_url"),
        ({"https_url": "danhba"}, "directory.https_url"),
        ({"bundle_signer": "ab"}, "directory.bundle_signer"),
        ({"stale_days": 0}, "directory.stale_days"),
        ({"surprise": 1}, "directory"),
        ({"ldap": {"url": "https://danhba.example", "base": "dc=vn"}}, "directory.ldap.url"),
        ({"ldap": {"url": "ldap://danhba.example/dc=vn", "base": "dc=vn"}}, "directory.ldap.url"),
        ({"ldap": {"url": "ldap://a:b@danhba.example", "base": "dc=vn"}}, "directory.ldap.url"),
        ({"ldap": {"url": "ldaps://danhba.example"}}, "directory.ldap.base"),
        ({"ldap": {"attributes": {"name": ""}}}, "directory.ldap.attributes.name"),
        ({"ldap": {"attributes": {"email": "a)(b"}}}, "directory.ldap.attributes.email"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, directory: dict[str, Any], key: str) -> None:
    write(folder, directory)
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert caught.value.facts["key"] == key
