"""A snapshot with its evidence open again, and days as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.clean.dates import parse_partial
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, DataError
from ptce_etl.measure.census import Census
from ptce_etl.measure.reopen import reopen
from ptce_etl.publish.api import load_all
from ptce_etl.publish.index import snapshot_path
from ptce_etl.publish.manifest import read_manifest

__all__ = ["Reopened", "day_of", "open_snapshot"]


@dataclass(frozen=True)
class Reopened:
    """One snapshot: what it was counted from, and its tables."""

    snapshot: str
    as_of: date
    census: Census
    tables: dict[str, pd.DataFrame]
    active_years: int
    headline_years: int

    def names(self) -> dict[str, str]:
        """Pole id → name."""
        poles = self.tables["poles"]
        return dict(zip(poles["pole_id"], poles["name"], strict=True))


def open_snapshot(paths: Paths, snapshot: str) -> Reopened:
    """Read a snapshot ("latest" followed once). Raises :class:`NoData`, :class:`ConfigError`, :class:`PublishError`."""
    folder = snapshot_path(paths, snapshot)
    manifest = read_manifest(folder)
    settings, as_of = manifest["settings"], date.fromisoformat(manifest["as_of"])
    captured = {capture["sha256"]: date.fromisoformat(capture["first_day"]) for capture in manifest["captures"]}
    tables = load_all(folder.name, data=paths.root)
    census = reopen(tables, load_programmes(), captured, as_of, settings["active_years"])
    return Reopened(folder.name, as_of, census, tables, settings["active_years"], settings["headline_years"])


def day_of(text: str, option: str, as_of: date) -> date:
    """The day that an option means: 2016 and 2016-05 are their last day, but never one after ``as_of``.

    Raises :class:`ConfigError` for what is no date, and for one that begins after ``as_of``.
    """
    try:
        span = parse_partial(text)
    except DataError as error:
        raise ConfigError(f"not a date: {text!r}", where=option, do="write 2016, 2016-05 or 2016-05-31") from error
    if span.first is None or span.last is None:
        raise ConfigError("no date is given", where=option, do="write 2016, 2016-05 or 2016-05-31")
    if span.first > as_of:
        raise ConfigError(
            f"{text} is after {as_of}, the day that the snapshot describes", where=option, do="give an earlier date"
        )
    return min(span.last, as_of)
