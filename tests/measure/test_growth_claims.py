"""Published growths: the sum, the likely slip, and what base and target count."""

from __future__ import annotations

import math
import random
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import GrowthClaim, read_count_claims, read_growth_claims
from ptce_etl.measure.slips import find_slip
from ptce_etl.measure.sums import Change, rounding
from ptce_etl.measure.verdict import Verdict
from ptce_etl.model import DateSpan


@pytest.mark.parametrize(
    ("value", "stated", "decimals", "expected"),
    [
        (262.5, 262.5, 1, "exact"),
        (262.46, 262.5, 1, "exact"),
        (289.2857, 289, 0, "exact"),
        (289.2857, 290, 0, "rounded"),
        (362.5, 365, 0, "rounded"),
        (262.5, 365, 0, None),
        (262.5, 300, 0, None),  # a growth is not rounded to hundreds below a thousand
        (2960.0, 3000, 0, "rounded"),
        (48.6, 50, 0, "rounded"),
        (4.4, 5, 0, None),
        (0.0, 0, 0, "exact"),
        (-52.0, -50, 0, "rounded"),
        (-18.2, -20, 0, None),
    ],
)
def test_rounding(value: float, stated: float, decimals: int, expected: str | None) -> None:
    assert rounding(value, stated, decimals) == expected


@pytest.mark.parametrize(
    ("base", "target", "years", "stated", "slip"),
    [
        (56, 203, 2, 365, "ratio read as an increase"),
        (56, 203, 2, 362.5, "ratio read as an increase"),
        (56, 203, 2, 147, "difference read as a percentage"),
        (56, 203, 2, 72, "wrong base"),
        (56, 203, 2, -72, "start and end swapped"),
        (56, 203, 2, 28, "ratio inverted"),
        (56, 203, 2, 131, "yearly average given for the whole period"),
        (56, 203, 2, 90, "yearly rate given for the whole period"),
        (56, 203, 2, 2625, "decimal point misplaced"),
        (200, 150, 1, 25, "sign lost"),
        (56, 203, 2, 500, None),
    ],
)
def test_known_slips(base: float, target: float, years: float, stated: float, slip: str | None) -> None:
    found = find_slip(Change(base, target, years), stated, 1 if stated % 1 else 0)
    assert (found.name if found else None) == slip


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_right_growth_is_never_an_error(base: int, target: int) -> None:
    assert rounding(100 * (target - base) / base, round(100 * (target - base) / base)) == "exact"


@given(st.integers(1, 500), st.integers(501, 5000))
def test_a_ratio_stated_as_a_growth_is_found(base: int, target: int) -> None:
    stated = round(100 * target / base, 1)
    found = find_slip(Change(base, target, 2), stated, 1)
    assert found is not None
    assert abs(found.value - stated) <= abs(100 * target / base - stated) + 1e-9


def judged(make: SimpleNamespace, growth: dict[str, Any], *counts: dict[str, Any]) -> Verdict:
    claims, _ = read_count_claims(make.count_claims(*counts), make.captured, make.held)
    (claim,), _ = read_growth_claims(make.growth_claims(growth), make.captured, make.held)
    return judge_growth(claim, claims)


FOUNDING = {
    "stated_growth_pct": "365",
    "base_value": "56",
    "target_value": "203",
    "period_years": "2",
    "claim_date": "2023-06-12",
}


def test_the_founding_claim(make: SimpleNamespace) -> None:
    found = judged(make, FOUNDING)
    assert found.code == "arithmetic_error"
    assert found.computed == pytest.approx(262.5)
    assert found.multiplier == pytest.approx(3.625)
    assert found.slip == "ratio read as an increase"
    assert found.explanation == (
        "56 to 203 is +262.5% (×3.625), not +365%: the ratio 203/56 = 362.5% was read as an increase, "
        "then rounded to 365.",
        "De 56 à 203, la variation est de +262,5\u202f% (×3,625) et non de +365\u202f%\u00a0: le rapport 203/56, soit "
        "362,5\u202f%, a été lu comme une augmentation, puis arrondi à 365.",
    )


