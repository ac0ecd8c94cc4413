"""A published figure in a few words, as the tables that list claims show it."""

from __future__ import annotations

from typing import Any

from ptce_etl.cli.text import Lang, at
from ptce_etl.errors import ConfigError
from ptce_etl.measure.counted import kind_of
from ptce_etl.measure.wording import Both, number, percent

__all__ = ["figure_of", "language_of", "said_by"]

_QUALIFIERS: dict[str, Both] = {"about": ("about ", "environ "), "at_least": ("at least ", "au moins ")}


def language_of(option: str, text: str) -> Lang:
    """The language that an option names. Raises :class:`ConfigError`."""
    if text not in ("en", "fr"):
        raise ConfigError(f"{option} {text!r} is not known", where=option, do="one of en, fr")
    return "fr" if text == "fr" else "en"


def figure_of(row: dict[str, Any], language: Lang = "en") -> str:
    """The published figure of a row of table ``claims``, and what it counts."""
    here = at(language)
    if row["kind"] == "growth":
        ends = f"{_number(row['base_value'], language)} → {_number(row['target_value'], language)}"
        return f"{percent(row['value'], sign=True)[here]} ({ends})" if row["value"] is not None else ends
    if row["value_low"] is not None and row["value_high"] is not None:
        low, high = _number(row["value_low"], language), _number(row["value_high"], language)
        figure = (f"{low} to {high}", f"{low} à {high}")[here]
    else:
        figure = _QUALIFIERS.get(row["qualifier"] or "", ("", ""))[here] + _number(row["value"], language)
    of = " ".join(filter(None, (kind_of(row["population"] or "")[here], row["programme"])))
    place = "" if row["territory"] in (None, "France") else f", {row['territory']}"
    return f"{figure} {of}{place}"


def _number(value: float | None, language: Lang) -> str:
    return "–" if value is None else number(value)[at(language)]


def said_by(row: dict[str, Any]) -> str:
    """Who published it, and the date it is about."""
    return ", ".join(filter(None, (row["publisher"], row["claim_date"])))
