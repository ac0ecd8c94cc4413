"""Which lists depend on each other: the choice of a log-linear model, with a rule against over-fit. Numbers only.

Every set of dependent pairs of lists is a candidate, as long as a degree of freedom is left, the two lists of each pair
share a member, and the likelihood has its maximum at finite parameters (Fienberg and Rinaldo 2012, Ann. Statist.
40:996-1023; Chan, Silverman and Vincent 2021, J. Amer. Statist. Assoc. 116:1297-1306). The candidate of lowest BIC
wins; each pair has to lower it by :data:`MARGIN` more ("positive" evidence, Kass and Raftery 1995, J. Amer. Statist.
Assoc. 90:773-795). Choosing by AIC, or without a margin, takes chance for dependence and makes the interval too short
(Regal and Hook 1991, Statist. Med. 10:717-721): ``benchmarks/coverage.py`` shows by how much.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ptce_etl.measure.capture import Estimate
from ptce_etl.measure.loglinear import Fit, Floats, Pairs, bound_design, design, fit, histories, missed

__all__ = ["MARGIN", "MOST_LISTS", "Choice", "bound_score", "candidates", "choose", "scores"]

MARGIN = 2.0
MOST_LISTS = 4  # 64 candidates; one list more would make 1,024, in cells that are emptier still


@dataclass(frozen=True, slots=True)
class Choice:
    """The model chosen (dependent ``pairs`` of lists), its fit and estimate; ``rivals``: the sizes that candidates give
    whose score is within :data:`MARGIN` of the best; ``unequal``: so is the score of the model in which members are
    unequally easy to find (``loglinear.bound_design``), under which the estimate is too low."""

    pairs: Pairs
    fit: Fit
    estimate: Estimate
    rivals: tuple[float, ...]
    unequal: bool


@cache
def candidates(lists: int) -> tuple[Pairs, ...]:
    """Every set of dependent pairs that leaves a degree of freedom, the smaller first (none: independent lists)."""
    pairs = tuple(combinations(range(lists), 2))
    room = max(0, 2**lists - 1 - (1 + lists) - 1)
    return tuple(chosen for size in range(min(room, len(pairs)) + 1) for chosen in combinations(pairs, size))


def scores(counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Score and population size by candidate, in the order of :func:`candidates`: (candidates, …) each, of (…, cells).

    The lower score is the better; it is infinite for a candidate that is not eligible.
    """
    y = np.asarray(counts, dtype=float)
    lists = int(y.shape[-1] + 1).bit_length() - 1
    on = histories(lists)
    seen = y.sum(axis=-1)
    found, sizes = [], []
    for pairs in candidates(lists):
        model = fit(design(lists, pairs), y)
        eligible = model.exists
        for one, two in pairs:
            eligible = eligible & (y[..., (on[:, one] & on[:, two]) > 0].sum(axis=-1) > 0)
        bic = (1 + lists + len(pairs)) * np.log(np.maximum(seen, 1)) - 2 * model.log_likelihood
        found.append(np.where(eligible, bic + MARGIN * len(pairs), np.inf))
        sizes.append(missed(model, seen).n)
    return np.array(found), np.array(sizes)


def choose(counts: npt.ArrayLike) -> Choice | None:
    """The model for one table of ``counts`` (seen cells); ``None`` when no candidate has a maximum."""
    y = np.asarray(counts, dtype=float)
    lists = int(len(y) + 1).bit_length() - 1
    score, sizes = scores(y)
    best = int(np.argmin(score))
    if not np.isfinite(score[best]):
        return None
    pairs = candidates(lists)[best]
    model = fit(design(lists, pairs), y)
    rivals = tuple(float(size) for size in sizes[score <= score[best] + MARGIN])
    bound = bound_design(y)
    steps = bound.shape[1] - 1 - lists
    unequal = steps > 0 and bool(bound_score(fit(bound, y), y) <= score[best] + MARGIN)
    return Choice(pairs, model, missed(model, y.sum()), rivals, unequal)


def bound_score(found: Fit, counts: npt.ArrayLike) -> Floats:
    """The score, as in :func:`scores`, of a model with steps for members that are unequally easy to find."""
    y = np.asarray(counts, dtype=float)
    lists = int(y.shape[-1] + 1).bit_length() - 1
    size = found.beta.shape[-1]
    bic = size * np.log(np.maximum(y.sum(axis=-1), 1)) - 2 * found.log_likelihood
    score: Floats = bic + MARGIN * (size - 1 - lists)
    return score
