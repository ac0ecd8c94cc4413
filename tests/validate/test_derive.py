"""What rules read must come out of any frame: a wrong type is a failed check, never a crash."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ptce_etl.config import Settings
from ptce_etl.validate import bounds
from ptce_etl.validate.derive import derive
from ptce_etl.validate.facts import facts
from ptce_etl.validate.rule import FACTS, KEY, PAIR, Rule
from ptce_etl.validate.rules import Sizes, rules
from ptce_etl.validate.world import World

RULES = rules(set(bounds.ROWS) - bounds.OPTIONAL, Sizes(3, 7, 3, 7), Settings(), backcast=False)
COLUMNS = {f"{rule.frame}.{column}" for rule in RULES for column in rule.on}
NAMES = {f"{rule.table}.{rule.name}" for rule in RULES if rule.on == PAIR}
STRANGE: dict[str, Any] = {
    "nothing": lambda n: pd.Series([None] * n, dtype="object"),
    "nan": lambda n: pd.Series([np.nan] * n),
    "integers": lambda n: pd.Series(range(n), dtype="int64"),
    "nullable": lambda n: pd.Series([pd.NA] * n, dtype="Int64"),
    "text": lambda n: pd.Series(["×"] * n, dtype="str"),
    "mixed": lambda n: pd.Series([[1, "a", None, 2.5, b"x", True, ("t",)][i % 7] for i in range(n)], dtype="object"),
    "flags": lambda n: pd.Series([i % 2 == 0 for i in range(n)], dtype="bool"),
    "moments": lambda n: pd.Series([pd.Timestamp("2020-01-01", tz="Europe/Paris")] * n),
    "days": lambda n: pd.Series([pd.Timestamp("2020-01-01")] * n, dtype="datetime64[ns]"),
    "category": lambda n: pd.Series(["a"] * n, dtype="category"),
    "infinite": lambda n: pd.Series([np.inf] * n),
}


def prepare(small: Any) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], dict[str, str]]:
    world = World(small.tables, small.sources, small.programmes, small.previous)
    frames, absent = derive(world, COLUMNS)
    beside, without = facts(world, NAMES)
    return frames, beside, absent | without


@pytest.mark.parametrize("kind", STRANGE)
def test_columns_of_any_type_are_read(small, kind):
    for name, frame in small.tables.items():
        strange = STRANGE[kind](len(frame))
        small.tables[name] = pd.DataFrame(dict.fromkeys(frame.columns, strange))
    frames, beside, absent = prepare(small)
    assert absent == {}
    assert all(len(frames[name]) == len(frame) for name, frame in small.tables.items())
    assert beside[FACTS]["fact"].eq("poles.schema").sum() == 27


@pytest.mark.parametrize("kind", STRANGE)
def test_empty_columns_of_any_type_are_read(small, kind):
    for name, frame in small.tables.items():
        small.tables[name] = pd.DataFrame(dict.fromkeys(frame.columns, STRANGE[kind](0)))
    assert prepare(small)[2] == {}


def test_frames_without_columns_are_named_column_by_column(small):
    small.tables = {name: pd.DataFrame(index=frame.index) for name, frame in small.tables.items()}
    small.previous = {name: pd.DataFrame() for name in small.previous}
    frames, beside, absent = prepare(small)
    derived = {name for name in COLUMNS if name.partition(".")[2].startswith("_")}
    free = {f"{name}._gaps" for name in frames}
    assert derived - set(absent) == free
    assert absent["poles.shrink"] == "poles.pole_id"
    assert absent["edges._vetoed_together"] == (
        "edges.left, edges.right, edges.verdict, listings.listing_id, listings.pole_id"
    )
    assert set(beside[FACTS]["found"]) == {"absent"}


@pytest.mark.parametrize(
    ("kind", "expected", "found"),
    [
        ("nothing", "text", "text"),
        ("integers", "float", "float"),
        ("integers", "text", "int"),
        ("mixed", "text", "mixed"),
        ("flags", "int", "bool"),
        ("days", "date", "date"),
        ("moments", "date", "timestamp[us, tz=Europe/Paris]"),
    ],
)
def test_the_schema_tells_types_as_the_file_would(small, kind, expected, found):
    column = {"text": "name", "float": "latitude", "int": "n_listings", "date": "start_date"}[expected]
    small.tables["poles"] = small.tables["poles"].assign(**{column: STRANGE[kind](3)})
    beside, _ = facts(World(small.tables, (), (), {}), {"poles.schema"})
    row = beside[FACTS].set_index(KEY).loc[column]
    assert (row["found"], row["expected"]) == (found, expected)


def test_every_rule_reads_something_that_is_made_or_published(small):
    frames, beside, _ = prepare(small)
    made = {f"{name}.{column}" for name, frame in (frames | beside).items() for column in frame.columns}
    assert made >= COLUMNS
    assert set(beside[FACTS]["fact"]) | set(beside) - {FACTS} == NAMES
    assert all(isinstance(rule, Rule) and rule.says for rule in RULES)
