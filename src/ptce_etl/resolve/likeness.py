"""How much two names, or two carriers, have in common: bits of each pair of texts, in bulk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from ptce_etl.resolve.acronyms import runs
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.ragged import member
from ptce_etl.resolve.texts import Texts
from ptce_etl.resolve.weights import Weights

__all__ = ["HOW", "best_of", "compare_carriers", "compare_names"]

HOW = (
    "", "different", "carrier or place", "words", "contained", "exclusive", "same", "spelling", "acronym",
)  # fmt: skip
_NUMBER = {how: number for number, how in enumerate(HOW)}


@dataclass(frozen=True, slots=True)
class _Overlap:
    """What two texts, ``a`` of one listing and ``b`` of another, have in common.

    ``shared``, ``mended``: bits in common, and how many words of those only once a slip is mended. ``alike``: bits in
    common of words that are not of the trade; ``where``: of words that name places; ``known``: of those that both
    listings give as their place too.
    """

    shared: np.ndarray
    mended: np.ndarray
    alike: np.ndarray
    where: np.ndarray
    known: np.ndarray


@dataclass(frozen=True, slots=True)
class _Rest:
    """What a text says that the other does not.

    ``left_over``, ``vouched``: bits that nothing the other listing says explains, and that its names and carriers vouch
    for. ``telling``, ``locating``: bits left over of words that are not of the trade, and that name places.
    """

    left_over: np.ndarray
    vouched: np.ndarray
    telling: np.ndarray
    locating: np.ndarray


def _overlap(p: Profiles, a: np.ndarray, b: np.ndarray, i: np.ndarray, j: np.ndarray) -> tuple[_Overlap, _Rest, _Rest]:
    t = p.texts
    x, y = t.words.beside(a), t.words.beside(b)
    here, there = p.places.beside(i), p.places.beside(j)
    both, placed = member(x, y), member(x, there)
    bits = t.bits.take(x)
    common = bits * both
    where = common * (x < t.local) * (x >= t.trade)
    overlap = _Overlap(
        shared=common.sum(axis=0),
        mended=both.sum(axis=0) - member(t.written.beside(a), t.written.beside(b)).sum(axis=0),
        alike=(common * (x >= t.trade)).sum(axis=0),
        where=where.sum(axis=0),
        known=(where * placed * member(x, here)).sum(axis=0),
    )
    mine = _rest(t, x, bits, member(x, p.vouches.beside(j)), placed)
    theirs = _rest(t, y, t.bits.take(y), member(y, p.vouches.beside(i)), member(y, here))
    return overlap, mine, theirs


def _rest(t: Texts, words: np.ndarray, bits: np.ndarray, vouched: np.ndarray, placed: np.ndarray) -> _Rest:
    unexplained = bits * ~(vouched | placed | (words < 0))
    telling = unexplained * (words >= t.trade)
    return _Rest(
        left_over=unexplained.sum(axis=0),
        vouched=(bits * vouched).sum(axis=0),
        telling=telling.sum(axis=0),
        locating=(telling * (words < t.local)).sum(axis=0),
    )


def compare_names(
    p: Profiles, a: np.ndarray, b: np.ndarray, i: np.ndarray, j: np.ndarray, needed: np.ndarray, w: Weights
) -> tuple[np.ndarray, np.ndarray]:
    """Bits of each pair of name texts ``a`` (of listing ``i``) and ``b`` (of listing ``j``), and how they agree.

    How is a place in :data:`HOW`. Acronyms are looked for where they could bring the pair the bits ``needed``.
    """
    t = p.texts
    common, mine, theirs = _overlap(p, a, b, i, j)
    shared, own = common.shared, np.minimum(mine.left_over, theirs.left_over)
    twice = np.maximum(np.maximum(common.where - w.shared_place, 0.0), w.place_twice * common.known)
    agreed = np.maximum(shared - w.typo_cost * common.mended - twice, 0.0)
    vouched = mine.vouched + theirs.vouched - 2 * shared
    explained = np.minimum(vouched, w.as_carrier_cap / w.explained)
    most = np.maximum(mine.left_over, theirs.left_over)
    bits = agreed + w.explained * explained - w.only_shorter * own - w.only_longer * most
    one_sided = own < 1.0  # all that one name says, the other listing says too
    kind = np.select(
        [(shared > 0) & one_sided, shared > 0, (explained > 0) & one_sided],
        [_NUMBER["contained"], _NUMBER["words"], _NUMBER["carrier or place"]],
        _NUMBER["different"],
    ).astype(np.int8)
    kind[(shared > 0) & (np.minimum(mine.locating, theirs.locating) >= w.exclusive_bits)] = _NUMBER["exclusive"]

    near = (mine.telling + theirs.telling < 0.5) & (common.alike > 0) & (own < w.generic_bits)
    bits = np.where(near, bits + w.near_bonus, bits)
    foreign = (common.alike == 0) & (np.minimum(mine.telling, theirs.telling) >= w.foreign_bits)
    bits = np.where(foreign, np.minimum(bits, w.foreign), bits)

    bare = (t.naming[a] == 0) & (theirs.telling - theirs.locating >= w.foreign_bits)
    bare |= (t.naming[b] == 0) & (mine.telling - mine.locating >= w.foreign_bits)
    bits = np.where(bare, np.minimum(bits, w.territory_cap), bits)  # "PTCE de X" and "Les Ateliers de X"

    whole = np.minimum(t.total[a], t.total[b])
    equal = (shared > 0) & (np.maximum(t.total[a], t.total[b]) - shared < 1e-9)  # the same words in any order
    same = np.asarray(t.letters[a] == t.letters[b]) | (equal & (common.mended == 0))
    bits = np.where(same, np.maximum(bits, whole) + w.exact_bonus, bits)
    kind[same] = _NUMBER["same"]

    slip = ~same & (equal | _slips(t, a, b, ~same, w))
    cost = w.typo_cost * np.maximum(common.mended, 1)
    bits = np.where(slip, np.maximum(bits, whole - cost + w.exact_bonus), bits)
    kind[slip] = _NUMBER["spelling"]

    gains = _acronyms(p, a, b, i, j, shared, np.where(same | slip, np.inf, np.maximum(bits, needed)), w)
    for row, gain in gains:
        bits[row], kind[row] = gain, _NUMBER["acronym"]
    most = np.minimum(t.most[a], t.most[b])
    bits = np.minimum(bits, np.minimum(most, w.name_cap))
    poorer = np.where(t.total[a] <= t.total[b], a, b)  # what the two have in common is what this one says
    return np.clip(bits - _common(p.spread[poorer], w), w.name_floor, w.name_cap), kind


def _common(spread: np.ndarray, w: Weights) -> np.ndarray:
    """Bits that a name loses when it is borne in several departments: two poles are as likely as one from two on."""
    doublings = np.log2(spread)
    return np.asarray(w.namesake * np.minimum(doublings, 1.0) + w.common_name * np.maximum(doublings - 1.0, 0.0))


def compare_carriers(p: Profiles, a: np.ndarray, b: np.ndarray, w: Weights) -> np.ndarray:
    """Bits of each pair of carrier texts."""
    t = p.texts
    words = t.words.beside(a)
    agreeing = t.bits.take(words) * member(words, t.words.beside(b))
    shared = agreeing.sum(axis=0)
    where = (agreeing * (words >= t.trade) * (words < t.local)).sum(axis=0)  # two carriers of one town have its name
    short = np.minimum(t.total[a], t.total[b])
    same = np.asarray(t.letters[a] == t.letters[b])
    same |= _slips(t, a, b, ~same, w)
    shared = np.where(same, short, shared)
    agree = shared >= 0.6 * np.maximum(short, 1e-9)
    said = np.where(same, shared, shared - (1.0 - w.carrier_place) * where)
    bits = np.where(agree & (shared > 0), np.minimum(w.carrier_share * said, w.carrier_cap), w.carrier_floor)
    return np.asarray(bits)


def _may_spell(p: Profiles, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether some word of text ``a`` could be spelled by the words of ``b``: a cheap no for nearly all pairs."""
    t = p.texts
    first, rest = t.short[:, :, a]
    possible = ((first | rest) != 0) & ((first & ~t.spells[0, b]) == 0) & ((rest & ~t.spells[1, b]) == 0)
    return np.asarray((possible & ((t.short_first[:, a] & t.initials[b]) != 0)).any(axis=0))


