"""Everything measured on one set of listings and poles: counts, indicator, claims, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.config import Settings
from ptce_etl.errors import DataError
from ptce_etl.measure.census import Census
from ptce_etl.measure.claims import claims_table
from ptce_etl.measure.completeness import completeness_tables
from ptce_etl.measure.counts import counts_table, series_dates
from ptce_etl.measure.coverage import cohort_issues, published_numbers
from ptce_etl.measure.evidence import World, read_evidence, read_rounds
from ptce_etl.measure.indicator import indicator_table, periods
from ptce_etl.measure.ledger import read_count_claims, read_growth_claims
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.series import series_table
from ptce_etl.measure.territories import FRANCE, read_places
from ptce_etl.measure.undecided import undecided_pairs
from ptce_etl.model import Issue

__all__ = ["Measures", "measure"]


@dataclass(frozen=True)
class Measures:
    """Frames of the schema tables of these names, sorted by their keys; what is wrong."""

    counts: pd.DataFrame
    series: pd.DataFrame
    indicator: pd.DataFrame
    claims: pd.DataFrame
    completeness: pd.DataFrame
    lists: pd.DataFrame
    issues: tuple[Issue, ...]


def measure(
    listings: pd.DataFrame,
    poles: pd.DataFrame,
    edges: pd.DataFrame,
    count_claims: pd.DataFrame,
    growth_claims: pd.DataFrame,
    programmes: Sequence[Programme],
    settings: Settings,
    as_of: date,
    captured: Mapping[str, date],
) -> Measures:
    """Measure the world described at ``as_of``.

    ``listings`` and ``edges`` are those schema tables; of ``poles`` the columns ``pole_id`` and the codes and names of
    region and department are read; the claims are the ledgers as text, with ``capture_sha256`` and ``record_no``.
    ``captured`` maps each ``capture_sha256`` to the day those bytes were first held. Evidence and claims
    that could not be read by ``as_of`` are left out. Raises :class:`DataError` when a listing names a pole that
    ``poles`` does not have, or a capture has no day.
    """
    rounds = read_rounds(programmes)
    world = World(read_evidence(listings, rounds, captured, as_of), rounds, settings.active_years)
    places = read_places(poles)
    strangers = sorted({item.pole_id for item in world.evidence} - set(places.regions))
    if strangers:
        raise DataError(
            f"{len(strangers)} poles of listings are not in poles",
            where=", ".join(strangers[:5]),
            do="measure listings and poles of one and the same resolution",
        )
    pole_of = {item.listing_id: item.pole_id for item in world.evidence}
    counts, ledger_issues = read_count_claims(count_claims, captured, as_of)
    growths, more_issues = read_growth_claims(growth_claims, captured, as_of)
    published = published_numbers(counts, rounds)
    census = Census(world, places, undecided_pairs(edges, pole_of), published)
    dates = series_dates(world, settings, as_of)
    spans = periods(dates, settings, as_of)
    scene = Scene(world, places, census.joined_in(FRANCE), published, as_of)
    issues = [
        *ledger_issues,
        *more_issues,
        *_unknown_rounds(listings, rounds),
        *cohort_issues(world, published, as_of),
    ]
    complete = completeness_tables(census, listings, as_of)
    return Measures(
        counts=counts_table(census, dates, as_of),
        series=series_table(census, as_of),
        indicator=indicator_table(census, spans, settings, as_of),
        claims=claims_table(counts, growths, scene),
        completeness=complete.estimates,
        lists=complete.lists,
        issues=tuple(issues),
    )


def _unknown_rounds(listings: pd.DataFrame, rounds: Mapping[str, object]) -> list[Issue]:
    """Call rounds that listings name and ``programmes.yml`` does not have: their poles are in no cohort."""
    named = listings["programme"].dropna()
    unknown = named[~named.isin(list(rounds))].value_counts().sort_index()
    return [
        Issue(
            stage="measure",
            code="programme_unknown",
            severity="warning",
            who="us",
            message=f"{count} listings name the call round {name!r}, which the catalogue does not have",
            field="programme",
            value=str(name),
        )
        for name, count in unknown.items()
    ]
