"""Each rule holds in the small world, and fails when the small world is spoiled: no check can pass whatever the data.

Rules that tables have in common are spoiled by what they are, the others by hand in ``SPOILED``; a test holds the two
together with the list of rules.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ptce_etl.config import Settings
from ptce_etl.errors import ValidationFailed
from ptce_etl.frames import to_arrow
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.schema import TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.expectations import critical_failures, data_docs, gate
from ptce_etl.validate.rules import Sizes, rules

Spoil = Callable[[Any], None]
ARCHER, ECOPAL, REGION = "p-archer", "p-ecopal", "p-region"
LISTED, SUPPORTED = "listed/france/FR/2024-11-01/2026-11-01", "state_supported/france/FR/2024-11-01/2026-11-01"
COHORT = "cohort:aap-2013/france/FR/2026-11-01"
ESTIMATE = "cohort:aap-2013/france/FR/loglinear"


def cell(table: str, column: str, value: object, row: int = 0) -> Spoil:
    return lambda small: small.spoil(table, column, value, row)


def cells(table: str, row: int = 0, **values: object) -> Spoil:
    def spoil(small: Any) -> None:
        for column, value in values.items():
            small.spoil(table, column, value, row)

    return spoil


def drop(table: str, row: int) -> Spoil:
    def spoil(small: Any) -> None:
        small.tables[table] = small.tables[table].drop(index=row)

    return spoil


def twice(table: str) -> Spoil:
    def spoil(small: Any) -> None:
        small.tables[table] = pd.concat([small.tables[table], small.tables[table].head(1)])

    return spoil


def many(table: str, copies: int) -> Spoil:
    def spoil(small: Any) -> None:
        frame = small.tables[table]
        key = TABLES[table].key[0]
        rows = pd.concat([frame.head(1)] * copies, ignore_index=True)
        small.tables[table] = pd.concat([frame, rows.assign(**{key: [f"x{n:05d}" for n in range(copies)]})])

    return spoil


def before(table: str, extra: int) -> Spoil:
    """The previous snapshot had ``extra`` more rows, called z0, z1, …"""

    def spoil(small: Any) -> None:
        key = TABLES[table].key[0]
        frame = small.previous[table]
        gone = pd.DataFrame({key: pd.Series([f"z{n}" for n in range(extra)], dtype="str")})
        small.previous[table] = pd.concat([frame, gone])

    return spoil


DAY = pd.Timestamp("2030-01-01")
# check → (a row that the failure must name, how the small world is spoiled)
SPOILED: dict[str, tuple[str, Spoil]] = {
    "claims.order.date_first+date_last": ("c1", cell("claims", "date_first", DAY)),
    "claims.recomputed.computed": ("g1", cell("claims", "computed", 365.0, row=1)),
    "claims.rows_read.capture_sha256": ("b" * 64, drop("claims", 0)),
    "completeness.as_counted.n_named": ("listed/france/FR/chapman", cell("completeness", "n_named", 4, row=1)),
    "completeness.known_programme.population": (
        "cohort:x/france/FR/loglinear",
        cell("completeness", "population", "cohort:x"),
    ),
    "completeness.order.*": (ESTIMATE, cell("completeness", "low", 5)),
    "completeness.recomputed.completeness": (ESTIMATE, cell("completeness", "completeness", 0.8)),
    "completeness.share.completeness": (ESTIMATE, cell("completeness", "completeness", 1.2)),
    "completeness.withheld.withheld+estimate+reasons": (ESTIMATE, cell("completeness", "withheld", True)),
    "counts.at_most_poles.n": (COHORT, cell("counts", "n", 4)),
    "counts.cohort.n+published": (COHORT, cell("counts", "published", 2)),
    "counts.departements_sum.n": ("listed 2026-11-01", cell("counts", "n", 0, row=1)),
    "counts.headline_counted.population": ("listed", drop("counts", 4)),
    "counts.known_programme.population": ("cohort:x/france/FR/2026-11-01", cell("counts", "population", "cohort:x")),
    "counts.recomputed.coverage": (COHORT, cell("counts", "coverage", 0.9)),
    "counts.order.low+n+high": (COHORT, cell("counts", "high", 2)),
    "counts.regions_sum.n": ("listed 2026-11-01", drop("counts", 6)),
    "counts.regions_2015_sum.n": ("listed 2026-11-01", drop("counts", 8)),
    "counts.share.coverage": (COHORT, cell("counts", "coverage", 1.2)),
    "edges.known_listing.left+right": ("l001/l999", cell("edges", "right", "l999")),
    "edges.link_together.verdict": ("l001/l004", cell("edges", "right", "l004")),
    "edges.one_a_pair.left+right": ("l002/l001", cells("edges", row=1, left="l002", right="l001")),
    "edges.readable.reasons": ("l001/l002", cell("edges", "reasons", "[name")),
    "edges.share.probability": ("l001/l002", cell("edges", "probability", 1.5)),
    "edges.two_listings.left+right": ("l001/l001", cell("edges", "right", "l001")),
    "edges.veto_apart.verdict": ("l001/l002", cell("edges", "verdict", "veto")),
    "enrichment.believed.value+score+threshold+reason": (
        f"{ARCHER}/siren",
        cell("enrichment", "score", 0.9),
    ),
    "enrichment.known_pole.pole_id": ("p-nobody/siren", cell("enrichment", "pole_id", "p-nobody")),
    "indicator.as_counted.target+target_low+target_high": (LISTED, cell("indicator", "target_high", 9)),
    "indicator.explained.comparable+comparable_why": (LISTED, cell("indicator", "comparable", False)),
    "indicator.headline.headline": ("state_supported", cell("indicator", "headline", False, row=1)),
    "indicator.in_order.base_date+target_date": (
        "listed/france/FR/2026-11-01/2026-11-01",
        cell("indicator", "base_date", pd.Timestamp("2026-11-01")),
    ),
    "indicator.order.*": (LISTED, cell("indicator", "growth_low_pct", 300.0)),
    "indicator.recomputed.*": (LISTED, cell("indicator", "growth_pct", 300.0)),
    "indicator.movement.target": (LISTED, cell("indicator", "opened", 5)),
    "indicator.positive.years": (LISTED, cell("indicator", "years", 0.0)),
    "issues.none_critical.severity": ("i1", cell("issues", "severity", "critical")),
    "listings.capture_in_force.capture_sha256": ("l001", cell("listings", "capture_sha256", "c" * 64)),
    "listings.known_pole.pole_id": ("l001", cell("listings", "pole_id", "p-nobody")),
    "listings.known_programme.programme": ("l001", cell("listings", "programme", "aap-1913")),
    "listings.known_source.source_id": ("l001", cell("listings", "source_id", "elsewhere")),
    "listings.order.date_first+date_last": ("l001", cell("listings", "date_first", pd.Timestamp("2022-01-01"))),
    "listings.place.place_level": ("l001", cell("listings", "code_departement", "61")),
    "listings.plausible_date.date_first": ("l001", cell("listings", "date_first", DAY)),
    "listings.position.source_id+capture_sha256+record_no": ("l002", cell("listings", "record_no", 1, row=1)),
    "listings.rows_read.source_id": ("ledger", drop("listings", 6)),
    "listings.shrink.listing_id": ("z0", before("listings", 3)),
    "listings.web_address.source_url": ("l001", cell("listings", "source_url", "javascript:alert(1)")),
    "lists.as_many.n_poles": ("listed/1", cell("lists", "n_poles", 3)),
    "lists.explained.used+why_not": ("listed/2", cell("lists", "used", True, row=1)),
    "lists.known_pole.poles": ("listed/1", cell("lists", "poles", "p-archer | p-nobody")),
    "lists.order.first_date+last_date": ("listed/1", cell("lists", "first_date", DAY)),
    "poles.closed_has_end.status+end_date": (ECOPAL, cell("poles", "status", "listed", row=1)),
    "poles.cluster_size.n_listings": (ARCHER, cell("poles", "n_listings", 81)),
    "poles.cluster_watch.n_listings": (ARCHER, cell("poles", "n_listings", 41)),
    "poles.counted.n_listings": (ARCHER, cell("poles", "n_listings", 4)),
    "poles.in_territory.latitude+longitude": (ECOPAL, cell("poles", "latitude", 20.94, row=1)),
    "poles.known_programme.cohorts": (ARCHER, cell("poles", "cohorts", "aap-2013 | aap-1913")),
    "poles.not_negative.n_undecided": (ARCHER, cell("poles", "n_undecided", -1)),
    "poles.order.*": (ECOPAL, cell("poles", "end_date", pd.Timestamp("2001-01-01"), row=1)),
    "poles.place.place_level": (REGION, cell("poles", "place_level", "commune", row=2)),
    "poles.positive.n_listings": (REGION, cell("poles", "n_listings", 0, row=2)),
    "poles.sentinels.name": ("ledger: La place des possibles", cell("listings", "name", "La Place du marché", row=6)),
    "poles.shrink.pole_id": ("z2", before("poles", 3)),
    "poles.sum.n_listings": ("poles", drop("poles", 0)),
    "sensitivity.as_measured.base+target": ("listed/2", cell("sensitivity", "base", 2, row=1)),
    "sensitivity.order.growth_low_pct+growth_pct+growth_high_pct": (
        "listed/1",
        cell("sensitivity", "growth_low_pct", 60.0),
    ),
    "sensitivity.recomputed.change+growth_pct": ("listed/1", cell("sensitivity", "growth_pct", 60.0)),
    "series.as_counted.known+backcast": ("listed/france/FR/2024-11-01", cell("series", "known", 2)),
    "series.order.known_low+known+backcast_low+backcast": (
        "listed/france/FR/2024-12-31",
        cell("series", "backcast_low", 4, row=1),
    ),
    "sources.catalogue.source_id": ("claims", drop("sources", 0)),
    "sources.enough_rows.min_rows+n_rows": ("claims", cell("sources", "n_rows", 0)),
    "sources.few_enough_rows.n_rows+max_rows": ("claims", cell("sources", "n_rows", 10)),
    "sources.up_to_date.health": ("claims", cell("sources", "health", "stale")),
    "values.as_published.value": (f"{ARCHER}/carrier/Autre/l001", cell("values", "value", "Autre")),
    "values.known_field.field": (f"{ARCHER}/e-mail/Archer/l001", cell("values", "field", "e-mail")),
    "values.known_listing.listing_id+pole_id": (f"{ECOPAL}/carrier/Archer/l001", cell("values", "pole_id", ECOPAL)),
    "values.one_kept.pole_id+field": (f"{ARCHER}/carrier/Autre/l001", cell("values", "value", "Autre")),
}


def key_of(small: Any, table: str) -> str:
    row = small.tables[table].iloc[0]
    parts = [row[column] for column in TABLES[table].key]
    return "/".join(part.strftime("%Y-%m-%d") if isinstance(part, pd.Timestamp) else str(part) for part in parts)


# … and the rules that tables have in common: spoiled in all tables at once.
COMMON = ("schema", "required", "unique", "rows_min", "rows_max", "one_of", "pattern", "fill")


def spoil_common(small: Any, check_id: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Spoil the small world for one check; returns how to find what its failure must name ("": a table, not a row)."""
    table, rule, column = check_id.split(".")
    if rule == "schema":
        name = [c.name for c in TABLES[table].columns if c.name not in TABLES[table].key][-1]
        small.tables[table] = small.tables[table].drop(columns=name)
        return lambda: name
    if rule == "rows_min":
        small.tables[table] = small.tables[table].head(0)
        return lambda: ""
    if rule == "rows_max":
        monkeypatch.setitem(bounds.ROWS, table, bounds.Rows(0, len(small.tables[table]) - 1))
        return lambda: ""
    if rule == "required":
        texts = [c.name for c in TABLES[table].columns if c.required and c.kind == "text"]
        small.spoil(table, next(name for name in texts if name not in TABLES[table].key), " ")
    elif rule == "unique":
        twice(table)(small)
    elif rule == "fill":
        frame = small.tables[table]
        small.tables[table] = frame.assign(**{column: frame[column].where(pd.Series(False, index=frame.index))})
    else:
        small.spoil(table, column, f"{small.tables[table][column].iloc[0]}\n")
    return lambda: key_of(small, table)


