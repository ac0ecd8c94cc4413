"""Which pair of poles to ask a person about first, and what people said that cannot all be true. No I/O.

A question is about two poles. The pair of listings between them that weighs most stands for it: judged alike, the two
poles become one; judged different, every pair between them is settled. Its *usefulness* is how far the answer is likely
to move what is published::

    usefulness = what the answer moves × how open it is

    what it moves   1 for the number of poles, 2 for each headline population that holds both poles (the growth figure
                    is theirs), 1 for each call round that holds both: counts that are one lower if the two are one
    how open it is  the entropy of the match probability p, from 0 (sure) to 1 (p = 1/2); 1 for a conflict, where the
                    evidence says one pole and a veto says two, so that only a person can tell
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from ptce_etl.resolve.decisions import Judgement
from ptce_etl.schema import SEPARATOR

__all__ = [
    "Contradiction",
    "Question",
    "Said",
    "Step",
    "contradictions",
    "counts_of",
    "open_questions",
    "questions",
    "without_data",
]

Pair = tuple[str, str]
Said = Mapping[Pair, Judgement]  # judgements in force, by pair of listings
_POLES = "poles"
_HEADLINES = ("listed", "state_supported")


@dataclass(frozen=True, slots=True)
class Question:
    """Two poles that may be one. ``poles`` are those of ``left`` and ``right``, the listings that stand for them.

    ``weight`` (bits), ``probability``, ``verdict`` (review, conflict) and ``reasons`` (JSON) are those of their edge;
    ``n_pairs`` counts the doubtful pairs of listings between the two poles; ``moves`` names the counts that hold both;
    ``unsure`` is the word of somebody who looked and could not tell.
    """

    left: str
    right: str
    poles: Pair
    weight: float
    probability: float
    verdict: str
    reasons: str
    n_pairs: int
    moves: tuple[str, ...]
    usefulness: float
    unsure: Judgement | None = None


def counts_of(poles: pd.DataFrame, state_calls: Collection[str]) -> dict[str, frozenset[str]]:
    """The published counts that a pair of poles can move, with the poles that each holds at the snapshot's date.

    ``poles`` is that schema table; ``state_calls`` are the call rounds of the State. Keys: ``poles``, ``listed``,
    ``state_supported`` (the headline populations, as METHOD.md defines them) and ``cohort:<round>``.
    """
    found: dict[str, set[str]] = {_POLES: set(), **{name: set() for name in _HEADLINES}}
    for pole, status, cohorts in zip(poles["pole_id"], poles["status"], poles["cohorts"], strict=True):
        rounds = cohorts.split(SEPARATOR) if isinstance(cohorts, str) else []
        found[_POLES].add(pole)
        if status == "listed":
            found["listed"].add(pole)
        if status != "closed" and any(name in state_calls for name in rounds):
            found["state_supported"].add(pole)
        for name in rounds:
            found.setdefault(f"cohort:{name}", set()).add(pole)
    return {name: frozenset(members) for name, members in found.items()}


def questions(
    edges: pd.DataFrame, pole_of: Mapping[str, str], counts: Mapping[str, Collection[str]]
) -> tuple[Question, ...]:
    """One question for each two poles with an undecided edge between them, the most useful first.

    ``edges`` is that schema table, ``pole_of`` gives each listing its pole, ``counts`` comes from :func:`counts_of`.
    Edges on listings that have no pole are left out. The result does not depend on the order of rows.
    """
    doubtful = edges[edges["verdict"].isin(["review", "conflict"])]
    columns = (doubtful[name] for name in ("left", "right", "weight", "probability", "verdict", "reasons"))
    between: dict[Pair, list[Question]] = defaultdict(list)
    for left, right, bits, chance, verdict, reasons in zip(*columns, strict=True):
        one, two = pole_of.get(left), pole_of.get(right)
        if one is not None and two is not None and one != two:
            found = Question(left, right, (one, two), bits, chance, verdict, reasons, 1, (), 0.0)
            between[min(one, two), max(one, two)].append(found)
    asked = []
    for pair, same in between.items():
        best = min(same, key=lambda q: (-q.weight, q.left, q.right))
        verdict = "conflict" if any(q.verdict == "conflict" for q in same) else best.verdict
        moves = tuple(name for name, members in counts.items() if pair[0] in members and pair[1] in members)
        useful = sum(2.0 if name in _HEADLINES else 1.0 for name in moves) * _openness(verdict, best.probability)
        asked.append(replace(best, verdict=verdict, n_pairs=len(same), moves=moves, usefulness=round(useful, 4)))
    return tuple(sorted(asked, key=lambda q: (-q.usefulness, -q.weight, q.left, q.right)))


def _openness(verdict: str, probability: float) -> float:
    if verdict == "conflict":
        return 1.0
    p = min(max(probability, 0.0), 1.0)
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def open_questions(
    asked: Iterable[Question], said: Said, pole_of: Mapping[str, str], *, again: bool = False
) -> list[Question]:
    """Those of ``asked`` that ``said`` does not settle, in their order; with ``again`` also, and last, the unsure ones.

    An answer settles all that follows from it before the next run has: with A = B, what is said of B and C holds for
    A and C.
    """
    parent: dict[str, str] = {}

    def root(pole: str) -> str:
        while parent.setdefault(pole, pole) != pole:
            parent[pole] = parent[parent[pole]]
            pole = parent[pole]
        return pole

    words = [(pole_of[a], pole_of[b], one) for (a, b), one in said.items() if a in pole_of and b in pole_of]
    for one, two, word in words:
        if word.judgement == "same":
            parent[root(one)] = root(two)
    apart = {frozenset((root(one), root(two))) for one, two, word in words if word.judgement == "different"}
    unsure = {frozenset((one, two)): word for one, two, word in words if word.judgement == "unsure"}
    fresh, seen = [], []
    for question in asked:
        one, two = (root(pole) for pole in question.poles)
        if one == two or frozenset((one, two)) in apart:
            continue
        doubt = unsure.get(frozenset(question.poles))
        if doubt is None:
            fresh.append(question)
        else:
            seen.append(replace(question, unsure=doubt))
    return fresh + seen if again else fresh


@dataclass(frozen=True, slots=True)
class Step:
    """Two listings taken for one pole: by a person (``judgement``), or by the matcher (None)."""

    left: str
    right: str
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``chain`` leads from one listing of ``different`` to the other, by steps that each say "same"."""

    different: Judgement
    chain: tuple[Step, ...]


