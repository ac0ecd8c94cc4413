"""The specification curve: every combination once, the published one among them, in order of growth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import Programme
from ptce_etl.config import Settings
from ptce_etl.frames import empty, to_arrow
from ptce_etl.measure.measures import measure
from ptce_etl.measure.populations import back
from ptce_etl.measure.sensitivity import ACTIVE_YEARS, CHOICES, SHIFT, Resolved, sensitivity_table

CHOSEN = ["link", "review", "judgements", "unlabelled", "undated", "basis", "active_years"]


def way(listings: pd.DataFrame, edges: pd.DataFrame | None = None, **more: Any) -> Resolved:
    usual = Resolved(0.0, -5.7, True, listings, empty("edges") if edges is None else edges)
    return replace(usual, **more)


def curve(make: SimpleNamespace, programmes: tuple[Programme, ...], *ways: Resolved, **more: Any) -> pd.DataFrame:
    return sensitivity_table(ways, programmes, Settings(**more), make.held, make.captured)


def only(frame: pd.DataFrame, population: str, **choices: Any) -> pd.DataFrame:
    found = frame[frame["population"] == population]
    for name, value in choices.items():
        found = found[found[name] == value]
    return found


@settings(max_examples=8)
@given(st.data())
def test_the_curve_holds_every_choice_once_and_the_published_figure(
    make: SimpleNamespace, programmes: tuple[Programme, ...], data: st.DataObject
) -> None:
    listings = make.listings(*data.draw(make.rows))
    edges = make.edges(*sorted(data.draw(st.frozensets(st.sampled_from([("l001", "l002"), ("l002", "l003")])))))
    one = listings.assign(pole_id="p0").astype(listings.dtypes)
    ways = (way(listings, edges), way(one, link=-SHIFT, review=-5.7 - SHIFT))
    found = curve(make, programmes, *ways)
    to_arrow("sensitivity", found)
    sizes = {"unlabelled": 2, "undated": 3, "basis": 2, "active_years": len(ACTIVE_YEARS)}
    where = dict.fromkeys(sorted(set(listings["pole_id"])))
    claims = (make.count_claims(), make.growth_claims())
    indicator = measure(
        listings, make.poles(where), edges, *claims, programmes, Settings(), make.held, make.captured
    ).indicator
    for population, names in CHOICES.items():
        rows = found[found["population"] == population]
        combinations = 2
        for name in names:
            combinations *= sizes[name]
        assert len(rows) == len(rows.drop_duplicates(CHOSEN)) == combinations
        assert rows["rank"].tolist() == list(range(1, combinations + 1))
        growths = rows["growth_pct"].tolist()
        assert growths == sorted(growths, key=lambda g: (pd.notna(g), g if pd.notna(g) else 0))
        (published,) = rows[rows["differs"] == 0].to_dict("records")
        (headline,) = indicator[
            (indicator["population"] == population)
            & (indicator["territory_level"] == "france")
            & (indicator["target_date"] == pd.Timestamp(make.held))
        ].to_dict("records")
        same = ["base", "target", "change", "growth_pct", "growth_low_pct", "growth_high_pct"]
        assert [published[name] for name in same] == pytest.approx([headline[name] for name in same], nan_ok=True)
        assert (rows["change"] == rows["target"] - rows["base"]).all()
        grown = rows[rows["growth_pct"].notna()]
        assert (grown["growth_low_pct"] <= grown["growth_pct"] + 1e-9).all()
        assert (grown["growth_pct"] <= grown["growth_high_pct"] + 1e-9).all()


def test_what_each_choice_does(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    listings = make.listings(
        {"pole": "old", "on": "2014"},
        {"pole": "quiet", "on": "2021-12"},
        {"pole": "unlabelled", "on": "2020", "said": False},
        {"pole": "undated"},
        {"pole": "late", "on": "2026-02", "status": "reconnu PTCE en 2011"},
    )
    found = curve(make, programmes, way(listings))
    ends = ["base", "target"]

    def listed(**choices: Any) -> list[int]:
        usual = {"unlabelled": False, "undated": "held", "basis": "known"} | choices
        (row,) = only(found, "listed", **usual)[ends].to_numpy().tolist()
        return [int(n) for n in row]

    assert listed() == [2, 4]
    assert listed(unlabelled=True) == [3, 5]
    assert listed(undated="left_out") == [2, 3]
    assert listed(undated="before") == [3, 4]
    assert listed(basis="backcast") == [3, 4]
    assert listed(basis="backcast", undated="before") == [4, 4]
    years = only(found, "active", unlabelled=False, basis="known").set_index("active_years")
    assert years["target"].to_dict() == {2: 1, 3: 1, 4: 1, 5: 2}
    assert only(found, "listed")["active_years"].isna().all()


def test_another_length_of_active_is_the_published_one(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    found = curve(make, programmes, way(make.listings({"pole": "p", "on": "2020"})), active_years=7)
    rows = only(found, "active", unlabelled=False, basis="known")
    assert rows.sort_values("active_years")["active_years"].tolist() == [*ACTIVE_YEARS, 7]
    assert rows.loc[rows["differs"] == 0, "active_years"].tolist() == [7]


def test_other_thresholds_count_as_one_choice(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    two = make.listings({"pole": "p", "on": "2014"}, {"pole": "q", "on": "2014"})
    one = two.assign(pole_id="p").astype(two.dtypes)
    ways = (way(two), way(one, link=-SHIFT, review=-5.7 - SHIFT), way(one, judgements=False))
    found = only(curve(make, programmes, *ways), "state_supported")
    assert sorted(found["differs"]) == [0, 1, 1, 1, 2, 2]
    counted = only(curve(make, programmes, *ways), "listed", unlabelled=False, undated="held", basis="known")
    bases = {(row["link"], row["judgements"]): row["base"] for row in counted.to_dict("records")}
    assert bases == {(0.0, True): 2, (-SHIFT, True): 1, (0.0, False): 1}


def test_the_period_is_the_headline(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    found = curve(make, programmes, way(make.listings({"pole": "p", "on": "2014"})), headline_years=4)
    assert set(found["base_date"]) == {pd.Timestamp(back(make.held, 4))}
    assert set(found["target_date"]) == {pd.Timestamp(make.held)}
    assert date(2022, 11, 23) == back(make.held, 4)
