"""Write the fixture pairs of tests/fixtures/sources again, by hand: python tests/collect/readers/pairs.py

Each is what ``ptce new-source URL --out`` writes when a stand-in on loopback answers as the platform is documented.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from pytest_httpserver import HTTPServer

sys.path.insert(0, str(Path(__file__).parents[2] / "fuzz"))
from corpus import BODIES

from ptce_etl.cli import main
from ptce_etl.collect.manners import Manners

PAIRS = Path(__file__).parents[2] / "fixtures" / "sources"
ROWS = [{"nom": "Pôle Sud", "commune": "Arles"}, {"nom": "Le Levier", "commune": "Lyon"}]
CSV = "nom;commune\nPôle Sud;Arles\nLe Levier;Lyon\n"
WIKI = '{| class="wikitable"\n! Nom !! Commune\n|-\n| [[Pôle Sud]] || Arles\n|-\n| Le Levier || Lyon\n|}'
TABLE = "<table><tr><th>Nom<th>Commune<tr><td>Pôle Sud<td>Arles<tr><td>Le Levier<td>Lyon</table>"
LINES = "<ul><li>Regain (Aude) : Pôle Sud</li><li>Le Pas (Gard) : Le Levier</li></ul>"
PAGE = "<!DOCTYPE html><html lang=fr><title>PTCE</title><body><main>%s</main></body></html>"
POINT = {"type": "Point", "coordinates": [4.6, 43.7]}
JSON, HTML = "application/json", "text/html; charset=utf-8"


def xlsx() -> bytes:
    book = Workbook()
    for cells in (("nom", "commune"), *(tuple(row.values()) for row in ROWS)):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods() -> bytes:
    """The workbook of the fuzzing corpus with its kind in front, where a program that writes one puts it."""
    with zipfile.ZipFile(io.BytesIO(BODIES["ods"][0])) as archive:
        head, _, rest = archive.read("content.xml").decode().partition("</table:table-row>")
    rest = rest.replace(">nom<", ">Pôle Sud<").replace(">lieu<", ">Arles<")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"{head}</table:table-row>{rest}")
    return file.getvalue()


def elements() -> Iterator[dict[str, Any]]:
    for n, row in enumerate(ROWS):
        geo, address = {"latitude": 43.7, "longitude": 4.6}, {"addressLocality": row["commune"]}
        yield {"id": f"m{n}", "name": row["nom"], "geo": geo, "address": address, "categories": ["PTCE"]}


def answers(host: str) -> dict[str, tuple[str, dict[str, tuple[Any, str]]]]:
    """Reader → the address to give, and what each path answers."""
    slot = {"slots": {"main": {"content": WIKI}}}
    features = [{"type": "Feature", "geometry": POINT, "properties": {"name": row["nom"]}} for row in ROWS]
    layer = {"type": "FeatureCollection", "features": features, "_umap_options": {"name": "PTCE"}}
    posts = [{"id": n, "title": {"rendered": row["nom"]}} for n, row in enumerate(ROWS)]
    nodes = [{"type": "node--page", "id": str(n), "attributes": {"title": row["nom"]}} for n, row in enumerate(ROWS)]
    data = {"data": [{"__id": n, **row} for n, row in enumerate(ROWS)], "links": {"next": None}, "meta": {"total": 2}}
    dataset = {"license": "lov2", "resources": [{"id": "r1", "title": "f", "format": "csv", "url": f"{host}/f.csv"}]}
    dataset_at, export = (
        "/api/explore/v2.1/catalog/datasets/ptce",
        "/api/explore/v2.1/catalog/datasets/ptce/exports/csv",
    )
    csv = {"/f.csv": (CSV, "text/csv; charset=utf-8")}
    return {
        "csv": ("/f.csv", csv),
        "xlsx": ("/f.xlsx", {"/f.xlsx": (xlsx(), "application/octet-stream")}),
        "ods": ("/f.ods", {"/f.ods": (ods(), "application/octet-stream")}),
        "json": ("/f.json", {"/f.json": ({"poles": {"liste": ROWS}}, JSON)}),
        "datagouv": ("/api/1/datasets/ptce/", {"/api/1/datasets/ptce/": (dataset, JSON), **csv}),
        "tabular_api": ("/api/resources/57bc99ca/data/", {"/api/resources/57bc99ca/data/": (data, JSON)}),
        "opendatasoft_export": (
            dataset_at,
            {f"{dataset_at}/records": ({"total_count": 2, "results": []}, JSON), export: (CSV, "text/csv")},
        ),
        "mediawiki": (
            "/wiki/PTCE",
            {"/w/api.php": ({"query": {"pages": [{"title": "PTCE", "revisions": [slot]}]}}, JSON)},
        ),
        "gogocarto": ("/api/elements.json", {"/api/elements.json": ({"licence": "", "data": list(elements())}, JSON)}),
        "umap": ("/fr/map/ptce_666", {"/fr/map/666/download/": ({"type": "umap", "layers": [layer]}, JSON)}),
        "wordpress": ("/wp-json/wp/v2/posts", {"/wp-json/wp/v2/posts": (posts, JSON)}),
        "drupal": ("/jsonapi/node/page", {"/jsonapi/node/page": ({"data": nodes, "links": {}}, JSON)}),
        "html_table": ("/t", {"/t": (PAGE % TABLE, HTML)}),
        "html_lines": ("/l", {"/l": (PAGE % LINES, HTML)}),
        "pdf_lines": ("/f.pdf", {"/f.pdf": (BODIES["pdf_lines"][0], "application/pdf")}),
    }


def write(reader: str, out: Path) -> None:
    with HTTPServer(host="localhost") as server:
        host = server.url_for("").rstrip("/")
        path, said = answers(host)[reader]
        for where, (body, kind) in said.items():
            data = json.dumps(body) if isinstance(body, list | dict) else body
            totals = {"X-WP-Total": "2", "X-WP-TotalPages": "1"} if reader == "wordpress" else {}
            server.expect_request(where).respond_with_data(data, headers={"Content-Type": kind, **totals})
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        with tempfile.TemporaryDirectory() as scratch:
            code = main(["new-source", host + path, "--data", scratch, "--out", scratch + "/out"])
            if code:
                raise SystemExit(f"{reader}: {code}")
            (folder,) = Path(scratch, "out").iterdir()
            shutil.rmtree(out / reader, ignore_errors=True)
            shutil.copytree(folder, out / reader)
    for file in (out / reader).iterdir():
        text = file.read_text("utf-8").replace(host, "https://example.org")
        file.write_text(text.replace("s_localhost", "s_example").replace("localhost", "example.org"), "utf-8")


if __name__ == "__main__":
    os.environ["PTCE_PRIVATE_HOSTS"] = "127.0.0.1,localhost"
    Manners.__init__.__kwdefaults__["delay"] = 0.0
    for name in sys.argv[1:] or answers(""):
        write(name, PAIRS)
