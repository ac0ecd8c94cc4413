"""Derived columns of counts, indicator, claims, sources and issues: the arithmetic done again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.validate.world import Make, Plan, World, days, disorder, flags, numbers, texts, where

__all__ = ["PLAN"]

_PLACE = ["population", "territory_level", "territory_code"]
_ENDS = ("base", "target")
_SIGNED = ("base_low", "target_low", "opened", "closed", "discovered_late", "reclassified")
_INTERVAL = "target target_low target_high"
_COUNTED = "counts.population counts.territory_level counts.territory_code counts.as_of counts.n counts.low counts.high"


def _gap(stated: pd.Series[Any], computed: pd.Series[Any]) -> pd.Series[Any]:
    """stated − computed; infinite when only one of the two is there."""
    said, found = numbers(stated), computed.where(np.isfinite(computed))
    return (said - found).mask(said.isna() != found.isna(), np.inf)


def _ratio(part: pd.Series[Any], whole: pd.Series[Any]) -> pd.Series[Any]:
    return numbers(part) / numbers(whole).replace(0, np.nan)


def _unknown_population(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    population = texts(frame["population"])
    cohorts = [f"cohort:{programme}" for programme in world.rounds()]
    return where(population, population.str.startswith("cohort:", na=False) & ~population.isin(cohorts))


def _sum_of_moves(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    n = {c: numbers(frame[c]) for c in ("base", "opened", "closed", "discovered_late", "reclassified")}
    return n["base"] + n["opened"] - n["closed"] + n["discovered_late"] + n["reclassified"]


def _negative(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Names of the columns that are below zero."""
    found = pd.Series("", index=frame.index, dtype="str")
    for column in _SIGNED:
        below = numbers(frame[column]).lt(0)
        found = found.mask(below, found + column + " ")
    return found.str.strip().mask(found.eq(""))


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


def _claimed_growth(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    computed = 100 * (_ratio(frame["target_value"], frame["base_value"]) - 1)
    return _gap(frame["computed"], computed).where(texts(frame["kind"]).eq("growth") & computed.notna())


def _coverage_gap(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return _gap(frame["coverage"], _ratio(frame["n"], frame["published"]))


def _growth_gap(stated: str, base: str, target: str) -> Make:
    def make(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
        return _gap(frame[stated], 100 * (_ratio(frame[target], frame[base]) - 1))

    return make


def _multiplier_gap(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return _gap(frame["multiplier"], _ratio(frame["target"], frame["base"]))


PLAN: dict[str, Plan] = {
    "counts": {
        "_disorder": disorder("low n", "n high"),
        "_coverage_gap": (_coverage_gap, "n published coverage"),
        "_unknown_programme": (_unknown_population, "population"),
    },
    "indicator": {
        "_disorder": disorder(
            *(f"{end}_low {end}" for end in _ENDS),
            *(f"{end} {end}_high" for end in _ENDS),
            "growth_low_pct growth_pct",
            "growth_pct growth_high_pct",
        ),
        "_negative": (_negative, " ".join(_SIGNED)),
        "_change": (lambda _, frame: numbers(frame["target"]) - numbers(frame["base"]), "base target"),
        "_moved": (_sum_of_moves, "base opened closed discovered_late reclassified"),
        "_growth_gap": (_growth_gap("growth_pct", "base", "target"), "growth_pct base target"),
        "_constant_gap": (
            _growth_gap("constant_growth_pct", "constant_base", "constant_target"),
            "constant_growth_pct constant_base constant_target",
        ),
        "_multiplier_gap": (_multiplier_gap, "multiplier base target"),
        "_unexplained": (_unexplained, "comparable comparable_why"),
        "_stated": (_stated, _INTERVAL),
        "_counted": (_counted, f"{' '.join(_PLACE)} target_date headline {_INTERVAL} {_COUNTED}"),
    },
    "claims": {
        "_disorder": disorder("date_first date_last"),
        "_growth_gap": (_claimed_growth, "kind computed base_value target_value"),
    },
    "sources": {"_not_fresh": (lambda _, f: where(f["health"], texts(f["health"]).ne("fresh")), "health")},
    "issues": {
        "_critical": (lambda _, f: where(f["message"], texts(f["severity"]).eq("critical")), "severity message")
    },
}
"""Table → derived column → how it is made, and from which columns (of its own table unless named)."""
