"""Which listings name the same pole: profiles → candidate pairs → weights → groups → ids. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptce_etl.clean.spellings import Spellings
from ptce_etl.model import Issue
from ptce_etl.resolve.clustering import group
from ptce_etl.resolve.components import connected, inner_pairs
from ptce_etl.resolve.decisions import Judgement, in_force
from ptce_etl.resolve.edges import LINK, NONE, REVIEW, VETO, Judged, codes_of, edges_table
from ptce_etl.resolve.identity import identify_rows
from ptce_etl.resolve.matching import Runner, match, on_threads, weigh
from ptce_etl.resolve.profiles import Profiles, profile
from ptce_etl.resolve.scoring import Scores
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Resolution", "resolve"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """``listings`` and ``edges`` are schema tables; ``identities`` and ``redirects`` the decision files to keep."""

    listings: pd.DataFrame
    edges: pd.DataFrame
    identities: pd.DataFrame
    redirects: pd.DataFrame
    issues: tuple[Issue, ...]


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
    at = {listing: position for position, listing in enumerate(ordered["listing_id"].tolist())}
    judged, lost = _judged(in_force(judgements), at)
    scores, verdicts, of = _group(profiles, judged, single, w, runner)
    named = identify_rows(ordered["listing_id"], of, identities, redirects, since)
    ordered["pole_id"] = named.pole_ids
    edges, conflicts = edges_table(scores, profiles, of, verdicts, judged, ordered["listing_id"], w)
    return Resolution(ordered, edges, named.identities, named.redirects, (*lost, *conflicts))


def _judged(judgements: dict[tuple[str, str], Judgement], at: dict[str, int]) -> tuple[Judged, list[Issue]]:
    found: Judged = {}
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
    profiles: Profiles, judged: Judged, single: frozenset[str], w: Weights, runner: Runner
) -> tuple[Scores, np.ndarray, np.ndarray]:
    """Weighed pairs, a verdict for each, and for each listing the first listing of its group."""
    n = profiles.n
    scores = match(profiles, w, runner)
    said = np.array(sorted(judged), dtype=np.int64).reshape(-1, 2)  # what a person said is always weighed and shown
    unseen = said[~np.isin(codes_of(said, n), codes_of(scores.pairs, n))]
    scores = Scores.joined([scores, weigh(profiles, unseen, w)])
    same = said[[judged[a, b].judgement == "same" for a, b in said.tolist()]] if len(said) else said
    linked = scores.pairs[scores.weight >= w.link]
    root = connected(n, np.concatenate([linked, same]))
    scores = Scores.joined([scores, weigh(profiles, inner_pairs(root, scores.pairs), w, runner)])
    scores = scores.taken(np.lexsort((scores.pairs[:, 1], scores.pairs[:, 0])))
    verdicts, apart = _verdicts(scores, profiles, single, w)
    return scores, verdicts, _cut(scores, verdicts, apart, root, judged)


def _verdicts(scores: Scores, profiles: Profiles, single: frozenset[str], w: Weights) -> tuple[np.ndarray, np.ndarray]:
    """The matcher's verdict on each pair (see :mod:`.edges`), and whether the pair must be kept apart."""
    left, right = scores.pairs[:, 0], scores.pairs[:, 1]
    same_single = np.zeros(len(left), dtype=bool)
    if single:
        alone = np.append(np.isin(profiles.source.labels, sorted(single)), False)[profiles.source.numbers]
        same_single = profiles.source.equal(left, right) & alone[left]
    veto = scores.veto | same_single
    verdicts = np.select(  # a vetoed pair that looks alike is kept apart, and shown to a person all the same
        [same_single, scores.weight >= w.link, scores.weight >= w.review, veto], [VETO, LINK, REVIEW, VETO], NONE
    )
    return verdicts, scores.apart | same_single


def _cut(scores: Scores, verdicts: np.ndarray, apart: np.ndarray, root: np.ndarray, judged: Judged) -> np.ndarray:
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
        free = ~np.isin(codes_of(pairs, len(root)), codes_of(np.array(sorted(judged), dtype=np.int64), len(root)))
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -scores.weight))

    def chosen(rows: np.ndarray) -> list[tuple[int, int]]:
        return [(i, j) for i, j in pairs[rows].tolist()]

    def said(judgement: str) -> list[tuple[int, int]]:
        return sorted(pair for pair, one in judged.items() if one.judgement == judgement)

    groups = group(
        len(root),
        links=chosen(order[((verdicts == LINK) & asked & free)[order]]),
        apart=chosen(np.flatnonzero(apart & asked & free)),
        doubts=chosen(np.repeat(np.arange(len(pairs)), np.where(asked & free, scores.doubt, 0))),
        same=said("same"),
        different=said("different"),
    )
    return np.where(troubled[root], np.array(groups.of), root)
