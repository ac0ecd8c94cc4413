"""The match weight of each candidate pair, signal by signal, in bits.

Everything is computed in bulk: pairs of listings are spread to pairs of texts (a listing has several names), each pair
of texts is weighed, and the best one stands for the pair of listings. Pairs do not depend on each other: a partition of
them can be scored anywhere, and the parts put together are what the whole would be.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ptce_etl.resolve.likeness import HOW, best_of, compare_carriers, compare_names
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.weights import Weights

__all__ = ["HOW", "SIGNALS", "Scores", "place_bits", "score"]

SIGNALS = ("name", "carrier", "place", "domain", "round", "page", "site")
# Names that agree as a whole, or of which one says all that the other says.
_TELLS = np.isin(HOW, ["same", "spelling", "acronym", "contained", "carrier or place"])
_CHUNK = 8_192  # pairs of listings at once: what a processor's cache holds


@dataclass(frozen=True, slots=True)
class Scores:
    """One row a pair. ``signals`` is (n_pairs × len(SIGNALS)) bits; ``weight`` their sum with the prior.

    ``left_text``, ``right_text`` are the texts that the name signal compared (-1: none), ``how`` the place in
    :data:`HOW` of how they agree.
    ``veto`` tells the pairs that are not one pole as far as the matcher can see: they are kept ``apart`` by all means,
    or by so many times a ``doubt`` (see clustering).
    """

    pairs: np.ndarray
    signals: np.ndarray
    weight: np.ndarray
    left_text: np.ndarray
    right_text: np.ndarray
    how: np.ndarray
    veto: np.ndarray
    apart: np.ndarray
    doubt: np.ndarray

    @classmethod
    def joined(cls, parts: list[Scores]) -> Scores:
        """One table of several, in order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def taken(self, rows: np.ndarray) -> Scores:
        """The rows at these positions (or where a mask is true)."""
        return Scores(*(getattr(self, field.name)[rows] for field in fields(self)))


def score(profiles: Profiles, pairs: np.ndarray, weights: Weights) -> Scores:
    """Weigh ``pairs`` (n × 2 positions of listings)."""
    starts = range(0, max(len(pairs), 1), _CHUNK)
    return Scores.joined([_score(profiles, pairs[start : start + _CHUNK], weights) for start in starts])


def _score(p: Profiles, pairs: np.ndarray, w: Weights) -> Scores:
    left, right = pairs[:, 0], pairs[:, 1]
    carrier = _carriers(p, left, right, w)
    place = place_bits(p, left, right, w)
    domain = np.where(p.domain.equal(left, right), w.same_domain, 0.0)
    rounds = np.where(p.round.equal(left, right), w.same_round, 0.0)
    needed = w.review - w.prior - (np.maximum(carrier, 0.0) + place + domain + rounds)
    name, left_text, right_text, how = _names(p, left, right, needed, w)
    borrowed = p.nameless[left] | p.nameless[right]
    name = np.where(borrowed, np.clip(name, 0.0, w.as_carrier_cap), name)
    territorial = p.located[left] != p.located[right]
    name = np.where(territorial, np.maximum(name, 0.0), name)  # a territory is no other name
    counted = (borrowed | (how == HOW.index("carrier or place"))) & (name > 0)
    carrier = np.where(counted, np.minimum(carrier, 0.0), carrier)  # one agreement on a carrier counts once
    page = _pages(p, left, right, name, how, w)
    site = np.where(p.site[left] != p.site[right], w.site_and_pole, 0.0)
    signals = np.column_stack([name, carrier, place, domain, rounds, page, site])
    weight = signals.sum(axis=1) + w.prior
    against = weight < w.link
    far = against & (place <= w.other_departement)
    apart = against & (page < 0)
    elsewhere = against & (how == HOW.index("exclusive")) & (place <= 0)
    doubt = np.where(far, w.far_doubts, elsewhere.astype(np.int8)).astype(np.int8)
    return Scores(pairs, signals, weight, left_text, right_text, how, far | apart, apart, doubt)


def _pages(
    p: Profiles, left: np.ndarray, right: np.ndarray, name: np.ndarray, how: np.ndarray, w: Weights
) -> np.ndarray:
    """What it means that one page writes both names, when the names themselves do not settle it."""
    together = p.page.equal(left, right)
    apart = ~_TELLS[how]  # each has words of its own
    unsettled = together & (name < w.name_agrees)
    article = np.where(p.names_on_page[left] > 3, w.same_long_article, w.same_short_article)
    return np.where(
        p.listed_page[left],
        np.where(together & apart, w.same_list, 0.0),
        np.where(unsettled, article, 0.0),
    )


def place_bits(p: Profiles, left: np.ndarray, right: np.ndarray, w: Weights) -> np.ndarray:
    """The finest level that both sides know decides."""
    communes, same_commune = p.commune.compared(left, right)
    departements, same_departement = p.departement.compared(left, right)
    regions, same_region = p.region.compared(left, right)
    return np.select(
        [
            same_commune,
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


def _names(
    p: Profiles, left: np.ndarray, right: np.ndarray, needed: np.ndarray, w: Weights
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n = len(left)
    best, how = np.zeros(n), np.zeros(n, dtype=np.int8)
    left_text, right_text = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    owner, mine, theirs = p.names.cross(left, right)
    a, b = p.names.values[mine], p.names.values[theirs]
    bits, kind = compare_names(p, a, b, left[owner], right[owner], needed[owner], w)
    bits = np.where(p.behind[mine] & p.behind[theirs], np.minimum(bits, w.behind), bits)
    owners, rows = best_of(owner, bits, a, b)
    best[owners], left_text[owners], right_text[owners], how[owners] = bits[rows], a[rows], b[rows], kind[rows]
    return best, left_text, right_text, how


def _carriers(p: Profiles, left: np.ndarray, right: np.ndarray, w: Weights) -> np.ndarray:
    result = np.zeros(len(left))
    owner, mine, theirs = p.carriers.cross(left, right)
    a, b = p.carriers.values[mine], p.carriers.values[theirs]
    bits = compare_carriers(p, a, b, w)
    owners, rows = best_of(owner, bits, a, b)
    result[owners] = bits[rows]
    return result
