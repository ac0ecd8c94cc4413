"""The steps, in order, readable aloud: collect, intake, clean, resolve, measure, write, validate, publish.

No Prefect here: the flows and the command line both call these functions. A snapshot is a pure function of the archive,
the decisions, the as-of date and the code; the clock is read once, by the door, and handed in as ``now``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from ptce_etl.catalogue.registry import Programme, Source, load_programmes, load_sources
from ptce_etl.clean.geography import Geography
from ptce_etl.clean.listings import Cleaned, clean_listings
from ptce_etl.collect.apart import files_apart
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.intake import Intake, collect_source, failure, intake
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import ConfigError, NoData, PublishError, SourceError
from ptce_etl.frames import empty, from_arrow, to_arrow
from ptce_etl.measure.evidence import known_listings
from ptce_etl.measure.history import pole_history
from ptce_etl.measure.measures import measure
from ptce_etl.measure.sensitivity import SHIFT, Resolved, sensitivity_table
from ptce_etl.model import Issue, RequestLog
from ptce_etl.publish.api import load_all
from ptce_etl.publish.changelog import CHANGES, changes_markdown, names_of
from ptce_etl.publish.changes import diff, summarise
from ptce_etl.publish.decisions_kept import decided_by, keep, log_state, state_at
from ptce_etl.publish.decisions_store import Decided, read_decided, write_identities, write_redirects
from ptce_etl.publish.index import FileRecord, read_index
from ptce_etl.publish.manifest import BuildInfo
from ptce_etl.publish.pages import Pages
from ptce_etl.publish.snapshot import Outcome, publish_candidate
from ptce_etl.publish.staging import candidate_facts, read_staged, stage
from ptce_etl.report.editions import earlier_than, edition_from
from ptce_etl.report.site import render_site
from ptce_etl.report.validation import render_validation
from ptce_etl.resolve.decisions import load_identities, load_redirects
from ptce_etl.resolve.identity import Identities, identify_rows
from ptce_etl.resolve.poles import poles_and_values
from ptce_etl.resolve.resolver import Resolution, resolve
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import place_words
from ptce_etl.schema import TABLES
from ptce_etl.seed import seed
from ptce_etl.validate.expectations import run_checks

__all__ = [
    "OWN_CATALOGUE",
    "Audited",
    "Candidate",
    "Context",
    "OnStep",
    "Publication",
    "RunResult",
    "audit",
    "build",
    "collect_one",
    "identities_of",
    "open_context",
    "publish",
    "run",
]

OnStep = Callable[[str, float], None]
OWN_CATALOGUE = "sources.yml"


def _quiet(step: str, seconds: float) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a run is a function of, besides the files of its data root.

    ``sources`` are those whose rows may count; ``trials`` are unverified: they are tried and reported elsewhere
    (``ptce sources check``), never by a run. ``provisional``: what it publishes is published as such, to be finalised
    later. ``known_at``: only captures and decisions held by then are used (default: ``now``); ``whole_day`` when a day
    was given and not an hour of it. ``catalogue``: the data root's own ``sources.yml``, which they were read from.
    """

    paths: Paths
    sources: tuple[Source, ...]
    programmes: tuple[Programme, ...]
    settings: Settings
    now: datetime
    as_of: date
    use_judgements: bool = True
    provisional: bool = False
    known_at: datetime | None = None
    whole_day: bool = False
    catalogue: bytes | None = None
    trials: tuple[Source, ...] = ()

    @property
    def known(self) -> datetime:
        """The instant up to which captures and decisions are used."""
        return self.known_at or self.now


