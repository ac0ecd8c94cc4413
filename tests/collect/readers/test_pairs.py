"""The fixture pairs: what ``ptce new-source`` wrote of each platform is still read as it was, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptce_etl.catalogue.options import READERS
from ptce_etl.catalogue.registry import load_sources
from ptce_etl.collect.bundle import unbundled
from ptce_etl.collect.extract import extract
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.reading import audit, read

PAIRS = Path(__file__).parents[2] / "fixtures" / "sources"
# What takes an entry by hand: selectors and a query are not in an address, `opendatasoft_export` is proposed where
# `opendatasoft_records` would do, and of the PDF of the stand-in the lines say more than the table.
BY_HAND = {"html_items", "opendatasoft_records", "pdf_table", "sparql"}


def test_every_platform_that_is_proposed_has_its_pair() -> None:
    assert {folder.name for folder in PAIRS.iterdir()} == set(READERS) - BY_HAND


@pytest.mark.parametrize("reader", sorted(set(READERS) - BY_HAND))
def test_a_pair_is_read_as_it_was(reader: str) -> None:
    (source,) = load_sources(PAIRS / reader / "entry.yml")
    assert source.reader == reader
    platform = platform_of(source.reader)
    pages = unbundled((PAIRS / reader / "pages.json").read_bytes())
    frame = read(extract(platform.rows(pages, source), source, platform.own), source)
    assert audit(frame, source) == ()
    wanted = json.loads((PAIRS / reader / "rows.json").read_text(encoding="utf-8"))
    assert wanted
    kept = frame[list(source.columns)].astype("object").where(frame[list(source.columns)].notna(), None)
    found = [{name: cell for name, cell in row.items() if cell} for row in kept.to_dict("records")]
    assert found == wanted
