"""Words one letter away from a better known word."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ptce_etl.resolve.slips import slip_of


def _mended(words: dict[str, int], fixed: frozenset[str] = frozenset()) -> dict[str, str]:
    texts = np.array(list(words), dtype=object)
    found = slip_of(texts, np.array(list(words.values())), np.array([word in fixed for word in texts], dtype=bool))
    return {word: str(texts[number]) for word, number in zip(texts, found, strict=True) if word != texts[number]}


def test_a_letter_dropped_doubled_changed_or_swapped() -> None:
    slips = {"ressoerre": 1, "ressotterre": 1, "ressotarre": 1, "ressoetrre": 1}
    assert _mended({"ressoterre": 9} | slips) == dict.fromkeys(slips, "ressoterre")


def test_two_letters_away_is_another_word_and_so_is_a_short_one() -> None:
    assert _mended({"ressoterre": 9, "ressorterra": 1, "moulin": 4, "boulon": 1, "bois": 9, "lois": 1}) == {}


def test_a_place_is_never_read_as_another_and_wins_over_what_is_seen_more() -> None:
    assert _mended({"ardentes": 1, "ardennes": 9}, frozenset({"ardentes", "ardennes"})) == {}
    assert _mended({"ardentes": 1, "ardantes": 9}, frozenset({"ardentes"})) == {"ardantes": "ardentes"}


def test_a_slip_of_a_slip_is_left_alone() -> None:
    assert _mended({"manufacture": 9, "manufactur": 2, "manufactu": 1}) == {"manufactur": "manufacture"}


@given(st.dictionaries(st.text("abc", min_size=5, max_size=8), st.integers(1, 9), max_size=25))
def test_all_pairs_one_edit_apart_are_found_and_no_other(words: dict[str, int]) -> None:
    for word, better in _mended(words).items():
        assert OSA.distance(word, better) == 1
        assert (-words[better], better) < (-words[word], word)
    alone = [
        word
        for word in words
        if len(word) >= 6 and not any(len(o) >= 6 and OSA.distance(word, o) == 1 for o in words if o != word)
    ]
    assert not set(alone) & set(_mended(words))
