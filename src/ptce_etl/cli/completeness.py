"""``ptce completeness``: how many poles no list names, or why nothing can be said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted, share
from ptce_etl.errors import ConfigError
from ptce_etl.measure.wording import number
from ptce_etl.schema import SEPARATOR

__all__ = ["show_completeness", "size_of"]

_LANGUAGES = ("en", "fr")


def show_completeness(screen: Screen, root: Path, *, snapshot: str, population: str | None, lang: str) -> int:
    """List the estimates with their interval, or the reasons to withhold them, and the lists behind them."""
    if lang not in _LANGUAGES:
        raise ConfigError(f"--lang {lang!r} is not known", where="--lang", do=f"one of {', '.join(_LANGUAGES)}")
    name, tables = tables_of(existing(root), snapshot)
    estimates, lists = records(tables["completeness"]), records(tables["lists"])
    known = sorted({row["population"] for row in estimates})
    if population is not None and population not in known:
        raise ConfigError(
            f"--population {population!r} is not known", where="--population", do=f"one of {', '.join(known)}"
        )
    if population is not None:
        estimates, lists = ([row for row in rows if row["population"] == population] for rows in (estimates, lists))
    given = [row for row in estimates if not row["withheld"]]
    screen.emit({"snapshot": name, "n_given": len(given), "completeness": estimates, "lists": lists})
    screen.heading(
        f"Completeness in {name}: {counted(len(given), 'estimate')}, {len(estimates) - len(given):,} withheld"
    )
    _show_estimates(screen, estimates)
    _show_words(screen, estimates, lang)
    _show_lists(screen, lists, lang, whole=population is not None)
    return 0


def _show_estimates(screen: Screen, rows: list[dict[str, Any]]) -> None:
    """A line a row, but one for all methods that are withheld alike."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        said = "withheld" if row["withheld"] else size_of(row)
        line = (row["population"], f"{row['n_named']:,}", _text(row["published"]), str(row["n_lists"]), said)
        lines.setdefault((*line, row["reasons"] or row["method"]), []).append(row["method"])
    screen.table(
        ["=population", ">named", ">published", ">lists", "estimate", "method"],
        [(*line[:-1], ", ".join(methods)) for line, methods in lines.items()],
    )


def _show_words(screen: Screen, rows: list[dict[str, Any]], lang: str) -> None:
    """Why rows are withheld, those of one reason together; what the others assume."""
    said: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        words = row[f"reason_{lang}"] or row[f"assumptions_{lang}"]
        said.setdefault(words, {}).setdefault(row["population"], []).append(row["method"])
    for words, populations in said.items():
        whose = [f"{population} ({', '.join(methods)})" for population, methods in populations.items()]
        screen.gap()
        screen.say(f"{words[0].upper()}{words[1:]}:", indent=2)
        screen.say("; ".join(whose), indent=4)


def size_of(row: dict[str, Any]) -> str:
    """A given row in words: "at least 120 (105 to 160): 82.5% named"."""
    least = "at least " if row["method"] == "chao" else ""
    published = {True: ", holds the published number", False: ", does not hold the published number"}
    check = published.get(row["published_inside"], "")
    size = number(row["estimate"], 0)[0]
    return f"{least}{size} ({row['low']:,} to {row['high']:,}{check}): {share(row['completeness'])} named"


def _show_lists(screen: Screen, rows: list[dict[str, Any]], lang: str, *, whole: bool) -> None:
    """The lists used; with ``whole``, also those that are not, and why pages are one list."""
    shown = rows if whole else [row for row in rows if row["used"]]
    screen.heading("Lists" if whole else "Lists used")
    if not shown:
        screen.say("None.", indent=2)
        return
    columns = ["=population", ">list", ">poles", ">pages", "=dates", "publishers"]
    screen.table(
        [*columns, "used, or why not"] if whole else columns,
        [
            (
                row["population"],
                str(row["list_no"]),
                str(row["n_poles"]),
                str(row["n_pages"]),
                _dates(row),
                row["publishers"].replace(SEPARATOR, "; "),
                *([row[f"why_not_{lang}"] or "used"] if whole else []),
            )
            for row in shown
        ],
    )
    for row in shown if whole else []:
        if row[f"grouped_{lang}"]:
            screen.say(f"list {row['list_no']}: {row[f'grouped_{lang}']}", indent=2)


def _dates(row: dict[str, Any]) -> str:
    if row["first_date"] is None:
        return "no date"
    first, last = row["first_date"][:4], row["last_date"][:4]
    return first if first == last else f"{first}–{last}"


def _text(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
