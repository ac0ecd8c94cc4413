"""Raw listings to clean ones: made-up rows for each rule, then the bundled ledger."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ptce_etl.clean.corrections import load_corrections
from ptce_etl.clean.listings import Cleaned, clean_listings
from ptce_etl.clean.places import Geography
from ptce_etl.errors import DataError
from ptce_etl.frames import to_arrow
from ptce_etl.schema import TABLES

GEO = Geography.load()
DATA = Path(__file__).resolve().parents[2] / "data"


def rows(*cells: dict[str, str | None]) -> pd.DataFrame:
    base = {"source_id": "s", "capture_sha256": "0" * 64}
    listed = [
        {"listing_id": f"l{n}", "record_no": n, "name": "Pôle Sud", **base, **row}
        for n, row in enumerate(cells, start=1)
    ]
    return pd.DataFrame(listed)


def cleaned(*cells: dict[str, str | None]) -> Cleaned:
    return clean_listings(rows(*cells), GEO)


def codes(result: Cleaned) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.listing_id) for issue in result.issues]


def test_every_column_of_the_schema_in_order_and_typed() -> None:
    result = cleaned({"commune": "Romans-sur-Isère", "source_date": "2014-03", "website": "www.archer.fr"})
    assert list(result.listings.columns) == [name for name in TABLES["listings"].names if name != "pole_id"]
    to_arrow("listings", result.listings.assign(pole_id="p"))
    assert result.issues == ()
    row = result.listings.iloc[0]
    assert row[["code_commune_insee", "code_departement", "code_region", "website_domain"]].tolist() == [
        "26281",
        "26",
        "84",
        "archer.fr",
    ]
    assert (row["date_first"], row["date_last"]) == (pd.Timestamp("2014-03-01"), pd.Timestamp("2014-03-31"))
    assert (row["date_precision"], row["said_ptce"]) == ("month", True)


def test_cells_stay_as_written() -> None:
    written = {
        "name": " « Pôle  Sud » ",
        "commune": " ROMANS SUR ISERE",
        "source_date": "mars 2014 ",
        "website": "NULL",
    }
    row = cleaned(written).listings.iloc[0]
    assert {name: row[name] for name in written} == written
    assert row["code_commune_insee"] == "26281"
    assert pd.isna(row["website_domain"])


def test_the_index_given_does_not_matter() -> None:
    raw = rows({"commune": "Grasse"}, {"commune": "Tarnos"})
    raw.index = pd.Index([7, 3])
    assert clean_listings(raw, GEO).listings["code_commune_insee"].tolist() == ["06069", "40312"]


def test_a_place_in_the_name_is_used_when_the_cells_give_none() -> None:
    result = cleaned(
        {"name": "Domb’Innov (Rhône-Alpes)"},
        {"name": "Culture et Coopération (Loire)", "commune": "Saint-Etienne", "department": "Loire"},
        {"name": "Resto Passerelle (APPUI)"},
    )
    assert result.listings["code_region"].fillna("").tolist() == ["84", "84", ""]
    assert result.listings["place_status"].tolist() == ["partial", "resolved", "none"]
    assert result.listings.at[0, "place_note"] == "read in the name: 'Rhône-Alpes'"
    (issue,) = result.issues
    assert (issue.code, issue.severity, issue.field) == ("place_partial", "info", "name")


def test_what_is_wrong_becomes_an_issue_and_never_stops_the_run() -> None:
    result = cleaned(
        {"department": "Oise (61)"},
        {"commune": "Romans"},
        {"commune": "Pays de Redon"},
        {"source_date": "printemps 2014"},
        {"website": "pas de site"},
        {"website": "https://www.facebook.com/polesud"},  # readable, only not its own: no issue
        {"siren": "732829321"},
        {"said_ptce": "peut-être"},
        {"name": None},
    )
    assert sorted(codes(result)) == [
        ("date_unreadable", "l4"),
        ("name_blank", "l9"),
        ("place_ambiguous", "l2"),
        ("place_conflict", "l1"),
        ("place_unresolved", "l3"),
        ("said_ptce_unknown", "l8"),
        ("siren_invalid", "l7"),
        ("website_unreadable", "l5"),
    ]
    conflict = next(issue for issue in result.issues if issue.code == "place_conflict")
    assert (conflict.severity, conflict.who, conflict.value) == ("warning", "publisher", "Oise (61)")
    assert (conflict.stage, conflict.source_id, conflict.field) == ("clean", "s", "department")
    assert result.listings.at[3, "source_date"] == "printemps 2014"
    assert result.listings.at[3, "date_precision"] == "none"
    to_arrow("listings", result.listings.assign(pole_id="p"))


@pytest.mark.parametrize(
    ("written", "said"), [("no", False), ("Non", False), ("false", False), ("yes", True), ("", True), (None, True)]
)
def test_said_ptce(written: str | None, said: bool) -> None:
    assert cleaned({"said_ptce": written}).listings["said_ptce"].tolist() == [said]


def test_missing_columns_are_blank_and_unknown_ones_left_out() -> None:
    result = clean_listings(rows({"note": "x"}), GEO)
    assert "note" not in result.listings
    assert result.listings["commune"].isna().all()
    assert clean_listings(rows({}).iloc[:0], GEO).listings.empty


def test_rows_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(DataError, match="capture_sha256"):
        clean_listings(rows({}).drop(columns="capture_sha256"), GEO)


def test_a_correction_changes_what_is_read_not_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yml"
    path.write_text(
        "- {listing_id: l1, field: region, was: La Réunion, becomes: Pays de la Loire, reason: its own page says so,"
        " who: maintainers, when: 2026-11-23, status: open}\n",
        encoding="utf-8",
    )
    result = clean_listings(rows({"region": "La Réunion"}), GEO, load_corrections(path))
    assert result.listings.loc[0, ["region", "code_region"]].tolist() == ["La Réunion", "52"]
    assert codes(result) == [("correction_applied", "l1")]


# The bundled ledger.


@pytest.fixture(scope="module")
def ledger() -> pd.DataFrame:
    raw = pd.read_csv(DATA / "raw" / "transcribed" / "listings.csv", dtype="str")
    return raw.assign(source_id="listings", capture_sha256="0" * 64, record_no=range(1, len(raw) + 1))


@pytest.fixture(scope="module")
def bundled(ledger: pd.DataFrame) -> Cleaned:
    return clean_listings(ledger, GEO, load_corrections(DATA / "decisions" / "corrections.yml"))


def test_every_row_of_the_ledger_is_cleaned(ledger: pd.DataFrame, bundled: Cleaned) -> None:
    listings = bundled.listings
    to_arrow("listings", listings.assign(pole_id="p"))
    assert listings["listing_id"].tolist() == ledger["listing_id"].tolist()
    for column in ("name", "commune", "department", "region", "source_date", "website"):
        assert listings[column].equals(ledger[column].astype("str")), column
    assert (listings["date_precision"] != "none").equals(ledger["source_date"].notna())
    assert listings["website_domain"].notna().equals(ledger["website"].notna())


def test_the_places_of_the_ledger(ledger: pd.DataFrame, bundled: Cleaned) -> None:
    listings = bundled.listings
    written = ledger[["commune", "department", "region"]].notna().any(axis=1)
    status = listings.loc[written, "place_status"].value_counts()
    assert status["resolved"] >= 0.95 * written.sum()
    assert status.get("unresolved", 0) + status.get("ambiguous", 0) + status.get("conflict", 0) <= 0.04 * written.sum()
    assert (listings["place_level"] == "commune").sum() >= 160
    with_commune = listings[ledger["commune"].notna()]
    assert (with_commune["place_level"] == "commune").mean() >= 0.93
    assert not {i.code for i in bundled.issues} & {"date_unreadable", "siren_invalid", "correction_stale", "name_blank"}


def test_the_contradictions_of_the_ledger_are_issues(bundled: Cleaned) -> None:
    conflicts = {issue.listing_id: issue for issue in bundled.issues if issue.code == "place_conflict"}
    oise = bundled.listings.set_index("listing_id").loc["109900e5859e"]
    assert "61 is Orne, not Oise" in conflicts["109900e5859e"].message
    assert oise[["place_status", "place_level", "code_region"]].tolist() == ["conflict", "region", "32"]
    assert "Poitiers (86194)" in conflicts["3cd2107cbffe"].message


def test_the_corrections_of_the_ledger_apply_and_show(bundled: Cleaned) -> None:
    (echobat,) = [issue for issue in bundled.issues if issue.code.startswith("correction")]
    assert (echobat.code, echobat.listing_id, echobat.severity) == ("correction_applied", "3c723c4e141b", "info")
    row = bundled.listings.set_index("listing_id").loc["3c723c4e141b"]
    assert (row["region"], row["place_status"]) == ("La Réunion", "none")


def test_any_number_of_processes_cleans_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = pd.read_csv(DATA / "raw/transcribed/listings.csv", dtype="str")
    raw = raw.assign(source_id="s", capture_sha256="0" * 64, record_no=range(len(raw)))
    alone = clean_listings(raw, GEO, workers=1)
    monkeypatch.setattr("ptce_etl.clean.spellings._WORTH_WORKERS", 100)
    together = clean_listings(raw, GEO, workers=2)
    pd.testing.assert_frame_equal(together.listings, alone.listings)
    assert (together.issues, together.spellings) == (alone.issues, alone.spellings)
