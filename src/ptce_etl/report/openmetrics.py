"""How things stand as OpenMetrics text, for Prometheus and its kind. Pure.

https://prometheus.io/docs/specs/om/open_metrics_spec/ (1.0): a unit is the end of a name, times are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from ptce_etl.validate.alarms import CODES, LEVELS, Alarm, Level, Standing, worst

__all__ = ["openmetrics"]

Sample = tuple[Mapping[str, str], float | None]  # labels, value; what has no value is left out
_NONE: Mapping[str, str] = {}


def openmetrics(standing: Standing, found: tuple[Alarm, ...]) -> str:
    """The figures and the alarms as text, "# EOF" at its end. Labels hold ids, never texts of the sources."""
    level = worst(found)
    by_code: dict[tuple[str, Level], int] = {}
    for alarm in found:
        key = (alarm.code, alarm.level)
        by_code[key] = by_code.get(key, 0) + 1
    families: list[tuple[str, str, str, Iterable[Sample]]] = [
        ("ptce_status", "", "0 ok, 1 warning, 2 critical", [(_NONE, LEVELS.index(level))]),
        (
            "ptce_alarms",
            "",
            "Alarms by code and level; a code that is not raised is 0",
            [({"code": code, "level": lvl}, by_code.get((code, lvl), 0)) for code in CODES for lvl in LEVELS[1:]],
        ),
        (
            "ptce_snapshot",
            "",
            "The latest snapshot, as labels",
            [({"snapshot": standing.snapshot, "as_of": standing.as_of}, 1)],
        ),
        (
            "ptce_published_timestamp_seconds",
            "seconds",
            "When the latest snapshot was published",
            [(_NONE, _seconds(standing.published_at))],
        ),
        (
            "ptce_checked_timestamp_seconds",
            "seconds",
            "When anything was last retrieved or published",
            [(_NONE, _seconds(standing.checked_at))],
        ),
        ("ptce_poles", "", "Poles of the latest snapshot", [(_NONE, standing.n_poles)]),
        ("ptce_listings", "", "Listings of the latest snapshot", [(_NONE, standing.n_listings)]),
        ("ptce_snapshots", "", "Published snapshots", [(_NONE, standing.n_snapshots)]),
        ("ptce_rejected_candidates", "", "Candidates that failed a critical check", [(_NONE, standing.n_rejected)]),
        ("ptce_review_pairs", "", "Pairs that wait for a person", [(_NONE, standing.review)]),
        ("ptce_conflict_pairs", "", "Pairs judged both same and different", [(_NONE, standing.conflicts)]),
        ("ptce_claims", "", "Published figures by verdict", [({"verdict": v}, n) for v, n in standing.claims.items()]),
        ("ptce_issues", "", "Open issues by severity", [({"severity": s}, n) for s, n in standing.issues.items()]),
        (
            "ptce_source_rows",
            "",
            "Rows of a source in the latest snapshot",
            [({"source": one.source_id}, one.n_rows) for one in standing.sources],
        ),
        (
            "ptce_source_retrieved_timestamp_seconds",
            "seconds",
            "When a source was last retrieved well",
            [({"source": one.source_id}, _seconds(one.last_good)) for one in standing.sources],
        ),
        (
            "ptce_source_failing",
            "",
            "Whether the last retrieval of a source failed",
            [({"source": one.source_id}, _failed(one.last_outcome)) for one in standing.sources],
        ),
    ]
    lines = [line for name, unit, told, samples in families for line in _family(name, unit, told, samples)]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _family(name: str, unit: str, told: str, samples: Iterable[Sample]) -> list[str]:
    head = [f"# TYPE {name} gauge", *([f"# UNIT {name} {unit}"] if unit else []), f"# HELP {name} {told}"]
    return head + [f"{name}{_labels(labels)} {value:.15g}" for labels, value in samples if value is not None]


def _labels(labels: Mapping[str, str]) -> str:
    shown = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{shown}}}" if shown else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _failed(outcome: str | None) -> float | None:
    return None if outcome is None else float(outcome not in ("ok", "unchanged"))
