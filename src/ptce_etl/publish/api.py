"""What notebooks call: published tables as frames, by name.

>>> import ptce_etl
>>> poles = ptce_etl.load("poles")  # doctest: +SKIP
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir

import pandas as pd

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.frames import from_arrow
from ptce_etl.publish.about import TITLE, About, citation_line
from ptce_etl.publish.changes import diff
from ptce_etl.publish.exports import read_table
from ptce_etl.publish.index import published_id, read_index
from ptce_etl.publish.manifest import read_manifest_of
from ptce_etl.publish.remote import Remote, is_url
from ptce_etl.schema import TABLES

__all__ = ["changes", "citation", "load", "load_all", "snapshots"]


def load(
    table: str = "poles",
    *,
    columns: Sequence[str] | None = None,
    snapshot: str = "latest",
    data: str | Path | None = None,
) -> pd.DataFrame:
    """A published table as a frame.

    ``table``: a name of ``DATA_FORMAT.md`` ("poles", "listings", "counts", "indicator", …). ``columns``: those to read,
    in that order; by default all of them. ``snapshot``: "latest" or an id of :func:`snapshots`. ``data``: the data
    root, by default the environment's PTCE_DATA, else ``./data``; or the address of an object store that snapshots are
    published in (``s3://bucket/prefix``, ``gs://…``, ``az://…``), of which this table alone is read.

    dtypes: text ``str`` (missing: NaN), whole numbers ``Int64``, numbers ``float64``, flags ``boolean``, dates
    ``datetime64[us]`` (missing: NaT). Codes such as "01" are text. Raises :class:`NoData` when nothing is published,
    :class:`ConfigError` for an unknown table or column, or what is not a snapshot id.

    Two calls for "latest" may fall on either side of a publication: name the snapshot to read several tables of one.

    >>> load("poles", columns=["name", "region"])  # doctest: +SKIP
    """
    if table not in TABLES:
        raise ConfigError(f"no table {table!r}", where="DATA_FORMAT.md", do=f"one of {', '.join(TABLES)}")
    paths = _paths(data)
    return _frame(paths, published_id(paths, snapshot), table, columns)


def load_all(snapshot: str = "latest", *, data: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """Every table of one snapshot, by name: what :func:`load` gives, all of the same snapshot.

    A table that the schema did not have when the snapshot was published is not among them.
    """
    paths = _paths(data)
    found = published_id(paths, snapshot)
    published = read_manifest_of(paths, found)["files"]
    return {name: _frame(paths, found, name) for name in TABLES if f"{name}.parquet" in published}


def snapshots(data: str | Path | None = None) -> pd.DataFrame:
    """Every published snapshot, the newest publication first; an empty frame when there is none.

    Columns: ``snapshot_id``, ``as_of`` (datetime64[us]), ``kind`` ("final", "provisional" until it is finalised, or
    "as-of" for a build that was never the latest), ``published_at`` (datetime64[us, UTC]), ``latest`` (bool),
    ``supersedes``, ``why_fr``, ``why_en``, ``n_poles``, ``n_warnings`` and ``bytes`` (Int64), ``schema_version``,
    ``code_version``, ``content_digest``.
    """
    index = read_index(_paths(data))
    rows = [
        {
            "snapshot_id": entry["id"],
            "as_of": entry["as_of"],
            "kind": entry["kind"],
            "published_at": entry["published_at"],
            "latest": entry["id"] == index["latest"],
            "supersedes": entry["supersedes"],
            "why_fr": entry["why"]["fr"],
            "why_en": entry["why"]["en"],
            "n_poles": entry["files"]["poles.parquet"]["rows"] if "poles.parquet" in entry["files"] else None,
            "n_warnings": entry["checks"]["warnings"],
            "bytes": sum(file["bytes"] for file in entry["files"].values()),
            "schema_version": entry["schema_version"],
            "code_version": entry["code_version"],
            "content_digest": entry["content_digest"],
        }
        for entry in reversed(index["snapshots"])
    ]
    return pd.DataFrame(rows, columns=list(_SNAPSHOTS)).astype(_SNAPSHOTS)


_SNAPSHOTS = {
    "snapshot_id": "str",
    "as_of": "datetime64[us]",
    "kind": "str",
    "published_at": "datetime64[us, UTC]",
    "latest": "bool",
    "supersedes": "str",
    "why_fr": "str",
    "why_en": "str",
    "n_poles": "Int64",
    "n_warnings": "Int64",
    "bytes": "Int64",
    "schema_version": "str",
    "code_version": "str",
    "content_digest": "str",
}


def changes(snapshot: str = "latest", *, since: str | None = None, data: str | Path | None = None) -> pd.DataFrame:
    """What changed in ``snapshot``: the published ``changes`` table, against the snapshot it superseded.

    With ``since`` (a snapshot id), what changed between that one and ``snapshot``, however many lie in between.
    """
    if since is None:
        return load("changes", snapshot=snapshot, data=data)
    paths = _paths(data)
    old, new = published_id(paths, since), published_id(paths, snapshot)
    read = ("poles", "listings")
    return diff(
        {name: _frame(paths, old, name) for name in read},
        {name: _frame(paths, new, name) for name in read},
        _redirects(paths.redirects),
    )


def citation(snapshot: str = "latest", *, lang: str = "fr", data: str | Path | None = None) -> str:
    """How to cite a snapshot, in one line, in French ("fr") or English ("en").

    It names the snapshot by its id and by the digest of what its tables say. Raises as :func:`load` does.
    """
    if lang not in TITLE:
        raise ConfigError(f"no language {lang!r}", where="lang", do=f"one of {', '.join(TITLE)}")
    paths = _paths(data)
    found = read_manifest_of(paths, published_id(paths, snapshot))
    about = About(
        snapshot_id=found["snapshot_id"],
        as_of=date.fromisoformat(found["as_of"]),
        schema_version=found["schema_version"],
        code_version=found["code_version"],
        content_digest=found["content_digest"],
        files=found["files"],
    )
    return citation_line(about, lang)


def _paths(data: str | Path | None) -> Paths:
    if is_url(data):
        return Paths(Path(gettempdir()) / "ptce-etl", store=str(data))
    return Paths(Path(data if data is not None else os.environ.get("PTCE_DATA") or "data"))


def _frame(paths: Paths, snapshot: str, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    name = f"{table}.parquet"
    path: Path | BytesIO = paths.processed / snapshot / name
    where = f"{paths.store}/{snapshot}/{name}" if paths.store else str(path)
    body = Remote(paths.store).read(f"{snapshot}/{name}") if paths.store else None
    if body is not None:
        path = BytesIO(body[0])
    elif paths.store or not (paths.processed / snapshot / name).is_file():
        raise NoData(
            f"snapshot {snapshot} has no table {table}",
            where=where,
            do=f"an older schema may not have had it; `ptce verify {snapshot}` says what else is missing",
        )
    read = read_table(path, columns)
    unknown = [name for name in columns or () if name not in read.column_names]
    if unknown:
        has = ", ".join(TABLES[table].names)
        raise ConfigError(f"table {table} has no column {unknown[0]!r}", where=where, do=f"one of {has}")
    return from_arrow(table, read if columns is None else read.select(list(columns)))


def _redirects(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as handle:
        return pd.DataFrame(list(csv.DictReader(handle)), columns=["pole_id", "to"], dtype="str")
