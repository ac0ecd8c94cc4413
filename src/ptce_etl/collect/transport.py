"""HTTP with bounds that hold: one deadline over everything, retries of what may pass, a cap on decoded bytes.

What ``requests`` leaves open, and what is done about it here:

- ``timeout=`` restarts at each byte, in the headers too: a thread shuts the sockets down when the deadline passes.
- ``Retry-After: 86400`` would be slept on: a wait beyond the cap, or beyond the deadline, is not begun.
- redirects and retries read the whole body of the answer they leave: here it is closed unread, and redirects are
  followed by hand, so no body escapes the cap.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError, SSLError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry

__all__ = ["Deadline", "FetchPolicy", "RedirectRefused", "TooLarge", "TooLate", "download", "opened"]

_CHUNK = 65_536
_RETRIED = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How long, how much and how often. Times in seconds, sizes in bytes after decompression.

    ``deadline`` covers a whole fetch: every try, every wait, every redirect. ``retry_after_max`` is the longest wait a
    server may ask for; beyond it the source is left for another run.
    """

    connect: float = 10.0
    read: float = 30.0
    deadline: float = 300.0
    max_bytes: int = 150_000_000
    retries: int = 4
    backoff: float = 1.0
    backoff_max: float = 30.0
    jitter: float = 1.0
    retry_after_max: float = 120.0
    redirects: int = 5


class TooLarge(requests.RequestException):
    """The body, decompressed, is larger than the policy allows."""


class TooLate(requests.RequestException):
    """The deadline of the whole fetch has passed."""


class RedirectRefused(requests.RequestException):
    """A redirect that is not followed: too many, away from the web, or from https to http."""


class Deadline:
    """A point in time after which every connection of a fetch is shut down, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._over = threading.Event()
        self._watched: list[Any] = []

    @property
    def left(self) -> float:
        """Seconds left; negative when the deadline has passed."""
        return self._end - time.monotonic()

    def watch(self, connection_or_socket: Any) -> None:
        """Shut a connection of urllib3, or a socket, down when time is up."""
        self._watched.append(connection_or_socket)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Enforce the deadline inside the block."""
        keeper = threading.Thread(target=self._keep, name="fetch-deadline", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            self._over.set()
            keeper.join()

    def _keep(self) -> None:
        if self._over.wait(max(self.left, 0)):
            return
        while True:  # again and again: a connection that was being made may be open only now
            for watched in list(self._watched):
                line = getattr(watched, "sock", watched)
                if isinstance(line, socket.socket):
                    with suppress(OSError):  # closed meanwhile
                        # The plain method: SSLSocket's own would pull the TLS state from under a reader.
                        socket.socket.shutdown(line, socket.SHUT_RDWR)
            if self._over.wait(0.2):
                return


class _Retry(Retry):
    """urllib3's retry, which waits before the first one too, and begins no wait that is too long."""

    def __init__(self, *args: Any, deadline: Deadline, longest: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline = deadline
        self.longest = longest

    def new(self, **kwargs: Any) -> Self:
        return super().new(deadline=self.deadline, longest=self.longest, **kwargs)

    def get_backoff_time(self) -> float:
        waited: float = min(self.backoff_max, self.backoff_factor * 2 ** (len(self.history) - 1))
        return waited + random.uniform(0, self.backoff_jitter)  # noqa: S311 (spreads retries, guards nothing)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None  # neither a number of seconds nor a date: the usual back-off then

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        again = super().increment(method, url, response, error, _pool, _stacktrace)
        asked = self.get_retry_after(response) if response is not None else None
        wait = asked or again.get_backoff_time() + self.backoff_jitter
        # A certificate that does not hold will not hold in a second.
        if isinstance(error, SSLError) or (asked or 0) > self.longest or wait >= self.deadline.left:
            reason = error or ResponseError("the wait before the next try is too long")
            raise MaxRetryError(_pool, url or "", reason)
        if response is not None:
            response.close()  # urllib3 would read it to its end, and an error page may have none
        return again


class _Adapter(HTTPAdapter):
    def __init__(self, retry: _Retry) -> None:
        self._retry = retry
        super().__init__(max_retries=retry)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        deadline = self._retry.deadline

        class Watched(type(pool).ConnectionCls):  # type: ignore[misc]  # which class depends on the scheme
            def connect(self) -> None:
                deadline.watch(self)  # while it is being made: a proxy may drip too
                super().connect()
                deadline.watch(self.sock)  # a connection lets go of its socket when the answer is the last one

        pool.ConnectionCls = Watched
        watched_pool: HTTPConnectionPool = pool
        return watched_pool


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None  # requests reads redirect bodies whole: opened() follows them instead


@contextmanager
def opened(url: str, headers: dict[str, str], policy: FetchPolicy, deadline: Deadline) -> Iterator[requests.Response]:
    """The answer to a GET after retries and redirects, its body not read yet.

    Raises :class:`requests.RequestException` when there is none.
    """
    retry = _Retry(
        total=policy.retries,
        status_forcelist=_RETRIED,
        raise_on_status=False,
        backoff_factor=policy.backoff,
        backoff_max=policy.backoff_max,
        backoff_jitter=policy.jitter,
        allowed_methods=("GET",),
        deadline=deadline,
        longest=policy.retry_after_max,
    )
    with _Session() as session, deadline.running():
        session.auth = lambda request: request  # or a ~/.netrc would be consulted
        session.mount("http://", _Adapter(retry))
        session.mount("https://", _Adapter(retry))
        for _ in range(policy.redirects + 1):
            try:
                response = session.get(url, headers=headers, stream=True, timeout=(policy.connect, policy.read))
            except requests.RequestException as error:
                if deadline.left <= 0:
                    raise TooLate from error
                raise
            with response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not location:
                    yield response
                    return
            url = _next(url, location)
        raise RedirectRefused(f"more than {policy.redirects} redirects")


def download(response: requests.Response, policy: FetchPolicy, deadline: Deadline) -> bytes:
    """The body, decompressed. Raises :class:`TooLarge`, :class:`TooLate` or another ``RequestException``."""
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > policy.max_bytes:
                raise TooLarge
            parts.append(chunk)
    except requests.RequestException as error:
        if deadline.left <= 0 and not isinstance(error, TooLarge):
            raise TooLate from error
        raise
    if deadline.left <= 0:  # a connection that was shut down can look like the end of the body
        raise TooLate
    return b"".join(parts)


def _next(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise RedirectRefused(f"a redirect to no address: {error}") from error
    if not target.lower().startswith(("http://", "https://")):
        raise RedirectRefused("a redirect away from http(s)")
    if url.lower().startswith("https://") and not target.lower().startswith("https://"):
        raise RedirectRefused("a redirect from https to http")
    return target
