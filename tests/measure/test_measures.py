"""Everything together: the identities on random worlds, and the real ledgers."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import Programme
from ptce_etl.config import Settings
from ptce_etl.errors import DataError
from ptce_etl.frames import content_digest, empty, to_arrow
from ptce_etl.measure.history import pole_history
from ptce_etl.measure.measures import Measures, measure
from ptce_etl.measure.movement import COMPONENTS

pairs = st.lists(st.tuples(st.integers(1, 25), st.integers(1, 25)).filter(lambda p: p[0] != p[1]), max_size=8)
days = st.sampled_from([date(2013, 6, 30), date(2015, 12, 31), date(2024, 2, 29), date(2026, 11, 23)])


def measured(
    make: SimpleNamespace,
    programmes: tuple[Programme, ...],
    listings: pd.DataFrame,
    where: dict[str, str | None],
    edges: pd.DataFrame,
    as_of: date,
    counts: pd.DataFrame | None = None,
    growths: pd.DataFrame | None = None,
) -> Measures:
    return measure(
        listings,
        make.poles(where),
        edges,
        make.count_claims() if counts is None else counts,
        make.growth_claims() if growths is None else growths,
        programmes,
        Settings(),
        as_of,
        make.captured,
    )


@settings(max_examples=20)
@given(st.data(), pairs, days)
def test_identities(
    make: SimpleNamespace,
    programmes: tuple[Programme, ...],
    data: st.DataObject,
    joined: list[tuple[int, int]],
    as_of: date,
) -> None:
    listings, where = make.listings(*data.draw(make.rows)), data.draw(make.where)
    edges = make.edges(*sorted({(f"l{a:03}", f"l{b:03}") for a, b in joined}))
    counts = make.count_claims(
        {"value": "2", "population": "laureates", "programme": "aap-2013"},
        {"value": "5", "population": "laureates", "programme": "aap-2015"},
    )
    found = measured(make, programmes, listings, where, edges, as_of, counts)
    _counts_hold(found.counts)
    _indicator_holds(found.indicator)
    for name in ("counts", "series", "indicator", "claims"):
        to_arrow(name, getattr(found, name))


def _counts_hold(counts: pd.DataFrame) -> None:
    assert (counts["low"] <= counts["n"]).all()
    assert (counts["n"] <= counts["high"]).all()
    assert ((counts["low"] > 0) == (counts["n"] > 0)).all()
    totals = counts.groupby(["population", "as_of", "territory_level"])["n"].sum().unstack("territory_level")
    assert (totals["region"] == totals["france"]).all()
    assert (totals["region_2015"] == totals["france"]).all()
    assert (totals["departement"] == totals["france"]).all()
    france = counts[counts["territory_level"] == "france"].set_index(["population", "as_of"])["n"].unstack("population")
    assert (france["active"] <= france["listed"]).all()


def _indicator_holds(indicator: pd.DataFrame) -> None:
    moved = sum(sign * indicator[name] for name, sign in COMPONENTS.items())
    assert (indicator[["merged", "split"]] == 0).all().all()
    assert (indicator["target"] == indicator["base"] + moved).all()
    assert (indicator["change"] == indicator["target"] - indicator["base"]).all()
    for end in ("base", "target"):
        assert (indicator[f"{end}_low"] <= indicator[end]).all()
        assert (indicator[end] <= indicator[f"{end}_high"]).all()
    known = indicator[indicator["base"] > 0]
    for low, high in (("growth_low_pct", "growth_pct"), ("growth_pct", "growth_high_pct")):
        assert (known[low] <= known[high] + 1e-9).all()
    none = indicator[indicator["base"] == 0]
    assert none[["growth_pct", "growth_low_pct", "multiplier", "yearly_rate_pct"]].isna().all().all()
    assert not none["comparable"].any()
    assert (indicator["comparable"] | indicator["comparable_why"].notna()).all()
    shown = indicator[indicator["headline"]]
    assert shown["population"].tolist() == ["listed", "state_supported"]
    assert set(shown["territory_level"]) == {"france"}


@settings(max_examples=8)
@given(st.data(), days)
def test_a_pole_is_listed_in_its_history_when_it_is_counted(
    make: SimpleNamespace,
    programmes: tuple[Programme, ...],
    data: st.DataObject,
    as_of: date,
) -> None:
    listings, where = make.listings(*data.draw(make.rows)), data.draw(make.where)
    history = pole_history(listings, programmes, as_of, make.captured)
    counts = measured(make, programmes, listings, where, empty("edges"), as_of).counts
    now = counts[
        (counts["as_of"] == pd.Timestamp(as_of))
        & (counts["population"] == "listed")
        & (counts["territory_level"] == "france")
    ]
    assert now["n"].tolist() == [(history["status"] == "listed").sum()]


def test_an_empty_world_still_has_its_headline(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    found = measured(make, programmes, make.listings(), {}, empty("edges"), make.held)
    assert found.indicator["headline"].sum() == 2
    assert (found.counts["n"] == 0).all()
    assert found.claims.empty
    assert found.issues == ()


def test_the_series_and_the_periods(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    listings = make.listings({"pole": "p", "on": "2012-11"}, {"pole": "p", "on": "2024"})
    found = measured(make, programmes, listings, {"p": "69"}, empty("edges"), make.held)
    years = [f"{year}-12-31" for year in range(2012, 2026)]
    series = sorted({*years, "2024-11-23", "2026-11-23"})
    listed = found.counts[(found.counts["population"] == "listed") & (found.counts["territory_level"] == "france")]
    assert listed["as_of"].dt.strftime("%Y-%m-%d").tolist() == series
    rows = found.indicator[
        (found.indicator["population"] == "listed") & (found.indicator["territory_level"] == "france")
    ]
    spans = set(
        zip(rows["base_date"].dt.strftime("%Y-%m-%d"), rows["target_date"].dt.strftime("%Y-%m-%d"), strict=True)
    )
    steps = set(pairwise(years))
    assert spans == steps | {("2024-11-23", "2026-11-23"), ("2013-12-31", "2025-12-31")}
    regions = found.indicator[found.indicator["territory_level"] != "france"]
    assert set(regions["base_date"]) == {pd.Timestamp("2024-11-23")}


def test_what_moves_with_the_day_is_only_what_the_schema_calls_volatile(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    listings = make.listings(
        {"pole": "p", "on": "2014", "programme": "aap-2013", "role": "laureate"}, {"pole": "q", "on": "2016-05-01"}
    )
    digests = set()
    for as_of in (date(2025, 3, 2), date(2025, 3, 3)):
        found = measured(make, programmes, listings, {"p": "69", "q": None}, empty("edges"), as_of)
        digests.add(content_digest({n: to_arrow(n, getattr(found, n)) for n in ("counts", "series", "indicator")}))
    assert len(digests) == 1


def test_a_pair_across_two_departements_widens_france_only(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    listings = make.listings({"pole": "p", "on": "2014"}, {"pole": "q", "on": "2014"})
    edges = make.edges(("l001", "l002"))
    found = measured(make, programmes, listings, {"p": "69", "q": "01"}, edges, date(2015, 6, 30)).counts
    now = found[(found["as_of"] == pd.Timestamp("2015-06-30")) & (found["population"] == "listed") & (found["n"] > 0)]
    lows = {level: part["low"].tolist() for level, part in now.groupby("territory_level")}
    assert lows == {"france": [1], "region": [1], "region_2015": [1], "departement": [1, 1]}


def test_laureates_that_france_misses_bear_on_every_territory(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    listings = make.listings({"pole": "p", "on": "2014"}, {"pole": "p", "on": "2026"})
    counts = make.count_claims({"value": "8", "population": "laureates", "programme": "ami-2025"})
    found = measured(make, programmes, listings, {"p": "69"}, empty("edges"), make.held, counts).indicator
    now = found[(found["target_date"] == pd.Timestamp(make.held)) & (found["base"] > 0)]
    assert not now["comparable"].any()
    assert now["comparable_why"].str.startswith("rounds_unseen: 0 of the 8 laureates of the period are named").all()
    assert now.groupby("territory_level")["coverage_target"].max().to_dict() == pytest.approx(
        {"france": 0.0, "region": nan, "region_2015": nan, "departement": nan}, nan_ok=True
    )


def test_listings_and_poles_of_two_resolutions_are_refused(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    with pytest.raises(DataError, match="1 poles of listings are not in poles"):
        measured(make, programmes, make.listings({"pole": "p", "on": "2014"}), {}, empty("edges"), make.held)


def test_a_round_that_the_catalogue_does_not_have_is_reported(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    listings = make.listings({"pole": "p", "on": "2014", "programme": "aap-1999", "role": "laureate"})
    found = measured(make, programmes, listings, {"p": None}, empty("edges"), make.held)
    assert [(issue.code, issue.value) for issue in found.issues] == [("programme_unknown", "aap-1999")]


# The transcribed ledgers. Poles: one a name on the one page that lists the 15 laureates of 2021 in full.


@pytest.fixture(scope="module")
def real(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> Measures:
    raw = make.transcribed("listings.csv")
    page = raw[(raw["publisher"] == "Chorum") & (raw["programme"] == "ami-2021-phase-2")]
    rows = [
        {"pole": row.name, "on": row.source_date, "programme": row.programme, "role": row.role, "status": row.status}
        for row in page.itertuples(index=False)
    ]
    where: dict[str, str | None] = dict.fromkeys(page["name"])
    return measured(
        make,
        programmes,
        make.listings(*rows),
        where,
        empty("edges"),
        make.held,
        make.transcribed("claims_counts.csv"),
        make.transcribed("claims_growth.csv"),
    )


def test_all_fifteen_laureates_of_2021_are_named(make: SimpleNamespace, real: Measures) -> None:
    counts = real.counts[real.counts["published"].notna()].set_index("population")
    row = counts.loc["cohort:ami-2021-phase-2"]
    assert (row["n"], row["published"], row["coverage"]) == (15, 15, 1.0)
    assert row["published_by"].split(" | ")[:2] == ["c090", "c092"]
    assert counts["published"].to_dict() == {
        "cohort:aap-2013": 23,
        "cohort:aap-2015": 14,
        "cohort:ami-2021-phase-1": 107,
        "cohort:ami-2021-phase-2": 15,
        "cohort:ami-2023": 15,
        "cohort:ami-2025": 8,
        "cohort:temoins-2012": 18,
    }
    assert counts["as_of"].unique().tolist() == [pd.Timestamp(make.held)]
    assert real.issues == ()


def test_the_two_published_growths(real: Measures) -> None:
    growths = real.claims[real.claims["kind"] == "growth"].set_index("claim_id")
    founding, other = growths.loc["g01"], growths.loc["g02"]
    assert (founding["verdict"], founding["slip"]) == ("arithmetic_error", "ratio read as an increase")
    assert (founding["computed"], founding["computed_multiplier"]) == (262.5, 3.625)
    assert other["verdict"] == "mixed_populations"
    assert pd.isna(other["slip"])
    assert other["computed"] == pytest.approx(289.2857, abs=1e-4)
    assert "the sum is right" in other["explanation_en"]
    assert "le calcul est juste" in other["explanation_fr"]
    assert "active poles according to c083, c105, c107" in other["explanation_en"]


def test_the_published_counts(real: Measures) -> None:
    counts = real.claims[real.claims["kind"] == "count"].set_index("claim_id")
    assert len(counts) == 139
    contradicted = counts.index[counts["verdict"] == "contradicted_by_other_claim"].tolist()
    assert contradicted == [
        "c007",  # witnesses: 20, where two pages say 18
        "c017",  # applications of 2013: 183, where six pages say 180
        "c051",  # … and 182
        "c054",  # applications of 2015: 120, where two pages say 125
        "c055",  # eligible in 2015: about 140, where two pages say 99
        "c056",  # laureates of 2015: 13, where eight pages say 14
        "c071",  # laureates of 2013 and 2015: 34, where the rounds add up to 37
        "c081",  # existing in 2018: 150 …
        "c082",  # … or more than 160
        "c087",  # applications of 2021: 124, where four pages say 134
        "c110",  # … and 135
        "c123",  # applications of 2023: 72 …
        "c124",  # … or 67
        "c129",  # existing in 2024: about 100, where another page says more than 200
    ]
    assert not (counts["verdict"] == "below_observed").any()
    texts = pd.concat([real.claims["explanation_en"], real.claims["explanation_fr"]])
    assert texts.str.endswith(".").all()
    assert not texts.str.contains(r"\bnan\b|None|\[|\{", regex=True).any()
    french = real.claims["explanation_fr"]
    assert not french.str.contains(r"[^\u202f][;%]|[^\u00a0]:", regex=True).any()


def test_row_order_changes_nothing(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    listings = make.listings(
        *({"pole": f"p{n % 4}", "on": f"201{n}", "programme": "aap-2013", "role": "laureate"} for n in range(4, 9)),
        {"pole": "p1", "status": "en création"},
    )
    where = {"p0": "69", "p1": "75", "p2": None, "p3": "974"}
    counts, growths = make.transcribed("claims_counts.csv"), make.transcribed("claims_growth.csv")
    edges = make.edges(("l001", "l002"), ("l002", "l003"))
    digests = set()
    for turn in (1, -1):
        found = measured(
            make, programmes, listings.iloc[::turn], where, edges.iloc[::turn], make.held, counts.iloc[::turn], growths
        )
        tables = {name: to_arrow(name, getattr(found, name)) for name in ("counts", "series", "indicator", "claims")}
        digests.add((content_digest(tables), found.issues))
    assert len(digests) == 1
