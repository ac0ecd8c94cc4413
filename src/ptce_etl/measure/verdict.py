"""What is decided on a published figure."""

from __future__ import annotations

from dataclasses import dataclass

from ptce_etl.measure.wording import Both

__all__ = ["Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code of schema table ``claims``, one sentence in both languages, and the figures behind it.

    ``computed`` is a count, or a growth in %; ``compared_with`` names claims, cohorts, and populations at a day.
    ``expected``: what a growth should have said, in the unit stated; ``other_slips`` give the stated figure too.
    """

    code: str
    explanation: Both
    computed: float | None = None
    slip: str | None = None
    compared_with: tuple[str, ...] = ()
    multiplier: float | None = None
    expected: float | None = None
    other_slips: tuple[str, ...] = ()