def ids(*names: str) -> list[str]:
    """The checks of a world with a previous snapshot, from the rules themselves; all, or those of the rules named."""
    every = rules(set(bounds.ROWS) - bounds.OPTIONAL, Sizes(3, 7, 3, 7), Settings(), backcast=False)
    return [rule.check_id for rule in every if not names or rule.name in names]


def named(row: dict[str, Any]) -> list[str]:
    return [part.strip() for part in str(row["failed_keys"]).split(" | ")]


def test_the_small_world_passes(small):
    checks = small.check()
    failed = checks[~checks["passed"]]
    assert failed.empty, failed[["check_id", "observed", "expected", "failed_keys"]].to_string()
    assert checks["check_id"].to_list() == ids()
    assert to_arrow("checks", checks).num_rows == len(checks)
    assert set(checks["table"]) == set(bounds.ROWS) - bounds.OPTIONAL
    assert critical_failures(checks) == []
    gate(checks)


def test_every_check_is_spoiled():
    assert len(set(ids())) == len(ids())
    assert sorted(ids()) == sorted([*SPOILED, *ids(*COMMON)])


@pytest.mark.parametrize("check_id", sorted(SPOILED))
def test_a_check_fails_and_names_the_row(small, check_id):
    key, change = SPOILED[check_id]
    change(small)
    row = small.one(check_id)
    assert not row["passed"]
    assert row["n_failed"] >= 1
    assert key in named(row), row


