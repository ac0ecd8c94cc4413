"""``ptce claims``: published figures, and what we make of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.errors import ConfigError
from ptce_etl.measure.wording import number
from ptce_etl.schema import TABLES

__all__ = ["show_claims"]

_QUALIFIERS = {"about": "about ", "at_least": "at least "}


def show_claims(screen: Screen, root: Path, *, snapshot: str, verdict: str | None, kind: str | None, lang: str) -> int:
    """List the claims, with the sentence in ``lang``."""
    _one_of("--kind", kind, ("count", "growth"))
    _one_of("--lang", lang, ("en", "fr"))
    _one_of("--verdict", verdict, _verdicts())
    name, tables = tables_of(existing(root), snapshot)
    claims = tables["claims"].sort_values(["kind", "claim_id"], ascending=[False, True], kind="stable")
    if verdict:
        claims = claims[claims["verdict"] == verdict]
    if kind:
        claims = claims[claims["kind"] == kind]
    rows = records(claims)
    screen.emit({"snapshot": name, "n": len(rows), "claims": rows})
    screen.heading(f"{counted(len(rows), 'claim')} in {name}")
    if rows:
        screen.table(
            ["=claim", "=verdict", "figure, and who gives it", "why"],
            [
                (row["claim_id"], row["verdict"], f"{_figure(row)}: {_said(row)}", row[f"explanation_{lang}"])
                for row in rows
            ],
        )
    return 0


def _verdicts() -> tuple[str, ...]:
    """The verdicts there are, from the schema's words on the column."""
    words = TABLES["claims"].column("verdict").en.replace(" or ", ", ")
    return tuple(word.strip() for word in words.split(","))


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise ConfigError(f"{option} {value!r} is not known", where=option, do=f"one of {', '.join(allowed)}")


def _figure(row: dict[str, Any]) -> str:
    """The published figure and what it is of, in a few words."""
    if row["kind"] == "growth":
        ends = f" ({_number(row['base_value'])} → {_number(row['target_value'])})"
        return f"{number(row['value'])[0]}%{ends}" if row["value"] is not None else ends.strip()
    if row["value_low"] is not None and row["value_high"] is not None:
        figure = f"{_number(row['value_low'])} to {_number(row['value_high'])}"
    else:
        figure = f"{_QUALIFIERS.get(row['qualifier'] or '', '')}{_number(row['value'])}"
    of = " ".join(filter(None, (row["population"], row["programme"])))
    place = "" if row["territory"] in (None, "France") else f", {row['territory']}"
    return f"{figure} {of}{place}"


def _number(value: float | None) -> str:
    return "–" if value is None else number(value)[0]


def _said(row: dict[str, Any]) -> str:
    return ", ".join(filter(None, (row["publisher"], row["claim_date"])))
