"""Listings as numbers: names, carriers, places and pages, ready to be compared in bulk.

A *text* is one name or carrier as compared; a listing has several name texts (the whole name, what stands in brackets
or behind a dash) and several carrier texts. Texts are kept once, whatever the number of listings that use them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptce_etl.clean.names import LEGAL_FORMS, clean_name, compact, name_key
from ptce_etl.resolve.namesakes import namesakes
from ptce_etl.resolve.ragged import Codes, Ragged
from ptce_etl.resolve.texts import Texts, build_texts
from ptce_etl.resolve.weights import POLE, SITES, Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Profiles", "profile"]

_LIST_KINDS = {"call results", "witness list", "regional directory", "national directory", "call applications"}


@dataclass(frozen=True, slots=True)
class Profiles:
    """One row a listing, in the order of the frame given to :func:`profile`.

    ``names`` and ``carriers`` hold text numbers per listing; ``vouches`` the words of its names and carriers, which
    vouch for another listing's name; ``places`` those of its places, which explain why a word stands there (where it
    is, is weighed by itself).
    """

    n: int
    texts: Texts
    names: Ragged
    behind: np.ndarray  # by value of ``names``: a part that stands behind another, in brackets or after a dash
    nameless: np.ndarray  # nothing but "PTCE" was written: the carrier stands for the name
    located: np.ndarray  # only a territory was written ("PTCE de Florange")
    carriers: Ragged
    vouches: Ragged
    places: Ragged
    commune: Codes
    departement: Codes
    region: Codes
    domain: Codes
    page: Codes
    listed_page: np.ndarray  # the page is a list: two names on it are two poles
    names_on_page: np.ndarray  # distinct names on the page
    round: Codes  # programme, where the role is a counted one
    source: Codes
    spread: np.ndarray  # by text: in how many departments, or behind how many names, it stands (1 at least)
    site: np.ndarray  # the name begins with a word that says farm, shop, third place …

    def explains(self, position: int) -> frozenset[int]:
        """All the words that a listing gives."""
        return frozenset(self.vouches.row(position)) | frozenset(self.places.row(position))


def profile(listings: pd.DataFrame, places: PlaceWords, weights: Weights) -> Profiles:
    """Profiles of clean listings (columns of schema table ``listings``, ``pole_id`` not needed).

    ``places`` are the words that name places in France.
    """
    reader = _Reader(places)
    written = _text(listings, "name")
    names = [reader.texts(raw, carrier=False) for raw in written]
    carriers = [reader.texts(raw, carrier=True) for raw in _text(listings, "carrier")]
    nameless = np.fromiter((not mine for mine in names), dtype=bool, count=len(names))
    located = np.fromiter((raw in reader.located for raw in written), dtype=bool, count=len(names))
    ragged, behind = _texts([mine or theirs for mine, theirs in zip(names, carriers, strict=True)])
    carried, _ = _texts(carriers)
    rows, where = _where(listings, places)
    texts = build_texts(
        list(reader.number), (word for words in where for word in words), np.unique(ragged.values), places.all, weights
    )
    lists, on_page = _pages(listings, ragged)
    departement = Codes.of(_text(listings, "code_departement"))
    first = ragged.first()
    starts = np.fromiter(map(_names_site, texts.keys), dtype=bool, count=len(texts.keys))
    return Profiles(
        n=len(listings),
        texts=texts,
        names=ragged,
        behind=behind,
        nameless=nameless,
        located=located,
        carriers=carried,
        vouches=_said(ragged, carried, texts),
        places=_place_words(rows, where, texts),
        commune=Codes.of(_text(listings, "code_commune_insee")),
        departement=departement,
        region=Codes.of(_text(listings, "code_region")),
        domain=Codes.of(_text(listings, "website_domain")),
        page=Codes.of(_text(listings, "source_url")),
        listed_page=lists,
        names_on_page=on_page,
        round=_rounds(listings),
        source=Codes.of(_text(listings, "source_id")),
        spread=namesakes(ragged, behind, departement.numbers, texts),
        site=np.append(starts, False)[first],  # -1, no name at all, reads the False
    )


def _names_site(key: str) -> bool:
    """Whether a name begins with farm, shop … ("emergent" and the like before it say nothing)."""
    return next((word for word in key.split() if word not in POLE), "") in SITES


def _texts(cells: list[tuple[tuple[int, bool], ...]]) -> tuple[Ragged, np.ndarray]:
    """Text numbers by listing, and of each whether it stands behind another."""
    ragged = Ragged.of([[number for number, _ in cell] for cell in cells])
    flags = (behind for cell in cells for _, behind in cell)
    return ragged, np.fromiter(flags, dtype=bool, count=len(ragged.values))


def _said(names: Ragged, carriers: Ragged, texts: Texts) -> Ragged:
    """The words of each listing's names and carriers."""
    n = len(names.start) - 1
    parts = [(ragged.owners, *texts.words.take(ragged.values)) for ragged in (names, carriers)]
    owners = np.concatenate([owner[at] for owner, at, _ in parts])
    return Ragged.distinct(owners, np.concatenate([word for _, _, word in parts]), n)


