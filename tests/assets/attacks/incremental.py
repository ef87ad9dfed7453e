"""Incremental saving: content is appended, with or without a proper revision around it."""

from collections.abc import Callable

from tests.assets.attacks.attack import Attack, Scene, last_startxref, page_of, show, simple, update
from tests.support.signed_pdf import replace_page_text, sign

FAKE = b"\n4 0 obj\n<</Type /Page /MediaBox [0 0 9 9]>>\nendobj\n"


def _appended(tail: Callable[[bytes], bytes]) -> Callable[[Scene], bytes]:
    return lambda scene: scene.signed + tail(scene.signed)


def _old_startxref(data: bytes) -> bytes:
    return FAKE + b"startxref\n%d\n%%%%EOF\n" % last_startxref(data)


def _trailer_only(data: bytes) -> bytes:
    return FAKE + b"trailer\n<</Root 1 0 R /Prev %d>>\n%%%%EOF\n" % last_startxref(data)


def _resigned(scene: Scene) -> bytes:
    return sign(replace_page_text(scene.signed), scene.attacker, field="Evil")


def _resigned_by_victim(scene: Scene) -> bytes:
    return scene.sign(replace_page_text(scene.signed), field="Second")


def _content_overwritten(scene: Scene) -> bytes:
    return update(scene.sign(simple()), {4: show(b"Pay 900000")})


def _page_overwritten(scene: Scene) -> bytes:
    return update(scene.sign(simple()), {3: page_of(b"20 0 R"), 20: show(b"Pay 900000")})


def _font_overwritten(scene: Scene) -> bytes:
    return update(scene.sign(simple()), {5: b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"})


def _without_end(scene: Scene) -> bytes:
    return _content_overwritten(scene).removesuffix(b"%%EOF\n")


def _duplicate(scene: Scene) -> bytes:
    """The number twice in one revision: the first is what the table names, the second what repairing readers take."""
    data = _content_overwritten(scene)
    at = data.rindex(b"xref\n", 0, data.rindex(b"startxref"))
    return (
        data[:at]
        + b"4 0 obj\n%s\nendobj\n" % show(b"Pay 1")
        + data[at:].replace(
            b"startxref\n%d" % at, b"startxref\n%d" % (at + len(b"4 0 obj\n%s\nendobj\n" % show(b"Pay 1")))
        )
    )


def _generation(scene: Scene) -> bytes:
    """Content freed and written anew with generation 1, which the page refers to."""
    data = update(scene.sign(simple()), freed=(4,))
    data = update(data, {4: show(b"Pay 900000")}, generation=1)
    return update(data, {3: page_of(b"4 1 R")})


def _freed(scene: Scene) -> bytes:
    return update(scene.sign(simple()), freed=(4,))


def _prev_loop(scene: Scene) -> bytes:
    data = update(scene.signed, {4: show(b"Pay 900000")})
    start = last_startxref(data)
    old = b"/Prev %d" % last_startxref(scene.signed)
    at = data.rindex(old)
    return data[:at] + (b"/Prev %d" % start).ljust(len(old)) + data[at + len(old) :]


def _without_prev(scene: Scene) -> bytes:
    """The whole document once more behind the signed one."""
    fake = simple(content=b"Pay 900000")
    data = scene.signed
    return data + fake.replace(b"startxref\n%d" % last_startxref(fake), b"startxref\n%d" % (len(data) + last_startxref(fake)))  # fmt: skip


ATTACKS = (
    Attack("incremental", "text behind the end", "CHANGED", _appended(lambda _: b"appended")),
    Attack("incremental", "objects behind the end", "CHANGED", _appended(lambda _: FAKE + b"%%EOF\n")),
    Attack("incremental", "objects and the old startxref", "CHANGED", _appended(_old_startxref)),
    Attack("incremental", "objects and startxref 0", "CHANGED", _appended(lambda _: FAKE + b"startxref\n0\n%%EOF\n")),
    Attack("incremental", "objects and a trailer only", "CHANGED", _appended(_trailer_only)),
    Attack("incremental", "page content replaced", "CHANGED", lambda scene: replace_page_text(scene.signed)),
    Attack("incremental", "content overwritten", "CHANGED", _content_overwritten),
    Attack("incremental", "page overwritten", "CHANGED", _page_overwritten),
    Attack("incremental", "font overwritten", "CHANGED", _font_overwritten),
    Attack("incremental", "update without %%EOF", "CHANGED", _without_end),
    Attack("incremental", "object twice in the update", "CHANGED", _duplicate),
    Attack("incremental", "object freed", "CHANGED", _freed),
    Attack("incremental", "object of a new generation", "CHANGED", _generation),
    Attack("incremental", "Prev loop", "CHANGED", _prev_loop),
    Attack("incremental", "second document without Prev", "CHANGED", _without_prev),
    Attack("incremental", "change signed by the attacker", "CHANGED", _resigned),
    Attack("incremental", "change signed by the victim", "CHANGED", _resigned_by_victim),
)
