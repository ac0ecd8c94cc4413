"""One tree of exceptions. A message says what, where, and what to do.

    PtceError
    ├── ConfigError              a file of ours is wrong (catalogue, decisions, arguments)        terminal
    │   └── CatalogueError       sources.yml or programmes.yml does not hold
    ├── SourceError              one source failed; the others go on
    │   ├── TransientError       may pass by itself (time-out, 429, 5xx)                          transient
    │   ├── SourceGone           404, 410, no such file                                           terminal
    │   ├── SourceRefused        401, 403, too large, wrong kind of answer                        terminal
    │   └── SourceChanged        unknown or missing columns, bounds or sentinels broken           terminal
    ├── DataError                rows that no rule can read: never lost, reported
    ├── DecisionError            a judgement, correction or identity line cannot be read
    ├── NoData                   nothing archived or published yet for what was asked
    ├── ValidationFailed         a critical check failed; nothing was promoted
    ├── WorkerLost               a process that worked for us ended before its work was done          transient
    └── PublishError             the store could not be written, read back, or verified
        └── StoreBusy            another publisher holds the lock                                 transient

``transient`` on the class tells a scheduler whether a retry makes sense; ``exit_code`` is what ``ptce`` exits with
(0 done, 1 failed, 2 wrong use, 3 blocked by validation, 4 nothing to read, 5 busy: try again).
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "CatalogueError",
    "ConfigError",
    "DataError",
    "DecisionError",
    "NoData",
    "PtceError",
    "PublishError",
    "SourceChanged",
    "SourceError",
    "SourceGone",
    "SourceRefused",
    "StoreBusy",
    "TransientError",
    "ValidationFailed",
    "WorkerLost",
]


class PtceError(Exception):
    """Root of the tree.

    ``what`` is one line; ``where`` names the file, capture or row; ``do`` says what the reader can do about it.
    ``str(error)`` is the three-line form shown to people.
    """

    transient: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.do = do

    def __str__(self) -> str:
        lines = [f"{type(self).__name__}: {self.what}"]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.do:
            lines.append(f"  do:    {self.do}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        # Prefect and process pools pickle exceptions; keyword-only fields would be lost by the default.
        return (_rebuild, (type(self), self.what, self.where, self.do))


def _rebuild(kind: type[PtceError], what: str, where: str, do: str) -> PtceError:
    return kind(what, where=where, do=do)


class ConfigError(PtceError):
    """A file of ours, or an argument, is wrong."""

    exit_code = 2


class CatalogueError(ConfigError):
    """``sources.yml`` or ``programmes.yml`` does not hold."""


class SourceError(PtceError):
    """One source failed; the others go on."""


class TransientError(SourceError):
    """May pass by itself: time-out, connection lost, 429, 5xx."""

    transient = True


class SourceGone(SourceError):
    """The source is not there any more (404, 410, no such file)."""


class SourceRefused(SourceError):
    """The source answered, but not with something that may be read (401, 403, too large, redirected away)."""


class SourceChanged(SourceError):
    """The layout or the size of a source is not what the catalogue says."""


class DataError(PtceError):
    """Rows that no rule can read."""


class DecisionError(PtceError):
    """A line of the decisions folder cannot be read."""

    exit_code = 2


class NoData(PtceError):
    """Nothing archived or published yet for what was asked."""

    exit_code = 4


class ValidationFailed(PtceError):
    """A critical check failed; nothing was promoted."""

    exit_code = 3


class WorkerLost(PtceError):
    """A process that worked for us ended before its work was done."""

    transient = True


class PublishError(PtceError):
    """The store could not be written, read back, or verified."""


class StoreBusy(PublishError):
    """Another publisher holds the lock."""

    transient = True
    exit_code = 5