@pytest.mark.parametrize("rule", COMMON)
def test_a_common_rule_fails_in_every_table_and_names_the_row(small, rule, monkeypatch):
    wanted = {check_id: spoil_common(small, check_id, monkeypatch) for check_id in ids(rule)}
    rows = small.check(*wanted).set_index("check_id")
    assert rows.index.to_list() == sorted(wanted)
    for check_id, key in wanted.items():
        row = rows.loc[check_id]
        assert not row["passed"], check_id
        assert row["n_failed"] >= 1
        assert not key() or key().strip() in named(row), row


@pytest.mark.parametrize("table", sorted(set(bounds.ROWS) - bounds.OPTIONAL))
def test_an_absent_table_fails_its_checks(small, table):
    wanted = [check_id for check_id in ids() if check_id.startswith(f"{table}.") and ".shrink." not in check_id]
    del small.tables[table]
    checks = small.check(*wanted)
    assert checks["check_id"].to_list() == wanted
    assert not checks["passed"].any()
    assert checks["observed"].str.startswith("absent: ").all()
    assert checks["observed"].str.contains(table).all()


@pytest.mark.parametrize(
    ("table", "column", "check_id", "says"),
    [
        ("poles", "siren", "poles.pattern.siren", 'exception: Error: The column "siren" in BatchData does not exist.'),
        ("edges", "verdict", "edges.veto_apart.verdict", "absent: edges.verdict"),
        ("listings", "pole_id", "poles.counted.n_listings", "absent: listings.pole_id"),
        ("poles", "n_listings", "poles.sum.n_listings", "absent: poles.n_listings"),
        ("poles", "pole_id", "poles.unique.pole_id", "pole_id"),
    ],
)
def test_an_absent_column_fails_closed_and_is_named(small, table, column, check_id, says):
    small.tables[table] = small.tables[table].drop(columns=column)
    row = small.one(check_id)
    assert not row["passed"]
    assert says in row["observed"]
    assert row["n_failed"] >= 1


