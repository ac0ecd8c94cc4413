"""Each attack of SECURITY.md, twice: the guard holds, and with the guard taken away the same attack is seen to work."""

from __future__ import annotations

import gzip
import http.server
import io
import json
import os
import re
import socket
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
import xlsxwriter
import yaml
from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from ptce_etl.catalogue.registry import Source
from ptce_etl.clean import corrections
from ptce_etl.cli import screen
from ptce_etl.collect import addresses, archive, fetch
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.readers import grid, ods, xlsx
from ptce_etl.collect.readers.base import Page
from ptce_etl.config import Paths
from ptce_etl.errors import PtceError, SourceChanged
from ptce_etl.publish import exports, files, index, signing, verify, workbook
from ptce_etl.report import environment

NOW = datetime(2026, 11, 23, tzinfo=UTC)
QUICK = fetch.FetchPolicy(connect=2, read=2, deadline=5, max_bytes=100_000, retries=0, backoff=0.01)
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@dataclass(frozen=True)
class Attack:
    """``try_it`` asserts that the attack fails; ``disarm`` takes its guards away: (object, attribute, stand-in)."""

    try_it: Callable[[Path], None]
    disarm: tuple[tuple[object, str, object], ...]


def _source(**changes: Any) -> Source:
    entry = {
        "source_id": "toy", "title": "t", "publisher": "p", "url": "https://example.org/f", "licence": "none",
        "frequency": "never", "statement": "listings", "priority": 1, "columns": {"name": "Nom"},
        "bounds": {"min_rows": 1, "max_rows": 9},
    }  # fmt: skip
    return Source.model_validate(entry | changes)


