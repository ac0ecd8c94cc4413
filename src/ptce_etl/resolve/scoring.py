"""The match weight of each candidate pair, signal by signal, in bits.

Everything is computed in bulk: pairs of listings are spread to pairs of texts (a listing has several names), each pair
of texts is weighed with sparse matrices, and the best one stands for the pair of listings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from ptce_etl.resolve.acronyms import spelled
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.texts import Texts
from ptce_etl.resolve.weights import Weights

__all__ = ["SIGNALS", "Scores", "score"]

SIGNALS = ("name", "carrier", "place", "domain", "round", "page", "site")
_CHUNK = 200_000  # pairs of texts held in memory at once


@dataclass(frozen=True, slots=True)
class Scores:
    """One row a pair. ``signals`` is (n_pairs × len(SIGNALS)) bits; ``weight`` their sum with the prior.

    ``left_text``, ``right_text`` are the texts that the name signal compared (-1: none), ``how`` how they agree.
    ``veto`` tells the pairs that may not end up in one pole, ``doubt`` those that should not (see clustering).
    """

    pairs: np.ndarray
    signals: np.ndarray
    weight: np.ndarray
    left_text: np.ndarray
    right_text: np.ndarray
    how: np.ndarray
    veto: np.ndarray
    doubt: np.ndarray


def score(profiles: Profiles, pairs: np.ndarray, weights: Weights) -> Scores:
    """Weigh ``pairs`` (n × 2 positions of listings)."""
    name, left_text, right_text, how = _names(profiles, pairs, weights)
    carrier = _carriers(profiles, pairs, weights)
    left, right = pairs[:, 0], pairs[:, 1]
    borrowed = profiles.nameless[left] | profiles.nameless[right]
    name = np.where(borrowed, np.clip(name, 0.0, weights.as_carrier_cap), name)
    territorial = profiles.located[left] != profiles.located[right]
    name = np.where(territorial, np.maximum(name, 0.0), name)  # a territory is no other name
    counted = (borrowed | (how == "carrier or place")) & (name > 0)
    carrier = np.where(counted, np.minimum(carrier, 0.0), carrier)  # one agreement on a carrier counts once
    place = _places(profiles, left, right, weights)
    domain = np.where(profiles.domain.equal(left, right), weights.same_domain, 0.0)
    rounds = np.where(profiles.round.equal(left, right), weights.same_round, 0.0)
    page = _pages(profiles, left, right, name, how, weights)
    site = np.where(profiles.site[left] != profiles.site[right], weights.site_and_pole, 0.0)
    signals = np.column_stack([name, carrier, place, domain, rounds, page, site])
    weight = signals.sum(axis=1) + weights.prior - weights.crowd * max(0.0, np.log2(profiles.n / weights.few))
    against = weight < weights.link
    veto = against & ((place <= weights.other_departement) | (page < 0))
    doubt = against & (how == "exclusive") & (place <= 0)
    return Scores(pairs, signals, weight, left_text, right_text, how, veto, doubt)


def _pages(
    p: Profiles, left: np.ndarray, right: np.ndarray, name: np.ndarray, how: np.ndarray, w: Weights
) -> np.ndarray:
    """What it means that one page writes both names, when the names themselves do not settle it."""
    together = p.page.equal(left, right)
    apart = ~np.isin(how, ["same", "spelling", "acronym", "contained", "carrier or place"])  # each has words of its own
    unsettled = together & (name < w.name_agrees)
    article = np.where(p.names_on_page[left] > 3, w.same_long_article, w.same_short_article)
    return np.where(
        p.listed_page[left],
        np.where(together & apart, w.same_list, 0.0),
        np.where(unsettled, article, 0.0),
    )


def _places(p: Profiles, left: np.ndarray, right: np.ndarray, w: Weights) -> np.ndarray:
    """The finest level that both sides know decides."""
    communes, departements = p.commune.known(left, right), p.departement.known(left, right)
    regions = p.region.known(left, right)
    same_departement, same_region = p.departement.equal(left, right), p.region.equal(left, right)
    return np.select(
        [
            p.commune.equal(left, right),
            same_departement & communes,
            same_departement,
            regions & ~same_region,
            departements,
            regions,
        ],
        [
            w.same_commune,
            w.same_departement + w.other_commune,
            w.same_departement,
            w.other_region,
            w.other_departement,
            w.same_region,
        ],
        0.0,
    )


def _names(p: Profiles, pairs: np.ndarray, w: Weights) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = len(pairs)
    best = np.zeros(n)
    left_text = np.full(n, -1, dtype=np.int64)
    right_text = np.full(n, -1, dtype=np.int64)
    how = np.full(n, "", dtype="U16")
    for start in range(0, n, _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        owner, a, b = p.names.cross(chunk[:, 0], chunk[:, 1])
        if not len(owner):
            continue
        bits, kind = _compare_names(p, a, b, chunk[owner, 0], chunk[owner, 1], w)
        order = np.lexsort((b, a, -bits, owner))
        first = order[np.unique(owner[order], return_index=True)[1]]
        rows = owner[first] + start
        best[rows], left_text[rows], right_text[rows], how[rows] = bits[first], a[first], b[first], kind[first]
    return best, left_text, right_text, how


def _compare_names(
    p: Profiles, a: np.ndarray, b: np.ndarray, i: np.ndarray, j: np.ndarray, w: Weights
) -> tuple[np.ndarray, np.ndarray]:
    """Bits of each pair of name texts ``a`` (of listing ``i``) and ``b`` (of listing ``j``), and how they agree."""
    t = p.texts
    mine, theirs = t.words[a], t.words[b]
    shared = _overlap(mine, theirs, t.bits)
    by_right = _overlap(mine, p.explains[j], t.bits)
    by_left = _overlap(theirs, p.explains[i], t.bits)
    left_over, right_over = t.total[a] - by_right, t.total[b] - by_left
    vouched = _overlap(mine, p.vouches[j], t.bits) + _overlap(theirs, p.vouches[i], t.bits) - 2 * shared
    explained = np.minimum(vouched, w.as_carrier_cap / w.explained)
    own = np.minimum(left_over, right_over)
    bits = shared + w.explained * explained - w.only_shorter * own - w.only_longer * np.maximum(left_over, right_over)
    one_sided = own < 1.0  # all that one name says, the other listing says too
    kind = np.select(
        [(shared > 0) & one_sided, shared > 0, (explained > 0) & one_sided],
        ["contained", "words", "carrier or place"],
        "different",
    ).astype("U16")
    here = t.words[a] @ t.locating - _overlap(mine, p.explains[j], t.locating)
    there = t.words[b] @ t.locating - _overlap(theirs, p.explains[i], t.locating)
    kind[(shared > 0) & (np.minimum(here, there) >= w.exclusive_bits)] = "exclusive"

    alike = _overlap(mine, theirs, t.telling)
    mine_only = mine @ t.telling - _overlap(mine, p.explains[j], t.telling)
    theirs_only = theirs @ t.telling - _overlap(theirs, p.explains[i], t.telling)
    near = (mine_only + theirs_only < 0.5) & (alike > 0) & (own < w.generic_bits)
    bits = np.where(near, bits + w.near_bonus, bits)
    foreign = (alike == 0) & (np.minimum(mine_only, theirs_only) >= w.foreign_bits)
    bits = np.where(foreign, np.minimum(bits, w.foreign), bits)

    same = np.asarray(t.compacts[a] == t.compacts[b], dtype=bool)
    same |= (shared > 0) & (np.maximum(t.total[a], t.total[b]) - shared < 1e-9)  # the same words in any order
    whole = np.minimum(t.total[a], t.total[b])
    bits = np.where(same, np.maximum(bits, whole) + w.exact_bonus, bits)
    kind[same] = "same"

    slip = ~same & _slips(t, a, b, w)
    bits = np.where(slip, np.maximum(bits, whole - w.typo_cost + w.exact_bonus), bits)
    kind[slip] = "spelling"

    for row in np.flatnonzero(~same & ~slip & (_may_spell(p, a, b) | _may_spell(p, b, a))):
        gain = _acronym(p, int(a[row]), int(b[row]), int(i[row]), int(j[row]), w)
        if gain is not None and gain > bits[row]:
            bits[row], kind[row] = gain, "acronym"
    common = w.common_name * np.log2(np.minimum(p.spread[a], p.spread[b]))
    return np.clip(np.minimum(bits, w.name_cap) - common, w.name_floor, w.name_cap), kind


def _overlap(x: object, y: object, bits: np.ndarray) -> np.ndarray:
    return np.asarray(x.multiply(y) @ bits).ravel()  # type: ignore[attr-defined]  # scipy.sparse is untyped


def _may_spell(p: Profiles, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether some word of text ``a`` has letters that only ``b`` could give: a cheap no for nearly all pairs."""
    t = p.texts
    given = t.short[a]
    possible = (given != 0) & ((given & ~t.letters[b, None]) == 0) & ((t.short_first[a] & t.initials[b, None]) != 0)
    return np.asarray(possible.any(axis=1))


