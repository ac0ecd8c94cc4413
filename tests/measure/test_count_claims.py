"""Published counts against one another and against the poles that can be named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ptce_etl.measure.count_claims import judge_count
from ptce_etl.measure.coverage import published_numbers
from ptce_etl.measure.ledger import read_count_claims
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.territories import read_places
from ptce_etl.measure.undecided import groups
from ptce_etl.measure.verdict import Verdict


def judged(
    make: SimpleNamespace,
    *rows: dict[str, Any],
    named: tuple[dict[str, Any], ...] = (),
    places: dict[str, str | None] | None = None,
    pairs: tuple[tuple[str, str], ...] = (),
) -> list[Verdict]:
    """The verdicts on ``rows`` beside the listings ``named``."""
    frame = make.listings(*named)
    world = make.world(frame)
    where = places or dict.fromkeys(frame["pole_id"])
    claims, _ = read_count_claims(make.count_claims(*rows), make.captured, make.held)
    published = published_numbers(claims, world.rounds)
    scene = Scene(world, read_places(make.poles(where)), groups(pairs), published, make.held)
    return [judge_count(claim, claims, scene) for claim in claims]


def codes(*args: Any, **kwargs: Any) -> list[str]:
    return [verdict.code for verdict in judged(*args, **kwargs)]


def test_every_verdict_on_a_count_has_its_world(make: SimpleNamespace) -> None:
    worlds = {
        "below_observed": judged(make, laureates("1", "P"), named=named("a", "b")),
        "contradicted_by_other_claim": judged(make, laureates("13", "A"), laureates("14", "B")),
        "consistent": judged(make, laureates("14", "A"), laureates("14", "B")),
        "unverifiable": judged(make, laureates("14", "A")),
    }
    assert {code: found[0].code for code, found in worlds.items()} == {code: code for code in worlds}
    for found in worlds.values():
        assert found[0].computed is not None
        assert found[0].compared_with
        assert all(text.endswith(".") and "{" not in text for text in found[0].explanation)


def laureates(value: str, publisher: str, programme: str = "aap-2015", **more: str) -> dict[str, Any]:
    return {"value": value, "publisher": publisher, "programme": programme, "population": "laureates", **more}


def named(*poles: str, programme: str = "aap-2015") -> tuple[dict[str, Any], ...]:
    return tuple({"pole": pole, "programme": programme, "role": "laureate"} for pole in poles)


def test_13_or_14_the_figure_that_fewer_give_is_contradicted(make: SimpleNamespace) -> None:
    found = judged(make, laureates("13", "3.EVA"), laureates("14", "Ministry"), laureates("14", "Recma"))
    assert [verdict.code for verdict in found] == ["contradicted_by_other_claim", "consistent", "consistent"]
    assert "x002, x003 say 14" in found[0].explanation[0]
    assert "x001 says 13" in found[1].explanation[0]
    assert "x001 dit 13" in found[1].explanation[1]
    assert found[0].compared_with == ("x002", "x003", "cohort:aap-2015")


def test_one_against_one_contradicts_both(make: SimpleNamespace) -> None:
    both = codes(make, laureates("72", "Avise"), laureates("67", "Mediatico"))
    assert both == ["contradicted_by_other_claim"] * 2


def test_a_publisher_that_repeats_itself_backs_nothing(make: SimpleNamespace) -> None:
    (first, _) = judged(make, laureates("39", "RTES"), laureates("39", "rtes"))
    assert first.code == "unverifiable"
    assert "same publisher" in first.explanation[0]


def test_a_cohort_that_can_be_named_in_full_is_consistent(make: SimpleNamespace) -> None:
    (found,) = judged(make, laureates("2", "P"), named=named("a", "b"))
    assert (found.code, found.computed) == ("consistent", 2.0)
    assert found.explanation == ("All 2 are named in the listings.", "Les 2 sont tous nommés dans les mentions.")


def test_fewer_than_can_be_named_is_below_observed(make: SimpleNamespace) -> None:
    (found,) = judged(make, laureates("2", "P"), named=named("a", "b", "c"))
    assert (found.code, found.computed) == ("below_observed", 3.0)


def test_an_undecided_pair_is_not_held_against_a_claim(make: SimpleNamespace) -> None:
    assert codes(make, laureates("2", "P"), named=named("a", "b", "c"), pairs=(("a", "b"),)) == ["unverifiable"]


def test_regions_of_2015_and_overseas(make: SimpleNamespace) -> None:
    places = {"ain": "01", "drome": "26", "puy": "63", "reunion": "974", "martinique": "972"}
    rows = (
        laureates("2", "P", territory="Rhône-Alpes"),
        laureates("1", "P", territory="Outre-mer"),
        laureates("3", "P", territory="Auvergne-Rhône-Alpes"),
        laureates("1", "P", territory="Atlantide"),
    )
    found = codes(make, *rows, named=named(*places), places=places)
    assert found == ["consistent", "below_observed", "consistent", "unverifiable"]


def test_several_rounds_together_are_held_against_their_sum(make: SimpleNamespace) -> None:
    found = judged(
        make,
        laureates("23", "A", "aap-2013"),
        laureates("14", "A", "aap-2015"),
        laureates("37", "B", "aap-2013+aap-2015"),
        laureates("34", "C", "aap-2013+aap-2015"),
    )
    assert [verdict.code for verdict in found[2:]] == ["consistent", "contradicted_by_other_claim"]
    assert "23 + 14 = 37" in found[3].explanation[0]
    assert {"x001", "x002", "cohort:aap-2013", "cohort:aap-2015"} <= set(found[2].compared_with)


def test_eligible_applications_that_were_not_selected(make: SimpleNamespace) -> None:
    shared = {"programme": "aap-2015", "publisher": "A"}
    found = codes(
        make,
        laureates("14", "A"),
        {"value": "99", "population": "eligible_applications", **shared},
        {"value": "85", "population": "eligible_not_selected", **shared},
    )
    assert found[2] == "consistent"


def test_existing_poles_are_held_against_the_listed_ones_of_that_day(make: SimpleNamespace) -> None:
    poles = tuple({"pole": f"p{number}", "on": "2019"} for number in range(3))
    late = (
        {"pole": "late", "on": "2022"},
        {"pole": "gone", "on": "2018"},
        {"pole": "gone", "on": "2020", "status": "fermé"},
    )
    rows = (
        {"value": "2", "claim_date": "2021"},
        {"value": "3", "claim_date": "2021", "qualifier": "about"},
        {"value": "3", "claim_date": "2021", "population": "created"},
        {"value": "2", "qualifier": "at_least", "claim_date": "2021"},
        {"value": "2"},
    )
    found = [judged(make, row, named=(*poles, *late))[0] for row in rows]
    assert [verdict.code for verdict in found] == [
        "below_observed",
        "unverifiable",
        "below_observed",
        "consistent",
        "unverifiable",
    ]
    assert [verdict.computed for verdict in found] == [3, 3, 4, 3, None]


@pytest.mark.parametrize(
    ("one", "two", "conflict"),
    [
        ({"value": "150", "claim_date": "2018"}, {"value": "160", "claim_date": "2018", "qualifier": "at_least"}, True),
        # A stock has time to move between the spring and December …
        ({"value": "56", "claim_date": "2021"}, {"value": "71", "claim_date": "2021-12"}, False),
        # … but not between New Year's Day and 10 January.
        ({"value": "150", "claim_date": "2018"}, {"value": "160", "claim_date": "2018-01-10"}, True),
        ({"value": "56", "claim_date": "2021-05"}, {"value": "71", "claim_date": "2021-12"}, False),
        ({"value": "100", "qualifier": "about"}, {"value": "200", "claim_date": "2024"}, False),
        ({"value": "60", "qualifier": "about", "claim_date": "2021"}, {"value": "56", "claim_date": "2021"}, False),
        ({"value": "24", "population": "sample"}, {"value": "8", "population": "sample"}, False),
    ],
)
def test_when_two_stocks_contradict_each_other(
    make: SimpleNamespace, one: dict[str, Any], two: dict[str, Any], conflict: bool
) -> None:
    found = codes(make, {**one, "publisher": "A"}, {**two, "publisher": "B"})
    assert ("contradicted_by_other_claim" in found) is conflict


def test_a_narrower_figure_backs_a_wider_one_and_not_the_reverse(make: SimpleNamespace) -> None:
    found = codes(
        make,
        {
            "value": "150",
            "qualifier": "at_least",
            "publisher": "A",
            "programme": "temoins-2012",
            "population": "applications",
        },
        {
            "value": "130",
            "qualifier": "at_least",
            "publisher": "B",
            "programme": "temoins-2012",
            "population": "applications",
        },
    )
    assert found == ["unverifiable", "consistent"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"qualifier": "range", "value_low": "10", "value_high": "15", "population": "planned_laureates"}, "forecast"),
        ({"value": "8", "programme": "ami", "population": "laureates"}, "which round"),
        ({"value": "24", "population": "sample"}, "author's own"),
        ({"value": "140", "population": "state_listed", "claim_date": "2023-05"}, "no list to compare"),
        ({"value": "203", "claim_date": "2023-03"}, "the listings name none"),
        ({"value": "many"}, "no figure"),
    ],
)
def test_what_cannot_be_settled_says_why(make: SimpleNamespace, row: dict[str, Any], words: str) -> None:
    (found,) = judged(make, row)
    assert found.code == "unverifiable"
    assert words in found.explanation[0]
    assert all(text.endswith(".") and len(text) > 20 for text in found.explanation)


def test_a_figure_that_nobody_signs_has_no_voice_of_its_own(make: SimpleNamespace) -> None:
    """A sentence to check must not make the ledger's only voice on it a second one."""
    said = {"value": "203", "publisher": "", "claim_date": "2023-03"}
    (alone, _) = judged(make, said, {"value": "203", "publisher": "ESS France", "claim_date": "2023-03"})
    assert alone.code == "unverifiable"
    assert alone.explanation[0].startswith("One publisher gives it (x002) and no full list was published")
    (backed, *_) = judged(make, said, {**said, "publisher": "A"}, {**said, "publisher": "B"})
    assert backed.code == "consistent"
    assert backed.explanation == (
        "2 publishers give a figure that agrees (x002, x003).",
        "2 éditeurs donnent un chiffre concordant (x002, x003).",
    )
    (against, *_) = judged(make, laureates("13", ""), laureates("13", "3.EVA"), laureates("14", "Ministry"))
    assert against.code == "contradicted_by_other_claim"
    assert against.explanation[0] == "This claim says 13, as x002 does, but for the same count x003 says 14."
    (unknown,) = judged(make, said)
    assert unknown.explanation[1].startswith("Aucun éditeur connu de nous ne le donne et aucune liste")


def test_a_stock_is_compared_with_a_population_of_a_day(make: SimpleNamespace) -> None:
    (found,) = judged(make, {"value": "5", "claim_date": "2021-06"}, named=({"pole": "a", "on": "2019"},))
    assert found.compared_with == ("listed@2021-06-01",)
    assert "the listings name 1" in found.explanation[0]


def test_laureates_added_to_an_older_count_are_told(make: SimpleNamespace) -> None:
    rows = (
        {"value": "203", "claim_date": "2023-03", "publisher": "ESS France"},
        laureates("15", "Avise", "ami-2023"),
        {"value": "218", "claim_date": "2023-10-18", "publisher": "Mediatico"},
        {"value": "219", "claim_date": "2023-10-18", "publisher": "Presse"},
    )
    *_, found, other = judged(make, *rows[:3]) + judged(make, rows[0], rows[1], rows[3])[-1:]
    assert found.code == "unverifiable"
    assert "it is 203 (x001) plus the 15 laureates of ami-2023" in found.explanation[0]
    assert "c'est 203 (x001) plus les 15 lauréats de ami-2023" in found.explanation[1]
    assert {"x001", "x002"} <= set(found.compared_with)
    assert "plus the" not in other.explanation[0]
