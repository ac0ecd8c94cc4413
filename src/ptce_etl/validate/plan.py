"""From a candidate to what Great Expectations is to be asked: rules, and the frames that they read. Pure pandas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ptce_etl.catalogue.registry import Programme, Source
from ptce_etl.config import Settings
from ptce_etl.validate import bounds
from ptce_etl.validate.derive import derive
from ptce_etl.validate.facts import facts
from ptce_etl.validate.rule import PAIR, Rule
from ptce_etl.validate.rules import Sizes, rules
from ptce_etl.validate.world import World

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules, the frames they read, and why some columns could not be made."""

    rules: tuple[Rule, ...]
    frames: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]

    def names(self) -> list[str]:
        return list(dict.fromkeys(rule.frame for rule in self.rules))

    def unready(self, rule: Rule) -> str:
        """What the rule needs and is not there; empty when it can run."""
        made = [f"{rule.table}.{rule.name}", *(f"{rule.frame}.{name}" for name in rule.on)]
        gone = [self.absent[name] for name in made if name in self.absent]
        if not gone and rule.frame not in self.frames:
            gone = [rule.frame]
        return f"absent: {', '.join(dict.fromkeys(gone))}" if gone else ""


def plan(
    tables: Mapping[str, pd.DataFrame],
    sources: Sequence[Source],
    programmes: Sequence[Programme],
    previous: Mapping[str, pd.DataFrame] | None,
    settings: Settings,
    *,
    backcast: bool,
    only: Collection[str] | None = None,
) -> Plan:
    """What to ask of a candidate (arguments: see ``expectations.run_checks``). ``only``: the rules of those ids."""
    given = {name: tables[name].reset_index(drop=True) for name in bounds.ROWS if name in tables}
    world = World(given, tuple(sources), tuple(programmes), previous or {})
    now, before = ([len(of.get(name, ())) for name in ("poles", "listings")] for of in (given, world.previous))
    every = rules(given, Sizes(*now, *before), settings, backcast=backcast)
    chosen = tuple(rule for rule in every if only is None or rule.check_id in only)
    frames, absent = derive(world, {f"{rule.frame}.{column}" for rule in chosen for column in rule.on})
    beside, without = facts(world, {f"{rule.table}.{rule.name}" for rule in chosen if rule.on == PAIR})
    read = {rule.frame for rule in chosen}
    frames = {name: _plain(frame) for name, frame in frames.items() if name in read} | beside
    return Plan(chosen, frames, absent | without)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Nullable integers as floats: Great Expectations raises on a comparison that gives ``pd.NA``."""
    kinds = frame.dtypes.items()
    nullable = [name for name, kind in kinds if pd.api.types.is_extension_array_dtype(kind) and kind.kind in "iu"]
    return frame.astype(dict.fromkeys(nullable, "float64"))
