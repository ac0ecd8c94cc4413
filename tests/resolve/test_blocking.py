"""Candidate pairs: what must be compared is, whatever the partitions, and in a number that grows with the listings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.clean.geography import Geography
from ptce_etl.resolve import blocking
from ptce_etl.resolve.blocking import candidates, partitions
from ptce_etl.resolve.components import connected, inner_pairs
from ptce_etl.resolve.matching import match
from ptce_etl.resolve.profiles import Profiles, profile
from ptce_etl.resolve.ragged import Ragged, member
from ptce_etl.resolve.scoring import Scores
from ptce_etl.resolve.tokens import tokens_of
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import place_words

LEDGER = Path(__file__).parents[2] / "data/raw/transcribed/listings.csv"
W = Weights()


def _profiles(rows: list[dict[str, str]]) -> Profiles:
    return profile(pd.DataFrame(rows, dtype="str"), place_words(Geography.load()), W)


def _pairs(rows: list[dict[str, str]]) -> list[tuple[int, int]]:
    p = _profiles(rows)
    tokens = tokens_of(p, W)
    return [(i, j) for part in partitions(tokens) for i, j in candidates(p, tokens, *part, W).tolist()]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"name": "La Source bleue"}, {"name": "PTCE de la source"}),
        ({"name": "Lab S’Eau"}, {"name": "LABSEAU"}),
        ({"name": "Ressoterre textile"}, {"name": "Ressoerre"}),
        ({"name": "Pôle Rural des Métiers d'Art"}, {"name": "PRMA"}),
        ({"name": "PRMA"}, {"name": "Pôle Rural des Métiers d'Art"}),
        ({"name": "Le Tilleul", "carrier": "SCIC Vertex"}, {"name": "Vertex"}),
        ({"name": "Un", "website_domain": "un.fr"}, {"name": "Deux", "website_domain": "un.fr"}),
        ({"name": "Un", "code_commune_insee": "29019"}, {"name": "Deux", "code_commune_insee": "29019"}),
    ],
)
def test_what_two_listings_may_have_in_common_brings_them_together(left: dict[str, str], right: dict[str, str]) -> None:
    assert _pairs([left, right]) == [(0, 1)]


def test_listings_with_nothing_in_common_do_not_meet() -> None:
    assert _pairs([{"name": "La Source"}, {"name": "Marée Haute"}]) == []


def test_partitions_put_together_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    p = _profiles(pd.read_csv(LEDGER, dtype="str").to_dict("records"))
    whole = match(p, W, _one_by_one)
    monkeypatch.setattr(blocking, "_WORK", 50)
    assert len(partitions(tokens_of(p, W))) > 20
    parts = match(p, W, _one_by_one)
    assert np.array_equal(parts.pairs, whole.pairs)
    assert np.array_equal(parts.signals, whole.signals)


def _one_by_one(task: object, ranges: list[tuple[int, int]]) -> list[Scores]:
    return [task(part) for part in ranges]  # type: ignore[operator]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_inner_pairs_are_all_the_others_of_a_component(links: list[tuple[int, int]]) -> None:
    pairs = np.array(sorted({(min(a, b), max(a, b)) for a, b in links if a != b}), dtype=np.int64).reshape(-1, 2)
    root = connected(12, pairs)
    assert all(root[a] == root[b] for a, b in pairs.tolist())
    assert root.tolist() == [min(x for x in range(12) if root[x] == root[y]) for y in range(12)]
    linked = set(map(tuple, pairs.tolist()))
    together = {(a, b) for a in range(12) for b in range(a + 1, 12) if root[a] == root[b]}
    found = list(map(tuple, inner_pairs(root, pairs).tolist()))
    assert sorted(found) == found
    assert set(found) == {pair for pair in together - linked if np.sum(root == root[pair[0]]) > 2}


_ROWS = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6)


@given(_ROWS, _ROWS)
def test_ragged_rows_are_lists_of_lists(rows: list[list[int]], others: list[list[int]]) -> None:
    ragged = Ragged.of(rows)
    assert [ragged.row(i) for i in range(len(ragged))] == rows
    assert [ragged.then(Ragged.of(others)).row(i) for i in range(len(rows) + len(others))] == rows + others
    chosen = np.array([-1, *range(len(rows))[::-1]])
    picked, at = ragged.pick(chosen)
    assert [picked.row(i) for i in range(len(chosen))] == [[], *rows[::-1]]
    assert ragged.values[at].tolist() == picked.values.tolist()
    grid = ragged.grid(np.arange(len(rows)))
    assert [[int(v) for v in column if v >= 0] for column in grid.T] == rows
    distinct = Ragged.distinct(ragged.owners, ragged.values, len(rows))
    assert [distinct.row(i) for i in range(len(rows))] == [sorted(set(row)) for row in rows]
    left = np.zeros(len(rows), dtype=np.int64)
    held = member(ragged.grid(left), grid)
    assert held.sum(axis=0).tolist() == [sum(value in row for value in rows[0]) for row in rows]
