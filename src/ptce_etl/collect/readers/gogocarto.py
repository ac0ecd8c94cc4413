"""GoGoCarto maps (Carteco, Transiscope): the whole map in one answer, ``https://…/api/elements.json``.

A map that wants a token answers 200 with a sentence under a JSON type. Elements are never posted for: an answer to that
may hold private fields. ``NULL`` stands for nothing. The licence of the map is in the answer, and is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, licensed, records_of, table_of
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]


def _rows(pages: Sequence[Page], source: Source) -> Table:
    answer: Any = json_of(pages[-1])
    if not isinstance(answer, dict) or "data" not in answer:
        raise SourceChanged("not an answer of GoGoCarto: no 'data'", do="look at the capture")
    if answer.get("ontology", "gogofull") != "gogofull":
        raise SourceChanged(f"the compact form of GoGoCarto: {answer['ontology']!r:.60}", do="ask for the full one")
    licensed(answer.get("licence"), source)
    if not isinstance(answer["data"], list):
        raise SourceChanged("one element where a list was expected", do="take the id out of the address")
    return table_of(
        {name: "" if text == "NULL" else text for name, text in flat(element).items()}
        for element in records_of(answer, "data")
    )


PLATFORMS = {
    "gogocarto": Platform(
        _rows,
        accept="application/json",
        own=("id", "sourceKey", "geo.*", "address.*", "openHours*", "createdAt", "updatedAt", "optionsValues*"),
    )
}