def test_mixed_populations_are_told_when_the_ledger_shows_them(make: SimpleNamespace) -> None:
    active = {"claim_id": "c1", "value": "56", "population": "active", "claim_date": "2021-01"}
    existing = {"claim_id": "c2", "value": "203", "claim_date": "2023-03"}
    far = {"claim_id": "c3", "value": "56", "population": "sample", "claim_date": "2012"}
    found = judged(make, FOUNDING, active, existing, far)
    assert found.code == "arithmetic_error"
    assert "56 counts active poles according to c1, and 203 existing poles according to c2" in found.explanation[0]
    assert "56 compte des pôles actifs selon c1, et 203 des pôles existants selon c2" in found.explanation[1]
    assert found.compared_with == ("c1", "c2")
    same = judged(make, FOUNDING, {**active, "population": "existing"}, existing)
    assert "may not count the same thing" not in same.explanation[0]


ACTIVE = {"claim_id": "c1", "value": "56", "population": "active", "claim_date": "2021-01", "publisher": "Labo"}
EXISTING = {"claim_id": "c2", "value": "203", "claim_date": "2023-03", "publisher": "ESS France"}
RIGHT = FOUNDING | {"stated_growth_pct": "262.5"}


def test_a_right_sum_of_two_populations_is_mixed(make: SimpleNamespace) -> None:
    found = judged(make, RIGHT, ACTIVE, EXISTING)
    assert (found.code, found.slip, found.compared_with) == ("mixed_populations", None, ("c1", "c2"))
    assert found.explanation == (
        "56 to 203 is +262.5% (×3.625), as stated: the sum is right; but 56 counts active poles according to c1, and "
        "203 existing poles according to c2: they do not count the same thing.",
        "De 56 à 203, la variation est de +262,5\u202f% (×3,625), comme annoncé\u00a0: le calcul est juste\u202f; mais "
        "56 compte des pôles actifs selon c1, et 203 des pôles existants selon c2\u00a0: ce n'est pas la même chose.",
    )


def test_most_publishers_say_what_a_figure_counts(make: SimpleNamespace) -> None:
    as_existing = ACTIVE | {"claim_id": "c3", "population": "existing", "publisher": "Presse"}
    split = judged(make, RIGHT, ACTIVE, as_existing, EXISTING)
    assert split.code == "consistent"  # one voice against one: it may be, it is not sure
    assert "the two may not count the same thing" in split.explanation[0]
    second = ACTIVE | {"claim_id": "c4", "publisher": "Gazette"}
    sure = judged(make, RIGHT, ACTIVE, second, as_existing, EXISTING)
    assert sure.code == "mixed_populations"
    assert "according to c1, c4 (not to c3), and 203" in sure.explanation[0]
    assert sure.explanation[0].endswith(": by most of them, not the same thing.")
    assert "selon c1, c4 (non selon c3), et 203" in sure.explanation[1]
    assert sure.explanation[1].endswith("\u00a0: pour la plupart, ce n'est pas la même chose.")
    again = judged(make, RIGHT, ACTIVE, second | {"publisher": "Labo"}, as_existing, EXISTING)
    assert again.code == "consistent"  # a publisher that repeats itself is one voice


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"stated_growth_pct": "262.5"}, "consistent"),
        ({"stated_growth_pct": "260"}, "rounded"),
        ({"base_value": "0"}, "unverifiable"),
        ({"base_value": ""}, "unverifiable"),
        ({"stated_growth_pct": "11"}, "arithmetic_error"),
    ],
)
def test_verdicts(make: SimpleNamespace, changed: dict[str, str], code: str) -> None:
    found = judged(make, FOUNDING | changed)
    assert found.code == code
    assert all(text.endswith(".") for text in found.explanation)


def test_an_error_without_a_known_slip_says_so(make: SimpleNamespace) -> None:
    found = judged(make, FOUNDING | {"stated_growth_pct": "11"})
    assert found.slip is None
    assert "no known slip gives that figure" in found.explanation[0]


def growth(base: float | None, target: float | None, stated: float | None, **more: Any) -> Verdict:
    """The verdict on a claim as a sentence gives it."""
    span = DateSpan(None, None, "none")
    decimals = 0 if stated is None or stated == int(stated) else 1
    texts = ("France", "", "", "", "", 0)
    fixed = {"years": 2.0} | more
    years = fixed.pop("years")
    return judge_growth(GrowthClaim("x", "", span, stated, decimals, base, target, years, *texts, **fixed), ())


