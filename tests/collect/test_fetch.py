"""The fetcher against real servers on loopback: every outcome, and nothing that hangs, fills the memory or raises."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.fetch import FetchPolicy, fetch, user_agent
from ptce_etl.model import RequestLog

BODY = b"nom,ville\nP\xc3\xb4le Sud,Romans\n"
QUICK = FetchPolicy(connect=2, read=2, deadline=10, retries=2, backoff=0.01, backoff_max=0.02, jitter=0.01)
PATIENT = replace(QUICK, deadline=1e6)  # whoever waits or tries again where it should not is seen: the test hangs
MakeSource = Callable[..., Source]
RawServer = Callable[[Callable[[socket.socket, threading.Event], None]], str]


def _get(
    source: Source, now: dt.datetime, policy: FetchPolicy = QUICK, previous: RequestLog | None = None
) -> RequestLog:
    return fetch(source, Path("unused"), now, policy, previous).log


def test_ok_keeps_bytes_and_few_headers(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTCE_CONTACT", "mailto:obs@example.org\r\nX-Evil: 1")
    headers = {"ETag": '"v1"', "Content-Type": "text/csv", "Set-Cookie": "session=secret"}
    httpserver.expect_request("/l.csv").respond_with_data(BODY, headers=headers)
    fetched = fetch(source(url=httpserver.url_for("/l.csv")), Path("unused"), now, QUICK)
    assert fetched.body == BODY
    log = fetched.log
    assert (log.outcome, log.status, log.error, log.size) == ("ok", 200, None, len(BODY))
    assert log.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (log.requested_at, log.source_id) == (now, "toy")
    assert log.headers == {"etag": '"v1"', "content-type": "text/csv", "content-length": str(len(BODY))}
    (request, _), *_ = httpserver.log
    assert request.headers["User-Agent"] == user_agent()
    assert "X-Evil" not in request.headers
    assert user_agent().endswith(" (+mailto:obs@example.org X-Evil: 1)")


def test_without_a_contact_no_address_is_made_up() -> None:
    assert "(" not in user_agent()


def test_gzip_is_undone(httpserver: HTTPServer, source: MakeSource, now: dt.datetime) -> None:
    httpserver.expect_request("/").respond_with_data(gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    assert fetch(source(url=httpserver.url_for("/")), Path("unused"), now, QUICK).body == BODY


def test_304_is_unchanged(httpserver: HTTPServer, source: MakeSource, now: dt.datetime) -> None:
    seen: list[dict[str, str]] = []

    def answer(request: Request) -> Response:
        seen.append(dict(request.headers))
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304, headers={"ETag": '"v1"'})
        modified = "Mon, 23 Nov 2026 06:00:00 GMT"
        return Response(BODY, headers={"ETag": '"v1"', "Last-Modified": modified, "Content-Type": "text/csv"})

    httpserver.expect_request("/").respond_with_handler(answer)
    there = source(url=httpserver.url_for("/"))
    first = _get(there, now)
    assert "If-None-Match" not in seen[0]
    second = _get(there, now, previous=first)
    assert (second.outcome, second.status, second.sha256, second.size) == ("unchanged", 304, first.sha256, len(BODY))
    assert seen[1]["If-Modified-Since"] == "Mon, 23 Nov 2026 06:00:00 GMT"
    third = _get(there, now, previous=second)  # what identifies the content is handed on
    assert third.outcome == "unchanged"
    moved = replace(first, url="https://elsewhere.example/")
    assert _get(there, now, previous=moved).outcome == "ok"


def test_a_304_nobody_asked_for_is_no_answer(httpserver: HTTPServer, source: MakeSource, now: dt.datetime) -> None:
    httpserver.expect_request("/").respond_with_data(b"", status=304)
    assert _get(source(url=httpserver.url_for("/")), now).outcome == "malformed"


@pytest.mark.parametrize(
    ("status", "outcome", "tries"),
    [
        (401, "auth", 1),
        (403, "auth", 1),
        (404, "not_found", 1),
        (410, "gone", 1),
        (204, "malformed", 1),
        (206, "malformed", 1),
        (400, "malformed", 1),
        (429, "throttled", 3),
        (500, "transient", 3),
        (501, "transient", 1),
        (503, "transient", 3),
        (599, "transient", 1),
    ],
)
def test_what_a_status_means(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime, status: int, outcome: str, tries: int
) -> None:
    httpserver.expect_request("/").respond_with_data(b"<p>no</p>", status=status)
    fetched = fetch(source(url=httpserver.url_for("/")), Path("unused"), now, QUICK)
    assert (fetched.log.outcome, fetched.log.status, fetched.body) == (outcome, status, None)
    assert fetched.log.error is not None
    assert fetched.log.error.startswith(f"HTTP {status}")
    assert "\n" not in fetched.log.error
    assert len(httpserver.log) == tries


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(httpserver: HTTPServer, source: MakeSource, now: dt.datetime, status: int) -> None:
    httpserver.expect_ordered_request("/").respond_with_data(b"no", status=status)
    httpserver.expect_ordered_request("/").respond_with_data(BODY)
    assert _get(source(url=httpserver.url_for("/")), now).outcome == "ok"


def _in_a_day() -> str:
    return format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(days=1), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("later", ["86400", "a day"])
def test_a_long_retry_after_is_not_slept_on(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime, status: int, later: str
) -> None:
    value = _in_a_day() if later == "a day" else later
    httpserver.expect_request("/").respond_with_data(b"no", status=status, headers={"Retry-After": value})
    log = _get(source(url=httpserver.url_for("/")), now, PATIENT)
    assert (log.outcome, len(httpserver.log)) == ("throttled", 1)
    assert log.headers["retry-after"] == value


@pytest.mark.parametrize("value", ["1", "0", "soon", "9" * 5000, "Sun, 06 Nov 1994 08:49:37 GMT"])
def test_a_short_or_odd_retry_after_leads_to_another_try(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime, value: str
) -> None:
    httpserver.expect_ordered_request("/").respond_with_data(b"no", status=429, headers={"Retry-After": value})
    httpserver.expect_ordered_request("/").respond_with_data(BODY)
    log = _get(source(url=httpserver.url_for("/")), now)
    assert log.outcome == "ok"
    assert log.elapsed >= (1 if value == "1" else 0)


def test_a_wait_that_the_deadline_cuts_is_not_begun(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime
) -> None:
    httpserver.expect_request("/").respond_with_data(b"no", status=429, headers={"Retry-After": "60"})
    log = _get(source(url=httpserver.url_for("/")), now)
    assert (log.outcome, len(httpserver.log)) == ("throttled", 1)


def _drip_body(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
    while not over.wait(0.05):
        connection.sendall(b"a")


def _drip_headers(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not over.wait(0.05):
        connection.sendall(b"a")


@pytest.mark.parametrize("handler", [_drip_body, _drip_headers])
def test_a_drip_ends_at_the_deadline(
    raw_server: RawServer,
    source: MakeSource,
    now: dt.datetime,
    handler: Callable[[socket.socket, threading.Event], None],
) -> None:
    log = _get(source(url=raw_server(handler)), now, replace(QUICK, deadline=0.5))
    assert (log.outcome, log.error, log.sha256) == ("transient", "not finished after 0.5 s", None)


def test_the_body_of_an_error_is_not_waited_for(raw_server: RawServer, source: MakeSource, now: dt.datetime) -> None:
    tries: list[int] = []

    def handler(connection: socket.socket, over: threading.Event) -> None:
        tries.append(1)
        connection.sendall(b"HTTP/1.1 500 No\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b"a")

    log = _get(source(url=raw_server(handler)), now, PATIENT)
    assert (log.outcome, log.error, len(tries)) == ("transient", "HTTP 500 Internal Server Error", 3)


def test_the_body_of_a_redirect_is_not_waited_for(
    raw_server: RawServer, httpserver: HTTPServer, source: MakeSource, now: dt.datetime
) -> None:
    httpserver.expect_request("/").respond_with_data(BODY)
    there = httpserver.url_for("/").encode()

    def handler(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + there + b"\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b"a")

    log = _get(source(url=raw_server(handler)), now)
    assert (log.outcome, log.error) == ("suspicious", "a redirect to another host: localhost")
    assert _get(source(url=raw_server(handler), redirects=["localhost"]), now).outcome == "ok"


def test_silence_is_a_time_out(raw_server: RawServer, source: MakeSource, now: dt.datetime) -> None:
    url = raw_server(lambda connection, over: over.wait(10) and None)
    log = _get(source(url=url), now, replace(QUICK, read=0.2, retries=1))
    assert (log.outcome, log.status) == ("transient", None)
    assert log.error == "connection lost: timed out"


def test_an_endless_body_stops_at_the_cap(raw_server: RawServer, source: MakeSource, now: dt.datetime) -> None:
    def handler(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            connection.sendall(b"a" * 65_536)

    fetched = fetch(source(url=raw_server(handler)), Path("unused"), now, replace(QUICK, max_bytes=1_000_000))
    assert (fetched.log.outcome, fetched.log.error) == ("suspicious", "larger than 1000000 bytes")
    assert fetched.body is None


def test_an_announced_size_above_the_cap_is_not_begun(
    raw_server: RawServer, source: MakeSource, now: dt.datetime
) -> None:
    def handler(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
        over.wait(10)

    assert _get(source(url=raw_server(handler)), now).outcome == "suspicious"


def test_a_bomb_is_counted_unpacked(httpserver: HTTPServer, source: MakeSource, now: dt.datetime) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    assert len(bomb) < 30_000
    httpserver.expect_request("/").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    log = _get(source(url=httpserver.url_for("/")), now, replace(QUICK, max_bytes=1_000_000))
    assert (log.outcome, log.error) == ("suspicious", "larger than 1000000 bytes")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnom,vi", "transient"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnom,v\r\n", "transient"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain", "malformed"),
        (b"\x1b[31mwhat?\r\n\r\n", "transient"),
        (b"", "transient"),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", "malformed"),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "malformed"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n", "malformed"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "malformed"),
    ],
)
def test_an_answer_that_is_not_one(
    raw_server: RawServer, source: MakeSource, now: dt.datetime, answer: bytes, outcome: str
) -> None:
    fetched = fetch(source(url=raw_server(lambda connection, _: connection.sendall(answer))), Path(), now, QUICK)
    assert (fetched.log.outcome, fetched.body) == (outcome, None)
    assert fetched.log.error is not None
    assert fetched.log.error.isprintable()


def test_a_refused_connection_says_the_same_every_day(source: MakeSource, now: dt.datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    log = _get(source(url=f"http://127.0.0.1:{port}/"), now)
    assert (log.outcome, log.error) == ("transient", "connection lost: Connection refused")


def test_a_certificate_nobody_vouches_for_is_not_tried_twice(
    tmp_path: Path, source: MakeSource, now: dt.datetime
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/").respond_with_data(BODY)
        log = _get(source(url=server.url_for("/")), now, replace(PATIENT, backoff=3600, backoff_max=3600))
    assert log.outcome == "suspicious"
    assert log.error is not None
    assert "certificate" in log.error


def test_a_drip_under_tls_ends_at_the_deadline(
    tmp_path: Path, source: MakeSource, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = _self_signed(tmp_path)
    context.load_cert_chain(pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    over = threading.Event()

    def drip() -> Iterator[bytes]:
        while not over.wait(0.05):
            yield b"a"

    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/").respond_with_handler(lambda request: Response(drip()))
        server.expect_request("/ok").respond_with_data(BODY)
        assert _get(source(url=server.url_for("/ok")), now).outcome == "ok"
        log = _get(source(url=server.url_for("/")), now, replace(QUICK, deadline=0.5))
        over.set()
    assert (log.outcome, log.error) == ("transient", "not finished after 0.5 s")


def _self_signed(folder: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_password_of_the_machine_is_not_sent(
    httpserver: HTTPServer, source: MakeSource, now: dt.datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine localhost login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    httpserver.expect_request("/").respond_with_data(BODY)
    _get(source(url=httpserver.url_for("/")), now)
    (request, _), *_ = httpserver.log
    assert "Authorization" not in request.headers


class TestLocal:
    def test_a_file_under_the_root(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        (tmp_path / "raw").mkdir()
        (tmp_path / "raw" / "toy.csv").write_bytes(BODY)
        fetched = fetch(source(), tmp_path, now)
        assert (fetched.body, fetched.log.outcome, fetched.log.status) == (BODY, "ok", None)
        assert fetched.log.sha256 == hashlib.sha256(BODY).hexdigest()

    def test_a_missing_file(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        log = fetch(source(), tmp_path, now).log
        assert (log.outcome, log.error) == ("not_found", "No such file or directory")

    def test_a_link_out_of_the_root(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        root = tmp_path / "root"
        (root / "raw").mkdir(parents=True)
        (tmp_path / "secret").write_bytes(BODY)
        (root / "raw" / "toy.csv").symlink_to(tmp_path / "secret")
        fetched = fetch(source(), root, now)
        assert (fetched.body, fetched.log.outcome) == (None, "suspicious")

    def test_a_path_that_got_past_the_catalogue(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        root = tmp_path / "root"
        root.mkdir()
        (tmp_path / "secret").write_bytes(BODY)
        loose = source().model_copy(update={"url": "../secret"})
        assert fetch(loose, root, now).log.outcome == "suspicious"

    def test_neither_folder_nor_pipe(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        (tmp_path / "raw" / "toy.csv").mkdir(parents=True)
        assert fetch(source(), tmp_path, now).log.outcome == "malformed"
        os.mkfifo(tmp_path / "raw" / "pipe")
        assert fetch(source(url="raw/pipe"), tmp_path, now).log.outcome == "malformed"

    def test_a_link_to_itself(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        (tmp_path / "raw").mkdir()
        (tmp_path / "raw" / "toy.csv").symlink_to("toy.csv")
        assert fetch(source(), tmp_path, now).log.outcome == "malformed"

    def test_too_large(self, tmp_path: Path, source: MakeSource, now: dt.datetime) -> None:
        (tmp_path / "raw").mkdir()
        (tmp_path / "raw" / "toy.csv").write_bytes(BODY)
        assert fetch(source(), tmp_path, now, replace(QUICK, max_bytes=5)).log.outcome == "suspicious"
