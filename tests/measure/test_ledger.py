"""Reading the ledgers: words of the figures, gaps, dates."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace

import pytest

from ptce_etl.measure.ledger import read_count_claims, read_growth_claims


@pytest.mark.parametrize(
    ("row", "bounds"),
    [
        ({"value": "56"}, (56, 56)),
        ({"value": "100", "qualifier": "about"}, (90, 110)),
        ({"value": "200", "qualifier": "at_least"}, (200, math.inf)),
        ({"qualifier": "range", "value_low": "10", "value_high": "15"}, (10, 15)),
    ],
)
def test_what_the_words_allow(make: SimpleNamespace, row: dict[str, str], bounds: tuple[float, float]) -> None:
    (claim,), issues = read_count_claims(make.count_claims(row), make.captured, make.held)
    assert (claim.low, claim.high) == pytest.approx(bounds)
    assert issues == []


@pytest.mark.parametrize(
    "row",
    [
        {"value": "many"},
        {"value": "nan"},
        {"value": "56", "qualifier": "roughly"},
        {"qualifier": "range", "value_low": "15", "value_high": "10"},
        {"qualifier": "range", "value_low": "15"},
    ],
)
def test_an_unreadable_figure_is_kept_and_reported(make: SimpleNamespace, row: dict[str, str]) -> None:
    (claim,), issues = read_count_claims(make.count_claims(row), make.captured, make.held)
    assert claim.low is None and claim.high is None
    assert {issue.code for issue in issues} == {"claim_unreadable"}


def test_an_unreadable_date_is_reported(make: SimpleNamespace) -> None:
    (claim,), issues = read_count_claims(
        make.count_claims({"value": "1", "claim_date": "one day"}), make.captured, make.held
    )
    assert claim.span.precision == "none"
    assert [issue.field for issue in issues] == ["claim_date"]


def test_an_identifier_given_twice_is_reported_and_the_first_row_kept(make: SimpleNamespace) -> None:
    rows = ({"claim_id": "c1", "value": "1"}, {"claim_id": "c1", "value": "2"})
    (claim,), issues = read_count_claims(make.count_claims(*rows), make.captured, make.held)
    assert claim.value == 1
    assert [issue.code for issue in issues] == ["claim_repeated"]


def test_a_claim_that_could_not_be_read_yet_is_left_out(make: SimpleNamespace) -> None:
    rows = ({"value": "1", "claim_date": "2015"}, {"value": "2", "claim_date": "2016"}, {"value": "3"})
    claims, _ = read_count_claims(make.count_claims(*rows), make.captured, date(2016, 6, 1))
    assert [claim.value for claim in claims] == [1]


def test_growths_keep_their_decimals(make: SimpleNamespace) -> None:
    rows = ({"stated_growth_pct": "262,5", "base_value": "56"}, {"stated_growth_pct": "365"})
    claims, _ = read_growth_claims(make.growth_claims(*rows), make.captured, make.held)
    assert [(claim.stated, claim.decimals) for claim in claims] == [(262.5, 1), (365.0, 0)]
    assert claims[0].base == 56 and claims[0].target is None


def test_an_empty_ledger(make: SimpleNamespace) -> None:
    assert read_count_claims(make.count_claims(), make.captured, make.held) == ((), [])
    assert read_growth_claims(make.growth_claims(), make.captured, make.held) == ((), [])
