"""Listings as numbers: names, carriers, places and pages, ready to be compared in bulk.

A *text* is one name or carrier as compared; a listing has several name texts (the whole name, what stands in brackets
or behind a dash) and several carrier texts. Texts are kept once, whatever the number of listings that use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptce_etl.clean.names import LEGAL_FORMS, name_key
from ptce_etl.clean.spellings import Spellings, read_names
from ptce_etl.resolve.namesakes import namesakes
from ptce_etl.resolve.ragged import Codes, Grid, Ragged
from ptce_etl.resolve.texts import Texts, build_texts
from ptce_etl.resolve.weights import POLE, SITES, Weights
from ptce_etl.resolve.words import PlaceWords

__all__ = ["Profiles", "profile"]

_FIRST = POLE | SITES
_LIST_KINDS = ["call results", "witness list", "regional directory", "national directory", "call applications"]


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
    vouches: Grid
    places: Grid
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
        return frozenset(self.vouches.ragged.row(position)) | frozenset(self.places.ragged.row(position))


def profile(
    listings: pd.DataFrame, places: PlaceWords, weights: Weights, spellings: Spellings | None = None
) -> Profiles:
    """Profiles of clean listings (columns of schema table ``listings``, ``pole_id`` not needed).

    ``places`` are the words that name places in France; ``spellings`` what names and carriers say, where they have been
    read already.
    """
    n = len(listings)
    written, carried = Codes.column(listings, "name"), Codes.column(listings, "carrier")
    said = _read(spellings, [*written.labels.tolist(), *carried.labels.tolist()])
    reader = _Reader(places, said)
    named, behind_named = reader.texts(written.labels, carriers=False)
    carriers_of, _ = reader.texts(carried.labels, carriers=True)
    nameless = np.append(named.lengths == 0, True)[written.numbers]
    rows = np.where(nameless, len(named) + carried.numbers, written.numbers)  # a carrier stands for a missing name
    rows[nameless & (carried.numbers < 0)] = -1
    names, from_carrier = named.then(carriers_of).pick(rows)
    carriers, _ = carriers_of.pick(carried.numbers)
    where_of, where = _where(listings, places)
    words = (word for place in where for word in place)
    texts = build_texts(list(reader.number), words, np.unique(names.values), places.all, weights)
    behind = np.append(behind_named, np.zeros(len(carriers_of.values), dtype=bool))[from_carrier]
    located = np.fromiter((text != "" and said.located(said.number[text]) for text in written.labels), dtype=bool)
    lists, on_page = _pages(listings, names)
    departement = Codes.column(listings, "code_departement")
    starts = _name_sites(texts)
    return Profiles(
        n=n,
        texts=texts,
        names=names,
        behind=behind,
        nameless=nameless,
        located=np.append(located, False)[written.numbers],
        carriers=carriers,
        vouches=Grid.of(_said(names, carriers, texts)),
        places=Grid.of(_place_words(where_of, where, texts)),
        commune=Codes.column(listings, "code_commune_insee"),
        departement=departement,
        region=Codes.column(listings, "code_region"),
        domain=Codes.column(listings, "website_domain"),
        page=Codes.column(listings, "source_url"),
        listed_page=lists,
        names_on_page=on_page,
        round=_rounds(listings),
        source=Codes.column(listings, "source_id"),
        spread=namesakes(names, behind, departement.numbers, texts),
        site=np.append(starts, False)[names.first()],  # -1, no name at all, reads the False
    )


def _read(spellings: Spellings | None, texts: list[str]) -> Spellings:
    written = [text for text in texts if text]
    known = spellings is not None and all(text in spellings.number for text in written)
    return spellings if spellings is not None and known else read_names(written)


def _name_sites(texts: Texts) -> np.ndarray:
    """By text, whether it begins with farm, shop … ("emergent" and the like before it say nothing)."""
    return np.fromiter(
        (
            key.split(" ", 1)[0] in _FIRST and next((word for word in key.split() if word not in POLE), "") in SITES
            for key in texts.keys
        ),
        dtype=bool,
        count=len(texts.keys),
    )


def _said(names: Ragged, carriers: Ragged, texts: Texts) -> Ragged:
    """The words of each listing's names and carriers."""
    n = len(names.start) - 1
    parts = [(ragged.owners, *texts.words.ragged.take(ragged.values)) for ragged in (names, carriers)]
    owners = np.concatenate([owner[at] for owner, at, _ in parts])
    return Ragged.distinct(owners, np.concatenate([word for _, _, word in parts]), n)


