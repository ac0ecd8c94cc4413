"""Partial dates: what is read, with which precision, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.clean.dates import parse_partial
from ptce_etl.errors import DataError
from ptce_etl.model import DateSpan

DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("2014", date(2014, 1, 1), date(2014, 12, 31), "year"),
        ("2014-03", date(2014, 3, 1), date(2014, 3, 31), "month"),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "month"),
        ("03/2014", date(2014, 3, 1), date(2014, 3, 31), "month"),
        ("mars 2014", date(2014, 3, 1), date(2014, 3, 31), "month"),
        ("AOÛT 2015", date(2015, 8, 1), date(2015, 8, 31), "month"),
        ("déc. 2020", date(2020, 12, 1), date(2020, 12, 31), "month"),
        ("2014-03-28", date(2014, 3, 28), date(2014, 3, 28), "day"),
        ("28/03/2014", date(2014, 3, 28), date(2014, 3, 28), "day"),
        ("28 mars 2014", date(2014, 3, 28), date(2014, 3, 28), "day"),
        ("1er janvier 2014", date(2014, 1, 1), date(2014, 1, 1), "day"),
        (" 2023-10-18 ", date(2023, 10, 18), date(2023, 10, 18), "day"),
        ("2023-10-18T09:30:00+02:00", date(2023, 10, 18), date(2023, 10, 18), "day"),
    ],
)
def test_read(written: str, first: date, last: date, precision: str) -> None:
    assert parse_partial(written) == DateSpan(first, last, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["", "  ", None])
def test_blank_is_no_date(written: str | None) -> None:
    assert parse_partial(written) == DateSpan(None, None, "none")


@pytest.mark.parametrize(
    "written",
    ["14", "2014-13", "2014-02-30", "31/02/2014", "printemps 2014", "vers 2014", "2014-2016", "1789", "２０１４"],
)
def test_anything_else_is_refused_in_words(written: str) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        parse_partial(written)


@given(DATES)
def test_a_day_is_itself_in_every_form(day: date) -> None:
    span = DateSpan(day, day, "day")
    month = MONTHS[day.month - 1]
    assert parse_partial(day.isoformat()) == span
    assert parse_partial(f"{day:%d/%m/%Y}") == span
    assert parse_partial(f"{day.day}{'er' if day.day == 1 else ''} {month} {day.year}") == span


@given(DATES)
def test_a_coarser_date_contains_the_finer_one(day: date) -> None:
    month, year = parse_partial(f"{day:%Y-%m}"), parse_partial(f"{day.year}")
    assert month.first and month.last and year.first and year.last
    assert year.first <= month.first <= day <= month.last <= year.last
    assert parse_partial(f"{MONTHS[day.month - 1]} {day.year}") == month
