"""Small worlds for the publisher's tests: tables of every kind, made from the schema, the same on every machine.

A plain module beside the scripts that tests start in other processes; tests get it through the ``world`` fixture.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ptce_etl.config import Paths
from ptce_etl.frames import from_arrow, to_arrow
from ptce_etl.model import Capture
from ptce_etl.publish.changes import diff
from ptce_etl.publish.index import read_index
from ptce_etl.publish.manifest import BuildInfo
from ptce_etl.publish.snapshot import Published, publish_candidate
from ptce_etl.publish.staging import stage
from ptce_etl.schema import PANDAS, TABLES, Column

NOW = datetime(2026, 11, 23, 14, 30, 5, 123456, tzinfo=UTC)
AS_OF = date(2026, 11, 23)
CAPTURE = Capture("chorum", "ab" * 32, 4321, "https://example.org/a", NOW, NOW)
NAMES = ("Pôle Sud Archer", "Clus’Ter Jura", "=1+1", 'La "Coursive", Boutaric', "Ligne\nbrisée", "Œuvres; -2")


def frame(name: str, rows: int = 6) -> pd.DataFrame:
    """``rows`` rows of table ``name``: awkward texts, codes with leading zeros, gaps wherever they are allowed."""
    table = TABLES[name]
    return pd.DataFrame(
        {
            c.name: pd.Series([_value(c, i, c.name in table.key) for i in range(rows)], dtype=PANDAS[c.kind])
            for c in table.columns
        }
    )


def _value(column: Column, i: int, key: bool) -> object:
    if not column.required and i % 3 == 2:
        return None
    match column.kind:
        case "int":
            return i + 1
        case "float":
            return (-1) ** i * (i + 0.1)
        case "bool":
            return i % 2 == 0
        case "date":
            return pd.Timestamp(date(2013 + i, 1, 31))
    if key:
        return f"{column.name}-{i:03d}"
    digits = {"siren": 9, "code_commune_insee": 5}.get(column.name, 2 if column.name.startswith("code_") else 0)
    return f"{i + 1:0{digits}d}" if digits else NAMES[i % len(NAMES)]


def tables(rows: int = 6, *, seed: int = 0, **replaced: pd.DataFrame) -> dict[str, pa.Table]:
    """Every table but ``checks`` and ``changes``; ``seed`` shuffles rows, which must not show in what is written."""
    made = {n: replaced.get(n, frame(n, rows)) for n in TABLES if n not in {"changes", "checks"}}
    made["listings"] = made["listings"].assign(
        pole_id=[f"pole_id-{i % max(rows, 1):03d}" for i in range(len(made["listings"]))]
    )
    order = random.Random(seed)
    return {n: to_arrow(n, f.iloc[order.sample(range(len(f)), len(f))]) for n, f in made.items()}


@cache
def checks(critical: int = 0, warnings: int = 1) -> pa.Table:
    """Two checks that hold, and so many of each severity that do not."""
    failed = ["critical"] * critical + ["warning"] * warnings
    severity = pd.Series(["critical", "warning", *failed], dtype="str")
    made = frame("checks", len(severity)).assign(severity=severity, passed=[True, True, *[False] * len(failed)])
    return to_arrow("checks", made)


def info(as_of: date = AS_OF) -> BuildInfo:
    return BuildInfo(as_of=as_of, captures=(CAPTURE,), decisions={"identities.csv": "cd" * 32})


@cache
def ready(rows: int, seed: int = 0) -> tuple[dict[str, pa.Table], pa.Table]:
    """The tables to stage, and their ``changes`` against nothing."""
    made = tables(rows, seed=seed)
    changed = diff(None, {name: from_arrow(name, made[name]) for name in ("poles", "listings")})
    return made, to_arrow("changes", changed)


FEW = {"poles", "listings", "checks", "changes"}
EXTRA = {
    "CHANGES.md": b"# Ce qui a\n",
    "validation.html": "<p>Vérifié".encode(),
    "site/index.html": b"<p>Accueil",
    "site/poles/p1.html": b"<p>Un",
    "site/poles/p2.html": b"",
}


def publish(
    root: Path,
    rows: int = 6,
    *,
    seed: int = 0,
    critical: int = 0,
    promote: bool = True,
    as_of: date = AS_OF,
    now: datetime = NOW,
    provisional: bool = False,
    before: Callable[[], object] | None = None,
) -> Published:
    """Stage a world of ``rows`` poles under ``root`` and publish it, as the pipeline does."""
    paths = Paths(root)
    made, changed = ready(rows, seed)
    return publish_candidate(
        paths,
        stage(paths, made, info(as_of)),
        tables_added={"checks": checks(critical), "changes": changed},
        extra=EXTRA,
        supersedes=read_index(paths)["latest"] if promote else None,
        now=now,
        promote=promote,
        provisional=provisional,
        before_promote=before,
    )
