"""``ptce sensitivity``: the range, what each choice changes alone, and the whole curve of one population."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ptce_etl import pipeline
from ptce_etl.cli.figures import figures
from ptce_etl.cli.sensitivity import curve_range
from ptce_etl.config import Settings
from ptce_etl.publish.staging import discard, read_staged

Ptce = Callable[..., Any]


def test_every_population_has_its_range_and_single_choices(ptce: Ptce, built_root: Path) -> None:
    found = ptce("sensitivity", "--data", built_root, "--json").json["curves"]
    assert list(found) == ["listed", "state_supported", "emerging", "active"]
    shown = ptce("sensitivity", "--data", built_root).out
    for population, curve in found.items():
        rows = curve["specifications"]
        assert curve["n"] == len(rows)
        assert curve["lowest_pct"] <= curve["median_pct"] <= curve["highest_pct"]
        assert curve["lowest_pct"] <= curve["published_pct"] <= curve["highest_pct"]
        assert f"over {curve['n']} sets of choices" in shown
        assert shown.count(f"{population}, 2024-11-23 → 2026-11-23") == 1
        # Poles were told apart under other thresholds too, and without what people decided.
        assert {(row["link"], row["judgements"]) for row in rows} == {
            (0.0, True),
            (-2.0, True),
            (2.0, True),
            (0.0, False),
        }
    assert "active: 5 years" in shown
    assert "The whole curve" not in shown


def test_one_population_has_its_whole_curve(ptce: Ptce, built_root: Path) -> None:
    shown = ptce("sensitivity", "--data", built_root, "--population", "listed", "--lang", "fr").out
    assert "Toute la courbe" in shown
    assert "comme publié" in shown
    assert "seuils d'appariement 2 bits plus bas" in shown
    for english in ("undated", "published", "growth", "choices"):
        assert english not in shown
    found = ptce("sensitivity", "--data", built_root, "--population", "listed", "--json").json["curves"]
    lines = [line for line in shown.partition("Toute la courbe")[2].splitlines() if "→" in line]
    assert len(lines) == found["listed"]["n"]


@pytest.mark.parametrize("options", [["--population", "all"], ["--lang", "de"]])
def test_what_is_not_there_is_said(ptce: Ptce, built_root: Path, options: list[str]) -> None:
    assert ptce("sensitivity", "--data", built_root, *options).code == 2


def test_a_snapshot_from_before_the_table_says_so(ptce: Ptce, own_root: Path) -> None:
    (own_root / "processed" / "latest" / "sensitivity.parquet").unlink()
    answer = ptce("sensitivity", "--data", own_root)
    assert answer.code == 4
    assert "has no table sensitivity" in answer.err


def test_a_curve_without_any_growth() -> None:
    rows = [{"differs": 0, "growth_pct": None}, {"differs": 1, "growth_pct": None}]
    assert curve_range(rows) == {
        "n": 2,
        "published_pct": None,
        "lowest_pct": None,
        "median_pct": None,
        "highest_pct": None,
    }


def test_a_run_ends_with_the_range(built_root: Path) -> None:
    found = figures(built_root / "processed" / "latest")["sensitivity"]
    assert set(found) == {"listed", "state_supported", "emerging", "active"}
    assert found["listed"]["lowest_pct"] < found["listed"]["highest_pct"]


def test_many_listings_are_not_told_apart_again(own_root: Path) -> None:
    ctx = pipeline.open_context(
        own_root, now=datetime(2026, 11, 23, 6, 30, tzinfo=UTC), settings=Settings(sensitivity_listings=5)
    )
    candidate = pipeline.build(ctx)
    rows = read_staged(candidate.path)["sensitivity"].to_pylist()
    discard(candidate.path)
    assert {(row["link"], row["judgements"]) for row in rows} == {(0.0, False)}
    assert {row["undated"] for row in rows} == {"held", "left_out", "before"}
