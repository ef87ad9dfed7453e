"""One pass, all digests."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.verification.integrity import digests
from bdsigner.verification.integrity.digests import Range, digest_file


@given(
    data=st.binary(min_size=4, max_size=500),
    cuts=st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500)), max_size=5),
)
def test_equals_hashing_each_range_alone(data: bytes, cuts: list[tuple[int, int, int]]) -> None:
    ranges = []
    for number, cut in enumerate(cuts):
        start, end, stop = sorted(min(one, len(data)) for one in cut)
        if start > 0:
            ranges.append(Range(start, end, stop, ("sha256", "sha512", "sha1")[number % 3]))
    found = digest_file(io.BytesIO(data), ranges)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    for one in ranges:
        part = data[: one.gap_start] + data[one.gap_end : one.end]
        assert found.by_range[one] == hashlib.new(one.algorithm, part, usedforsecurity=False).digest()


def test_traces_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "BLOCK_BYTES", 12)
    for padding in range(40):
        data = bytes(padding) + b"/ByteRange yyy/ByteRange/SubFilter /Contents <3082>"
        found = digest_file(io.BytesIO(data), ())
        assert (found.traces[0], found.last_hint) == (padding, padding + 35)
        assert len(found.traces) == 2
        assert digest_file(io.BytesIO(bytes(padding)), ()).traces == ()
