"""A result of ours is replaced in one step, and only while it is what it was."""

from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.storage.outputs import FileOutputs

SIGNED, STAMPED = b"%PDF signed", b"%PDF signed and stamped"
EXPECTED = sha256(SIGNED).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "Công văn.signed.pdf"
    path.write_bytes(SIGNED)
    path.chmod(0o640)
    return path


def replace(target: Path) -> None:
    with FileOutputs().replace_own(target, expected_sha256=EXPECTED) as output:
        output.partial.write_bytes(STAMPED)
        output.commit()


def refusal(target: Path) -> ErrorCode:
    with pytest.raises(StorageError) as caught:
        replace(target)
    return caught.value.code


def test_it_is_replaced_and_keeps_its_mode(target: Path) -> None:
    replace(target)
    assert target.read_bytes() == STAMPED
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(target.parent.iterdir()) == [target]


def test_without_commit_it_stays(target: Path) -> None:
    with FileOutputs().replace_own(target, expected_sha256=EXPECTED) as output:
        output.partial.write_bytes(STAMPED)
    assert target.read_bytes() == SIGNED
    assert list(target.parent.iterdir()) == [target]


def test_what_was_changed_is_not_replaced(target: Path) -> None:
    target.write_bytes(b"%PDF of a person")
    assert refusal(target) is ErrorCode.STORAGE_CHANGED
    assert target.read_bytes() == b"%PDF of a person"


def test_what_was_changed_in_the_meantime_is_not_replaced(target: Path) -> None:
    def change() -> None:
        with FileOutputs().replace_own(target, expected_sha256=EXPECTED) as output:
            output.partial.write_bytes(STAMPED)
            target.write_bytes(b"%PDF of a person")
            output.commit()

    with pytest.raises(StorageError) as caught:
        change()
    assert caught.value.code is ErrorCode.STORAGE_CHANGED
    assert target.read_bytes() == b"%PDF of a person"
    assert list(target.parent.iterdir()) == [target]


def test_what_is_gone_is_not_made_again(target: Path) -> None:
    target.unlink()
    assert refusal(target) is ErrorCode.STORAGE_CHANGED
    assert list(target.parent.iterdir()) == []


def test_a_link_is_not_ours(target: Path) -> None:
    elsewhere = target.with_name("bản gốc.pdf")
    target.rename(elsewhere)
    target.symlink_to(elsewhere)
    assert refusal(target) is ErrorCode.STORAGE_CHANGED
    assert elsewhere.read_bytes() == SIGNED
