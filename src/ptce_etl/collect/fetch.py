"""One source, one retrieval: bytes or the reason why not. A source's failure is an outcome, never an exception.

Outcomes: ``ok`` · ``unchanged`` (304) · ``not_found`` (404, no such file) · ``gone`` (410) · ``auth`` (401, 403, no
right to read) · ``throttled`` (429, or 503 that says when to come back) · ``transient`` (other 5xx, time-outs, lost
connections) · ``malformed`` (an answer that is not one) · ``suspicious`` (too large, a certificate that does not hold,
a redirect to another host, an address that is not of the public internet). What robots.txt forbids is ``auth``; a
robots.txt that cannot be read is ``transient``.

An error text is one line without addresses, durations or times: the same failure gives the same text every day.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import requests
from urllib3.exceptions import HTTPError

import ptce_etl
from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.addresses import PrivateAddressError
from ptce_etl.collect.manners import Manners, NotAllowed, RobotsUnreadable
from ptce_etl.collect.transport import (
    Allowance,
    FetchPolicy,
    RedirectRefused,
    TooLarge,
    TooLate,
    download,
    opened,
)
from ptce_etl.collect.wire import Deadline
from ptce_etl.model import Outcome, RequestLog

__all__ = ["DEFAULT_POLICY", "FetchPolicy", "Fetched", "fetch", "fetch_address", "private_hosts", "user_agent"]

DEFAULT_POLICY = FetchPolicy()
_KEPT_HEADERS = (
    "content-encoding",
    "content-length",
    "content-type",
    "etag",
    "last-modified",
    "retry-after",
    "x-datalayer-version",
    "x-total-count",
    "x-wp-total",
    "x-wp-totalpages",
)
_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes (``None`` unless the outcome is ``ok``) and the line for the request log."""

    body: bytes | None
    log: RequestLog


def user_agent() -> str:
    """Who we say we are. ``PTCE_CONTACT`` (an address or an e-mail) tells a webmaster whom to write to."""
    contact = re.sub(r"[^\x21-\x7e]+", " ", os.environ.get("PTCE_CONTACT", "")).strip()
    name = f"ptce-etl/{ptce_etl.__version__}"
    return f"{name} (+{contact})" if contact else name


def private_hosts() -> frozenset[str]:
    """The hosts that may have private addresses: those named in ``PTCE_PRIVATE_HOSTS``, with commas between."""
    named = os.environ.get("PTCE_PRIVATE_HOSTS", "").lower().split(",")
    return frozenset(host.strip() for host in named if host.strip())


def fetch(
    source: Source,
    root: Path,
    now: datetime,
    policy: FetchPolicy = DEFAULT_POLICY,
    previous: RequestLog | None = None,
    manners: Manners | None = None,
) -> Fetched:
    """Retrieve ``source``: a file under ``root``, or an http(s) address.

    ``previous`` is the last good retrieval; what identifies its content (ETag, Last-Modified) makes the request
    conditional, and an answer 304 is the outcome ``unchanged`` with its sha256. Without ``manners`` neither robots.txt
    nor pauses are kept. Never raises for the source's failure.
    """
    if source.is_remote:
        return fetch_address(source, source.url, now, policy, previous, manners)
    return _timed(RequestLog(source.source_id, source.url, now, "transient"), lambda log: _local(log, root, policy))


def fetch_address(
    source: Source,
    url: str,
    now: datetime,
    policy: FetchPolicy = DEFAULT_POLICY,
    previous: RequestLog | None = None,
    manners: Manners | None = None,
    accept: str = "*/*",
) -> Fetched:
    """Retrieve one http(s) address of ``source``, as :func:`fetch` does."""
    policy = replace(policy, max_bytes=min(policy.max_bytes, source.max_bytes or policy.max_bytes))
    log = RequestLog(source.source_id, url, now, "transient")
    allowance = _allowance(source, policy, manners)
    return _timed(log, lambda log: _remote(log, policy, previous, allowance, accept))


def _timed(log: RequestLog, work: Callable[[RequestLog], Fetched]) -> Fetched:
    start = time.monotonic()
    fetched = work(log)
    if fetched.body is not None:
        digest = hashlib.sha256(fetched.body).hexdigest()
        fetched = replace(fetched, log=replace(fetched.log, sha256=digest, size=len(fetched.body)))
    return replace(fetched, log=replace(fetched.log, elapsed=round(time.monotonic() - start, 3)))


def _allowance(source: Source, policy: FetchPolicy, manners: Manners | None) -> Allowance:
    private = private_hosts()
    if manners is None:
        return Allowance(hosts=source.redirects, private=private)

    def robots_of(url: str) -> tuple[int, bytes]:
        anywhere = Allowance(hosts=None, private=private, may_retry=manners.may_retry)
        deadline = Deadline(min(policy.deadline, 60.0))
        try:
            with opened(url, _headers("text/plain,*/*;q=0.1"), policy, deadline, anywhere) as response:
                return response.status_code, b"".join(_start(response, 512_000))
        except RedirectRefused:
            return 404, b""  # RFC 9309: after five redirects it may be taken as not there
        except (requests.RequestException, HTTPError, OSError) as error:
            raise RobotsUnreadable(_reason(error, policy)[1]) from error

    return Allowance(
        hosts=source.redirects,
        private=private,
        turn=lambda url: manners.turn(url, robots_of),
        may_retry=manners.may_retry,
    )


def _start(response: requests.Response, most: int) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_content(65_536):
        yield chunk
        size += len(chunk)
        if size >= most:
            return


