"""Derived columns of counts, indicator, claims, sources and issues: the arithmetic done again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.populations import POPULATIONS
from ptce_etl.validate import bounds
from ptce_etl.validate.world import Recipes, World, days, disorder, flags, numbers, texts, told, where

__all__ = ["PLAN"]

_PLACE = ["population", "territory_level", "territory_code"]
_INTERVAL = "target target_low target_high"
_COUNTED = "counts.population counts.territory_level counts.territory_code counts.as_of counts.n counts.low counts.high"


def _ratio(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    """part / whole; missing where whole is zero."""
    return numbers(part) / numbers(whole).replace(0, np.nan)


def _growth(base: pd.Series[Any], target: pd.Series[Any]) -> pd.Series[Any]:
    """In %."""
    return 100 * (_ratio(target, base) - 1)


def _differ(stated: pd.Series[Any], computed: pd.Series[Any], tolerance: float) -> pd.Series[Any]:
    """Whether the two differ, or only one of them is there."""
    said, found = numbers(stated), computed.where(np.isfinite(computed))
    return (said - found).abs().gt(tolerance) | (said.isna() != found.isna())


def _other(stated: pd.Series[Any], computed: pd.Series[Any]) -> pd.Series[Any]:
    """ "name stated ≠ computed" as a text."""
    cells = [texts(numbers(s).map("{:.6g}".format, na_action="ignore")).fillna("∅") for s in (stated, computed)]
    return f"{stated.name} " + cells[0] + " ≠ " + cells[1]


def _unknown_population(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    population = texts(frame["population"])
    cohorts = [f"cohort:{programme}" for programme in world.rounds()]
    return where(population, population.str.startswith("cohort:", na=False) & ~population.isin(cohorts))


def _sum_of_moves(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    moved = (sign * numbers(frame[name]) for name, sign in COMPONENTS.items())
    return sum(moved, numbers(frame["base"]))


def _unexplained(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    silent = texts(frame["comparable_why"]).fillna("").str.strip().eq("")
    return where(frame["comparable"], numbers(frame["comparable"]).eq(0) & silent)


def _interval(frame: pd.DataFrame, n: str, low: str, high: str) -> pd.Series[Any]:
    """``n [low, high]`` as a text."""
    cells = [texts(numbers(frame[c]).map("{:.0f}".format, na_action="ignore")) for c in (n, low, high)]
    return cells[0] + " [" + cells[1] + ", " + cells[2] + "]"


def _stated(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return texts(_interval(frame, "target", "target_low", "target_high"))


def _counted(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """What table counts says of the target date. A headline must be there; elsewhere an absent count says nothing."""
    counts = world.tables["counts"]
    said = counts[_PLACE].assign(day=days(counts["as_of"]), said=_interval(counts, "n", "low", "high"))
    wanted = frame[_PLACE].assign(day=days(frame["target_date"]))
    found = wanted.merge(said.drop_duplicates([*_PLACE, "day"]), how="left", on=[*_PLACE, "day"])["said"]
    stated = _stated(world, frame)
    return texts(found.set_axis(frame.index)).fillna(stated.mask(flags(frame["headline"])))


def _sensitivity_recomputed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    base, target = frame["base"], frame["target"]
    again = (
        ("change", numbers(target) - numbers(base), 0.0),
        ("growth_pct", _growth(base, target), bounds.TOLERANCE_PCT),
    )
    return told(frame, [(_differ(frame[name], found, gap), _other(frame[name], found)) for name, found, gap in again])


def _ends(frame: pd.DataFrame) -> pd.Series[Any]:
    """``base → target`` as a text."""
    cells = [texts(numbers(frame[c]).map("{:.0f}".format, na_action="ignore")) for c in ("base", "target")]
    return texts(cells[0] + " → " + cells[1])


def _measured(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """What table indicator says under the published choices; under others it says nothing."""
    indicator = world.tables["indicator"]
    france = indicator[texts(indicator["territory_level"]).eq("france")]
    said = france[["population"]].assign(
        since=days(france["base_date"]), until=days(france["target_date"]), said=_ends(france)
    )
    key = ["population", "since", "until"]
    wanted = frame[["population"]].assign(since=days(frame["base_date"]), until=days(frame["target_date"]))
    found = wanted.merge(said.drop_duplicates(key), how="left", on=key)["said"].set_axis(frame.index)
    return texts(found.where(numbers(frame["differs"]).eq(0))).fillna(_ends(frame))


def _series_stated(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """The count by the time that the population's own rule reads."""
    known = texts(frame["population"]).isin([p.name for p in POPULATIONS if p.time == "known"])
    return texts(
        numbers(frame["known"]).where(known, numbers(frame["backcast"])).map("{:.0f}".format, na_action="ignore")
    )


