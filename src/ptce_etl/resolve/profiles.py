"""Listings as numbers: words with their weights, carriers, places and pages, ready to be compared in bulk.

A *text* is one name or carrier as compared; a listing has several name texts (the whole name, what stands in brackets
or behind a dash) and several carrier texts. Texts are kept once, whatever the number of listings that use them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ptce_etl.clean.names import LEGAL_FORMS, acronym, clean_name, compact, name_key
from ptce_etl.resolve.weights import GENERIC, SITES, Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Profiles", "Texts", "profile"]


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts. ``words`` is (n_texts × n_words) of 0/1, ``bits`` the weight of each word."""

    keys: list[str]
    compacts: list[str]
    acronyms: list[str]
    words: sparse.csr_matrix
    bits: np.ndarray
    vocabulary: dict[str, int]
    total: np.ndarray  # bits of each text
    telling: np.ndarray  # bits of each word, 0 for the words of the trade
    locating: np.ndarray  # bits of each word, 0 for those that name no place


@dataclass(frozen=True, slots=True)
class Profiles:
    """One row a listing, in the order of the frame given to :func:`profile`.

    ``names`` and ``carriers`` hold text numbers per listing; ``vouches`` and ``explains`` are (n_listings × n_words) of
    0/1: the words of its names and carriers, which vouch for another listing's name, and all the words it gives, places
    too, which explain why a word stands there (where it is, is weighed by itself).
    """

    n: int
    texts: Texts
    names: list[tuple[int, ...]]
    nameless: np.ndarray  # nothing but "PTCE" was written: the carrier stands for the name
    located: np.ndarray  # only a territory was written ("PTCE de Florange")
    carriers: list[tuple[int, ...]]
    vouches: sparse.csr_matrix
    explains: sparse.csr_matrix
    commune: np.ndarray
    departement: np.ndarray
    region: np.ndarray
    domain: np.ndarray
    page: np.ndarray
    listed_page: np.ndarray  # the page is a list: two names on it are two poles
    names_on_page: np.ndarray  # distinct names on the page
    round: np.ndarray  # programme + role, "" when none counts
    source: np.ndarray
    site: np.ndarray  # the name begins with a word that says farm, shop, third place …


_LIST_KINDS = {"call results", "witness list", "regional directory", "national directory", "call applications"}


def profile(listings: pd.DataFrame, places: PlaceWords, weights: Weights) -> Profiles:
    """Profiles of clean listings (columns of schema table ``listings``, ``pole_id`` not needed).

    ``places`` are the words that name places in France.
    """
    number: dict[tuple[str, str], int] = {}

    def text(key: str, letters: str) -> int:
        return number.setdefault((key, letters), len(number))

    cache: dict[str, tuple[int, ...]] = {}

    def texts_of(raw: object, *, carrier: bool) -> tuple[int, ...]:
        if not isinstance(raw, str):
            return ()
        mark = ("c" if carrier else "n") + raw
        if mark not in cache:
            cleaned = clean_name(raw)
            keys = [key for key in cleaned.variants if key == cleaned.key or not _only_place(key, places.all)]
            keys = [key for key in keys if not (carrier and set(key.split()) <= LEGAL_FORMS)]
            whole = compact(cleaned.clean)
            cache[mark] = tuple(
                dict.fromkeys(text(key, whole if key == cleaned.key else key.replace(" ", "")) for key in keys)
            )
        return cache[mark]

    columns = {name: _text(listings, name) for name in ("name", "carrier", "commune", "department", "region")}
    names = [texts_of(raw, carrier=False) for raw in columns["name"]]
    carriers = [texts_of(raw, carrier=True) for raw in columns["carrier"]]
    nameless = np.array([not mine for mine in names])
    names = [mine or theirs for mine, theirs in zip(names, carriers, strict=True)]
    departement = _codes(listings, "code_departement")
    where = [
        [word for part in row if isinstance(part, str) for word in name_key(part).split()]
        + list(places.of_departement.get(str(code), ()))
        for *row, code in zip(columns["commune"], columns["department"], columns["region"], departement, strict=True)
    ]
    texts = _texts(list(number), where, names, places.all, weights)
    lists, on_page = _pages(listings, names, texts)
    return Profiles(
        n=len(listings),
        texts=texts,
        names=names,
        nameless=nameless,
        located=np.array([isinstance(raw, str) and clean_name(raw).located for raw in columns["name"]], dtype=bool),
        carriers=carriers,
        vouches=_words(texts, names, carriers, [[] for _ in where]),
        explains=_words(texts, names, carriers, where),
        commune=_codes(listings, "code_commune_insee"),
        departement=departement,
        region=_codes(listings, "code_region"),
        domain=_codes(listings, "website_domain"),
        page=_codes(listings, "source_url"),
        listed_page=lists,
        names_on_page=on_page,
        round=_rounds(listings),
        source=_codes(listings, "source_id"),
        site=np.array([bool(mine) and texts.keys[mine[0]].split()[0] in SITES for mine in names]),
    )


