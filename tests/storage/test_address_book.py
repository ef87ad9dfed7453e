"""The address book: search by beginnings of words, what replaces what, groups, damage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.model.certificate import Certificate
from bdsigner.model.directory import DirectoryEntry, DirectorySource, RecipientGroup
from bdsigner.storage.address_book import FileAddressBook
from bdsigner.storage.published import PublishedAnywhere, PublishedFile
from bdsigner.trust.certificates import parse_certificate
from tests.support.people import certificate_of
from tests.support.small_pki import ENCRYPTION_USAGE, SmallPki

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def book(tmp_path: Path) -> FileAddressBook:
    return FileAddressBook(tmp_path / "book.sqlite")


def entry(name: str, number: int, **facts: object) -> DirectoryEntry:
    known: dict[str, object] = {
        "name": name,
        "agency": "Sở Nội vụ",
        "email": f"nguoi{number}@binhduong.gov.vn",
        "certificate": parse_certificate(certificate_of(number)),
        "source": DirectorySource.LDAP,
        "source_name": "ldaps://danhba.example",
    }
    return DirectoryEntry(**(known | facts))  # type: ignore[arg-type]  # as the test says


def certificate(pki: SmallPki, begins: timedelta, **options: object) -> Certificate:
    times = {"not_before": NOW + begins, "not_after": NOW + 900 * DAY}
    usage = {"usage": ENCRYPTION_USAGE}
    return parse_certificate(pki.person("Trần Thị Bình", **(times | usage | options)).der)


PEOPLE = (
    entry("Nguyễn Văn Ánh", 1, title="Giám đốc"),
    entry("Đỗ Thị Hòa", 2, agency="Văn phòng UBND tỉnh"),
    entry("Hồ Văn Oanh", 3),
    entry("Lê Ánh Nguyệt", 4),
)


def names(book: FileAddressBook, query: str, limit: int = 20) -> list[str]:
    return [one.name for one in book.search(query, limit=limit).entries]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nguyen van anh", ["Nguyễn Văn Ánh"]),
        ("NGUYỄN", ["Nguyễn Văn Ánh"]),
        ("anh", ["Nguyễn Văn Ánh", "Lê Ánh Nguyệt"]),
        ("hoà", ["Đỗ Thị Hòa"]),
        ("do thi", ["Đỗ Thị Hòa"]),
        ("giam doc", ["Nguyễn Văn Ánh"]),
        ("van phong ubnd", ["Đỗ Thị Hòa"]),
        ("nguoi3@binhduong.gov.vn", ["Hồ Văn Oanh"]),
        ("5A000002", ["Đỗ Thị Hòa"]),
        ("5a:00:00:02", ["Đỗ Thị Hòa"]),
        ("guyen", []),
        ('" OR name : *', []),
    ],
)
def test_people_are_found_by_the_beginnings_of_words(book: FileAddressBook, query: str, found: list[str]) -> None:
    book.learn(PEOPLE)
    assert names(book, query) == found


def test_who_was_used_lately_comes_first_also_for_nothing_typed(book: FileAddressBook) -> None:
    book.learn(PEOPLE)
    assert names(book, "") == []
    book.remember_used([PEOPLE[2].certificate.sha256])
    assert names(book, "van")[0] == "Hồ Văn Oanh"
    assert names(book, "") == ["Hồ Văn Oanh"]


def test_more_than_asked_for_is_told(book: FileAddressBook) -> None:
    book.learn([entry(f"Nguyễn Văn {number}", number) for number in range(700)])
    result = book.search("nguyen", limit=5)
    assert (len(result.entries), result.is_complete) == (5, False)
    assert book.search("nguyen van 699", limit=5).is_complete


def test_a_replaced_token_shows_once_with_what_it_replaces(book: FileAddressBook) -> None:
    pki = SmallPki()
    older, newer = certificate(pki, -400 * DAY), certificate(pki, -1 * DAY)
    signing = certificate(pki, -1 * DAY, usage=None)
    entries = [DirectoryEntry.of(one, DirectorySource.LEARNED) for one in (newer, older, signing)]
    book.learn(entries)
    (found,) = book.search("tran thi binh", limit=5).entries
    assert (found.certificate.sha256, found.replaces) == (newer.sha256, older.serial_number)
    assert [one.certificate.sha256 for one in book.successors(entries[1])] == [newer.sha256]
    assert book.successors(entries[0]) == ()


def test_two_people_of_one_mailbox_stay_two(book: FileAddressBook) -> None:
    book.learn([entry("Văn Thư Một", 1, email="vanthu@so.gov.vn"), entry("Văn Thư Hai", 2, email="vanthu@so.gov.vn")])
    assert sorted(names(book, "vanthu@so.gov.vn")) == ["Văn Thư Hai", "Văn Thư Một"]


def test_what_the_department_says_is_not_replaced_by_what_was_seen(book: FileAddressBook) -> None:
    known = entry("Nguyễn Văn Ánh", 1, published_at=NOW - DAY)
    book.learn([known])
    book.learn([replace(known, name="Người mẫu", source=DirectorySource.LEARNED, published_at=None)])
    (found,) = book.entries([known.certificate.sha256])
    assert (found.name, found.published_at, found.source) == ("Nguyễn Văn Ánh", NOW - DAY, DirectorySource.LDAP)
    book.learn([replace(known, title="Phó Giám đốc")])
    assert names(book, "pho giam doc") == ["Nguyễn Văn Ánh"]
    assert len(book.search("anh", limit=9).entries) == 1


def test_groups_are_kept_by_name_whatever_its_case(book: FileAddressBook) -> None:
    book.learn(PEOPLE)
    members = tuple(one.certificate.sha256 for one in PEOPLE[:2])
    book.save_group(RecipientGroup(name="Ban Giám đốc", certificates=members))
    book.save_group(RecipientGroup(name="ban giám đốc", certificates=members[:1]))
    assert book.groups() == (RecipientGroup(name="ban giám đốc", certificates=members[:1]),)
    book.forget(members[:1])
    assert book.groups() == ()
    assert names(book, "nguyen") == []
    book.remove_group("Ban Giám đốc")


def test_looking_up_makes_no_file(book: FileAddressBook) -> None:
    assert book.search("a", limit=5).entries == ()
    assert book.entries(["0" * 64]) == ()
    assert book.groups() == ()
    assert not book.file.exists()


def test_a_damaged_file_is_put_aside(book: FileAddressBook) -> None:
    book.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert book.search("a", limit=5).entries == ()
    book.learn(PEOPLE)
    assert names(book, "oanh") == ["Hồ Văn Oanh"]
    assert list(book.file.parent.glob("book.damaged-*"))


def test_the_newest_bundle_is_remembered(book: FileAddressBook) -> None:
    assert book.remember_bundle(NOW) is None
    assert book.remember_bundle(NOW - DAY) == NOW
    assert book.remember_bundle(NOW + DAY) == NOW


def test_publication_told_by_the_directory_counts(book: FileAddressBook, tmp_path: Path) -> None:
    published = entry("Nguyễn Văn Ánh", 1, published_at=NOW - DAY)
    seen = entry("Đỗ Thị Hòa", 2, published_at=NOW - DAY, source=DirectorySource.LEARNED)
    book.learn([published, seen])
    publications = PublishedAnywhere(PublishedFile(tmp_path), book)
    assert publications.find(published.certificate).published_at == NOW - DAY
    assert not publications.find(seen.certificate).has_list
