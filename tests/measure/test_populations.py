"""Who is counted, when."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from ptce_etl.measure import populations as rules
from ptce_etl.measure.populations import POPULATIONS, back, cohort_population


def test_listed_needs_the_word_a_page_and_no_closure(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "said", "on": "2014-05"},
            {"pole": "not_said", "on": "2014", "said": False},
            {"pole": "later", "on": "2016"},
            {"pole": "gone", "on": "2013"},
            {"pole": "gone", "on": "2015-02", "status": "dissoute"},
        )
    )
    assert rules.listed(world, date(2014, 5, 30)) == {"gone"}
    assert rules.listed(world, date(2014, 5, 31)) == {"said", "gone"}
    assert rules.listed(world, date(2015, 12, 31)) == {"said"}
    assert rules.listed(world, date(2016, 12, 31)) == {"said", "later"}


def test_state_support_is_dated_by_the_results_and_not_by_the_page(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "told_late", "on": "2018", "programme": "aap-2013", "role": "laureate"},
            {"pole": "witness", "on": "2012-11", "programme": "temoins-2012", "role": "witness"},
            {"pole": "candidate", "on": "2015", "programme": "aap-2015", "role": "applicant"},
            {"pole": "closed", "on": "2014", "programme": "aap-2013", "role": "laureate"},
            {"pole": "closed", "on": "2016-03-01", "status": "liquidation"},
        )
    )
    assert rules.state_supported(world, date(2014, 1, 9)) == set()
    assert rules.state_supported(world, date(2014, 1, 10)) == {"told_late", "closed"}
    assert rules.state_supported(world, date(2017, 1, 1)) == {"told_late"}
    assert rules.cohort(world, "aap-2013", date(2017, 1, 1)) == {"told_late", "closed"}
    assert rules.cohort(world, "temoins-2012", date(2017, 1, 1)) == {"witness"}


def test_the_last_stage_said_decides_what_is_emerging(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "grew", "on": "2013-10", "programme": "aap-2013", "role": "applicant"},
            {"pole": "grew", "on": "2014-02", "programme": "aap-2013", "role": "laureate"},
            {"pole": "phases", "on": "2021-09", "programme": "ami-2021-phase-1", "role": "laureate"},
            {"pole": "phases", "on": "2021", "programme": "ami-2021-phase-2", "role": "laureate"},
            {"pole": "still", "on": "2021", "programme": "ami-2021-phase-2", "role": "laureate"},
            {"pole": "still", "on": "2022-07-25", "status": "émergent"},
            {"pole": "undated_word", "on": "2023-10-18", "programme": "ami-2023", "role": "laureate"},
            {"pole": "undated_word", "status": "émergent"},
            {"pole": "first_step", "on": "2021", "programme": "ami-2021-phase-1", "role": "laureate"},
            {"pole": "quiet", "on": "2016", "status": "en création", "said": False},
        )
    )
    assert rules.emerging(world, date(2014, 1, 31)) == set()
    assert rules.emerging(world, date(2021, 12, 31)) == {"first_step"}
    assert rules.emerging(world, make.held) == {"first_step", "still"}


def test_active_needs_dated_evidence_within_the_years(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "old", "on": "2018"},
            {"pole": "recent", "on": "2024-11-24"},
            {"pole": "edge", "on": "2023-11-23"},
            {"pole": "undated"},
            {"pole": "quiet", "on": "2025", "said": False},
            {"pole": "once_said", "on": "2015"},
            {"pole": "once_said", "on": "2025", "said": False},
        )
    )
    assert rules.active(world, make.held) == {"recent", "once_said"}
    assert rules.active(world, date(2020, 1, 1)) == {"old"}


def test_leap_day_goes_back_to_the_28th() -> None:
    assert back(date(2024, 2, 29), 2) == date(2022, 2, 28)
    assert back(date(2024, 2, 29), 4) == date(2020, 2, 29)


@pytest.mark.parametrize("population", [*POPULATIONS, cohort_population("aap-2013")], ids=lambda p: p.name)
def test_each_population_is_defined_in_both_languages(population: rules.Population) -> None:
    assert population.en.endswith(".")
    assert population.fr.endswith(".")
    assert population.en != population.fr
