"""``ptce resolve``: which rows of somebody's CSV file name the same pole."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ptce_etl.clean.corrections import load_corrections
from ptce_etl.clean.geography import Geography
from ptce_etl.clean.listings import clean_listings
from ptce_etl.cli.agreeing import agreed, load_labels, show_agreement
from ptce_etl.cli.foreign import Foreign, read_foreign
from ptce_etl.cli.screen import Screen, Steps
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError
from ptce_etl.frames import to_arrow
from ptce_etl.model import Issue
from ptce_etl.publish.exports import write_parquet
from ptce_etl.publish.files import replace_file
from ptce_etl.resolve.cells import Cells, positions, texts
from ptce_etl.resolve.decisions import load_identities, load_judgements, load_redirects
from ptce_etl.resolve.matching import Runner, on_threads
from ptce_etl.resolve.poles import poles_table
from ptce_etl.resolve.resolver import Resolution, resolve
from ptce_etl.resolve.words import place_words
from ptce_etl.schema import TABLES
from ptce_etl.seed import bundled

__all__ = ["resolve_file"]

_STEPS = ("read", "clean", "resolve", "write")


def resolve_file(
    screen: Screen,
    file: Path,
    out: Path,
    *,
    data: Path,
    now: datetime,
    use_judgements: bool,
    labels: Path | None,
    cluster: str | None = None,
) -> int:
    """Deduplicate ``file`` into the folder ``out``, and measure the result when there are ``labels``.

    ``cluster``: the address of a Dask scheduler that weighs the pairs.
    """
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out.name} is not a folder", where=str(out), do="give --out a folder, or a new name")
    truth = load_labels(labels) if labels else None
    with Steps(screen, _STEPS) as steps:
        watch = _Watch(steps)
        foreign = read_foreign(file)
        watch("read")
        paths = _decisions(data)
        geo = Geography.load()
        cleaned = clean_listings(foreign.listings, geo, load_corrections(paths.corrections))
        watch("clean")
        with _runner(cluster, data, screen) as runner:
            resolution = resolve(
                cleaned.listings,
                places=place_words(geo),
                judgements=load_judgements(paths.judgements) if use_judgements else (),
                # Identities that ship with the package are about its own ledgers: only those of a real root count.
                identities=load_identities(Paths(data).identities),
                redirects=load_redirects(Paths(data).redirects),
                since=now.date().isoformat(),
                spellings=cleaned.spellings,
                runner=runner,
            )
        issues = (*cleaned.issues, *resolution.issues)
        del cleaned  # of a million rows, it is worth a gigabyte
        poles = poles_table(resolution.listings, resolution.edges, geo)
        watch("resolve")
        written = _write(out, foreign, resolution, poles)
        watch("write")
    answer = _answer(foreign, resolution, poles, issues, watch.seconds)
    answer |= {"files": [str(path) for path in written]}
    if truth is not None:
        answer |= {"agreement": agreed(resolution.listings, truth)}
    screen.emit(answer)
    _show(screen, answer)
    if truth is not None:
        show_agreement(screen, answer["agreement"])
    return 0


def _runner(cluster: str | None, data: Path, screen: Screen) -> AbstractContextManager[Runner]:
    """Where pairs are weighed: on this machine, unless there is the address of a cluster."""
    if cluster is None:
        return nullcontext(on_threads)
    # Imported here: only a cluster needs Prefect and Dask.
    from flows.cluster import cluster_runner

    return cluster_runner(cluster, data, screen.tell)


@dataclass(slots=True)
class _Watch:
    """Seconds of each stage, told as they end."""

    steps: Steps
    seconds: dict[str, float] = field(default_factory=dict)
    last: float = field(default_factory=time.perf_counter)

    def __call__(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = now - self.last
        self.last = now
        self.steps(step, self.seconds[step])


def _decisions(data: Path) -> Paths:
    """The root whose decisions apply: the one given, when it has any, else what the package carries."""
    return Paths(data) if Paths(data).decisions.is_dir() else Paths(bundled())


def _write(out: Path, foreign: Foreign, resolution: Resolution, poles: pd.DataFrame) -> list[Path]:
    schema = pa.schema([field for field in TABLES["poles"].arrow() if field.name in poles])
    tables = {
        "listings": _rows(foreign, resolution.listings),
        "edges": to_arrow("edges", resolution.edges),
        "poles": pa.Table.from_pandas(poles[schema.names], schema=schema, preserve_index=False),
    }
    files = [out / f"{name}.parquet" for name in tables]
    with ThreadPoolExecutor() as pool:  # nearly all is compression, which lets other threads run
        list(pool.map(_write_table, files, tables.values()))
    return files


def _write_table(path: Path, table: pa.Table) -> None:
    sink = io.BytesIO()
    write_parquet(table.replace_schema_metadata(None), sink)
    replace_file(path, sink.getvalue())


def _rows(foreign: Foreign, listings: pd.DataFrame) -> pa.Table:
    """The rows of the file as they are, and the pole of each."""
    at = positions(texts(foreign.ids), texts(listings["listing_id"]))
    poles = Cells(at, texts(listings["pole_id"])).texts()
    columns = {str(name): texts(cells) for name, cells in foreign.rows.items()} | {foreign.pole_column: texts(poles)}
    return pa.table({name: cells.cast(pa.string()) for name, cells in columns.items()})


def _answer(
    foreign: Foreign,
    resolution: Resolution,
    poles: pd.DataFrame,
    issues: tuple[Issue, ...],
    seconds: dict[str, float],
) -> dict[str, Any]:
    verdicts = resolution.edges["verdict"].value_counts()
    return {
        "rows": len(foreign.rows),
        "rows_without_name": int(foreign.ids.isna().sum()),
        "listings": len(resolution.listings),
        "poles": len(poles),
        "links": int(verdicts.get("link", 0)),
        "review": int(verdicts.get("review", 0)),
        "conflicts": int(verdicts.get("conflict", 0)),
        "pole_column": foreign.pole_column,
        "corrections_stale": sum(issue.code == "correction_stale" for issue in issues),
        "seconds": {step: round(spent, 3) for step, spent in seconds.items()},
    }


def _show(screen: Screen, answer: dict[str, Any]) -> None:
    screen.heading("Resolved")
    rows = [
        ("listings", answer["listings"]),
        ("poles", answer["poles"]),
        ("links", answer["links"]),
        ("pairs to review", answer["review"]),
        ("conflicts", answer["conflicts"]),
    ]
    screen.facts([(label, f"{n:,}") for label, n in rows])
    notes = [
        (answer["rows_without_name"], "rows have no name: they have no pole either"),
        (answer["rows"] - answer["rows_without_name"] - answer["listings"], "rows repeat a listing word for word"),
        (answer["corrections_stale"], "corrections no longer fit what is written, and were not applied"),
    ]
    for n, said in notes:
        if n:
            screen.say(f"{n:,} {said}", indent=2)
    if answer["pole_column"] != "pole_id":
        screen.say(f"The file has a column pole_id, which is kept: ours is {answer['pole_column']}", indent=2)
    screen.heading(f"Seconds: {sum(answer['seconds'].values()):.2f}")
    screen.say(", ".join(f"{step} {spent:.2f}" for step, spent in answer["seconds"].items()), indent=2)
    screen.heading("Files")
    for path in answer["files"]:
        screen.line(f"  {path}")
