"""``ptce sources``, ``ptce sources check`` and ``ptce new-source``, against a stand-in site on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer

from ptce_etl.catalogue.registry import load_sources
from ptce_etl.collect.bundle import unbundled
from ptce_etl.collect.extract import extract
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.reading import read

BODY = "Nom;Commune;Courriel du contact;Site web\nPôle Sud;Romans;x@example.org;https://p.example\nLe Levier;Lyon;;\n"
PAGE = """<html lang=fr><title>Lauréats</title><body><ul><li>Regain (AUDE) : Pôle de l’Aude</li>
<li>Le Pas (GARD) : PTCE du Pas</li></ul><p>écrire à x@example.org</body></html>"""
TABLE = "<html><body><table><tr><th>Nom<th>Région<tr><td>Pôle Sud<td>PACA<tr><td>Levier<td>ARA</table>"
JSON = {"meta": {"n": 2}, "poles": [{"title": "Pôle Sud", "city": "Arles"}, {"title": "Levier", "city": "Lyon"}]}


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1,localhost")


@pytest.fixture
def site(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    # No pause between two requests of a test: manners have their own.
    monkeypatch.setitem(Manners.__init__.__kwdefaults__, "delay", 0.0)
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    return httpserver


def _world(root: Path, site: HTTPServer, **changes: Any) -> Path:
    entry = {
        "source_id": "web",
        "title": "A site",
        "publisher": "Somebody",
        "url": site.url_for("/poles.csv"),
        "licence": "none",
        "frequency": "never",
        "statement": "listings",
        "priority": "1",
        "columns": {"name": "Nom", "commune": "Commune"},
        "ignore": ["Courriel*", "Site web"],
        "bounds": {"min_rows": "1", "max_rows": "9"},
    }
    entries = [entry | changes, entry | {"source_id": "trial", "status": "unverified", "why": "nobody looked"}]
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "raw" / "transcribed" / "x.csv").write_text("", encoding="utf-8")
    (root / "sources.yml").write_text(yaml.safe_dump({"sources": entries}), encoding="utf-8")
    return root


def test_the_bundled_catalogue_is_listed_without_a_data_root(ptce: Any, tmp_path: Path) -> None:
    done = ptce("sources", "--data", str(tmp_path / "none"), "--json")
    rows = json.loads(done.out)["sources"]
    assert [row["source_id"] for row in rows] == [source.source_id for source in load_sources()]
    assert {row["health"] for row in rows} == {"missing"}
    assert not (tmp_path / "none").exists()


def test_a_try_of_all_is_reported_and_only_what_counts_can_fail_it(ptce: Any, tmp_path: Path, site: HTTPServer) -> None:
    root = _world(tmp_path / "data", site)
    site.expect_oneshot_request("/poles.csv").respond_with_data(BODY, content_type="text/csv")
    site.expect_request("/poles.csv").respond_with_data("<html><title>Maintenance</title>", content_type="text/html")
    done = ptce("sources", "check", "web", "--data", str(root), "--out", str(tmp_path / "out"))
    assert done.code == 0
    assert "web" in done.out
    done = ptce("sources", "check", "trial", "--data", str(root), "--out", str(tmp_path / "out"), "--json")
    assert done.code == 0  # it failed, and counts for nothing
    (row,) = json.loads((tmp_path / "out" / "sources.json").read_text(encoding="utf-8"))["sources"]
    assert (row["outcome"], row["counts"], "'Maintenance'" in row["error"]) == ("malformed", False, True)
    page = (tmp_path / "out" / "sources.html").read_text(encoding="utf-8")
    assert "an HTML page where a file was expected: &#39;Maintenance&#39;" in page
    assert "<script" not in page
    done = ptce("sources", "check", "web", "--data", str(root))
    assert done.code == 1
    assert (root / "reports" / "sources" / "sources.html").exists()
    listed = json.loads(ptce("sources", "--data", str(root), "--json").out)["sources"]
    assert [(row["health"], row["rows"]) for row in listed] == [("stale", 2), ("missing", None)]
    assert ptce("sources", "check", "nobody", "--data", str(root)).code == 2


@pytest.mark.parametrize(
    ("path", "body", "kind", "reader", "columns"),
    [
        ("/f.csv", BODY, "text/csv", "csv", {"name": "Nom", "commune": "Commune", "website": "Site web"}),
        ("/p", PAGE, "text/html", "html_lines", {"name": "name", "carrier": "carrier", "department": "department"}),
        ("/t", TABLE, "text/html", "html_table", {"name": "Nom", "region": "Région"}),
        ("/j", json.dumps(JSON), "application/json", "json", {"name": "title", "commune": "city"}),
    ],
)
def test_an_entry_is_proposed_with_its_fixture_pair(
    ptce: Any, tmp_path: Path, site: HTTPServer, path: str, body: str, kind: str, reader: str, columns: dict[str, str]
) -> None:
    site.expect_request(path).respond_with_data(body, content_type=f"{kind}; charset=utf-8")
    done = ptce("new-source", site.url_for(path), "--out", str(tmp_path), "--json")
    assert done.code == 0
    answer = json.loads(done.out)
    assert (answer["entry"]["reader"], answer["entry"]["columns"]) == (reader, columns)
    assert answer["entry"]["status"] == "unverified"
    (folder,) = tmp_path.iterdir()
    (source,) = load_sources(folder / "entry.yml")
    pages = unbundled((folder / "pages.json").read_bytes())
    assert not any(b"example.org" in page.body for page in pages)
    platform = platform_of(source.reader)
    rows = read(extract(platform.rows(pages, source), source, platform.own), source)
    expected = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    assert list(rows["name"]) == [row["name"] for row in expected]
    assert len(expected) == 2


def test_what_is_no_list_is_said(ptce: Any, site: HTTPServer) -> None:
    site.expect_request("/x").respond_with_data("<html><title>Bonjour</title><p>rien</html>", content_type="text/html")
    done = ptce("new-source", site.url_for("/x"))
    assert done.code == 1
    assert "no reader gives rows with a name: html_table: no table on the page" in done.err
    assert ptce("new-source", "ftp://example.org").code == 2
    site.expect_request("/gone").respond_with_data("", status=410)
    assert "SourceGone" in ptce("new-source", site.url_for("/gone")).err
