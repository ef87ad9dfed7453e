"""Bombs and damaged files: each answered by a code within the limits, and the next file opens at once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.documents.gateway import ChildDocumentGateway, Deadlines
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode
from tests.documents.conftest import MakeFile
from tests.documents.parts import NoNetwork, profile
from tests.support import bombs, pdfs

CPU_SECONDS = 2
"""A fifth of the real limit keeps the tests short; SIGXCPU comes up to a second late."""
WALL_SECONDS = 45.0
"""Three times what a machine without other work may take (hardening.md P3): the limits are on processor time."""
AT_ONCE_SECONDS = 10.0
"""A new child and its imports on a busy machine."""


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(
        profile(tmp_path_factory.mktemp("profile")), NoNetwork(), deadlines=Deadlines(cpu_seconds=CPU_SECONDS)
    )
    yield gateway
    gateway.close()


def code_of(attempt: Callable[[], object]) -> ErrorCode | None:
    """The code of the failure; ``None`` for a result.  Anything but a ``BdsignerError`` comes out."""
    try:
        attempt()
    except BdsignerError as error:
        return error.code
    return None


def opens_at_once(gateway: ChildDocumentGateway, path: Path) -> None:
    started_at = time.monotonic()
    assert gateway.render_page(path, 0, scale=1).width == 595
    assert time.monotonic() - started_at < AT_ONCE_SECONDS


@pytest.mark.parametrize("bomb", [bombs.forms_within_forms, bombs.long_content])
def test_time_bombs_end_in_limits(
    hurried: ChildDocumentGateway, make_file: MakeFile, bomb: Callable[[], bytes]
) -> None:
    path = make_file(bomb())
    for attempt in (lambda: hurried.render_page(path, 0, scale=2), lambda: compare_revisions(hurried, path)):
        end_in_limits(attempt, path)
    opens_at_once(hurried, make_file(pdfs.text_pdf(), "tiếp theo.pdf"))


def compare_revisions(gateway: ChildDocumentGateway, path: Path) -> object:
    """The whole file, and what is left of it when its end is missing."""
    size = path.stat().st_size
    return gateway.compare_pages(path, 0, earlier_page=0, earlier_bytes=max(1, size - 7), later_bytes=size, scale=1.5)


def end_in_limits(attempt: Callable[[], object], path: Path) -> None:
    started_at = time.monotonic()
    with pytest.raises(DocumentError) as caught:
        attempt()
    assert time.monotonic() - started_at < WALL_SECONDS
    assert caught.value.code is ErrorCode.DOCUMENT_LIMITS
    assert caught.value.facts["path"] == str(path)


@pytest.mark.parametrize("bomb", [bombs.huge_image, bombs.nested_arrays, bombs.page_tree_in_circles, bombs.huge_page])
def test_other_bombs_do_no_harm(hurried: ChildDocumentGateway, make_file: MakeFile, bomb: Callable[[], bytes]) -> None:
    path = make_file(bomb())
    for attempt in (
        lambda: hurried.inspect(path),
        lambda: hurried.render_page(path, 0, scale=1),
        lambda: compare_revisions(hurried, path),
    ):
        assert code_of(attempt) in (None, ErrorCode.DOCUMENT_LIMITS, ErrorCode.DOCUMENT_DAMAGED)
    opens_at_once(hurried, make_file(pdfs.text_pdf(), "tiếp theo.pdf"))


def test_memory_and_not_time_ends_the_memory_bomb(own_gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    with pytest.raises(DocumentError) as caught:
        own_gateway.render_page(make_file(bombs.wide_array()), 0, scale=1)
    assert caught.value.code is ErrorCode.DOCUMENT_LIMITS
    assert caught.value.facts["reason"] == "FzErrorSystem"
    opens_at_once(own_gateway, make_file(pdfs.text_pdf(), "tiếp theo.pdf"))


SAMPLES = (
    pdfs.text_pdf(2),
    pdfs.xfa_pdf(),
    pdfs.encrypted_pdf(user_password=""),
    pdfs.coloured_pdf((10, 10, 50, 50), rotation=90),
    pdfs.with_form("<</T(phong)/FT/Sig/Kids[{kid} 0 R]>>", "<</T(truong)/Subtype/Widget/Rect[10 10 60 40]>>"),
)
TOKENS = (
    b"0",
    b"-1",
    b"99999999999",
    b"null",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"/Kids",
    b"R",
    b"(",
    b"stream",
    b"1e38",
    b"\0",
)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A sample with bytes changed, cut out, doubled or replaced by PDF tokens."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data) - 1))
        length = draw(st.integers(0, 12))
        data[start : start + length] = draw(st.sampled_from(TOKENS) | st.binary(max_size=8))
        if not data:
            break
    return bytes(data)


@settings(max_examples=250, deadline=None)
@given(mutant=mutants())
def test_no_untyped_error_escapes(
    hurried: ChildDocumentGateway, tmp_path_factory: pytest.TempPathFactory, mutant: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "biến đổi.pdf"
    path.write_bytes(mutant)
    for attempt in (
        lambda: hurried.inspect(path),
        lambda: hurried.render_page(path, 0, scale=0.5),
        lambda: compare_revisions(hurried, path),
    ):
        assert code_of(attempt) not in (ErrorCode.UNEXPECTED, ErrorCode.DOCUMENT_WORKER_DIED)
