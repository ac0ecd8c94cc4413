"""Published growths: the sum, the likely slip, and what base and target count."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import read_count_claims, read_growth_claims
from ptce_etl.measure.slips import find_slip, rounding
from ptce_etl.measure.verdict import Verdict


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
    found = find_slip(base, target, years, stated, 1 if stated % 1 else 0)
    assert (found.name if found else None) == slip


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_right_growth_is_never_an_error(base: int, target: int) -> None:
    assert rounding(100 * (target - base) / base, round(100 * (target - base) / base)) == "exact"


@given(st.integers(1, 500), st.integers(501, 5000))
def test_a_ratio_stated_as_a_growth_is_found(base: int, target: int) -> None:
    stated = round(100 * target / base, 1)
    found = find_slip(base, target, 2, stated, 1)
    assert found is not None
    assert abs(found.value - stated) <= abs(100 * target / base - stated)


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
