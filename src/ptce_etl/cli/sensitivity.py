"""``ptce sensitivity``: the headline growth under other reasonable choices."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.growth_lines import grew
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, either, interval, signed
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.measure.populations import POPULATIONS
from ptce_etl.measure.wording import NBSP, NNBSP, number
from ptce_etl.publish.api import load
from ptce_etl.publish.index import snapshot_path

__all__ = ["curve_range", "show_sensitivity"]

Row = dict[str, Any]
_WIDTH = 21  # characters of a curve
_SAID: dict[str, tuple[str, str]] = {
    "judgements": ("without judgements", "sans les décisions humaines"),
    "unlabelled": ("mentions without the word PTCE too", "avec les mentions sans le mot PTCE"),
    "held": ("undated pages from the day we held them", "pages sans date du jour où nous les avons eues"),
    "left_out": ("undated pages left out", "sans les pages sans date"),
    "before": ("undated pages there from the start", "pages sans date là dès le début"),
    "known": ("as known on each day", "telle que connue à chaque date"),
    "backcast": ("as today's evidence says", "telle que la disent les preuves d'aujourd'hui"),
}


def show_sensitivity(screen: Screen, root: Path, *, population: str | None, lang: str, snapshot: str) -> int:
    """Show range, single choices and, for one population, the whole curve. Raises :class:`ConfigError`,
    :class:`NoData` (a snapshot from before the table)."""
    if lang not in ("en", "fr"):
        raise ConfigError(f"--lang {lang!r} is not known", where="--lang", do="one of en, fr")
    language: Lang = "fr" if lang == "fr" else "en"
    paths = existing(root)
    name = snapshot_path(paths, snapshot).name
    rows = records(load("sensitivity", snapshot=name, data=paths.root))
    there = {row["population"] for row in rows}
    known = [one.name for one in POPULATIONS if one.name in there]
    if population is not None and population not in known:
        raise ConfigError(f"no curve of {population!r}", where="--population", do=f"one of {', '.join(known)}")
    chosen = [row for row in rows if population in (None, row["population"])]
    curves = {one: [row for row in chosen if row["population"] == one] for one in known}
    curves = {one: curve for one, curve in curves.items() if curve}
    if not curves:
        raise NoData("no specification was tried", where=name, do="run `ptce run`")
    answer = {one: curve_range(curve) | {"specifications": curve} for one, curve in curves.items()}
    screen.emit({"snapshot": name, "curves": answer})
    for one, curve in curves.items():
        _show_range(screen, one, curve, language)
        _show_single(screen, curve, language)
        if population is not None:
            _show_curve(screen, curve, language)
    return 0


def curve_range(curve: list[Row]) -> Row:
    """``n`` specifications, the published growth, and the lowest, median and highest of all (``None`` where none has a
    growth)."""
    published = next((row for row in curve if row["differs"] == 0), None)
    growths = [row["growth_pct"] for row in curve if row["growth_pct"] is not None]
    return {
        "n": len(curve),
        "published_pct": published["growth_pct"] if published else None,
        "lowest_pct": min(growths, default=None),
        "median_pct": median(growths) if growths else None,
        "highest_pct": max(growths, default=None),
    }


def _show_range(screen: Screen, population: str, curve: list[Row], language: Lang) -> None:
    found = curve_range(curve)
    screen.heading(f"{population}, {curve[0]['base_date']} → {curve[0]['target_date']}")
    (published,) = [row for row in curve if row["differs"] == 0] or [curve[0]]
    screen.facts(
        [
            (either(language, "published", "publiée"), _grew(published, language)),
            (
                either(language, f"over {found['n']} sets of choices", f"sur {found['n']} jeux de choix"),
                interval(found["lowest_pct"], found["highest_pct"], language),
            ),
            (either(language, "median", "médiane"), signed(found["median_pct"], language)),
        ]
    )


def _show_single(screen: Screen, curve: list[Row], language: Lang) -> None:
    """What one choice changes, the others being the published ones."""
    published = next((row for row in curve if row["differs"] == 0), None)
    if published is None:
        return
    single = [(_choice(row, published, language), row) for row in curve if row["differs"] == 1]
    screen.gap()
    screen.table(
        [
            either(language, "one choice at a time", "un choix à la fois"),
            either(language, "=growth", "=croissance"),
            "=",
        ],
        [(said, _grew(row, language), _bar(row, curve)) for said, row in single],
    )


def _show_curve(screen: Screen, curve: list[Row], language: Lang) -> None:
    """Every specification, with the choices in which it is not the published one."""
    published = next((row for row in curve if row["differs"] == 0), curve[0])
    screen.heading(either(language, "The whole curve", "Toute la courbe"))
    screen.table(
        [">#", either(language, "=growth", "=croissance"), "=", either(language, "choices", "choix")],
        [
            (str(row["rank"]), _grew(row, language), _bar(row, curve), _choice(row, published, language))
            for row in curve
        ],
    )


def _choice(row: Row, published: Row, language: Lang) -> str:
    """The choices of ``row`` that are not those of ``published``, in words."""
    said = []
    if row["link"] != published["link"]:
        bits = number(abs(row["link"] - published["link"]))[language == "fr"]
        lower = row["link"] < published["link"]
        way = either(language, "lower", "plus bas") if lower else either(language, "higher", "plus hauts")
        said.append(either(language, f"match thresholds {bits} bits {way}", f"seuils d'appariement {bits} bits {way}"))
    flags = [name for name in ("judgements", "unlabelled") if row[name] != published[name]]
    words = [row[name] for name in ("undated", "basis") if row[name] != published[name]]
    said += [either(language, *_SAID[one]) for one in (*flags, *words)]
    if row["active_years"] != published["active_years"]:
        said.append(
            either(language, f"active: {row['active_years']} years", f"active{NBSP}: {row['active_years']} ans")
        )
    return f"{either(language, '', NNBSP)}; ".join(said) or either(language, "as published", "comme publié")


def _grew(row: Row, language: Lang) -> str:
    return grew(row["base"], row["target"], row["growth_pct"], language)


def _bar(row: Row, curve: list[Row]) -> str:
    """A dot where the growth stands between the lowest and the highest of the curve."""
    found = curve_range(curve)
    low, high, here = found["lowest_pct"], found["highest_pct"], row["growth_pct"]
    if here is None or low is None or high == low:
        return ""
    place = round((here - low) / (high - low) * (_WIDTH - 1))
    return f"{'·' * place}●{'·' * (_WIDTH - 1 - place)}"
