"""Whether letters spell words by their beginnings, as French acronyms do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import or_

__all__ = ["runs", "spelled", "step", "steps_of"]


def spelled(word: str, words: Sequence[str], *, at_least: int = 3) -> tuple[int, int, int] | None:
    """Which run of ``words`` the letters of ``word`` spell: (start, stop, number of letters), or None.

    Each word of the run gives its first letter, or its first two or three (SMAC: Scène de Musiques ACtuelles); a digit
    before a letter repeats it (FE2I: Florange Écologie Industrielle et Insertion). Compared words have lost their
    plural, so a last "s" may have gone from the acronym too. Runs shorter than ``at_least`` words say too little.
    """
    if not 3 <= len(word) <= 9 or word.isdigit():
        return None
    best: tuple[int, int, int] | None = None
    for letters in (_unrolled(word), _unrolled(word) + "s"):
        for start in range(len(words) - at_least + 1):
            if words[start][0] == letters[0]:
                stop = _stop(letters, tuple(words[start:]))
                if stop >= at_least and len(letters) <= 2 * stop and (best is None or stop > best[1] - best[0]):
                    best = start, start + stop, len(letters)
    return best


@lru_cache(maxsize=300_000)
def runs(short: str, long: str) -> tuple[tuple[str, int, int, int], ...]:
    """The words of the text ``short`` that spell a run of the words of ``long``: (word, start, stop, letters).

    A long text is spelled by none of a name of five words or more; where both have words in common, runs may be short.
    """
    words, others = long.split(), short.split()
    if len(words) < 3 or len(others) > 4:
        return ()
    common = set(words).intersection(others)
    able = (word for word in others if word not in common)
    found = ((word, spelled(word, words, at_least=2 if common else 3)) for word in able)
    return tuple((word, *run) for word, run in found if run is not None)


def steps_of(word: str) -> int:
    """A bit for each two letters that follow each other in ``word``, as an acronym reads (digits repeat letters)."""
    letters = _unrolled(word)
    return reduce(or_, map(step, letters, letters[1:]), 0)


@lru_cache(maxsize=5_000)
def step(one: str, other: str) -> int:
    """The bit of two letters in a row, of 126.

    Spelling a run of words goes from letter to letter: on within the first three of a word, or from one of those to
    the first letter of the next word. A word whose steps are not all among those of a text cannot spell it: a test
    cheap enough to make on every candidate pair.
    """
    return 1 << (ord(one) * 7 + ord(other) * 13) % 126


def _unrolled(word: str) -> str:
    if word.isalpha():
        return word
    return re.sub(r"([234])([a-z])", lambda match: match.group(2) * int(match.group(1)), word)


@lru_cache(maxsize=500_000)
def _stop(letters: str, words: tuple[str, ...]) -> int:
    """How many leading words the letters spell, all letters used; 0 when they do not."""
    if not words:
        return 0
    best = 0
    for taken in (1, 2, 3):
        if len(letters) >= taken and words[0][:taken] == letters[:taken]:
            rest = 0 if len(letters) == taken else _stop(letters[taken:], words[1:])
            if len(letters) == taken or rest:
                best = max(best, 1 + rest)
    return best
