"""What machines read beside the tables, each file read by the real library or schema of its standard."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml
from frictionless import Package, Schema, system, validate
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef

from ptce_etl.publish.exports import csv_tables
from ptce_etl.publish.files import sha256_file
from ptce_etl.publish.formats import FORMATS
from ptce_etl.schema import TABLES, VERSION

ROOT = Path(__file__).resolve().parents[2]
CFF = ROOT / "tests" / "fixtures" / "standards" / "cff-1.2.0.schema.json"
AT = "https://example.org/data/2026/"


@pytest.fixture(scope="module")
def folder(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.publish(tmp_path_factory.mktemp("store")).path


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_frictionless_accepts_the_package_and_every_row_of_it(folder: Path) -> None:
    package = read(folder / "datapackage.json")
    # frictionless has no byte count of a Parquet file to compare with: the next test compares them all.
    rows = package | {"resources": [one for one in package["resources"] if one["format"] == "csv"]}
    with system.use_context(standards="v2", trusted=True):
        assert list(Package.metadata_validate(package)) == []
        report = Package.from_descriptor(rows, basepath=str(folder)).validate()
    wrong = [(task.name, error.message) for task in report.tasks for error in task.errors]
    assert report.valid, wrong[:5]
    assert [task.place for task in report.tasks if task.type == "table"] == sorted(
        f"{name}.csv" for name in csv_tables()
    )


def test_the_package_lists_every_data_file_with_its_hash(folder: Path) -> None:
    package = read(folder / "datapackage.json")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["version"] == VERSION and package["snapshot"] == folder.name
    listed = {one["path"]: (one["bytes"], one["hash"]) for one in package["resources"]}
    data = [folder / name for one in FORMATS.values() for name in one.files()]
    assert listed == {p.name: (p.stat().st_size, f"sha256:{sha256_file(p)}") for p in data}


@pytest.mark.parametrize("name", csv_tables())
def test_a_table_schema_says_what_its_csv_holds(folder: Path, name: str) -> None:
    path = folder / "schemas" / name / "schema.json"
    described = read(path)
    assert Schema.from_descriptor(str(path)).field_names == [c.name for c in TABLES[name].public]
    assert described["primaryKey"] == list(TABLES[name].key) and described["version"] == VERSION
    for field, column in zip(described["fields"], TABLES[name].public, strict=True):
        assert (field["description"], field["description_en"]) == (column.fr, column.en)
        assert field.get("unit", "") == column.unit
        assert field.get("constraints", {}).get("required", False) is column.required
    for key in ("name", "title", "description", "version", "contributors"):
        assert described[key], "what schema.data.gouv.fr asks for"


def test_a_broken_csv_breaks_its_schema(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_bytes((folder / "schemas" / "poles" / "schema.json").read_bytes())
    text = (folder / "poles.csv").read_text(encoding="utf-8")
    head, first, rest = text.split("\n", 2)
    spoilt = first.replace("pole_id-000", "", 1)
    (tmp_path / "poles.csv").write_text("\n".join([head, spoilt, rest]), encoding="utf-8", newline="")
    with system.use_context(trusted=True):
        found = validate(str(tmp_path / "poles.csv"), schema=str(tmp_path / "schema.json"))
    assert not found.valid
    assert {error.type for task in found.tasks for error in task.errors} & {"constraint-error", "primary-key"}


def test_dcat_is_json_ld_and_leads_to_the_files_beside_it(folder: Path) -> None:
    graph = Graph().parse(data=(folder / "dcat.jsonld").read_text(encoding="utf-8"), format="json-ld", publicID=AT)
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    for wanted in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.theme, DCAT.keyword):
        assert list(graph.objects(dataset, wanted)), wanted
    assert {title.language for title in graph.objects(dataset, DCTERMS.title)} == {"fr", "en"}
    given = list(graph.objects(dataset, DCAT.distribution))
    urls = {str(url).removeprefix(AT) for one in given for url in graph.objects(one, DCAT.downloadURL)}
    assert urls == {name for one in FORMATS.values() for name in one.files()}
    for one in given:
        assert list(graph.objects(one, DCAT.accessURL)) and list(graph.objects(one, DCTERMS.format))
        (size,) = graph.objects(one, DCAT.byteSize)
        (name,) = graph.objects(one, DCTERMS.title)
        assert int(size) == (folder / str(name)).stat().st_size
        for schema in graph.objects(one, DCTERMS.conformsTo):
            assert (folder / str(schema).removeprefix(AT)).is_file()


def test_schema_org_is_json_ld(folder: Path) -> None:
    found = read(folder / "schema-org.jsonld")
    assert found["@context"] == "https://schema.org"
    found["@context"] = {"@vocab": "https://schema.org/"}  # what that address leads to; tests reach no network
    graph = Graph().parse(data=json.dumps(found), format="json-ld", publicID=AT)
    schema = "https://schema.org/"
    (dataset,) = graph.subjects(RDF.type, URIRef(f"{schema}Dataset"))
    for wanted in ("name", "description", "license", "creator", "version", "temporalCoverage", "distribution"):
        assert list(graph.objects(dataset, URIRef(schema + wanted))), wanted
    urls = {str(url) for url in graph.objects(None, URIRef(f"{schema}contentUrl"))}
    assert urls == {AT + name for one in FORMATS.values() for name in one.files()}


@pytest.mark.parametrize("where", ["snapshot", "repository"])
def test_citation_files_follow_their_format(folder: Path, where: str) -> None:
    path = (folder if where == "snapshot" else ROOT) / "CITATION.cff"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(read(CFF))
    assert [error.message for error in validator.iter_errors(found)] == []
    assert list(validator.iter_errors({**found, "license": "none of them"})), "the schema sees"
    if where == "snapshot":
        assert found["version"] == folder.name and found["type"] == "dataset"
    else:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        assert f'\nversion = "{found["version"]}"\n' in text