@pytest.mark.parametrize(
    ("base", "target", "stated", "more", "code", "slip", "words"),
    [
        (56, 203, 3.6, {"unit": "times"}, "consistent", None, "as stated"),
        (56, 203, 4, {"unit": "times"}, "rounded", None, "rounds to ×4"),
        (56, 203, 3, {"unit": "times"}, "arithmetic_error", None, "not ×3"),
        (56, 203, 2.6, {"unit": "times"}, "arithmetic_error", "increase read as a multiplier", "100% must be added"),
        (56, 203, 1.9, {"unit": "times"}, "arithmetic_error", "yearly rate given for the whole period", "×1.904"),
        (56, 203, 147, {"unit": "units"}, "consistent", None, "a difference of +147"),
        (56, 203, 203, {"unit": "units"}, "arithmetic_error", "end given as the increase", "203 is the end"),
        (56, 203, 259, {"unit": "units"}, "arithmetic_error", "start and end added", "56 and 203 were added"),
        (56, 203, 146, {"unit": "units"}, "arithmetic_error", "counted one off", "one off"),
        (20, 35, 15, {"unit": "points", "ends": "percent"}, "consistent", None, "20% to 35% is +15 points or +75%"),
        (
            20,
            35,
            15,
            {"ends": "percent"},
            "arithmetic_error",
            "percentage points read as a percentage",
            "the 15 points",
        ),
        (20, 35, 75, {"unit": "points", "ends": "percent"}, "arithmetic_error", "percentage called points", "+75%"),
        (56, 203, 147, {"unit": "points"}, "arithmetic_error", "difference called points", "two counts"),
        (56, 203, 262.5, {"unit": "points"}, "arithmetic_error", "percentage called points", "+262.5%"),
        (1, 3, 300, {"ends": "times"}, "arithmetic_error", "ratio read as an increase", "×3 is +200%, not +300%"),
        (1, 3, 200, {"ends": "times"}, "consistent", None, "×3 is +200%"),
        (56, 203, 90.4, {"yearly": True}, "consistent", None, "+90.4% a year over 2 years"),
        (56, 203, 131.3, {"yearly": True}, "arithmetic_error", "total divided by the years", "a rate compounds"),
        (56, 203, 262.5, {"yearly": True}, "arithmetic_error", "total given as a yearly rate", "whole period"),
        (56, 203, 53.6, {"yearly": True}, "arithmetic_error", "period off by one", "one year more"),
        (56, 203, 262.5, {"yearly": True, "years": 2.5}, "arithmetic_error", "total given as a yearly rate", ""),
        (56, 203, 90, {"yearly": True, "years": None}, "unverifiable", None, "a yearly rate needs the years"),
        (56, 203, 180.8, {}, "arithmetic_error", "yearly rates added up", "rates multiply"),
        (56, 203, 203, {}, "arithmetic_error", "end read as a percentage", "the end (203)"),
        (56, 203, 78.4, {}, "arithmetic_error", "part divided by the whole", "203/(56 + 203)"),
        (56, 203, 626, {}, "arithmetic_error", None, "no known slip"),
        (56, 203, 622, {}, "arithmetic_error", "digits swapped", "622 is 262 with two digits swapped"),
        (65, 203, 262.5, {}, "arithmetic_error", "digits swapped", "it fits 56 at the start"),
        (56, 203, None, {}, "unverifiable", None, "no growth is stated"),
        (None, 203, 365, {}, "unverifiable", None, "203 after +365% would mean 43.7 at the start"),
        (56, None, 3, {"unit": "times"}, "unverifiable", None, "56 and ×3 would make 168"),
        (None, 203, -100, {}, "unverifiable", None, "nothing to compute"),
        (None, None, 365, {}, "unverifiable", None, "nothing to compute"),
    ],
)
def test_every_way_of_stating_a_growth(
    base: float | None,
    target: float | None,
    stated: float | None,
    more: dict[str, Any],
    code: str,
    slip: str | None,
    words: str,
) -> None:
    found = growth(base, target, stated, **more)
    assert (found.code, found.slip) == (code, slip)
    assert words in found.explanation[0]
    assert all(text.endswith(".") and "{" not in text for text in found.explanation)
    assert not re.search(r"[^\u202f][;%]|[^\u00a0]:", found.explanation[1])


