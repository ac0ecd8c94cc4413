"""The figures of a snapshot that a run ends with: cohorts, headline growth, claims, checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.cli.cells import records
from ptce_etl.cli.completeness import size_of
from ptce_etl.cli.growth_lines import count, growth_lines
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.sensitivity import curve_range
from ptce_etl.cli.text import counted, cut, interval, share
from ptce_etl.frames import from_arrow
from ptce_etl.publish.manifest import MANIFEST
from ptce_etl.publish.staging import read_staged

__all__ = ["figures", "show_checks", "show_figures"]

_COHORT = "cohort:"
_WARNINGS_SHOWN = 5


def figures(folder: Path) -> dict[str, Any]:
    """What a snapshot (or a rejected candidate) in ``folder`` says, as plain data: see the keys below."""
    tables = {name: from_arrow(name, table) for name, table in read_staged(folder).items()}
    manifest = json.loads((folder / MANIFEST).read_bytes())
    claims = tables["claims"].sort_values("claim_id", kind="stable")
    checks = tables["checks"]
    return {
        "as_of": manifest["as_of"],
        "n_poles": len(tables["poles"]),
        "n_listings": len(tables["listings"]),
        "cohorts": _cohorts(records(tables["counts"])),
        "indicator": records(tables["indicator"][tables["indicator"]["headline"]]),
        "completeness": _completeness(records(tables["completeness"])),
        "sensitivity": _curves(records(tables["sensitivity"])),
        "claims": {
            "verdicts": {str(verdict): int(n) for verdict, n in claims["verdict"].value_counts().sort_index().items()},
            "growth": records(claims[claims["kind"] == "growth"]),
        },
        "checks": manifest["checks"] | {"failed": records(checks[~checks["passed"]])},
    }


def _curves(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The range of each population's specification curve."""
    populations = dict.fromkeys(row["population"] for row in rows)
    return {one: curve_range([row for row in rows if row["population"] == one]) for one in populations}


def _cohorts(counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a call round, in the order of their results."""
    titles = {programme.programme: programme.title_en for programme in load_programmes()}
    rows = {
        row["population"].removeprefix(_COHORT): row
        for row in counts
        if row["territory_level"] == "france" and row["population"].startswith(_COHORT)
    }
    order = [*(name for name in titles if name in rows), *sorted(rows.keys() - titles.keys())]
    kept = ("n", "low", "high", "published", "coverage", "published_by")
    return [{"round": name, "title": titles.get(name)} | {key: rows[name][key] for key in kept} for name in order]


def _completeness(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many estimates of completeness are given and withheld, and those given."""
    given = [row for row in rows if not row["withheld"]]
    return {"given": given, "n_withheld": len(rows) - len(given)}


def show_figures(screen: Screen, found: dict[str, Any]) -> None:
    """The tables that a run ends with."""
    screen.heading(f"Call rounds at {found['as_of']}: poles found against laureates published")
    screen.table(
        ["=round", ">found", ">published", ">coverage", "title"],
        [
            (
                row["round"],
                count(row["n"], row["low"], row["high"]),
                _text(row["published"]),
                share(row["coverage"]),
                row["title"] or "",
            )
            for row in found["cohorts"]
        ],
    )
    _show_growth(screen, found["indicator"], found["sensitivity"])
    _show_completeness(screen, found["completeness"])
    screen.heading("Published claims and our verdicts")
    screen.table([">claims", "=verdict"], [(str(n), verdict) for verdict, n in found["claims"]["verdicts"].items()])
    for claim in found["claims"]["growth"]:
        screen.gap()
        screen.say(f"{claim['claim_id']}  {claim['publisher']}, {claim['claim_date']}: {claim['verdict']}", indent=2)
        screen.say(claim["explanation_en"], indent=4)


def _show_growth(screen: Screen, rows: list[dict[str, Any]], curves: dict[str, dict[str, Any]]) -> None:
    """The headline rows, a column each: they have too many values to stand in lines."""
    screen.heading("Growth over the headline period")
    if not rows:
        screen.say("No headline row: the listings do not reach over a whole period.", indent=2)
        return
    told = [dict(growth_lines(row)) | _other_choices(curves.get(row["population"])) for row in rows]
    labels = list(dict.fromkeys(label for lines in told for label in lines))
    screen.table(
        ["=", *(f"={row['population']}" for row in rows)],
        [(label, *(lines.get(label, "") for lines in told)) for label in labels],
    )
    for row in rows:
        if row["comparable_why"]:
            screen.say(f"{row['population']}: {row['comparable_why']}", indent=2)


def _show_completeness(screen: Screen, found: dict[str, Any]) -> None:
    screen.heading("Completeness: poles that no list names")
    for row in found["given"]:
        screen.say(f"{row['population']}: {size_of(row)}, by {row['method']}", indent=2)
    given = "" if found["given"] else "No estimate: "
    screen.say(f"{given}{found['n_withheld']:,} withheld; ptce completeness says why", indent=2)


def _other_choices(curve: dict[str, Any] | None) -> dict[str, str]:
    if curve is None or curve["lowest_pct"] is None:
        return {}
    return {"on other choices": f"{interval(curve['lowest_pct'], curve['highest_pct'])}, of {curve['n']}"}


def show_checks(screen: Screen, found: dict[str, Any]) -> None:
    """How many checks held, and the failed ones: every critical one, the first warnings."""
    checks = found["checks"]
    critical = [row for row in checks["failed"] if row["severity"] != "warning"]
    warnings = [row for row in checks["failed"] if row["severity"] == "warning"]
    screen.heading(
        f"Checks: {checks['passed']:,} passed, {counted(checks['warnings'], 'warning')}, "
        f"{checks['critical']:,} critical failed"
    )
    for row in [*critical, *warnings[:_WARNINGS_SHOWN]]:
        where = ", ".join(filter(None, (row["table"], row["column"])))
        screen.say(f"{row['severity']}: {where}: {row['rule']}", indent=2)
        expected = f", expected {row['expected']}" if row["expected"] else ""
        screen.say(f"observed {cut(row['observed'] or '–')}{expected}", indent=4)
        if row["failed_keys"]:
            screen.say(f"{counted(row['n_failed'], 'row')}: {cut(row['failed_keys'])}", indent=4)
    if len(warnings) > _WARNINGS_SHOWN:
        screen.say(f"… and {counted(len(warnings) - _WARNINGS_SHOWN, 'warning')} more, in the report", indent=2)


def _text(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
