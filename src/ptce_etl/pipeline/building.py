"""Archive and decisions → a candidate snapshot: intake, clean, resolve, measure, write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import pandas as pd

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.listings import Cleaned, clean_listings
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.intake import Intake, intake
from ptce_etl.errors import NoData
from ptce_etl.frames import empty, to_arrow
from ptce_etl.measure.evidence import known_listings
from ptce_etl.measure.history import pole_history
from ptce_etl.measure.measures import measure
from ptce_etl.measure.sensitivity import SHIFT, Resolved, sensitivity_table
from ptce_etl.model import Issue
from ptce_etl.pipeline.context import OWN_CATALOGUE, OWN_SERVICES, Context
from ptce_etl.pipeline.enriching import enrichment
from ptce_etl.pipeline.stopwatch import Clock, OnStep, quiet
from ptce_etl.publish.decisions_kept import decided_by, keep, state_at
from ptce_etl.publish.decisions_store import Decided, read_decided
from ptce_etl.publish.manifest import BuildInfo
from ptce_etl.publish.staging import candidate_facts, stage
from ptce_etl.resolve.poles import poles_and_values
from ptce_etl.resolve.resolver import Resolution, resolve
from ptce_etl.resolve.weights import Weights
from ptce_etl.resolve.words import place_words
from ptce_etl.schema import TABLES

__all__ = ["Candidate", "build"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A snapshot written to ``path``, not yet audited."""

    snapshot_id: str
    path: Path


def build(ctx: Context, on_step: OnStep = quiet, *, decided: Decided | None = None) -> Candidate:
    """Archive and decisions → a candidate snapshot that describes the world at ``ctx.as_of``.

    ``decided``: the decisions to use (default: those of ``ctx.paths``, as they were at ``ctx.known_at`` if given). They
    are kept in the archive, so that the candidate can be built again.
    """
    clock = Clock(on_step)
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
    # Last, of finished poles: that no service was asked can change nothing else.
    said = enrichment(ctx.services, Archive(ctx.paths.root), tables["poles"], ctx.known, ctx.as_of)
    tables["enrichment"] = said.table
    captures = (*took.captures, *said.captures)
    info = BuildInfo(as_of=ctx.as_of, settings=ctx.settings, captures=captures, decisions=used)
    path = stage(ctx.paths, {name: to_arrow(name, frame) for name, frame in tables.items()}, info)
    clock.done("write")
    return Candidate(candidate_facts(path)["snapshot_id"], path)


def _decided(ctx: Context) -> Decided:
    if ctx.known_at is None:
        return read_decided(ctx.paths)
    return decided_by(state_at(ctx.paths, ctx.known_at, whole_day=ctx.whole_day))


def _used(ctx: Context, decided: Decided) -> dict[str, bytes]:
    """The files that the candidate is made from, besides captures and code: decisions, own catalogue, own services."""
    files = {name: body for name, body in decided.files.items() if ctx.use_judgements or name != "judgements.jsonl"}
    own = {OWN_CATALOGUE: ctx.catalogue, OWN_SERVICES: ctx.own_services}
    return files | {name: body for name, body in own.items() if body is not None}


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
    """The tables that are counted or measured, from the listings that could be read by the as-of date."""
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
