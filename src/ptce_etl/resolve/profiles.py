"""Listings as numbers: names, carriers, places and pages, ready to be compared in bulk.

A *text* is one name or carrier as compared; a listing has several name texts (the whole name, what stands in brackets
or behind a dash) and several carrier texts. Texts are kept once, whatever the number of listings that use them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ptce_etl.clean.names import LEGAL_FORMS, clean_name, compact, name_key
from ptce_etl.resolve.ragged import Codes, Ragged
from ptce_etl.resolve.texts import Texts, build_texts, incidence
from ptce_etl.resolve.weights import SITES, Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Profiles", "profile"]

_LIST_KINDS = {"call results", "witness list", "regional directory", "national directory", "call applications"}


@dataclass(frozen=True, slots=True)
class Profiles:
    """One row a listing, in the order of the frame given to :func:`profile`.

    ``names`` and ``carriers`` hold text numbers per listing; ``vouches`` and ``explains`` are (n_listings × n_words) of
    0/1: the words of its names and carriers, which vouch for another listing's name, and all the words it gives, places
    too, which explain why a word stands there (where it is, is weighed by itself).
    """

    n: int
    texts: Texts
    names: Ragged
    nameless: np.ndarray  # nothing but "PTCE" was written: the carrier stands for the name
    located: np.ndarray  # only a territory was written ("PTCE de Florange")
    carriers: Ragged
    vouches: sparse.csr_matrix
    explains: sparse.csr_matrix
    commune: Codes
    departement: Codes
    region: Codes
    domain: Codes
    page: Codes
    listed_page: np.ndarray  # the page is a list: two names on it are two poles
    names_on_page: np.ndarray  # distinct names on the page
    round: Codes  # programme, where the role is a counted one
    source: Codes
    spread: np.ndarray  # by text: in how many departments listings carry it as a name (1 at least)
    site: np.ndarray  # the name begins with a word that says farm, shop, third place …


def profile(listings: pd.DataFrame, places: PlaceWords, weights: Weights) -> Profiles:
    """Profiles of clean listings (columns of schema table ``listings``, ``pole_id`` not needed).

    ``places`` are the words that name places in France.
    """
    reader = _Reader(places)
    written = _text(listings, "name")
    names = [reader.texts(raw, carrier=False) for raw in written]
    carriers = [reader.texts(raw, carrier=True) for raw in _text(listings, "carrier")]
    nameless = np.array([not mine for mine in names], dtype=bool)
    names = [mine or theirs for mine, theirs in zip(names, carriers, strict=True)]
    where = _where(listings, places)
    ragged = Ragged.of(names)
    texts = build_texts(list(reader.number), dict.fromkeys(where), np.unique(ragged.values), places.all, weights)
    lists, on_page = _pages(listings, ragged)
    said = [[word for t in (*a, *b) for word in texts.keys[t].split()] for a, b in zip(names, carriers, strict=True)]
    first = ragged.first()
    starts = [texts.keys[t].split()[0] if t >= 0 else "" for t in first]
    return Profiles(
        n=len(listings),
        texts=texts,
        names=ragged,
        nameless=nameless,
        located=np.array([isinstance(raw, str) and clean_name(raw).located for raw in written], dtype=bool),
        carriers=Ragged.of(carriers),
        vouches=incidence(said, texts.vocabulary),
        explains=incidence([[*words, *place] for words, place in zip(said, where, strict=True)], texts.vocabulary),
        commune=Codes.of(_text(listings, "code_commune_insee")),
        departement=Codes.of(_text(listings, "code_departement")),
        region=Codes.of(_text(listings, "code_region")),
        domain=Codes.of(_text(listings, "website_domain")),
        page=Codes.of(_text(listings, "source_url")),
        listed_page=lists,
        names_on_page=on_page,
        round=_rounds(listings),
        source=Codes.of(_text(listings, "source_id")),
        spread=_spread(ragged, Codes.of(_text(listings, "code_departement")), len(texts.keys)),
        site=np.array([word in SITES for word in starts], dtype=bool),
    )


class _Reader:
    """Numbers the texts of names and carriers, each spelling read once."""

    def __init__(self, places: PlaceWords) -> None:
        self.places = places
        self.number: dict[tuple[str, str], int] = {}
        self.known: dict[tuple[bool, str], tuple[int, ...]] = {}

    def texts(self, raw: object, *, carrier: bool) -> tuple[int, ...]:
        if not isinstance(raw, str):
            return ()
        found = self.known.get((carrier, raw))
        if found is None:
            found = self.known[carrier, raw] = self._read(raw, carrier=carrier)
        return found

    def _read(self, raw: str, *, carrier: bool) -> tuple[int, ...]:
        cleaned = clean_name(raw)
        whole = compact(cleaned.clean)
        numbers = []
        for key in cleaned.variants:
            if key != cleaned.key and _only_place(key, self.places.all):
                continue
            if carrier and set(key.split()) <= LEGAL_FORMS:
                continue
            letters = whole if key == cleaned.key else key.replace(" ", "")
            numbers.append(self.number.setdefault((key, letters), len(self.number)))
        return tuple(dict.fromkeys(numbers))


def _only_place(key: str, place_words: frozenset[str]) -> bool:
    """A bracket or a part that says only where ("Domb'Innov (Rhône-Alpes)") is no name of the pole."""
    words = key.split()
    return all(word in place_words or len(word) <= 3 for word in words) and any(len(word) > 3 for word in words)


def _where(listings: pd.DataFrame, places: PlaceWords) -> list[tuple[str, ...]]:
    """The words of each listing's places: as written, and what its department's code stands for."""
    known: dict[tuple[object, ...], tuple[str, ...]] = {}
    result = []
    columns = (_text(listings, name) for name in ("commune", "department", "region", "code_departement"))
    for row in zip(*columns, strict=True):
        if row not in known:
            *written, code = row
            words = [word for part in written if isinstance(part, str) for word in name_key(part).split()]
            known[row] = (*words, *places.of_departement.get(str(code), ()))
        result.append(known[row])
    return result


def _text(frame: pd.DataFrame, column: str) -> list[object]:
    if column not in frame:
        return [None] * len(frame)
    return [value if isinstance(value, str) else None for value in frame[column].tolist()]


def _pages(listings: pd.DataFrame, names: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Whether each listing stands on a page of a list kind (with three names or more), and how many names it has."""
    frame = pd.DataFrame({"page": _text(listings, "source_url"), "name": names.first()})
    named = frame[frame["page"].notna() & (frame["name"] >= 0)]
    on_page = frame["page"].map(named.groupby("page")["name"].nunique()).fillna(0).to_numpy(dtype=np.int64)
    kinds = np.array([kind in _LIST_KINDS for kind in _text(listings, "page_kind")], dtype=bool)
    return kinds & (on_page >= 3), on_page


def _spread(names: Ragged, departement: Codes, n_texts: int) -> np.ndarray:
    """Departments in which each text is a name: one that stands in many is a common name, not one pole."""
    where = np.repeat(departement.numbers, names.lengths)
    pairs = np.unique(np.column_stack([names.values[where >= 0], where[where >= 0]]), axis=0)
    return np.maximum(np.bincount(pairs[:, 0], minlength=n_texts), 1)


def _rounds(listings: pd.DataFrame) -> Codes:
    pairs = zip(_text(listings, "programme"), _text(listings, "role"), strict=True)
    return Codes.of([programme if role in ("laureate", "witness") else None for programme, role in pairs])
