"""The validation report: one HTML file that says whether a snapshot may be published, and what stands in the way.

French, with English subtitles. No script, no request, no clock: the same checks give the same bytes. Every text that
comes from the data is escaped, and its invisible characters are shown (a right-to-left mark can turn a line around).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ptce_etl.schema import SEPARATOR, TABLES
from ptce_etl.validate.wording import RULES, Words

__all__ = ["render_validation"]

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_TABLES = {
    "poles": Words("Pôles", "Poles"),
    "listings": Words("Mentions", "Listings"),
    "values": Words("Valeurs", "Values"),
    "edges": Words("Paires", "Pairs"),
    "enrichment": Words("Services publics interrogés", "Public services asked"),
    "counts": Words("Décomptes", "Counts"),
    "indicator": Words("Indicateur", "Indicator"),
    "claims": Words("Chiffres publiés par d’autres", "Published figures"),
    "completeness": Words("Complétude", "Completeness"),
    "lists": Words("Listes comparées", "Lists compared"),
    "changes": Words("Changements", "Changes"),
    "sources": Words("Sources", "Sources"),
    "issues": Words("Défauts signalés", "Issues"),
}
_SEVERITIES = {
    "critical": Words("Critique", "Critical"),
    "warning": Words("Avertissement", "Warning"),
    "info": Words("Information", "Information"),
}
_WHO = {
    "us": Words("À traiter par l’observatoire", "For us to act"),
    "publisher": Words("À corriger par l’éditeur de la page", "For the publisher to act"),
    "nobody": Words("Sans action attendue", "Nobody has to act"),
}
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs")
_MOST_ISSUES = 200  # by group: the table has them all


@dataclass(frozen=True, slots=True)
class _Check:
    """A row of ``checks``, ready to be shown."""

    check_id: str
    table: str
    words: Words
    column: str
    severity: str
    passed: bool
    observed: str
    expected: str
    n_failed: int
    keys: tuple[str, ...]

    @property
    def broken(self) -> str:
        """What does not hold, after "Non tenu :"."""
        return self.words.fr[:1].lower() + self.words.fr[1:]


def render_validation(
    checks: pd.DataFrame, issues: pd.DataFrame, *, snapshot_id: str, as_of: date, summary: Mapping[str, str]
) -> str:
    """The report of schema tables ``checks`` and ``issues`` as one HTML file.

    ``summary`` is shown under the title in its order: what is counted (French) → how many. Frames may be in any order.
    """
    rows = [_check(row) for row in checks.sort_values("check_id").to_dict("records")]
    failed = sorted((row for row in rows if not row.passed), key=lambda row: (row.severity != "critical", row.check_id))
    n_critical = sum(row.severity == "critical" for row in failed)
    by_table = {name: [row for row in rows if row.table == name] for name in [*_TABLES, *_others(rows)]}
    return (
        _environment()
        .get_template("validation.html.j2")
        .render(
            snapshot_id=snapshot_id,
            as_of=as_of,
            summary=summary,
            verdict="blocked" if n_critical else "warned" if failed else "clear",
            failed=failed,
            n_critical=n_critical,
            n_warnings=len(failed) - n_critical,
            n_checks=len(rows),
            tables={name: (_title(name), found) for name, found in by_table.items() if found},
            severities=_SEVERITIES,
            issues=_grouped(issues),
            n_issues=len(issues),
            most=_MOST_ISSUES,
        )
    )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ptce_etl.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"number": _number, "day": _day, "anchor": _anchor}
    return made


def _check(row: Mapping[Any, Any]) -> _Check:
    rule = str(row["rule"])
    return _Check(
        check_id=str(row["check_id"]),
        table=str(row["table"]),
        words=RULES.get(rule, Words(rule, rule)),
        column=_text(row["column"]).replace("+", ", "),
        severity=str(row["severity"]),
        passed=bool(row["passed"]),
        observed=_text(row["observed"]),
        expected=_text(row["expected"]),
        n_failed=int(row["n_failed"]),
        keys=tuple(filter(None, _text(row["failed_keys"]).split(SEPARATOR))),
    )


def _others(rows: Sequence[_Check]) -> list[str]:
    return sorted({row.table for row in rows} - set(_TABLES))


def _title(table: str) -> Words:
    return _TABLES.get(table, Words(table, TABLES[table].en if table in TABLES else table))


def _grouped(issues: pd.DataFrame) -> list[tuple[Words, Words, str, list[dict[str, str]]]]:
    """Severity, who acts, severity code and issues, in the order in which a reader should look at them."""
    rows = [
        {str(name): _text(value) for name, value in row.items()}
        for row in issues.sort_values(["code", "source_id", "listing_id", "issue_id"]).to_dict("records")
    ]
    groups = []
    for severity, how_bad in _SEVERITIES.items():
        for who, acts in _WHO.items():
            found = [row for row in rows if (row["severity"], row["who"]) == (severity, who)]
            if found:
                groups.append((how_bad, acts, severity, found))
    return groups


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _day(value: date) -> str:
    return f"{'1er' if value.day == 1 else value.day} {_MONTHS[value.month - 1]} {value.year}"


def _visible(value: object) -> object:
    """A text of the data with its control, format and unassigned characters as code points; the template's as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _INVISIBLE else char for char in value)


def _anchor(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text)
