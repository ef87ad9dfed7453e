from datetime import UTC, datetime

import pytest
from asn1crypto import core, x509
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.formats import der

contents = st.one_of(st.binary(max_size=40), st.integers(120, 70_000).map(bytes))


@settings(deadline=None)
@given(contents)
def test_octet_strings_are_der(content: bytes) -> None:
    assert der.tlv(der.OCTET_STRING, content) == core.OctetString(content).dump()


@settings(deadline=None)
@given(st.integers(0, 2**200))
def test_integers_are_der(value: int) -> None:
    assert der.integer(value) == core.Integer(value).dump()


@given(st.datetimes(datetime(1950, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001  # the bounds are naive
def test_times_are_what_others_read(moment: datetime) -> None:
    assert x509.Time.load(der.time(moment)).native == moment.replace(microsecond=0)


@settings(deadline=None)
@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**40), max_size=8))
def test_object_identifiers_are_der(first: int, second: int, rest: list[int]) -> None:
    dotted = ".".join(str(arc) for arc in (first, second, *rest))
    assert der.oid(dotted) == core.ObjectIdentifier(dotted).dump()


@settings(deadline=None)
@given(st.lists(contents, max_size=6))
def test_elements_come_apart_as_they_were_put_together(parts: list[bytes]) -> None:
    encoded = [der.tlv(der.OCTET_STRING, part) for part in parts]
    found = list(der.elements(b"".join(encoded)))
    assert [element.encoded for element in found] == encoded
    assert [element.content for element in found] == parts


@settings(deadline=None)
@given(st.binary(max_size=30))
def test_anything_else_is_a_value_error(data: bytes) -> None:
    try:
        found = list(der.elements(data))
    except ValueError:
        return
    assert b"".join(element.encoded for element in found) == data


@pytest.mark.parametrize("data", [b"\x30", b"\x30\x05\x00", b"\x30\x80\x00\x00", b"\x30\x85\x00\x00\x00\x00\x01\x00"])
def test_half_and_indefinite_elements_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"element|length"):
        list(der.elements(data))
