"""Which listings name the same pole: profiles → candidate pairs → weights → groups → ids. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptce_etl.clean.spellings import Spellings
from ptce_etl.frames import empty
from ptce_etl.model import Issue
from ptce_etl.resolve.clustering import group
from ptce_etl.resolve.components import connected, inner_pairs
from ptce_etl.resolve.decisions import Judgement, in_force
from ptce_etl.resolve.identity import identify_rows
from ptce_etl.resolve.matching import Runner, match, on_threads, weigh
from ptce_etl.resolve.profiles import Profiles, profile
from ptce_etl.resolve.reasons import Waterfall
from ptce_etl.resolve.scoring import Scores
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Resolution", "probability", "resolve"]

VERDICTS = ("none", "veto", "review", "link")  # of the matcher, by number
_NONE, _VETO, _REVIEW, _LINK = range(4)


@dataclass(frozen=True, slots=True)
class Resolution:
    """``listings`` and ``edges`` are schema tables; ``identities`` and ``redirects`` the decision files to keep."""

    listings: pd.DataFrame
    edges: pd.DataFrame
    identities: pd.DataFrame
    redirects: pd.DataFrame
    issues: tuple[Issue, ...]


def probability(weight: np.ndarray) -> np.ndarray:
    """Match probability of a weight in bits (the prior is in the weight already)."""
    return np.asarray(1.0 / (1.0 + np.exp2(-weight)))


def resolve(
    listings: pd.DataFrame,
    *,
    places: PlaceWords,
    judgements: Iterable[Judgement] = (),
    identities: pd.DataFrame,
    redirects: pd.DataFrame,
    since: str,
    single: frozenset[str] = frozenset(),
    weights: Weights | None = None,
    spellings: Spellings | None = None,
    runner: Runner = on_threads,
) -> Resolution:
    """Give every listing its pole.

    ``listings`` are clean listings (schema table ``listings`` without ``pole_id``); ``single`` names the sources that
    are declared free of duplicates: two of their listings are two poles. ``spellings`` is what cleaning read in the
    names. ``runner`` says where the partitions of
    candidate pairs are weighed. The result depends on neither the order of rows nor the runner.
    """
    w = (weights or Weights()).among(len(listings))
    ordered = listings.sort_values("listing_id", kind="stable", ignore_index=True)
    profiles = profile(ordered, places, w, spellings)
    ids = ordered["listing_id"].tolist()
    at = {listing: position for position, listing in enumerate(ids)}
    judged, lost = _judged(in_force(judgements), at)
    scores, verdicts, of = _group(profiles, judged, single, w, runner)
    named = identify_rows(ordered["listing_id"], of, identities, redirects, since)
    ordered["pole_id"] = named.pole_ids
    edges, conflicts = _edges(scores, profiles, of, verdicts, judged, ids, w)
    return Resolution(ordered, edges, named.identities, named.redirects, (*lost, *conflicts))


_Judged = dict[tuple[int, int], Judgement]


def _judged(judgements: dict[tuple[str, str], Judgement], at: dict[str, int]) -> tuple[_Judged, list[Issue]]:
    found: _Judged = {}
    lost = []
    for (left, right), judgement in judgements.items():
        if left in at and right in at:
            a, b = sorted((at[left], at[right]))
            found[a, b] = judgement
        else:
            message = (
                f"judgement {left} / {right} ({judgement.judgement}, {judgement.who}) is about no listing of this run"
            )
            lost.append(Issue("resolve", "judgement_without_data", "info", "us", message))
    return found, lost


def _group(
    profiles: Profiles, judged: _Judged, single: frozenset[str], w: Weights, runner: Runner
) -> tuple[Scores, np.ndarray, np.ndarray]:
    """Weighed pairs, a verdict for each, and for each listing the first listing of its group."""
    n = profiles.n
    scores = match(profiles, w, runner)
    said = np.array(sorted(judged), dtype=np.int64).reshape(-1, 2)  # what a person said is always weighed and shown
    unseen = said[~np.isin(_codes(said, n), _codes(scores.pairs, n))]
    scores = Scores.joined([scores, weigh(profiles, unseen, w)])
    same = said[[judged[a, b].judgement == "same" for a, b in said.tolist()]] if len(said) else said
    linked = scores.pairs[scores.weight >= w.link]
    root = connected(n, np.concatenate([linked, same]))
    scores = Scores.joined([scores, weigh(profiles, inner_pairs(root, scores.pairs), w, runner)])
    scores = scores.taken(np.lexsort((scores.pairs[:, 1], scores.pairs[:, 0])))
    verdicts, apart = _verdicts(scores, profiles, single, w)
    return scores, verdicts, _cut(scores, verdicts, apart, root, judged)


def _codes(pairs: np.ndarray, n: int) -> np.ndarray:
    return np.asarray(pairs[:, 0] * n + pairs[:, 1])


def _verdicts(scores: Scores, profiles: Profiles, single: frozenset[str], w: Weights) -> tuple[np.ndarray, np.ndarray]:
    """The matcher's verdict on each pair (a place in VERDICTS), and whether the pair must be kept apart."""
    left, right = scores.pairs[:, 0], scores.pairs[:, 1]
    same_single = np.zeros(len(left), dtype=bool)
    if single:
        alone = np.append(np.isin(profiles.source.labels, sorted(single)), False)[profiles.source.numbers]
        same_single = profiles.source.equal(left, right) & alone[left]
    veto = scores.veto | same_single
    verdicts = np.select(  # a vetoed pair that looks alike is kept apart, and shown to a person all the same
        [same_single, scores.weight >= w.link, scores.weight >= w.review, veto], [_VETO, _LINK, _REVIEW, _VETO], _NONE
    )
    return verdicts, scores.apart | same_single


