"""What a run leaves in Prefect's UI: progress, a table of results, a summary of checks and issues, links to its pages.

Read from the published Parquet, so that what the UI shows is what readers get. An artifact is a courtesy: one that
cannot be written is a line in the log.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pyarrow.parquet as pq
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import PrefectException
from prefect.logging import get_run_logger

from ptce_etl.pipeline import Publication

__all__ = [
    "CHECKS_KEY",
    "PAGE_KEY",
    "PROGRESS_KEY",
    "REPORT_KEY",
    "RESULTS_KEY",
    "Progress",
    "address",
    "record",
    "results",
    "rows",
    "summary",
]

PROGRESS_KEY, RESULTS_KEY, CHECKS_KEY = "ptce-sources", "ptce-results", "ptce-checks"
PAGE_KEY, REPORT_KEY = "ptce-page", "ptce-validation"
SHOWN = 20
_COUNTED = ["population", "territory_level", "as_of", "n", "low", "high", "published"]
Row = dict[str, Any]


class Progress:
    """The share of the sources that are done, as a progress artifact."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.id: UUID | None = _courtesy(
            lambda: create_progress_artifact(0.0, key=PROGRESS_KEY, description=self._said())
        )

    def one_more(self) -> None:
        """One source is done, well or badly."""
        self.done += 1
        every = max(1, self.total // 20)  # each update is a request: twenty tell as much as a thousand
        if self.id is None or (self.done % every and self.done != self.total):
            return
        known, share = self.id, 100.0 * self.done / self.total
        if _courtesy(lambda: update_progress_artifact(known, share, description=self._said())) is None:
            self.id = None

    def _said(self) -> str:
        return f"{self.done} of {self.total} sources"


def record(publication: Publication, failures: tuple[str, ...], populations: Sequence[str] | None = None) -> None:
    """Write the table of results, the summary of a publication, and links to what readers see of it."""
    path, said = publication.path, f"Results of {publication.snapshot_id}"
    wrote = _courtesy(
        lambda: create_table_artifact(table=results(path, populations), key=RESULTS_KEY, description=said)
    )
    if wrote is None:  # a server that did not take the first will not take the others
        return
    _courtesy(lambda: create_markdown_artifact(markdown=summary(publication, failures), key=CHECKS_KEY))
    for key, page in ((PAGE_KEY, "site/index.html"), (REPORT_KEY, "validation.html")):
        if (path / page).is_file():
            link = address(path, page)
            _courtesy(partial(create_link_artifact, link=link, key=key, description=f"{page} of {path.name}"))


def address(folder: Path, page: str) -> str:
    """Where a browser finds ``page`` of the snapshot in ``folder``: under ``PTCE_SITE_URL`` (where ``processed/`` is
    served), else on this machine."""
    base = os.environ.get("PTCE_SITE_URL", "").rstrip("/")
    return f"{base}/{folder.name}/{page}" if base else (folder / page).resolve().as_uri()


def _courtesy(write: Callable[[], Any]) -> UUID | None:
    try:
        written: UUID = write()
    except (httpx.HTTPError, PrefectException, OSError) as error:
        get_run_logger().warning("an artifact could not be written: %s", error)
        return None
    return written


def results(folder: Path, populations: Sequence[str] | None = None) -> list[Row]:
    """Growths, the cohorts against their published numbers, and the verdicts on claims, one row each.

    The growths are the headline ones, or those of ``populations`` over the same periods.
    """
    national = [row for row in rows(folder, "indicator") if _national(row)]
    headline = [row for row in national if row["headline"]]
    periods = {(row["base_date"], row["target_date"]) for row in headline}
    chosen = [
        r for r in national if r["population"] in (populations or ()) and (r["base_date"], r["target_date"]) in periods
    ]
    growths = [_growth(row) for row in (chosen if populations else headline)]
    counts = [row for row in rows(folder, "counts", _COUNTED) if _national(row)]
    today = max((row["as_of"] for row in counts), default=None)  # the other dates are for the curve
    cohorts = [_cohort(row) for row in counts if row["as_of"] == today and row["population"].startswith("cohort:")]
    verdicts = Counter((row["kind"], row["verdict"]) for row in rows(folder, "claims", ["kind", "verdict"]))
    claims = [_row(f"claims of a {kind}: {verdict}", str(n)) for (kind, verdict), n in sorted(verdicts.items())]
    return growths + cohorts + claims


def _growth(row: Row) -> Row:
    low, high = _percent(row["growth_low_pct"]), _percent(row["growth_high_pct"])
    period = f"{_day(row['base_date'])} → {_day(row['target_date'])}"
    detail = f"{row['base']} → {row['target']} poles" + ("" if row["comparable"] else f"; {row['comparable_why']}")
    return _row(f"growth of {row['population']}, {period}", _percent(row["growth_pct"]), f"{low} to {high}", detail)


def _cohort(row: Row) -> Row:
    published = "?" if row["published"] is None else row["published"]
    name = row["population"].removeprefix("cohort:")
    return _row(f"cohort {name}", f"{row['n']} of {published}", f"{row['low']} to {row['high']}")


def _row(what: str, value: str, interval: str = "", detail: str = "") -> Row:
    return {"what": what, "value": value, "interval": interval, "detail": detail}


def summary(publication: Publication, failures: tuple[str, ...] = ()) -> str:
    """What became of the candidate, the checks that failed, the issues, and where the report is, in Markdown."""
    checks, issues = rows(publication.path, "checks"), rows(publication.path, "issues")
    failed = [row for row in checks if not row["passed"]]
    lines = [
        f"# {publication.outcome}: {publication.snapshot_id}",
        "",
        publication.message,
        "",
        f"Validation report: `{publication.path / 'validation.html'}`",
        "",
        f"## Checks: {len(checks) - len(failed)} passed, {publication.n_critical} critical and "
        f"{publication.n_warnings} warnings failed",
        "",
        *[_bullet(f"**{r['severity']}** {r['table']}: {r['rule']}", r["failed_keys"]) for r in failed[:SHOWN]],
        *_more(len(failed)),
        "",
        f"## Issues: {len(issues)}",
        "",
    ]
    kinds = Counter((row["severity"], row["stage"], row["code"], row["who"]) for row in issues)
    lines += [f"- {n} × {sev}: {stage}/{code} (to act: {who})" for (sev, stage, code, who), n in sorted(kinds.items())]
    if failures:
        lines += ["", f"## Sources that failed: {len(failures)}", "", *[f"```\n{text}\n```" for text in failures]]
    return "\n".join(lines) + "\n"


def _bullet(text: str, keys: str | None) -> str:
    return f"- {text}" + (f" (`{keys}`)" if keys else "")


def _more(n: int) -> list[str]:
    return [f"- … and {n - SHOWN} more"] if n > SHOWN else []


def rows(folder: Path, table: str, columns: list[str] | None = None) -> list[Row]:
    """The rows of a table of the snapshot in ``folder``."""
    read: list[Row] = pq.read_table(folder / f"{table}.parquet", columns=columns, partitioning=None).to_pylist()
    return read


def _national(row: Row) -> bool:
    return bool(row["territory_level"] == "france")


def _percent(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.1f} %"


def _day(value: date) -> str:
    return value.isoformat()
