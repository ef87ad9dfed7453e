"""Đ3.4: nine rows, always, in order; what is not in the certificate is an empty row."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.model.certificate_content import CertificateDetails, ContentRow, Item, ItemCode
from bdsigner.regulation.certificate_content import content_rows
from bdsigner.trust.certificate_details import read_details
from bdsigner.trust.certificates import parse_certificate
from tests.support.odd_certificates import everything
from tests.support.pki import CHAIRMAN, Training
from tests.support.reports import NOW, certificate
from tests.support.small_pki import SmallPki

ORDER = [
    ContentRow.ISSUER,
    ContentRow.SUBSCRIBER,
    ContentRow.SERIAL_NUMBER,
    ContentRow.VALIDITY,
    ContentRow.PUBLIC_KEY,
    ContentRow.ISSUER_SIGNATURE,
    ContentRow.USE_LIMITS,
    ContentRow.LIABILITY_LIMITS,
    ContentRow.OTHER,
]
NOTHING = CertificateDetails(items=())


def test_d3_4_nine_rows_in_its_order_also_of_nothing() -> None:
    rows = content_rows(certificate(), NOTHING)

    assert [row.code for row in rows] == ORDER
    assert [row.code for row in rows if row.items] == [ContentRow.SERIAL_NUMBER, ContentRow.VALIDITY]


def test_d3_4_a_full_certificate_fills_all_nine() -> None:
    der = everything(SmallPki()).der
    rows = content_rows(parse_certificate(der), read_details(der))

    assert [row.code for row in rows] == ORDER
    assert all(row.items for row in rows)
    details = read_details(der)
    assert {item for row in rows for item in row.items} >= set(details.items)
    assert sum(len(row.items) for row in rows) == len(details.items) + 3


def test_d3_4_values_of_the_certificate_itself() -> None:
    rows = {row.code: row.items for row in content_rows(replace(certificate(), not_before=NOW), NOTHING)}

    assert rows[ContentRow.SERIAL_NUMBER] == (Item(ItemCode.SERIAL_NUMBER, "4A77B1"),)
    assert rows[ContentRow.VALIDITY][0] == Item(ItemCode.NOT_BEFORE, NOW.isoformat())


@given(st.lists(st.builds(Item, st.sampled_from(list(ItemCode)), st.text(max_size=5))))
def test_d3_4_no_fact_is_lost_or_shown_twice(items: list[Item]) -> None:
    rows = content_rows(certificate(), CertificateDetails(items=tuple(items)))

    shown = [item for row in rows for item in row.items]
    assert len(shown) == len(items) + 3
    assert [row.code for row in rows] == ORDER


@pytest.mark.training
def test_d3_4_of_a_certificate_that_a_ca_issued(training: Training) -> None:
    der = training.certificate(CHAIRMAN)
    rows = {row.code: row.items for row in content_rows(parse_certificate(der), read_details(der))}

    assert rows[ContentRow.SUBSCRIBER] == (Item(ItemCode.SUBSCRIBER_NAME, "Nguyễn Hoàng Ánh"),)
    assert [item.value for item in rows[ContentRow.ISSUER]] == [
        "Bản thử - không có giá trị pháp lý",
        "CA chuyên dùng thử nghiệm (BẢN THỬ)",
    ]
    assert rows[ContentRow.LIABILITY_LIMITS] == ()
    assert Item(ItemCode.OCSP_ADDRESS, training.ocsp_url) in rows[ContentRow.OTHER]
    assert Item(ItemCode.CRL_ADDRESS, training.crl_url) in rows[ContentRow.OTHER]
