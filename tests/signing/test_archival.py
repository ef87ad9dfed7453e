"""A file that claims to be PDF/A stays one when it is filled, signed, timestamped and extended (ISO 19005)."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from msgspec.structs import replace
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bdsigner.model.geometry import Box
from bdsigner.model.signature import SignatureLevel
from bdsigner.net.fetch import HttpFetcher
from bdsigner.signing import archival
from bdsigner.signing.archival import ORDINARY
from bdsigner.signing.pades import sign_document
from bdsigner.signing.proofs import ProofSource
from tests.signing.parts import EMBLEM_SVG, Desk, Signed, TimestampServer, pdfsig, visible
from tests.signing.test_filling import EMPTY, fillings
from tests.support import pdfa
from tests.support.pki import Training

BOX = Box(page=0, x_pt=330, y_pt=560, width_pt=220, height_pt=90)
CLEAR_SVG = EMBLEM_SVG.replace('fill="#1f5f8b"', 'fill="#1f5f8b" fill-opacity="0.5"')
"""An emblem with transparency."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return pdfa.make_archival(EMPTY, tmp_path_factory.mktemp("lưu trữ"))


def everything(pdf: bytes, folder: Path, emblem: str = CLEAR_SVG) -> dict[str, Any]:
    """A signature with all that can be drawn: number and date, and an emblem that lets the page shine through."""
    appearance = visible(folder)
    appearance.emblem.write_text(emblem)
    texts = {"number": "45", "day": "05", "month": "11", "year": ""}
    return {"box": BOX, "appearance": replace(appearance, mark="BẢN THỬ"), "fillings": fillings(pdf, folder, **texts)}


def judged(signed: Signed, pdf: bytes) -> list[str]:
    assert pdfsig(signed.path)[-1] == "Signature is Valid."
    return pdfa.violations(signed.data, pdf)


@pytest.mark.parametrize("claim", pdfa.CLAIMS)
@pytest.mark.parametrize("has_intent", [True, False])
def test_what_is_drawn_and_typed_keeps_the_claim(
    claim: str, has_intent: bool, inputs: dict[str, bytes], desk: Desk, tmp_path: Path
) -> None:
    pdf = inputs[claim] if has_intent else pdfa.without_intent(inputs[claim])
    signed = desk.sign(pdf, **everything(pdf, tmp_path))
    assert judged(signed, pdf) == []


@pytest.mark.parametrize("claim", ["1b", "2b"])
def test_an_emblem_of_plain_paths_stays_paths(claim: str, inputs: dict[str, bytes], desk: Desk, tmp_path: Path) -> None:
    pdf = pdfa.without_intent(inputs[claim])
    signed = desk.sign(pdf, **everything(pdf, tmp_path, EMBLEM_SVG))
    assert judged(signed, pdf) == []
    assert b"/Image" not in signed.data[len(pdf) :]


@pytest.mark.parametrize("claim", pdfa.CLAIMS)
def test_an_invisible_signature_keeps_the_claim(claim: str, inputs: dict[str, bytes], desk: Desk) -> None:
    assert judged(desk.sign(inputs[claim]), inputs[claim]) == []


@pytest.mark.parametrize("claim", ["1b", "2b"])
def test_timestamps_and_proofs_keep_the_claim(
    claim: str, inputs: dict[str, bytes], desk: Desk, tmp_path: Path, training: Training, tsa: TimestampServer
) -> None:
    request = desk.request(inputs[claim], level=SignatureLevel.B_LTA, **everything(inputs[claim], tmp_path))
    fetcher = HttpFetcher(training.profile.network)
    proofs = ProofSource(anchors=training.profile.anchors, issuers=training.profile.issuers, fetcher=fetcher)
    result = sign_document(request, sign_digest=desk.signer.sign, request_timestamp=tsa, proof_source=proofs)
    assert result.level is SignatureLevel.B_LTA
    assert pdfa.violations(request.partial.read_bytes(), inputs[claim]) == []


@pytest.mark.parametrize("is_drawn", [True, False])
def test_preflight_agrees(is_drawn: bool, inputs: dict[str, bytes], desk: Desk, tmp_path: Path) -> None:
    pdf = inputs["1b"]
    signed = desk.sign(pdf, **(everything(pdf, tmp_path) if is_drawn else {}))
    assert pdfa.preflight(signed.path) == ""


