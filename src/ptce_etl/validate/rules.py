"""What is expected of each table: the list that becomes the Great Expectations suites and the ``checks`` table.

A map expectation passes on an empty frame and on an all-missing column. So every table that cannot be empty has a row
count, and a column has a ``required`` rule or a fill rate beside the rules on its values. What a rule reads across
tables is made in ``derive`` (a column more) or in ``facts`` (a small frame).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ptce_etl.config import Settings
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.schema import TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.rule import Rule, column, fact, history, none, order, same, within, worth_a_look

__all__ = ["Sizes", "rules"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What some bounds depend on: rows of this candidate and of the previous snapshot (0: there is none)."""

    poles: int
    listings: int
    previous_poles: int
    previous_listings: int


def rules(given: Collection[str], sizes: Sizes, settings: Settings, *, backcast: bool) -> tuple[Rule, ...]:
    """Every rule that applies, sorted by ``check_id``.

    ``given`` names the tables at hand: an optional one that is absent has no rules. ``backcast``: evidence after the
    as-of date was left out, so rows and sentinels may rightly be fewer than the captures hold: warnings, not stops.
    """
    tables = [name for name in bounds.ROWS if name in given or name not in bounds.OPTIONAL]
    found = [rule for name in tables for rule in _any_table(name)]
    found += [*_listings(), *_poles(sizes), *_edges(), *_values(), *_enrichment(), *_counts(sizes), *_series()]
    found += [
        *_indicator(),
        *_sensitivity(),
        *_claims(),
        *_completeness(),
        *_lists(),
        *_sources(),
        *_shrink(sizes, settings),
    ]
    found += [worth_a_look(rule) for rule in _whole()] if backcast else _whole()
    return tuple(sorted(found, key=lambda rule: rule.check_id))


def _any_table(t: str) -> list[Rule]:
    """Schema, required cells, key, row count, vocabularies, patterns and fill rates."""
    rows = bounds.ROWS[t]
    found = [
        fact(t, "schema", "", "schema.py"),
        none(t, "required", "", "_gaps", "∅"),
        column(t, "unique", " ".join(TABLES[t].key), "unique"),
    ]
    if rows.low:
        found.append(Rule(t, "rows_min", (), "rows", (), t, low=rows.low))
    if rows.high is not None:
        found.append(Rule(t, "rows_max", (), "rows", (), t, "warning", high=rows.high))
    found += [Rule(t, "one_of", (c,), "one_of", (c,), t, values=v) for c, v in bounds.ALLOWED.get(t, {}).items()]
    for c, shape in bounds.PATTERNS.get(t, {}).items():
        found.append(Rule(t, "pattern", (c,), "matches", (c,), t, expected=f"~ {shape.shown}", pattern=shape.pattern))
    found += [Rule(t, "fill", (c,), "filled", (c,), t, "warning", mostly=m) for c, m in bounds.FILL.get(t, {}).items()]
    return found


_MOVED = " ".join(["base", *(f"{'+' if sign > 0 else '−'} {name}" for name, sign in COMPONENTS.items())])


# fmt: off
# One rule a line: these lists are meant to be read down.
def _listings() -> list[Rule]:
    t = "listings"
    return [
        none(t, "place", "place_level", "_place_clash", "= code_*"),
        column(t, "position", "source_id capture_sha256 record_no", "unique"),
        none(t, "order", "date_first date_last", "_disorder", "date_first ≤ date_last"),
        worth_a_look(none(t, "plausible_date", "date_first", "_implausible", f"≥ {bounds.EPOCH} ≤ counts.as_of")),
        worth_a_look(none(t, "web_address", "source_url", "_not_web", "http(s)://")),
        worth_a_look(none(t, "known_programme", "programme", "_unknown_programme", "∈ programmes.yml")),
        none(t, "known_pole", "pole_id", "_orphan", "∈ poles"),
        none(t, "known_source", "source_id", "_unknown_source", "∈ sources.yml"),
        same(t, "capture_in_force", "capture_sha256", "capture_sha256 _in_force", "= sources.capture_sha256"),
    ]