def _series_counted(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """What table counts says of that day; the days that it does not have say nothing."""
    counts = world.tables["counts"]
    n = texts(numbers(counts["n"]).map("{:.0f}".format, na_action="ignore"))
    said = counts[_PLACE].assign(day=days(counts["as_of"]), said=n).drop_duplicates([*_PLACE, "day"])
    found = frame[_PLACE].assign(day=days(frame["as_of"])).merge(said, how="left", on=[*_PLACE, "day"])["said"]
    return texts(found.set_axis(frame.index)).fillna(_series_stated(world, frame))


def _claims_recomputed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    computed = _growth(frame["base_value"], frame["target_value"])
    ours = texts(frame["kind"]).eq("growth") & computed.notna()
    wrong = ours & _differ(frame["computed"], computed, bounds.TOLERANCE_PCT)
    return told(frame, [(wrong, _other(frame["computed"], computed))])


def _counts_recomputed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    computed = _ratio(frame["n"], frame["published"])
    wrong = _differ(frame["coverage"], computed, bounds.TOLERANCE_SHARE)
    return told(frame, [(wrong, _other(frame["coverage"], computed))])


def _indicator_recomputed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    base, target = frame["base"], frame["target"]
    again = (
        ("change", numbers(target) - numbers(base), 0.0),
        ("growth_pct", _growth(base, target), bounds.TOLERANCE_PCT),
        ("constant_growth_pct", _growth(frame["constant_base"], frame["constant_target"]), bounds.TOLERANCE_PCT),
        ("multiplier", _ratio(target, base), bounds.TOLERANCE_SHARE),
    )
    differ = [(_differ(frame[name], computed, gap), _other(frame[name], computed)) for name, computed, gap in again]
    return told(frame, differ)


_ENDS = ("base", "target")
_ORDERS = [
    *(f"0 {end}_low" for end in _ENDS),
    *(f"{end}_low {end}" for end in _ENDS),
    *(f"{end} {end}_high" for end in _ENDS),
    *(f"0 {move}" for move in COMPONENTS),
    *(f"0 coverage_{end}" for end in _ENDS),
    *(f"coverage_{end} 1" for end in _ENDS),
    "growth_low_pct growth_pct",
    "growth_pct growth_high_pct",
]
_RECOMPUTED = "base target change growth_pct multiplier constant_base constant_target constant_growth_pct"

PLAN: dict[str, Recipes] = {
    "counts": {
        "_disorder": disorder("0 low", "low n", "n high"),
        "_recomputed": (_counts_recomputed, "n published coverage"),
        "_unknown_programme": (_unknown_population, "population"),
    },
    "series": {
        "_disorder": disorder("0 known_low", "known_low known", "0 backcast_low", "backcast_low backcast"),
        "_stated": (_series_stated, "population known backcast"),
        "_counted": (_series_counted, f"{' '.join(_PLACE)} as_of known backcast {_COUNTED}"),
    },
    "indicator": {
        "_disorder": disorder(*_ORDERS),
        "_moved": (_sum_of_moves, f"base {' '.join(COMPONENTS)}"),
        "_recomputed": (_indicator_recomputed, _RECOMPUTED),
        "_unexplained": (_unexplained, "comparable comparable_why"),
        "_stated": (_stated, _INTERVAL),
        "_counted": (_counted, f"{' '.join(_PLACE)} target_date headline {_INTERVAL} {_COUNTED}"),
    },
    "sensitivity": {
        "_disorder": disorder("growth_low_pct growth_pct", "growth_pct growth_high_pct", "0 differs"),
        "_recomputed": (_sensitivity_recomputed, "base target change growth_pct"),
        "_stated": (lambda _, frame: _ends(frame), "base target"),
        "_measured": (
            _measured,
            "population base_date target_date differs base target indicator.population indicator.territory_level "
            "indicator.base_date indicator.target_date indicator.base indicator.target",
        ),
    },
    "claims": {
        "_disorder": disorder("date_first date_last"),
        "_recomputed": (_claims_recomputed, "kind computed base_value target_value"),
    },
    "sources": {"_not_fresh": (lambda _, f: where(f["health"], texts(f["health"]).ne("fresh")), "health")},
    "issues": {
        "_critical": (lambda _, f: where(f["message"], texts(f["severity"]).eq("critical")), "severity message")
    },
}
"""Table → derived column → how it is made, and from which columns (of its own table unless named)."""
