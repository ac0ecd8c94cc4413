"""Corrections: signed, guarded, and never silent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from ptce_etl.clean.corrections import CORRECTABLE, Correction, apply_corrections, load_corrections
from ptce_etl.errors import DecisionError

ENTRY: dict[str, Any] = {
    "listing_id": "b",
    "field": "region",
    "was": "La Réunion",
    "becomes": None,
    "reason": "its own page says otherwise",
    "who": "maintainers",
    "when": date(2026, 11, 23),
    "status": "open",
}


def frame(**cells: str | None) -> pd.DataFrame:
    rows = [{"listing_id": name, "source_id": "s", **dict.fromkeys(CORRECTABLE)} for name in "abc"]
    rows[1] |= cells
    return pd.DataFrame(rows).astype("str")


def written(tmp_path: Path, entries: object) -> Path:
    path = tmp_path / "corrections.yml"
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    return path


def test_a_correction_changes_one_cell_and_says_so() -> None:
    raw = frame(region="La Réunion", commune="Saint-Paul")
    corrected, issues = apply_corrections(raw, [Correction(**ENTRY)])
    assert corrected["region"].isna().all()
    assert corrected.drop(columns="region").equals(raw.drop(columns="region"))
    assert raw.at[1, "region"] == "La Réunion"  # the frame given is not touched
    assert corrected.dtypes.equals(raw.dtypes)
    (issue,) = issues
    assert (issue.code, issue.severity, issue.listing_id, issue.value) == (
        "correction_applied",
        "info",
        "b",
        "La Réunion",
    )
    assert "its own page says otherwise" in issue.message


def test_an_empty_cell_can_be_filled() -> None:
    fill = Correction(**ENTRY | {"field": "commune", "was": None, "becomes": "Le Port"})
    corrected, issues = apply_corrections(frame(), [fill])
    assert corrected["commune"].fillna("").tolist() == ["", "Le Port", ""]
    assert issues[0].code == "correction_applied"


@pytest.mark.parametrize("now", ["Réunion", "la Réunion", None])
def test_when_the_page_says_something_else_it_fails_loudly_and_changes_nothing(now: str | None) -> None:
    raw = frame(region=now)
    replace = Correction(**ENTRY | {"becomes": "Mayotte"})
    corrected, (issue,) = apply_corrections(raw, [replace])
    assert corrected.equals(raw)
    assert (issue.code, issue.severity, issue.who) == ("correction_stale", "critical", "us")
    assert "not applied" in issue.message
    assert "corrections.yml" in issue.message


def test_a_page_that_was_put_right_is_recognised() -> None:
    _, (issue,) = apply_corrections(frame(region=None), [Correction(**ENTRY)])
    assert issue.severity == "critical"
    assert "the value we corrected it to" in issue.message


def test_a_listing_that_is_gone_leaves_the_correction_idle() -> None:
    _, (issue,) = apply_corrections(frame(), [Correction(**ENTRY | {"listing_id": "zz"})])
    assert (issue.code, issue.severity) == ("correction_idle", "info")


def test_no_file_no_corrections(tmp_path: Path) -> None:
    assert load_corrections(tmp_path / "none.yml") == ()
    empty = tmp_path / "empty.yml"
    empty.write_text("# nothing yet\n", encoding="utf-8")
    assert load_corrections(empty) == ()


def test_read_back(tmp_path: Path) -> None:
    assert load_corrections(written(tmp_path, [ENTRY])) == (Correction(**ENTRY),)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"listing_id": "b"}, "a list of entries"),
        (["b"], "entry"),
        ([ENTRY | {"why": "x"}], "why"),
        ([{k: v for k, v in ENTRY.items() if k != "was"}], "was"),
        ([ENTRY | {"was": 61}], "was"),  # YAML reads 61 as a number: quote codes
        ([ENTRY | {"field": "name"}], "field"),
        ([ENTRY | {"reason": "wrong"}], "reason"),
        ([ENTRY | {"who": ""}], "who"),
        ([ENTRY | {"status": "done"}], "status"),
        ([ENTRY, ENTRY], "a second correction"),
    ],
)
def test_an_entry_that_does_not_hold_is_refused(tmp_path: Path, entries: object, said: str) -> None:
    with pytest.raises(DecisionError) as error:
        load_corrections(written(tmp_path, entries))
    assert said in error.value.what
    assert "corrections.yml" in error.value.where
    assert error.value.do


def test_broken_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yml"
    path.write_text("- listing_id: [\n", encoding="utf-8")
    with pytest.raises(DecisionError, match="not YAML"):
        load_corrections(path)
