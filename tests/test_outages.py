"""An outage of each source in turn, and of all: published counts and ids stay as they were, and are flagged."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl import pipeline
from ptce_etl.collect.manners import Manners
from ptce_etl.pipeline import auditing

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
GOOD = {
    "/a.csv": "nom,ville\nPôle Sud,Romans-sur-Isère\nFigeacteurs,Figeac\n",
    "/b.json": json.dumps(
        [{"nom": "Le Levier", "ville": "Lyon"}, {"nom": "PTCE Pôle Sud", "ville": "Romans-sur-Isère"}]
    ),
    "/c": "<html lang=fr><body><ul><li>Nantes - Les Écossolies<li>Dijon - La Coursive Boutaric</ul></body></html>",
}
READERS: dict[str, dict[str, Any]] = {
    "/a.csv": {"reader": "csv"},
    "/b.json": {"reader": "json"},
    "/c": {"reader": "html_lines", "options": {"line": "{ville} - {nom}"}},
}
TABLES = ("poles", "listings", "values", "edges", "counts", "series", "indicator")


class World:
    def __init__(self, root: Path, server: HTTPServer) -> None:
        self.root, self.hour = root, 0
        self.answers: dict[str, tuple[int, str]] = {path: (200, body) for path, body in GOOD.items()}
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        for path in GOOD:
            server.expect_request(path).respond_with_handler(self._answer)
        entries = [
            {
                "source_id": f"s{number}",
                "title": path,
                "publisher": f"Publisher {number}",
                "url": server.url_for(path),
                "licence": "facts",
                "frequency": "daily",
                "statement": "listings",
                "priority": 1,
                "columns": {"name": "nom", "commune": "ville"},
                "constants": {"said_ptce": "yes", "source_date": "2025"},
                "bounds": {"min_rows": 2, "max_rows": 9},
                **READERS[path],
            }
            for number, path in enumerate(GOOD)
        ]
        (root / "raw" / "transcribed").mkdir(parents=True)
        (root / "raw" / "transcribed" / "README.md").write_text("a world of its own", encoding="utf-8")
        (root / "decisions").mkdir()
        (root / "sources.yml").write_text(json.dumps({"sources": entries}), encoding="utf-8")

    def _answer(self, request: Request) -> Response:
        status, body = self.answers[request.path]
        return Response(body, status)

    def run(self) -> tuple[pipeline.RunResult, dict[str, pd.DataFrame]]:
        self.hour += 1
        result = pipeline.run(pipeline.open_context(self.root, now=NOW + timedelta(hours=self.hour)))
        folder = result.publication.path
        return result, {name: pd.read_parquet(folder / f"{name}.parquet") for name in (*TABLES, "sources", "issues")}


@pytest.fixture
def world(tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1,localhost")
    monkeypatch.setitem(Manners.__init__.__kwdefaults__, "delay", 0.0)
    quick = partial(auditing.run_checks, only=["poles.schema.*"])  # the others are only waited for here
    monkeypatch.setattr(auditing, "run_checks", quick)
    monkeypatch.setattr(auditing, "render_site", lambda edition: {}.items())
    return World(tmp_path / "data", httpserver)


def test_outages(world: World) -> None:
    result, before = world.run()
    assert result.failures == ()
    assert len(before["listings"]) == 6
    assert set(before["sources"]["health"]) == {"fresh"}
    changed = {"/a.csv": (404, ""), "/b.json": (200, "You need to provide a token to access to this API."),
               "/c": (200, "<html lang=fr><title>Connexion</title><input type=password>")}  # fmt: skip
    for down in [*([path] for path in GOOD), list(GOOD)]:
        world.answers = {path: changed[path] if path in down else (200, body) for path, body in GOOD.items()}
        result, after = world.run()
        assert len(result.failures) == len(down)
        assert result.publication.n_critical == 0
        for name in TABLES:
            pd.testing.assert_frame_equal(after[name], before[name], obj=f"{name} without {down}")
        stale = after["sources"]["health"] == "stale"
        assert list(after["sources"].loc[stale, "title"]) == down
        assert (after["issues"]["code"] == "source_stale").sum() == len(down)
