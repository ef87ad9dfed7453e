"""Search as you type in an address book of 50,000 entries: 50 ms a keystroke."""

import tempfile
from pathlib import Path

from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.storage.address_book import FileAddressBook
from bdsigner.trust.certificates import parse_certificate
from tests.bench.table import Row, median_seconds
from tests.support.people import certificates

ENTRIES = 50_000
KEYSTROKE_SECONDS = 0.050
QUERIES = ("n", "ng", "nguyen", "nguyen van", "nguyen van a", "so thong tin", "nguoi41234@", "5A00A112", "zz")


def rows() -> list[Row]:
    """The slowest of what people type."""
    with tempfile.TemporaryDirectory() as folder:
        book = FileAddressBook(Path(folder) / "book.sqlite")
        book.learn([_entry(*one) for one in certificates(ENTRIES)])
        book.remember_used([parse_certificate(der).sha256 for _, _, der in certificates(200)])
        slowest = {query: median_seconds(lambda query=query: book.search(query, limit=20), runs=9) for query in QUERIES}
        book.close()
    query = max(slowest, key=lambda one: slowest[one])
    return [
        Row(
            job=f"search of {ENTRIES} entries",
            ours=slowest[query],
            reference=KEYSTROKE_SECONDS,
            unit="s",
            goal=1,
            note=f"agreed time; slowest: {query}",
        )
    ]


def _entry(number: int, name: str, der: bytes) -> DirectoryEntry:
    return DirectoryEntry(
        name=name,
        title="Chuyên viên",
        agency="Sở Thông tin và Truyền thông",
        email=f"nguoi{number}@binhduong.gov.vn",
        certificate=parse_certificate(der),
        source=DirectorySource.LDAP,
    )
