"""``ptce run`` and ``ptce build``: do the work, then say what came of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ptce_etl import pipeline
from ptce_etl.cli.figures import figures, show_checks, show_figures
from ptce_etl.cli.screen import Screen, Steps
from ptce_etl.cli.site import INDEX
from ptce_etl.cli.text import counted
from ptce_etl.config import Paths
from ptce_etl.errors import ValidationFailed
from ptce_etl.pipeline import Publication, RunResult
from ptce_etl.publish.index import read_index

__all__ = ["build_job", "run_job"]

_BUILD = ("intake", "clean", "resolve", "measure", "write", "validate", "publish")
_REPORT = "validation.html"


def run_job(screen: Screen, root: Path, now: datetime, *, plain: bool, use_judgements: bool, provisional: bool) -> int:
    """The main job. Exit code 3 when validation blocked it."""
    screen.tell(f"Data root: {root}")
    if plain:
        ctx = pipeline.open_context(root, now=now, use_judgements=use_judgements, provisional=provisional)
        with Steps(screen, ("collect", *_BUILD)) as steps:
            result = pipeline.run(ctx, steps)
    else:
        # Imported here: only this job knows Prefect, and it takes seconds to import and to start (it says so itself).
        from flows.runtime import run_observatory

        with Steps(screen, ("collect", *_BUILD)) as steps:
            result = run_observatory(
                root,
                now=now,
                use_judgements=use_judgements,
                provisional=provisional,
                say=screen.tell,
                on_step=steps,
            )
    return _report(screen, Paths(root), result)


def build_job(
    screen: Screen,
    root: Path,
    now: datetime,
    as_of: date,
    *,
    known_at: datetime | date | None,
    use_judgements: bool,
) -> int:
    """The snapshot of a past date. Exit code 3 when validation blocked it."""
    screen.tell(f"Data root: {root}")
    ctx = pipeline.open_context(root, now=now, as_of=as_of, known_at=known_at, use_judgements=use_judgements)
    seconds: dict[str, float] = {}
    with Steps(screen, _BUILD) as steps:

        def note(step: str, spent: float) -> None:
            seconds[step] = spent
            steps(step, spent)

        candidate = pipeline.build(ctx, note)
        publication = pipeline.publish(ctx, candidate, promote=False, on_step=note)
    return _report(screen, Paths(root), RunResult((), (), publication, seconds))


def _report(screen: Screen, paths: Paths, result: RunResult) -> int:
    publication = result.publication
    found = figures(publication.path)
    blocked = publication.outcome == "rejected"
    latest = read_index(paths)["latest"]
    answer: dict[str, Any] = {
        "outcome": publication.outcome,
        "snapshot": publication.snapshot_id,
        "latest": latest,
        "path": str(publication.path),
        "report": str(publication.path / _REPORT),
        "changes": publication.changes,
        "sources_failed": list(result.failures),
        "seconds": {step: round(spent, 3) for step, spent in result.seconds.items()},
    } | found
    screen.emit(answer)
    if not blocked:
        show_figures(screen, found)
    show_checks(screen, found)
    _show_ending(screen, paths, result, latest)
    if blocked:
        critical = found["checks"]["critical"]
        raise ValidationFailed(
            f"{counted(critical, 'critical check')} failed; nothing was promoted"
            + (f", {latest} stays the latest" if latest else ""),
            where=str(publication.path / _REPORT),
            do="mend the data or the decision named above, then run again",
        )
    return 0


def _show_ending(screen: Screen, paths: Paths, result: RunResult, latest: str | None) -> None:
    publication = result.publication
    if result.failures:
        screen.heading(f"{counted(len(result.failures), 'source')} failed; the last good capture stays in force")
        for failure in result.failures:
            for line in failure.splitlines():
                screen.line(f"  {line}")
    screen.heading(f"Seconds: {sum(result.seconds.values()):.2f}")
    screen.say(", ".join(f"{step} {spent:.2f}" for step, spent in result.seconds.items()), indent=2)
    screen.heading(_said(publication))
    is_latest = publication.snapshot_id == latest and not paths.store
    screen.facts(
        [
            ("store", paths.store or ""),
            ("latest", f"{paths.latest} → {latest}" if is_latest else ""),
            ("snapshot", str(publication.path)),
            ("site", _site(paths.latest if is_latest else publication.path)),
            ("validation report", str((paths.latest if is_latest else publication.path) / _REPORT)),
            ("index of snapshots", f"{paths.store}/index.json" if paths.store else str(paths.index)),
        ]
    )


def _site(folder: Path) -> str:
    """A rejected snapshot has no site, nor has one that was published before there were any."""
    index = folder / INDEX
    return str(index) if index.is_file() else ""


def _said(publication: Publication) -> str:
    match publication.outcome:
        case "published":
            return f"Published {publication.snapshot_id}: {publication.changes or 'see changes.parquet'}"
        case "unchanged":
            return f"Nothing changed since {publication.snapshot_id}"
        case "withheld":
            return publication.message
        case "built":
            return f"Built {publication.snapshot_id}; the latest has not moved"
        case "rejected":
            return f"Rejected {publication.snapshot_id}; the latest has not moved"
