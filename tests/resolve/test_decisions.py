"""The decisions folder is read strictly: a line that cannot be read is an error with its number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptce_etl.errors import DecisionError
from ptce_etl.resolve.decisions import in_force, load_identities, load_judgements, load_redirects


def _line(left: str, right: str, judgement: str = "same", who: str = "maintainers") -> str:
    signed = {"who": who, "when": "2026-11-23", "why": "same carrier\u2028and place"}
    return json.dumps({"left": left, "right": right, "judgement": judgement, **signed}, ensure_ascii=False)


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
    ("lines", "left"),
    [
        (["same Léa", "withdrawn Léa"], None),
        (["unsure Léa", "same Léa", "withdrawn Léa"], "unsure Léa"),
        (["same Léa", "different Ana", "withdrawn Léa"], "different Ana"),
        (["same Léa", "different Ana", "withdrawn Ana"], "same Léa"),
        (["same Léa", "withdrawn Léa", "withdrawn Léa", "different Léa"], "different Léa"),
        (["same Léa", "withdrawn Ana"], "same Léa"),
    ],
)
def test_a_withdrawal_takes_back_the_last_word_of_who_signs_it(
    tmp_path: Path, lines: list[str], left: str | None
) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text("".join(f"{_line('b', 'a', *line.split())}\n" for line in lines), "utf-8")
    said = load_judgements(path)
    assert len(said) == len(lines), "nothing is lost"
    holds = [f"{one.judgement} {one.who}" for one in in_force(said).values()]
    assert holds == ([left] if left else [])


def test_a_line_cut_short_says_that_it_may_go(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    whole = f"{_line('a', 'b')}\n".encode()
    for cut in (_line("a", "c")[:40].encode(), _line("a", "Léa").encode().partition(b"\xa9")[0]):
        path.write_bytes(whole + cut)
        with pytest.raises(DecisionError, match=r"(?s)judgements\.jsonl, line 2.*cut short"):
            load_judgements(path)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"left": "a"}', _line("a", "a"), _line("a", "b", "maybe"), _line("a", "b")[:-1] + ', "x": 1}']
)
def test_a_bad_line_names_itself(tmp_path: Path, line: str) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(f"{_line('a', 'b')}\n{line}\n", "utf-8")
    with pytest.raises(DecisionError, match=r"(?s)where: judgements\.jsonl, line 2"):
        load_judgements(path)


@pytest.mark.parametrize("size", [0, 5, 30, 41])
def test_identities_cut_in_the_middle_of_a_line_are_refused(size: int, tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    whole = b"listing_id,pole_id,since\na1,p-0123456789,2026-11-21\n"
    path.write_bytes(whole[:size])
    with pytest.raises(DecisionError, match="cut short"):
        load_identities(path)
    path.write_bytes(whole)
    assert load_identities(path)["pole_id"].tolist() == ["p-0123456789"]


def test_identities_with_other_columns_or_a_listing_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    path.write_text("listing,pole\n", "utf-8")
    with pytest.raises(DecisionError, match="columns"):
        load_identities(path)
    path.write_text("listing_id,pole_id,since\na,p1,2026-01-01\na,p2,2026-01-01\n", "utf-8")
    with pytest.raises(DecisionError, match="given twice"):
        load_identities(path)
