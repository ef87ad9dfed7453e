"""The profile "NĐ 30/2020" (regulation.md §8, §14 boxes 7c, 8, 14, §15): never the default, measured in files really signed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from bdsigner.documents.inspect import inspect_document
from bdsigner.documents.opening import Documents
from bdsigner.documents.words import DocumentPages
from bdsigner.errors import CertificateError, ErrorCode, SigningError
from bdsigner.layout.reader import read_layout
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.profile import AppearanceProfile, Mode, Profile
from bdsigner.model.signature import CopyLines, HandAndSeal, SignaturePictures, VisibleSignature
from bdsigner.model.signing_rules import Declaration, KindGroup, ObjectionWeight, SigningFacts, SigningMode
from bdsigner.model.token import SignatureMechanism
from bdsigner.regulation.hand_and_seal import box_width, hand_centre, hand_room
from bdsigner.regulation.signing_rules import signing_objections
from bdsigner.regulation.visible_signature import compose
from bdsigner.signing.pictures import load_picture
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.default_place import place_for
from tests.regulation.documents import codes, facts, layout
from tests.signing.parts import SIGNING_TIME, Desk, Signed, Signer, pdfsig
from tests.support import signature_pictures
from tests.support.administrative import Document, draw
from tests.support.pki import CHAIRMAN, CHIEF_OF_OFFICE, Training

SEAL_MM = (36.0, 36.0)
OFFICIAL = Declaration(kind=KindGroup.OFFICIAL)
COPY = Declaration(kind=KindGroup.OFFICIAL, mode=SigningMode.COPY, is_paper_signed=True)
ORIGINAL = Document(titles=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name="Nguyễn Hoàng Ánh", gap_mm=44)
CLOSE = replace(ORIGINAL, gap_mm=28)
"""As templates are: the name 28 mm below the title, less than a seal is high."""


@pytest.fixture(scope="module")
def shipped() -> Profile:
    return load_profile(default_profile_folder())


@pytest.fixture(scope="module")
def profile(shipped: Profile) -> Profile:
    return replace(shipped, appearance_profile=AppearanceProfile.ND_30_2020)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> SignaturePictures:
    folder = tmp_path_factory.mktemp("hình")
    return SignaturePictures(hand=signature_pictures.hand(folder), seal=signature_pictures.seal(folder))


@dataclass(frozen=True)
class Office:
    """Reads, places and signs as the program does, with a software key."""

    training: Training
    folder: Path

    def read(self, content: bytes) -> tuple[DocumentInfo, DocumentLayout]:
        source = self.folder / "đọc.pdf"
        source.write_bytes(content)
        documents = Documents()
        try:
            opened = documents.open(source)
            return inspect_document(opened), read_layout(DocumentPages(opened))
        finally:
            documents.close()

    def sign(
        self,
        document: Document,
        profile: Profile,
        pictures: SignaturePictures,
        *,
        declaration: Declaration = OFFICIAL,
        person: str = CHAIRMAN,
        box: Box | None = None,
    ) -> Signed:
        content = draw(document)
        info, seen = self.read(content)
        seal_mm = None
        if pictures.seal is not None:
            size = load_picture(pictures.seal).size
            seal_mm = size.width_mm or 0, size.height_mm or 0
        placement = place_for(info, seen, declaration, look=profile.appearance_profile, seal_mm=seal_mm)
        assert placement is not None
        certificate = self.training.certificate(person)
        appearance = compose(
            parse_certificate(certificate), profile, SIGNING_TIME, mode=declaration.mode, pictures=pictures
        )
        key = self.training.key(person)
        signer = Signer(certificate, self.training.chain(person), key, SignatureMechanism.RSA_PKCS1)
        return Desk(self.folder, signer).sign(content, box=box or placement.box, appearance=appearance)


@pytest.fixture
def office(training: Training, tmp_path: Path) -> Office:
    return Office(training, tmp_path)


@dataclass(frozen=True)
class Seen:
    """What MuPDF finds on the page of a signed file; boxes in mm from the upper left."""

    images: list[pymupdf.Rect]
    text: str
    page: pymupdf.Page
    widget: pymupdf.Rect


@pytest.fixture
def look() -> Iterator[Any]:
    opened: list[pymupdf.Document] = []

    def look_at(signed: Signed) -> Seen:
        document = pymupdf.open(signed.path, filetype="pdf")
        opened.append(document)
        page = document[0]
        (widget,) = page.widgets()
        rect = widget.rect / PT_PER_MM
        images = [pymupdf.Rect(image["bbox"]) / PT_PER_MM for image in page.get_image_info()]
        return Seen(images, page.get_text(clip=widget.rect), page, rect)

    yield look_at
    for document in opened:
        document.close()


def spans(page: pymupdf.Page, clip_mm: pymupdf.Rect) -> list[dict[str, Any]]:
    blocks = page.get_text("dict", clip=clip_mm * PT_PER_MM)["blocks"]
    return [span for block in blocks for line in block.get("lines", ()) for span in line["spans"]]


def certificate_of(training: Training, person: str) -> Any:
    return parse_certificate(training.certificate(person))


def test_15_the_shipped_profile_never_yields_it(
    shipped: Profile, training: Training, pictures: SignaturePictures
) -> None:
    """Whatever pictures lie about and whatever is declared."""
    assert shipped.appearance_profile is AppearanceProfile.QD_69_2014
    for mode in SigningMode:
        certificate = certificate_of(training, CHIEF_OF_OFFICE)
        shown = compose(certificate, shipped, SIGNING_TIME, mode=mode, pictures=pictures)
        assert isinstance(shown, VisibleSignature)


def test_8_it_is_chosen_by_the_profile_alone(profile: Profile, training: Training, pictures: SignaturePictures) -> None:
    chairman, chief = (certificate_of(training, person) for person in (CHAIRMAN, CHIEF_OF_OFFICE))
    assert isinstance(compose(chairman, profile, SIGNING_TIME, pictures=pictures), HandAndSeal)
    assert isinstance(compose(chief, profile, SIGNING_TIME, mode=SigningMode.COPY), CopyLines)


def test_8_without_a_hand_signature_nothing_is_signed(profile: Profile, training: Training) -> None:
    with pytest.raises(SigningError) as caught:
        compose(certificate_of(training, CHAIRMAN), profile, SIGNING_TIME)
    assert caught.value.code is ErrorCode.SIGNING_HAND_SIGNATURE_MISSING


def test_8_a_copy_names_an_agency(profile: Profile, training: Training) -> None:
    certificate = replace(certificate_of(training, CHIEF_OF_OFFICE), organization="")
    with pytest.raises(CertificateError) as caught:
        compose(certificate, profile, SIGNING_TIME, mode=SigningMode.COPY)
    assert caught.value.code is ErrorCode.CERTIFICATE_ITEM_MISSING


def test_14_7c_8_hand_signature_in_the_middle_and_seal_in_its_size_on_its_left_third(
    office: Office, profile: Profile, pictures: SignaturePictures, look: Any
) -> None:
    signed = office.sign(ORIGINAL, profile, pictures)
    seen = look(signed)
    hand, seal = seen.images
    title = seen.page.search_for("CHỦ TỊCH")[-1] / PT_PER_MM
    name = seen.page.search_for("Nguyễn Hoàng Ánh")[-1] / PT_PER_MM
    assert (seal.width, seal.height) == pytest.approx((36, 36), abs=0.2)
    assert (hand.x0 + hand.x1) / 2 == pytest.approx((title.x0 + title.x1) / 2, abs=0.5)
    assert title.y1 <= hand.y0
    assert hand.y1 <= name.y0
    assert (seal.x1 - hand.x0) / hand.width == pytest.approx(1 / 3, abs=0.01)
    assert seal.x0 < hand.x0
    assert (seal.y0 + seal.y1) / 2 == pytest.approx((hand.y0 + hand.y1) / 2, abs=0.1)
    assert pdfsig(signed.path) == ["Signature is Valid."]


def test_8_blue_hand_red_seal_and_the_seal_on_top(
    office: Office, profile: Profile, pictures: SignaturePictures, look: Any
) -> None:
    seen = look(office.sign(ORIGINAL, profile, pictures))
    hand, seal = seen.images
    both = pymupdf.Rect(seal) | hand
    picture = seen.page.get_pixmap(dpi=150, clip=both * PT_PER_MM)
    pixels = {picture.pixel(x, y) for x in range(picture.width) for y in range(picture.height)}
    assert any(red > 180 and green < 90 and blue < 90 for red, green, blue in pixels)
    assert any(blue > 130 and red < 80 for red, green, blue in pixels)
    corner = seen.page.get_pixmap(dpi=150, clip=pymupdf.Rect(seal.x0, seal.y0, seal.x0 + 2, seal.y0 + 2) * PT_PER_MM)
    assert set(corner.samples) == {255}, "the background is transparent"


def test_8_a_leader_may_sign_without_a_seal(
    office: Office, profile: Profile, pictures: SignaturePictures, look: Any
) -> None:
    seen = look(office.sign(CLOSE, profile, replace(pictures, seal=None)))
    (hand,) = seen.images
    title = seen.page.search_for("CHỦ TỊCH")[-1] / PT_PER_MM
    name = seen.page.search_for("Nguyễn Hoàng Ánh")[-1] / PT_PER_MM
    assert (hand.x0 + hand.x1) / 2 == pytest.approx((title.x0 + title.x1) / 2, abs=0.5)
    assert title.y1 <= hand.y0
    assert hand.y1 <= name.y0


def test_14_14_a_copy_has_agency_and_time_in_black_at_the_upper_right(
    office: Office, profile: Profile, look: Any, pictures: SignaturePictures
) -> None:
    signed = office.sign(ORIGINAL, profile, pictures, declaration=COPY, person=CHIEF_OF_OFFICE)
    seen = look(signed)
    assert seen.text.splitlines() == [
        "Ủy ban nhân dân tỉnh Bình Dương",
        "Văn phòng Ủy ban nhân dân tỉnh Bình Dương",
        "2026-11-23T09:05:07+07:00",
    ]
    assert seen.images == []
    assert seen.page.get_drawings() == [], "no frame, no emblem"
    for span in spans(seen.page, seen.widget):
        assert "LiberationSerif" in span["font"], "the metrics of Times New Roman"
        assert span["size"] == pytest.approx(10, abs=0.01)
        assert span["color"] == 0
    nation = seen.page.search_for("CỘNG HÒA")[0] / PT_PER_MM
    assert seen.widget.y1 <= nation.y0
    assert seen.widget.x1 > 200
    right = max(span["bbox"][2] for span in spans(seen.page, seen.widget)) / PT_PER_MM
    assert seen.widget.x1 - right < 1
    assert pdfsig(signed.path) == ["Signature is Valid."]


def test_3_7_the_mark_of_training_stands_over_both(
    office: Office, profile: Profile, pictures: SignaturePictures, look: Any
) -> None:
    training = replace(profile, mode=Mode.TRAINING)
    original = look(office.sign(ORIGINAL, training, pictures))
    copy = look(office.sign(ORIGINAL, training, pictures, declaration=COPY, person=CHIEF_OF_OFFICE))
    for seen in (original, copy):
        assert "BẢN THỬ" in " ".join(span["text"] for span in spans(seen.page, seen.widget))
    signed = office.sign(ORIGINAL, training, pictures)
    with pymupdf.open(signed.path, filetype="pdf") as document:
        streams = [document.xref_stream(xref) or b"" for xref in range(1, document.xref_length())]
    (drawn,) = (stream for stream in streams if b"/S Do" in stream)
    assert drawn.index(b"/S Do") < drawn.index(b" Tj"), "nothing a picture contains hides it"


# Places


def test_14_8_the_seal_may_lie_left_of_the_room(office: Office) -> None:
    info, seen = office.read(draw(ORIGINAL))
    assert seen.sign_off is not None
    slot = seen.sign_off.slot
    narrow = Box(slot.page, slot.x_pt + 60, slot.y_pt, slot.width_pt - 120, slot.height_pt)
    seen = replace(seen, sign_off=replace(seen.sign_off, slot=narrow))
    placement = place_for(info, seen, OFFICIAL, look=AppearanceProfile.ND_30_2020, seal_mm=SEAL_MM)
    assert placement is not None
    assert seen.sign_off is not None
    assert placement.box.x_pt < seen.sign_off.slot.x_pt
    found = codes(facts(seen, box=placement.box, info=info, seal_mm=SEAL_MM))
    assert ErrorCode.REGULATION_ORIGINAL_PLACE not in found
    assert ErrorCode.REGULATION_COVERS_TEXT not in found
    without = codes(facts(seen, box=placement.box, info=info))
    assert ErrorCode.REGULATION_ORIGINAL_PLACE in without, "only where there is a seal"


def test_14_8_a_seal_higher_than_the_room_is_asked_about(office: Office) -> None:
    info, seen = office.read(draw(CLOSE))
    placement = place_for(info, seen, OFFICIAL, look=AppearanceProfile.ND_30_2020, seal_mm=SEAL_MM)
    assert placement is not None
    found = signing_objections(facts(seen, box=placement.box, info=info, seal_mm=SEAL_MM))
    weights = {objection.code: objection.weight for objection in found}
    assert weights[ErrorCode.REGULATION_SEAL_OVER_SIGN_OFF] is ObjectionWeight.CONFIRM
    assert ErrorCode.REGULATION_COVERS_TEXT not in weights
    internal = facts(seen, box=placement.box, info=info, seal_mm=SEAL_MM, declaration=Declaration())
    assert ErrorCode.REGULATION_SEAL_OVER_SIGN_OFF in codes(internal, ObjectionWeight.NOTE)


def test_10_3b_over_other_text_it_is_refused() -> None:
    """The list of recipients is not what a seal belongs to."""
    seen = layout(occupied=(Box(0, 250, 520, 30, 14),))
    box = Box(0, 240, 490, 200, 103)
    assert codes(facts(seen, box=box, seal_mm=SEAL_MM)) == [ErrorCode.REGULATION_COVERS_TEXT]


@pytest.mark.parametrize(("hand_mm", "seal_mm"), [(45.0, 36.0), (20.0, 28.0), (60.0, 50.0)])
def test_14_7c_the_hand_signature_fills_its_room_and_the_seal_a_third_of_it(hand_mm: float, seal_mm: float) -> None:
    width = box_width(hand_mm, seal_mm)
    assert hand_room(width, seal_mm) == pytest.approx(hand_mm)
    left = hand_centre(width, seal_mm) - hand_mm / 2
    assert left + hand_mm == pytest.approx(width)
    assert seal_mm - left == pytest.approx(hand_mm / 3)


# What is told


def noted(profile: Profile, **changes: Any) -> list[ErrorCode]:
    asked: SigningFacts = facts(layout(occupied=()), profile=profile, **changes)
    return [one.code for one in signing_objections(asked) if one.weight is ObjectionWeight.NOTE]


def test_10_1b_that_it_contradicts_is_told_before_signing(profile: Profile, shipped: Profile) -> None:
    box = Box(0, 310, 505, 200, 70)
    assert noted(profile, box=box) == [ErrorCode.REGULATION_APPEARANCE_CONTRADICTS]
    assert noted(profile, box=box, declaration=Declaration()) == [ErrorCode.REGULATION_APPEARANCE_CONTRADICTS]
    assert noted(shipped, box=box) == []
    assert noted(profile, box=None, declaration=Declaration()) == []
    (note,) = (
        one
        for one in signing_objections(facts(layout(occupied=()), profile=profile, box=box))
        if one.code is ErrorCode.REGULATION_APPEARANCE_CONTRADICTS
    )
    assert note.clause == "Đ10.1b"
