"""How many are missed when lists overlap: the closed formulas. Numbers only: no poles, no reasons, no I/O.

Every function takes numbers or arrays of one shape (many replicates of a simulation at once) and answers in kind.

======================  ======================================================================================
Chapman, two lists      Chapman (1951), Univ. California Publ. Statist. 1:131-160; its variance, Seber (1970),
                        Biometrics 26:13-22; both in Seber (1982), The Estimation of Animal Abundance, p. 60
Chao's lower bound      Chao (1987), Biometrics 43:783-791; Chao (1989), Biometrics 45:427-438
log-normal interval     on the number missed: Burnham et al. (1987), Chao (1987)
======================  ======================================================================================

The log-normal interval collapses when lists are nearly complete (``benchmarks/coverage.py`` shows how far), so the
intervals that are published are those of :mod:`ptce_etl.measure.profile`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Z95", "Estimate", "Number", "chao", "chapman", "log_normal"]

Number = float | npt.NDArray[Any]

Z95 = 1.959963984540054  # two-sided 95 % of the normal law


@dataclass(frozen=True, slots=True)
class Estimate:
    """A population size (``n``), its standard error, and its 95 % interval, all in units of the population."""

    n: Any
    se: Any
    low: Any
    high: Any


def chapman(first: Number, second: Number, both: Number) -> Estimate:
    """Population size from two independent lists of ``first`` and ``second`` members, ``both`` of them on both.

    Unbiased when ``first + second ≥ N``. The interval is the log-normal one.
    """
    n1, n2, m = (np.asarray(value, dtype=float) for value in (first, second, both))
    n = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return log_normal(n1 + n2 - m, n, variance)


def chao(seen: Number, once: Number, twice: Number, occasions: float | None = None) -> Estimate:
    """Chao's lower bound: ``seen`` members, ``once`` of them caught once, ``twice`` of them twice.

    ``occasions``: number of equal occasions, when known (``None``: as many as one likes). The bound holds when members
    differ in catchability; occasions must be alike (lists of unequal size: :func:`loglinear.lower_bound`). ``twice``
    must not be 0: the answer is then infinite.
    """
    n, f1, f2 = (np.asarray(value, dtype=float) for value in (seen, once, twice))
    share = 1.0 if occasions is None else (occasions - 1) / occasions
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = f1 / f2
        missed = share * f1 * ratio / 2
        variance = f2 * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    return log_normal(n, n + missed, variance)


def log_normal(seen: Number, n: Number, variance: Number) -> Estimate:
    """An estimate with the interval that is log-normal on the number missed, ``n − seen`` (Chao 1987).

    It collapses to ``[seen, seen]`` when nothing is estimated to be missed.
    """
    known, size, spread = (np.asarray(value, dtype=float) for value in (seen, n, variance))
    missed = size - known
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(Z95 * np.sqrt(np.log1p(spread / missed**2)))
        low = np.where(missed > 0, known + missed / factor, known)
        high = np.where(missed > 0, known + missed * factor, known)
    return Estimate(size, np.sqrt(spread), low, high)
