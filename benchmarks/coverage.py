"""Do the 95 % intervals of completeness hold what they say, and how do they fail when what they assume is false?

    python benchmarks/coverage.py [replicates]

Made-up populations of a known size are listed by two or three lists made at random (2,000 times each by default, with a
seed), and the published rules are applied: estimate, interval in whole poles, reasons to withhold. Everything is
vectorised over replicates with the functions that the pipeline uses; ``tests/benchmarks/test_coverage.py`` holds the
two to each other, one table at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import table, write_section
from ptce_etl.measure.bearing import FEWEST_SHARED, WIDEST
from ptce_etl.measure.capture import chapman
from ptce_etl.measure.loglinear import Floats, design, fit, histories, independent, missed
from ptce_etl.measure.profile import profile_interval
from ptce_etl.measure.selection import MARGIN, bound_score, candidates, scores

__all__ = ["METHODS", "Draw", "Outcome", "alike", "dependent", "main", "outcome", "unlike"]

SEED = 20261123
_HAIR = 1e-6
_STEPPED = np.column_stack([design(3), np.maximum(0, histories(3).sum(axis=1) - 2)])
Counts = np.ndarray[Any, Any]
Draw = Callable[[np.random.Generator, int], Counts]


@dataclass(frozen=True)
class Outcome:
    """By replicate: estimate, interval, and whether it would be published."""

    n: Floats
    low: Floats
    high: Floats
    given: np.ndarray[Any, np.dtype[np.bool_]]


def alike(size: int, *chances: float) -> Draw:
    """What is assumed: lists that find each member with the same chance, independently. Tables of seen cells."""

    def draw(rng: np.random.Generator, replicates: int) -> Counts:
        on = histories(len(chances))
        cells = np.prod(np.where(on == 1, chances, 1 - np.array(chances)), axis=1)
        return rng.multinomial(size, [*cells, 1 - cells.sum()], size=replicates)[:, :-1]

    return draw


def dependent(size: int, chance: float, odds: float, lists: int) -> Draw:
    """Lists that find a member with ``chance`` each; being on the first makes the odds of the second ``odds`` times."""
    # P(both) from the two margins and the odds ratio: the root of a quadratic.
    a, b = 1 - odds, 1 + 2 * chance * (odds - 1)
    both = chance**2 if odds == 1 else (b - np.sqrt(b**2 + 4 * a * odds * chance**2)) / (-2 * a)
    pair = {(1, 1): both, (1, 0): chance - both, (0, 1): chance - both, (0, 0): 1 - 2 * chance + both}

    def draw(rng: np.random.Generator, replicates: int) -> Counts:
        on = histories(lists)
        rest = np.prod(np.where(on[:, 2:] == 1, chance, 1 - chance), axis=1)
        cells = np.array([pair[tuple(row[:2])] for row in on.tolist()]) * rest
        return rng.multinomial(size, [*cells, 1 - cells.sum()], size=replicates)[:, :-1]

    return draw


def unlike(size: int, first: float, second: float, lists: int) -> Draw:
    """Members that are unequally easy to find: each has a chance of its own, from a beta law, on every list."""

    def draw(rng: np.random.Generator, replicates: int) -> Counts:
        chance = rng.beta(first, second, size=(replicates, size, 1))
        on = rng.random((replicates, size, lists)) < chance
        code = (on * 2 ** np.arange(lists)[::-1]).sum(axis=2)
        return np.stack([(code == cell).sum(axis=1) for cell in range(2**lists - 1, 0, -1)], axis=1)

    return draw


def outcome(method: str, counts: Counts) -> Outcome:
    """What ``method`` answers for each row of ``counts``: the rules of ``measure/bearing.py`` but those on dates."""
    y = counts.astype(float)
    return {"chapman": _chapman, "chao": _chao, "loglinear": _loglinear}[method](y)


def _chapman(y: Floats) -> Outcome:
    n = chapman(y[:, 0] + y[:, 1], y[:, 0] + y[:, 2], y[:, 0]).n
    low, high = profile_interval(design(2), y)
    return _rounded(y, n, low, high, np.ones(len(y), bool))


def _chao(y: Floats) -> Outcome:
    """Three lists: one convex step at most, left out where the data do not show it (``loglinear.bound_design``)."""
    convex = fit(_STEPPED, y).beta[:, -1] >= 0
    n, low, high = _by_model([(~convex, design(3)), (convex, _STEPPED)], y)
    score, _ = scores(y)
    return _rounded(y, n, low, high, ~_avoid(y, np.argmin(score, axis=0)))


def _loglinear(y: Floats) -> Outcome:
    score, sizes = scores(y)
    chosen = np.argmin(score, axis=0)
    models = candidates(3)
    n, low, high = _by_model([(chosen == i, design(3, pairs)) for i, pairs in enumerate(models)], y)
    found = _rounded(y, n, low, high, np.ones(len(y), bool))
    near = score <= score.min(axis=0) + MARGIN
    apart = (near & ((sizes < found.low) | (sizes > found.high))).any(axis=0)
    bound = fit(_STEPPED, y)
    unequal = (bound.beta[:, -1] >= 0) & (bound_score(bound, y) <= score.min(axis=0) + MARGIN)
    return Outcome(found.n, found.low, found.high, found.given & ~apart & ~unequal)


def _by_model(groups: Sequence[tuple[Any, Floats]], y: Floats) -> tuple[Floats, Floats, Floats]:
    """Estimate and interval, each group of rows under its model matrix."""
    n, low, high = (np.full(len(y), np.nan) for _ in range(3))
    for rows, matrix in groups:
        if rows.any():
            n[rows] = missed(fit(matrix, y[rows]), y[rows].sum(axis=1)).n
            low[rows], high[rows] = profile_interval(matrix, y[rows])
    return n, low, high


def _avoid(y: Floats, chosen: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the chosen model has a pair of lists that share fewer members than chance gives."""
    found = np.zeros(len(y), bool)
    for place, pairs in enumerate(candidates(3)):
        rows = chosen == place
        if pairs and rows.any():
            found[rows] = (fit(design(3, pairs), y[rows]).beta[:, -len(pairs) :] < 0).any(axis=1)
    return found


