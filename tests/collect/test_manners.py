"""robots.txt, one request at a time, a pause between two, and a budget of tries: over real HTTP, on a clock of ours."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.fetch import FetchPolicy, fetch
from ptce_etl.collect.manners import Manners
from ptce_etl.model import RequestLog

QUICK = FetchPolicy(connect=2, read=2, deadline=10, retries=2, backoff=0.01, backoff_max=0.02, jitter=0.01)
MakeSource = Callable[..., Source]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []  # type: ignore[var-annotated]  # a list of floats

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def manners(clock: Clock) -> Manners:
    return Manners(delay=1.5, clock=clock, sleep=clock.sleep)


@pytest.fixture
def get(httpserver: HTTPServer, source: MakeSource, now: dt.datetime, manners: Manners) -> Callable[..., RequestLog]:
    httpserver.expect_request("/page").respond_with_data(b"a,b\n")
    httpserver.expect_request("/other").respond_with_data(b"a,b\n")

    def ask(path: str = "/page", with_manners: Manners | None = None) -> RequestLog:
        there = source(url=httpserver.url_for(path))
        return fetch(there, Path(), now, QUICK, manners=with_manners or manners).log

    return ask


def _robots(httpserver: HTTPServer, text: str, status: int = 200) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data(text, status=status, content_type="text/plain")


def _asked(httpserver: HTTPServer) -> list[str]:
    return [request.path for request, _ in httpserver.log]


@pytest.mark.parametrize(
    ("text", "page", "other"),
    [
        ("", True, True),
        ("User-agent: *\nDisallow: /", False, False),
        ("User-agent: *\nDisallow: /page", False, True),
        ("User-agent: *\nDisallow: /p*e$", False, True),
        ("User-agent: *\nDisallow: /\nAllow: /page", True, False),  # the longest rule
        ("User-agent: *\nDisallow: /page\nAllow: /page", True, True),  # equal: the allowing one
        ("User-agent: *\nDisallow: /\n\nUser-agent: PTCE-ETL\nDisallow: /other", True, False),  # our own group
        ("User-agent: another\nDisallow: /", True, True),
        ("\ufeffUser-agent: *\nDisallow: /page", False, True),
        ("<html><body>Connexion</body></html>", True, True),
        ("User-agent: *\nDisallow: /other\n" + "# long\n" * 80_000 + "Disallow: /page\n", True, False),
    ],
)
def test_what_robots_txt_says(
    httpserver: HTTPServer, get: Callable[..., RequestLog], text: str, page: bool, other: bool
) -> None:
    _robots(httpserver, text)
    assert (get().outcome == "ok", get("/other").outcome == "ok") == (page, other)
    assert _asked(httpserver).count("/robots.txt") == 1
    if not page:
        log = get()
        assert (log.outcome, log.error) == ("auth", "robots.txt asks us not to read this address")
        assert "/page" not in _asked(httpserver)


@pytest.mark.parametrize(("status", "outcome"), [(404, "ok"), (403, "ok"), (500, "transient"), (503, "transient")])
def test_a_robots_txt_that_is_not_there(
    httpserver: HTTPServer, get: Callable[..., RequestLog], status: int, outcome: str
) -> None:
    _robots(httpserver, "User-agent: *\nDisallow:", status)
    assert get().outcome == outcome
    assert ("/page" in _asked(httpserver)) == (outcome == "ok")


def test_redirects_of_robots_txt(httpserver: HTTPServer, get: Callable[..., RequestLog]) -> None:
    for n in range(5):
        there = {"Location": f"/r{n}"}
        httpserver.expect_request("/robots.txt" if n == 0 else f"/r{n - 1}").respond_with_data("", 302, there)
    httpserver.expect_request("/r4").respond_with_data("User-agent: *\nDisallow: /page")
    assert get().outcome == "auth"


def test_too_many_redirects_of_robots_txt(httpserver: HTTPServer, get: Callable[..., RequestLog]) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", 301, {"Location": "/robots.txt"})
    assert get().outcome == "ok"
    assert _asked(httpserver).count("/robots.txt") == 6


def test_robots_txt_is_read_again_after_a_day(
    httpserver: HTTPServer, get: Callable[..., RequestLog], clock: Clock
) -> None:
    httpserver.expect_ordered_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /page")
    assert get().outcome == "auth"
    httpserver.expect_ordered_request("/robots.txt").respond_with_data("")
    assert get().outcome == "auth"
    clock.now += 86_401
    assert get().outcome == "ok"


def test_a_pause_between_two_requests_of_a_host(
    httpserver: HTTPServer, get: Callable[..., RequestLog], clock: Clock
) -> None:
    _robots(httpserver, "")
    get()
    get("/other")
    assert clock.slept == [1.5, 1.5]  # robots.txt is a request too


@pytest.mark.parametrize(("asked", "kept"), [("4", 4.0), ("100000", 60.0), ("0.1", 1.5)])
def test_a_crawl_delay_is_honoured(
    httpserver: HTTPServer, get: Callable[..., RequestLog], clock: Clock, asked: str, kept: float
) -> None:
    _robots(httpserver, f"User-agent: *\nCrawl-delay: {asked}\nDisallow: /no")
    get()
    get("/other")
    assert clock.slept[-1] == kept


def test_one_request_at_a_time(httpserver: HTTPServer, source: MakeSource, now: dt.datetime, manners: Manners) -> None:
    _robots(httpserver, "")
    inside, most, guard = [0], [0], threading.Lock()
    second = threading.Event()

    def answer(request: Request) -> Response:
        with guard:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        second.wait(0.1)  # long enough for another request to come, if it could
        with guard:
            inside[0] -= 1
        return Response(b"a,b\n")

    httpserver.expect_request("/slow").respond_with_handler(answer)
    there = source(url=httpserver.url_for("/slow"))
    logs: list[RequestLog] = []
    threads = [
        threading.Thread(target=lambda: logs.append(fetch(there, Path(), now, QUICK, manners=manners).log))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [log.outcome for log in logs] == ["ok"] * 3
    assert most == [1]


def test_the_tries_of_a_run_are_counted(httpserver: HTTPServer, get: Callable[..., RequestLog], clock: Clock) -> None:
    _robots(httpserver, "")
    httpserver.expect_request("/busy").respond_with_data(b"", status=503)
    poor = Manners(retries=3, clock=clock, sleep=clock.sleep)
    assert [get("/busy", poor).outcome for _ in range(3)] == ["transient"] * 3
    assert _asked(httpserver).count("/busy") == 3 + 3


def test_a_redirect_waits_for_its_own_turn(
    httpserver: HTTPServer, get: Callable[..., RequestLog], clock: Clock
) -> None:
    _robots(httpserver, "User-agent: *\nDisallow: /secret")
    httpserver.expect_request("/moved").respond_with_data("", 302, {"Location": "/other"})
    httpserver.expect_request("/trap").respond_with_data("", 302, {"Location": "/secret"})
    assert get("/moved").outcome == "ok"
    assert clock.slept == [1.5, 1.5]
    assert get("/trap").outcome == "auth"
