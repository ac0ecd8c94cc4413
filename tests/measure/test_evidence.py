"""Known time and valid time of a listing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from ptce_etl.errors import DataError
from ptce_etl.measure.evidence import Evidence, known_listings, read_evidence, read_rounds

RESULTS_2013 = date(2014, 1, 10)


def one(make: SimpleNamespace, **row: object) -> Evidence:
    (item,) = make.world(make.listings({"pole": "p", **row})).evidence
    return item


def test_a_dated_page_is_known_by_the_last_day_it_may_mean(make: SimpleNamespace) -> None:
    item = one(make, on="2016")
    assert (item.known_on, item.page_on, item.existed_by) == (date(2016, 12, 31),) * 3


def test_a_page_dated_this_year_is_known_by_the_day_it_was_held(make: SimpleNamespace) -> None:
    assert one(make, on="2026").known_on == make.held


def test_an_undated_page_that_names_a_round_is_dated_by_its_results(make: SimpleNamespace) -> None:
    item = one(make, programme="aap-2013", role="laureate")
    assert (item.known_on, item.page_on, item.existed_by) == (RESULTS_2013,) * 3
    assert not item.page_dated


def test_an_undated_page_without_a_round_is_known_when_held_and_says_nothing_of_the_past(make: SimpleNamespace) -> None:
    item = one(make)
    assert (item.known_on, item.page_on, item.existed_by) == (make.held, None, None)


def test_a_late_page_about_an_old_round_is_known_late_and_shows_an_early_existence(make: SimpleNamespace) -> None:
    item = one(make, on="2017", programme="temoins-2012", role="witness")
    assert item.known_on == date(2017, 12, 31)
    assert item.existed_by == date(2012, 12, 31)


def test_a_status_dates_the_existence_but_not_the_knowledge(make: SimpleNamespace) -> None:
    item = one(make, on="2022-04-05", status="reconnu PTCE en 2011")
    assert (item.known_on, item.existed_by) == (date(2022, 4, 5), date(2011, 12, 31))


def test_a_status_in_the_future_is_no_evidence(make: SimpleNamespace) -> None:
    item = one(make, on="2015-03-01", status="ouverture en 2016")
    assert item.existed_by == date(2015, 3, 1)
    assert item.started_on == ()


def test_a_closure_is_dated_by_its_words_or_by_its_page(make: SimpleNamespace) -> None:
    assert one(make, on="2025", status="liquidation").closed_on == date(2025, 12, 31)
    assert one(make, on="2025", status="liquidation en mars 2024").closed_on == date(2024, 3, 31)


def test_an_applicant_is_not_counted_in_the_cohort(make: SimpleNamespace) -> None:
    assert not one(make, on="2013-10", programme="aap-2013", role="applicant").counted
    assert one(make, on="2014", programme="aap-2013", role="laureate").counted


def test_what_could_not_be_read_yet_is_left_out(make: SimpleNamespace, programmes: tuple) -> None:
    frame = make.listings({"pole": "p", "on": "2014"}, {"pole": "q", "on": "2016-05"}, {"pole": "r"})
    kept = known_listings(frame, programmes, date(2015, 6, 30), make.captured)
    assert kept["pole_id"].tolist() == ["p"]
    unresolved = known_listings(frame.drop(columns="pole_id"), programmes, date(2016, 6, 1), make.captured)
    assert unresolved["listing_id"].tolist() == ["l001", "l002"]


def test_a_capture_without_a_day_is_refused(make: SimpleNamespace, programmes: tuple) -> None:
    frame = make.listings({"pole": "p", "sha": "b" * 64})
    with pytest.raises(DataError, match="no day of first capture"):
        read_evidence(frame, read_rounds(programmes), make.captured, make.held)


def test_row_order_does_not_matter(make: SimpleNamespace) -> None:
    frame = make.listings({"pole": "p", "on": "2014"}, {"pole": "q", "on": "2013"}, {"pole": "p"})
    assert make.world(frame).evidence == make.world(frame.iloc[::-1]).evidence
