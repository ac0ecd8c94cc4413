"""The charts of the home page: tables to geometry, with what their text alternatives say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptce_etl.measure.counted import kind_of
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.report.charts import outlines
from ptce_etl.report.charts.bridge import Bridge, bridge_chart
from ptce_etl.report.charts.curve import Curve, curve_chart
from ptce_etl.report.charts.scale import Point
from ptce_etl.report.charts.series import Claimed, Series, Step, series_chart
from ptce_etl.report.material import Edition, Row, rows
from ptce_etl.report.typography import Lang, polish, signed, whole
from ptce_etl.report.words import VERDICTS, said

__all__ = ["SHAPES", "Map", "bridges", "curves", "map_of", "series", "territory_page"]

SHAPES = {"existing": "diamond", "state_listed": "square", "active": "triangle", "created": "circle"}
"""Published populations shown on the series, and their marks."""

UNKNOWN = "inconnu"
_WIDE, _NARROW = 1020, 360


def series(edition: Edition, lang: Lang) -> tuple[Series, Series, list[Row]]:
    """The listed poles of France, wide and narrow, and the ends of years as a table."""
    table = edition.tables["series"]
    found = rows(table[(table["population"] == "listed") & (table["territory_level"] == "france")].sort_values("as_of"))
    steps = [Step(row["as_of"], row["known"], row["known_low"], row["backcast"]) for row in found]
    head = edition.headline
    if not steps or steps[-1].on < edition.as_of:
        steps.append(Step(edition.as_of, head["target"], head["target_low"], head["target"]))
    claimed = _claimed(edition, lang)
    ends = [row for row in found if row["granularity"] == "year"]
    ends.append({"as_of": edition.as_of} | dict.fromkeys(("known", "backcast"), head["target"]))
    ends[-1]["known_low"] = head["target_low"]
    return series_chart(steps, claimed, _WIDE, 440), series_chart(steps, claimed, _NARROW, 340), ends


def _claimed(edition: Edition, lang: Lang) -> list[Claimed]:
    table = edition.tables["claims"]
    shown = table[(table["territory"] == "France") & table["population"].isin(list(SHAPES))]
    found = []
    for row in rows(shown[shown["date_first"].notna() & shown["date_last"].notna() & shown["value"].notna()]):
        kind = kind_of(row["population"])[lang == "fr"]
        text = f"{row['claim_date']} : {whole(int(row['value']), lang)} {kind}, {row['publisher'] or '?'} – "
        text += said(VERDICTS, row["verdict"], lang)
        last = min(row["date_last"], edition.as_of)
        first = min(row["date_first"], last)
        found.append(Claimed(row["claim_id"], first, last, row["value"], SHAPES[row["population"]], polish(text, lang)))
    return found


def bridges(edition: Edition) -> tuple[Bridge, Bridge]:
    """The bridge of the headline, wide and narrow. Merged and split are shown when there are any."""
    row = edition.headline
    steps = [
        (name, row[name], sign)
        for name, sign in COMPONENTS.items()
        if row[name] or name not in ("merged", "split", "reclassified_out")
    ]
    return bridge_chart(row["base"], steps, row["target"], _WIDE), bridge_chart(
        row["base"], steps, row["target"], _NARROW
    )


_UNDATED = {
    "held": ("pages sans date : au jour où nous les avons eues", "undated pages: from the day we held them"),
    "before": ("pages sans date : avant la période", "undated pages: before the period"),
    "left_out": ("pages sans date : laissées de côté", "undated pages: left out"),
}


def curves(edition: Edition, lang: Lang) -> tuple[Curve, Curve]:
    """The specification curve, wide and narrow."""
    points = []
    for row in edition.curve:
        counts = f"{row['base']} → {row['target']}, {signed(row['growth_pct'], lang)}"
        text = f"{counts} ; {_UNDATED[row['undated']][lang == 'en']}"
        points.append((row["growth_pct"], row["undated"], row["differs"] == 0, polish(text, lang)))
    return curve_chart(points, _WIDE, 280), curve_chart(points, _NARROW, 250)


@dataclass(frozen=True, slots=True)
class Part:
    """A frame of the map as the template draws it."""

    key: str
    box: tuple[float, float, float, float]
    outlines: tuple[outlines.Outline, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class Map:
    """The map: frames, what is said of each department, dots by frame, how many poles have no dot."""

    frames: tuple[Part, ...]
    places: Mapping[str, dict[str, Any]]
    dots: Mapping[str, list[Point]]
    n_dots: int
    n_departments: int


def territory_page(region: object, departement: object = None) -> str:
    """The page of a region, down to a department."""
    page = f"{region or UNKNOWN}.html"
    return f"{page}#d{departement}" if departement else page


def map_of(edition: Edition, lang: Lang, counted: frozenset[str]) -> Map:
    """The poles of ``counted``, by department, and as dots where their commune is known."""
    poles = [pole for pole in edition.poles.values() if pole["pole_id"] in counted]
    numbers = Counter(pole["code_departement"] for pole in poles if pole["code_departement"])
    names = {pole["code_departement"]: pole["departement"] for pole in poles}
    pages = {pole["code_departement"]: territory_page(pole["code_region"], pole["code_departement"]) for pole in poles}
    dots: dict[str, list[Point]] = {frame.key: [] for frame in outlines.frames()}
    n_dots = 0
    for pole in poles:
        if pole["code_commune_insee"] and pole["latitude"] is not None and pole["longitude"] is not None:
            shown = outlines.place(pole["code_departement"] or "", pole["longitude"], pole["latitude"])
            n_dots += bool(shown)
            for key, point in shown:
                dots[key].append(point)
    places = {
        outline.code: {
            "n": numbers[outline.code],
            "shade": min(numbers[outline.code], 4),
            "page": pages.get(outline.code, ""),
            "text": polish(f"{names.get(outline.code)} ({outline.code}) : {numbers[outline.code]}", lang),
        }
        for frame in outlines.frames()
        for outline in frame.outlines
    }
    captions = {"paris": ("Paris et couronne", "Paris and its ring"), "971": ("Guadeloupe",) * 2}
    captions |= {"972": ("Martinique",) * 2, "973": ("Guyane", "French Guiana"), "974": ("La Réunion", "Réunion")}
    captions |= {"976": ("Mayotte",) * 2}
    parts = tuple(
        Part(f.key, f.box, f.outlines, captions[f.key][lang == "en"] if f.key in captions else "")
        for f in outlines.frames()
    )
    return Map(parts, places, {key: sorted(set(at)) for key, at in dots.items()}, n_dots, len(numbers))