def _place_words(rows: np.ndarray, where: list[tuple[str, ...]], texts: Texts) -> Ragged:
    """The words of each listing's places, from those of the distinct places and which of them each listing has."""
    distinct = Ragged.of([sorted({texts.number(word) for word in words}) for words in where])
    owner, word = distinct.take(rows)
    return Ragged.distinct(owner, word, len(rows))


class _Reader:
    """Numbers the texts of names and carriers, each spelling read once."""

    def __init__(self, places: PlaceWords) -> None:
        self.places = places
        self.number: dict[tuple[str, str], int] = {}
        self.known: dict[tuple[bool, str], tuple[tuple[int, bool], ...]] = {}
        self.located: set[object] = set()

    def texts(self, raw: object, *, carrier: bool) -> tuple[tuple[int, bool], ...]:
        """The numbers of the texts of a cell, and of each whether it stands behind another."""
        if not isinstance(raw, str):
            return ()
        found = self.known.get((carrier, raw))
        if found is None:
            found = self.known[carrier, raw] = self._read(raw, carrier=carrier)
        return found

    def _read(self, raw: str, *, carrier: bool) -> tuple[tuple[int, bool], ...]:
        cleaned = clean_name(raw)
        if cleaned.located and not carrier:
            self.located.add(raw)
        whole = compact(cleaned.clean)
        numbers, behind = [], []
        for key in cleaned.variants:
            if key != cleaned.key and _only_place(key, self.places.all):
                continue
            if carrier and set(key.split()) <= LEGAL_FORMS:
                continue
            letters = whole if key == cleaned.key else key.replace(" ", "")
            numbers.append(self.number.setdefault((key, letters), len(self.number)))
            behind.append(not cleaned.key.startswith(key))
        return tuple(dict(zip(numbers[::-1], behind[::-1], strict=True)).items())[::-1]


def _only_place(key: str, place_words: frozenset[str]) -> bool:
    """A bracket or a part that says only where ("Domb'Innov (Rhône-Alpes)") is no name of the pole."""
    words = key.split()
    return all(word in place_words or len(word) <= 3 for word in words) and any(len(word) > 3 for word in words)


def _where(listings: pd.DataFrame, places: PlaceWords) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Which place each listing has, and the words of each: as written, and what its department's code stands for."""
    known: dict[tuple[object, ...], int] = {}
    words_of: dict[object, tuple[str, ...]] = {None: ()}
    where: list[tuple[str, ...]] = []
    rows = np.empty(len(listings), dtype=np.int64)
    columns = (_text(listings, name) for name in ("commune", "department", "region", "code_departement"))
    for position, row in enumerate(zip(*columns, strict=True)):
        at = known.get(row)
        if at is None:
            at = known[row] = len(where)
            *written, code = row
            for part in written:
                if part not in words_of:
                    words_of[part] = tuple(name_key(str(part)).split())
            where.append((*(w for part in written for w in words_of[part]), *places.of_departement.get(str(code), ())))
        rows[position] = at
    return rows, where


def _text(frame: pd.DataFrame, column: str) -> list[object]:
    if column not in frame:
        return [None] * len(frame)
    cells = frame[column]
    found: list[object] = cells.astype("object").where(cells.notna(), None).tolist()
    return found


def _pages(listings: pd.DataFrame, names: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Whether each listing stands on a page of a list kind (with three names or more), and how many names it has."""
    page, first = Codes.of(_text(listings, "source_url")).numbers, names.first()
    named = (page >= 0) & (first >= 0)
    on_page = np.append(Ragged.distinct(page[named], first[named], page.max(initial=0) + 1).lengths, 0)[page]
    kinds = np.fromiter((kind in _LIST_KINDS for kind in _text(listings, "page_kind")), dtype=bool, count=len(listings))
    return kinds & (on_page >= 3), on_page


def _rounds(listings: pd.DataFrame) -> Codes:
    pairs = zip(_text(listings, "programme"), _text(listings, "role"), strict=True)
    return Codes.of([programme if role in ("laureate", "witness") else None for programme, role in pairs])
