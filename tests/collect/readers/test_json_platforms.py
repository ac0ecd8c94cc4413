"""JSON interfaces: the documented bodies over real HTTP, page after page, and each way they have of being wrong."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

COLUMNS = {"name": "nom", "commune": "commune"}
ROWS = [{"nom": f"Pôle {n}", "commune": "Romans"} for n in range(1, 151)]


def test_json_by_paths(site: Any) -> None:
    there = site.entry(
        "json",
        "/poles.json",
        columns={"name": "nom", "commune": "lieu.ville", "activity": "themes"},
        ignore=["meta.*", "tags*"],
        options={"records": "resultats.poles"},
    )
    body = {"resultats": {"poles": [
        {"nom": " L’Écopôle ", "lieu": {"ville": "Arles"}, "themes": ["vélo", "eau"], "meta": {"a": 1}, "tags": [{}]},
        {"nom": "Pôle Sud", "lieu": {"ville": None}, "themes": [], "meta": {"b": True}, "tags": []},
    ]}}  # fmt: skip
    site.serve("/poles.json", body)
    site.collect(there)
    assert site.rows(there, "name", "commune", "activity") == [
        ("L’Écopôle", "Arles", "vélo | eau"),
        ("Pôle Sud", None, None),
    ]
    # a list by key, and a path that is gone
    site.serve("/poles.json", {"resultats": {"poles": {"k": body["resultats"]["poles"][0]}}})
    assert site.collect(there).outcome == "ok"
    site.serve("/poles.json", {"resultats": {"projets": []}})
    log = site.collect(there)
    assert (log.outcome, "no 'poles' on the way" in str(log.error)) == ("malformed", True)
    assert site.names(there) == ["L’Écopôle"]


class TestTabularApi:
    PATH = "/api/resources/57bc99ca/data/"

    def serve(self, site: Any, rows: list[dict[str, Any]], total: int, **more: Any) -> None:
        for start in range(0, max(len(rows), 1), 50):
            page = start // 50 + 1
            link = site.server.url_for(f"{self.PATH}?page={page + 1}&page_size=50") if start + 50 < len(rows) else None
            body = {
                "data": [{"__id": start + n, **row} for n, row in enumerate(rows[start : start + 50])],
                "links": {"profile": "p", "swagger": "s", "next": more.get("next", link), "prev": None},
                "meta": {"page": page, "page_size": 50, "total": total},
            }
            query = "page_size=50" if page == 1 else f"page={page}&page_size=50"
            site.serve(self.PATH, body, query_string=query)

    def entry(self, site: Any) -> Any:
        return site.entry("tabular_api", f"{self.PATH}?page_size=50", columns=COLUMNS)

    def test_page_after_page(self, site: Any) -> None:
        self.serve(site, ROWS, 150)
        assert site.collect(self.entry(site)).pages == 3
        assert site.names(self.entry(site)) == [row["nom"] for row in ROWS]

    def test_fewer_rows_than_announced(self, site: Any) -> None:
        self.serve(site, ROWS, 150)
        site.collect(self.entry(site))
        self.serve(site, ROWS[:149], 150)
        log = site.collect(self.entry(site))
        assert (log.outcome, "149 rows read, 150 announced" in str(log.error)) == ("malformed", True)
        assert len(site.names(self.entry(site))) == 150

    @pytest.mark.parametrize(
        ("link", "said"),
        [
            ("http://10.0.0.1/", "another host"),
            ("?page=1&page_size=50", "no such"),
            (7, "no text"),
            ("http://[", "no address"),
        ],
    )
    def test_a_next_link_that_leads_astray(self, site: Any, link: Any, said: str) -> None:
        self.serve(site, ROWS[:50], 50, next=link)
        site.serve(self.PATH, {"errors": [{"title": "no such"}]}, query_string="page=1&page_size=50")
        log = site.collect(self.entry(site))
        assert (log.outcome, said in str(log.error)) == ("malformed", True)

    @pytest.mark.parametrize(
        ("status", "body", "kind", "outcome"),
        [
            (400, {"errors": [{"title": "Invalid query string"}]}, "application/json", "malformed"),
            (404, "404: Not Found", "text/plain", "not_found"),
            (410, "Resource 57bc99ca has been permanently deleted", "text/plain", "gone"),
            (200, {"errors": [{"title": "Output is too long"}]}, "application/json", "malformed"),
        ],
    )
    def test_its_errors(self, site: Any, status: int, body: Any, kind: str, outcome: str) -> None:
        site.serve(self.PATH, body, kind, status, query_string="page_size=50")
        assert site.collect(self.entry(site)).outcome == outcome


class TestOpendatasoft:
    PATH = "/api/explore/v2.1/catalog/datasets/ptce"

    def records(self, site: Any, rows: list[dict[str, Any]], total: int) -> None:
        for offset in range(0, max(total, 1), 100):
            body = {"total_count": total, "results": rows[offset : offset + 100]}
            site.serve(f"{self.PATH}/records", body, query_string=f"limit=100&offset={offset}")

    def test_records(self, site: Any) -> None:
        there = site.entry("opendatasoft_records", self.PATH, columns=COLUMNS, ignore=["geo_point_2d.*"])
        self.records(site, [{**row, "geo_point_2d": {"lon": 1.0, "lat": 2.0}} for row in ROWS], 150)
        assert site.collect(there).pages == 2
        assert len(site.names(there)) == 150
        self.records(site, ROWS[:120], 150)
        assert "120 rows read, 150 announced" in str(site.collect(there).error)
        self.records(site, [], 0)
        assert "missing columns" in str(site.collect(there).error)
        assert len(site.names(there)) == 150

    def test_too_many_records(self, site: Any) -> None:
        there = site.entry("opendatasoft_records", self.PATH, columns=COLUMNS)
        site.serve(f"{self.PATH}/records", {"total_count": 10_001, "results": ROWS[:100]})
        assert "use opendatasoft_export" in str(site.collect(there).error)

    def test_export(self, site: Any) -> None:
        there = site.entry("opendatasoft_export", self.PATH, columns=COLUMNS)
        lines = ["nom;commune", *(f"{row['nom']};{row['commune']}" for row in ROWS)]
        site.serve(f"{self.PATH}/records", {"total_count": 150, "results": []}, query_string="limit=0")
        site.serve(f"{self.PATH}/exports/csv", "\n".join(lines), "text/csv")
        assert site.collect(there).outcome == "ok"
        assert site.asked()[-1].endswith("/exports/csv?delimiter=%3B&with_bom=false")
        broken = "\n".join([*lines[:80], "Streaming interrupted due to the following error: timeout"])
        site.serve(f"{self.PATH}/exports/csv", broken, "text/csv")
        assert "broke off with an error in it: 'Streaming interrupted" in str(site.collect(there).error)
        site.serve(f"{self.PATH}/exports/csv", "\n".join(lines[:80]), "text/csv")  # cut without a word
        assert "79 rows read, 150 announced" in str(site.collect(there).error)
        assert len(site.names(there)) == 150

    def test_quota(self, site: Any) -> None:
        there = site.entry("opendatasoft_records", self.PATH, columns=COLUMNS)
        body = {"errorcode": 10002, "error": "Too many requests on the domain.", "call_limit": 10000}
        site.serve(f"{self.PATH}/records", body, status=429, headers={"Retry-After": "86400"})
        assert site.collect(there).outcome == "throttled"
        site.serve(f"{self.PATH}/records", {"error_code": "ODSQLError", "message": "ODSQL query is malformed"})
        assert "ODSQL query is malformed" in str(site.collect(there).error)


class TestSparql:
    BODY: ClassVar[dict[str, Any]] = {
        "head": {"vars": ["item", "itemLabel", "siren"]},
        "results": {"bindings": [
            {"item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q1"},
             "itemLabel": {"type": "literal", "xml:lang": "fr", "value": "Pôle Sud"}},
        ]},
    }  # fmt: skip

    def test_it(self, site: Any) -> None:
        there = site.entry(
            "sparql",
            "/sparql",
            columns={"name": "itemLabel", "siren": "siren"},
            ignore=["item"],
            options={"query": "SELECT ?item { ?item wdt:P31 wd:Q1 }"},
        )
        site.serve("/sparql", self.BODY, "application/sparql-results+json")
        assert site.collect(there).outcome == "ok"
        assert site.rows(there, "name", "siren") == [("Pôle Sud", None)]
        assert "query=SELECT+%3Fitem+%7B" in site.asked()[0]
        site.serve("/sparql", "upstream request timeout", "text/plain", 429, headers={"Retry-After": "9999"})
        assert site.collect(there).outcome == "throttled"
        site.serve("/sparql", "java.util.concurrent.TimeoutException", "text/plain")
        assert "a text where JSON was expected" in str(site.collect(there).error)
        assert site.names(there) == ["Pôle Sud"]


class TestGogocarto:
    ELEMENT: ClassVar[dict[str, Any]] = {
        "id": "mM",
        "name": "Pôle Sud",
        "geo": {"latitude": 48.88482, "longitude": 2.29816},
        "address": {
            "streetAddress": "1 rue",
            "addressLocality": "Arles",
            "postalCode": "13200",
            "addressCountry": "FR",
        },
        "categories": ["PTCE", "Nouvelle Aquitaine"],
        "statut_ess": "Association",
        "site_web": "NULL",
        "email": "quelqu.un@example.org",
        "telephone": "04 75 00 00 00",
    }

    def entry(self, site: Any, **changes: Any) -> Any:
        return site.entry(
            "gogocarto",
            "/api/elements.json",
            columns={
                "name": "name",
                "commune": "address.addressLocality",
                "website": "site_web",
                "activity": "categories",
            },
            ignore=["statut_ess", "email", "telephone"],
            keep={"categories": "ptce"},
            licence_id="odbl",
            options={"data_licence": "odbl"},
            **changes,
        )

    def body(
        self, *elements: dict[str, Any], licence: str = "https://opendatacommons.org/licenses/odbl/summary/"
    ) -> Any:
        return {"licence": licence, "ontology": "gogofull", "data": list(elements)}

    def test_only_what_is_mapped_is_kept(self, site: Any) -> None:
        there = self.entry(site)
        other = {**self.ELEMENT, "id": "n", "name": "Un garage", "categories": ["vélo"]}
        site.serve("/api/elements.json", self.body(self.ELEMENT, other))
        log = site.collect(there)
        assert site.rows(there, "name", "commune", "website") == [("Pôle Sud", "Arles", None)]
        kept = site.archive.read(log.sha256).decode()
        assert "example.org" not in kept
        assert "04 75" not in kept
        assert "garage" not in kept

    @pytest.mark.parametrize(
        "text",
        [
            "You need to provide a token to access to this API. Please visit https://example.org/api",
            "The token you provided does not correspond to any existing user.",
        ],
    )
    def test_a_map_that_wants_a_token(self, site: Any, text: str) -> None:
        site.serve("/api/elements.json", self.body(self.ELEMENT))
        site.collect(self.entry(site))
        site.serve("/api/elements.json", text)  # 200, application/json
        log = site.collect(self.entry(site))
        assert (log.outcome, log.sha256) == ("auth", None)
        assert site.names(self.entry(site)) == ["Pôle Sud"]

    def test_a_licence_that_is_another_now(self, site: Any) -> None:
        site.serve("/api/elements.json", self.body(self.ELEMENT, licence="all rights reserved"))
        assert "the licence is stated as 'all rights reserved'" in str(site.collect(self.entry(site)).error)

    def test_a_map_that_lost_its_elements(self, site: Any) -> None:
        site.serve("/api/elements.json", self.body(self.ELEMENT))
        site.collect(self.entry(site))
        site.serve("/api/elements.json", self.body())
        assert site.collect(self.entry(site)).outcome == "malformed"
        assert site.names(self.entry(site)) == ["Pôle Sud"]

    def test_an_element_that_is_not_there(self, site: Any) -> None:
        site.serve("/api/elements.json", {"error": "Element does not exists"}, status=500)
        assert site.collect(self.entry(site)).outcome == "transient"


class TestUmap:
    FEATURE: ClassVar[dict[str, Any]] = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-1.68, 48.11]},
        "properties": {"name": "**Pôle Sud**", "description": "[[https://example.org|site]] {{img}} Rennes"},
    }
    LAYER: ClassVar[dict[str, Any]] = {
        "type": "FeatureCollection",
        "features": [FEATURE],
        "_umap_options": {"name": "PTCE", "displayOnLoad": True},
    }
    OTHER: ClassVar[dict[str, Any]] = {
        "type": "FeatureCollection",
        "features": [FEATURE, FEATURE],
        "_umap_options": {"name": "Gares"},
    }

    def entry(self, site: Any, path: str) -> Any:
        return site.entry(
            "umap",
            path,
            columns={"name": "name", "activity": "description"},
            options={"layers": ["PTCE"], "data_licence": "ODbL"},
            licence_id="odbl",
        )

    def test_a_whole_map(self, site: Any) -> None:
        whole = {
            "type": "umap",
            "properties": {"licence": {"name": "ODbL", "url": ""}},
            "layers": [self.LAYER, self.OTHER],
        }
        site.serve("/fr/map/666/download/", whole)
        there = self.entry(site, "/fr/map/666/download/")
        site.collect(there)
        assert site.rows(there, "name", "activity") == [("Pôle Sud", "site Rennes")]

    def test_layer_after_layer(self, site: Any) -> None:
        layers = [{"properties": {"name": "Gares"}, "id": "0-1"}, {"properties": {"name": "PTCE"}, "id": "6b1f-2"}]
        settings: dict[str, Any] = {
            "type": "Feature",
            "properties": {"licence": {"name": "ODbL"}, "datalayers": layers},
        }
        site.serve("/fr/map/ptce_666/geojson/", settings)
        site.serve("/fr/datalayer/666/6b1f-2/", self.LAYER, "application/geo+json")
        there = self.entry(site, "/fr/map/ptce_666/geojson/")
        site.collect(there)
        assert site.names(there) == ["Pôle Sud"]
        assert site.asked() == ["/fr/map/ptce_666/geojson/", "/fr/datalayer/666/6b1f-2/"]
        settings["properties"]["licence"] = {"name": "No licence set", "url": ""}
        site.serve("/fr/map/ptce_666/geojson/", settings)
        assert "No licence set" in str(site.collect(there).error)

    def test_private_or_missing(self, site: Any) -> None:
        there = self.entry(site, "/fr/map/666/download/")
        site.serve("/fr/map/666/download/", "no", "text/html", 403)
        assert site.collect(there).outcome == "auth"
        site.serve("/fr/map/666/download/", "no", "text/html", 404)
        assert site.collect(there).outcome == "not_found"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "an empty answer"),
        ("<!DOCTYPE html><title>Connexion &eacute;</title>", "an HTML page where JSON was expected: 'Connexion é'"),
        ("Service unavailable", "a text where JSON was expected: 'Service unavailable'"),
        ('{"data": [{"nom": "a"', "breaks off"),
        ('{"data": [{"nom": NaN}]}', "NaN is not JSON"),
        ('{"data": [{"nom": ' + "9" * 5000 + "}]}", "none"),
        ("[" * 200_000, "nested too deep"),
        ('{"data": ' + '{"a":' * 30 + "1" + "}" * 31, "nested deeper than 20"),
        (json.dumps({"data": [{f"c{n}": 1 for n in range(50_000)}]}), "more than 500 columns"),
        (json.dumps({"data": [{"nom": "a" * 200_000}]}), "a cell of 200000"),
        ('{"data": "x"}', "no list at"),
        ('{"data": [1]}', "a record that is not an object"),
        (b'{"data": [{"nom": "P\xf4le"}]}\xc3\xa9', "none"),
    ],
)
def test_what_is_no_json(site: Any, body: Any, said: str) -> None:
    there = site.entry("json", "/j", columns=COLUMNS, options={"records": "data"})
    site.serve("/j", {"data": ROWS[:2]})
    assert site.collect(there).outcome == "ok"
    site.serve("/j", body)
    log = site.collect(there)
    assert (log.outcome, said in str(log.error)) == ("malformed", True), log.error
    assert site.names(there) == ["Pôle 1", "Pôle 2"]
    assert list(site.intake(there).sources["health"]) == ["stale"]


def test_letters_that_are_none(site: Any) -> None:
    there = site.entry("json", "/j", columns={"name": "nom"})
    site.serve("/j", '[{"nom": "P\\ud800le\\u0000 Sud \\u00a0 &amp;"}]')
    site.collect(there)
    assert site.names(there) == ["P?le Sud &amp;"]
