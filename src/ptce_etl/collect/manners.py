"""How we behave towards a host: what its robots.txt says (RFC 9309), one request at a time, a pause between two.

One :class:`Manners` is shared by everything that a run asks, so that two sources of one host wait for each other, and
so that a run in which much fails ends: tries after the first are drawn from one budget.

robots.txt: 2xx is read (its first 512,000 bytes), 4xx allows everything, anything else (5xx, no answer) forbids
everything until it can be read. ``Crawl-delay`` is no part of the RFC and is honoured all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from ptce_etl.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime

    from protego import Protego

__all__ = ["Manners", "NotAllowed", "RobotsUnreadable", "shared_manners"]

AGENT = "ptce-etl"
_ROBOTS_BYTES = 512_000
_ROBOTS_SECONDS = 86_400.0

# Gives the start of a robots.txt and its status, or raises RobotsUnreadable; how it is asked is the fetcher's business.
RobotsOf = Callable[[str], tuple[int, bytes]]


class NotAllowed(requests.RequestException):
    """robots.txt asks us not to read this address."""


class RobotsUnreadable(requests.RequestException):
    """robots.txt could not be read, which forbids everything for now."""


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    ready_at: float = 0.0
    delay: float = 0.0


class Manners:
    """The manners of one run. Times in seconds.

    ``delay`` is the pause after an answer of a host before it is asked again; ``longest_delay`` caps what a
    ``Crawl-delay`` may ask for; ``retries`` is the budget of the run. ``clock`` and ``sleep`` are given by tests.
    """

    def __init__(
        self,
        *,
        delay: float = 1.0,
        longest_delay: float = 60.0,
        retries: int = 30,
        robots: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.delay = delay
        self.longest_delay = longest_delay
        self.robots = robots
        self._retries = retries
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._read: dict[str, tuple[float, Protego | str]] = {}

    def may_retry(self) -> bool:
        """Take one try out of the budget of the run; False when none is left."""
        with self._guard:
            self._retries -= 1
            return self._retries >= 0

    @contextmanager
    def turn(self, url: str, robots_of: RobotsOf) -> Iterator[float]:
        """Hold the host of ``url`` for the block, once robots.txt allows it and the pause is over; seconds waited.

        Raises :class:`NotAllowed` or :class:`RobotsUnreadable`.
        """
        began = self._clock()
        if self.robots:
            self._check(url, robots_of)
        with self.alone(url):
            yield self._clock() - began

    @contextmanager
    def alone(self, url: str) -> Iterator[None]:
        """Hold the host of ``url`` for the block, once its pause is over."""
        host = self._host(url)
        with host.lock:
            wait = host.ready_at - self._clock()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                host.ready_at = self._clock() + max(self.delay, host.delay)

    def _host(self, url: str) -> _Host:
        name = (urlsplit(url).netloc.rpartition("@")[2]).lower()
        with self._guard:
            return self._hosts.setdefault(name, _Host())

    def _check(self, url: str, robots_of: RobotsOf) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"
        known = self._read.get(origin)
        if known is None or self._clock() - known[0] > _ROBOTS_SECONDS:
            rules = self._rules(f"{origin}/robots.txt", robots_of)
            known = self._read[origin] = (self._clock(), rules)
        rules = known[1]
        if isinstance(rules, str):
            raise RobotsUnreadable(f"robots.txt cannot be read now, which forbids everything until it can: {rules}")
        if not rules.can_fetch(url, AGENT):
            raise NotAllowed("robots.txt asks us not to read this address")
        pause = rules.crawl_delay(AGENT)
        if pause:
            self._host(url).delay = min(float(pause), self.longest_delay)

    def _rules(self, url: str, robots_of: RobotsOf) -> Protego | str:
        """The rules of a host, or why they cannot be known."""
        try:
            with self.alone(url):
                status, start = robots_of(url)
        except RobotsUnreadable as error:
            return str(error)
        if 200 <= status < 300:
            return _parsed(start[:_ROBOTS_BYTES].decode("utf-8", "replace").lstrip("\ufeff"))
        if 300 <= status < 500 and status != 429:
            return _parsed("")
        return f"HTTP {status}"


def _parsed(text: str) -> Protego:
    try:
        from protego import Protego
    except ImportError as error:
        raise ConfigError(
            "sources on the web need more libraries", where="protego", do="pip install 'ptce-etl[live]'"
        ) from error
    rules: Protego = Protego.parse(text)
    return rules


@lru_cache(maxsize=2)
def shared_manners(now: datetime) -> Manners:
    """The manners of the run that began at ``now``: what runs at the same time shares them."""
    return Manners()