def test_a_wrong_type_is_found_by_the_schema_and_breaks_what_reads_it(small):
    small.spoil("counts", "n", "three")
    rows = small.check("counts.schema.*", "counts.at_most_poles.n", "counts.cohort.n+published").set_index("check_id")
    assert not rows["passed"].any()
    assert rows.loc["counts.schema.*", "observed"] == "1 / 11: mixed ≠ int"
    assert rows.loc["counts.schema.*", "failed_keys"] == "n"
    assert rows["observed"].str.startswith("exception: ").sum() == 2


def test_an_unknown_column_is_not_published(small):
    small.tables["poles"] = small.tables["poles"].assign(email="a@b.fr")
    row = small.one("poles.schema.*")
    assert (row["observed"], row["failed_keys"]) == ("1 / 28: unknown ≠ absent", "email")


def test_an_empty_world_does_not_pass(small):
    """Map expectations hold on empty frames: row counts, sentinels and headlines do not."""
    small.tables = {name: frame.head(0) for name, frame in small.tables.items()}
    stopped = ids("rows_min", "shrink", "sentinels", "headline", "headline_counted", "catalogue")
    checks = small.check(*stopped, "poles.unique.pole_id").set_index("check_id")["passed"]
    assert checks[checks].index.to_list() == ["poles.unique.pole_id"]


