"""A small world in which every check passes: three poles, seven listings, two dates, one claims ledger."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from ptce_etl.catalogue.registry import Bounds, Programme, Source
from ptce_etl.config import Settings
from ptce_etl.frames import from_arrow, to_arrow
from ptce_etl.schema import PANDAS, TABLES
from ptce_etl.validate.expectations import run_checks

LEDGER, CLAIMS = "a" * 64, "b" * 64
Rows = list[dict[str, Any]]


@dataclass
class Small:
    """The arguments of ``run_checks``, free to be spoiled."""

    tables: dict[str, pd.DataFrame]
    sources: tuple[Source, ...]
    programmes: tuple[Programme, ...]
    previous: dict[str, pd.DataFrame] | None
    settings: Settings = field(default_factory=Settings)

    def check(self, *only: str, backcast: bool = False) -> pd.DataFrame:
        return run_checks(
            self.tables,
            sources=self.sources,
            programmes=self.programmes,
            previous=self.previous,
            settings=self.settings,
            backcast=backcast,
            only=only or None,
        )

    def one(self, check_id: str) -> dict[str, Any]:
        """The row of one check, run alone."""
        rows = self.check(check_id).to_dict("records")
        assert [row["check_id"] for row in rows] == [check_id]
        return rows[0]

    def spoil(self, table: str, column: str, value: object, row: int = 0) -> None:
        """Put ``value`` in a cell, whatever the type of the column."""
        frame = self.tables[table]
        cells = frame[column].astype("object").to_list()
        cells[row] = value
        loose = pd.Series(cells, index=frame.index)
        with contextlib.suppress(TypeError, ValueError):  # the value is of another type: so be it
            loose = loose.astype(frame[column].dtype)
        self.tables[table] = frame.assign(**{column: loose})


def table(name: str, rows: Rows) -> pd.DataFrame:
    """A frame with every column of the schema, as it would be read back from its file."""
    columns = TABLES[name].columns
    raw = {c.name: pd.Series([row.get(c.name) for row in rows], dtype="object") for c in columns}
    frame = pd.DataFrame(raw).astype({c.name: PANDAS[c.kind] for c in columns})
    return from_arrow(name, to_arrow(name, frame))


def listing(number: int, pole: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "listing_id": f"l{number:03d}",
        "pole_id": pole,
        "source_id": "ledger",
        "capture_sha256": LEDGER,
        "record_no": number,
        "source_url": f"https://example.org/{number}",
        "publisher": "Le Journal",
        "source_date": "2021",
        "date_first": pd.Timestamp("2021-01-01"),
        "date_last": pd.Timestamp("2021-12-31"),
        "date_precision": "year",
        "programme": "aap-2013",
        "role": "laureate",
        "name": name,
        "name_clean": name,
        "name_key": name.lower(),
        "carrier": "Archer",
        "commune": "Romans",
        "code_commune_insee": "26281",
        "code_departement": "26",
        "code_region": "84",
        "place_level": "commune",
        "place_status": "resolved",
        "activity": "textile",
        "siren": "123456789",
        "said_ptce": True,
    } | more


REUNION = {"code_commune_insee": "97407", "code_departement": "974", "code_region": "04", "commune": "Le Port"}
REGION_ONLY = {"code_commune_insee": None, "code_departement": None, "place_level": "region", "place_status": "partial"}


def pole(pole_id: str, name: str, n: int, **more: Any) -> dict[str, Any]:
    return {
        "pole_id": pole_id,
        "name": name,
        "aliases": f"{name} bis",
        "carrier": "Archer",
        "siren": "123456789",
        "code_commune_insee": "26281",
        "code_departement": "26",
        "code_region": "84",
        "place_level": "commune",
        "latitude": 45.04,
        "longitude": 5.05,
        "status": "listed",
        "first_listed": pd.Timestamp("2014-01-01"),
        "last_listed": pd.Timestamp("2021-12-31"),
        "start_date": pd.Timestamp("2013-01-01"),
        "cohorts": "aap-2013",
        "n_listings": n,
        "n_sources": n,
        "n_publishers": 1,
        "n_undecided": 0,
    } | more


def count(population: str, level: str, code: str, n: int, day: str = "2026-11-01", **more: Any) -> dict[str, Any]:
    return {
        "population": population,
        "territory_level": level,
        "territory_code": code,
        "territory": code,
        "as_of": pd.Timestamp(day),
        "n": n,
        "low": n - 1 if n else 0,
        "high": n + 1,
    } | more


def series(population: str, n: int, day: str, **more: Any) -> dict[str, Any]:
    place = {"territory_level": "france", "territory_code": "FR", "territory": "France"}
    counted = {"known": n, "known_low": n, "backcast": n, "backcast_low": n}
    year = "year" if day.endswith("12-31") else "month"
    return {"population": population, "as_of": pd.Timestamp(day), "granularity": year} | place | counted | more


def completeness(population: str, method: str, n: int, **more: Any) -> dict[str, Any]:
    place = {"territory_level": "france", "territory_code": "FR", "territory": "France"}
    words = {"assumptions_en": "…", "assumptions_fr": "…"}
    withheld = {"withheld": True, "reasons": "one_list", "reason_en": "…", "reason_fr": "…"}
    counted = {"as_of": pd.Timestamp("2026-11-01"), "n_named": n, "n_lists": 1, "n_on_lists": n, "n_on_several": 0}
    return {"population": population, "method": method} | place | words | counted | withheld | more


GIVEN = {
    "withheld": False,
    "reasons": None,
    "reason_en": None,
    "reason_fr": None,
    "n_lists": 3,
    "n_on_several": 2,
    "model": "1 + 2 + 3",
    "estimate": 4.0,
    "standard_error": 1.0,
    "low": 3,
    "high": 6,
    "completeness": 0.75,
    "published": 4,
    "published_inside": True,
}


def pole_list(number: int, poles: str, **more: Any) -> dict[str, Any]:
    return {
        "population": "listed",
        "list_no": number,
        "publishers": "Le Journal",
        "n_poles": len(poles.split(" | ")),
        "n_pages": 1,
        "first_date": pd.Timestamp("2014-01-01"),
        "last_date": pd.Timestamp("2021-12-31"),
        "used": True,
        "pages": "example.org/1",
        "poles": poles,
    } | more


def movement(population: str, base: int, target: int, **more: Any) -> dict[str, Any]:
    return {
        "population": population,
        "territory_level": "france",
        "territory_code": "FR",
        "territory": "France",
        "base_date": pd.Timestamp("2024-11-01"),
        "target_date": pd.Timestamp("2026-11-01"),
        "years": 2.0,
        "headline": True,
        "base": base,
        "base_low": base,
        "base_high": base + 1,
        "target": target,
        "target_low": target - 1,
        "target_high": target + 1,
        "change": target - base,
        "growth_pct": 100 * (target - base) / base,
        "growth_low_pct": -10.0,
        "growth_high_pct": 400.0,
        "interval_how": "exact",
        "multiplier": target / base,
        "opened": target - base,
        "closed": 0,
        "discovered_late": 0,
        "reclassified": 0,
        "reclassified_out": 0,
        "merged": 0,
        "split": 0,
        "constant_base": base,
        "constant_target": base,
        "constant_growth_pct": 0.0,
        "coverage_base": 0.5,
        "coverage_target": 0.6,
        "comparable": True,
    } | more


def specification(population: str, rank: int, base: int, target: int, **more: Any) -> dict[str, Any]:
    return {
        "population": population,
        "rank": rank,
        "differs": 0,
        "link": 0.0,
        "review": -5.7,
        "judgements": True,
        "unlabelled": False,
        "undated": "held",
        "basis": "known",
        "base_date": pd.Timestamp("2024-11-01"),
        "target_date": pd.Timestamp("2026-11-01"),
        "base": base,
        "target": target,
        "change": target - base,
        "growth_pct": 100 * (target - base) / base,
        "growth_low_pct": -10.0,
        "growth_high_pct": 400.0,
    } | more


def _counts() -> Rows:
    places = {"listed": {"84": 2, "04": 1}, "state_supported": {"84": 2, "04": 0}}
    rows = [count("cohort:aap-2013", "france", "FR", 3, published=4, coverage=0.75)]
    for population, regions in places.items():
        rows.append(count(population, "france", "FR", sum(regions.values())))
        rows.append(count(population, "france", "FR", 1, day="2024-11-01"))
        rows += [count(population, "region", code, n) for code, n in regions.items()]
        rows += [
            count(population, "departement", "26", 1),
            count(population, "departement", "inconnu", sum(regions.values()) - 1),
        ]
    for population, regions in places.items():
        rows += [count(population, "region_2015", {"84": "82"}.get(code, code), n) for code, n in regions.items()]
    return rows


def _poles() -> Rows:
    overseas = {key: value for key, value in REUNION.items() if key != "commune"}
    point = {"latitude": -20.94, "longitude": 55.29}
    closed = {"status": "closed", "end_date": pd.Timestamp("2020-01-01")}
    nowhere = {"code_commune_insee": None, "code_departement": None, "place_level": "region", "cohorts": None}
    return [
        pole("p-archer", "Pôle Sud", 3),
        pole("p-ecopal", "EcoPAL", 2, **overseas, **point, **closed),
        pole("p-region", "La Place", 2, **nowhere, latitude=None, longitude=None),
    ]


def _listings() -> Rows:
    undated = {"date_first": None, "date_last": None, "date_precision": "none"}
    return [
        listing(1, "p-archer", "Pôle Sud"),
        listing(2, "p-archer", "« Pole sud » Archer"),
        listing(3, "p-archer", "Pôle Sud", programme=None, role=None),
        listing(4, "p-ecopal", "EcoPAL", **REUNION),
        listing(5, "p-ecopal", "Ecopal", **REUNION),
        listing(6, "p-region", "La Place", **REGION_ONLY),
        listing(7, "p-region", "La Place des Possibles", **REGION_ONLY, **undated),
    ]


def _edges() -> Rows:
    common = {"weight": 5.0, "probability": 0.9, "decided_by": "matcher", "reasons": '[["name", "a = b", 5.0]]'}
    return [
        {"left": "l001", "right": "l002", "verdict": "link", **common},
        {"left": "l001", "right": "l004", "verdict": "veto", **common},
    ]


def _enrichment() -> Rows:
    common = {
        "licence": "lov2",
        "service_id": "register",
        "url": "https://example.org/?q=A",
        "capture_sha256": "c" * 64,
    }
    asked = {"asked": "Archer", "field": "siren", "threshold": 0.9, **common}
    return [
        asked | {"pole_id": "p-archer", "value": "123456789", "score": 1.0, "reason": "found"},
        asked | {"pole_id": "p-ecopal", "score": 0.7, "reason": "below_threshold"},
    ]


def _claims() -> Rows:
    growth = {"base_value": 56, "target_value": 203, "computed": 262.5, "verdict": "arithmetic_error"}
    common = {
        "capture_sha256": CLAIMS,
        "publisher": "ESS France",
        "source_url": "https://example.org",
        "date_first": pd.Timestamp("2023-01-01"),
        "date_last": pd.Timestamp("2023-12-31"),
        "qualifier": "exact",
        "verdict": "unverifiable",
        "explanation_en": "…",
        "explanation_fr": "…",
    }
    return [
        common | {"claim_id": "c1", "kind": "count", "value": 203, "record_no": 1},
        common | {"claim_id": "g1", "kind": "growth", "value": 365, "record_no": 2} | growth,
    ]


def _sources() -> Rows:
    common = {
        "title": "T",
        "publisher": "P",
        "url": "u",
        "licence": "L",
        "health": "fresh",
        "min_rows": 1,
        "max_rows": 9,
    }
    return [
        {"source_id": "ledger", "statement": "listings", "capture_sha256": LEDGER, "n_rows": 7, **common},
        {"source_id": "claims", "statement": "count_claims", "capture_sha256": CLAIMS, "n_rows": 2, **common},
    ]


@functools.cache
def _tables() -> dict[str, pd.DataFrame]:
    value = {"pole_id": "p-archer", "field": "carrier", "value": "Archer", "reason": "only_value", "kept": True}
    issue = {"issue_id": "i1", "stage": "clean", "code": "place", "severity": "warning", "who": "publisher"}
    rows = {
        "listings": _listings(),
        "poles": _poles(),
        "edges": _edges(),
        "values": [{"listing_id": listing_id, **value} for listing_id in ("l001", "l002")],
        "enrichment": _enrichment(),
        "counts": _counts(),
        "series": [series("listed", 1, "2024-11-01"), series("listed", 2, "2024-12-31", backcast=3)],
        "completeness": [
            completeness("cohort:aap-2013", "loglinear", 3, **GIVEN),
            completeness("listed", "chapman", 3),
        ],
        "lists": [
            pole_list(1, "p-archer | p-ecopal"),
            pole_list(2, "p-archer | p-region", used=False, why_not="one_call", why_not_en="…", why_not_fr="…"),
        ],
        "indicator": [movement("listed", 1, 3), movement("state_supported", 1, 2)],
        "sensitivity": [specification("listed", 1, 2, 3, differs=1), specification("listed", 2, 1, 3)],
        "claims": _claims(),
        "sources": _sources(),
        "issues": [{**issue, "message": "Oise (61)"}],
    }
    return {name: table(name, rows) for name, rows in rows.items()}


@functools.cache
def _catalogue() -> tuple[tuple[Source, ...], tuple[Programme, ...]]:
    common = {"title": "T", "publisher": "P", "licence": "L", "frequency": "never", "priority": 1}
    bounds = Bounds(min_rows=1, max_rows=9)
    names = {"columns": {"name": "name"}, "sentinels": ("Pôle Sud", "La place des possibles")}
    figures = {"columns": {c: c for c in ("value", "population", "publisher", "source_url")}}
    sources = (
        Source(source_id="ledger", url="raw/l.csv", statement="listings", bounds=bounds, **names, **common),
        Source(source_id="claims", url="raw/c.csv", statement="count_claims", bounds=bounds, **figures, **common),
    )
    call = {"title_fr": "AAP", "title_en": "AAP", "results": "2014-01-10", "source_url": "https://example.org"}
    roles = {"state_call": True, "counted_role": "laureate", "claims_population": "laureates"}
    return sources, (Programme(programme="aap-2013", **call, **roles),)


@pytest.fixture
def small() -> Small:
    tables = _tables()
    previous = {name: tables[name] for name in ("poles", "listings")}
    return Small(dict(tables), *_catalogue(), previous)
