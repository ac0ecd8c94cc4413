"""A source on the web over several days: what is kept, what is private, what an outage leaves as it was."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ptce_etl.collect.apart import files_apart, rows_apart
from ptce_etl.collect.bundle import unbundled
from ptce_etl.collect.intake import collect_source, intake
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.persons import scrubbed

RawServer = Callable[[Callable[[socket.socket, threading.Event], None]], str]
PERSON = "Pôle Sud, porté par Mme Jeanne d’Aure, jeanne.daure@example.org, 04 75 00 11 22"


def entry(site: Any, **changes: Any) -> Any:
    more = {"columns": {"name": "nom", "activity": "texte"}, "ignore": ["contact*"], **changes}
    return site.entry("json", "/j", **more)


def body(*names: str, **more: Any) -> str:
    return json.dumps([{"nom": name, "texte": "vélo", "contact": {"mail": "x@example.org"}, **more} for name in names])


def test_two_dates(site: Any) -> None:
    there = entry(site)
    site.serve("/j", body("Pôle Sud", "Levier"), headers={"ETag": '"1"'})
    first = site.collect(there)
    assert (first.outcome, first.pages) == ("ok", 1)
    site.serve("/j", body("Pôle Sud", "Levier", vues=2), headers={"ETag": '"2"'})
    assert site.collect(there).outcome == "malformed"  # a column that nobody named
    there = entry(site, ignore=["contact*", "vues"])
    second = site.collect(there)
    # Other bytes, the same rows: nothing has changed for whoever reads the archive.
    assert (second.outcome, second.sha256, second.raw_sha256 == first.raw_sha256) == ("unchanged", first.sha256, False)
    site.serve("/j", body("Pôle Sud", "Levier", "Écho"))
    third = site.collect(there)
    assert third.outcome == "ok"
    assert len(site.names(there)) == 3
    day_before = intake(site.archive, [there], third.requested_at - timedelta(seconds=1))
    assert list(day_before.listings["name"]) == ["Pôle Sud", "Levier"]


def test_304_reads_what_is_held(site: Any) -> None:
    there = entry(site)
    asked: list[str | None] = []

    def answer(request: Any) -> Any:
        from werkzeug import Response

        asked.append(request.headers.get("If-None-Match"))
        return Response(status=304) if asked[-1] else Response(body("Pôle Sud"), headers={"ETag": '"1"'})

    site.serve("/j", "")
    site._answer = answer
    site.server.clear()
    site.server.expect_request("/robots.txt").respond_with_data("")
    site.server.expect_request("/j").respond_with_handler(answer)
    assert [site.collect(there).outcome for _ in range(3)] == ["ok", "unchanged", "unchanged"]
    assert asked == [None, '"1"', '"1"']


def test_what_was_fetched_is_private_and_does_not_stay(site: Any) -> None:
    there = entry(site, retention_days=2)
    logs = []
    for n in range(4):
        site.serve("/j", body(f"Pôle {n}"))
        logs.append(site.collect(there))
    held = [site.archive.holds(log.raw_sha256, private=True) for log in logs]
    assert held == [False, True, True, True]
    assert all(site.archive.holds(log.sha256) for log in logs)
    private = site.root / "raw" / "archive" / "private"
    assert private.stat().st_mode & 0o077 == 0
    (page,) = unbundled(site.archive.read(logs[-1].raw_sha256, private=True))
    assert b"x@example.org" in page.body
    public = [path for path in (site.root / "raw" / "archive" / "objects").rglob("*") if path.is_file()]
    assert len(public) == 4
    assert not any(b"example.org" in path.read_bytes() for path in public)
    # the newest good one stays, however old, and failures go
    site.serve("/j", "no")
    for _ in range(5):
        site.collect(there)
    assert site.archive.holds(logs[-1].raw_sha256, private=True)


def test_a_clock_that_jumps_ahead_for_one_run_makes_nothing_old(site: Any) -> None:
    there = entry(site, retention_days=2)
    logs = []
    for n, day in enumerate((0, 1, 4_000, 2)):
        site.day = day
        site.serve("/j", body(f"Pôle {n}"))
        logs.append(site.collect(there))
    assert [site.archive.holds(log.raw_sha256, private=True) for log in logs] == [True] * 4
    for day in (4_001, 4_002):  # the years did pass
        site.day = day
        site.collect(there)
    assert [site.archive.holds(log.raw_sha256, private=True) for log in logs[:2]] == [False, False]


def test_nothing_of_a_person_is_kept(site: Any) -> None:
    site.serve("/j", json.dumps([{"nom": PERSON, "texte": "M. Paul Le Goff ; +33 6 12 34 56 78 ; a[at]b.fr ; 2024"}]))
    log = site.collect(entry(site))
    assert site.rows(entry(site), "name", "activity") == [("Pôle Sud, porté par , ,", "; ; ; 2024")]
    assert b"Jeanne" not in site.archive.read(log.sha256)


@pytest.mark.parametrize(
    "text",
    [
        "Pôle Sud (01)",
        "SIREN 800329849",
        "https://p.example/04-75-00-11-22/",
        "100 000 euros",
        "2013-2015",
        "Maison Mme",
    ],
)
def test_what_is_no_person_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_a_column_of_persons_cannot_be_mapped(site: Any) -> None:
    for column in ("email", "Courriel", "Téléphone", "nom_contact", "author", "Prénom", "E-mail du référent"):
        with pytest.raises(ValueError, match="belong to a person"):
            entry(site, columns={"name": column})


def test_an_error_quotes_nobody(site: Any) -> None:
    there = site.entry("html_lines", "/h", columns={"name": "name"}, options={"line": "- {name} !", "strict": True})
    site.serve("/h", f"<p>{PERSON}</p>", "text/html")
    log = site.collect(there)
    assert "lines that are not" in str(log.error)
    assert "Jeanne" not in str(log.error)
    assert "@" not in str(log.error)


OUTAGES: list[tuple[str, Any, dict[str, Any]]] = [
    ("gone", "", {"status": 410}),
    ("not_found", "", {"status": 404}),
    ("auth", "", {"status": 403}),
    ("throttled", "", {"status": 429}),
    ("transient", "", {"status": 503}),
    ("malformed", "<html><title>Maintenance</title>", {}),
    ("malformed", body("Pôle Sud", siege="Arles"), {}),
    ("malformed", json.dumps([{"nom": "Pôle Sud"}]), {}),
    ("suspicious", body("Autre"), {}),
    ("malformed", "[]", {}),
]


@pytest.mark.parametrize(("outcome", "answer", "how"), OUTAGES)
def test_an_outage_leaves_everything_as_it_was(site: Any, outcome: str, answer: str, how: dict[str, Any]) -> None:
    there = entry(site, sentinels=["Pôle Sud"])
    site.serve("/j", body("Pôle Sud", "Levier"))
    site.collect(there)
    before = site.intake(there)
    site.serve("/j", answer, **how)
    assert site.collect(there).outcome == outcome
    after = site.intake(there)
    assert after.listings.equals(before.listings)
    assert list(after.sources["health"]) == ["stale"]
    assert [issue.code for issue in after.issues] == ["source_stale"]
    site.serve("/j", body("Pôle Sud", "Levier"))
    site.collect(there)
    assert list(site.intake(there).sources["health"]) == ["fresh"]


@pytest.mark.parametrize("kind", ["slow", "endless", "cut"])
def test_bodies_that_do_not_end(site: Any, raw_server: RawServer, source: Any, kind: str) -> None:
    def handler(connection: socket.socket, over: threading.Event) -> None:
        if kind == "cut":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{")
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        while not over.wait(0.01 if kind == "endless" else 0.1):
            connection.sendall(b" " * (50_000 if kind == "endless" else 1))

    there = source(reader="json", url=raw_server(handler), max_bytes=100_000)
    policy = replace(site.policy, deadline=1.0, retries=0)
    log = collect_source(there, site.archive, site.root, site.now, policy, Manners(delay=0, robots=False))
    assert log.outcome == ("suspicious" if kind == "endless" else "transient")
    assert log.raw_sha256 is None


def test_a_page_of_many_that_fails_keeps_none(site: Any) -> None:
    there = site.entry(
        "html_items", "/a", columns={"name": "nom"}, options={"items": "li", "fields": {"nom": "b"}, "next": "a"}
    )
    site.serve("/a", "<li><b>Pôle 1</b></li><a href='?p=2'>", "text/html")
    site.serve("/a", "<li><b>Pôle 2</b></li>", "text/html", query_string="p=2")
    assert site.collect(there).pages == 2
    site.serve("/a", "", status=500, query_string="p=2")
    log = site.collect(there)
    assert (log.outcome, str(log.error).startswith("page 2: HTTP 500")) == ("transient", True)
    assert len(site.names(there)) == 2
    loop = there.model_copy(update={"options": there.options.model_copy(update={"max_pages": 1})})
    site.serve("/a", "<li><b>Pôle 2</b></li>", "text/html", query_string="p=2")
    assert "more than 1 pages" in str(site.collect(loop).error)


def test_rows_under_another_licence_stay_apart(site: Any) -> None:
    there = entry(site, licence_id="odbl", licence="ODbL 1.0")
    site.serve("/j", body("Pôle Sud", "Levier"))
    site.collect(there)
    taken = site.intake(there)
    assert len(taken.listings) == 0
    assert taken.sources["n_rows"].isna().all()
    at = site.now + timedelta(days=site.day)
    frames = rows_apart(site.archive, [there], at)
    assert list(frames) == ["odbl"]
    assert list(frames["odbl"]["name"]) == ["Pôle Sud", "Levier"]
    assert set(frames["odbl"]["licence"]) == {"odbl"}
    files = files_apart(site.archive, [there], at)
    assert sorted(files) == ["apart/odbl/LICENCE.txt", "apart/odbl/listings.csv"]
    assert b"Levier" in files["apart/odbl/listings.csv"]
    assert b"opendatacommons.org/licenses/odbl" in files["apart/odbl/LICENCE.txt"]
    assert rows_apart(site.archive, [entry(site)], at) == {}
