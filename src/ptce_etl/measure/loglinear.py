"""Poisson log-linear models of several incomplete lists, fitted by Newton's method (numpy only). Numbers only.

With *k* lists there are 2^k − 1 cells that can be seen (on which lists a member is) and one that cannot. A model of the
seen cells, log μ = intercept + a term a list + terms for pairs of lists that depend on each other, gives the unseen
cell by its intercept (Fienberg 1972, Biometrika 59:591-603; Cormack 1989, Biometrics 45:395-413). Counts may be one
table or many at once: their last axis is the cell, in the order of :func:`histories`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from ptce_etl.measure.capture import Estimate, log_normal

__all__ = [
    "Fit",
    "Floats",
    "Pairs",
    "bound_design",
    "cells",
    "design",
    "fit",
    "histories",
    "independent",
    "lower_bound",
    "missed",
]

Floats = npt.NDArray[np.floating[Any]]
Pairs = tuple[tuple[int, int], ...]

_STEPS = 100
_DONE = 1e-10  # relative change of the deviance
_FLOOR, _CEILING = -30.0, 60.0  # of a linear predictor: e^-30 is a cell that the model says is empty


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model: ``beta`` (…, p), ``mu`` (…, cells), ``deviance`` and ``log_likelihood`` (…), ``covariance`` of
    ``beta`` (…, p, p), ``exists`` (…): whether the maximum is reached at finite parameters."""

    beta: Floats
    mu: Floats
    deviance: Floats
    log_likelihood: Floats
    covariance: Floats
    exists: npt.NDArray[np.bool_]


@cache
def histories(lists: int) -> npt.NDArray[np.int_]:
    """On which lists a member of each cell is: (2^lists − 1, lists) of 0 and 1, all-ones first, the unseen left out."""
    rows = np.array(list(product((1, 0), repeat=lists))[:-1], dtype=int)
    rows.setflags(write=False)
    return rows


def cells(members: Sequence[frozenset[str]]) -> npt.NDArray[np.int_]:
    """How many members each cell holds, from the members of each list."""
    everyone = frozenset().union(*members)
    found = dict.fromkeys(map(tuple, histories(len(members)).tolist()), 0)
    for member in everyone:
        found[tuple(int(member in one) for one in members)] += 1
    return np.array(list(found.values()), dtype=int)


def design(lists: int, pairs: Pairs = ()) -> Floats:
    """The model matrix of the seen cells: intercept, a column a list, a column for each of ``pairs``."""
    on = histories(lists).astype(float)
    columns = [np.ones(len(on)), *on.T, *(on[:, one] * on[:, two] for one, two in pairs)]
    return np.column_stack(columns)


def fit(matrix: Floats, counts: npt.ArrayLike) -> Fit:
    """Maximum likelihood of a Poisson regression with log link: ``matrix`` (cells, p), ``counts`` (…, cells) ≥ 0."""
    y = np.asarray(counts, dtype=float)
    eta = np.log(y + 0.5)
    mu, last = np.exp(eta), np.full(y.shape[:-1], np.inf)
    beta = np.zeros((*y.shape[:-1], matrix.shape[1]))
    for _ in range(_STEPS):
        working = mu * eta + y - mu
        beta = np.linalg.solve(_information(matrix, mu), (working @ matrix)[..., None])[..., 0]
        eta = np.clip(beta @ matrix.T, _FLOOR, _CEILING)
        mu = np.exp(eta)
        now = _deviance(y, mu)
        if bool(np.all(np.abs(now - last) <= _DONE * (1 + np.abs(now)))):
            break
        last = now
    covariance = np.linalg.inv(_information(matrix, mu))
    log_likelihood = np.sum(y * eta - mu - gammaln(y + 1), axis=-1)
    return Fit(beta, mu, _deviance(y, mu), log_likelihood, covariance, np.min(mu, axis=-1) > 1e-6)


def _information(matrix: Floats, mu: Floats) -> Floats:
    found: Floats = np.einsum("ci,...c,cj->...ij", matrix, mu, matrix)
    ridge = 1e-12 * np.trace(found, axis1=-2, axis2=-1)[..., None, None] * np.eye(matrix.shape[1])
    # A cell driven to zero makes it singular: the answer is then refused, not raised.
    found += ridge
    return found


def _deviance(y: Floats, mu: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)
    found: Floats = 2 * np.sum(terms, axis=-1)
    return found


def missed(found: Fit, seen: npt.ArrayLike) -> Estimate:
    """The population size that a fitted model gives: ``seen`` + e^intercept, with the log-normal interval.

    The variance is that of Rcapture (Baillargeon and Rivest 2007, J. Statist. Software 19(5)): μ₀ + μ₀² var(intercept).
    """
    unseen = np.exp(np.minimum(found.beta[..., 0], _CEILING))
    variance = unseen + unseen**2 * found.covariance[..., 0, 0]
    return log_normal(np.asarray(seen, float), np.asarray(seen, float) + unseen, variance)


def independent(counts: npt.ArrayLike) -> Estimate:
    """The estimate under independent lists: for two lists, exactly first × second / both (Lincoln and Petersen)."""
    y = np.asarray(counts, dtype=float)
    return missed(fit(design(_lists(y)), y), y.sum(axis=-1))


def bound_design(counts: npt.ArrayLike) -> Floats:
    """The model matrix of Chao's lower bound for lists of unequal size, for one table of ``counts``.

    Model Mth of Rivest and Baillargeon (2007), Biometrics 63:999-1006. Members may differ in catchability: those on
    three lists or more are then more than independence says, by a convex step for each number of lists, and only those
    on one or two lists speak of the unseen. A step that the data do not show is left out. With two lists there is no
    step: it is the model of independent lists.
    """
    y = np.asarray(counts, dtype=float)
    lists = _lists(y)
    on = histories(lists).sum(axis=1)
    steps = list(range(3, lists + 1))
    while True:
        matrix = np.column_stack([design(lists), *(np.maximum(0, on - step + 1) for step in steps)])
        extra = fit(matrix, y).beta[lists + 1 :]
        if not len(extra) or extra.min() >= 0:
            return matrix
        del steps[int(extra.argmin())]


def lower_bound(counts: npt.ArrayLike) -> Estimate:
    """Chao's lower bound for lists of unequal size (:func:`bound_design`), for one table of ``counts``."""
    y = np.asarray(counts, dtype=float)
    return missed(fit(bound_design(y), y), y.sum())


def _lists(counts: Floats) -> int:
    return int(counts.shape[-1] + 1).bit_length() - 1
