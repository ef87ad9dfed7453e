"""B-LT and B-LTA in one go, as other programs judge them, and what happens when a part cannot be had."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymupdf
import pytest
from asn1crypto import cms, ocsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.sign.ades.report import AdESPassed

from bdsigner.model.signature import Shortfall, SignatureLevel
from bdsigner.model.verification import Verdict
from bdsigner.net.fetch import HttpFetcher
from bdsigner.ports import Fetcher, FetchKind, FetchRequest, RequestTimestamp
from bdsigner.signing.long_term import raise_level
from bdsigner.signing.pades import sign_document
from bdsigner.signing.proofs import ProofSource
from bdsigner.signing.timestamp import RESPONSE_BYTES_MAX
from bdsigner.training import pki as training_pki
from bdsigner.verification.pdf import verify_pdf
from tests.signing.ades import ades_lta, ades_with_store
from tests.signing.parts import (
    Desk,
    SignatureIn,
    Signed,
    Signer,
    TimestampServer,
    openssl_cms_verify,
    openssl_token_verify,
    openssl_ts_verify,
    pdfsig,
    pdfsig_covers,
    qpdf_check,
)
from tests.support import signed_pdf
from tests.support.pdfs import text_pdf
from tests.support.pki import Training
from tests.support.raw_server import raw_server, reply


@dataclass
class Services:
    """The training authorities, over HTTP."""

    training: Training

    @property
    def fetcher(self) -> HttpFetcher:
        return HttpFetcher(self.training.profile.network)

    @property
    def tsa(self) -> TimestampServer:
        return TimestampServer(self.training.tsa_url)

    def source(self, fetcher: Fetcher | None = None) -> ProofSource:
        return ProofSource(anchors=self.training.anchors, issuers=(), fetcher=fetcher or self.fetcher)

    def sign(
        self,
        desk: Desk,
        level: SignatureLevel,
        *,
        fetcher: Fetcher | None = None,
        tsa: RequestTimestamp | None = None,
        pdf: bytes | Path | None = None,
    ) -> Signed:
        request = desk.request(text_pdf() if pdf is None else pdf, level=level)
        result = sign_document(
            request,
            sign_digest=desk.signer.sign,
            request_timestamp=tsa or self.tsa,
            proof_source=self.source(fetcher),
        )
        return Signed(request.partial, result)

    def verdicts(self, path: Path, *, is_online: bool = True) -> list[Verdict]:
        """Our own, of the file and of each signature."""
        report = verify_pdf(
            path,
            anchors=self.training.anchors,
            fetcher=self.fetcher if is_online else None,
            checked_at=datetime.now(UTC),
            is_training=False,
        )
        assert report.verdict is not None
        return [report.verdict, *(one.verdict for one in report.signatures)]


@dataclass
class Bent:
    """Fetches for real, but for one kind."""

    fetcher: Fetcher
    kinds: tuple[FetchKind, ...]
    instead: Callable[[FetchRequest], bytes]

    def fetch(self, request: FetchRequest) -> bytes:
        return self.instead(request) if request.kind in self.kinds else self.fetcher.fetch(request)


@dataclass
class Nth:
    """Asks a real authority, but for one request."""

    tsa: TimestampServer
    number: int
    instead: Callable[[bytes], bytes | None]
    asked: int = 0

    def __call__(self, request: bytes) -> bytes | None:
        self.asked += 1
        return self.instead(request) if self.asked == self.number else self.tsa(request)


@contextmanager
def store_of(path: Path) -> Iterator[tuple[pymupdf.Document, int]]:
    """The file and the number of its DSS object, by another parser."""
    with pymupdf.open(path) as document:
        kind, value = document.xref_get_key(document.pdf_catalog(), "DSS")
        assert kind == "xref"
        yield document, int(value.split()[0])


def streams(path: Path, key: str) -> list[bytes]:
    with store_of(path) as (document, store):
        return [document.xref_stream(number) for number in references(document, store, key)]


def references(document: pymupdf.Document, number: int, key: str) -> list[int]:
    return [int(found) for found in re.findall(r"(\d+) 0 R", document.xref_get_key(number, key)[1])]


@pytest.fixture
def services(training: Training) -> Services:
    return Services(training)


@pytest.mark.parametrize("level", list(SignatureLevel))
def test_every_level_is_accepted_by_everyone(
    level: SignatureLevel, any_signer: Signer, services: Services, tmp_path: Path
) -> None:
    folder = tmp_path / "bàn"
    folder.mkdir()
    signed = services.sign(Desk(folder, any_signer), level)
    assert (signed.result.level, signed.result.missing) == (level, None)
    assert (signed.result.timestamp_time is not None) is level.has_timestamp
    assert signed.result.size_bytes == len(signed.data)
    assert pdfsig(signed.path)[0] == "Signature is Valid."
    assert pdfsig_covers(signed.path)[0] is not level.has_proofs  # later revisions are not the signature's
    qpdf_check(signed.path)
    first = SignatureIn(signed.path, number=0)
    openssl_cms_verify(first, services.training.anchors, tmp_path)
    if level.has_timestamp:
        openssl_ts_verify(first, services.training.anchors, tmp_path)
    count = 2 if level is SignatureLevel.B_LTA else 1
    assert services.verdicts(signed.path) == [Verdict.VALID] * (1 + count)


def test_b_lt_is_judged_valid_with_the_network_off(desk: Desk, services: Services) -> None:
    now = datetime.now(UTC)
    bt, blt = services.sign(desk, SignatureLevel.B_T), services.sign(desk, SignatureLevel.B_LT)
    assert services.verdicts(blt.path, is_online=False) == [Verdict.VALID] * 2
    assert services.verdicts(bt.path, is_online=False) == [Verdict.INDETERMINATE] * 2
    assert ades_with_store(blt.path, services.training.anchors, at=now + timedelta(seconds=30)) is AdESPassed.OK


def test_b_lta_outlives_its_ocsp_response_with_the_network_off(desk: Desk, services: Services) -> None:
    """The response of the training responder is current for ten minutes."""
    later = datetime.now(UTC) + timedelta(days=30)
    blt, blta = services.sign(desk, SignatureLevel.B_LT), services.sign(desk, SignatureLevel.B_LTA)
    assert ades_lta(blta.path, services.training.anchors, at=later) is AdESPassed.OK
    assert ades_with_store(blt.path, services.training.anchors, at=later) is not AdESPassed.OK


def test_the_document_timestamp_covers_all_before_it(desk: Desk, services: Services, tmp_path: Path) -> None:
    signed = services.sign(desk, SignatureLevel.B_LTA)
    stamp = SignatureIn(signed.path, number=1)
    first, length, second, rest = stamp.ranges
    assert (first, second + rest) == (0, len(stamp.data))
    openssl_token_verify(stamp.covered, stamp.cms, services.training.anchors, tmp_path)
    with pymupdf.open(signed.path) as document:
        names = [widget.field_name for page in document for widget in page.widgets()]
    assert names == ["Signature1", "Timestamp1"]
    assert length > stamp.data.index(b"/DSS")


def test_the_store_holds_all_paths_and_a_statement_on_each(desk: Desk, services: Services) -> None:
    signed = services.sign(desk, SignatureLevel.B_LT)
    training = services.training
    authorities = (training_pki.INTERMEDIATE, training_pki.ROOT, training_pki.TSA, training_pki.OCSP)
    wanted = {desk.signer.certificate, *(training.certificate(name) for name in authorities)}
    certificates = streams(signed.path, "Certs")
    assert set(certificates) == wanted
    assert len(certificates) == len(wanted)
    (response,) = streams(signed.path, "OCSPs")
    single = ocsp.OCSPResponse.load(response).response_data["responses"][0]
    assert single["cert_id"]["serial_number"].native == x509.Certificate.load(desk.signer.certificate).serial_number
    assert len(streams(signed.path, "CRLs")) == 1  # the root's: on the issuing CA and on the time-stamping authority


def test_the_entry_of_the_signature_names_its_proofs_and_no_time(desk: Desk, services: Services) -> None:
    signed = services.sign(desk, SignatureLevel.B_LT)
    from hashlib import sha1

    name = sha1(signed.contents, usedforsecurity=False).hexdigest().upper()
    with store_of(signed.path) as (document, store):
        kind, value = document.xref_get_key(store, f"VRI/{name}")
        assert kind == "xref"
        entry = int(value.split()[0])
        assert set(document.xref_get_keys(entry)) == {"Type", "Cert", "OCSP", "CRL"}
        for part, whole in (("Cert", "Certs"), ("OCSP", "OCSPs"), ("CRL", "CRLs")):
            assert references(document, entry, part) == references(document, store, whole)
        assert "/ESIC" in document.xref_get_key(document.pdf_catalog(), "Extensions")[1]


def test_a_second_signature_after_b_lta_keeps_the_first(desk: Desk, services: Services) -> None:
    first = services.sign(desk, SignatureLevel.B_LTA)
    second = services.sign(desk, SignatureLevel.B_LTA, pdf=first.path)
    assert second.data.startswith(first.data)
    assert services.verdicts(second.path) == [Verdict.VALID] * 5
    now = datetime.now(UTC)
    for number in (0, 1):
        assert ades_lta(second.path, services.training.anchors, at=now, number=number) is AdESPassed.OK
    certificates = streams(second.path, "Certs")
    assert len(certificates) == len(set(certificates)) == 5
    assert set(streams(first.path, "OCSPs")) <= set(streams(second.path, "OCSPs"))


def test_without_any_statement_the_level_stays_b_t_and_says_whose(desk: Desk, services: Services) -> None:
    def garbage(request: FetchRequest) -> bytes:
        return b"<html>Login</html>"

    fetcher = Bent(services.fetcher, (FetchKind.OCSP, FetchKind.CRL), garbage)
    signed = services.sign(desk, SignatureLevel.B_LTA, fetcher=fetcher)
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_T, Shortfall.REVOCATION)
    assert signed.result.missing_of == "Nguyễn Hoàng Ánh"
    assert b"/DSS" not in signed.data
    assert services.verdicts(signed.path) == [Verdict.VALID] * 2


def test_a_garbled_ocsp_answer_is_replaced_by_the_list(desk: Desk, services: Services) -> None:
    fetcher = Bent(services.fetcher, (FetchKind.OCSP,), lambda request: b"garbage")
    signed = services.sign(desk, SignatureLevel.B_LT, fetcher=fetcher)
    assert signed.result.level is SignatureLevel.B_LT
    with store_of(signed.path) as (document, store):
        assert "OCSPs" not in document.xref_get_keys(store)
    assert len(streams(signed.path, "CRLs")) == 2
    assert services.verdicts(signed.path, is_online=False) == [Verdict.VALID] * 2


def test_a_list_beyond_the_limit_is_not_waited_for(desk: Desk, services: Services) -> None:
    with raw_server(reply(b"x", headers={"Content-Length": str((32 << 20) + 1)})) as server:
        too_large = Bent(
            services.fetcher,
            (FetchKind.CRL,),
            lambda request: services.fetcher.fetch(replace(request, url=server.url())),
        )
        signed = services.sign(desk, SignatureLevel.B_LT, fetcher=too_large)
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_T, Shortfall.REVOCATION)


def test_an_issuer_that_is_not_trusted_leaves_the_level_lower(desk: Desk, services: Services) -> None:
    request = desk.request(text_pdf(), level=SignatureLevel.B_LT)
    foreign = replace(services.source(), anchors=(services.training.certificate(training_pki.FOREIGN_ROOT),))
    result = sign_document(request, sign_digest=desk.signer.sign, request_timestamp=services.tsa, proof_source=foreign)
    assert (result.level, result.missing) == (SignatureLevel.B_T, Shortfall.CHAIN)


def test_what_the_token_made_is_kept_when_the_file_takes_no_proofs(desk: Desk, services: Services) -> None:
    writer = signed_pdf.revision_of(text_pdf())
    writer.root[generic.pdf_name("/Extensions")] = generic.DictionaryObject(
        {generic.pdf_name("/ESIC"): generic.NumberObject(5)}
    )
    writer.update_root()
    signed = services.sign(desk, SignatureLevel.B_LTA, pdf=signed_pdf.written(writer))
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_T, Shortfall.DOCUMENT)
    assert signed.result.size_bytes == len(signed.data)
    assert services.verdicts(signed.path) == [Verdict.VALID] * 2


def test_a_signature_that_is_not_found_is_not_proven(desk: Desk, services: Services) -> None:
    signed = services.sign(desk, SignatureLevel.B_T)
    with signed.path.open("r+b") as output:
        reached = raise_level(
            output,
            source=signed.path,
            partial=signed.path,
            level=SignatureLevel.B_LT,
            proof_source=services.source(),
            request_timestamp=services.tsa,
            needed={"Ô khác"},
        )
    assert (reached.level, reached.missing, reached.missing_of) == (SignatureLevel.B_T, Shortfall.UNREADABLE, "Ô khác")
    assert signed.path.stat().st_size == len(signed.data) == signed.result.size_bytes


def test_without_a_first_timestamp_nothing_is_proven(desk: Desk, services: Services) -> None:
    signed = services.sign(desk, SignatureLevel.B_LTA, tsa=Nth(services.tsa, 1, lambda request: None))
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_B, Shortfall.TIMESTAMP)
    assert len(signed.contents) > 16 * 1024  # the room for it is kept


@pytest.mark.parametrize(
    "answer", [None, b"garbage", bytes(RESPONSE_BYTES_MAX + 1)], ids=["away", "garbage", "too large"]
)
def test_without_the_second_timestamp_it_is_b_lt(answer: bytes | None, desk: Desk, services: Services) -> None:
    signed = services.sign(desk, SignatureLevel.B_LTA, tsa=Nth(services.tsa, 2, lambda request: answer))
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_LT, Shortfall.TIMESTAMP)
    assert signed.result.size_bytes == len(signed.data)
    assert b"/DocTimeStamp" not in signed.data
    assert services.verdicts(signed.path, is_online=False) == [Verdict.VALID] * 2
    qpdf_check(signed.path)


def test_a_timestamp_of_another_authority_is_no_proof(desk: Desk, services: Services) -> None:
    foreign = TimestampServer(services.training.foreign_tsa_url)
    signed = services.sign(desk, SignatureLevel.B_LT, tsa=foreign)
    assert (signed.result.level, signed.result.missing) == (SignatureLevel.B_T, Shortfall.CHAIN)
    assert "thời gian" in signed.result.missing_of


def test_the_signature_itself_does_not_know_of_levels(desk: Desk, services: Services) -> None:
    """What is signed is the same at every level; only unsigned attributes and later revisions differ."""
    kinds = []
    for level in SignatureLevel:
        signed = SignatureIn(services.sign(desk, level).path, number=0)
        info = cms.ContentInfo.load(signed.contents)["content"]["signer_infos"][0]
        kinds.append({attribute["type"].native for attribute in info["signed_attrs"]})
    assert kinds == [kinds[0]] * 4