def _poles(sizes: Sizes) -> list[Rule]:
    t, n = "poles", sizes.listings
    return [
        none(t, "place", "place_level", "_place_clash", "= code_*"),
        same(t, "in_territory", "latitude longitude", "_box _territory", "∈ code_departement"),
        none(t, "order", "", "_disorder", "first ≤ last; start ≤ end; n_sources, n_publishers ≤ n_listings"),
        within(t, "positive", "n_listings", low=1),
        within(t, "not_negative", "n_undecided", low=0),
        same(t, "counted", "n_listings", "n_listings _counted", "= listings"),
        within(t, "cluster_size", "n_listings", high=bounds.largest_cluster(n)),
        worth_a_look(within(t, "cluster_watch", "n_listings", high=bounds.suspicious_cluster(n))),
        worth_a_look(none(t, "known_programme", "cohorts", "_unknown_programme", "∈ programmes.yml")),
        worth_a_look(none(t, "closed_has_end", "status end_date", "_closed_clash", "closed ⇔ end_date")),
        fact(t, "sum", "n_listings", "Σ n_listings = listings"),
    ]


def _edges() -> list[Rule]:
    t = "edges"
    return [
        column(t, "one_a_pair", "left right", "unique", "_low _high"),
        none(t, "two_listings", "left right", "_alone", "left ≠ right"),
        none(t, "known_listing", "left right", "_unknown", "∈ listings"),
        within(t, "share", "probability", low=0, high=1),
        none(t, "veto_apart", "verdict", "_vetoed_together", "veto ⇒ pole_id ≠"),
        worth_a_look(none(t, "link_together", "verdict", "_linked_apart", "link ⇒ pole_id =")),
        column(t, "readable", "reasons", "json", expected="JSON"),
    ]


def _values() -> list[Rule]:
    t = "values"
    return [
        none(t, "known_listing", "listing_id pole_id", "_orphan", "∈ listings"),
        none(t, "known_field", "field", "_unknown", "∈ poles.*"),
        none(t, "one_kept", "pole_id field", "_kept_twice", "≤ 1"),
        worth_a_look(same(t, "as_published", "value", "_kept _published", "= poles.*")),
    ]


def _enrichment() -> list[Rule]:
    t = "enrichment"
    return [
        none(t, "known_pole", "pole_id", "_orphan", "∈ poles"),
        none(t, "believed", "value score threshold reason", "_half_believed", "found ⇔ value ⇒ score > threshold"),
    ]


def _counts(sizes: Sizes) -> list[Rule]:
    t = "counts"
    return [
        none(t, "order", "low n high", "_disorder", "0 ≤ low ≤ n ≤ high"),
        within(t, "at_most_poles", "n", high=sizes.poles),
        order(t, "cohort", "n", "published"),
        within(t, "share", "coverage", low=0, high=1),
        none(t, "recomputed", "coverage", "_recomputed", "n / published"),
        worth_a_look(none(t, "known_programme", "population", "_unknown_programme", "∈ programmes.yml")),
        fact(t, "regions_sum", "n", "Σ region = france"),
        fact(t, "regions_2015_sum", "n", "Σ region_2015 = france"),
        fact(t, "departements_sum", "n", "Σ departement = france"),
        fact(t, "headline_counted", "population", " ∧ ".join(bounds.HEADLINE_POPULATIONS)),
    ]


def _series() -> list[Rule]:
    t = "series"
    return [
        none(t, "order", "known_low known backcast_low backcast", "_disorder", "0 ≤ low ≤ known, backcast"),
        same(t, "as_counted", "known backcast", "_stated _counted", "= counts.n"),
    ]


