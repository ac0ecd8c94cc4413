"""Whether a growth compares like with like, and why not. The thresholds are choices; METHOD.md states them."""

from __future__ import annotations

from ptce_etl.measure.coverage import Coverage
from ptce_etl.measure.movement import Moves
from ptce_etl.measure.reasons import Reason, reason
from ptce_etl.measure.wording import Both, percent

__all__ = ["COVERAGE_MOVED", "PERIOD_COVERAGE", "SMALL_BASE", "comparability"]

COVERAGE_MOVED = 0.05  # share of published laureates that the listings name, at the start against at the end
PERIOD_COVERAGE = 0.80  # the same share, for the rounds of the period
SMALL_BASE = 10  # poles


def comparability(
    base: int, moves: Moves, coverage: tuple[Coverage, Coverage], period: Coverage, *, lapses: bool = False
) -> list[Reason]:
    """What stands against taking the two counts as measures of one thing, or must be kept in mind.

    ``coverage`` is that of the start and of the end, ``period`` that of the rounds of the period. ``lapses``: a pole
    leaves the population when nothing names it any more.
    """
    found = []
    start, end, within = coverage[0].share, coverage[1].share, period.share
    if base == 0:
        found.append(reason("base_zero"))
    if start is not None and end is not None and abs(end - start) > COVERAGE_MOVED:
        found.append(reason("coverage_moved", base=_share(start), target=_share(end)))
    if within is not None and within < PERIOD_COVERAGE:
        found.append(reason("rounds_unseen", named=period.named, published=period.published))
    late = len(moves.discovered_late)
    if 2 * late > abs(moves.net):
        found.append(reason("mostly_discovered", late=late))
    out = len(moves.reclassified_out)
    if lapses and 2 * out > abs(moves.net):
        found.append(reason("mostly_unnamed", out=out))
    if 0 < base < SMALL_BASE:
        poles = (f"{base} pole{'s' if base > 1 else ''}", f"{base} pôle{'s' if base > 1 else ''}")
        found.append(reason("small_base", base=poles))
    return found


def _share(value: float) -> Both:
    return percent(100 * value, digits=0)
