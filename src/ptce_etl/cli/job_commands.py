"""``ptce run``, ``build``, ``resolve`` and ``status``: their options and their help."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Judgements, Now, clock
from ptce_etl.cli.screen import Screen
from ptce_etl.config import Limits
from ptce_etl.errors import ConfigError

__all__ = ["add_job_commands"]


def add_job_commands(app: typer.Typer) -> None:
    """Declare ``run``, ``build``, ``resolve`` and ``status``."""
    for command in (run, build, resolve, status):
        app.command()(command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"not a date: {text!r}", where="--as-of", do="write YYYY-MM-DD, as 2024-12-31") from error


def _moment(text: str) -> date | datetime:
    """A day, or an instant with its time zone."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"neither a day nor an instant: {text!r}", where="--known-at", do="2026-11-23, or 2026-11-23T10:00:00+01:00"
        )
    return moment


def run(
    data: Data = ROOT,
    plain: Annotated[bool, typer.Option("--plain", help="Without Prefect: same steps, same bytes, sooner.")] = False,
    judgements: Judgements = True,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Publish as provisional; `ptce finalise` says later that it stands.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Collect the sources, build, validate and publish: the main job.

    Goes through Prefect, on a server that is up or on one of its own. Ends with the cohorts, the headline growth, the
    verdicts on published claims, the checks, and where the files are.
    """
    from ptce_etl.cli.running import run_job

    screen = Screen(as_json=as_json)
    return run_job(screen, data, clock(now), plain=plain, use_judgements=judgements, provisional=provisional)


def build(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day to describe, YYYY-MM-DD.")],
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="WHEN", help="Only captures and decisions held by then: a day, an instant."),
    ] = None,
    data: Data = ROOT,
    judgements: Judgements = True,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Build the snapshot of a past date.

    The world is described from evidence dated up to then; with --known-at, from what was collected and decided by that
    day (its end, in Paris) or instant, as today's code would have described it then. The snapshot is listed beside the
    others and never becomes the latest. Reads the archive, which `ptce run` fills.
    """
    from ptce_etl.cli.running import build_job

    known = None if known_at is None else _moment(known_at)
    screen = Screen(as_json=as_json)
    return build_job(screen, data, clock(now), _day(as_of), known_at=known, use_judgements=judgements)


def resolve(
    listings: Annotated[Path, typer.Argument(metavar="LISTINGS.csv", help="The file to deduplicate.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the Parquet files go.")],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="CSV of listing_id, pole[, is_ptce]: measure against it."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Weigh the pairs on this Dask scheduler, through Prefect."),
    ] = None,
    data: Data = ROOT,
    judgements: Judgements = True,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Say which rows of a CSV file name the same pole.

    Columns are those of data/raw/transcribed/listings.csv; all but `name` may be missing, others are kept. Writes
    listings.parquet (the file's columns and pole_id), edges.parquet (scored pairs with their reasons) and
    poles.parquet. Needs no data root; the identities and decisions of one are used when it is there, else the
    decisions that come with the package.
    """
    from ptce_etl.cli.resolving import resolve_file

    screen = Screen(as_json=as_json)
    return resolve_file(
        screen, listings, out, data=data, now=clock(now), use_judgements=judgements, labels=labels, cluster=cluster
    )


def status(
    metrics: Annotated[
        bool, typer.Option("--metrics", help="OpenMetrics text on stdout, for Prometheus and its kind.")
    ] = False,
    every: Annotated[
        float,
        typer.Option(
            "--every", metavar="DAYS", min=0.01, envvar="PTCE_EVERY", help="How often a refresh is due (default: 7)."
        ),
    ] = Limits.every_days,
    review_over: Annotated[
        int,
        typer.Option(
            "--review-over",
            metavar="N",
            min=0,
            envvar="PTCE_REVIEW_OVER",
            help="How many pairs may wait for a person (default: 50).",
        ),
    ] = Limits.review,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Say how things stand.

    What to look at and what to do about it, then the latest snapshot and its age, the health of each source, open
    issues, checks that warn. Exits with 0 when nothing needs looking at, 1 for a warning, 2 when it is critical; with
    3 or more it could not tell.
    """
    from ptce_etl.cli.status import show_status

    limits = Limits(every_days=every, review=review_over)
    return show_status(Screen(as_json=as_json), data, clock(now), limits, metrics)