def test_the_judge_sees_what_an_ordinary_signature_breaks(
    inputs: dict[str, bytes], desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the rules for archival files left out: with this, the tests above can fail."""
    monkeypatch.setattr("bdsigner.signing.increment.addition_rules", lambda root: ORDINARY)
    pdf = pdfa.without_intent(inputs["1b"])
    assert judged(desk.sign(pdf, **everything(pdf, tmp_path)), pdf) == [
        "RGB of the device without an output intent",
        "constant opacity",
        "font subset without CIDSet in part 1",
        "gray of the device without an output intent",
    ]
    assert judged(desk.sign(pdf), pdf) == ["field without appearance"]


def test_preflight_sees_what_an_ordinary_signature_breaks(
    inputs: dict[str, bytes], desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bdsigner.signing.increment.addition_rules", lambda root: ORDINARY)
    signed = desk.sign(inputs["1b"], **everything(inputs["1b"], tmp_path))
    assert "ExtGState" in pdfa.preflight(signed.path)


def spoil_info(writer: IncrementalPdfFileWriter, _widget: Any) -> None:
    writer.trailer["/Info"]["/Title"] = generic.TextStringObject("Khác")
    writer.mark_update(writer.trailer.raw_get("/Info").reference)


def spoil_metadata(writer: IncrementalPdfFileWriter, _widget: Any) -> None:
    writer.mark_update(writer.root.raw_get("/Metadata").reference)


def spoil_form(writer: IncrementalPdfFileWriter, _widget: Any) -> None:
    writer.root["/AcroForm"][generic.pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])


def spoil_flags(writer: IncrementalPdfFileWriter, widget: Any) -> None:
    widget[generic.pdf_name("/F")] = generic.NumberObject(4 | 2)
    writer.update_container(widget)


def spoil_appearance(writer: IncrementalPdfFileWriter, widget: Any) -> None:
    widget["/AP"][generic.pdf_name("/D")] = widget["/AP"].raw_get("/N")
    writer.update_container(widget)


def spoil_action(writer: IncrementalPdfFileWriter, widget: Any) -> None:
    widget[generic.pdf_name("/AA")] = generic.DictionaryObject()
    writer.update_container(widget)


def spoil_group(writer: IncrementalPdfFileWriter, widget: Any) -> None:
    group = {generic.pdf_name("/S"): generic.pdf_name("/Transparency")}
    widget["/AP"]["/N"][generic.pdf_name("/Group")] = generic.DictionaryObject(group)
    writer.mark_update(widget["/AP"].raw_get("/N").reference)


def spoil_catalog(writer: IncrementalPdfFileWriter, _widget: Any) -> None:
    writer.root[generic.pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (spoil_info, "/Info changed"),
        (spoil_metadata, "/Metadata changed"),
        (spoil_form, "NeedAppearances"),
        (spoil_flags, "annotation flags"),
        (spoil_appearance, "appearance other than /N"),
        (spoil_action, "field with an action"),
        (spoil_group, "transparency group"),
        (spoil_catalog, "catalog entries changed: ['/Names']"),
    ],
)
def test_the_judge_sees_each_fault(
    spoil: Callable[[IncrementalPdfFileWriter, Any], None], finding: str, inputs: dict[str, bytes], desk: Desk
) -> None:
    signed = desk.sign(inputs["1b"]).data
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    spoil(writer, writer.root["/AcroForm"]["/Fields"][-1])
    output = io.BytesIO(signed)
    output.seek(0, io.SEEK_END)
    writer._write_updated_section(output)  # without changing /Info and XMP, as the product writes
    assert finding in pdfa.violations(output.getvalue(), inputs["1b"])


def test_the_judge_sees_bytes_behind_the_end(inputs: dict[str, bytes], desk: Desk) -> None:
    assert "bytes after the last end of file marker" in pdfa.violations(
        desk.sign(inputs["1b"]).data + b"more", inputs["1b"]
    )


def test_the_emblem_looks_the_same(inputs: dict[str, bytes], desk: Desk, tmp_path: Path) -> None:
    """Opaque and in defined colours, and still what the person saw before."""
    pictures = []
    for pdf in (pdfa.without_intent(inputs["1b"]), re.sub(rb"pdfaid:part>1<", b"pdfaid:part>9<", inputs["1b"])):
        signed = desk.sign(pdf, **everything(pdf, tmp_path) | {"fillings": ()})
        with pymupdf.open(signed.path) as document:
            clip = pymupdf.Rect(BOX.x_pt, BOX.y_pt, BOX.x_pt + BOX.width_pt, BOX.y_pt + BOX.height_pt)
            pictures.append(document[BOX.page].get_pixmap(clip=clip, dpi=100))
    one, other = (picture.samples for picture in pictures)
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    assert sum(apart) / len(apart) < 4
    assert max(pictures[0].color_count(colors=True).values()) < len(one) // 3  # something is drawn


def test_nothing_is_added_for_a_file_that_claims_nothing(inputs: dict[str, bytes], desk: Desk, tmp_path: Path) -> None:
    plain = re.sub(rb"pdfaid:part>1<", b"pdfaid:part>9<", inputs["1b"])
    signed = desk.sign(plain, **everything(plain, tmp_path))
    added = signed.data[len(plain) :]
    assert b"/CIDSet" not in added
    assert b"/CalGray" not in added
    assert archival.addition_rules(IncrementalPdfFileWriter(io.BytesIO(plain)).root) == ORDINARY
