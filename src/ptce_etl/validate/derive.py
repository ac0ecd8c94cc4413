"""Columns added to a table, so that a rule across tables or columns becomes a rule on one row. Pure pandas.

A derived column starts with ``_``. It holds what the row should say, or a text where something is wrong and nothing
where all is well. One whose inputs are absent is not made, and the rule that reads it fails with their names.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from ptce_etl.schema import TABLES
from ptce_etl.validate import bounds, completeness, evidence, measures
from ptce_etl.validate.world import Make, World, missing_from, texts

__all__ = ["derive"]


def derive(world: World, wanted: Collection[str]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """The tables with the derived columns ``wanted`` ("table.column"), and by column what was absent for it."""
    frames: dict[str, pd.DataFrame] = {}
    absent: dict[str, str] = {}
    plans = evidence.PLAN | measures.PLAN | completeness.PLAN
    for table, frame in world.tables.items():
        plan = {"_gaps": (_gaps(table), ""), **plans.get(table, {})}
        made: dict[str, pd.Series[Any]] = {}
        for column in (column for column in plan if f"{table}.{column}" in wanted):
            make, needs = plan[column]
            gone = missing_from(world.tables, (need if "." in need else f"{table}.{need}" for need in needs.split()))
            if gone:
                absent[f"{table}.{column}"] = gone
            else:
                made[column] = make(world, frame)
        frames[table] = pd.concat([frame, pd.DataFrame(made, index=frame.index)], axis="columns") if made else frame
    return frames, absent


def _gaps(table: str) -> Make:
    """Names of the required columns that a row leaves empty or blank."""

    def make(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
        columns = [c for c in TABLES[table].columns if c.required and c.name in frame.columns]
        gone = frame[[c.name for c in columns]].isna()
        for column in columns:
            if column.kind == "text" and (table, column.name) not in bounds.MAY_BE_BLANK:
                gone[column.name] |= texts(frame[column.name]).str.strip().eq("")
        found = pd.Series("", index=frame.index, dtype="str")
        for name in gone.columns[gone.any()]:
            found = found.mask(gone[name], found + name + " ")
        return found.str.strip().mask(found.eq(""))

    return make