def _headers(accept: str) -> dict[str, str]:
    return {"User-Agent": user_agent(), "Accept": accept, "Accept-Encoding": "gzip"}


def _local(log: RequestLog, root: Path, policy: FetchPolicy) -> Fetched:
    try:
        path = (root / log.url).resolve()
        if not path.is_relative_to(root.resolve()):
            return _failed(log, "suspicious", "the path leads out of the data root")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end, a folder has no bytes
            return _failed(log, "malformed", "not a regular file")
        if status.st_size > policy.max_bytes:
            return _failed(log, "suspicious", f"larger than {policy.max_bytes} bytes")
        body = path.read_bytes()
    except OSError as error:
        outcomes: dict[int | None, Outcome] = {
            errno.ENOENT: "not_found",
            errno.ENOTDIR: "not_found",
            errno.EACCES: "auth",
            errno.EPERM: "auth",
            errno.ELOOP: "malformed",
            errno.ENAMETOOLONG: "malformed",
        }
        return _failed(log, outcomes.get(error.errno, "transient"), error.strerror or type(error).__name__)
    except RuntimeError:  # Python 3.11 and 3.12: a symbolic link that leads to itself
        return _failed(log, "malformed", "a link that leads to itself")
    return Fetched(body, replace(log, outcome="ok"))


def _remote(
    log: RequestLog, policy: FetchPolicy, previous: RequestLog | None, allowance: Allowance, accept: str
) -> Fetched:
    # A validator is about one address: after a move it says nothing.
    known = previous if previous and previous.sha256 and previous.url == log.url else None
    conditions = {sent: known.headers[kept] for kept, sent in _VALIDATORS.items() if known and kept in known.headers}
    deadline = Deadline(policy.deadline)
    try:
        with opened(log.url, _headers(accept) | conditions, policy, deadline, allowance) as response:
            answered = replace(log, status=response.status_code, headers=_kept(response))
            if response.status_code == HTTPStatus.NOT_MODIFIED and known and conditions:
                return Fetched(None, _unchanged(answered, known))
            outcome, error = _classify(response, policy)
            if outcome != "ok":
                return _failed(answered, outcome, error)
            return Fetched(download(response, policy, deadline), replace(answered, outcome="ok"))
    except (requests.RequestException, HTTPError, OSError) as error:
        return _failed(log, *_reason(error, policy))


def _unchanged(log: RequestLog, known: RequestLog) -> RequestLog:
    """A 304 repeats what the content was, with any newer validators."""
    kept = {name: value for name, value in known.headers.items() if name in ("content-type", *_VALIDATORS)}
    newer = {name: value for name, value in log.headers.items() if name in _VALIDATORS}
    return replace(log, outcome="unchanged", sha256=known.sha256, size=known.size, headers=kept | newer)


def _classify(response: requests.Response, policy: FetchPolicy) -> tuple[Outcome, str]:
    """What a status means. The error text is empty when the body may be read."""
    status = response.status_code
    if status in (200, 203):
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and len(announced) < 19 and int(announced) > policy.max_bytes:
            return "suspicious", f"larger than {policy.max_bytes} bytes"
        return "ok", ""
    try:
        text = f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        text = f"HTTP {status}"
    if status == 429 or (status == 503 and "retry-after" in response.headers):
        return "throttled", f"{text}: the server asks us to come back later"
    known: dict[int, Outcome] = {401: "auth", 403: "auth", 404: "not_found", 408: "transient", 410: "gone"}
    return known.get(status, "transient" if status >= 500 else "malformed"), text


def _reason(error: Exception, policy: FetchPolicy) -> tuple[Outcome, str]:
    match error:
        case TooLarge():
            return "suspicious", f"larger than {policy.max_bytes} bytes"
        case TooLate():
            return "transient", f"not finished after {policy.deadline:g} s"
        case RedirectRefused():
            return "suspicious" if "another host" in str(error) else "malformed", str(error)
        case PrivateAddressError():
            return "suspicious", str(error)
        case NotAllowed():
            return "auth", str(error)
        case RobotsUnreadable():
            return "transient", str(error)
        case requests.exceptions.SSLError() if "certificate" in _root_cause(error).lower():
            return "suspicious", f"the certificate does not hold: {_root_cause(error)}"
        case requests.exceptions.ConnectTimeout():
            return "transient", f"no connection after {policy.connect:g} s"
        case requests.exceptions.ReadTimeout():
            return "transient", f"no answer after {policy.read:g} s"
        case requests.exceptions.ChunkedEncodingError():
            return "transient", "connection lost in the middle of the body"
        case requests.exceptions.ConnectionError():
            return "transient", f"connection lost: {_root_cause(error)}"
        case requests.RequestException():
            return "malformed", f"not a readable answer: {_root_cause(error)}"
    return "transient", f"connection lost: {_root_cause(error)}"


def _root_cause(error: BaseException) -> str:
    """The innermost reason in one short line, without memory addresses."""
    seen = {id(error)}
    while (inner := error.__cause__ or error.__context__) is not None and id(inner) not in seen:
        seen.add(id(inner))
        error = inner
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    text = re.sub(r" object at 0x[0-9a-f]+", "", " ".join(str(text).split()))[:200]
    return "".join(letter if letter.isprintable() else "?" for letter in text)  # a server may have written it


def _kept(response: requests.Response) -> dict[str, str]:
    return {name: response.headers[name][:1000] for name in _KEPT_HEADERS if name in response.headers}


def _failed(log: RequestLog, outcome: Outcome, error: str) -> Fetched:
    return Fetched(None, replace(log, outcome=outcome, error=error))
