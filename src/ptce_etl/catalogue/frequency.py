"""How often a source says that it changes, in words, as a number of days."""

from __future__ import annotations

import re

__all__ = ["days_of"]

# Days, with the longest month or year: a source is late after that, not before.
_DAYS = (
    (1, r"daily|(each|every) day|hourly|(each|every) hour"),
    (7, r"weekly|(each|every) week"),
    (14, r"fortnightly|(each|every) two weeks"),
    (31, r"monthly|(each|every) month"),
    (62, r"(each|every) two months"),
    (92, r"quarterly|(each|every) (quarter|three months)"),
    (184, r"half-yearly|twice a year|(each|every) six months"),
    (366, r"yearly|annual(ly)?|(each|every) year"),
)


def days_of(frequency: str) -> int | None:
    """The longest time between two changes, in days; ``None`` for what has no period ("by hand", "once", "continuous").

    Only how the words begin counts: "weekly, but for August" is 7, "once, in the weekly letter" is ``None``.
    """
    said = frequency.strip().casefold()
    return next((days for days, words in _DAYS if re.match(rf"({words})\b", said)), None)
