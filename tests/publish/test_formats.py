"""GeoParquet, GeoJSON and the workbook, read back by what people read them with; every format from one table."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import duckdb
import geopandas
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ptce_etl.errors import DataError
from ptce_etl.frames import from_arrow, to_arrow
from ptce_etl.publish import workbook
from ptce_etl.publish.about import About, citation_line
from ptce_etl.publish.exports import conform_file, csv_tables, looks_like_formula, read_table, write_parquet
from ptce_etl.publish.formats import FORMATS, format_of
from ptce_etl.publish.geo import write_geojson, write_geoparquet
from ptce_etl.publish.workbook import write_workbook
from ptce_etl.schema import TABLES

DRIVERS = Path(__file__).parent / "drivers"
ABOUT = About("2026-11-23-1a2b3c4d", date(2026, 11, 23), "0.3.0", "0.1.0+0", "ab" * 32, {})


@pytest.fixture(scope="module")
def folder(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.publish(tmp_path_factory.mktemp("store")).path


@pytest.fixture(scope="module")
def poles(folder: Path) -> pd.DataFrame:
    return from_arrow("poles", read_table(folder / "poles.parquet"))


def test_the_table_of_formats_says_every_data_file(folder: Path) -> None:
    written = {p.name for p in folder.iterdir() if p.suffix in {".parquet", ".csv", ".geojson", ".xlsx"}}
    assert {name for one in FORMATS.values() for name in one.files()} == written
    assert {name: one.name for name in sorted(written) if (one := format_of(name))} | {"x": None} == {
        **{name: name.partition(".")[2] for name in sorted(written)},
        "poles.geo.parquet": "geoparquet",
        "x": None,
    }


def test_geopandas_reads_the_points_of_both(folder: Path, poles: pd.DataFrame) -> None:
    by_parquet = geopandas.read_parquet(folder / "poles.geo.parquet")
    by_json = geopandas.read_file(folder / "poles.geojson")
    placed = (poles["longitude"].notna() & poles["latitude"].notna()).tolist()
    assert placed.count(True) == 4 and placed.count(False) == 2
    for found in (by_parquet, by_json):
        assert found.crs is not None and found.crs.to_string() in {"OGC:CRS84", "EPSG:4326"}
        assert found["pole_id"].tolist() == poles["pole_id"].tolist()
        assert found.geometry.notna().tolist() == placed
        known = found[placed]
        assert known.geometry.x.tolist() == poles["longitude"][placed].tolist()
        assert known.geometry.y.tolist() == poles["latitude"][placed].tolist()


def test_geoparquet_is_1_1_and_any_parquet_reader_reads_it(folder: Path, poles: pd.DataFrame) -> None:
    path = folder / "poles.geo.parquet"
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    box = [poles["longitude"].min(), poles["latitude"].min(), poles["longitude"].max(), poles["latitude"].max()]
    assert geo == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"], "bbox": box}},
    }
    assert pq.read_schema(path).names == [*(c.name for c in TABLES["poles"].public), "geometry"]
    assert pl.read_parquet(path)["pole_id"].to_list() == poles["pole_id"].tolist()
    assert duckdb.sql(f"select count(*), count(longitude) from '{path}'").fetchall() == [(6, 4)]
    assert pd.read_parquet(path)["name"].tolist() == poles["name"].tolist()


def test_geojson_is_rfc_7946(folder: Path, poles: pd.DataFrame) -> None:
    raw = (folder / "poles.geojson").read_bytes()
    found = json.loads(raw.decode("utf-8"))
    assert set(found) == {"type", "features"} and found["type"] == "FeatureCollection", "no crs member"
    for feature, pole in zip(found["features"], poles.to_dict("records"), strict=True):
        assert list(feature) == ["type", "id", "geometry", "properties"] and feature["id"] == pole["pole_id"]
        if feature["geometry"] is not None:
            assert feature["geometry"] == {"type": "Point", "coordinates": [pole["longitude"], pole["latitude"]]}
        day = feature["properties"]["first_listed"]
        assert day == (None if pd.isna(pole["first_listed"]) else f"{pole['first_listed']:%Y-%m-%d}")
        assert list(feature["properties"]) == [c.name for c in TABLES["poles"].public]


@pytest.mark.parametrize("rows", [0, 2])
def test_no_pole_has_a_place(world: ModuleType, rows: int) -> None:
    frame = world.frame("poles", rows).assign(latitude=float("nan"), longitude=float("nan"))
    table, spec, sink = to_arrow("poles", frame), TABLES["poles"], io.BytesIO()
    write_geoparquet(spec, table, sink)
    found = geopandas.read_parquet(io.BytesIO(sink.getvalue()))
    assert len(found) == rows and found.geometry.isna().all()
    text = io.BytesIO()
    write_geojson(spec, table, text)
    assert [f["geometry"] for f in json.loads(text.getvalue())["features"]] == [None] * rows


def test_the_workbook_holds_every_open_table(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "ptce.xlsx")
    assert book.sheetnames == ["définitions", *csv_tables()]
    for name in csv_tables():
        table = read_table(folder / f"{name}.parquet")
        head, *rows = book[name].iter_rows(values_only=True)
        assert list(head) == [c.name for c in TABLES[name].public]
        assert [tuple(map(plain, row)) for row in rows] == [tuple(row.values()) for row in table.to_pylist()]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "b", "d"}, "no formula"
    risky = [cell for cell in cells if isinstance(cell.value, str) and looks_like_formula(cell.value)]
    assert risky and all(cell.quotePrefix for cell in risky)
    assert not any(sheet._hyperlinks for sheet in book)


def plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def test_the_workbook_says_what_its_columns_mean(folder: Path) -> None:
    rows = list(openpyxl.load_workbook(folder / "ptce.xlsx")["définitions"].iter_rows(values_only=True))
    assert rows[0][0].startswith("Observatoire ouvert des PTCE") and folder.name in rows[0][0]
    at = next(n for n, row in enumerate(rows) if row[0] == "table")
    defined = {(row[0], row[1]): row[6:8] for row in rows[at + 1 :]}
    assert {key for key in defined if key[1]} == {(t, c.name) for t in csv_tables() for c in TABLES[t].public}
    siren = TABLES["poles"].column("siren")
    assert defined["poles", "siren"] == (siren.fr, siren.en)


def test_pandas_and_duckdb_read_a_sheet(folder: Path, poles: pd.DataFrame) -> None:
    found = pd.read_excel(folder / "ptce.xlsx", sheet_name="poles", dtype={"code_departement": "str"})
    assert found["code_departement"].tolist()[:2] == ["01", "02"]
    assert found["n_listings"].tolist() == poles["n_listings"].tolist()
    assert found["first_listed"].iloc[0] == poles["first_listed"].iloc[0]


def test_a_sheet_that_cannot_hold_a_table_says_so(world: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workbook.MAX_ROWS == 1_048_576
    monkeypatch.setattr(workbook, "MAX_ROWS", 6)
    table = to_arrow("counts", world.frame("counts", 6))
    for held, rows in ((table.slice(0, 5), 5), (table, 6)):
        sink = io.BytesIO()
        write_workbook({"counts": held}, ABOUT, sink)
        found = list(openpyxl.load_workbook(sink)["counts"].iter_rows(values_only=True))
        assert len(found) == (6 if rows == 5 else 3)
        assert rows == 5 or "6 lignes" in found[1][0]


def test_a_cell_longer_than_a_spreadsheet_takes_is_cut(world: ModuleType) -> None:
    frame = world.frame("poles", 2)
    frame["aliases"] = pd.Series(["x" * 40_000, "="], dtype="str")
    sink = io.BytesIO()
    write_workbook({"poles": to_arrow("poles", frame)}, ABOUT, sink)
    _, row, other = openpyxl.load_workbook(sink)["poles"].iter_rows(values_only=True)
    assert row[2] == "x" * 32_766 + "…" and other[2] == "="


def test_every_format_has_the_same_bytes_in_any_process(folder: Path, tmp_path: Path) -> None:
    unlike = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PTCE_WORKERS": "1"}
    command = [sys.executable, str(DRIVERS / "publish_once.py"), str(tmp_path), "3"]
    subprocess.run(command, check=True, env=os.environ | unlike)
    (other,) = (tmp_path / "processed").glob("2026-*")
    ours = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    theirs = {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()}
    assert [name for name in sorted(ours | theirs) if ours.get(name) != theirs.get(name)] == []
    dates = {info.date_time for info in zipfile.ZipFile(folder / "ptce.xlsx").infolist()}
    assert dates == {(1980, 1, 31, 0, 0, 0)}
    book = openpyxl.load_workbook(folder / "ptce.xlsx").properties
    assert book.created.isoformat() == "2026-11-23T00:00:00"


def test_a_long_table_is_staged_from_its_file(world: ModuleType, tmp_path: Path) -> None:
    table = to_arrow("edges", world.frame("edges", 7))
    for name, rows, wrong in (
        ("sorted", table, ""),
        ("unsorted", pa.concat_tables([table.slice(3), table.slice(0, 3)]), "not sorted"),
        ("twice", pa.concat_tables([table, table.slice(6)]), "not unique"),
    ):
        path = tmp_path / name
        with path.open("wb") as sink:
            write_parquet(rows, sink)
        with pq.ParquetFile(path) as file:
            if wrong:
                with pytest.raises(DataError, match=wrong):
                    conform_file("edges", file)
            else:
                assert conform_file("edges", file) is file


def test_how_to_cite(folder: Path) -> None:
    assert citation_line(ABOUT, "fr") == (
        "Observatoire ouvert des PTCE (ptce-etl maintainers), publication 2026-11-23-1a2b3c4d, "
        f"situation au 23/11/2026, pôles. Licence Ouverte 2.0. Contenu (sha256) : {'ab' * 32}."
    )
    assert "as of 2026-11-23, poles. Licence Ouverte 2.0." in citation_line(ABOUT, "en")
