"""Pole ids that stay: through new listings, merges, splits, disappearances and returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.resolve.decisions import IDENTITY_COLUMNS, REDIRECT_COLUMNS
from ptce_etl.resolve.identity import identify_rows

NO_IDS = pd.DataFrame(columns=IDENTITY_COLUMNS, dtype="str")
NO_REDIRECTS = pd.DataFrame(columns=REDIRECT_COLUMNS, dtype="str")


@dataclass(frozen=True)
class State:
    """What :func:`identify_rows` gives, with the pole of each listing by its name."""

    pole_of: dict[str, str]
    identities: pd.DataFrame
    redirects: pd.DataFrame


def _next(before: State | None, *groups: str, since: str = "2026-01-02") -> State:
    known, redirects = (NO_IDS, NO_REDIRECTS) if before is None else (before.identities, before.redirects)
    ids = list("".join(groups))
    numbers = np.repeat(np.arange(len(groups)), [len(members) for members in groups])
    found = identify_rows(pd.Series(ids, dtype="str"), numbers, known, redirects, since)
    return State(dict(zip(ids, found.pole_ids, strict=True)), found.identities, found.redirects)


def test_ids_are_minted_the_same_in_two_fresh_roots_and_tell_nothing() -> None:
    first, second = _next(None, "ab", "c"), _next(None, "c", "ba")
    assert first.pole_of == second.pole_of
    assert first.pole_of["a"] == first.pole_of["b"] != first.pole_of["c"]
    assert all(len(pole) == 9 and pole.startswith("p") for pole in first.pole_of.values())


def test_a_new_listing_joins_without_changing_the_id_even_when_it_sorts_first() -> None:
    first = _next(None, "bc")
    assert _next(first, "abc").pole_of["a"] == first.pole_of["b"]


def test_a_merge_keeps_the_larger_and_redirects_the_other() -> None:
    first = _next(None, "abc", "xy")
    merged = _next(first, "abcxy")
    assert set(merged.pole_of.values()) == {first.pole_of["a"]}
    row = merged.redirects.iloc[0]
    assert (row["pole_id"], row["status"], row["to"]) == (first.pole_of["x"], "301", first.pole_of["a"])


def test_undoing_a_merge_brings_the_old_id_back_and_drops_its_redirect() -> None:
    first = _next(None, "abc", "xy")
    back = _next(_next(first, "abcxy"), "abc", "xy")
    assert back.pole_of == first.pole_of
    assert back.redirects.empty


def test_a_split_leaves_the_id_with_the_larger_part() -> None:
    first = _next(None, "abcde")
    split = _next(first, "abc", "de")
    assert split.pole_of["a"] == first.pole_of["a"]
    assert split.pole_of["d"] not in first.pole_of.values()


def test_a_pole_that_nothing_names_any_more_answers_410_and_may_come_back() -> None:
    first = _next(None, "ab", "c")
    gone = _next(first, "ab")
    assert gone.redirects[["pole_id", "status"]].to_numpy().tolist() == [[first.pole_of["c"], "410"]]
    assert _next(gone, "ab", "c").pole_of == first.pole_of


def test_redirects_never_chain() -> None:
    state = _next(None, "abcd", "ef", "g")
    ids = state.pole_of
    state = _next(state, "abcd", "efg")
    state = _next(state, "abcdefg")
    assert state.redirects["to"].tolist() == [ids["a"], ids["a"]]


_HISTORY = st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=6)


@given(_HISTORY)
def test_over_any_history_each_id_is_alive_or_answered(history: list[list[int]]) -> None:
    state: State | None = None
    seen: set[str] = set()
    for step in history:
        groups: dict[int, str] = {}
        for letter, label in zip("abcdef", step, strict=True):
            groups[label] = groups.get(label, "") + letter
        state = _next(state, *groups.values())
        alive = set(state.pole_of.values())
        assert len(alive) == len(groups)
        seen |= alive
        answered = set(state.redirects["pole_id"])
        assert seen == alive | answered
        assert not alive & answered
        assert set(state.redirects.loc[state.redirects["status"] == "301", "to"]) <= alive


@settings(max_examples=30)
@given(_HISTORY, st.permutations(range(6)))
def test_neither_the_order_of_rows_nor_the_numbers_of_groups_matter(history: list[list[int]], order: list[int]) -> None:
    state: State | None = None
    for labels in history:
        known, redirects = (NO_IDS, NO_REDIRECTS) if state is None else (state.identities, state.redirects)
        ids = pd.Series(list("abcdef"), dtype="str").iloc[order]
        found = identify_rows(ids, 7 - np.array(labels)[order], known, redirects, "2026-01-02")
        state = _next(state, *("".join(x for x, n in zip("abcdef", labels, strict=True) if n == k) for k in range(4)))
        assert dict(zip(ids, found.pole_ids, strict=True)) == state.pole_of
        pd.testing.assert_frame_equal(found.identities, state.identities)
        pd.testing.assert_frame_equal(found.redirects, state.redirects)


def test_an_id_that_is_taken_is_not_minted_again() -> None:
    first = _next(None, "a").pole_of["a"]
    known = pd.DataFrame([("z", first, "2026-01-01")], columns=IDENTITY_COLUMNS, dtype="str")
    found = _next(State({}, known, NO_REDIRECTS), "a", "z").pole_of
    assert found["z"] == first != found["a"]
