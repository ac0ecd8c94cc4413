"""A sentence held against sums, against published figures and against the poles that can be named."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.measure.checking import Finding, Ground, check, outcome
from ptce_etl.measure.claims import claims_of, claims_table
from ptce_etl.measure.coverage import published_numbers
from ptce_etl.measure.ledger import read_count_claims, read_growth_claims
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.sentences.names import known_names
from ptce_etl.measure.sentences.reading import read_sentence
from ptce_etl.measure.territories import read_places

COUNTS: tuple[dict[str, Any], ...] = (
    {"claim_id": "c1", "value": "56", "population": "active", "claim_date": "2021-01", "publisher": "Labo"},
    {"claim_id": "c2", "value": "203", "claim_date": "2023-03", "publisher": "ESS France"},
    {"claim_id": "c3", "value": "13", "population": "laureates", "programme": "aap-2015", "publisher": "3.EVA"},
    {"claim_id": "c4", "value": "14", "population": "laureates", "programme": "aap-2015", "publisher": "Recma"},
    {"claim_id": "c5", "value": "14", "population": "laureates", "programme": "aap-2015", "publisher": "Avise"},
    {"claim_id": "c6", "value": "140", "population": "state_listed", "claim_date": "2023-05", "publisher": "Avise"},
    {"claim_id": "c7", "value": "140", "population": "state_listed", "claim_date": "2023-05", "publisher": "Bercy"},
)
GROWTHS = (
    {
        "claim_id": "g1",
        "stated_growth_pct": "365",
        "base_value": "56",
        "target_value": "203",
        "period_years": "2",
        "claim_date": "2023-06-12",
    },
)


@pytest.fixture
def ground(make: SimpleNamespace) -> Ground:
    """Five poles named in 2019, one of them in Bretagne, and a small ledger."""
    frame = make.listings(*({"pole": f"p{n}", "on": "2019"} for n in range(5)))
    world = make.world(frame)
    places = read_places(make.poles({"p0": "29", "p1": None, "p2": None, "p3": None, "p4": None}))
    counts, _ = read_count_claims(make.count_claims(*COUNTS), make.captured, make.held)
    growths, _ = read_growth_claims(make.growth_claims(*GROWTHS), make.captured, make.held)
    return Ground(Scene(world, places, {}, published_numbers(counts, world.rounds), make.held), counts, growths)


def checked(text: str, ground: Ground | None) -> tuple[Finding, ...]:
    known = known_names(load_programmes(), ground.counts if ground else ())
    return check(read_sentence(text, known), ground)


@pytest.mark.parametrize(
    ("text", "codes", "result"),
    [
        ("de 56 à 203 en deux ans, +365 %", ["arithmetic_error"], "fails"),
        ("de 56 à 203 en deux ans, +262,5 %", ["mixed_populations"], "fails"),
        ("de 50 à 100, +100 %", ["consistent"], "holds"),
        ("de 56 à 203, +262,5 %", ["consistent"], "holds"),  # of no day: nothing says that it is those 56 and 203
        ("de 56 à 203 emplois en deux ans, +262,5 %", ["consistent"], "holds"),
        ("de 56 à 200, +260 %", ["rounded"], "holds"),
        ("de 50 à 100 en deux ans", ["unverifiable"], "open"),
        ("203 PTCE en mars 2023", ["unverifiable"], "open"),
        ("13 lauréats en 2015", ["contradicted_by_other_claim"], "fails"),
        ("14 lauréats en 2015", ["consistent"], "holds"),
        ("140 PTCE répertoriés par l'État en mai 2023", ["consistent"], "holds"),
        ("4 PTCE en 2021", ["below_observed"], "fails"),
        ("au moins 4 PTCE en 2021", ["consistent"], "holds"),
        ("4 PTCE", ["below_observed"], "fails"),
        ("moins de 4 PTCE en 2021", ["below_observed"], "fails"),
        ("1 PTCE en Bretagne en 2021", ["unverifiable"], "open"),
        ("0 PTCE en Bretagne en 2021", ["below_observed"], "fails"),
        # the sum holds; its ends are not what the sentence is about, unless they are wrong
        ("de 50 en 2020 à 100 en 2022, +100 %", ["consistent", "unverifiable", "unverifiable"], "holds"),
        ("de 2 en 2021 à 4 en 2023, +100 %", ["consistent", "below_observed", "below_observed"], "fails"),
        # of two rounds of 2021, one may be meant
        ("15 lauréats en 2021", ["unverifiable", "unverifiable"], "open"),
    ],
)
def test_verdicts_of_sentences(ground: Ground, text: str, codes: list[str], result: str) -> None:
    found = checked(text, ground)
    assert [finding.verdict.code for finding in found] == codes
    assert outcome(found) == result
    for finding in found:
        assert all(said.endswith(".") for said in finding.verdict.explanation)


def test_without_anything_published_sums_are_checked() -> None:
    (found,) = checked("de 56 à 203, +365 %", None)
    assert (found.verdict.code, found.verdict.compared_with) == ("arithmetic_error", ())
    (count,) = checked("203 PTCE en 2023", None)
    assert count.verdict.code == "unverifiable"
    assert count.verdict.explanation[0] == "Nothing is published here to hold it against."
    assert outcome(checked("de 50 à 100, +100 %", None)) == "holds"


def test_what_a_sentence_was_compared_with(ground: Ground) -> None:
    (growth,) = checked("de 56 à 203 en deux ans, +365 %", ground)
    assert growth.verdict.compared_with == ("c1", "c2")
    assert growth.same == ("g1",)
    (count,) = checked("203 PTCE en mars 2023", ground)
    assert count.verdict.compared_with == ("c2", "listed@2023-03-01")
    assert count.same == ("c2",)
    (now,) = checked("203 PTCE", ground)
    assert now.on == date(2026, 11, 23)
    assert now.verdict.compared_with == ("listed@2026-11-23",)


def test_one_good_reading_of_a_count_is_enough(ground: Ground, make: SimpleNamespace) -> None:
    rows = tuple(
        {
            "claim_id": f"d{n}",
            "value": "15" if n < 2 else "107",
            "population": "laureates",
            "publisher": f"P{n}",
            "programme": f"ami-2021-phase-{2 if n < 2 else 1}",
        }
        for n in range(4)
    )
    counts, _ = read_count_claims(make.count_claims(*rows), make.captured, make.held)
    found = checked("15 lauréats en 2021", Ground(ground.scene, counts, ()))
    assert [finding.verdict.code for finding in found] == ["contradicted_by_other_claim", "consistent"]
    assert outcome(found) == "holds"
    assert outcome(checked("16 lauréats en 2021", Ground(ground.scene, counts, ()))) == "fails"


def test_the_claims_of_a_snapshot_are_those_of_its_ledgers(ground: Ground) -> None:
    table = claims_table(ground.counts, ground.growths, ground.scene)
    assert claims_of(table) == (ground.counts, ground.growths)
    assert claims_of(table.iloc[:0]) == ((), ())
