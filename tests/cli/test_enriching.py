"""``ptce enrich``, against stand-ins on loopback that give the documented bodies, and what a build makes of it."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl import load, pipeline
from ptce_etl.catalogue.services import load_services
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.manners import Manners
from ptce_etl.pipeline import auditing
from ptce_etl.publish.staging import candidate_facts, read_staged
from ptce_etl.publish.verify import verify
from ptce_etl.rebuild import rebuild

NOW, LATER = "2026-11-24T06:30:00+00:00", "2026-11-25T06:30:00+00:00"
KINDS = ("siren", "coordinates", "ess")
Rows = dict[tuple[str, str], dict[str, str]]


def organisation(siren: str, name: str, commune: str, department: str, **changes: Any) -> dict[str, Any]:
    """A result of recherche-entreprises, officers and all."""
    seat = {"siret": f"{siren}00023", "commune": commune, "departement": department, "latitude": "48.8"}
    row = {"siren": siren, "nom_complet": name, "nom_raison_sociale": name, "sigle": None, "siege": seat}
    row |= {"nature_juridique": "9220", "etat_administratif": "A", "statut_diffusion": "O"}
    row |= {"dirigeants": [{"nom": "MARTIN", "prenoms": "JEANNE", "annee_de_naissance": "1970"}]}
    return row | {"complements": {"est_ess": True, "identifiant_association": "W751222623"}} | changes


def found(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"results": list(rows), "total_results": len(rows), "page": 1, "per_page": 25, "total_pages": 1}


def place(name: str, code: str, score: float, lon: float, lat: float, kind: str = "municipality") -> dict[str, Any]:
    said = {"label": name, "score": score, "citycode": code, "type": kind, "_type": "address"}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": said}


class Stand:
    """The three services. ``say[kind]`` is their answer to a question (its ``q`` or SIREN), or a whole response."""

    def __init__(self, server: HTTPServer) -> None:
        self.server, self.asked = server, list[Request]()
        self.say: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.default = {
            "siren": found(),
            "coordinates": {"type": "FeatureCollection", "features": [], "query": ""},
            "ess": {"data": [], "links": {"next": None}, "meta": {"page": 1, "page_size": 20, "total": 0}},
        }
        for kind in KINDS:
            server.expect_request(f"/{kind}").respond_with_handler(
                lambda request, kind=kind: self._answer(kind, request)
            )
        server.expect_request("/robots.txt").respond_with_data("", status=404)

    def _answer(self, kind: str, request: Request) -> Response:
        self.asked.append(request)
        body = self.say[kind].get(request.args.get("q") or request.args.get("SIREN__exact"), self.default[kind])
        return body if isinstance(body, Response) else Response(json.dumps(body), content_type="application/json")


@pytest.fixture
def stand(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Stand:
    monkeypatch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1,localhost")
    monkeypatch.setitem(Manners.__init__.__kwdefaults__, "delay", 0.0)
    return Stand(httpserver)


@pytest.fixture
def root(tmp_path: Path, small_root: Path, stand: Stand) -> Path:
    """The small world, published: carriers Moulin (Figeac, 46102) and Clus'Ter Jura (Lons-le-Saunier, 39300)."""
    root = tmp_path / "data"
    shutil.copytree(small_root, root, symlinks=True)
    services = [
        service.model_dump(mode="json") | {"url": stand.server.url_for(f"/{service.kind}")}
        for service in load_services()
    ]
    (root / "services.yml").write_text(yaml.safe_dump({"services": services}), encoding="utf-8")
    return root