# Rules that look at several things: each of them is spoiled.
SEVERAL = [
    ("completeness.order.*", cell("completeness", "n_on_lists", 4), "n_on_lists 4 > n_named 3"),
    ("completeness.order.*", cell("completeness", "high", 3), "estimate 4.0 > high 3"),
    *(
        ("completeness.withheld.withheld+estimate+reasons", change, says)
        for change, says in (
            (cell("completeness", "estimate", 5.0, row=1), "a number is given"),
            (cell("completeness", "reason_fr", None, row=1), "no reason"),
            (cell("completeness", "high", None), "no number"),
            (cell("completeness", "reasons", "too_wide"), "a reason is given"),
            (cell("completeness", "published_inside", None), "not held against the published number"),
        )
    ),
    ("lists.explained.used+why_not", cell("lists", "why_not_fr", None, row=1), "not used, no reason"),
    ("counts.order.low+n+high", cell("counts", "low", -1), "0 > low -1"),
    ("counts.order.low+n+high", cell("counts", "low", 4), "low 4 > n 3"),
    ("counts.recomputed.coverage", cell("counts", "coverage", None), "coverage ∅ ≠ 0.75"),
    ("claims.recomputed.computed", cell("claims", "computed", None, row=1), "computed ∅ ≠ 262.5"),
    ("indicator.order.*", cell("indicator", "base_low", 2), "base_low 2 > base 1"),
    ("indicator.order.*", cell("indicator", "target_low", 4), "target_low 4 > target 3"),
    ("indicator.order.*", cell("indicator", "base_high", 0), "base 1 > base_high 0"),
    ("indicator.order.*", cell("indicator", "target_high", 2), "target 3 > target_high 2"),
    ("indicator.order.*", cell("indicator", "growth_high_pct", 20.0), "growth_pct 200.0 > growth_high_pct 20.0"),
    *(
        ("indicator.order.*", cell("indicator", name, -1), f"0 > {name} -1")
        for name in ("base_low", "target_low", *COMPONENTS)
    ),
    ("indicator.order.*", cell("indicator", "coverage_base", -0.1), "0 > coverage_base -0.1"),
    ("indicator.order.*", cell("indicator", "coverage_target", 1.1), "coverage_target 1.1 > 1"),
    ("indicator.recomputed.*", cell("indicator", "change", 3), "change 3 ≠ 2"),
    ("indicator.recomputed.*", cell("indicator", "multiplier", 3.625), "multiplier 3.625 ≠ 3"),
    ("indicator.recomputed.*", cell("indicator", "growth_pct", None), "growth_pct ∅ ≠ 200"),
    ("indicator.recomputed.*", cell("indicator", "constant_growth_pct", 1.0), "constant_growth_pct 1 ≠ 0"),
    ("listings.place.place_level", cell("listings", "place_level", "region"), "codes: commune"),
    ("listings.place.place_level", cell("listings", "code_commune_insee", "97407"), "97407 ∉ 26"),
    ("listings.plausible_date.date_first", cell("listings", "date_first", pd.Timestamp("1901-01-01")), "1901-01-01"),
    ("poles.in_territory.latitude+longitude", cell("poles", "longitude", None), "incomplete ≠ metropole"),
    ("poles.in_territory.latitude+longitude", cell("poles", "longitude", 90.0), "nowhere ≠ metropole"),
    ("poles.order.*", cell("poles", "n_sources", 4), "n_sources 4 > n_listings 3"),
    ("poles.order.*", cell("poles", "n_publishers", 4), "n_publishers 4 > n_listings 3"),
    ("poles.order.*", cell("poles", "first_listed", DAY), "first_listed 2030-01-01 > last_listed 2021-12-31"),
]


@pytest.mark.parametrize(("check_id", "change", "says"), SEVERAL, ids=[says for _, _, says in SEVERAL])
def test_a_rule_that_looks_at_several_things_says_which(small, check_id, change, says):
    change(small)
    row = small.one(check_id)
    assert not row["passed"]
    assert says in row["observed"].split(": ", 1)[1].split("; "), row


