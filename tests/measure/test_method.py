"""METHOD.md says, in both languages, what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_etl.config import Settings
from ptce_etl.measure import (
    bearing,
    comparability,
    completeness_words,
    copies,
    growth,
    ledger,
    lists,
    selection,
    sensitivity,
    undecided,
)
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.populations import POPULATIONS
from ptce_etl.measure.reasons import RULES
from ptce_etl.schema import TABLES

TEXT = (Path(__file__).parents[2] / "METHOD.md").read_text(encoding="utf-8")
FRENCH, ENGLISH = TEXT.split("\n# Method\n")
VERDICTS = [
    "consistent",
    "rounded",
    "arithmetic_error",
    "mixed_populations",
    "contradicted_by_other_claim",
    "below_observed",
    "unverifiable",
]


@pytest.mark.parametrize("half", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("word", [*(p.name for p in POPULATIONS), "cohort:<", *VERDICTS, *RULES, *COMPONENTS])
def test_both_halves_name_every_rule_and_verdict(half: str, word: str) -> None:
    assert f"`{word}" in half


def test_the_verdicts_are_those_of_the_schema() -> None:
    said = TABLES["claims"].column("verdict").en
    assert all(verdict in said for verdict in VERDICTS)


def test_both_halves_have_the_same_sections_and_paragraphs() -> None:
    def shape(half: str) -> list[str]:
        return [
            line[:2] for line in half.splitlines() if line.startswith(("## ", "- ", "| `", "1. ", "2. ", "3. ", "4. "))
        ]

    assert shape(FRENCH) == shape(ENGLISH)


def test_the_thresholds_are_those_of_the_code() -> None:
    assert comparability.COVERAGE_MOVED == 0.05
    assert "plus de 5 points" in FRENCH and "more than 5 points" in ENGLISH
    assert comparability.PERIOD_COVERAGE == 0.80
    assert "moins de 80\u00a0%" in FRENCH and "less than 80%" in ENGLISH
    assert comparability.SMALL_BASE == 10
    assert "moins de 10 pôles" in FRENCH and "fewer than 10 poles" in ENGLISH
    assert undecided.ENUMERATE_UP_TO == 12
    assert "douze paires" in FRENCH and "twelve pairs" in ENGLISH
    assert undecided.DRAWS == 1_000
    assert "mille façons" in FRENCH and "1,000 ways" in ENGLISH
    assert growth.SHORTEST == 0.25
    assert "moins de trois mois" in FRENCH and "less than three months" in ENGLISH
    assert growth.DAYS_PER_YEAR == 365.2425
    assert "365,2425" in FRENCH and "365.2425" in ENGLISH
    assert sensitivity.SHIFT == 2.0
    assert "de 2 bits" in FRENCH and "by 2 bits" in ENGLISH
    assert sensitivity.ACTIVE_YEARS == (2, 3, 4, 5)
    assert "deux à cinq années" in FRENCH and "two to five years" in ENGLISH
    assert Settings().sensitivity_listings == 5_000
    assert "5\u00a0000 mentions" in FRENCH and "5,000 mentions" in ENGLISH
    assert ledger.ABOUT == 0.10
    assert "90 à 110" in FRENCH and "90 to 110" in ENGLISH


@pytest.mark.parametrize("half", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("word", [*completeness_words.REASONS, *completeness_words.NOT_USED, *bearing.METHODS])
def test_both_halves_name_every_reason_to_withhold(half: str, word: str) -> None:
    assert f"`{word}`" in half.partition("## 13.")[2]


def test_the_thresholds_of_completeness_are_those_of_the_code() -> None:
    french, english = (half.replace("\n", " ") for half in (FRENCH, ENGLISH))
    assert lists.FEWEST_POLES == 5
    assert "moins de 5 pôles" in french and "fewer than 5 poles" in english
    assert lists.BOUND == 0.8
    assert "au moins 80\u00a0% des pôles" in french and "at least 80% of the poles" in english
    assert lists.FEWEST_PAGES == 3
    assert "moins de 3 nomment" in french and "fewer than 3 of them name" in english
    assert selection.MOST_LISTS == 4
    assert "quatre listes plus longues" in french and "four longer lists" in english
    assert bearing.FEWEST_SHARED == 7
    assert "moins de 7 pôles" in french and "fewer than 7 poles" in english
    assert (bearing.SAME_YEARS, bearing.WIDEST, selection.MARGIN) == (0.5, 1.0, 2.0)
    assert "moins de la moitié en commun" in french and "less than half in common" in english
    assert (copies.FEWEST_ALIKE, copies.ALIKE_SHARE, copies.CHANCE) == (3, 0.5, 0.001)
    assert "moins d'une fois sur mille" in french and "less than once in a thousand" in english
    assert Settings().active_years == 3
    assert "trois dernières années" in french and "last three years" in english


def test_every_choice_of_the_curve_is_named() -> None:
    for half in (FRENCH, ENGLISH):
        section = half.partition("`sensitivity`")[2]
        for names in sensitivity.CHOICES.values():
            assert all(f"`{name}`" in section for name in names)
