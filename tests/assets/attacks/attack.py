"""What an attack is made of, and updates written byte by byte."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper

from tests.support.raw_pdf import pdf, stream
from tests.support.signed_pdf import make_pdf, sign, simple_signer, time_stamper
from tests.support.small_pki import SmallPki


@dataclass(frozen=True)
class Scene:
    """Who signs what before the attacker comes."""

    pki: SmallPki
    signer: SimpleSigner = field(init=False)
    attacker: SimpleSigner = field(init=False)
    stamper: TimeStamper = field(init=False)
    signed: bytes = field(init=False)
    """One page with a text field, signed invisibly."""

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "signer", simple_signer(self.pki.signer, self.pki.issuing))
        set_(self, "attacker", simple_signer(self.pki.foreign))
        set_(self, "stamper", time_stamper(self.pki.tsa, self.pki.issuing))
        set_(self, "signed", self.sign(make_pdf(fields=True)))

    def sign(self, data: bytes, **options: object) -> bytes:
        """The victim's signature."""
        return sign(data, self.signer, **options)  # type: ignore[arg-type]  # passed on


@dataclass(frozen=True)
class Attack:
    """One variant."""

    family: str
    name: str
    expected: str
    """Outcome of ``tests.corpus.outcomes``."""
    make: Callable[[Scene], bytes]


def show(text: bytes) -> bytes:
    """A content stream of one line."""
    return stream(b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text)


FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def page_of(contents: bytes = b"4 0 R", entries: bytes = b"", resources: bytes = b"") -> bytes:
    """A page of parent 2 with font 5."""
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %s/Resources<</Font<</F1 5 0 R>>%s>>%s>>" % (
        contents,
        resources,
        entries,
    )


def simple(*more: bytes, page: bytes | None = None, catalog: bytes = b"", content: bytes = b"Pay 100") -> bytes:
    """Catalog 1, page tree 2, page 3, its content 4, font 5, then ``more`` from 6 on."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page or page_of(),
        show(content),
        FONT,
        *more,
    )


def last_startxref(data: bytes) -> int:
    """Where the newest cross-reference section stands."""
    return int(re.findall(rb"startxref\s+(\d+)", data)[-1])


def trailer_entry(data: bytes, key: bytes) -> bytes:
    """A reference in the newest trailer that has it."""
    found = re.findall(rb"/" + key + rb"\s+(\d+ \d+ R)", data)
    return bytes(found[-1])


def size_of(data: bytes) -> int:
    """The largest ``/Size``."""
    return max(int(one) for one in re.findall(rb"/Size\s+(\d+)", data))


def update(
    data: bytes,
    objects: Mapping[int, bytes] | None = None,
    *,
    offsets: Mapping[int, int] | None = None,
    freed: tuple[int, ...] = (),
    generation: int = 0,
    root: bytes = b"",
    entries: bytes = b"",
) -> bytes:
    """One more revision: new objects, entries that point to bytes already there, freed objects."""
    out = bytearray(data if data.endswith(b"\n") else data + b"\n")
    rows = {number: b"%010d %05d n \n" % (offset, generation) for number, offset in (offsets or {}).items()}
    for number, body in (objects or {}).items():
        rows[number] = b"%010d %05d n \n" % (len(out), generation)
        out += b"%d %d obj\n%s\nendobj\n" % (number, generation, body)
    rows |= dict.fromkeys(freed, b"0000000000 00001 f \n")
    start = len(out)
    out += b"xref\n"
    for number in sorted(rows):
        out += b"%d 1\n%s" % (number, rows[number])
    size = max(size_of(data), *(number + 1 for number in rows)) if rows else size_of(data)
    out += b"trailer\n<</Root %s/Size %d/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        root or trailer_entry(data, b"Root"), size, last_startxref(data), entries, start)  # fmt: skip
    return bytes(out)


def body_of(data: bytes, number: int) -> bytes:
    """The newest body of an object of the file."""
    return bytes(re.findall(rb"(?:^|[\r\n ])%d 0 obj\s(.*?)\s*endobj" % number, data, re.DOTALL)[-1])


def offset_of(data: bytes, marker: bytes) -> int:
    """Where the object that contains ``marker`` begins."""
    return max(match.start() for match in re.finditer(rb"\d+ 0 obj", data[: data.index(marker)]))