def test_a_growth_from_zero_is_empty(small):
    """With a base of zero there is neither growth nor multiplier, and saying one is an error."""
    none = {"growth_pct": None, "growth_low_pct": None, "growth_high_pct": None, "multiplier": None, "base": 0}
    cells("indicator", **none, base_low=0, change=3, opened=3)(small)
    assert small.check("indicator.recomputed.*", "indicator.order.*", "indicator.movement.target")["passed"].all()
    small.spoil("indicator", "growth_pct", float("inf"))
    assert not small.one("indicator.recomputed.*")["passed"]


def test_rounding_and_the_last_digits_of_a_ratio_do_not_matter(small):
    cells("indicator", growth_pct=200.004, growth_low_pct=200.004 + 1e-12, multiplier=3.00004)(small)
    assert small.check("indicator.recomputed.*", "indicator.order.*")["passed"].all()


def test_an_empty_column_does_not_pass(small):
    """Map expectations skip missing cells: a required column that is all missing fails on each row."""
    small.tables["poles"] = small.tables["poles"].assign(status=pd.Series([None] * 3, dtype="str"))
    rows = small.check("poles.one_of.status", "poles.required.*").set_index("check_id")
    assert rows["passed"].to_dict() == {"poles.one_of.status": True, "poles.required.*": False}
    assert rows.loc["poles.required.*", "observed"] == "3 / 3: status"
    assert rows.loc["poles.required.*", "failed_keys"] == "p-archer | p-ecopal | p-region"


def test_a_check_run_alone_says_what_it_says_among_the_others(small):
    names = ["poles.rows_min.*", "poles.shrink.pole_id", "poles.schema.*", "poles.fill.carrier", "poles.required.*"]
    alone = pd.concat([small.check(name) for name in names]).set_index("check_id")
    assert alone["passed"].all()
    together = small.check().set_index("check_id").loc[names]
    pd.testing.assert_frame_equal(alone, together)


def test_rows_without_a_key_are_named_by_their_position(small):
    small.spoil("poles", "pole_id", None, row=1)
    row = small.one("poles.required.*")
    assert (row["observed"], row["failed_keys"]) == ("1 / 3: pole_id", "row 2")


def test_the_row_order_of_the_tables_does_not_matter(small):
    small.spoil("listings", "siren", "12", row=4)
    first = small.check("listings.pattern.siren", "poles.sum.n_listings", "listings.unique.listing_id")
    small.tables = {name: frame.iloc[::-1] for name, frame in small.tables.items()}
    pd.testing.assert_frame_equal(
        first, small.check("listings.pattern.siren", "poles.sum.n_listings", "listings.unique.listing_id")
    )
    assert first.set_index("check_id").loc["listings.pattern.siren", "failed_keys"] == "l005"


def test_many_offending_rows_are_counted_and_cut(small):
    many("listings", 60)(small)
    row = small.one("listings.position.source_id+capture_sha256+record_no")
    assert row["n_failed"] == 61
    assert row["failed_keys"].endswith(" | …")
    assert len(row["failed_keys"].split(" | ")) == 21


def test_two_poles_may_go_and_three_may_not(small):
    before("poles", 2)(small)
    row = small.one("poles.shrink.pole_id")
    assert (row["passed"], row["observed"], row["expected"]) == (True, "2 / 5", "≤ 2 / 5")
    before("poles", 1)(small)
    assert not small.one("poles.shrink.pole_id")["passed"]


def test_new_poles_do_not_hide_lost_ones(small):
    small.previous["poles"] = small.previous["poles"].assign(pole_id=["q1", "q2", "q3"])
    row = small.one("poles.shrink.pole_id")
    assert (row["passed"], row["failed_keys"]) == (False, "q1 | q2 | q3")


def test_without_a_previous_snapshot_there_is_no_shrink_check(small):
    small.previous = None
    assert small.check("poles.shrink.pole_id", "poles.sum.n_listings")["check_id"].to_list() == ["poles.sum.n_listings"]


