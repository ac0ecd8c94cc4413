"""Every format that a snapshot is given in: the one table of writers that publishing, documents and tests go by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from ptce_etl.publish.about import NAME, About
from ptce_etl.publish.exports import csv_tables, open_table, write_csv, write_parquet
from ptce_etl.publish.files import write_file
from ptce_etl.publish.geo import write_geojson, write_geoparquet
from ptce_etl.publish.index import FileRecord
from ptce_etl.publish.workbook import write_workbook
from ptce_etl.rows import Rows
from ptce_etl.schema import TABLES

__all__ = ["FORMATS", "Format", "format_of", "write_formats"]

Writer = Callable[[Mapping[str, Rows], About, IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Format:
    """One format: ``tables()`` are those it is made of, one file each, or all in one file (``together``).

    ``eu``: its name in the European file-type list (DCAT-AP).
    """

    name: str
    suffix: str
    media_type: str
    eu: str
    tables: Callable[[], list[str]]
    write: Writer
    fr: str
    en: str
    together: bool = False

    @property
    def counted(self) -> bool:
        """Whether the manifest says the rows of its files, and :func:`verify` counts them."""
        return self.suffix.endswith((".parquet", ".csv"))

    def files(self) -> dict[str, tuple[str, ...]]:
        """Names of its files in a snapshot, each with the tables in it."""
        tables = self.tables()
        if self.together:
            return {f"{NAME}{self.suffix}": tuple(tables)} if tables else {}
        return {f"{table}{self.suffix}": (table,) for table in tables}


def _each(write: Callable[[str, Rows, IO[bytes]], None]) -> Writer:
    """A writer of one table as a writer of several that is given one."""

    def written(tables: Mapping[str, Rows], about: About, sink: IO[bytes]) -> None:
        ((name, rows),) = tables.items()
        write(name, rows, sink)

    return written


def _poles() -> list[str]:
    return [name for name in ("poles",) if name in TABLES]


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            "parquet",
            ".parquet",
            "application/vnd.apache.parquet",
            "PARQUET",
            lambda: list(TABLES),
            _each(lambda name, rows, sink: write_parquet(rows, sink, TABLES[name].arrow())),
            "toutes les tables, types exacts, sens des colonnes dans le fichier",
            "every table, exact types, the meaning of the columns in the file",
        ),
        Format(
            "csv",
            ".csv",
            "text/csv",
            "CSV",
            csv_tables,
            _each(lambda name, rows, sink: write_csv(rows, sink, [column.name for column in TABLES[name].public])),
            "UTF-8, virgules ; sans limite de lignes, mais un tableur n'en ouvre que 1 048 576",
            "UTF-8, commas; any number of rows, but a spreadsheet opens 1,048,576 of them",
        ),
        Format(
            "geoparquet",
            ".geo.parquet",
            "application/vnd.apache.parquet",
            "PARQUET",
            _poles,
            _each(lambda name, rows, sink: write_geoparquet(TABLES[name], rows, sink)),
            "GeoParquet 1.1 : les pôles et le point de leur commune (vide si elle n'est pas connue)",
            "GeoParquet 1.1: the poles and the point of their commune (none where it is not known)",
        ),
        Format(
            "geojson",
            ".geojson",
            "application/geo+json",
            "GEOJSON",
            _poles,
            _each(lambda name, rows, sink: write_geojson(TABLES[name], rows, sink)),
            "RFC 7946 : de même, pour une carte",
            "RFC 7946: the same, for a map",
        ),
        Format(
            "xlsx",
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "XLSX",
            csv_tables,
            write_workbook,
            "un classeur : les définitions, puis une feuille par table ; 1 048 575 lignes par feuille au plus",
            "one workbook: the definitions, then a sheet a table; at most 1,048,575 rows a sheet",
            together=True,
        ),
    )
}


def format_of(file: str) -> Format | None:
    """The format that the file of a snapshot is in; None for one that is no table."""
    return next((one for one in FORMATS.values() if file in one.files()), None)


def write_formats(folder: Path, about: About) -> dict[str, FileRecord]:
    """Write into ``folder`` every file of every format that ``about`` does not list yet, and say what was written.

    Each table is read from its Parquet file there, a group of rows at a time.
    """
    files: dict[str, FileRecord] = {}
    for one in FORMATS.values():
        for name, tables in one.files().items():
            if name in about.files:
                continue
            with ExitStack() as stack:
                rows = {table: stack.enter_context(open_table(folder / f"{table}.parquet")) for table in tables}
                written = write_file(folder / name, partial(one.write, rows, about))
                n = rows[tables[0]].metadata.num_rows if one.counted else None
            files[name] = FileRecord(bytes=written.bytes, rows=n, sha256=written.sha256)
    return files
