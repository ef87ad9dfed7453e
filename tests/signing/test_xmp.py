"""The claim in a file's metadata: how it may be written, and what hostile metadata get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.model.document import ArchivalClaim
from bdsigner.signing.xmp import XMP_BYTES_MAX, archival_claim
from tests.support.pdfa import xmp


@pytest.mark.parametrize(
    ("properties", "claim"),
    [
        ("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>", "PDF/A-1b"),
        ("<pdfaid:conformance> A </pdfaid:conformance><pdfaid:part>\n2\n</pdfaid:part>", "PDF/A-2a"),
        ("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>", "PDF/A-3u"),
        ("<pdfaid:part>4</pdfaid:part><pdfaid:rev>2020</pdfaid:rev>", "PDF/A-4"),
        ("<pdfaid:part>4</pdfaid:part><pdfaid:conformance>F</pdfaid:conformance>", "PDF/A-4f"),
    ],
)
def test_claims_of_all_parts(properties: str, claim: str) -> None:
    found = archival_claim(xmp(properties))
    assert found is not None
    assert found.name == claim


def test_a_claim_in_attributes_and_in_utf_16() -> None:
    packet = xmp("").replace(b'rdf:about=""', b'rdf:about="" pdfaid:part="2" pdfaid:conformance="B"')
    assert archival_claim(packet) == ArchivalClaim(part=2, conformance="B")
    assert archival_claim(packet.decode().encode("utf-16")) == ArchivalClaim(part=2, conformance="B")


def test_the_first_value_counts() -> None:
    twice = "<pdfaid:part>1</pdfaid:part><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    assert archival_claim(xmp(twice)) == ArchivalClaim(part=1, conformance="B")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"no XML",
        xmp(""),
        xmp("<pdfaid:part>1</pdfaid:part>"),
        xmp("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"),
        xmp("<pdfaid:part>9</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"),
        xmp("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>").replace(
            b"pdfa/ns/id/", b"other/"
        ),
        xmp("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")[:-40],
        b'<?xml version="1.0" encoding="no-such"?>' + xmp(""),
    ],
)
def test_no_claim(packet: bytes) -> None:
    assert archival_claim(packet) is None


@pytest.mark.parametrize(
    "declared",
    ['<!DOCTYPE x [<!ENTITY p "1">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x>"],
)
def test_entities_are_not_expanded(declared: str) -> None:
    good = "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    assert archival_claim(xmp(good, before=declared)) is None


def test_size_and_depth_are_bounded() -> None:
    good = "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    assert archival_claim(xmp(good + "<a>" * 50_000 + "</a>" * 50_000)) is not None
    assert archival_claim(xmp(good + " " * XMP_BYTES_MAX)) is None
    assert archival_claim(xmp(f"<pdfaid:part>{'1' * 500_000}</pdfaid:part>")) is None


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damaged_metadata_never_raise(rubbish: bytes, position: int) -> None:
    packet = xmp("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")
    archival_claim(packet[:position] + rubbish + packet[position:])