def _slips(t: Texts, a: np.ndarray, b: np.ndarray, asked: np.ndarray, w: Weights) -> np.ndarray:
    """Nearly the same letters, and nearly the same where they differ: a long common part does not excuse another word.

    Digits must agree: SMAC 07 and SMAC 26 are one letter apart and two poles. Only the pairs ``asked`` are looked at.
    """
    x, y = t.sizes[a], t.sizes[b]
    short, both = np.minimum(x, y), x + y
    rows = np.flatnonzero(asked & (short >= w.typo_length) & (200 * short >= w.typo_ratio * both))
    # A letter that only one side has is an edit: few pairs are left to be aligned.
    edits = np.bitwise_count(t.bag[a[rows]] ^ t.bag[b[rows]])
    rows = rows[100 * edits <= (100 - w.typo_ratio) * both[rows]]
    left, right = t.compacts[a[rows]], t.compacts[b[rows]]
    close = np.asarray(process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=w.typo_ratio)) > 0
    found = np.zeros(len(a), dtype=bool)
    for row, one, other in zip(rows[close].tolist(), left[close], right[close], strict=True):
        found[row] = _digits(one) == _digits(other) and fuzz.ratio(*_rests(t, a[row], b[row])) >= w.typo_rest
    return found


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _rests(t: Texts, a: int, b: int) -> tuple[str, str]:
    """What is left of two texts without the words that both have."""
    mine, theirs = t.keys[a].split(), t.keys[b].split()
    return "".join(word for word in mine if word not in theirs), "".join(w for w in theirs if w not in mine)


