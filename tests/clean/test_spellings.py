"""Names in bulk say what they say one by one, whatever the number of processes that read them."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pandas as pd
import pytest

from ptce_etl.clean import spellings
from ptce_etl.clean.geography import Geography
from ptce_etl.clean.names import clean_name, compact
from ptce_etl.clean.places import is_place
from ptce_etl.clean.spellings import read_names

LEDGER = Path(__file__).resolve().parents[2] / "data/raw/transcribed/listings.csv"
ODD = [
    "",
    "  ",
    "PTCE",
    "PTCE dans la vallée de la Fensch (57)",
    "PTCE de",
    "A (Loire) [B] (Paris)",
    "(Loire)",
    "de la",
]


def written() -> list[str]:
    ledger = pd.read_csv(LEDGER, dtype="str")
    return [*ledger["name"].dropna(), *ledger["carrier"].dropna(), *ODD]


def test_in_bulk_as_one_by_one() -> None:
    known = is_place(Geography.load())
    texts = written()
    said = read_names(texts)
    assert list(said.number) == list(dict.fromkeys(texts))
    for text, number in said.number.items():
        plain, placed = clean_name(text), clean_name(text, known)
        assert (said.clean[number], said.key[number]) == (plain.clean, plain.key) == (placed.clean, placed.key)
        assert (said.variants(number), said.located(number)) == (plain.variants, plain.located)
        assert said.letters[number] == compact(plain.clean)
        assert said.place_hint(number, known) == placed.place_hint


def test_any_number_of_processes_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spellings, "_WORTH_WORKERS", 50)
    texts = written()
    alone = read_names(texts, workers=1)
    assert [astuple(read_names(texts, workers=count)) for count in (2, 3)] == [astuple(alone)] * 2


def test_nothing_to_read() -> None:
    assert astuple(read_names([])) == ({}, [], [], [], {}, {}, {})