def contradictions(
    said: Said, links: Iterable[Pair] = (), pole_of: Mapping[str, str] | None = None
) -> tuple[Contradiction, ...]:
    """What people said that cannot all be true, each with the shortest chain that shows it (ties: smallest ids).

    Chains go by judgements alone where they can; else also by ``links`` of the matcher (pairs of listings of one pole,
    by ``pole_of``) around a "same" that could not be followed. Links alone contradict nobody: the matcher gives way.
    """
    same = {pair: word for pair, word in said.items() if word.judgement == "same"}
    people = _graph(same)
    everything: dict[str, list[str]] | None = None
    found = []
    for (left, right), word in sorted(said.items()):
        if word.judgement != "different":
            continue
        path = _shortest(people, left, right)
        if path is None and pole_of is not None:
            everything = everything if everything is not None else _graph([*same, *links])
            path = _shortest(everything, left, right)
        chain = _steps(path or [], same)
        of = pole_of or {}
        refused = any(step.judgement and of.get(step.left) != of.get(step.right) for step in chain)
        if chain and (all(step.judgement for step in chain) or refused):
            found.append(Contradiction(word, chain))
    return tuple(found)


def _graph(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    return {node: sorted(others) for node, others in near.items()}


def _shortest(graph: Mapping[str, list[str]], start: str, end: str) -> list[str] | None:
    came = {start: start}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == end:
            path = [node]
            while path[-1] != start:
                path.append(came[path[-1]])
            return path[::-1]
        for other in graph.get(node, ()):
            if other not in came:
                came[other] = node
                waiting.append(other)
    return None


def _steps(path: list[str], same: Said) -> tuple[Step, ...]:
    return tuple(Step(a, b, same.get((min(a, b), max(a, b)))) for a, b in pairwise(path))


def without_data(said: Said, listings: Collection[str]) -> tuple[Judgement, ...]:
    """The judgements on a listing that is not among ``listings`` any more, in order of their pairs."""
    return tuple(word for pair, word in sorted(said.items()) if not all(listing in listings for listing in pair))
