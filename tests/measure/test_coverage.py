"""Cohorts against the published number of laureates."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from ptce_etl.measure.coverage import (
    Coverage,
    Published,
    cohort_issues,
    coverage_on,
    known_on,
    published_numbers,
)
from ptce_etl.measure.ledger import read_count_claims


def laureate(pole: str, programme: str, on: str | None = None) -> dict[str, Any]:
    return {"pole": pole, "programme": programme, "role": "laureate", "on": on}


def claim(value: str, publisher: str, programme: str = "aap-2015", **more: str) -> dict[str, Any]:
    return {"value": value, "publisher": publisher, "programme": programme, "population": "laureates", **more}


def numbers(make: SimpleNamespace, *rows: dict[str, Any]) -> dict[str, Published]:
    claims, _ = read_count_claims(make.count_claims(*rows), make.captured, make.held)
    return published_numbers(claims, make.world(make.listings()).rounds)


def test_most_publishers_give_the_number_and_repetition_is_one_voice(make: SimpleNamespace) -> None:
    found = numbers(
        make,
        claim("13", "Pole"),
        claim("13", "pole"),
        claim("14", "Ministry"),
        claim("14", "Chorum"),
        claim("14", "Recma"),
    )
    assert found == {"aap-2015": Published(14, ("x003", "x004", "x005"))}


def test_a_tie_keeps_the_larger_and_says_so(make: SimpleNamespace) -> None:
    found = numbers(make, claim("13", "A"), claim("14", "B"))
    assert found == {"aap-2015": Published(14, ("x002",), tied=(13,))}
    (issue,) = cohort_issues(make.world(make.listings()), found, make.held)
    assert (issue.code, issue.severity, issue.who) == ("published_number_tied", "info", "publisher")


def test_other_territories_words_and_populations_do_not_count(make: SimpleNamespace) -> None:
    rows = (
        claim("4", "A", territory="Île-de-France"),
        claim("15", "A", qualifier="about"),
        claim("15", "A", population="applications"),
        claim("15", "A", programme="unknown"),
        claim("", "A"),
    )
    assert numbers(make, *rows) == {}


def test_coverage_counts_no_round_for_more_than_its_number(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            *(laureate(f"a{number}", "aap-2013", "2014") for number in range(3)),
            *(laureate(f"b{number}", "aap-2015", "2018") for number in range(3)),
            {"pole": "w", "programme": "temoins-2012", "role": "witness"},
        )
    )
    published = {
        "aap-2013": Published(2, ("x",)),
        "aap-2015": Published(5, ("y",)),
        "temoins-2012": Published(9, ("z",)),
    }
    assert coverage_on(world, published, None, date(2013, 12, 31)) == Coverage(0, 0)
    assert coverage_on(world, published, None, date(2014, 12, 31)) == Coverage(2, 2)
    assert coverage_on(world, published, None, date(2016, 12, 31)) == Coverage(5, 7)
    assert coverage_on(world, published, date(2014, 12, 31), date(2016, 12, 31)) == Coverage(3, 5)
    # What the lists showed on that day: the laureates of 2015 were named in 2018 only.
    assert coverage_on(known_on(world, date(2016, 12, 31)), published, None, date(2016, 12, 31)) == Coverage(2, 7)
    assert Coverage(0, 0).share is None


def test_more_poles_than_laureates_is_critical(make: SimpleNamespace) -> None:
    world = make.world(make.listings(*(laureate(f"a{number}", "aap-2013") for number in range(3))))
    (issue,) = cohort_issues(world, {"aap-2013": Published(2, ("c1", "c2"))}, make.held)
    assert (issue.code, issue.severity, issue.value) == ("cohort_over_published", "critical", "aap-2013")
    assert "3 poles named, 2 published (c1, c2)" in issue.message
