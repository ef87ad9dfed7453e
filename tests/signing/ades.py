"""pyHanko's AdES validation (ETSI EN 319 102-1) as a judge: from the file alone, the network off, at any time."""

import asyncio
import io
from datetime import datetime
from pathlib import Path

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESSubIndic
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer


def ades_lta(path: Path, anchors: tuple[bytes, ...], *, at: datetime, number: int = 0) -> AdESSubIndic:
    """Verdict on one signature by the process for long-term availability (§5.6.3): needs a document timestamp."""
    embedded = _embedded(path, number)
    spec = PdfSignatureValidationSpec(_spec(anchors))
    return asyncio.run(ades_lta_validation(embedded, spec, timing_info=_timing(at))).ades_subindic


def ades_with_store(path: Path, anchors: tuple[bytes, ...], *, at: datetime, number: int = 0) -> AdESSubIndic:
    """Verdict on one signature by the process for signatures with time (§5.5), with what the DSS holds."""
    embedded = _embedded(path, number)
    embedded.compute_integrity_info()
    result = ades_with_time_validation(
        embedded.signed_data,
        _spec(anchors, _knowledge(embedded.reader)),
        timing_info=_timing(at),
        raw_digest=embedded.compute_digest(),
    )
    return asyncio.run(result).ades_subindic


def _knowledge(reader: PdfFileReader) -> LocalKnowledge:
    store = DocumentSecurityStore.read_dss(reader)
    responses = [ocsp.OCSPResponse.load(one.get_object().data) for one in store.ocsps]
    lists = [crl.CertificateList.load(one.get_object().data) for one in store.crls]
    return LocalKnowledge(
        known_ocsps=[container for one in responses for container in OCSPContainer.load_multi(one)],
        known_crls=[CRLContainer(one) for one in lists],
        known_certs=list(store.load_certs()),
    )


def _embedded(path: Path, number: int) -> EmbeddedPdfSignature:
    reader = PdfFileReader(io.BytesIO(path.read_bytes()), strict=False)
    return reader.embedded_regular_signatures[number]


def _timing(at: datetime) -> ValidationTimingInfo:
    return ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=False)


def _spec(anchors: tuple[bytes, ...], knowledge: LocalKnowledge | None = None) -> SignatureValidationSpec:
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([x509.Certificate.load(anchor) for anchor in anchors]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    offline = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    return SignatureValidationSpec(
        policy,
        revinfo_gathering_policy=offline,
        ts_cert_validation_policy=policy,
        local_knowledge=knowledge or LocalKnowledge(),
    )
