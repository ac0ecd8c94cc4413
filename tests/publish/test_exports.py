"""Parquet and CSV, read back by what people read them with."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.frames import to_arrow
from ptce_etl.publish.exports import csv_tables, neutral, read_table, write_csv, write_parquet
from ptce_etl.schema import TABLES


@pytest.fixture(scope="module")
def folder(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.publish(tmp_path_factory.mktemp("store")).path


def exact(folder: Path, name: str) -> list[tuple[object, ...]]:
    table = read_table(folder / f"{name}.parquet")
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def plain(value: object) -> object:
    """A value as Python has it, whatever read it."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    return value.date() if isinstance(value, pd.Timestamp) else value


def of_frame(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(plain(v) for v in row) for row in frame.astype(object).itertuples(index=False, name=None)]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_reader_reads_the_same_values(folder: Path, name: str) -> None:
    path = folder / f"{name}.parquet"
    expected = exact(folder, name)
    assert expected
    for backend in ("numpy_nullable", "pyarrow"):
        assert of_frame(pd.read_parquet(path, dtype_backend=backend)) == expected
    assert of_frame(pd.read_parquet(path)) == expected
    assert pl.read_parquet(path).rows() == expected
    assert duckdb.sql(f"select * from '{path}'").fetchall() == expected


def test_every_reader_reads_the_same_types(folder: Path) -> None:
    path = folder / "poles.parquet"
    columns = ("code_departement", "first_listed", "n_listings", "latitude")
    by_polars = pl.read_parquet(path).schema
    assert [by_polars[c] for c in columns] == [pl.String, pl.Date, pl.Int64, pl.Float64]
    described = {row[0]: row[1] for row in duckdb.sql(f"describe select * from '{path}'").fetchall()}
    assert [described[c] for c in columns] == ["VARCHAR", "DATE", "BIGINT", "DOUBLE"]
    by_pandas = pd.read_parquet(path)
    assert [str(by_pandas[c].dtype) for c in columns] == ["str", "object", "int64", "float64"]
    assert by_pandas["code_departement"].tolist()[:2] == ["01", "02"]
    assert by_pandas["first_listed"].iloc[0] == date(2013, 1, 31)
    nullable = pd.read_parquet(path, dtype_backend="numpy_nullable")
    assert [str(nullable[c].dtype) for c in columns] == ["string", "object", "Int64", "Float64"]
    assert duckdb.sql(f"select said_ptce from '{folder / 'listings.parquet'}'").types == ["BOOLEAN"]
    assert pl.read_parquet(folder / "listings.parquet").schema["said_ptce"] == pl.Boolean


def test_no_column_is_made_of_the_folders_names(world: ModuleType, tmp_path: Path) -> None:
    folder = world.publish(tmp_path / "dep=01").path
    assert read_table(folder / "poles.parquet").column_names == TABLES["poles"].names


@pytest.mark.parametrize("name", csv_tables())
def test_csv_says_what_parquet_says(folder: Path, name: str) -> None:
    raw = (folder / f"{name}.csv").read_bytes()
    assert raw.decode("utf-8").count("\r\n") == len(exact(folder, name)) + 1
    found = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    assert found[0] == TABLES[name].names
    assert [tuple(row) for row in found[1:]] == [tuple(as_text(v) for v in row) for row in exact(folder, name)]


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else neutral(value) if isinstance(value, str) else str(value)


def test_csv_is_read_alike_by_pandas_duckdb_and_polars(folder: Path) -> None:
    path = folder / "counts.csv"
    rows = len(exact(folder, "counts"))
    assert len(pd.read_csv(path)) == len(pl.read_csv(path)) == rows
    assert duckdb.sql(f"select count(*), min(as_of) from read_csv('{path}')").fetchall() == [(rows, date(2013, 1, 31))]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+33 1 02", "'+33 1 02"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "  '=1"),
        ("\t=1", "\t'=1"),
        ("＝1", "'＝1"),
        ("Pôle; =1+1", "Pôle; '=1+1"),
        ("Ligne\n-1", "Ligne\n'-1"),
        ("Clus’Ter Jura", "Clus’Ter Jura"),
        ("Val-de-Marne + Oise = 2", "Val-de-Marne + Oise = 2"),
        ("https://a.fr/?b=c&d=-1", "https://a.fr/?b=c&d=-1"),
        ("", ""),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_neutralised(text: str, written: str) -> None:
    assert neutral(text) == written


@given(st.text(alphabet=st.sampled_from("a =+-@;,\"'\n\r\t＝é"), max_size=20))
def test_no_cell_starts_a_formula_and_none_is_lost(text: str) -> None:
    written = neutral(text)
    for cell in re.split(r"[;\n\r]", written):
        assert not cell.strip().startswith(("=", "+", "-", "@", "＝"))
    assert written.replace("'", "") == text.replace("'", "")


def test_numbers_below_zero_stay_numbers(world: ModuleType) -> None:
    sink = io.BytesIO()
    write_csv(to_arrow("indicator", world.frame("indicator")), sink)
    rows = list(csv.DictReader(io.StringIO(sink.getvalue().decode(), newline="")))
    assert [row["years"] for row in rows] == ["0.1", "-1.1", "2.1", "-3.1", "4.1", "-5.1"]
    assert [row["headline"] for row in rows][:2] == ["true", "false"]


def test_a_long_table_is_written_whole_and_in_fixed_groups(world: ModuleType) -> None:
    table = to_arrow("edges", world.frame("edges", 3))
    many = pa.concat_tables([table] * 22_000)
    one, other, text = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_parquet(many, one)
    write_parquet(many.combine_chunks(), other)
    assert one.getvalue() == other.getvalue()
    assert pa.parquet.read_metadata(io.BytesIO(one.getvalue())).num_row_groups == 2
    some = many.slice(0, 20_000)
    write_csv(some, text)
    assert len(text.getvalue()) > 1 << 20, "more than is kept in memory"
    assert sum(1 for _ in csv.reader(io.StringIO(text.getvalue().decode(), newline=""))) == 20_001
