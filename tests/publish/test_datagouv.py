"""``ptce push datagouv``, against a stand-in that answers as the API does."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl.cli import main
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, PublishError
from ptce_etl.publish.datagouv import plan, push

KEY = "secret-key-of-a-person"


@pytest.fixture
def root(world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    world.publish(tmp_path)
    (tmp_path / "datagouv.json").write_text('{"dataset": "abc123", "resources": {"poles.csv": {"id": "r-poles"}}}')
    monkeypatch.setenv("DATAGOUV_API_KEY", KEY)
    return tmp_path


def test_files_go_to_their_resources_once_and_a_cut_push_goes_on(root: Path, httpserver: HTTPServer) -> None:
    found, uploads = plan(Paths(root))
    names = [upload.name for upload in uploads]
    assert {"poles.csv", "poles.parquet", "CHANGES.md"} <= set(names) and "manifest.json" not in names
    left, asked = [5, 500, 429], []

    def answer(request: Request) -> Response:
        if left[0] == 0 and len(left) > 1:
            return Response(json.dumps({"message": "later"}), status=left.pop())
        left[0] -= 1
        sent = request.files["file"]
        assert request.headers["X-API-KEY"] == KEY
        asked.append((request.path, sent.filename, sent.stream.read()))
        return Response(json.dumps({"id": f"r-{len(asked)}"}), status=201, content_type="application/json")

    httpserver.expect_request("/api/1/datasets/abc123/upload/", method="POST").respond_with_handler(answer)
    poles = "/api/1/datasets/abc123/resources/r-poles/upload/"
    httpserver.expect_oneshot_request(poles, method="POST").respond_with_json({"message": "too large"}, status=413)
    with pytest.raises(PublishError, match=r"poles\.csv was not uploaded: HTTP 413") as refused:
        push(Paths(root), site=httpserver.url_for(""), wait=0.01)
    assert KEY not in str(refused.value)
    kept = json.loads((root / "datagouv.json").read_text())["resources"]
    assert len(kept) == 1 + len(asked) and len(left) == 1, "429 and 500 passed"
    httpserver.expect_request(poles, method="POST").respond_with_handler(answer)
    push(Paths(root), site=httpserver.url_for(""), wait=0.01)
    assert sorted(name for _, name, _ in asked) == names, "each once"
    assert all(body == (root / "processed" / found / str(name)).read_bytes() for _, name, body in asked)
    kept = json.loads((root / "datagouv.json").read_text())["resources"]
    assert kept["poles.csv"]["id"] == "r-poles" and sorted(kept) == names
    assert push(Paths(root), site=httpserver.url_for(""), wait=0.01) == []


@pytest.mark.parametrize(("status", "error"), [(401, ConfigError), (400, PublishError), (500, PublishError)])
def test_what_is_refused_is_said_without_the_key(
    root: Path, httpserver: HTTPServer, status: int, error: type[Exception]
) -> None:
    httpserver.expect_request("/api/1/datasets/abc123/upload/").respond_with_data(f"no: {KEY}", status=status)
    with pytest.raises(error, match=str(status)) as refused:
        push(Paths(root), site=httpserver.url_for(""), wait=0.01)
    assert KEY not in str(refused.value)


def test_a_dry_run_asks_nobody(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("DATAGOUV_API_KEY")
    monkeypatch.setenv("PTCE_DATAGOUV_URL", "http://127.0.0.1:9")
    assert main(["push", "datagouv", "--data", str(root)]) == 0
    assert "add --yes" in capsys.readouterr().out
    assert main(["push", "datagouv", "--yes", "--data", str(root)]) == 2
    monkeypatch.setenv("DATAGOUV_API_KEY", KEY)
    with pytest.raises(PublishError, match="ConnectionError"):
        push(Paths(root), wait=0.001)
    (root / "datagouv.json").unlink()
    assert main(["push", "datagouv", "--data", str(root)]) == 2