def _cut(scores: Scores, verdicts: np.ndarray, apart: np.ndarray, root: np.ndarray, judged: _Judged) -> np.ndarray:
    """The groups: connected listings, cut where something speaks against it.

    What people said about a pair stands instead of what it weighs. Most components have nothing against them.
    """
    pairs = scores.pairs
    inside = root[pairs[:, 0]] == root[pairs[:, 1]]
    against = inside & (apart | (scores.doubt > 0))
    troubled = np.zeros(len(root), dtype=bool)
    troubled[root[pairs[against, 0]]] = True
    troubled[[root[a] for pair in judged for a in pair]] = True
    asked = inside & troubled[root[pairs[:, 0]]]
    free = np.ones(len(pairs), dtype=bool)
    if judged:
        free = ~np.isin(_codes(pairs, len(root)), _codes(np.array(sorted(judged), dtype=np.int64), len(root)))
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores.weight))

    def chosen(rows: np.ndarray) -> list[tuple[int, int]]:
        return [(i, j) for i, j in pairs[rows].tolist()]

    def said(judgement: str) -> list[tuple[int, int]]:
        return sorted(pair for pair, one in judged.items() if one.judgement == judgement)

    groups = group(
        len(root),
        links=chosen(order[((verdicts == _LINK) & asked & free)[order]]),
        apart=chosen(np.flatnonzero(apart & asked & free)),
        doubts=chosen(np.repeat(np.arange(len(pairs)), np.where(asked & free, scores.doubt, 0))),
        same=said("same"),
        different=said("different"),
    )
    return np.where(troubled[root], np.array(groups.of), root)


def _edges(
    scores: Scores,
    profiles: Profiles,
    of: np.ndarray,
    verdicts: np.ndarray,
    judged: _Judged,
    ids: list[str],
    w: Weights,
) -> tuple[pd.DataFrame, list[Issue]]:
    """The pairs worth telling, with their reasons; and an issue for each link that a veto refused."""
    settled = {
        frozenset((int(of[i]), int(of[j]))): one.who for (i, j), one in judged.items() if one.judgement == "different"
    }  # one "different" between two groups answers for every pair between them
    together = of[scores.pairs[:, 0]] == of[scores.pairs[:, 1]]
    alike = scores.signals[:, 0] >= w.looks_alike
    telling = (verdicts == _LINK) | ~together & ((verdicts == _REVIEW) | (verdicts == _VETO) & (alike | bool(settled)))
    if judged:
        codes = np.array(sorted(judged), dtype=np.int64)
        telling |= np.isin(_codes(scores.pairs, profiles.n), _codes(codes, profiles.n))
    told = scores.taken(telling)
    waterfall = Waterfall(profiles, told)
    chances = np.round(probability(told.weight), 4).tolist()
    weights = np.round(told.weight, 3).tolist()
    rows, issues = [], []
    columns = (told.pairs.tolist(), verdicts[telling].tolist(), together[telling].tolist(), alike[telling].tolist())
    for k, ((i, j), number, joined, looks) in enumerate(zip(*columns, strict=True)):
        said = judged.get((i, j)) if judged else None
        verdict = _verdict(VERDICTS[number], joined, said)
        who = said.who if said else "matcher"
        if said is None and settled and (one := settled.get(frozenset((int(of[i]), int(of[j]))))):
            who = one
            verdict = "veto" if verdict in ("review", "conflict") else verdict
        if verdict == "none" or (verdict == "veto" and who == "matcher" and not looks):
            continue
        rows.append((ids[i], ids[j], weights[k], chances[k], verdict, who, waterfall.tell(k, said)))
        if verdict == "conflict":
            message = (
                f"{ids[i]} and {ids[j]} look like one pole, but joining them would join poles known to be different"
            )
            issues.append(Issue("resolve", "conflict", "warning", "us", message, listing_id=ids[i]))
    frame = pd.DataFrame(rows, columns=empty("edges").columns) if rows else empty("edges")
    return frame, issues


def _verdict(verdict: str, together: bool, said: Judgement | None) -> str:
    if said is not None:
        if said.judgement == "same":
            return "link" if together else "conflict"
        if said.judgement == "different":
            return "conflict" if together else "veto"
        return "link" if together else "review"
    if verdict == "link" and not together:
        return "conflict"
    if verdict in ("review", "veto") and together:
        return "none"  # settled by stronger links, or by a person
    return verdict
