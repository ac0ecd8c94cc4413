"""One expectation as data, and the few shapes that expectations take. No Great Expectations here, and no data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ptce_etl.model import Severity

__all__ = [
    "FACTS",
    "PAIR",
    "Rule",
    "Test",
    "column",
    "fact",
    "history",
    "none",
    "order",
    "same",
    "within",
    "worth_a_look",
]

Test = Literal["filled", "empty", "unique", "matches", "one_of", "between", "equal", "at_least", "rows", "json"]
FACTS = "facts"
KEY = "_key"
PAIR = ("found", "expected")


@dataclass(frozen=True, slots=True)
class Rule:
    """``test`` holds for the columns ``on`` of ``frame``: a table with its derived columns, or one of facts.

    ``table``, ``name`` and ``columns`` are how the rule is called. ``low`` and ``high`` are for *between* and *rows*,
    ``values`` for *one_of*, ``pattern`` for *matches*, ``strict`` for *at_least*; ``mostly`` is the share of rows that
    must hold. Rows with a missing cell hold every test but *filled* (and *equal*, when one of the two is missing).
    ``expected`` overrides what the reader is told.
    """

    table: str
    name: str
    columns: tuple[str, ...]
    test: Test
    on: tuple[str, ...] = ()
    frame: str = ""
    severity: Severity = "critical"
    expected: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    mostly: float = 1.0
    strict: bool = False

    @property
    def column(self) -> str:
        return "+".join(self.columns)

    @property
    def check_id(self) -> str:
        """``table.rule.column``: stable from one snapshot to the next."""
        return f"{self.table}.{self.name}.{self.column or '*'}"

    @property
    def says(self) -> str:
        """What is expected, in signs rather than in words: it is read in two languages."""
        if self.expected:
            return self.expected
        if self.test == "unique":
            return "unique"
        if self.test == "one_of":
            return "∈ " + ", ".join(self.values)
        if self.test == "filled":
            return f"≥ {self.mostly:.0%}"
        low = "" if self.low is None else f"≥ {self.low:g}"
        high = "" if self.high is None else f"≤ {self.high:g}"
        return " ".join(filter(None, (low, high))) or self.test


def column(table: str, name: str, columns: str, test: Test, on: str = "", expected: str = "") -> Rule:
    """A rule on the table's own frame; ``columns`` and ``on`` (default: the same) are separated by blanks."""
    named = tuple(columns.split())
    return Rule(table, name, named, test, tuple(on.split()) or named, table, expected=expected)


def within(
    table: str,
    name: str,
    columns: str,
    low: float | None = None,
    high: float | None = None,
    on: str = "",
    expected: str = "",
) -> Rule:
    """``low ≤ value ≤ high`` in each row."""
    return replace(column(table, name, columns, "between", on, expected), low=low, high=high)


def none(table: str, name: str, columns: str, derived: str, expected: str) -> Rule:
    """The derived column, which holds a text where something is wrong, is empty in each row."""
    return column(table, name, columns, "empty", derived, expected)


def same(table: str, name: str, columns: str, pair: str, expected: str) -> Rule:
    """The two columns of ``pair`` are equal in each row (both missing is equal)."""
    return column(table, name, columns, "equal", pair, expected)


def order(
    table: str, name: str, low: str, high: str, columns: str = "", expected: str = "", *, strict: bool = False
) -> Rule:
    """``low ≤ high`` in each row where both are there (``<`` when ``strict``)."""
    shown = expected or f"{low} {'<' if strict else '≤'} {high}"
    return replace(column(table, name, columns or f"{low} {high}", "at_least", f"{high} {low}", shown), strict=strict)


def fact(table: str, name: str, columns: str, expected: str) -> Rule:
    """``found`` equals ``expected`` in each row of the fact (``facts.py``) of the same table and name."""
    return Rule(table, name, tuple(columns.split()), "equal", PAIR, FACTS, expected=expected)


def history(table: str, name: str, columns: str, expected: str, mostly: float) -> Rule:
    """The same for a fact about the previous snapshot: a frame of its own, of which ``mostly`` must hold."""
    return replace(fact(table, name, columns, expected), frame=f"{table}.{name}", mostly=mostly)


def worth_a_look(rule: Rule) -> Rule:
    """The same rule as a warning: it travels with the snapshot and stops nothing."""
    return replace(rule, severity="warning")
