"""From a source to rows in force: what fails is logged and said, and never takes the place of what was good."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl.catalogue.registry import COUNT_CLAIM_COLUMNS, GROWTH_CLAIM_COLUMNS, LISTING_COLUMNS, Source, load_sources
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.bundle import unbundled
from ptce_etl.collect.intake import collect_source, failure, intake
from ptce_etl.collect.manners import Manners
from ptce_etl.errors import PublishError, SourceChanged, SourceGone, SourceRefused, TransientError
from ptce_etl.frames import to_arrow
from ptce_etl.model import Outcome, RequestLog

BUNDLED = Path(__file__).parents[2] / "data" / "raw" / "transcribed"
POSITION = ["source_id", "capture_sha256", "record_no"]
GOOD = "nom,ville\nPôle Sud,Romans\nFigeacteurs,Figeac\n"
MakeSource = Callable[..., Source]


class World:
    """A data root with one toy file, collected hour by hour."""

    def __init__(self, root: Path, source: Source, now: datetime) -> None:
        self.root, self.source, self.now, self.hour = root, source, now, 0
        self.archive = Archive(root)
        (root / "raw").mkdir()

    def collect(self, text: str | None, source: Source | None = None) -> RequestLog:
        path = self.root / "raw" / "toy.csv"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(text, encoding="utf-8")
        self.hour += 1
        return collect_source(source or self.source, self.archive, self.root, self.at(self.hour))

    def at(self, hour: float) -> datetime:
        return self.now + timedelta(hours=hour)

    def intake(self, hour: float | None = None, *sources: Source) -> Any:
        return intake(self.archive, sources or (self.source,), self.at(self.hour if hour is None else hour))


@pytest.fixture
def world(tmp_path: Path, source: MakeSource, now: datetime) -> World:
    return World(tmp_path, source(), now)


def _health(result: Any) -> tuple[str, str | None]:
    (row,) = result.sources.itertuples()
    assert to_arrow("sources", result.sources).num_rows == 1
    return row.health, None if pd.isna(row.error) else row.error


def test_the_bundled_ledgers(tmp_path: Path, now: datetime) -> None:
    shutil.copytree(BUNDLED, tmp_path / "raw" / "transcribed")
    archive, sources = Archive(tmp_path), [source for source in load_sources() if source.counts]
    assert [collect_source(source, archive, tmp_path, now).outcome for source in sources] == ["ok"] * 3
    assert [collect_source(source, archive, tmp_path, now).outcome for source in sources] == ["unchanged"] * 3
    result = intake(archive, sources, now)
    assert (len(result.listings), len(result.count_claims), len(result.growth_claims)) == (393, 139, 2)
    assert result.issues == ()
    assert list(result.listings.columns) == [*LISTING_COLUMNS, *POSITION, "licence"]
    assert list(result.count_claims.columns) == [*COUNT_CLAIM_COLUMNS, *POSITION]
    assert list(result.growth_claims.columns) == [*GROWTH_CLAIM_COLUMNS, *POSITION]
    assert result.listings["source_url"].nunique() == 214
    assert result.listings["publisher"].nunique() > 50
    assert result.listings["listing_id"].is_unique
    assert result.listings["siren"].isna().all()
    assert set(result.sources["health"]) == {"fresh"}
    assert list(result.sources["n_rows"]) == [393, 139, 2]
    assert [capture.sha256 for capture in result.captures] == list(result.sources["capture_sha256"])
    assert to_arrow("sources", result.sources).num_rows == 3


def test_every_row_says_where_it_stands(world: World) -> None:
    log = world.collect(GOOD)
    listings = world.intake().listings
    assert list(listings["record_no"]) == [1, 2]
    assert set(listings["capture_sha256"]) == {log.sha256}
    assert world.archive.read(str(log.sha256)).decode() == GOOD
    for column in (*LISTING_COLUMNS, "source_id", "capture_sha256"):
        assert str(listings[column].dtype) == "str"
    assert str(listings["record_no"].dtype) == "Int64"


def test_a_failed_source_keeps_its_poles(world: World) -> None:
    world.collect(GOOD)
    log = world.collect(None)
    assert log.outcome == "not_found"
    result = world.intake()
    assert list(result.listings["name"]) == ["Pôle Sud", "Figeacteurs"]
    assert _health(result) == ("stale", "toy: No such file or directory")
    assert [(issue.code, issue.severity) for issue in result.issues] == [("source_stale", "warning")]
    world.collect(GOOD)
    assert _health(world.intake()) == ("fresh", None)


def test_a_changed_layout_is_kept_as_bytes_and_not_as_rows(world: World) -> None:
    world.collect(GOOD)
    log = world.collect("nom,ville,statut\na,b,c\n")
    assert log.outcome == "malformed"
    assert str(log.error).split("\n") == [
        "SourceChanged: toy: 1 unknown column: 'statut'",
        f"  where: capture {str(log.sha256)[:12]}…  fetched 2026-11-23 from raw/toy.csv",
        "  do:    map or ignore them in src/ptce_etl/catalogue/sources.yml",
    ]
    assert world.archive.read(str(log.sha256)).startswith(b"nom,ville,statut")
    result = world.intake()
    assert list(result.listings["name"]) == ["Pôle Sud", "Figeacteurs"]
    assert _health(result) == ("stale", "toy: 1 unknown column: 'statut'")
    raised = failure(log)
    assert isinstance(raised, SourceChanged)
    assert str(raised) == log.error
    assert _health(world.intake(1)) == ("fresh", None)  # what was known an hour before


def test_broken_bounds_are_suspicious(world: World, source: MakeSource) -> None:
    world.collect(GOOD)
    strict = source(bounds={"min_rows": 2, "max_rows": 9}, sentinels=["Pôle sud"])
    log = world.collect("nom,ville\nautre,x\n", strict)
    assert log.outcome == "suspicious"
    assert "1 rows, at least 2 expected; names that must be there are not: 'Pôle sud'" in str(log.error)
    assert len(world.intake(None, strict).listings) == 2


def test_more_rows_than_expected_is_a_warning(world: World, source: MakeSource) -> None:
    tight = source(bounds={"min_rows": 1, "max_rows": 1})
    assert world.collect(GOOD, tight).outcome == "ok"
    result = world.intake(None, tight)
    assert [issue.code for issue in result.issues] == ["more_rows_than_expected"]
    assert _health(result) == ("fresh", None)


def test_nothing_collected_is_missing(world: World) -> None:
    result = world.intake()
    assert _health(result) == ("missing", "never collected")
    assert [(issue.code, issue.severity) for issue in result.issues] == [("source_missing", "warning")]
    assert list(result.listings.columns) == [*LISTING_COLUMNS, *POSITION, "licence"]
    assert len(result.listings) == len(result.count_claims) == len(result.growth_claims) == 0
    world.collect("<html>")
    health, error = _health(world.intake())
    assert health == "missing"
    assert "unknown column" in str(error)


def test_a_disabled_source_stays_in_force_without_a_word(world: World, source: MakeSource) -> None:
    world.collect(GOOD)
    result = world.intake(None, source(enabled=False, why="the site is closed"))
    assert _health(result) == ("stale", "not collected any more: the site is closed")
    assert (len(result.listings), result.issues) == (2, ())
    other = source(source_id="other", enabled=False, why="unverified")
    assert world.intake(None, other).issues == ()


def test_a_capture_that_the_catalogue_outgrew_gives_way_to_an_older_one(world: World, source: MakeSource) -> None:
    world.collect("nom,ville,code\na,b,1\n", source(ignore=["code"]))
    world.collect(GOOD)
    result = world.intake(None, source(columns={"name": "nom", "siren": "code"}, ignore=["ville"]))
    assert list(result.listings["siren"]) == ["1"]
    assert _health(result)[0] == "stale"


def test_damaged_bytes_stop_the_reading_until_they_are_collected_again(world: World) -> None:
    log = world.collect(GOOD)
    sha256 = str(log.sha256)
    (world.root / "raw" / "archive" / "objects" / sha256[:2] / sha256).write_bytes(b"rotten")
    with pytest.raises(PublishError, match="do not hash"):
        world.intake()
    assert world.collect(GOOD).outcome == "unchanged"
    assert len(world.intake().listings) == 2


def test_ids_are_made_of_raw_fields_and_survive_a_new_order(world: World) -> None:
    world.collect("nom,ville\na,x\na,x\nb,\n")
    first = world.intake().listings.set_index("record_no")["listing_id"]
    assert first.is_unique
    assert first.str.fullmatch("[0-9a-f]{12}").all()
    world.collect("ville,nom\n,b\n\nx,a\ny,a\nx,a\n")
    second = world.intake().listings.set_index("record_no")["listing_id"]
    assert [second[1], second[2], second[4]] == [first[3], first[1], first[2]]


def test_own_ids_are_kept_and_gaps_filled(world: World, source: MakeSource) -> None:
    own = source(columns={"listing_id": "ville", "name": "nom"})
    world.collect(GOOD.replace("Romans", ""), own)
    ids = list(world.intake(None, own).listings["listing_id"])
    assert ids[1] == "Figeac"
    assert len(ids[0]) == 12


def test_an_id_that_stands_twice_is_said_with_both_places(world: World, source: MakeSource) -> None:
    one = source(columns={"listing_id": "ville", "name": "nom"})
    two = source(source_id="two", columns={"listing_id": "ville", "name": "nom"})
    world.collect("nom,ville\na,x\nb,x\nc,y\n", one)
    world.collect("nom,ville\nd,y\ne,z\n", two)
    result = world.intake(None, one, two)
    assert list(result.listings["name"]) == ["a", "c", "e"]
    assert [(issue.code, issue.source_id, issue.listing_id) for issue in result.issues] == [
        ("duplicate_id", "toy", "x"),
        ("duplicate_id", "two", "y"),
    ]
    assert "toy row 3 " in result.issues[1].message
    assert "two row 1 " in result.issues[1].message


def test_claims_of_both_kinds_share_their_ids(world: World, source: MakeSource) -> None:
    (world.root / "raw" / "other.csv").write_text("id,g,b,t,p,u\nc1,10,1,2,p,u\nc2,10,1,2,p,u\n", encoding="utf-8")
    counts = source(
        statement="count_claims",
        columns={"claim_id": "id", "value": "v", "population": "what", "publisher": "p", "source_url": "u"},
    )
    growths = source(
        source_id="growths",
        url="raw/other.csv",
        statement="growth_claims",
        columns={"claim_id": "id", "stated_growth_pct": "g", "base_value": "b", "target_value": "t", "publisher": "p"}
        | {"source_url": "u"},
    )
    assert world.collect("id,v,what,p,u\nc1,5,existing,p,u\n", counts).outcome == "ok"
    assert world.collect("unused", growths).outcome == "ok"
    result = world.intake(None, counts, growths)
    assert (list(result.count_claims["claim_id"]), list(result.growth_claims["claim_id"])) == (["c1"], ["c2"])
    assert [issue.code for issue in result.issues] == ["duplicate_id"]


def test_a_row_without_a_name_is_said(world: World) -> None:
    world.collect("nom,ville\n,Romans\na,b\n")
    result = world.intake()
    assert list(result.listings["name"]) == ["a"]
    assert [(issue.code, issue.who) for issue in result.issues] == [("listing_without_name", "publisher")]


def test_over_http(httpserver: HTTPServer, tmp_path: Path, source: MakeSource, now: datetime) -> None:
    body = GOOD.encode()

    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304)
        return Response(body, headers={"ETag": '"v1"'}, content_type="text/csv")

    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/l.csv").respond_with_handler(answer)
    archive = Archive(tmp_path)
    there = source(url=httpserver.url_for("/l.csv"))
    kind = Manners(delay=0)
    logs = [collect_source(there, archive, tmp_path, now + timedelta(hours=hour), manners=kind) for hour in range(3)]
    assert [(log.outcome, log.status) for log in logs] == [("ok", 200), ("unchanged", 304), ("unchanged", 304)]
    result = intake(archive, [there], now + timedelta(days=1))
    (capture,) = result.captures
    assert (capture.media_type, capture.first_seen, capture.last_seen) == ("text/csv", now, now + timedelta(hours=2))
    # A source that names no page is the page.
    assert set(result.listings["source_url"]) == {there.url}
    assert set(result.listings["publisher"]) == {"Nobody"}
    # The mapping changed: a 304 says nothing about that, so the kept bytes are read again.
    moved = source(url=there.url, columns={"name": "pole", "commune": "ville"})
    log = collect_source(moved, archive, tmp_path, now + timedelta(hours=4), manners=kind)
    assert (log.outcome, log.status) == ("malformed", 304)
    # What was fetched is gone: nothing conditional is asked.
    shutil.rmtree(tmp_path / "raw" / "archive" / "private")
    log = collect_source(there, archive, tmp_path, now + timedelta(hours=5), manners=kind)
    assert (log.outcome, log.status) == ("unchanged", 200)
    (page,) = unbundled(archive.read(str(log.raw_sha256), private=True))
    assert page.body == body


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("not_found", SourceGone),
        ("gone", SourceGone),
        ("auth", SourceRefused),
        ("throttled", TransientError),
        ("transient", TransientError),
        ("malformed", SourceRefused),
        ("suspicious", SourceRefused),
    ],
)
def test_a_failure_has_its_exception(now: datetime, outcome: Outcome, kind: type[Exception]) -> None:
    raised = failure(RequestLog("toy", "https://example.org/", now, outcome, error="why"))
    assert type(raised) is kind
    assert raised is not None
    assert (raised.what, raised.where) == ("toy: why", "https://example.org/")
    assert raised.do
    assert failure(RequestLog("toy", "u", now, "ok", sha256="a" * 64)) is None
