"""A candidate held against the snapshot it supersedes: changes, checks, documents, site, and the ids that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from ptce_etl.collect.apart import files_apart
from ptce_etl.collect.archive import Archive
from ptce_etl.errors import PublishError
from ptce_etl.frames import to_arrow
from ptce_etl.pipeline.building import Candidate
from ptce_etl.pipeline.context import Context
from ptce_etl.publish.changelog import CHANGES, changes_markdown, names_of
from ptce_etl.publish.changes import diff
from ptce_etl.publish.index import FileRecord
from ptce_etl.publish.pages import Pages
from ptce_etl.publish.staging import candidate_facts
from ptce_etl.report.editions import earlier_than, edition_from
from ptce_etl.report.site import render_site
from ptce_etl.report.validation import render_validation
from ptce_etl.resolve.identity import Identities, identify_rows
from ptce_etl.validate.expectations import run_checks

__all__ = ["Audited", "audit", "identities_of"]


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
