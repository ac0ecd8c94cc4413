"""The counts between two days, month by month or year by year: known then, as a backcast, and on constant sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, at, either
from ptce_etl.measure.compare import End
from ptce_etl.measure.series import month_ends, year_ends
from ptce_etl.measure.wording import number

__all__ = ["SERIES", "series_rows", "show_series"]

SERIES = ("month", "year")


def series_rows(end: End, first: date, by: str) -> list[dict[str, Any]]:
    """A row for ``first``, each month or year that ends after it, and the day of ``end``: ``as_of``, ``known``,
    ``backcast``, and ``constant`` (by the population's own time, publishers that had a dated page by ``first``)."""
    ends = (month_ends if by == "month" else year_ends)(first, end.on)
    same = end.census.kept(end.census.publishers(first))
    rows = []
    for on in sorted({first, *ends, end.on}):
        counts = {basis: len(replace(end, on=on, basis=basis).members) for basis in ("known", "backcast")}
        rows.append({"as_of": on.isoformat(), **counts, "constant": len(replace(end, on=on, census=same).members)})
    return rows


def show_series(screen: Screen, rows: list[dict[str, Any]], language: Lang) -> None:
    """The rows as a table."""
    screen.heading(either(language, "Between the two days", "Entre les deux dates"))
    english = ["=day", ">known then", ">backcast", ">constant sources"]
    french = ["=jour", ">connus alors", ">a posteriori", ">sources constantes"]
    counts = ("known", "backcast", "constant")
    rows_said = [(row["as_of"], *(number(row[name])[at(language)] for name in counts)) for row in rows]
    screen.table(french if language == "fr" else english, rows_said)
