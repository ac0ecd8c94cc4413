"""Whether a growth compares like with like, and why not. The thresholds are choices; METHOD.md states them."""

from __future__ import annotations

from ptce_etl.measure.coverage import Coverage
from ptce_etl.measure.growth import Movement

__all__ = ["COVERAGE_MOVED", "PERIOD_COVERAGE", "SMALL_BASE", "comparability"]

COVERAGE_MOVED = 0.05  # share of published laureates that the listings name, at the start against at the end
PERIOD_COVERAGE = 0.80  # the same share, for the rounds of the period
SMALL_BASE = 10  # poles


def comparability(
    base: int,
    movement: Movement,
    coverage: tuple[Coverage, Coverage],
    period: Coverage,
) -> tuple[bool, str | None]:
    """Whether the two counts measure the same thing, and what stands against it or must be kept in mind.

    ``coverage`` is that of the start and of the end, ``period`` that of the rounds of the period. Reasons are
    "code: words", joined with " | ".
    """
    against, notes = [], []
    start, end, within = coverage[0].share, coverage[1].share, period.share
    if base == 0:
        against.append("base_zero: no pole is counted at the start, so a growth in % has no value")
    if start is not None and end is not None and abs(end - start) > COVERAGE_MOVED:
        against.append(f"coverage_moved: published laureates named went from {start:.0%} to {end:.0%}")
    if within is not None and within < PERIOD_COVERAGE:
        against.append(f"rounds_unseen: {period.named} of the {period.published} laureates of the period are named")
    if 2 * movement.discovered_late > abs(movement.net):
        against.append(
            f"mostly_discovered: {movement.discovered_late} of the poles that entered are first read of in the period, "
            "with nothing that says they opened in it"
        )
    if 0 < base < SMALL_BASE:
        notes.append(f"small_base: {base} pole{'s' if base > 1 else ''} at the start; read the counts, not the %")
    return not against, " | ".join([*against, *notes]) or None
