"""What others say of the same PDF: ``pdfsig`` of Poppler, ``openssl cms``, pyHanko's own difference analysis.

Each is asked only what it can judge.  OpenSSL sees the CMS and the bytes of the ByteRange; pdfsig also whether the
last signature covers the whole file, and what it leaves open is left open here; pyHanko compares revisions.
"""

import asyncio
import io
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from bdsigner.errors import BdsignerError
from bdsigner.model.verification import FileReport, FindingCode, VerificationOutcome
from bdsigner.verification.pdf import verify_pdf
from tests.assets.attacks import ALL
from tests.assets.attacks.attack import Scene
from tests.assets.valid_pdfs import SOUND
from tests.corpus.outcomes import Outcome, outcome_of
from tests.support.small_pki import NOW, MemoryNetwork, SmallPki

_SIGNED = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_HOLDS = {FindingCode.CONTENT_INTACT, FindingCode.KEY_MATCHES}
_FAILS = {FindingCode.CONTENT_CHANGED, FindingCode.KEY_MISMATCH}
_LEVELS = {
    ModificationLevel.NONE: "valid",
    ModificationLevel.LTA_UPDATES: "valid",
    ModificationLevel.FORM_FILLING: "form filled",
    ModificationLevel.ANNOTATIONS: "annotated",
    ModificationLevel.OTHER: "changed",
}


@dataclass(frozen=True)
class Row:
    """One file and every opinion of it."""

    family: str
    name: str
    expected: str
    ours: str
    our_mathematics: str
    """What of ``ours`` OpenSSL can judge: ``holds``, ``fails``, ``–``."""
    openssl: str
    pyhanko: str
    pdfsig: str = "–"

    @property
    def key(self) -> tuple[str, str]:
        """What names it."""
        return self.family, self.name

    def disagreements(self) -> Iterable[str]:
        """Who says something else that it can judge."""
        is_ours = self.ours == Outcome.OK
        if "–" not in (self.our_mathematics, self.openssl) and self.our_mathematics != self.openssl:
            yield "OpenSSL"
        if (self.pyhanko in ("valid", "form filled")) != is_ours:
            yield "pyHanko"
        is_left_open = self.pdfsig in ("–", "not judged") or (
            self.pdfsig == "valid, not whole" and self.ours != Outcome.BROKEN
        )
        if not is_left_open and self.pdfsig.startswith("valid") != is_ours:
            yield "pdfsig"


def rows(folder: Path, *, with_pdfsig: bool) -> list[Row]:
    """Make and judge every file: the sound ones, then the attacks."""
    pki = SmallPki()
    scene = Scene(pki)
    cases = [("sound", one.name, Outcome.OK.value, one.make) for one in SOUND]
    cases += [(one.family, one.name, one.expected, one.make) for one in ALL]
    found = []
    for family, name, expected, make in cases:
        path = folder / "case.pdf"
        path.write_bytes(make(scene))
        ours, mathematics = _ours(path, pki)
        found.append(
            Row(
                family=family,
                name=name,
                expected=expected,
                ours=ours,
                our_mathematics=mathematics,
                openssl=_openssl(path),
                pyhanko=_pyhanko(path, pki),
                pdfsig=pdfsig(path) if with_pdfsig else "–",
            )
        )
    return found


def _ours(path: Path, pki: SmallPki) -> tuple[str, str]:
    network = MemoryNetwork.of(pki)
    try:
        report = verify_pdf(path, anchors=pki.anchors, fetcher=network, checked_at=NOW, is_training=False)
    except BdsignerError as error:
        return outcome_of(VerificationOutcome(path=path, error=error))[0], "–"
    return outcome_of(VerificationOutcome(path=path, report=report))[0], _mathematics(report)


def _mathematics(report: FileReport) -> str:
    said = [{one.code for one in each.findings} for each in report.signatures if not each.is_document_timestamp]
    if any(codes & _FAILS for codes in said):
        return "fails"
    return "holds" if said and all(codes >= _HOLDS for codes in said) else "–"


def _openssl(path: Path) -> str:
    """Every CMS in a gap of a ByteRange, over the bytes around it; ``–`` where the file has none like that."""
    data, said = path.read_bytes(), []
    for match in _SIGNED.finditer(data):
        start, first, second, length = map(int, match.groups())
        gap = data[start + first : second]
        if not re.fullmatch(rb"<[0-9A-Fa-f\s]+>", gap):
            return "–"
        if b"ETSI.RFC3161" in data[data.rfind(b" obj", 0, match.start()) : data.find(b"endobj", second)]:
            continue  # a timestamp is no signature over the bytes
        cms, content = path.with_suffix(".der"), path.with_suffix(".content")
        cms.write_bytes(bytes.fromhex(gap[1:-1].decode()))
        content.write_bytes(data[start : start + first] + data[second : second + length])
        command = [
            "openssl",
            "cms",
            "-verify",
            "-binary",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            cms,
            "-content",
            content,
        ]
        run = subprocess.run([*command, "-out", "/dev/null"], capture_output=True, check=False, timeout=60)
        said.append(run.returncode == 0)
    if not said:
        return "–"
    return "holds" if all(said) else "fails"


def pdfsig(path: Path) -> str:
    """Poppler's verdict, in a few words."""
    run = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False, timeout=60)
    verdicts = re.findall(r"Signature Validation: (.*)", run.stdout)
    if not verdicts:
        return "no signature"
    if any("is Valid" not in one and "not yet been verified" not in one for one in verdicts):
        return "not valid"
    if any("not yet been verified" in one for one in verdicts):
        return "not judged"
    return "valid, whole" if "Total document signed" in run.stdout.rsplit("Signature #", 1)[-1] else "valid, not whole"


def _pyhanko(path: Path, pki: SmallPki) -> str:
    """The worst that pyHanko, with its defaults, says of integrity and later changes; trust left out."""
    try:
        return asyncio.run(_pyhanko_verdict(path.read_bytes(), pki))
    except Exception as error:  # noqa: BLE001  # what it raises is what the table tells
        return f"{type(error).__name__}"


async def _pyhanko_verdict(data: bytes, pki: SmallPki) -> str:
    signatures = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    if not signatures:
        return "no signature"
    said = []
    for signature in signatures:
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(pki.root.der)], allow_fetching=False, moment=NOW
        )
        status = await async_validate_pdf_signature(signature, context, ts_validation_context=context)
        if not (status.intact and status.valid):
            return "not valid"
        if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            said.append("not covered")
        elif status.modification_level is None:
            said.append("not analysed")
        elif status.docmdp_ok is False:
            said.append("changed")
        else:
            said.append(_LEVELS[status.modification_level])
    order = ["valid", "form filled", "annotated", "not analysed", "changed", "not covered"]
    return max(said, key=order.index)
