"""Đ6.3a: a certificate takes effect with its publication; §16.3: an unknown publication is no error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, Publication
from bdsigner.regulation.effect import effective_from, with_publication
from bdsigner.regulation.signer import check_signer
from tests.support.reports import NOW, certificate

CERTIFICATE = certificate(now=NOW)
SECOND = timedelta(seconds=1)
NO_LIST, NOT_LISTED = Publication(), Publication(has_list=True)
OTHERS = [one for one in CertificateStatus if one not in (CertificateStatus.GOOD, CertificateStatus.UNKNOWN)]


def published(at) -> Publication:
    return Publication(has_list=True, published_at=at)


def assessed(status: CertificateStatus) -> CertificateAssessment:
    return CertificateAssessment(status=status, checked_at=NOW)


def test_d6_3a_effect_starts_with_the_later_of_both() -> None:
    start = CERTIFICATE.not_before

    assert effective_from(CERTIFICATE, published(start + SECOND)) == start + SECOND
    assert effective_from(CERTIFICATE, published(start - SECOND)) == start
    assert effective_from(CERTIFICATE, NOT_LISTED) is None
    assert effective_from(CERTIFICATE, NO_LIST) is None


@pytest.mark.parametrize("status", [CertificateStatus.GOOD, CertificateStatus.UNKNOWN])
def test_d6_3a_published_later_or_never_is_unpublished(status: CertificateStatus) -> None:
    for publication in (NOT_LISTED, published(NOW + SECOND)):
        found = with_publication(assessed(status), publication)
        assert found.status is CertificateStatus.UNPUBLISHED
        assert found.publication == publication


@pytest.mark.parametrize("status", list(CertificateStatus))
def test_s16_3_without_a_list_and_once_published_nothing_changes(status: CertificateStatus) -> None:
    for publication in (NO_LIST, published(NOW)):
        assert with_publication(assessed(status), publication) == replace(assessed(status), publication=publication)


@pytest.mark.parametrize("status", OTHERS)
def test_what_else_is_wrong_is_not_hidden(status: CertificateStatus) -> None:
    assert with_publication(assessed(status), NOT_LISTED).status is status


def test_d6_3a_no_signature_before_the_publication() -> None:
    for publication in (NOT_LISTED, published(NOW + SECOND)):
        with pytest.raises(CertificateError) as caught:
            check_signer(CERTIFICATE, with_publication(assessed(CertificateStatus.GOOD), publication))
        assert caught.value.code is ErrorCode.CERTIFICATE_UNPUBLISHED
        assert caught.value.facts["serial"] == CERTIFICATE.serial_number
        since = publication.published_at
        assert caught.value.facts.get("since") == (since.isoformat() if since else None)
    assert check_signer(CERTIFICATE, with_publication(assessed(CertificateStatus.GOOD), published(NOW)))
    assert check_signer(CERTIFICATE, with_publication(assessed(CertificateStatus.GOOD), NO_LIST))
