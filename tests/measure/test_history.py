"""The history of a pole."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd

from ptce_etl.measure.history import COLUMNS, pole_history


def test_history_of_three_poles(make: SimpleNamespace, programmes: tuple) -> None:
    frame = make.listings(
        {"pole": "archer", "on": "2012-11-09", "programme": "temoins-2012", "role": "witness"},
        {"pole": "archer", "on": "2014", "programme": "aap-2013", "role": "laureate"},
        {"pole": "archer"},
        {"pole": "cite", "on": "2013-07"},
        {"pole": "cite", "on": "2025", "status": "liquidation"},
        {"pole": "quiet", "on": "2019", "said": False},
        {"pole": "candidate", "on": "2013-10", "programme": "aap-2013", "role": "applicant"},
        {"pole": "undated"},
    )
    found = pole_history(frame, programmes, make.held, make.captured).set_index("pole_id")
    archer = found.loc["archer"]
    assert archer["status"] == "listed"
    assert archer["cohorts"] == "temoins-2012 | aap-2013"
    assert archer["first_listed"] == archer["start_date"] == pd.Timestamp("2012-11-09")
    assert archer["last_listed"] == pd.Timestamp(make.held)
    assert found.loc["cite", "status"] == "closed"
    assert found.loc["cite", "end_date"] == pd.Timestamp("2025-12-31")
    assert found.loc["quiet", "status"] == "not_said"
    assert pd.isna(found.loc["candidate", "cohorts"])
    assert pd.isna(found.loc["undated", "start_date"])
    assert found["end_date"].notna().sum() == 1


def test_history_at_a_past_date_knows_nothing_of_what_came_later(make: SimpleNamespace, programmes: tuple) -> None:
    frame = make.listings(
        {"pole": "p", "on": "2013-07"},
        {"pole": "p", "on": "2025", "status": "liquidation"},
        {"pole": "q", "on": "2018"},
    )
    found = pole_history(frame, programmes, date(2016, 1, 1), make.captured)
    assert found["pole_id"].tolist() == ["p"]
    assert found["status"].tolist() == ["listed"]


def test_no_listing_gives_an_empty_frame_with_its_types(make: SimpleNamespace, programmes: tuple) -> None:
    found = pole_history(make.listings(), programmes, make.held, make.captured)
    assert found.columns.tolist() == list(COLUMNS)
    assert found["first_listed"].dtype == "datetime64[us]"
    assert found["status"].dtype == "str"