@pytest.mark.parametrize(
    ("base", "target", "stated", "more", "code", "words"),
    [
        # "about 50" to 203: +269% to +351%
        (50, 203, 280, {"base_words": (45.0, 55.0)}, "consistent", "which its words allow"),
        (50, 203, 400, {"base_words": (45.0, 55.0)}, "arithmetic_error", "not +400%"),
        # "more than 100%" holds, "more than 300%" does not
        (56, 203, 100, {"stated_words": (100.0, math.inf)}, "consistent", "which its words allow"),
        (56, 203, 300, {"stated_words": (300.0, math.inf)}, "arithmetic_error", "not more than +300%"),
        (56, 203, 265, {"stated_words": (265.0, math.inf)}, "arithmetic_error", "not more than +265%"),
        (56, 203, 200, {"stated_words": (-math.inf, 200.0)}, "arithmetic_error", "not less than +200%"),
        # from 56 to "more than 203"
        (56, 203, 262.5, {"target_words": (203.0, math.inf)}, "consistent", "as stated"),
        (56, 203, 400, {"target_words": (203.0, math.inf)}, "unverifiable", "leave the growth open"),
        (56, 203, 100, {"target_words": (203.0, math.inf)}, "arithmetic_error", "not +100%"),
    ],
)
def test_what_words_leave_open(
    base: float, target: float, stated: float, more: dict[str, Any], code: str, words: str
) -> None:
    found = growth(base, target, stated, **more)
    assert found.code == code
    assert words in found.explanation[0]


def test_populations_that_the_claim_itself_names(make: SimpleNamespace) -> None:
    found = growth(56, 203, 262.5, base_population="active", target_population="existing")
    assert found.code == "mixed_populations"
    assert "but 56 counts active poles, and 203 existing poles: they do not" in found.explanation[0]
    same = growth(56, 203, 262.5, base_population="active", target_population="active")
    assert same.code == "consistent"


def test_an_undated_growth_is_held_against_counts_as_far_apart_as_it_says(make: SimpleNamespace) -> None:
    undated = RIGHT | {"claim_date": ""}
    assert judged(make, undated, ACTIVE, EXISTING).compared_with == ("c1", "c2")
    assert judged(make, undated, ACTIVE | {"claim_date": "2011"}, EXISTING).compared_with == ()
    # without a period either, figures that are alike by chance say nothing
    assert judged(make, undated | {"period_years": ""}, ACTIVE, EXISTING).compared_with == ()
    at_least = ACTIVE | {"qualifier": "at_least"}  # "more than 56" is not 56
    assert judged(make, undated, at_least, EXISTING).compared_with == ()


@given(
    st.floats(0.001, 1e9),
    st.floats(0, 1e9),
    st.floats(-1e9, 1e9),
    st.sampled_from(["percent", "times", "points", "units"]),
    st.sampled_from(["count", "percent", "times"]),
    st.booleans(),
    st.one_of(st.none(), st.floats(0.001, 200)),
)
def test_any_growth_has_a_verdict_in_two_sentences(
    base: float, target: float, stated: float, unit: Any, ends: Any, yearly: bool, years: float | None
) -> None:
    found = growth(base, target, stated, unit=unit, ends=ends, yearly=yearly, years=years)
    assert all(text.endswith(".") and "inf" not in text and "nan" not in text for text in found.explanation)
    right = found.expected
    if right is not None and rounding(right, stated, 1, unit) == "exact" and unit != "times":
        assert found.slip is None


def test_a_wrong_figure_drawn_at_random_rarely_finds_a_slip() -> None:
    """The search has two dozen slips and a grid of roundings: METHOD.md says how often chance alone is explained."""
    draw = random.Random(1)
    wrong = found = 0
    for _ in range(4000):
        change = Change(draw.randint(10, 300), 0.0, 2)
        change = replace(change, target=draw.randint(int(change.base), 1000))
        stated = round(change.pct * 3 ** draw.uniform(-1, 1))
        if not rounding(change.pct, stated):
            wrong += 1
            found += find_slip(change, stated) is not None
    assert found / wrong < 0.08