def _only_place(key: str, place_words: frozenset[str]) -> bool:
    """A bracket or a part that says only where ("Domb'Innov (Rhône-Alpes)") is no name of the pole."""
    return all(word in place_words or len(word) <= 3 for word in key.split()) and any(len(w) > 3 for w in key.split())


def _text(frame: pd.DataFrame, column: str) -> list[object]:
    return frame[column].tolist() if column in frame else [None] * len(frame)


def _codes(frame: pd.DataFrame, column: str) -> np.ndarray:
    return np.array([value if isinstance(value, str) else "" for value in _text(frame, column)], dtype=object)


def _texts(
    pairs: list[tuple[str, str]],
    where: list[list[str]],
    names: list[tuple[int, ...]],
    place_words: frozenset[str],
    weights: Weights,
) -> Texts:
    vocabulary: dict[str, int] = {}
    for key, _ in pairs:
        for word in key.split():
            vocabulary.setdefault(word, len(vocabulary))
    for line in where:
        for word in line:
            vocabulary.setdefault(word, len(vocabulary))
    matrix = _incidence([key.split() for key, _ in pairs], vocabulary)
    used = sorted({number for row in names for number in row})
    bits = _word_bits(matrix[used] if used else matrix, vocabulary, place_words, weights)
    return Texts(
        keys=[key for key, _ in pairs],
        compacts=[letters for _, letters in pairs],
        acronyms=[acronym(key) if key.count(" ") >= 2 else "" for key, _ in pairs],
        words=matrix,
        bits=bits,
        vocabulary=vocabulary,
        total=np.asarray(matrix @ bits).ravel(),
        telling=np.where(_generic(vocabulary), 0.0, bits),
        locating=np.where(_generic(vocabulary) | ~np.array([w in place_words for w in vocabulary]), 0.0, bits),
    )


def _incidence(rows: list[list[str]], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    lines, columns = [], []
    for line, words in enumerate(rows):
        for word in sorted(set(words)):
            lines.append(line)
            columns.append(vocabulary[word])
    data = np.ones(len(lines), dtype=np.float64)
    return sparse.csr_matrix((data, (lines, columns)), shape=(len(rows), len(vocabulary)))


def _word_bits(
    matrix: sparse.csr_matrix, vocabulary: dict[str, int], place_words: frozenset[str], weights: Weights
) -> np.ndarray:
    """-log2 of how often a word stands in names: seen here, smoothed by what is known of French names in general.

    Each distinct name counts once, so that a pole listed forty times does not make its own name look common.
    """
    expected = np.full(len(vocabulary), 2.0**-weights.rare_bits)
    expected[_generic(vocabulary)] = 2.0**-weights.generic_bits
    for word, number in vocabulary.items():
        if word in place_words and word not in GENERIC:
            expected[number] = 2.0**-weights.place_bits
    seen = np.asarray(matrix.sum(axis=0)).ravel()
    share = (seen + weights.background * expected) / (matrix.shape[0] + weights.background)
    return np.asarray(np.clip(-np.log2(share), 0.0, weights.max_word_bits))


def _generic(vocabulary: dict[str, int]) -> np.ndarray:
    """Which words are of the trade (or a single letter), in vocabulary order."""
    return np.array([word in GENERIC or len(word) == 1 for word in vocabulary])


def _words(
    texts: Texts, names: list[tuple[int, ...]], carriers: list[tuple[int, ...]], where: list[list[str]]
) -> sparse.csr_matrix:
    rows = []
    for mine, theirs, places in zip(names, carriers, where, strict=True):
        rows.append(places + [word for number in (*mine, *theirs) for word in texts.keys[number].split()])
    return _incidence(rows, texts.vocabulary)


def _pages(listings: pd.DataFrame, names: list[tuple[int, ...]], texts: Texts) -> tuple[np.ndarray, np.ndarray]:
    """Whether each listing stands on a page of a list kind (with three names or more), and how many names it has."""
    kinds, pages = _codes(listings, "page_kind"), _codes(listings, "source_url")
    distinct: dict[str, set[str]] = {}
    for page, mine in zip(pages, names, strict=True):
        if page and mine:
            distinct.setdefault(page, set()).add(texts.keys[mine[0]])
    on_page = np.array([len(distinct.get(page, ())) for page in pages], dtype=np.int64)
    return np.array([kind in _LIST_KINDS for kind in kinds]) & (on_page >= 3), on_page


def _rounds(listings: pd.DataFrame) -> np.ndarray:
    programmes, roles = _codes(listings, "programme"), _codes(listings, "role")
    counted: Iterable[str] = (
        p if p and r in ("laureate", "witness") else "" for p, r in zip(programmes, roles, strict=True)
    )
    return np.array(list(counted), dtype=object)
