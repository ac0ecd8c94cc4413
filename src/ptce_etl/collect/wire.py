"""Connections that end: a deadline over everything, waits that are not too long, addresses that were checked.

- ``timeout=`` restarts at each byte, in the headers too: a thread shuts the sockets down when the deadline passes.
- ``Retry-After: 86400`` would be slept on: a wait beyond the cap, or beyond the deadline, is not begun.
- a name is resolved by whoever connects: here its addresses are checked first, and the connection is to one of them.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidHeader,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ResponseError,
    SSLError,
)
from urllib3.response import BaseHTTPResponse
from urllib3.util.connection import create_connection
from urllib3.util.retry import Retry

from ptce_etl.collect.addresses import public_addresses

__all__ = ["CheckedAdapter", "Deadline", "PatientRetry"]


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

    def extend(self, seconds: float) -> None:
        """Put the end off: waiting for one's turn is not the server's time."""
        self._end += seconds

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
        while self.left > 0:
            if self._over.wait(self.left):
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


class PatientRetry(Retry):
    """urllib3's retry, which waits before the first one too, and begins no wait that is too long."""

    def __init__(
        self, *args: Any, deadline: Deadline, longest: float, may_retry: Callable[[], bool], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.deadline = deadline
        self.longest = longest
        self.may_retry = may_retry

    def new(self, **kwargs: Any) -> Self:
        return super().new(deadline=self.deadline, longest=self.longest, may_retry=self.may_retry, **kwargs)

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
        # A certificate that does not hold, or a name that nobody knows, will not do better in a second.
        hopeless = isinstance(error, SSLError | NameResolutionError)
        if hopeless or (asked or 0) > self.longest or wait >= self.deadline.left or not self.may_retry():
            reason = error or ResponseError("the wait before the next try is too long")
            raise MaxRetryError(_pool, url or "", reason)
        if response is not None:
            response.close()  # urllib3 would read it to its end, and an error page may have none
        return again


class CheckedAdapter(HTTPAdapter):
    """requests' adapter: every connection is watched by the deadline, and goes to an address that was checked."""

    def __init__(self, retry: PatientRetry, private: Collection[str]) -> None:
        self._retry = retry
        self._private = private
        super().__init__(max_retries=retry)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        deadline, private, direct = self._retry.deadline, self._private, pool.proxy is None

        class Watched(type(pool).ConnectionCls):  # type: ignore[misc]  # which class depends on the scheme
            def connect(self) -> None:
                deadline.watch(self)  # while it is being made: a proxy may drip too
                super().connect()
                deadline.watch(self.sock)  # a connection lets go of its socket when the answer is the last one

            def _new_conn(self) -> socket.socket:
                return _pinned(self, private) if direct else super()._new_conn()

        pool.ConnectionCls = Watched
        watched_pool: HTTPConnectionPool = pool
        return watched_pool


def _pinned(connection: Any, private: Collection[str]) -> socket.socket:
    """What urllib3 does to connect, to an address that was checked."""
    try:
        addresses = public_addresses(connection._dns_host, connection.port, private)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    reason: OSError = OSError("no address")
    for address in addresses:
        try:
            return create_connection(
                (address, connection.port), connection.timeout, connection.source_address, connection.socket_options
            )
        except OSError as error:
            reason = error
    if isinstance(reason, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection: {reason}") from reason
    raise NewConnectionError(connection, f"no connection: {reason}") from reason