def _acronyms(
    p: Profiles,
    a: np.ndarray,
    b: np.ndarray,
    i: np.ndarray,
    j: np.ndarray,
    shared: np.ndarray,
    above: np.ndarray,
    w: Weights,
) -> list[tuple[int, float]]:
    """(row, bits) of the pairs in which a word of one text spells words of the other, and that is worth more."""
    t = p.texts
    sides = []
    for one, other in ((a, b), (b, a)):
        rows = np.flatnonzero(t.acronym[one] + shared > above)
        sides.append(rows[_may_spell(p, one[rows], other[rows])])
    rows = np.union1d(*sides)
    found = ((row, _acronym(p, int(a[row]), int(b[row]), int(i[row]), int(j[row]), w)) for row in rows.tolist())
    return [(row, gain) for row, gain in found if gain is not None and gain > above[row]]


def _acronym(p: Profiles, a: int, b: int, i: int, j: int, w: Weights) -> float | None:
    """Bits when a word of one text spells a run of words of the other; None when none does.

    The other words are weighed as in any two names: what they share counts for them, what is left over against them.
    """
    t, best = p.texts, None
    for short, long, reader, writer in ((a, b, i, j), (b, a, j, i)):
        for word, start, stop, letters in runs(t.keys[short], t.keys[long]):
            if t.bits[t.number(word)] < w.acronym_rare:
                continue
            words, others = t.keys[long].split(), t.keys[short].split()
            shared = set(words) & set(others)
            left = [x for k, x in enumerate(words) if not start <= k < stop and x not in shared]
            right = [x for x in others if x != word and x not in shared]
            missing, strange = _unexplained(p, left, reader), _unexplained(p, right, writer)
            bits = (
                w.acronym_bits[min(letters, len(w.acronym_bits) - 1)]
                + sum(float(t.bits[t.number(x)]) for x in sorted(shared))
                - w.only_longer * max(missing, strange)
                - w.only_shorter * min(missing, strange)
            )
            best = bits if best is None else max(best, bits)
    return best


def _unexplained(p: Profiles, words: list[str], listing: int) -> float:
    """Bits of ``words`` that nothing in ``listing`` explains."""
    explains = p.explains(listing)
    numbers = [p.texts.number(word) for word in words]
    return sum(float(p.texts.bits[number]) for number in numbers if number not in explains)


def best_of(owner: np.ndarray, bits: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The row with most bits for each ``owner`` (ascending; ties: the smaller texts): (owners, rows)."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    if not len(first):
        return owner[:0], first
    most = np.repeat(np.maximum.reduceat(bits, first), np.diff(first, append=len(owner)))
    best = np.flatnonzero(bits == most)
    best = best[np.lexsort((b[best], a[best], owner[best]))]
    return owner[first], best[np.flatnonzero(np.diff(owner[best], prepend=-1))]
