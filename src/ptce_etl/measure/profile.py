"""The interval of a log-linear model: multinomial profile likelihood of the population size. Numbers only.

Cormack (1992), Biometrics 48:567-576. For each number unseen the model is fitted again to all 2^k cells; the interval
holds the numbers whose likelihood is not significantly below the best. Vectorised over tables (last axis: the cell).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ptce_etl.measure.loglinear import Floats, fit

__all__ = ["profile_interval"]

_DROP = 3.841458820694124 / 2  # half the 95 % point of chi-square with one degree of freedom
_WIDEST = 1e6  # times the number seen: beyond, the interval has no upper end
_HALVINGS = 24
_GOLDEN = (np.sqrt(5) - 1) / 2


def profile_interval(matrix: Floats, counts: npt.ArrayLike) -> tuple[Any, Any]:
    """Lower and upper 95 % limits of the population size under the model ``matrix`` (seen cells, p; intercept first).

    ``counts``: (…, seen cells). The upper limit is infinite when the likelihood does not fall off.
    """
    y = np.atleast_2d(np.asarray(counts, dtype=float))
    whole = np.vstack([matrix, np.eye(1, matrix.shape[1])])  # the unseen cell: the intercept alone
    seen = y.sum(axis=-1)

    def likelihood(unseen: Floats) -> Floats:
        return _likelihood(whole, y, unseen)

    top = _end(likelihood, np.zeros_like(seen), seen, likelihood(np.zeros_like(seen)), rising=True)
    best = _maximum(likelihood, np.minimum(top, _WIDEST * (seen + 1)))
    cut = likelihood(best) - _DROP
    far = _end(likelihood, best, seen, cut, rising=False)
    low = _crossing(likelihood, np.zeros_like(best), best, cut)
    low = np.where(likelihood(np.zeros_like(best)) >= cut, 0.0, low)
    high = np.where(np.isinf(far), np.inf, _crossing(likelihood, np.where(np.isinf(far), best, far), best, cut))
    shape = np.shape(counts)[:-1]
    return (seen + low).reshape(shape)[()], (seen + high).reshape(shape)[()]


def _likelihood(whole: Floats, y: Floats, unseen: Floats) -> Floats:
    """Log-likelihood of the multinomial with ``unseen`` members in the last cell, up to a constant."""
    full = np.concatenate([y, unseen[:, None]], axis=1)
    total = full.sum(axis=1)
    mu = fit(whole, full).mu
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(full > 0, full * np.log(mu / total[:, None]), 0.0)
    found: Floats = gammaln(total + 1) - gammaln(unseen + 1) + terms.sum(axis=1)
    return found


def _end(likelihood: Any, start: Floats, seen: Floats, cut: Floats, *, rising: bool) -> Floats:
    """The first of ``start`` + 1, 2, 4, … where the likelihood is below ``cut`` (infinite when there is none)."""
    step = np.ones_like(start)
    found = np.full_like(start, np.inf)
    best = cut.copy()
    while True:
        open_ = np.isinf(found) & (step <= _WIDEST * (seen + 1))
        if not open_.any():
            return found
        value = likelihood(np.where(open_, start + step, start))
        fallen = open_ & (value < best)
        found[fallen] = (start + step)[fallen]
        if rising:
            best = np.maximum(best, np.where(open_, value, best))
        step = step * 2


def _maximum(likelihood: Any, top: Floats) -> Floats:
    """Where the likelihood is highest between 0 and ``top``: golden section."""
    low, high = np.zeros_like(top), top.copy()
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = likelihood(left), likelihood(right)
    for _ in range(_HALVINGS):
        keep = at_left >= at_right
        high, low = np.where(keep, right, high), np.where(keep, low, left)
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = likelihood(left), likelihood(right)
    return (low + high) / 2


def _crossing(likelihood: Any, outside: Floats, inside: Floats, cut: Floats) -> Floats:
    """Where the likelihood crosses ``cut``, between a point below it and a point above it: bisection."""
    out, into = outside.copy(), inside.copy()
    for _ in range(_HALVINGS):
        middle = (out + into) / 2
        above = likelihood(middle) >= cut
        into, out = np.where(above, middle, into), np.where(above, out, middle)
    return (out + into) / 2