def _slips(t: Texts, a: np.ndarray, b: np.ndarray, w: Weights) -> np.ndarray:
    """Nearly the same letters, and nearly the same where they differ: a long common part does not excuse another word.

    Digits must agree: SMAC 07 and SMAC 26 are one letter apart and two poles.
    """
    left, right = t.compacts[a], t.compacts[b]
    close = np.asarray(process.cpdist(left, right, scorer=fuzz.ratio, workers=-1)) >= w.typo_ratio
    for row in np.flatnonzero(close):
        x, y = left[row], right[row]
        mine, theirs = t.keys[a[row]].split(), t.keys[b[row]].split()
        rest = "".join(word for word in mine if word not in theirs), "".join(w for w in theirs if w not in mine)
        digits = [c for c in x if c.isdigit()] == [c for c in y if c.isdigit()]
        close[row] = digits and min(len(x), len(y)) >= w.typo_length and fuzz.ratio(*rest) >= w.typo_rest
    return close


def _acronym(p: Profiles, a: int, b: int, i: int, j: int, w: Weights) -> float | None:
    """Bits when a word of one text spells a run of words of the other; None when none does.

    The other words are weighed as in any two names: what they share counts for them, what is left over against them.
    """
    t, best = p.texts, None
    for short, long, reader, writer in ((a, b, i, j), (b, a, j, i)):
        words, others = t.keys[long].split(), t.keys[short].split()
        shared = set(words) & set(others)
        if len(words) < 3 or len(others) > 4:
            continue
        for word in others:
            found = spelled(word, words, at_least=2 if shared else 3)
            if word in shared or found is None:
                continue
            start, stop, letters = found
            left = [x for k, x in enumerate(words) if not start <= k < stop and x not in shared]
            right = [x for x in others if x != word and x not in shared]
            missing = [t.word_bits(x) for x in left if not p.explains[reader, t.vocabulary[x]]]
            strange = [t.word_bits(x) for x in right if not p.explains[writer, t.vocabulary[x]]]
            bits = (
                w.acronym_bits[min(letters, len(w.acronym_bits) - 1)]
                + sum(t.word_bits(x) for x in sorted(shared))
                - w.only_longer * max(sum(missing), sum(strange))
                - w.only_shorter * min(sum(missing), sum(strange))
            )
            best = bits if best is None else max(best, bits)
    return best


def _carriers(p: Profiles, pairs: np.ndarray, w: Weights) -> np.ndarray:
    n = len(pairs)
    result = np.zeros(n)
    for start in range(0, n, _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        owner, a, b = p.carriers.cross(chunk[:, 0], chunk[:, 1])
        if not len(owner):
            continue
        t = p.texts
        shared = _overlap(t.words[a], t.words[b], t.bits)
        where = _overlap(t.words[a], t.words[b], t.locating)  # two carriers of one town have its name in common
        short = np.minimum(t.total[a], t.total[b])
        same = np.asarray(t.compacts[a] == t.compacts[b], dtype=bool) | _slips(t, a, b, w)
        shared = np.where(same, short, shared)
        agree = shared >= 0.6 * np.maximum(short, 1e-9)
        said = np.where(same, shared, shared - (1.0 - w.carrier_place) * where)
        bits = np.where(agree & (shared > 0), np.minimum(w.carrier_share * said, w.carrier_cap), w.carrier_floor)
        rows = np.full(len(chunk), -np.inf)
        np.maximum.at(rows, owner, bits)
        result[start : start + len(chunk)] = np.where(np.isfinite(rows), rows, 0.0)
    return result
