"""Which pair to ask about first, what an answer settles, and what people said that cannot all be true."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.publish.api import load_all
from ptce_etl.resolve.decisions import Judgement, Word, in_force
from ptce_etl.resolve.queue import (
    Question,
    contradictions,
    counts_of,
    open_questions,
    questions,
    without_data,
)
from ptce_etl.schema import TABLES


def said(*words: tuple[str, str, Word]) -> dict[tuple[str, str], Judgement]:
    return in_force(Judgement(a, b, word, "Léa", "2026-11-23", f"{a}{b}") for a, b, word in words)


def edges(*rows: tuple[str, str, float, float, str]) -> pd.DataFrame:
    reasons = json.dumps([["name", "x / y (different)", 1.0]])
    return pd.DataFrame([(*row, "matcher", reasons) for row in rows], columns=TABLES["edges"].names)


POLE_OF = {f"{pole}{n}": f"p{pole}" for pole in "abcd" for n in (1, 2)}
COUNTS = {"poles": {"pa", "pb", "pc", "pd"}, "listed": {"pa", "pb", "pc"}, "cohort:aap-2013": {"pa", "pb"}}


def test_two_poles_are_one_question_and_the_heaviest_pair_stands_for_it() -> None:
    asked = questions(
        edges(
            ("a1", "b1", -3.0, 0.1, "review"),
            ("a2", "b1", -1.0, 0.3, "review"),
            ("b2", "a1", -2.0, 0.2, "review"),
            ("a1", "a2", -2.0, 0.2, "review"),  # one pole already
            ("a1", "z9", -2.0, 0.2, "review"),  # not known at this date
            ("c1", "d1", 9.0, 1.0, "link"),
            ("c2", "d1", -9.0, 0.0, "veto"),
        ),
        POLE_OF,
        COUNTS,
    )
    (question,) = asked
    assert (question.left, question.right, question.poles, question.n_pairs) == ("a2", "b1", ("pa", "pb"), 3)
    assert question.moves == ("poles", "listed", "cohort:aap-2013")


def test_usefulness_is_what_moves_times_how_open_it_is() -> None:
    asked = questions(
        edges(
            ("a1", "b1", -5.0, 0.03, "review"),  # moves most, all but sure
            ("a1", "c1", 0.0, 0.5, "review"),
            ("c1", "d1", 4.0, 0.94, "conflict"),  # moves the number of poles only; evidence against a veto
            ("b1", "d1", 0.0, 0.5, "review"),
            ("b1", "c1", -8.0, 0.0, "review"),
        ),
        POLE_OF,
        COUNTS,
    )
    assert [(q.poles, q.usefulness) for q in asked] == [
        (("pa", "pc"), 3.0),
        (("pc", "pd"), 1.0),
        (("pb", "pd"), 1.0),
        (("pa", "pb"), pytest.approx(4 * 0.1944, abs=0.001)),
        (("pb", "pc"), 0.0),
    ]


def test_a_conflict_anywhere_between_two_poles_makes_the_question_one() -> None:
    (question,) = questions(
        edges(("a1", "b1", 1.0, 0.6, "conflict"), ("a2", "b2", -1.0, 0.3, "review")), POLE_OF, COUNTS
    )
    assert (question.verdict, question.n_pairs) == ("conflict", 2)


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    table = edges(
        ("a1", "b1", -1.0, 0.3, "review"),
        ("a2", "b2", -1.0, 0.3, "review"),
        ("a1", "c1", -1.0, 0.3, "review"),
        ("b1", "c2", -1.0, 0.3, "conflict"),
        ("c1", "d1", -1.0, 0.3, "review"),
        ("a2", "d2", -2.0, 0.2, "review"),
    )
    assert questions(table.iloc[order], POLE_OF, COUNTS) == questions(table, POLE_OF, COUNTS)


ASKED = questions(
    edges(*((f"{one}1", f"{two}1", -1.0, 0.3, "review") for one, two in itertools.combinations("abcd", 2))),
    POLE_OF,
    COUNTS,
)


def left_open(words: dict[tuple[str, str], Judgement], *, again: bool = False) -> list[str]:
    return ["".join(sorted(pole[1] for pole in q.poles)) for q in open_questions(ASKED, words, POLE_OF, again=again)]


@pytest.mark.parametrize(
    ("words", "still"),
    [
        ([], {"ab", "ac", "ad", "bc", "bd", "cd"}),
        ([("a2", "b2", "same")], {"ac", "ad", "bc", "bd", "cd"}),  # other listings of the same two poles
        ([("a1", "b1", "same"), ("b1", "c1", "same")], {"ad", "bd", "cd"}),  # so a and c are one
        ([("a1", "b1", "same"), ("b1", "c1", "different")], {"ad", "bd", "cd"}),  # so a and c are two
        ([("a1", "b1", "different"), ("b1", "c1", "different")], {"ac", "ad", "bd", "cd"}),  # says nothing of a and c
        ([("a1", "b1", "unsure")], {"ac", "ad", "bc", "bd", "cd"}),
        ([("a1", "zz", "same"), ("a1", "a2", "different")], {"ab", "ac", "ad", "bc", "bd", "cd"}),
    ],
)
def test_an_answer_settles_what_follows_from_it(words: list[tuple[str, str, Word]], still: set[str]) -> None:
    assert set(left_open(said(*words))) == still


def test_the_unsure_come_back_last_and_only_when_asked() -> None:
    words = said(("a1", "b2", "unsure"))
    order = left_open({})
    assert left_open(words) == [pair for pair in order if pair != "ab"]
    assert left_open(words, again=True) == [*left_open(words), "ab"]
    assert open_questions(ASKED, words, POLE_OF, again=True)[-1].unsure == words["a1", "b2"]
    assert left_open(words | said(("a1", "b1", "same")), again=True) == [p for p in order if p != "ab"]


_LISTINGS = st.sampled_from(sorted(POLE_OF))
_SAID = st.lists(st.tuples(_LISTINGS, _LISTINGS, st.sampled_from(["same", "different"])), max_size=6)


@given(_SAID)
def test_what_is_left_open_is_what_no_answer_implies(words: list[tuple[str, str, Word]]) -> None:
    found = said(*((min(a, b), max(a, b), word) for a, b, word in words if a != b))
    group = {pole: {pole} for pole in "abcd"}
    for (a, b), word in found.items():
        if word.judgement == "same" and group[a[0]] is not group[b[0]]:
            group[a[0]] |= group[b[0]]
            for pole in group[a[0]]:
                group[pole] = group[a[0]]
    apart = [(group[a[0]], group[b[0]]) for (a, b), word in found.items() if word.judgement == "different"]

    def settled(one: str, two: str) -> bool:
        pair = (group[one], group[two])
        return pair[0] is pair[1] or any(pair in ((x, y), (y, x)) for x, y in apart)

    asked = {"".join(sorted(pole[1] for pole in q.poles)) for q in ASKED}
    assert set(left_open(found)) == {pair for pair in asked if not settled(*pair)}


def chains(words: dict[tuple[str, str], Judgement], *rest: object) -> list[tuple[str, str]]:
    found = contradictions(words, *rest)  # type: ignore[arg-type]  # links and pole_of, as they come
    return [
        (one.different.why, " ".join(f"{s.left}{'=' if s.judgement else '~'}{s.right}" for s in one.chain))
        for one in found
    ]


def test_a_contradiction_is_shown_by_the_shortest_chain() -> None:
    words = said(
        ("a1", "b1", "same"),
        ("b1", "c1", "same"),
        ("a1", "d1", "same"),
        ("d1", "d2", "same"),
        ("c1", "d2", "same"),
        ("a1", "c1", "different"),
        ("a2", "c1", "different"),
    )
    assert chains(words) == [("a1c1", "a1=b1 b1=c1")]
    assert chains(words | said(("b1", "c1", "unsure"))) == [("a1c1", "a1=d1 d1=d2 d2=c1")]
    assert chains(words | said(("b1", "c1", "unsure"), ("a1", "d1", "different"))) == []


def test_a_word_that_could_not_be_followed_is_a_contradiction_through_the_links_of_the_matcher() -> None:
    """a1 = b1 was said, but b1 hangs with b2, which was said to be another pole than a2, which hangs with a1."""
    words = said(("a1", "b1", "same"), ("a2", "b2", "different"))
    links = [("a1", "a2"), ("b1", "b2")]
    assert chains(words, links, POLE_OF) == [("a2b2", "a2~a1 a1=b1 b1~b2")]
    assert chains(words) == []


def test_links_alone_contradict_nobody() -> None:
    """The matcher gives way to "different" at the next run: the snapshot at hand was made before it was said."""
    together = dict.fromkeys(POLE_OF, "pa")
    assert chains(said(("a1", "b1", "different")), [("a1", "a2"), ("a2", "b1")], together) == []
    words = said(("a1", "b1", "different"), ("a1", "a2", "same"))
    assert chains(words, [("a1", "a2"), ("a2", "b1")], together) == []


def test_judgements_without_data_are_named() -> None:
    words = said(("a1", "b1", "same"), ("b1", "zz", "different"), ("a1", "yy", "unsure"))
    assert [word.why for word in without_data(words, POLE_OF)] == ["a1yy", "b1zz"]


def test_the_counts_that_a_pair_moves_are_the_published_ones(built_root: Path) -> None:
    tables = load_all(data=built_root)
    found = counts_of(tables["poles"], {call.programme for call in load_programmes() if call.state_call})
    counts = tables["counts"]
    france = counts[(counts["territory_level"] == "france") & (counts["as_of"] == counts["as_of"].max())]
    published = dict(zip(france["population"], france["n"], strict=True))
    assert len(found.pop("poles")) == len(tables["poles"])
    assert {"listed", "state_supported", "cohort:aap-2013"} <= found.keys()
    assert {name: len(members) for name, members in found.items()} == {name: published[name] for name in found}


def test_every_question_of_the_bundled_listings_is_about_two_poles(built_root: Path) -> None:
    tables = load_all(data=built_root)
    pole_of = dict(zip(tables["listings"]["listing_id"], tables["listings"]["pole_id"], strict=True))
    asked = questions(tables["edges"], pole_of, counts_of(tables["poles"], set()))
    assert all(isinstance(q, Question) and pole_of[q.left] == q.poles[0] != q.poles[1] for q in asked)
    assert len({frozenset(q.poles) for q in asked}) == len(asked)
    waiting = tables["poles"]["n_undecided"] > 0
    assert {pole for q in asked if q.verdict == "review" for pole in q.poles} <= set(
        tables["poles"]["pole_id"][waiting]
    )
