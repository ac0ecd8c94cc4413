"""``ptce claims``: published figures, and what we make of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.claimed import figure_of, language_of, said_by
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, counted
from ptce_etl.errors import ConfigError
from ptce_etl.schema import SEPARATOR, TABLES

__all__ = ["show_claims"]

_SHOWN = 4


def show_claims(screen: Screen, root: Path, *, snapshot: str, verdict: str | None, kind: str | None, lang: str) -> int:
    """List the claims, with the sentence in ``lang``."""
    _one_of("--kind", kind, ("count", "growth"))
    language = language_of("--lang", lang)
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
                (
                    row["claim_id"],
                    row["verdict"],
                    f"{figure_of(row, language)}: {said_by(row)}",
                    row[f"explanation_{language}"] + _compared(row, language),
                )
                for row in rows
            ],
        )
    return 0


def _compared(row: dict[str, Any], language: Lang) -> str:
    """What it was compared with beyond what the sentence names, the first few."""
    refs = row["compared_with"].split(SEPARATOR) if row["compared_with"] else []
    rest = [ref for ref in refs if ref not in row[f"explanation_{language}"]]
    more = f" +{len(rest) - _SHOWN}" if len(rest) > _SHOWN else ""
    return f" [{', '.join(rest[:_SHOWN])}{more}]" if rest else ""


def _verdicts() -> tuple[str, ...]:
    """The verdicts there are, from the schema's words on the column."""
    words = TABLES["claims"].column("verdict").en.replace(" or ", ", ")
    return tuple(word.strip() for word in words.split(","))


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise ConfigError(f"{option} {value!r} is not known", where=option, do=f"one of {', '.join(allowed)}")
