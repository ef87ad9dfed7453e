"""What is said of recipients and directory files."""

from datetime import UTC, datetime

import pytest

from bdsigner.messages.directory_texts import describe_import, describe_recipient, describe_source
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus
from bdsigner.model.directory import BundleImport, CheckedRecipient, DirectoryEntry, DirectorySource
from bdsigner.trust.certificates import parse_certificate
from tests.support.people import certificate_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ENTRY = DirectoryEntry.of(parse_certificate(certificate_of(1)), DirectorySource.LDAP)


@pytest.mark.parametrize("status", CertificateStatus)
def test_each_flaw_says_what_to_do(status: CertificateStatus) -> None:
    assessment = CertificateAssessment(status=status, checked_at=NOW)
    sentence, remedy = describe_recipient(CheckedRecipient(entry=ENTRY, assessment=assessment))
    assert sentence
    assert bool(remedy) is (status is not CertificateStatus.GOOD)
    _, replaced = describe_recipient(CheckedRecipient(entry=ENTRY, assessment=assessment, newer=ENTRY))
    assert ENTRY.certificate.serial_number in replaced
    assert replaced.startswith(remedy)


def test_each_source_has_a_name() -> None:
    assert len({describe_source(source) for source in DirectorySource}) == len(DirectorySource)


def test_an_import_says_what_is_odd() -> None:
    plain = BundleImport(entries=2, unreadable=0, made_at=NOW, is_signer_checked=True)
    odd = BundleImport(entries=2, unreadable=1, made_at=NOW, is_signer_checked=False, newer_known=NOW)
    assert (describe_import(plain).count("."), describe_import(odd).count(".")) == (1, 4)