def table(root: Path) -> Rows:
    with (root / "reports" / "enrichments" / "enrichments.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["asked"]): row for row in csv.DictReader(file)}


def archived(root: Path) -> str:
    """Every byte of the archive and the table, as text."""
    files = [*(root / "raw" / "archive").rglob("*"), *(root / "reports").rglob("*")]
    return "\n".join(file.read_text("utf-8", "replace") for file in files if file.is_file())


def digests(folder: Path) -> dict[str, str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


MOULIN = organisation("800329849", "ASSOCIATION MOULIN (LM)", "46102", "46")


def test_what_is_found_has_its_score_its_evidence_and_its_capture(ptce: Any, root: Path, stand: Stand) -> None:
    stand.say["siren"]["Moulin"] = found(MOULIN, organisation("552100554", "Moulin à vent", "46042", "46"))
    stand.say["coordinates"]["Figeac"] = {"features": [place("Figeac", "46102", 0.97, 2.03, 44.61)]}
    stand.say["ess"]["800329849"] = {
        "data": [{"SIREN": "800329849", "Famille juridique de l'entreprise": "Associations"}],
        "meta": {"total": 1},
    }
    done = ptce("enrich", "--data", root, "--now", NOW, "--json")
    assert done.code == 0, done.err
    rows = table(root)
    row = rows["siren", "Moulin"]
    assert (row["value"], row["reason"], row["score"], row["code_commune_insee"]) == (
        "800329849",
        "found",
        "1.0",
        "46102",
    )
    evidence = json.loads(row["evidence"])
    assert (evidence["nom_complet"], evidence["code_commune"], evidence["rna"]) == (
        "ASSOCIATION MOULIN (LM)", "46102", "W751222623",
    )  # fmt: skip
    kept = root / "raw" / "archive" / "objects" / row["capture_sha256"][:2] / row["capture_sha256"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == row["capture_sha256"]
    point = rows["coordinates", "Figeac"]
    assert (point["value"], point["latitude"], point["longitude"]) == ("46102", "44.61", "2.03")
    assert rows["ess", "800329849"]["value"] == "yes"
    assert rows["ess", "800329849"]["pole_ids"] == row["pole_ids"] != ""
    asked = next(request for request in stand.asked if request.args.get("q") == "Moulin")
    assert (asked.args["departement"], asked.args["minimal"], asked.args["include"]) == (
        "46",
        "true",
        "siege,complements",
    )
    assert asked.headers["User-Agent"].startswith("ptce-etl/")
    assert not any(word in archived(root) for word in ("MARTIN", "JEANNE", "1970", "dirigeants"))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "nothing"),
        ([organisation("800329849", "Moulin à papier", "46102", "46")], "below_threshold"),
        ([organisation("800329849", "Moulin", "75113", "75")], "nothing"),  # a namesake elsewhere
        ([MOULIN, organisation("552100554", "MOULIN", "46102", "46")], "homonyms"),
        ([organisation("800329840", "Moulin", "46102", "46")], "nothing"),  # not a SIREN
        ([MOULIN | {"nature_juridique": "1000"}], "nothing"),  # a sole trader is a person
        ([MOULIN | {"statut_diffusion": "P"}], "nothing"),
    ],
)
def test_a_siren_in_doubt_is_none_with_its_reason(ptce: Any, root: Path, stand: Stand, rows: Any, reason: str) -> None:
    stand.say["siren"]["Moulin"] = found(*rows)
    assert ptce("enrich", "--data", root, "--now", NOW).code == 0
    row = table(root)["siren", "Moulin"]
    assert (row["value"], row["reason"]) == ("", reason)


def test_the_commune_tells_namesakes_of_a_department_apart(ptce: Any, root: Path, stand: Stand) -> None:
    stand.say["siren"]["Moulin"] = found(organisation("552100554", "MOULIN", "46042", "46"), MOULIN)
    ptce("enrich", "--data", root, "--now", NOW)
    row = table(root)["siren", "Moulin"]
    assert (row["value"], row["score"], row["runner_up"]) == ("800329849", "1.0", "0.92")


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        (place("Figeac", "46102", 0.75, 2.03, 44.61), "below_threshold"),
        (place("Figeac", "46103", 0.97, 2.03, 44.61), "nothing"),
        (place("Rue de Figeac", "46102", 0.97, 2.03, 44.61, "street"), "nothing"),
        (place("Figeac", "46102", 0.97, 2.03, 444.61), "nothing"),
    ],
)
def test_a_point_in_doubt_is_none(ptce: Any, root: Path, stand: Stand, feature: Any, reason: str) -> None:
    stand.say["coordinates"]["Figeac"] = {"type": "FeatureCollection", "features": [feature], "query": "Figeac"}
    ptce("enrich", "--data", root, "--now", NOW)
    row = table(root)["coordinates", "Figeac"]
    assert (row["value"], row["latitude"], row["reason"]) == ("", "", reason)


