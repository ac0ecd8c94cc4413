"""Only machines of the public internet are asked, and the address that was checked is the one that is connected to."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.addresses import PrivateAddressError, check_name, is_public, public_addresses
from ptce_etl.collect.fetch import FetchPolicy, fetch

QUICK = FetchPolicy(connect=2, read=2, deadline=10, retries=2, backoff=0.01, backoff_max=0.02, jitter=0.01)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds hand out their keys
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_not_everybody_s(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4007::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_everybody_s(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "127.1", "0x7f000001", "2130706433", "[::1]"]
)
def test_private_on_its_face(host: str) -> None:
    with pytest.raises(PrivateAddressError):
        check_name(host, ())
    check_name("example.org", ())


def test_one_private_address_among_others_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [("8.8.8.8", 80), ("10.0.0.1", 80)]

    def resolve(host: str, port: int | None, **_: Any) -> list[Any]:
        if port is None:
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answer) for answer in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(PrivateAddressError):
        public_addresses("example.org", 80, ())
    assert public_addresses("example.org", 80, {"example.org"}) == ["8.8.8.8", "10.0.0.1"]
    del answers[1]
    assert public_addresses("example.org", 80, ()) == ["8.8.8.8"]


def test_a_loopback_source_nobody_configured(
    httpserver: HTTPServer, source: Callable[..., Source], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTCE_PRIVATE_HOSTS")
    httpserver.expect_request("/").respond_with_data(b"secret")
    log = fetch(source(url=httpserver.url_for("/")), Path(), now, QUICK).log
    assert (log.outcome, log.error) == ("suspicious", "localhost is not an address of the public internet")
    assert httpserver.log == []


def test_a_redirect_into_the_machine(
    httpserver: HTTPServer, source: Callable[..., Source], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalogue lets the redirect through; the address behind the name does not."""
    monkeypatch.setenv("PTCE_PRIVATE_HOSTS", "localhost")
    inside = f"http://127.0.0.1:{httpserver.port}/inside"
    httpserver.expect_request("/").respond_with_data(b"", status=302, headers={"Location": inside})
    httpserver.expect_request("/inside").respond_with_data(b"secret")
    log = fetch(source(url=httpserver.url_for("/"), redirects=["127.0.0.1"]), Path(), now, QUICK).log
    assert (log.outcome, len(httpserver.log)) == ("suspicious", 1)


def test_a_name_that_resolves_otherwise_a_moment_later(
    httpserver: HTTPServer, source: Callable[..., Source], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever resolves twice connects to the second answer: here the first is checked, and connected to."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        if kwargs.get("flags") == socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        asked.append(host)
        address = "127.0.0.1" if len(asked) > 1 else "198.51.100.7"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    went: list[str] = []

    def connect(self: socket.socket, address: Any) -> None:
        went.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("ptce_etl.collect.addresses.is_public", lambda address: address != "127.0.0.1")
    monkeypatch.setattr(socket.socket, "connect", connect)
    policy = FetchPolicy(connect=2, read=2, deadline=10, retries=0)
    log = fetch(source(url=f"http://rebind.example:{httpserver.port}/"), Path(), now, policy).log
    assert (log.outcome, went, len(asked)) == ("transient", ["198.51.100.7"], 1)
    log = fetch(source(url=f"http://rebind.example:{httpserver.port}/"), Path(), now, policy).log
    assert (log.outcome, went) == ("suspicious", ["198.51.100.7"])


def test_a_name_that_nobody_knows_is_not_tried_again(
    source: Callable[..., Source], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(port)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    log = fetch(source(url="http://gone.example/"), Path(), now, QUICK).log
    assert (log.outcome, log.error) == ("transient", "connection lost: Temporary failure in name resolution")
    assert asked.count(80) == 1


def test_a_proxy_resolves_and_its_own_address_may_be_private(
    httpserver: HTTPServer, source: Callable[..., Source], now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", httpserver.url_for("/"))
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("PTCE_PRIVATE_HOSTS")
    httpserver.expect_request("/list").respond_with_data(b"nom,ville\n")
    assert fetch(source(url="http://far.example/list"), Path(), now, QUICK).log.outcome == "ok"
    assert fetch(source(url="http://10.0.0.1/list"), Path(), now, QUICK).log.outcome == "suspicious"
    assert len(httpserver.log) == 1