def test_a_headline_too_many_fails(small):
    small.tables["indicator"] = pd.concat(
        [small.tables["indicator"], small.tables["indicator"].head(1).assign(population="active")]
    )
    row = small.one("indicator.headline.headline")
    assert (row["passed"], row["failed_keys"], row["observed"]) == (False, "active", "1 / 3: 1 ≠ 0")


def test_a_backcast_may_hold_less_than_the_captures(small):
    drop("listings", 6)(small)
    ids_ = ("listings.rows_read.source_id", "poles.sentinels.name", "claims.rows_read.capture_sha256")
    assert set(small.check(*ids_)["severity"]) == {"critical"}
    checks = small.check(*ids_, backcast=True)
    assert checks["passed"].sum() == 1
    gate(checks)


def test_a_source_never_captured_has_no_sentinels(small):
    small.spoil("sources", "health", "missing", row=1)
    small.spoil("listings", "name", "Autre", row=6)
    assert small.one("poles.sentinels.name")["passed"]


def test_the_gate_names_the_first_failures_and_their_rows(small):
    cell("listings", "siren", "12")(small)
    cell("poles", "n_listings", 0)(small)
    before("listings", 9)(small)  # a warning
    checks = small.check(*ids("pattern", "counted", "order", "positive", "sum", "shrink"))
    warnings = checks[~checks["passed"] & checks["severity"].eq("warning")]
    assert warnings["check_id"].to_list() == ["listings.shrink.listing_id"]
    lines = critical_failures(checks)
    assert [line.split(" ")[0] for line in lines] == [
        "listings.pattern.siren",
        "poles.counted.n_listings",
        "poles.order.*",
        "poles.positive.n_listings",
        "poles.sum.n_listings",
    ]
    assert lines[0] == "listings.pattern.siren (~ 9 × 0-9): 1 / 7: 12 [l001]"
    with pytest.raises(ValidationFailed) as caught:
        gate(checks)
    shown = str(caught.value).splitlines()
    assert len(shown) == 3
    assert shown[0] == "ValidationFailed: 5 critical checks failed; nothing was promoted"
    assert "listings.pattern.siren" in shown[1]
    assert "[l001]" in shown[1]
    assert "and 2 more" in shown[1]
    assert caught.value.exit_code == 3


def test_warnings_alone_pass_the_gate(small):
    cell("sources", "health", "stale")(small)
    checks = small.check("sources.up_to_date.health")
    assert not checks["passed"].any()
    gate(checks)


def test_nothing_is_written_or_called(small, tmp_path, monkeypatch):
    """A run in a process of its own: home, temporary and current folders stay empty, and no host is looked up."""
    code = """
import socket, sys
def refuse(*_a, **_k):
    raise SystemExit("a host was looked up")
socket.getaddrinfo = socket.create_connection = refuse
import pandas as pd
from ptce_etl.config import Settings
from ptce_etl.frames import empty
from ptce_etl.schema import TABLES
from ptce_etl.validate.expectations import run_checks
assert "great_expectations" not in sys.modules
tables = {name: empty(name) for name in TABLES}
only = {f"poles.{name}" for name in ("unique.pole_id", "rows_min.*", "schema.*", "counted.n_listings", "siren.absent")}
checks = run_checks(tables, sources=(), programmes=(), previous=None, settings=Settings(), only=only)
assert len(checks) == 4, checks
"""
    env = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_data_docs_are_written_where_asked(small, tmp_path):
    cell("poles", "siren", "12")(small)
    small.tables = {"poles": small.tables["poles"]}
    index = data_docs(
        small.tables,
        tmp_path / "docs",
        sources=small.sources,
        programmes=small.programmes,
        previous=None,
        settings=small.settings,
    )
    assert index == tmp_path / "docs" / "index.html"
    assert "Data Docs" in index.read_text(encoding="utf-8")
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "docs" / "validations").rglob("*.html")]
    assert any("siren" in page for page in pages)


def test_poles_that_were_merged_have_not_gone(small):
    known = small.previous["listings"]
    merged = known.head(4).assign(pole_id=[f"z{n}" for n in range(4)])
    small.previous["listings"] = pd.concat([merged, known.iloc[4:]])
    before("poles", 4)(small)
    checks = small.check("poles.shrink.pole_id").set_index("check_id")
    assert checks.loc["poles.shrink.pole_id", "passed"]