def _rounded(y: Floats, n: Floats, low: Floats, high: Floats, given: Any) -> Outcome:
    low = np.minimum(np.ceil(low - _HAIR), np.floor(n + _HAIR))
    high = np.ceil(np.maximum(high, n) - _HAIR)
    lists = int(y.shape[1] + 1).bit_length() - 1
    shared = y[:, histories(lists).sum(axis=1) > 1].sum(axis=1)
    with np.errstate(invalid="ignore"):
        enough = (shared >= FEWEST_SHARED) & np.isfinite(high) & (high - low <= WIDEST * n)
    return Outcome(n, low, high, given & enough)


METHODS = {2: ("chapman",), 3: ("loglinear", "chao")}
_TRUE: tuple[tuple[str, int, Draw], ...] = (
    ("50 poles, lists of 50 %", 50, alike(50, 0.5, 0.5)),
    ("100 poles, lists of 30 % and 50 %", 100, alike(100, 0.3, 0.5)),
    ("100 poles, lists of 50 % and 70 %", 100, alike(100, 0.5, 0.7)),
    ("100 poles, lists of 80 %", 100, alike(100, 0.8, 0.8)),
    ("200 poles, lists of 20 % and 40 %", 200, alike(200, 0.2, 0.4)),
    ("500 poles, lists of 20 %", 500, alike(500, 0.2, 0.2)),
    ("50 poles, lists of 50 %", 50, alike(50, 0.5, 0.5, 0.5)),
    ("100 poles, lists of 30 %", 100, alike(100, 0.3, 0.3, 0.3)),
    ("100 poles, lists of 50 %", 100, alike(100, 0.5, 0.5, 0.5)),
    ("200 poles, lists of 20, 30 and 40 %", 200, alike(200, 0.2, 0.3, 0.4)),
    ("500 poles, lists of 20 %", 500, alike(500, 0.2, 0.2, 0.2)),
)
_FALSE: tuple[tuple[str, int, Draw], ...] = (
    ("second list depends on the first, odds × 2", 200, dependent(200, 0.4, 2, 2)),
    ("second list depends on the first, odds × 4", 200, dependent(200, 0.4, 4, 2)),
    ("second list depends on the first, odds ÷ 2", 200, dependent(200, 0.4, 0.5, 2)),
    ("poles unequally easy to find, mildly (beta 4, 6)", 200, unlike(200, 4, 6, 2)),
    ("poles unequally easy to find, strongly (beta 1, 1.5)", 200, unlike(200, 1, 1.5, 2)),
    ("second list depends on the first, odds × 2", 200, dependent(200, 0.4, 2, 3)),
    ("second list depends on the first, odds × 4", 200, dependent(200, 0.4, 4, 3)),
    ("second list depends on the first, odds × 8", 200, dependent(200, 0.4, 8, 3)),
    ("second list copies the first (odds × 1,000)", 200, dependent(200, 0.4, 1000, 3)),
    ("poles unequally easy to find, mildly (beta 4, 6)", 200, unlike(200, 4, 6, 3)),
    ("poles unequally easy to find, strongly (beta 1, 1.5)", 200, unlike(200, 1, 1.5, 3)),
)
_COLUMNS = ["population", "lists", "method", "given", "covered", "too low", "too high", "median estimate", "truth"]


