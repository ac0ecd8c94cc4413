"""HTTP with bounds that hold: one deadline over everything, retries of what may pass, a cap on decoded bytes.

What ``requests`` leaves open, and what is done about it here:

- redirects and retries read the whole body of the answer they leave: here it is closed unread, and redirects are
  followed by hand, so no body escapes the cap, and each host that they lead to is one we may ask.
- time, waits and addresses: :mod:`ptce_etl.collect.wire`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from ptce_etl.collect.addresses import check_name
from ptce_etl.collect.wire import CheckedAdapter, Deadline, PatientRetry

__all__ = ["Allowance", "FetchPolicy", "RedirectRefused", "TooLarge", "TooLate", "download", "opened"]

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


def _free_turn(url: str) -> AbstractContextManager[float]:
    return nullcontext(0.0)


def _any_retry() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a fetch may do beyond its policy.

    ``hosts``: hosts that redirects may lead to, besides the one asked (with and without ``www.``); None: any.
    ``private``: hosts that may have private addresses. ``turn`` holds a host for the length of a request and gives the
    seconds it waited; ``may_retry`` takes one try out of a budget.
    """

    hosts: tuple[str, ...] | None = ()
    private: Collection[str] = ()
    turn: Callable[[str], AbstractContextManager[float]] = _free_turn
    may_retry: Callable[[], bool] = _any_retry


class TooLarge(requests.RequestException):
    """The body, decompressed, is larger than the policy allows."""


class TooLate(requests.RequestException):
    """The deadline of the whole fetch has passed."""


class RedirectRefused(requests.RequestException):
    """A redirect that is not followed: too many, away from the web or to another host, or from https to http."""


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None  # requests reads redirect bodies whole: opened() follows them instead


@contextmanager
def opened(
    url: str, headers: dict[str, str], policy: FetchPolicy, deadline: Deadline, allowance: Allowance
) -> Iterator[requests.Response]:
    """The answer to a GET after retries and redirects, its body not read yet.

    Raises :class:`requests.RequestException` or :class:`urllib3.exceptions.HTTPError` when there is none.
    """
    retry = PatientRetry(
        total=policy.retries,
        status_forcelist=_RETRIED,
        raise_on_status=False,
        backoff_factor=policy.backoff,
        backoff_max=policy.backoff_max,
        backoff_jitter=policy.jitter,
        allowed_methods=("GET",),
        deadline=deadline,
        longest=policy.retry_after_max,
        may_retry=allowance.may_retry,
    )
    hosts = None if allowance.hosts is None else {_bare_host(url), *map(_bare, allowance.hosts)}
    with _Session() as session, deadline.running():
        session.auth = lambda request: request  # or a ~/.netrc would be consulted
        session.mount("http://", CheckedAdapter(retry, allowance.private))
        session.mount("https://", CheckedAdapter(retry, allowance.private))
        for _ in range(policy.redirects + 1):
            check_name(urlsplit(url).hostname or "", allowance.private)
            with allowance.turn(url) as waited:
                deadline.extend(waited)
                with _answer(session, url, headers, policy, deadline) as response:
                    location = response.headers.get("location")
                    if response.status_code not in _REDIRECTS or not location:
                        yield response
                        return
            url = _next(url, location, hosts)
        raise RedirectRefused(f"more than {policy.redirects} redirects")


def _answer(
    session: _Session, url: str, headers: dict[str, str], policy: FetchPolicy, deadline: Deadline
) -> requests.Response:
    try:
        return session.get(url, headers=headers, stream=True, timeout=(policy.connect, policy.read))
    except requests.RequestException as error:
        if deadline.left <= 0:
            raise TooLate from error
        raise


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


def _next(url: str, location: str, hosts: Collection[str] | None) -> str:
    try:
        target = urljoin(url, location)
        host = _bare_host(target)
    except ValueError as error:
        raise RedirectRefused(f"a redirect to no address: {error}") from error
    if not target.lower().startswith(("http://", "https://")):
        raise RedirectRefused("a redirect away from http(s)")
    if url.lower().startswith("https://") and not target.lower().startswith("https://"):
        raise RedirectRefused("a redirect from https to http")
    if hosts is not None and host not in hosts:
        raise RedirectRefused(f"a redirect to another host: {host[:100]}")
    return target


def _bare_host(url: str) -> str:
    return _bare(urlsplit(url).hostname or "")


def _bare(host: str) -> str:
    """A host without what makes no other site of it."""
    return host.lower().rstrip(".").removeprefix("www.")
