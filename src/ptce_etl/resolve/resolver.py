"""Which listings name the same pole: profiles → candidate pairs → weights → groups → ids. No I/O."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pandas as pd

from ptce_etl.frames import empty
from ptce_etl.model import Issue
from ptce_etl.resolve.blocking import candidate_pairs
from ptce_etl.resolve.clustering import group
from ptce_etl.resolve.decisions import Judgement, in_force
from ptce_etl.resolve.identity import identify
from ptce_etl.resolve.profiles import Profiles, profile
from ptce_etl.resolve.ragged import Codes
from ptce_etl.resolve.scoring import SIGNALS, Scores, score
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Resolution", "probability", "resolve"]

_LOOKED_ALIKE = 3.0  # bits of name from which a vetoed pair is worth telling


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
) -> Resolution:
    """Give every listing its pole.

    ``listings`` are clean listings (schema table ``listings`` without ``pole_id``); ``single`` names the sources that
    are declared free of duplicates: two of their listings are two poles. The result does not depend on row order.
    """
    w = weights or Weights()
    ordered = listings.sort_values("listing_id", kind="stable", ignore_index=True)
    profiles = profile(ordered, places, w)
    ids = ordered["listing_id"].tolist()
    at = {listing: position for position, listing in enumerate(ids)}
    judged, lost = _judged(in_force(judgements), at)
    scores = score(profiles, _with(candidate_pairs(profiles), judged, profiles.n), w)
    verdicts, plan = _verdicts(scores, profiles, judged, single, w)
    groups = group(profiles.n, **plan)
    members: dict[str, list[str]] = defaultdict(list)
    for position, root in enumerate(groups.of):
        members[ids[root]].append(ids[position])
    named = identify(members, identities, redirects, since)
    ordered["pole_id"] = pd.Series([named.pole_of[listing] for listing in ids], dtype="str")
    edges, conflicts = _edges(scores, profiles, groups.of, verdicts, judged, ids)
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


def _with(pairs: np.ndarray, judged: _Judged, n: int) -> np.ndarray:
    """Candidate pairs with the judged ones among them: what a person said is always weighed and shown."""
    if not judged:
        return pairs
    codes = np.concatenate([pairs[:, 0] * n + pairs[:, 1], np.array([a * n + b for a, b in judged], dtype=np.int64)])
    codes = np.unique(codes)
    return np.column_stack([codes // n, codes % n])


class _Plan(TypedDict):
    """What :func:`group` is asked: pairs of positions."""

    links: list[tuple[int, int]]
    apart: list[tuple[int, int]]
    doubts: list[tuple[int, int]]
    same: list[tuple[int, int]]
    different: list[tuple[int, int]]


def _verdicts(
    scores: Scores, profiles: Profiles, judged: _Judged, single: frozenset[str], w: Weights
) -> tuple[np.ndarray, _Plan]:
    """A verdict for each pair, and what to follow: what people said about a pair stands instead of what it weighs."""
    left, right = scores.pairs[:, 0], scores.pairs[:, 1]
    alone = (
        np.isin(profiles.source.labels[profiles.source.numbers], sorted(single))
        if single
        else np.zeros(profiles.n, bool)
    )
    same_single = profiles.source.equal(left, right) & alone[left]
    veto = scores.veto | same_single
    verdicts = np.select(  # a vetoed pair that looks alike is kept apart, and shown to a person all the same
        [same_single, scores.weight >= w.link, scores.weight >= w.review, veto],
        ["veto", "link", "review", "veto"],
        "none",
    ).astype(object)
    free = np.array([(i, j) not in judged for i, j in scores.pairs.tolist()], dtype=bool)
    order = np.lexsort((right, left, -scores.weight))

    def pairs(chosen: np.ndarray) -> list[tuple[int, int]]:
        return [(int(i), int(j)) for i, j in scores.pairs[chosen]]

    def said(judgement: str) -> list[tuple[int, int]]:
        return sorted(pair for pair, one in judged.items() if one.judgement == judgement)

    plan = _Plan(
        links=pairs(order[((verdicts == "link") & free)[order]]),
        apart=pairs(np.flatnonzero(veto & free)),
        doubts=pairs(np.flatnonzero(scores.doubt & free)),
        same=said("same"),
        different=said("different"),
    )
    return verdicts, plan


def _edges(
    scores: Scores,
    profiles: Profiles,
    of: list[int],
    verdicts: np.ndarray,
    judged: _Judged,
    ids: list[str],
) -> tuple[pd.DataFrame, list[Issue]]:
    """The pairs worth telling, with their reasons; and an issue for each link that a veto refused."""
    rows, issues = [], []
    settled = {
        frozenset((of[i], of[j])): one.who for (i, j), one in judged.items() if one.judgement == "different"
    }  # one "different" between two groups answers for every pair between them
    chances = probability(scores.weight)
    group_of = np.array(of, dtype=np.int64)
    together_all = group_of[scores.pairs[:, 0]] == group_of[scores.pairs[:, 1]]
    telling = (verdicts == "link") | ((verdicts == "review") & ~together_all) | (verdicts == "veto")
    telling |= np.array([pair in judged for pair in map(tuple, scores.pairs.tolist())], dtype=bool) if judged else False
    for k in np.flatnonzero(telling).tolist():
        i, j = int(scores.pairs[k, 0]), int(scores.pairs[k, 1])
        said = judged.get((i, j))
        together = of[i] == of[j]
        verdict = _verdict(str(verdicts[k]), together, said)
        who = said.who if said else settled.get(frozenset((of[i], of[j])), "matcher")
        if said is None and who != "matcher" and verdict in ("review", "conflict"):
            verdict = "veto"
        if verdict == "none" or (verdict == "veto" and who == "matcher" and scores.signals[k, 0] < _LOOKED_ALIKE):
            continue
        reasons = _reasons(scores, profiles, k, said)
        rows.append(
            (ids[i], ids[j], round(float(scores.weight[k]), 3), round(float(chances[k]), 4), verdict, who, reasons)
        )
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


def _reasons(scores: Scores, p: Profiles, k: int, said: Judgement | None) -> str:
    """The waterfall as JSON: [[signal, values compared, bits], …], the person's word first."""
    i, j = scores.pairs[k]
    lines: list[list[object]] = []
    if said is not None:
        lines.append(["judgement", f"{said.judgement}: {said.why} ({said.who}, {said.when})", 0.0])
    keys = p.texts.keys

    def text(number: int) -> str:
        return keys[number] if number >= 0 else "—"

    def both(codes: Codes) -> str:
        return f"{codes.label(i) or '—'} / {codes.label(j) or '—'}"

    def carriers(position: int) -> str:
        return ", ".join(keys[number] for number in p.carriers.row(position)) or "—"

    levels = (p.commune, p.departement, p.region)
    place = next((codes for codes in levels if codes.label(i) and codes.label(j)), p.region)
    compared = {
        "name": f"{text(int(scores.left_text[k]))} / {text(int(scores.right_text[k]))} ({scores.how[k] or 'no name'})",
        "carrier": f"{carriers(i)} / {carriers(j)}",
        "place": both(place),
        "domain": both(p.domain),
        "round": both(p.round),
        "page": "two names on one page",
        "site": "one names a site, the other does not",
    }
    for number, signal in enumerate(SIGNALS):
        bits = round(float(scores.signals[k, number]), 2)
        if bits or signal == "name":
            lines.append([signal, compared[signal], bits])
    lines.append(
        ["prior", "how rarely two listings name one pole", round(float(scores.weight[k] - scores.signals[k].sum()), 2)]
    )
    return json.dumps(lines, ensure_ascii=False)
