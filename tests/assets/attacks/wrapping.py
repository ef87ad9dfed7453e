"""Signature wrapping: the attacker's bytes stand in the gap that no signature covers, or beside a moved tail."""

from tests.assets.attacks.attack import Attack, Scene, page_of, show, update
from tests.support.signed_pdf import Gap


def _in_gap(scene: Scene, text: bytes) -> bytes:
    """Put text into the zero padding at the end of ``/Contents``."""
    data = scene.signed
    end = Gap.of(data).byte_range[2] - 1
    start = end - 400
    return data[:start] + text.ljust(end - start, b"0") + data[end:]


def _second_range(scene: Scene) -> bytes:
    numbers = " ".join(map(str, Gap.of(scene.signed).byte_range))
    return _in_gap(scene, b"> /ByteRange [" + numbers.encode() + b"] /Evil <")


def _closed_early(scene: Scene) -> bytes:
    return _in_gap(scene, b">>>\nendobj\n99 0 obj\n<</A <")


def _second_contents(scene: Scene) -> bytes:
    return _in_gap(scene, b"> /Contents <")


def _comment(scene: Scene) -> bytes:
    return _in_gap(scene, b"> %")


def _not_hex(scene: Scene) -> bytes:
    return _in_gap(scene, b"zz")


def _moved_tail(scene: Scene) -> bytes:
    """The signed tail goes to the end of the file, the attacker's objects stand before it."""
    data = scene.signed
    second = Gap.of(data).byte_range[2]
    evil = update(data[:second] + b">>\nendobj\n" + data[second:], {3: page_of(), 4: show(b"Pay 900000")})
    return evil + data[second:]


def _object_in_gap(scene: Scene) -> bytes:
    """An object inside the gap, made known by a later cross-reference section."""
    data = _in_gap(scene, b">/X 1\n4 0 obj\n<</Length 0>>stream\n\nendstream endobj <")
    return update(data, offsets={4: data.index(b"4 0 obj\n<</Length 0")})


ATTACKS = (
    Attack("wrapping", "second ByteRange in the gap", "UNSUPPORTED", _second_range),
    Attack("wrapping", "dictionary closed in the gap", "CHANGED", _closed_early),
    Attack("wrapping", "second Contents in the gap", "UNSUPPORTED", _second_contents),
    Attack("wrapping", "comment in the gap", "CHANGED", _comment),
    Attack("wrapping", "no hex in the gap", "UNSUPPORTED", _not_hex),
    Attack("wrapping", "moved tail", "CHANGED", _moved_tail),
    Attack("wrapping", "object in the gap", "UNSUPPORTED", _object_in_gap),
)