def test_a_service_that_asks_for_a_pause_is_left_alone_and_the_next_run_goes_on(
    ptce: Any, root: Path, stand: Stand
) -> None:
    stand.say["siren"]["Clus'Ter Jura"] = Response("", 429, headers={"Retry-After": "3600"})
    stand.say["coordinates"]["Figeac"] = Response("<html>Maintenance</html>", content_type="text/html")
    done = ptce("enrich", "--data", root, "--now", NOW, "--json")
    assert done.code == 0
    errors = {one["service_id"]: one["error"] for one in done.json["services"]}
    assert errors["recherche_entreprises"].startswith("throttled: HTTP 429")
    assert errors["geoplateforme"] == "malformed: geoplateforme: the answer is not JSON"
    rows = table(root)
    assert rows["siren", "Clus'Ter Jura"]["reason"] == "not_answered"
    assert rows["siren", "Moulin"]["reason"] == "not_asked"
    assert rows["coordinates", "Figeac"]["reason"] == "not_answered"
    assert rows["coordinates", "Lons-le-Saunier"]["reason"] == "nothing"
    assert [request.args["q"] for request in stand.asked if request.path == "/siren"] == ["Clus'Ter Jura"]
    stand.say["siren"] = {"Moulin": found(MOULIN)}
    stand.say["coordinates"] = {}
    stand.asked.clear()
    ptce("enrich", "--data", root, "--now", LATER)
    assert table(root)["siren", "Moulin"]["value"] == "800329849"
    assert sorted(request.args["q"] for request in stand.asked if "q" in request.args) == [
        "Clus'Ter Jura", "Figeac", "Moulin",
    ]  # fmt: skip  # what was answered is fresh
    stand.asked.clear()
    before = digests(root / "reports")
    assert ptce("enrich", "--data", root, "--now", LATER, "--offline").code == 0
    assert digests(root / "reports") == before
    assert not stand.asked


def test_an_old_answer_stands_when_the_service_fails(ptce: Any, root: Path, stand: Stand) -> None:
    stand.say["siren"]["Moulin"] = found(MOULIN)
    ptce("enrich", "--data", root, "--now", NOW)
    stand.say["siren"]["Moulin"] = Response('{"erreur": "q"}', 400, content_type="application/json")
    ptce("enrich", "--data", root, "--now", "2027-11-24T06:30:00+00:00")
    row = table(root)["siren", "Moulin"]
    assert (row["value"], row["captured_at"]) == ("800329849", NOW)


def built(root: Path, **asked: Any) -> tuple[dict[str, str], list[dict[str, Any]], list[dict[str, Any]]]:
    """A candidate: sha256 of its tables by file, rows of ``enrichment``, and the captures it names."""
    path = pipeline.build(pipeline.open_context(root, now=datetime.fromisoformat(LATER), **asked)).path
    facts = candidate_facts(path)
    tables = {name: record["sha256"] for name, record in facts["files"].items()}
    return tables, read_staged(path)["enrichment"].to_pylist(), facts["build"]["captures"]