@contextmanager
def _site(body: bytes, headers: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that answers everything alike: its address, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/list.csv", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ssrf(tmp_path: Path) -> None:
    with _site(b"secret", {}) as (url, asked):
        log = fetch.fetch(_source(url=url), tmp_path, NOW, QUICK).log
    assert (log.outcome, asked) == ("suspicious", [])


def ssrf_by_name(_: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "socket", SimpleNamespace(**vars(socket) | {"getaddrinfo": _resolve}))
        with pytest.raises(addresses.PrivateAddressError):
            addresses.public_addresses("rebound.example.org", 80, ())


def _resolve(host: str, *_: object, flags: int = 0, **_named: object) -> list[Any]:
    if flags:
        raise socket.gaierror("not a number")
    return [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.7", 80))]


def a_source_outside_the_root(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("Nom\nsecret\n", "utf-8")
    (tmp_path / "root").mkdir()
    source = _source(url="raw/f").model_copy(update={"url": "../secret"})
    assert fetch.fetch(source, tmp_path / "root", NOW, QUICK).body is None


def an_id_that_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text("", "utf-8")
    with pytest.raises(PtceError):
        Archive(tmp_path).logs("../../../secret")


def a_hash_that_is_a_path(tmp_path: Path) -> None:
    with pytest.raises(PtceError, match="not a sha256"):
        Archive(tmp_path).read("../../../etc/passwd")


def a_snapshot_that_is_a_path(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    (tmp_path / "elsewhere").mkdir()
    paths.processed.mkdir(parents=True)
    with pytest.raises(PtceError):
        index.snapshot_path(paths, "../../elsewhere")


def a_manifest_that_names_a_path(tmp_path: Path) -> None:
    files_named = {"../../secret": {"bytes": 1, "rows": None, "sha256": "0"}}
    found = dict.fromkeys(verify.Manifest.__required_keys__, "") | {"files": files_named, "checks": {}}
    assert not verify._well_formed(found)


def a_page_name_that_is_a_path(_: Path) -> None:
    assert not files.plain_name("site/../../x") and not files.plain_name("/etc/passwd")


def _packed(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return sink.getvalue()


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a"><table:table-row><table:table-cell><text:p>Nom</text:p></table:table-cell>'
    "</table:table-row><table:table-row><table:table-cell><text:p>&b;</text:p></table:table-cell></table:table-row>"
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)


def xml_entities(_: Path) -> None:
    content = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>' + _ODS
    page = Page("https://example.org/f.ods", _packed({"content.xml": content.encode()}))
    with pytest.raises(SourceChanged):
        ods.rows_of_ods(page, _source(reader="ods"))


def a_bomb_of_gzip(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    with pytest.MonkeyPatch.context() as patch, _site(bomb, {"Content-Encoding": "gzip"}) as (url, _):
        patch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1")
        fetched = fetch.fetch(_source(url=url), tmp_path, NOW, QUICK)
    assert fetched.body is None and fetched.log.outcome == "suspicious"


def a_bomb_of_zip(_: Path) -> None:
    page = Page("https://example.org/f.xlsx", _packed({f"m{n}": b"" for n in range(5_001)}))
    with pytest.raises(SourceChanged, match="unpacks to more"):
        xlsx.rows_of_xlsx(page, _source(reader="xlsx"))


def a_formula_in_csv(_: Path) -> None:
    sink = io.BytesIO()
    exports.write_csv(pa.table({"name": ["=HYPERLINK(1)", "a;=1", "+1", "@x", "-2"]}), sink)
    cells = re.split(r"[;\r\n]+", sink.getvalue().decode())
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def a_formula_in_a_workbook(_: Path) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        made = workbook._Sheet(book, "a")
        made.cell(0, 0, "=1+1")
    file.seek(0)
    assert load_workbook(file).active["A1"].data_type == "s"


def html_in_a_name(_: Path) -> None:
    page = environment.environment("fr").from_string('<p title="{{ x }}">{{ x }}</p>').render(x=EVIL)
    assert "<script" not in page and "<img" not in page and '""' not in page


def svg_in_a_name(_: Path) -> None:
    drawn = environment.environment("en").from_string("<svg><text>{{ x }}</text></svg>").render(x=f"</text>{EVIL}")
    assert drawn.count("<") == 4


def a_link_that_runs(_: Path) -> None:
    assert "href" not in environment._out("javascript:alert(1)", "x")


def a_terminal_escape(_: Path) -> None:
    told = io.StringIO()
    screen.show_error(screen.console(told), "\x1b[2J\x1b]0;owned\x07", "\u202ea", "\x9b31m")
    assert not set("\x1b\x07\x9b\u202e") & set(told.getvalue())


def an_object_in_yaml(tmp_path: Path) -> None:
    target = tmp_path / "owned"
    (tmp_path / "c.yml").write_text(f"- !!python/object/apply:os.mkdir ['{target}']\n", "utf-8")
    with pytest.raises(PtceError):
        corrections.load_corrections(tmp_path / "c.yml")
    assert not target.exists()


def a_cookie_in_the_log(tmp_path: Path) -> None:
    headers = {"Set-Cookie": "session=secret", "Authorization": "Bearer secret", "X-Token": "secret"}
    with pytest.MonkeyPatch.context() as patch, _site(b"Nom\na\n", headers) as (url, _):
        patch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1")
        log = fetch.fetch(_source(url=url), tmp_path, NOW, QUICK).log
    assert log.outcome == "ok" and "secret" not in json.dumps(log.headers)


def a_published_file_that_can_be_written(tmp_path: Path) -> None:
    files.write_bytes(tmp_path / "a", b"a")
    assert not stat.S_IMODE((tmp_path / "a").stat().st_mode) & 0o222


def a_neighbour_in_the_private_archive(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        Archive(tmp_path).put(b"somebody@example.org", private=True)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((Paths(tmp_path).archive / "private").stat().st_mode) == 0o700


def a_signature_of_something_else(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
    raw = made.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, forms.NoEncryption())
    (tmp_path / "key").write_bytes(raw)
    (tmp_path / "key").chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTCE_SIGNING_KEY", str(tmp_path / "key"))
        (tmp_path / signing.SIGNATURE).write_bytes(signing.sign_manifest(b"{}") or b"")
    assert signing.check_signature(tmp_path, b'{"tampered": 1}')[1] != []


def _anything(*_args: object, **_named: object) -> bool:
    return True


_ANY = SimpleNamespace(fullmatch=_anything)
_UNPACK = lambda response, _policy, _deadline: b"".join(response.iter_content(65_536))  # noqa: E731
_SAME = lambda text: text  # noqa: E731

ATTACKS = {
    "SSRF: an address of this machine": Attack(ssrf, ((addresses, "is_public", _anything),)),
    "SSRF: a name that leads inside": Attack(ssrf_by_name, ((addresses, "is_public", _anything),)),
    "path: a source outside the root": Attack(a_source_outside_the_root, ((Path, "is_relative_to", _anything),)),
    "path: an id": Attack(an_id_that_is_a_path, ((archive, "re", _ANY),)),
    "path: a hash": Attack(a_hash_that_is_a_path, ((archive, "re", _ANY),)),
    "path: a snapshot": Attack(a_snapshot_that_is_a_path, ((index, "SNAPSHOT_ID", re.compile(".*")),)),
    "path: a name in a manifest": Attack(a_manifest_that_names_a_path, ((verify, "plain_name", _anything),)),
    "path: the name of a page": Attack(a_page_name_that_is_a_path, ((files, "_NAME", re.compile(".*")),)),
    "XXE: entities": Attack(xml_entities, (
        (ods, "checked_zip", lambda page: io.BytesIO(page.body)),
        (ods, "iterparse", lambda file, **named: ET.iterparse(file, events=named.get("events"))))),
    "bomb: gzip": Attack(a_bomb_of_gzip, ((fetch, "download", _UNPACK),)),
    "bomb: zip": Attack(a_bomb_of_zip, ((grid, "_MEMBERS", 10**9),)),
    "formula: CSV": Attack(a_formula_in_csv, ((exports, "neutral", _SAME),)),
    "formula: XLSX": Attack(a_formula_in_a_workbook, ((Worksheet, "write_string", Worksheet.write),)),
    "injection: HTML": Attack(html_in_a_name, ((environment.environment("fr"), "autoescape", False),)),
    "injection: SVG": Attack(svg_in_a_name, ((environment.environment("en"), "autoescape", False),)),
    "injection: a link that runs": Attack(a_link_that_runs, ((environment, "safe_link", _SAME),)),
    "injection: terminal": Attack(a_terminal_escape, ((screen, "safe", _SAME),)),
    "YAML: an object": Attack(an_object_in_yaml, ((yaml, "safe_load", yaml.unsafe_load),)),
    "secrets: headers in the log": Attack(a_cookie_in_the_log, ((fetch, "_kept", lambda r: dict(r.headers)),)),
    "modes: a published file": Attack(a_published_file_that_can_be_written, ((os, "fchmod", _anything),)),
    "modes: the private archive": Attack(a_neighbour_in_the_private_archive, ((Path, "chmod", _anything),)),
    "store: a signature of something else": Attack(a_signature_of_something_else, ((signing, "_verify", _anything),)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTCE_PRIVATE_HOSTS", raising=False)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_guard_holds(name: str, tmp_path: Path) -> None:
    ATTACKS[name].try_it(tmp_path)


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_guard_the_attack_is_seen_to_work(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    with pytest.MonkeyPatch.context() as patch:
        for where, attribute, stand_in in attack.disarm:
            patch.setattr(where, attribute, stand_in)
        try:
            attack.try_it(tmp_path)
        except (AssertionError, pytest.fail.Exception, OSError):
            return
    pytest.fail("it fails without the guard too: the guard is not what stops it")
