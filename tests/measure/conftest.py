"""Small worlds to measure: listings, poles and ledgers made in one line each, and the transcribed ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import COUNT_CLAIM_COLUMNS, GROWTH_CLAIM_COLUMNS, Programme, load_programmes
from ptce_etl.clean.dates import parse_partial
from ptce_etl.clean.geography import Geography
from ptce_etl.frames import empty
from ptce_etl.measure.evidence import World, read_evidence, read_rounds

SHA = "a" * 64
HELD = date(2026, 11, 23)
CAPTURED = {SHA: HELD}
TRANSCRIBED = Path(__file__).parents[2] / "data" / "raw" / "transcribed"


def listings(*rows: dict[str, Any]) -> pd.DataFrame:
    """Listings from what matters of each: ``pole``, ``on`` (partial date), ``programme``, ``role``, ``status``, …"""
    frame = empty("listings")
    if not rows:
        return frame
    made = []
    for number, row in enumerate(rows, start=1):
        span = parse_partial(row.get("on"))
        made.append(
            {
                "listing_id": row.get("id", f"l{number:03}"),
                "pole_id": row["pole"],
                "source_id": "src",
                "capture_sha256": row.get("sha", SHA),
                "record_no": number,
                "publisher": row.get("publisher", "A"),
                "source_url": row.get("url"),
                "page_kind": row.get("kind"),
                "date_first": pd.Timestamp(span.first) if span.first else pd.NaT,
                "date_last": pd.Timestamp(span.last) if span.last else pd.NaT,
                "date_precision": span.precision,
                "programme": row.get("programme"),
                "role": row.get("role"),
                "status": row.get("status"),
                "said_ptce": row.get("said", True),
                "name": row.get("name", row["pole"]),
                "place_level": "none",
                "place_status": "none",
            }
        )
    return pd.DataFrame(made, columns=frame.columns).astype(frame.dtypes.to_dict())


def poles(places: dict[str, str | None]) -> pd.DataFrame:
    """Poles from pole id → department code (None where it is not known)."""
    geography = Geography.load()
    rows = []
    for pole, departement in places.items():
        region = geography.region_of(departement) if departement else None
        rows.append(
            {
                "pole_id": pole,
                "code_departement": departement,
                "departement": geography.departements.loc[departement, "name"] if departement else None,
                "code_region": region,
                "region": geography.regions.loc[region, "name"] if region else None,
            }
        )
    columns = ["pole_id", "code_departement", "departement", "code_region", "region"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def edges(*pairs: tuple[str, str], verdict: str = "review") -> pd.DataFrame:
    """Edges between listing ids."""
    frame = empty("edges")
    rows = [(left, right, 1.0, 0.5, verdict, "matcher", "[]") for left, right in pairs]
    return pd.DataFrame(rows, columns=frame.columns).astype(frame.dtypes.to_dict())


def _ledger(columns: Sequence[str], defaults: dict[str, Any], rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    made = [
        {**defaults, "claim_id": f"x{number:03}", "capture_sha256": SHA, "record_no": number, "source_id": "led", **row}
        for number, row in enumerate(rows, start=1)
    ]
    frame = pd.DataFrame(made, columns=[*columns, "source_id", "capture_sha256", "record_no"])
    return frame.astype(dict.fromkeys((*columns, "source_id", "capture_sha256"), "str") | {"record_no": "Int64"})


def count_claims(*rows: dict[str, Any]) -> pd.DataFrame:
    """A ledger of counts; an exact figure for France by publisher P unless said otherwise."""
    defaults = {"qualifier": "exact", "territory": "France", "publisher": "P", "population": "existing"}
    return _ledger(COUNT_CLAIM_COLUMNS, defaults, rows)


def growth_claims(*rows: dict[str, Any]) -> pd.DataFrame:
    """A ledger of growths for France."""
    return _ledger(GROWTH_CLAIM_COLUMNS, {"territory": "France", "publisher": "P"}, rows)


def transcribed(name: str) -> pd.DataFrame:
    """A transcribed ledger as the pipeline hands it over: all text, with its capture and position."""
    frame = pd.read_csv(TRANSCRIBED / name, dtype="str")
    return frame.assign(source_id=name, capture_sha256=SHA, record_no=pd.array(range(1, len(frame) + 1), dtype="Int64"))


def world(frame: pd.DataFrame, as_of: date = HELD, years: int = 3) -> World:
    """The evidence of ``frame`` with the call rounds of the catalogue."""
    rounds = read_rounds(load_programmes())
    return World(read_evidence(frame, rounds, CAPTURED, as_of), rounds, years)


# Random small worlds for property tests: listings of ten poles, in the form that `listings` takes.
_ROUNDS = [
    (None, None),
    ("aap-2013", "laureate"),
    ("aap-2013", "applicant"),
    ("aap-2015", "laureate"),
    ("temoins-2012", "witness"),
    ("ami-2021-phase-1", "laureate"),
    ("ami-2021-phase-2", "laureate"),
    ("ami-2025", "laureate"),
]
_DATES = [
    None,
    "2010",
    "2012-05",
    "2013",
    "2014-02-03",
    "2016",
    "2018-07",
    "2021",
    "2022-01",
    "2024-06",
    "2025-12",
    "2026",
]
_STATUSES = [
    None,
    None,
    "lauréat",
    "émergent",
    "en création",
    "liquidation",
    "reconnu PTCE en 2011",
    "lauréat AAP 2015",
]


@st.composite
def _rows(draw: st.DrawFn) -> dict[str, Any]:
    programme, role = draw(st.sampled_from(_ROUNDS))
    return {
        "pole": f"p{draw(st.integers(0, 9))}",
        "on": draw(st.sampled_from(_DATES)),
        "programme": programme,
        "role": role,
        "status": draw(st.sampled_from(_STATUSES)),
        "said": draw(st.booleans()),
        "publisher": draw(st.sampled_from("ABC")),
    }


_DEPARTEMENTS = st.sampled_from(["69", "01", "974", "75", None])


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """The builders of this file."""
    return SimpleNamespace(
        listings=listings,
        poles=poles,
        edges=edges,
        count_claims=count_claims,
        growth_claims=growth_claims,
        transcribed=transcribed,
        world=world,
        sha=SHA,
        held=HELD,
        captured=CAPTURED,
        row=_rows(),
        rows=st.lists(_rows(), max_size=25),
        where=st.fixed_dictionaries({f"p{number}": _DEPARTEMENTS for number in range(10)}),
    )


@pytest.fixture(scope="session")
def programmes() -> tuple[Programme, ...]:
    """The call rounds of the catalogue."""
    return load_programmes()