def _indicator() -> list[Rule]:
    t = "indicator"
    return [
        none(t, "order", "", "_disorder", "0 ≤ low ≤ base, target, growth_pct ≤ high; 0 ≤ moves; 0 ≤ coverage ≤ 1"),
        order(t, "in_order", "base_date", "target_date", strict=True),
        within(t, "positive", "years", low=0.001),
        same(t, "movement", "target", "target _moved", _MOVED),
        none(t, "recomputed", "", "_recomputed", "target − base; (target − base) / base; target / base"),
        none(t, "explained", "comparable comparable_why", "_unexplained", "comparable ∨ comparable_why"),
        same(t, "as_counted", "target target_low target_high", "_stated _counted", "= counts"),
        fact(t, "headline", "headline", " ∧ ".join(bounds.HEADLINE_POPULATIONS)),
    ]


def _sensitivity() -> list[Rule]:
    t = "sensitivity"
    return [
        none(t, "order", "growth_low_pct growth_pct growth_high_pct", "_disorder", "low ≤ growth_pct ≤ high"),
        none(t, "recomputed", "change growth_pct", "_recomputed", "target − base; (target − base) / base"),
        same(t, "as_measured", "base target", "_stated _measured", "= indicator"),
    ]


def _claims() -> list[Rule]:
    t = "claims"
    return [
        none(t, "order", "date_first date_last", "_disorder", "date_first ≤ date_last"),
        none(t, "recomputed", "computed", "_recomputed", "(target_value − base_value) / base_value"),
    ]


def _completeness() -> list[Rule]:
    t = "completeness"
    return [
        none(t, "order", "", "_disorder", "0 ≤ n_on_several ≤ n_on_lists ≤ n_named, low; low ≤ estimate ≤ high"),
        none(t, "withheld", "withheld estimate reasons", "_half_withheld", "withheld ⇔ reasons ∧ ¬ estimate"),
        within(t, "share", "completeness", low=0, high=1),
        none(t, "recomputed", "completeness", "_recomputed", "n_named / estimate"),
        same(t, "as_counted", "n_named", "_named _counted", "= counts.n"),
        worth_a_look(none(t, "known_programme", "population", "_unknown_programme", "∈ programmes.yml")),
    ]


def _lists() -> list[Rule]:
    t = "lists"
    return [
        none(t, "order", "first_date last_date", "_disorder", "first_date ≤ last_date"),
        none(t, "known_pole", "poles", "_unknown", "∈ poles"),
        same(t, "as_many", "n_poles", "n_poles _counted", "= poles"),
        none(t, "explained", "used why_not", "_unexplained", "used ⇔ ¬ why_not"),
    ]


def _sources() -> list[Rule]:
    t = "sources"
    return [
        order(t, "enough_rows", "min_rows", "n_rows"),
        worth_a_look(order(t, "few_enough_rows", "n_rows", "max_rows")),
        worth_a_look(none(t, "up_to_date", "health", "_not_fresh", "fresh")),
        none("issues", "none_critical", "severity", "_critical", "∅"),
        fact(t, "catalogue", "source_id", "= sources.yml"),
    ]


def _whole() -> list[Rule]:
    """What holds when the whole of each capture is in the tables."""
    return [
        fact("poles", "sentinels", "name", "∈ poles"),
        fact("listings", "rows_read", "source_id", "= sources.n_rows"),
        fact("claims", "rows_read", "capture_sha256", "= sources.n_rows"),
    ]
# fmt: on


def _shrink(sizes: Sizes, settings: Settings) -> list[Rule]:
    """What may have gone since the previous snapshot: counted by name, so that new poles do not hide
    lost ones; a pole that was merged into another has not gone."""
    found = []
    for table, before in (("poles", sizes.previous_poles), ("listings", sizes.previous_listings)):
        if before:
            lost = bounds.shrink_allowed(before, settings)
            key, share = TABLES[table].key[0], max(before - lost, 0) / before
            found.append(history(table, "shrink", key, f"≤ {lost} / {before}", share))
    return [rule if rule.table == "poles" else worth_a_look(rule) for rule in found]