def test_a_build_tells_what_was_answered_and_counts_nothing_from_it(
    ptce: Any, root: Path, stand: Stand, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(root, bare, symlinks=True)
    stand.say["siren"]["Moulin"] = found(MOULIN)
    stand.say["coordinates"]["Figeac"] = {"features": [place("Figeac", "46102", 0.97, 2.03, 44.61)]}
    stand.say["coordinates"]["Annecy"] = Response("<html>Maintenance</html>", content_type="text/html")
    stand.say["ess"]["800329849"] = {"data": [{"SIREN": "800329849", "Famille juridique de l'entreprise": "Assoc."}]}
    ptce("enrich", "--data", root, "--now", NOW)
    assert digests(root / "processed") == digests(bare / "processed")
    tables, rows, captures = built(root)
    without, none, fewer = built(bare)
    assert none == []
    assert {name for name in tables if tables[name] != without[name]} == {"enrichment.parquet"}
    asked = {(row["field"], row["asked"]): row for row in rows}
    assert {key: (row["value"], row["reason"], row["licence"]) for key, row in asked.items()} == {
        ("siren", "Moulin"): ("800329849", "found", "lov2"),
        ("siren", "Clus'Ter Jura"): (None, "nothing", "lov2"),
        ("coordinates", "Figeac"): ("46102", "found", "lov2"),
        ("coordinates", "Lons-le-Saunier"): (None, "nothing", "lov2"),
        ("ess", "800329849"): ("yes", "found", "facts"),
    }  # what was not answered has no row
    moulin = asked["siren", "Moulin"]
    assert (moulin["score"], str(moulin["captured_on"])) == (1.0, "2026-11-24")
    assert moulin["pole_id"] == asked["coordinates", "Figeac"]["pole_id"] == asked["ess", "800329849"]["pole_id"]
    # Every row opens down to the bytes: its sha256 is a capture of the manifest, and the archive holds it.
    named = {(one["source_id"], one["sha256"]) for one in captures}
    assert named >= {(row["service_id"], row["capture_sha256"]) for row in rows}
    assert [one for one in captures if one["source_id"] not in {row["service_id"] for row in rows}] == fewer
    assert all(Archive(root).holds(row["capture_sha256"]) for row in rows)


def test_a_build_knows_what_was_answered_by_then_under_a_licence_to_publish(
    ptce: Any, root: Path, stand: Stand
) -> None:
    stand.say["siren"]["Moulin"] = found(MOULIN)
    ptce("enrich", "--data", root, "--now", NOW)
    then, day = datetime.fromisoformat(NOW), date(2026, 11, 24)
    assert len(built(root, known_at=then, as_of=day)[1]) == len(built(root)[1]) > 0
    assert built(root, known_at=then - timedelta(seconds=1), as_of=day)[1] == []
    assert built(root, as_of=date(2026, 11, 23))[1] == []  # the answers are of the 24th
    services = yaml.safe_load((root / "services.yml").read_text("utf-8"))["services"]
    for service in services:
        service["licence_id"] = {"siren": "odbl", "coordinates": "unstated"}.get(service["kind"], "facts")
    (root / "services.yml").write_text(yaml.safe_dump({"services": services}), encoding="utf-8")
    assert built(root)[1] == []


def test_a_snapshot_with_answers_is_made_again_byte_for_byte(
    ptce: Any, root: Path, stand: Stand, run_quick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.say["siren"]["Moulin"] = found(MOULIN)
    ptce("enrich", "--data", root, "--now", NOW)
    run_quick(root, LATER)
    latest = (root / "processed" / "latest").resolve().name
    # Since then the service says otherwise, and the operator moved it: neither was known.
    stand.say["siren"]["Moulin"] = found()
    ptce("enrich", "--data", root, "--now", "2027-11-24T06:30:00+00:00")
    (root / "services.yml").unlink()
    monkeypatch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))
    again = rebuild(root, latest)
    assert again.same, again
    assert load("enrichment", snapshot=latest, data=root)["value"].dropna().to_list() == ["800329849"]
    assert verify(root / "processed" / latest) == []


def test_without_a_snapshot_there_is_nothing_to_ask_about(ptce: Any, tmp_path: Path) -> None:
    assert ptce("enrich", "--data", tmp_path / "none").code == 4
    assert ptce("enrich", "--data", tmp_path).code == 4
    assert not list(tmp_path.iterdir())
