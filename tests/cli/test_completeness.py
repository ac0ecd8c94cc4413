"""``ptce completeness``, and the line that a run ends with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptce_etl.cli import completeness
from ptce_etl.cli.completeness import show_completeness, size_of
from ptce_etl.cli.figures import figures, show_figures
from ptce_etl.cli.screen import Screen
from ptce_etl.measure.bearing import METHODS
from ptce_etl.publish.api import load_all

Ptce = Callable[..., Any]
GIVEN = {
    "withheld": False,
    "reasons": None,
    "reason_en": None,
    "reason_fr": None,
    "estimate": 120.4,
    "standard_error": 9.1,
    "low": 105,
    "high": 160,
    "completeness": 99 / 120.4,
}


def words(text: str) -> str:
    return " ".join(text.split())


def test_what_is_withheld_says_why_in_both_languages(ptce: Ptce, small_root: Path) -> None:
    english = words(ptce("completeness", "--data", small_root).out)
    french = words(ptce("completeness", "--lang", "fr", "--data", small_root).out)
    assert english.startswith("Completeness in ")
    assert ": 0 estimates, " in english
    assert "withheld chao, chapman, loglinear" in english
    assert "No list claims any generality for this population: " in english
    assert "Aucune liste ne prétend à quelque généralité pour cette population: " in french


def test_json_has_both_tables_whole(ptce: Ptce, small_root: Path) -> None:
    found = ptce("completeness", "--json", "--data", small_root).json
    tables = load_all("latest", data=small_root)
    assert len(found["completeness"]) == len(tables["completeness"])
    assert len(found["lists"]) == len(tables["lists"])
    assert (found["n_given"], {row["withheld"] for row in found["completeness"]}) == (0, {True})
    listed = ptce("completeness", "--population", "listed", "--json", "--data", small_root).json
    assert [row["method"] for row in listed["completeness"]] == sorted(METHODS)


def test_an_unknown_population_is_told_with_those_there_are(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("completeness", "--population", "poles", "--data", small_root)
    assert answer.code == 2
    assert "ConfigError: --population 'poles' is not known" in answer.err
    assert "listed" in answer.err


def test_an_estimate_is_shown_with_what_it_assumes(
    small_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No list of the small world bears an estimate: one is put into its table."""
    tables = load_all("latest", data=small_root)
    frame = tables["completeness"].astype("object")
    place = frame.index[(frame["population"] == "listed") & (frame["method"] == "chao")][0]
    for column, value in GIVEN.items():
        frame.loc[place, column] = value
    tables["completeness"] = frame.astype(tables["completeness"].dtypes.to_dict())
    monkeypatch.setattr(completeness, "tables_of", lambda *_: ("s", tables))
    code = show_completeness(Screen(as_json=False), small_root, snapshot="latest", population="listed", lang="en")
    shown = words(capsys.readouterr().out)
    assert code == 0
    assert "Completeness in s: 1 estimate, 2 withheld" in shown
    assert "at least 120 (105 to 160): 82.2% named" in shown
    assert "so that the figure is a lower bound: at least so many" in shown


def test_a_size_in_words() -> None:
    row = {"method": "loglinear", "published_inside": None} | GIVEN
    assert size_of(row) == "120 (105 to 160): 82.2% named"
    assert size_of(row | {"published_inside": True}) == "120 (105 to 160, holds the published number): 82.2% named"
    assert "does not hold" in size_of(row | {"published_inside": False})


def test_a_run_ends_with_a_line_of_it(small_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures((small_root / "processed" / "latest").resolve())
    assert found["completeness"]["given"] == []
    show_figures(Screen(as_json=False), found)
    assert "Completeness: poles that no list names\n  No estimate: " in capsys.readouterr().out
    row = {"population": "listed", "method": "loglinear", "published_inside": None} | GIVEN
    found["completeness"] = {"given": [row], "n_withheld": 26}
    show_figures(Screen(as_json=False), found)
    shown = words(capsys.readouterr().out)
    assert "listed: 120 (105 to 160): 82.2% named, by loglinear 26 withheld; ptce completeness says why" in shown
