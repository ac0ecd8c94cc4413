"""``ptce report`` and ``ptce serve``: the published files, nothing else, with strict headers."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ptce_etl.validate import expectations
from tests.cli.conftest import Ptce


@pytest.fixture(scope="module")
def server(built_root: Path) -> Iterator[tuple[str, int]]:
    """``ptce serve`` in a process of its own."""
    command = [Path(sys.executable).parent / "ptce", "serve", "--port", "0", "--data", str(built_root), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            text = ""
            while not text.rstrip().endswith("}"):
                text += process.stdout.readline()
                assert process.poll() is None, text
            host, _, port = json.loads(text)["address"].removeprefix("http://").rstrip("/").partition(":")
            yield host, int(port)
        finally:
            process.kill()


def ask(server: tuple[str, int], path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(*server, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_pages_come_with_strict_headers(server: tuple[str, int], site_of: Path) -> None:
    status, headers, body = ask(server, "/site/fr/index.html?a=1")
    assert (status, body) == (200, (site_of / "fr" / "index.html").read_bytes())
    assert headers["content-type"] == "text/html; charset=utf-8"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert "python" not in headers["server"].lower()
    again = ask(server, "/site/fr/index.html", if_none_match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    head = ask(server, "/site/fr/index.html", "HEAD")
    assert (head[0], head[1]["content-length"], head[2]) == (200, str(len(body)), b"")


def test_the_data_that_the_site_links_to(server: tuple[str, int], site_of: Path) -> None:
    for name, kind in (("poles.csv", "text/csv"), ("poles.parquet", "parquet"), ("manifest.json", "json")):
        status, headers, body = ask(server, f"/{name}")
        assert (status, body) == (200, (site_of.parent / name).read_bytes())
        assert kind in headers["content-type"]
    assert "unsafe-inline" in ask(server, "/validation.html")[1]["content-security-policy"]


def test_it_starts_at_the_choice_of_language(server: tuple[str, int]) -> None:
    for path in ("/", "/site", "/site/"):
        status, headers, _ = ask(server, path)
        assert (status, headers["location"]) == (302, "/site/index.html")


@pytest.mark.parametrize(
    "path",
    ["/../index.json", "/%2e%2e/index.json", "/site/../../index.json", "//etc/passwd", "/site/fr/", "/nothing",
     "/site/%00", "/SITE/index.html", "/.staging"],
)  # fmt: skip
def test_nothing_else_is_answered(server: tuple[str, int], path: str) -> None:
    status, headers, body = ask(server, path)
    assert (status, body) == (404, b"404 Not Found\n")
    assert headers["content-security-policy"] == "default-src 'none'"


def test_another_name_for_this_machine_is_refused(server: tuple[str, int]) -> None:
    assert ask(server, "/site/index.html", Host="evil.example")[0] == 421
    assert ask(server, "/site/index.html", Host=f"localhost:{server[1]}")[0] == 200


def test_nothing_can_be_sent(server: tuple[str, int]) -> None:
    assert ask(server, "/site/index.html", "POST")[0] == 501


def test_where_it_is(ptce: Ptce, built_root: Path, site_of: Path) -> None:
    answer = ptce("report", "--data", built_root)
    assert (answer.code, answer.out) == (0, f"{site_of / 'index.html'}\n")
    found = ptce("report", "--data", built_root, "--json").json
    assert found["address"] == (site_of / "index.html").as_uri() and not found["copied"]


def test_it_opens(built_root: Path, site_of: Path, tmp_path: Path) -> None:
    """The browser that BROWSER names is started with the address of the file."""
    browser, asked = tmp_path / "browser", tmp_path / "asked"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{asked}"\n')
    browser.chmod(0o755)
    command = [Path(sys.executable).parent / "ptce", "report", "--open", "--data", str(built_root)]
    subprocess.run(command, env=os.environ | {"BROWSER": f"{browser} %s"}, check=True, capture_output=True)
    assert asked.read_text().strip() == (site_of / "index.html").as_uri()


def test_a_copy_for_a_web_server(ptce: Ptce, built_root: Path, site_of: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert ptce("report", "--data", built_root, "--out", out).code == 0
    there = {path.relative_to(out) for path in out.rglob("*") if path.is_file()}
    assert there == {path.relative_to(site_of.parent) for path in site_of.parent.rglob("*") if path.is_file()}
    assert all((out / name).read_bytes() == (site_of.parent / name).read_bytes() for name in there)
    again = ptce("report", "--data", built_root, "--out", out)
    assert again.code == 2 and "not empty" in again.err


def test_a_copy_with_data_docs_links_to_them(
    ptce: Ptce, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations' own pages are beside the copy; all that differs from the snapshot are the pages that link."""
    monkeypatch.setattr(expectations, "data_docs", partial(expectations.data_docs, only=["poles.unique.pole_id"]))
    folder, out = (small_root / "processed" / "latest").resolve(), tmp_path / "public"
    assert ptce("report", "--data", small_root, "--out", out, "--data-docs").code == 0
    assert "Data Docs" in (out / "data-docs" / "index.html").read_text("utf-8")
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {name for name in made - kept if not name.startswith("data-docs/")} == kept - made == set()
    differ = {name for name in kept if (out / name).read_bytes() != (folder / name).read_bytes()}
    assert differ == {f"site/{lang}/data.html" for lang in ("fr", "en")}
    for name in differ:
        assert 'href="../../data-docs/index.html"' in (out / name).read_text("utf-8")
        assert "ptce report --out" in (folder / name).read_text("utf-8")
        assert 'data-docs/index.html"' not in (folder / name).read_text("utf-8")


def test_data_docs_need_a_copy_to_stand_beside(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("report", "--data", small_root, "--data-docs")
    assert answer.code == 2 and "--out DIR" in answer.err


def test_a_snapshot_without_a_site_gets_one(ptce: Ptce, small_root: Path, tmp_path: Path) -> None:
    """What was published before there were sites: its manifest lists none."""
    root = tmp_path / "data"
    shutil.copytree(small_root, root, symlinks=True)
    folder = (root / "processed" / "latest").resolve()
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"] = {name: one for name, one in manifest["files"].items() if not name.startswith("site/")}
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    kept = {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "site").rglob("*.html")}
    shutil.rmtree(folder / "site")
    assert ptce("report", "--data", root).code == 4
    assert ptce("serve", "--data", root, "--port", "0").code == 4
    out = tmp_path / "out"
    assert ptce("report", "--data", root, "--out", out).code == 0
    assert {name: (out / name).read_bytes() for name in kept} == kept


def test_a_port_in_use(ptce: Ptce, built_root: Path, server: tuple[str, int]) -> None:
    answer = ptce("serve", "--data", built_root, "--port", server[1])
    assert answer.code == 2 and "--port" in answer.err


@pytest.fixture(scope="module")
def site_of(built_root: Path) -> Path:
    return (built_root / "processed" / "latest" / "site").resolve()