def _rows(worlds: Sequence[tuple[str, int, Draw]], rng: np.random.Generator, replicates: int) -> list[list[str]]:
    rows = []
    for title, size, draw in worlds:
        counts = draw(rng, replicates)
        lists = int(counts.shape[1] + 1).bit_length() - 1
        for method in METHODS[lists]:
            found = outcome(method, counts)
            ok = found.given
            low, high = np.mean(found.high[ok] < size), np.mean(found.low[ok] > size)
            shares = [f"{100 * share:.1f} %" for share in (ok.mean(), 1 - low - high, low, high)]
            rows.append([title, str(lists), method, *shares, f"{np.median(found.n[ok]):.0f}", str(size)])
            sys.stderr.write(" | ".join(rows[-1]) + "\n")
    return rows


def _textbook(rng: np.random.Generator, replicates: int) -> list[list[str]]:
    """Why the published intervals are not the textbook ones: two lists, nearer and nearer to complete."""
    rows = []
    for size, chance in ((20, 0.8), (50, 0.5), (50, 0.8), (100, 0.8), (100, 0.9), (200, 0.9)):
        y = alike(size, chance, chance)(rng, replicates).astype(float)
        book = chapman(y[:, 0] + y[:, 1], y[:, 0] + y[:, 2], y[:, 0])
        ours = _chapman(y)
        covered = [np.mean((one.low <= size) & (size <= one.high)) for one in (book, independent(y), ours)]
        rows.append([f"{size} poles, lists of {100 * chance:.0f} %", *(f"{100 * share:.1f} %" for share in covered)])
    return rows


def main(argv: Sequence[str]) -> int:
    replicates = int(argv[0]) if argv else 2_000
    rng = np.random.default_rng(SEED)
    true, false, book = (_rows(_TRUE, rng, replicates), _rows(_FALSE, rng, replicates), _textbook(rng, replicates))
    text = f"""## Intervals of completeness

{replicates:,} made-up populations a line, seed {SEED}; *given*: not withheld; *covered*, *too low* (the whole interval
is), *too high*: of those given. Command: `python benchmarks/coverage.py`; the figures do not depend on the machine.

What the methods assume is true:

{table(_COLUMNS, true)}

What they assume is false:

{table(_COLUMNS, false)}

Cover of the textbook log-normal intervals (Chapman's estimate; independent log-linear model) and of the one published,
two independent lists:

{table(["population", "log-normal, Chapman", "log-normal, log-linear", "published"], book)}
"""
    write_section("coverage", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
