"""The decisions folder is read strictly: a line that cannot be read is an error with its number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptce_etl.errors import DecisionError
from ptce_etl.resolve.decisions import in_force, load_identities, load_judgements, load_redirects


def _line(left: str, right: str, judgement: str = "same") -> str:
    who = {"who": "maintainers", "when": "2026-11-23", "why": "same carrier and place"}
    return json.dumps({"left": left, "right": right, "judgement": judgement, **who})


def test_no_file_is_no_decision(tmp_path: Path) -> None:
    assert load_judgements(tmp_path / "judgements.jsonl") == ()
    assert load_identities(tmp_path / "identities.csv").empty
    assert load_redirects(tmp_path / "redirects.csv").empty


def test_pairs_are_ordered_and_the_last_word_counts(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(f"{_line('b', 'a')}\n\n{_line('a', 'b', 'different')}\n", "utf-8")
    judgements = load_judgements(path)
    assert [(j.left, j.right) for j in judgements] == [("a", "b"), ("a", "b")]
    assert in_force(judgements)["a", "b"].judgement == "different"


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"left": "a"}', _line("a", "a"), _line("a", "b", "maybe"), _line("a", "b")[:-1] + ', "x": 1}']
)
def test_a_bad_line_names_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(f"{_line('a', 'b')}\n{line}\n", "utf-8")
    with pytest.raises(DecisionError, match=r"(?s)where: judgements\.jsonl, line 2"):
        load_judgements(path)


def test_identities_with_other_columns_or_a_listing_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    path.write_text("listing,pole\n", "utf-8")
    with pytest.raises(DecisionError, match="columns"):
        load_identities(path)
    path.write_text("listing_id,pole_id,since\na,p1,2026-01-01\na,p2,2026-01-01\n", "utf-8")
    with pytest.raises(DecisionError, match="given twice"):
        load_identities(path)
