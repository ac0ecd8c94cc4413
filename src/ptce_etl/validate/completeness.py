"""Derived columns of completeness and lists: an estimate or a reason, never both; lists that name what there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.schema import SEPARATOR
from ptce_etl.validate import bounds
from ptce_etl.validate.world import Recipes, World, days, disorder, flags, numbers, texts, told, where

__all__ = ["PLAN"]

_PLACE = ["population", "territory_level", "territory_code"]
_COUNTED = "counts.population counts.territory_level counts.territory_code counts.as_of counts.n"
_NUMBERS = ("estimate", "standard_error", "low", "high", "completeness", "published_inside")
_WORDS = ("reasons", "reason_en", "reason_fr")


def _half_withheld(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """A withheld row has its reasons and no number; the others have their numbers (the check against a published number
    only where there is one) and no reason."""
    withheld = flags(frame["withheld"])
    number, reason = (frame[list(names)].notna() for names in (_NUMBERS, _WORDS))
    needed = number.drop(columns="published_inside")
    wrong = [
        (withheld & number.any(axis=1), "a number is given"),
        (withheld & ~reason.all(axis=1), "no reason"),
        (~withheld & ~needed.all(axis=1), "no number"),
        (~withheld & reason.any(axis=1), "a reason is given"),
        (
            ~withheld & (number["published_inside"] != frame["published"].notna()),
            "not held against the published number",
        ),
    ]
    return told(frame, wrong)


def _recomputed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    stated = numbers(frame["completeness"])
    computed = numbers(frame["n_named"]) / numbers(frame["estimate"]).replace(0, np.nan)
    wrong = (stated - computed).abs().gt(bounds.TOLERANCE_SHARE) | (stated.isna() != computed.isna())
    return told(frame, [(wrong, "completeness " + texts(stated).fillna("∅") + " ≠ " + texts(computed).fillna("∅"))])


def _named(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return texts(numbers(frame["n_named"]).map("{:.0f}".format, na_action="ignore"))


def _counted(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """What table counts says of the day described; a population without a row there has no pole."""
    counts = world.tables["counts"]
    said = counts[_PLACE].assign(day=days(counts["as_of"]), n=numbers(counts["n"]))
    wanted = frame[_PLACE].assign(day=days(frame["as_of"]))
    found = wanted.merge(said.drop_duplicates([*_PLACE, "day"]), how="left", on=[*_PLACE, "day"])["n"].fillna(0)
    return texts(found.set_axis(frame.index).map("{:.0f}".format))


def _unknown_population(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    population = texts(frame["population"])
    cohorts = [f"cohort:{programme}" for programme in world.rounds()]
    return where(population, population.str.startswith("cohort:", na=False) & ~population.isin(cohorts))


def _poles(frame: pd.DataFrame) -> pd.Series[Any]:
    """The pole ids of each list, one a row, under the row's index."""
    return texts(frame["poles"]).str.split(SEPARATOR, regex=False).explode()


def _unknown(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    poles = _poles(frame)
    strange = poles[poles.notna() & ~poles.isin(texts(world.column("poles", "pole_id")))]
    first = strange[~strange.index.duplicated()]
    return texts(first.reindex(frame.index))


def _list_counted(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return _poles(frame).groupby(level=0).nunique().reindex(frame.index).astype("float64")


def _unexplained(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    silent = frame[["why_not", "why_not_en", "why_not_fr"]].isna()
    used = flags(frame["used"])
    return told(frame, [(used & ~silent.all(axis=1), "used"), (~used & silent.any(axis=1), "not used, no reason")])


_ORDERS = (
    "0 n_on_several",
    "n_on_several n_on_lists",
    "n_on_lists n_named",
    "n_on_lists low",
    "low estimate",
    "estimate high",
)

PLAN: dict[str, Recipes] = {
    "completeness": {
        "_disorder": disorder(*_ORDERS),
        "_half_withheld": (_half_withheld, f"withheld published {' '.join((*_NUMBERS, *_WORDS))}"),
        "_recomputed": (_recomputed, "completeness n_named estimate"),
        "_named": (_named, "n_named"),
        "_counted": (_counted, f"{' '.join(_PLACE)} as_of {_COUNTED}"),
        "_unknown_programme": (_unknown_population, "population"),
    },
    "lists": {
        "_disorder": disorder("first_date last_date"),
        "_unknown": (_unknown, "poles poles.pole_id"),
        "_counted": (_list_counted, "poles"),
        "_unexplained": (_unexplained, "used why_not why_not_en why_not_fr"),
    },
}
"""Table → derived column → how it is made, and from which columns (of its own table unless named)."""
