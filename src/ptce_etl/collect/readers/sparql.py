"""A SPARQL endpoint (Wikidata): ``query`` is asked with GET; a column is a variable, an unbound one is an empty
cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, json_of, records_of, table_of
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]


def _first(source: Source) -> str:
    return f"{source.url}?{urlencode({'query': source.options.query or '', 'format': 'json'})}"


def _rows(pages: Sequence[Page], source: Source) -> Table:
    answer: Any = json_of(pages[-1])
    variables = records_of(answer, "head.vars")
    found = records_of(answer, "results.bindings")
    return table_of((_cells(binding) for binding in found), columns=[str(name) for name in variables])


def _cells(binding: Any) -> dict[str, object]:
    if not isinstance(binding, dict) or not all(isinstance(term, dict) for term in binding.values()):
        raise SourceChanged("a result that is no set of terms", do="look at the capture")
    return {str(name): term.get("value") for name, term in binding.items()}


PLATFORMS = {"sparql": Platform(_rows, _first, accept="application/sparql-results+json")}