def _place_words(rows: np.ndarray, where: list[tuple[str, ...]], texts: Texts) -> Ragged:
    """The words of each listing's places, from those of the distinct places and which of them each listing has."""
    distinct = Ragged.of([sorted({texts.number(word) for word in words}) for words in where])
    return distinct.pick(rows)[0]


class _Reader:
    """Numbers the texts of names and carriers."""

    def __init__(self, places: PlaceWords, said: Spellings) -> None:
        self.places, self.said = places, said
        self.number: dict[tuple[str, str], int] = {}

    def texts(self, labels: np.ndarray, *, carriers: bool) -> tuple[Ragged, np.ndarray]:
        """By distinct cell the numbers of its texts, and of each whether it stands behind another."""
        cells = [self._texts(label, carriers=carriers) for label in labels]
        ragged = Ragged.of([tuple(cell) for cell in cells])
        flags = (behind for cell in cells for behind in cell.values())
        return ragged, np.fromiter(flags, dtype=bool, count=len(ragged.values))

    def _texts(self, cell: str, *, carriers: bool) -> dict[int, bool]:
        if not cell:
            return {}
        at = self.said.number[cell]
        whole, letters = self.said.key[at], self.said.letters[at]
        found: dict[int, bool] = {}
        for key in self.said.variants(at):
            if key == whole:
                text = (key, letters)
            elif _only_place(key, self.places.all):
                continue
            else:
                text = (key, key.replace(" ", ""))
            if carriers and LEGAL_FORMS.issuperset(key.split()):
                continue
            found.setdefault(self.number.setdefault(text, len(self.number)), not whole.startswith(key))
        return found


def _only_place(key: str, place_words: frozenset[str]) -> bool:
    """A bracket or a part that says only where ("Domb'Innov (Rhône-Alpes)") is no name of the pole."""
    words = key.split()
    return all(word in place_words or len(word) <= 3 for word in words) and any(len(word) > 3 for word in words)


def _where(listings: pd.DataFrame, places: PlaceWords) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Which place each listing has, and the words of each: as written, and what its department's code stands for."""
    cells = [Codes.column(listings, name) for name in ("commune", "department", "region", "code_departement")]
    code = np.zeros(len(listings), dtype=np.int64)
    for column in cells:
        _, code = np.unique(code * (len(column.labels) + 1) + column.numbers + 1, return_inverse=True)
    _, first, rows = np.unique(code, return_index=True, return_inverse=True)
    *written, codes = cells
    words = [[name_key(label).split() for label in column.labels] for column in written]
    names = [places.of_departement.get(label, ()) for label in codes.labels]
    where = []
    for row in first.tolist():
        said = [word for column, keys in zip(written, words, strict=True) for word in _at(keys, column.numbers[row])]
        where.append((*said, *_at(names, codes.numbers[row])))
    return rows, where


def _at(rows: Sequence[Sequence[str]], number: int) -> Sequence[str]:
    return rows[number] if number >= 0 else ()


def _pages(listings: pd.DataFrame, names: Ragged) -> tuple[np.ndarray, np.ndarray]:
    """Whether each listing stands on a page of a list kind (with three names or more), and how many names it has."""
    page, first = Codes.column(listings, "source_url").numbers, names.first()
    named = (page >= 0) & (first >= 0)
    on_page = np.append(Ragged.distinct(page[named], first[named], int(page.max(initial=0)) + 1).lengths, 0)[page]
    kinds = Codes.column(listings, "page_kind")
    lists = np.append(np.isin(kinds.labels, _LIST_KINDS), False)[kinds.numbers]
    return lists & (on_page >= 3), on_page


def _rounds(listings: pd.DataFrame) -> Codes:
    """The programme of each listing that it is counted in."""
    programme, role = Codes.column(listings, "programme"), Codes.column(listings, "role")
    counted = np.append(np.isin(role.labels, ["laureate", "witness"]), False)[role.numbers]
    return Codes(np.where(counted, programme.numbers, -1), programme.labels)