@dataclass(frozen=True, slots=True)
class Candidate:
    """A snapshot written to ``path``, not yet audited."""

    snapshot_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Publication:
    """What became of a candidate; ``path`` is the folder to look at."""

    outcome: Outcome
    snapshot_id: str
    path: Path
    n_critical: int
    n_warnings: int
    message: str
    changes: str = ""


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run: one log line a source, the errors of those that failed, and what was published."""

    logs: tuple[RequestLog, ...]
    failures: tuple[str, ...]
    publication: Publication
    seconds: dict[str, float] = field(default_factory=dict)


def open_context(
    root: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    settings: Settings | None = None,
    use_judgements: bool = True,
    provisional: bool = False,
    known_at: datetime | date | None = None,
) -> Context:
    """Open a data root (made and filled with the bundled ledgers when it has none).

    ``now`` is aware; ``as_of`` is its day in Paris unless given. ``known_at``: an aware instant, or a day, which means
    its end in Paris. ``<root>/sources.yml``, if there, replaces the package's catalogue. Raises :class:`ConfigError`.
    """
    if now.tzinfo is None:
        raise ConfigError("a naive date-time", where="now", do="give it a time zone: datetime.now(UTC)")
    today = _today(now)
    if as_of is not None and as_of > today:
        raise ConfigError(f"as-of {as_of} is in the future", where="--as-of", do=f"choose a date up to {today}")
    known, whole_day = _known(known_at, now, as_of or today)
    paths = Paths(root)
    seed(paths)
    own = paths.root / OWN_CATALOGUE
    sources = load_sources(own if own.exists() else None)
    return Context(
        paths=paths,
        sources=tuple(source for source in sources if source.counts),
        trials=tuple(source for source in sources if not source.counts),
        programmes=load_programmes(),
        settings=settings or Settings(),
        now=now,
        as_of=as_of or today,
        use_judgements=use_judgements,
        provisional=provisional,
        known_at=known,
        whole_day=whole_day,
        catalogue=own.read_bytes() if own.exists() else None,
    )


def _known(known_at: datetime | date | None, now: datetime, as_of: date) -> tuple[datetime | None, bool]:
    """``known_at`` as an instant up to ``now``, and whether it is the end of a day."""
    if known_at is None:
        return None, False
    if isinstance(known_at, datetime):
        known, whole_day = known_at, False
    else:
        end = datetime.combine(known_at, clock_time.max, ZoneInfo("Europe/Paris"))
        known, whole_day = min(end, now), True
    if known.tzinfo is None or known > now or (not isinstance(known_at, datetime) and known_at > _today(now)):
        raise ConfigError(f"known at {known_at}, which is not past", where="--known-at", do=f"up to {now.isoformat()}")
    if as_of > _today(known):
        raise ConfigError(
            f"a description of {as_of} from what was known at {known_at}",
            where="--known-at",
            do="describe that day or an earlier one: --as-of",
        )
    return known, whole_day


def _today(now: datetime) -> date:
    return now.astimezone(ZoneInfo("Europe/Paris")).date()


def collect_one(ctx: Context, source: Source) -> RequestLog:
    """Retrieve one source into the archive. Raises :class:`SourceError` for a failure, which is in the log already."""
    log = collect_source(source, Archive(ctx.paths.root), ctx.paths.root, ctx.now)
    error = failure(log)
    if error is not None:
        raise error
    return log


def build(ctx: Context, on_step: OnStep = _quiet, *, decided: Decided | None = None) -> Candidate:
    """Archive and decisions → a candidate snapshot that describes the world at ``ctx.as_of``.

    ``decided``: the decisions to use (default: those of ``ctx.paths``, as they were at ``ctx.known_at`` if given). They
    are kept in the archive, so that the candidate can be built again.
    """
    clock = _Clock(on_step)
    decided = decided or _decided(ctx)
    used = keep(ctx.paths, _used(ctx, decided))
    took = intake(Archive(ctx.paths.root), ctx.sources, ctx.known)
    if took.listings.empty:
        raise NoData(
            "no listing could be read from the archive",
            where=str(ctx.paths.archive),
            do="run `ptce run` to collect the sources, and `ptce status` to see which fail",
        )
    clock.done("intake")
    geo = Geography.load()
    cleaned = clean_listings(took.listings, geo, decided.corrections)
    clock.done("clean")
    resolution = _resolve(ctx, decided, cleaned, geo)
    clock.done("resolve")
    tables = _measure(ctx, took, resolution, geo, [*took.issues, *cleaned.issues, *resolution.issues])
    tables["sensitivity"] = _sensitivity(ctx, decided, took, resolution, cleaned, geo)
    clock.done("measure")
    info = BuildInfo(as_of=ctx.as_of, settings=ctx.settings, captures=took.captures, decisions=used)
    path = stage(ctx.paths, {name: to_arrow(name, frame) for name, frame in tables.items()}, info)
    clock.done("write")
    return Candidate(candidate_facts(path)["snapshot_id"], path)


def _decided(ctx: Context) -> Decided:
    if ctx.known_at is None:
        return read_decided(ctx.paths)
    return decided_by(state_at(ctx.paths, ctx.known_at, whole_day=ctx.whole_day))


def _used(ctx: Context, decided: Decided) -> dict[str, bytes]:
    """The files that the candidate is made from, besides captures and code: decisions, and an own catalogue."""
    files = {name: body for name, body in decided.files.items() if ctx.use_judgements or name != "judgements.jsonl"}
    own = ctx.catalogue
    return files | ({OWN_CATALOGUE: own} if own is not None else {})


def _resolve(
    ctx: Context,
    decided: Decided,
    cleaned: Cleaned,
    geo: Geography,
    *,
    weights: Weights | None = None,
    judged: bool = True,
) -> Resolution:
    """Which listings name the same pole, from all that is known today: identity does not depend on the as-of date."""
    return resolve(
        cleaned.listings,
        places=place_words(geo),
        judgements=decided.judgements if ctx.use_judgements and judged else (),
        identities=decided.identities,
        redirects=decided.redirects,
        since=ctx.as_of.isoformat(),
        spellings=cleaned.spellings,
        single=frozenset(source.source_id for source in ctx.sources if source.free_of_duplicates),
        weights=weights,
    )


def _sensitivity(
    ctx: Context, decided: Decided, took: Intake, resolution: Resolution, cleaned: Cleaned, geo: Geography
) -> pd.DataFrame:
    """The headline under other choices: poles told apart under lower and higher thresholds, and without judgements."""

    def way(weights: Weights, found: Resolution, *, judged: bool) -> Resolved:
        return Resolved(weights.link, weights.review, judged, found.listings, found.edges)

    usual, judged = Weights(), ctx.use_judgements and bool(decided.judgements)
    ways = [way(usual, resolution, judged=judged)]
    if len(cleaned.listings) <= ctx.settings.sensitivity_listings:
        for shift in (-SHIFT, SHIFT):
            other = replace(usual, link=usual.link + shift, review=usual.review + shift)
            ways.append(way(other, _resolve(ctx, decided, cleaned, geo, weights=other), judged=judged))
        if judged:
            ways.append(way(usual, _resolve(ctx, decided, cleaned, geo, judged=False), judged=False))
    captured = {capture.sha256: capture.first_seen.date() for capture in took.captures}
    return sensitivity_table(ways, ctx.programmes, ctx.settings, ctx.as_of, captured)


def _measure(
    ctx: Context, took: Intake, resolution: Resolution, geo: Geography, issues: list[Issue]
) -> dict[str, pd.DataFrame]:
    """Every table but ``changes`` and ``checks``, from the listings that could be read by the as-of date."""
    captured = {capture.sha256: capture.first_seen.date() for capture in took.captures}
    listings = known_listings(resolution.listings, ctx.programmes, ctx.as_of, captured)
    if listings.empty:
        raise NoData(f"no listing is dated up to {ctx.as_of}", where="--as-of", do="choose a later date")
    edges = resolution.edges[
        resolution.edges["left"].isin(listings["listing_id"]) & resolution.edges["right"].isin(listings["listing_id"])
    ]
    poles, values = poles_and_values(listings, edges, geo)
    poles = poles.merge(pole_history(listings, ctx.programmes, ctx.as_of, captured), on="pole_id", how="left")
    measures = measure(
        listings,
        poles,
        edges,
        took.count_claims,
        took.growth_claims,
        ctx.programmes,
        ctx.settings,
        ctx.as_of,
        captured,
    )
    return {
        "poles": poles[TABLES["poles"].names],
        "listings": listings[TABLES["listings"].names],
        "values": values,
        "edges": edges,
        "counts": measures.counts,
        "series": measures.series,
        "indicator": measures.indicator,
        "claims": measures.claims,
        "completeness": measures.completeness,
        "lists": measures.lists,
        "sources": took.sources,
        "issues": _issues([*issues, *measures.issues]),
    }


def _issues(issues: Iterable[Issue]) -> pd.DataFrame:
    """Schema table ``issues``, each once; the id comes from what is said, so that it stays from run to run."""
    rows = {}
    for issue in issues:
        values = astuple(issue)
        digest = hashlib.sha256("\x1f".join("" if v is None else str(v) for v in values).encode()).hexdigest()
        rows[digest[:12]] = values
    if not rows:
        return empty("issues")
    return pd.DataFrame([(key, *rows[key]) for key in sorted(rows)], columns=TABLES["issues"].names)


def publish(
    ctx: Context, candidate: Candidate, *, promote: bool = True, on_step: OnStep = _quiet, timeout: float = 10.0
) -> Publication:
    """Audit a candidate against the latest snapshot, then promote it, keep it aside as rejected, or say "unchanged".

    A candidate that describes a past date, or ``promote=False``, never becomes the latest. What a snapshot said that
    was rolled back is "withheld".
    """
    clock = _Clock(on_step)
    past = ctx.as_of < _today(ctx.now) or ctx.known_at is not None
    promote = promote and not past
    supersedes = read_index(ctx.paths)["latest"]
    previous = load_all(supersedes, data=ctx.paths.root) if supersedes and promote else None
    tables = {name: from_arrow(name, table) for name, table in read_staged(candidate.path).items()}
    identities = _identities(ctx, tables["listings"]) if promote else None
    audited = audit(ctx, candidate, tables, previous, identities, supersedes=supersedes, promote=promote, past=past)
    clock.done("validate")

    def keep_decisions() -> None:
        if identities is not None:
            write_identities(ctx.paths.identities, identities.identities)
            write_redirects(ctx.paths.redirects, identities.redirects)
            log_state(ctx.paths, ctx.now)

    done = publish_candidate(
        ctx.paths,
        candidate.path,
        tables_added=audited.tables_added,
        supersedes=supersedes,
        now=ctx.now,
        extra=audited.extra,
        pages=audited.pages,
        promote=promote,
        provisional=ctx.provisional,
        known_at=ctx.known,
        before_promote=keep_decisions,
        timeout=timeout,
    )
    clock.done("publish")
    said = summarise(audited.changes, "en", first=previous is None) if done.outcome == "published" else ""
    checked = done.checks
    return Publication(
        done.outcome, done.snapshot_id, done.path, checked["critical"], checked["warnings"], done.message, said
    )


@dataclass(frozen=True, slots=True)
class Audited:
    """What a candidate gets when it is held against the snapshot it supersedes: its last tables, documents and site."""

    changes: pd.DataFrame
    checks: pd.DataFrame
    extra: dict[str, bytes]
    pages: Pages

    @property
    def tables_added(self) -> dict[str, pa.Table]:
        """``changes`` and ``checks``, as :func:`publish_candidate` takes them."""
        return {"changes": to_arrow("changes", self.changes), "checks": to_arrow("checks", self.checks)}


def audit(
    ctx: Context,
    candidate: Candidate,
    tables: dict[str, pd.DataFrame],
    previous: dict[str, pd.DataFrame] | None,
    identities: Identities | None,
    *,
    supersedes: str | None,
    promote: bool,
    past: bool,
) -> Audited:
    """Compare a candidate's ``tables`` with ``previous`` (those of ``supersedes``), check them, and tell it in files.

    ``past``: the day described was past when it was built, so that nothing is expected of what came since.
    """
    changes = diff(previous, tables, identities.redirects if identities else None)
    checks = run_checks(
        tables | {"changes": changes},
        sources=ctx.sources,
        programmes=ctx.programmes,
        previous=previous,
        settings=ctx.settings,
        backcast=past,
    )
    report = render_validation(
        checks, tables["issues"], snapshot_id=candidate.snapshot_id, as_of=ctx.as_of, summary=_summary(tables)
    )
    told = changes_markdown(
        changes,
        names_of(previous["poles"] if previous else None),
        names_of(tables["poles"]),
        as_of=ctx.as_of.isoformat(),
        supersedes=supersedes,
        promoted=promote,
    )
    facts = candidate_facts(candidate.path)["build"]
    held = tables | {"changes": changes, "checks": checks}

    def site(snapshot_id: str, files: Mapping[str, FileRecord]) -> Iterator[tuple[str, bytes]]:
        earlier = earlier_than(ctx.paths, snapshot_id)
        edition = edition_from(facts, snapshot_id, held, ctx.programmes, files, earlier)
        return ((f"site/{path}", content) for path, content in render_site(edition))

    apart = files_apart(Archive(ctx.paths.root), ctx.sources, ctx.known)
    return Audited(changes, checks, {"validation.html": report.encode(), CHANGES: told, **apart}, site)


def _identities(ctx: Context, listings: pd.DataFrame) -> Identities:
    """The identity files to keep with this candidate. They must still give its listings the ids it was built with."""
    return identities_of(ctx, listings, load_identities(ctx.paths.identities), load_redirects(ctx.paths.redirects))


def identities_of(ctx: Context, listings: pd.DataFrame, known: pd.DataFrame, redirects: pd.DataFrame) -> Identities:
    """The identity files that follow from ``known`` and ``redirects`` with a candidate's listings.

    Raises :class:`PublishError` when they would not give those listings the ids that they have.
    """
    groups = pd.factorize(listings["pole_id"])[0]
    named = identify_rows(listings["listing_id"], groups, known, redirects, ctx.as_of.isoformat())
    moved = int((named.pole_ids.to_numpy() != listings["pole_id"].to_numpy()).sum())
    if moved:
        raise PublishError(
            f"the identities changed since this candidate was built ({moved} listings)",
            where=str(ctx.paths.identities),
            do="build again",
        )
    return named


def _summary(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    poles = tables["poles"]
    return {
        "Mentions": str(len(tables["listings"])),
        "Pôles": str(len(poles)),
        "dont recensés": str(int((poles["status"] == "listed").sum())),
        "Paires à revoir": str(int((tables["edges"]["verdict"] == "review").sum())),
        "Affirmations vérifiées": str(len(tables["claims"])),
    }


def run(ctx: Context, on_step: OnStep = _quiet, *, promote: bool = True) -> RunResult:
    """The main job: collect every enabled source (one failure never stops the others), build, publish."""
    seconds: dict[str, float] = {}

    def note(step: str, spent: float) -> None:
        seconds[step] = seconds.get(step, 0.0) + spent
        on_step(step, spent)

    clock = _Clock(note)
    logs, failures = [], []
    for source in ctx.sources:
        if source.enabled:
            try:
                logs.append(collect_one(ctx, source))
            except SourceError as error:
                failures.append(str(error))
    clock.done("collect")
    candidate = build(ctx, note)
    publication = publish(ctx, candidate, promote=promote, on_step=note)
    return RunResult(tuple(logs), tuple(failures), publication, seconds)


class _Clock:
    """Tells how long each step took. A stopwatch, not a date: nothing of it reaches a snapshot."""

    def __init__(self, on_step: OnStep) -> None:
        self.on_step = on_step
        self.last = time.perf_counter()

    def done(self, step: str) -> None:
        now = time.perf_counter()
        self.on_step(step, now - self.last)
        self.last = now
