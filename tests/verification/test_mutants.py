"""Random damage (hardening.md V7, P2): ``make mutants`` runs many, ``make test`` a few of each.

``BDSIGNER_MUTANTS`` is the number of single-byte changes; of cuts, splices and object edits there are twice as many.
"""

import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from bdsigner.errors import DocumentError
from bdsigner.model.verification import Verdict, VerificationOutcome
from tests.assets.attacks.attack import Scene, body_of, simple, size_of, update
from tests.assets.attacks.certification import certified
from tests.corpus.outcomes import Outcome, outcome_of
from tests.support.signed_pdf import make_pdf, sign, simple_signer, stamp_document
from tests.support.small_pki import SmallPki
from tests.verification.conftest import Judge

MUTANTS = int(os.environ.get("BDSIGNER_MUTANTS", "120"))
MAX_SECONDS = 15.0
"""A single file may take no longer (hardening.md P3)."""
pytestmark = pytest.mark.timeout(3600)

_RANGE = re.compile(rb"/ByteRange ?\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)")


@pytest.fixture(scope="module")
def fixtures(pki: SmallPki) -> list[bytes]:
    """Twenty sound files of different make."""
    scene = Scene(pki)
    pss = simple_signer(pki.signer, pki.issuing, prefer_pss=True)
    pkcs7 = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    plain, streams, form = make_pdf(), make_pdf(stream_xrefs=True), make_pdf(fields=True)
    one, both = scene.sign(plain), scene.sign(streams)
    return [
        one,
        both,
        scene.signed,
        scene.sign(plain, stamper=scene.stamper),
        scene.sign(streams, stamper=scene.stamper),
        scene.sign(plain, digest="sha512"),
        scene.sign(plain, subfilter=pkcs7),
        sign(plain, pss),
        scene.sign(make_pdf(pages=5)),
        scene.sign(plain, visible=True),
        scene.sign(form, certify=True),
        scene.sign(one, field="Second"),
        scene.sign(both, field="Second"),
        scene.sign(scene.sign(one, field="Second"), field="Third"),
        stamp_document(one, scene.stamper),
        stamp_document(plain, scene.stamper),
        certified(scene, MDPPerm.NO_CHANGES),
        certified(scene, MDPPerm.ANNOTATE),
        scene.sign(simple()),
        scene.sign(simple(b"<</Spare 1>>"), subfilter=pkcs7, digest="sha384"),
    ]


def told(judge: Judge, data: bytes) -> Outcome:
    """The outcome of one file, offline; anything untyped fails the test."""
    started_at = time.monotonic()
    report, error = None, None
    try:
        report = judge(data, fetcher=None)
    except DocumentError as caught:
        error = caught
    assert time.monotonic() - started_at < MAX_SECONDS
    return outcome_of(VerificationOutcome(path=Path("mutant.pdf"), report=report, error=error))[0]


def test_fixtures_are_sound(judge: Judge, fixtures: list[bytes]) -> None:
    assert len(fixtures) == 20
    for data in fixtures:
        assert judge(data).verdict is Verdict.VALID


def test_no_changed_byte_is_accepted(judge: Judge, fixtures: list[bytes]) -> None:
    chance = random.Random(7)  # noqa: S311  # repeatable
    for number in range(MUTANTS):
        data = fixtures[number % len(fixtures)]
        first, second, length = (int(one) for one in chance.choice(_RANGE.findall(data))[1:])
        at = chance.randrange(first + length)
        at += second - first if at >= first else 0
        value = chance.choice([data[at] ^ 1 << chance.randrange(8), chance.randrange(256)])
        if value == data[at]:
            continue
        got = told(judge, data[:at] + bytes([value]) + data[at + 1 :])
        assert got not in (Outcome.OK, Outcome.NO_SIGNATURE), (number, at, value)


def _cut(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _removed(chance: random.Random, data: bytes, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 2000) :]


def _spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _repeated(chance: random.Random, data: bytes, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    part = data[at : at + chance.randrange(1, 3000)]
    to = chance.randrange(len(data))
    return data[:to] + part + data[to:]


def _appended(chance: random.Random, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(other))
    return data + other[at : at + chance.randrange(1, 3000)]


_NUMBERS = [b"0", b"-1", b"1", b"7", b"99", b"4294967296", b"3 0 R", b"null", b"<</A 1>>", b"[1 0 R]", b"/Name", b"(x)"]


def _object_edited(chance: random.Random, data: bytes, _: bytes) -> bytes:
    """A revision on top in which an object is a little different, another one, freed, or somewhere else."""
    size = size_of(data)
    number, kind = chance.randrange(1, size + 1), chance.randrange(5)
    try:
        body = body_of(data, number)
    except IndexError:
        body = b"<<>>"
    if kind == 0:
        return update(data, freed=(number,))
    if kind == 1:
        return update(data, offsets={number: chance.randrange(len(data))})
    if kind == 2:
        return update(data, {number: body_of(data, 1) if chance.random() < 0.5 else chance.choice(_NUMBERS)})
    values = list(re.finditer(rb"\d+ \d+ R|\d+|/\w+", body.split(b"stream")[0]))
    if not values:
        return update(data, {number: b"null"})
    found = chance.choice(values)
    changed = body[: found.start()] + chance.choice(_NUMBERS) + body[found.end() :]
    if kind == 3:
        return update(data, {number: changed})
    return update(update(data, {number: changed}), {number: body})


_EDITS: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (
    _cut,
    _removed,
    _spliced,
    _repeated,
    _appended,
    _object_edited,
    _object_edited,
    _object_edited,
)


def test_no_edit_is_accepted_that_changes_a_page(judge: Judge, fixtures: list[bytes]) -> None:
    """What comes out as OK after an edit must look like what was signed."""
    chance = random.Random(11)  # noqa: S311  # repeatable
    accepted = 0
    for number in range(2 * MUTANTS):
        data, other = fixtures[number % len(fixtures)], chance.choice(fixtures)
        edited = chance.choice(_EDITS)(chance, data, other)
        if edited.rstrip(b"\r\n\0 ") in {one.rstrip(b"\r\n\0 ") for one in fixtures}:
            continue
        got = told(judge, edited)
        if got is Outcome.OK:
            accepted += 1
            assert _pictures(edited) in (_pictures(data), _pictures(other), _shortened(data, edited)), number
    print(f"accepted because nothing shown changed: {accepted} of {2 * MUTANTS}")


def _pictures(data: bytes) -> list[bytes]:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return [page.get_pixmap(dpi=36, annots=True).samples for page in document]


def _shortened(data: bytes, edited: bytes) -> list[bytes] | None:
    """A file cut to an earlier revision of itself is that revision, signed as it was."""
    return _pictures(edited) if data.startswith(edited.rstrip()) else None
