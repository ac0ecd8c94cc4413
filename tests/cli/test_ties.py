from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.cli.dossier import Row, holding_together
from ptce_etl.cli.ties import pairs_said, runs, waterfall


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], ""), ([3], "3"), ([1, 2], "1, 2"), ([1, 2, 3, 5], "1–3, 5"), ([1, 3, 4, 5, 6, 9, 10], "1, 3–6, 9, 10")],
)
def test_runs_of_numbers_are_shortened(numbers: list[int], said: str) -> None:
    assert runs(numbers) == said


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([[1, 2]], "1–2"),
        ([[1, 2], [1, 3]], "1–2, 1–3"),
        ([[1, 2], [1, 3], [2, 3]], "any two of 1–3"),
        ([[1, 4], [2, 4], [3, 4]], "1–3 with 4"),
        ([[1, 3], [1, 5], [2, 3], [2, 5]], "1, 2 with 3, 5"),
        ([[1, 2], [2, 3], [3, 4]], "1–2, 2–3, 3–4"),
    ],
)
def test_pairs_are_told_in_few_words(pairs: list[list[int]], said: str) -> None:
    assert pairs_said(pairs) == said


@given(st.sets(st.sampled_from(list(combinations(range(1, 7), 2))), min_size=1))
def test_no_pair_is_lost_nor_made_up(pairs: set[tuple[int, int]]) -> None:
    said = pairs_said([list(pair) for pair in sorted(pairs)])
    assert _read(said) == pairs


def _read(said: str) -> set[tuple[int, int]]:
    def numbers(text: str) -> list[int]:
        found: list[int] = []
        for part in text.split(", "):
            first, _, last = part.partition("–")
            found += range(int(first), int(last or first) + 1)
        return found

    if said.startswith("any two of "):
        return set(combinations(numbers(said.removeprefix("any two of ")), 2))
    if " with " in said:
        left, right = (numbers(side) for side in said.split(" with "))
        return {(min(a, b), max(a, b)) for a in left for b in right}
    return {(int(a), int(b)) for a, b in (pair.split("–") for pair in said.split(", "))}


def _edge(a: int, b: int, weight: float, verdict: str = "link", by: str = "matcher") -> Row:
    return {"pair": [a, b], "weight": weight, "verdict": verdict, "decided_by": by}


def test_what_holds_together_is_a_tree_of_the_strongest_links_a_person_first() -> None:
    edges = [
        _edge(1, 2, 9.0),
        _edge(2, 3, 5.0),
        _edge(1, 3, 4.0),
        _edge(3, 4, 8.0, "review"),
        _edge(1, 4, -9, by="Léa"),
    ]
    assert [edge["pair"] for edge in holding_together(edges)] == [[1, 4], [1, 2], [2, 3]]


def test_a_waterfall_is_one_line() -> None:
    reasons = [
        {"signal": "judgement", "compared": "same: seen on site (Léa, 2026-01-02)", "bits": 0.0},
        {"signal": "name", "compared": "pole sud / pole sud (same)", "bits": 12.84},
        {"signal": "place", "compared": "26281 / —", "bits": -0.5},
        {"signal": "prior", "compared": "how rarely two listings name one pole", "bits": -8.0},
    ]
    assert waterfall({"reasons": reasons}) == (
        "judgement same: seen on site (Léa, 2026-01-02) · name +12.8 pole sud (same) · place −0.5 26281 / — · prior −8"
    )
