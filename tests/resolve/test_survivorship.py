"""The value that a pole keeps: each rule on a small world, and all of them against the rules read aloud."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.names import fold
from ptce_etl.frames import empty, to_arrow
from ptce_etl.resolve.poles import HISTORY_COLUMNS, poles_and_values, poles_table
from ptce_etl.resolve.survivorship import survive
from ptce_etl.schema import TABLES

Row = dict[str, Any]


def _listings(*rows: Row) -> pd.DataFrame:
    """A listings table; ``said`` is short for a name that is compared and shown as it is."""
    records = []
    for number, row in enumerate(rows):
        said = row.get("said")
        record: Row = {"listing_id": f"l{number:02}", "pole_id": "p1", "source_id": "s", "source_url": f"u{number}"}
        records.append(record | {"name_clean": said, "name_key": said and fold(said), "publisher": "A"} | row)
    frame = empty("listings")
    given_cells = pd.DataFrame(records).reindex(columns=frame.columns)
    return given_cells.astype(frame.dtypes.to_dict())


def _kept(*rows: Row, field: str = "name") -> tuple[Any, list[tuple[str, str]]]:
    """What the one pole keeps of ``field``, and (value, reason) of each listing that gives one."""
    found = survive(_listings(*rows))
    values = found.values[found.values["field"] == field]
    assert values["value"][values["kept"]].isin(found.poles[field]).all()
    return found.poles[field].iloc[0], list(zip(values["value"], values["reason"], strict=True))


DAY_1, DAY_2 = pd.Timestamp("2020-01-01"), pd.Timestamp("2021-01-01")


@pytest.mark.parametrize(
    ("rows", "kept", "reasons"),
    [
        ([{"said": "A"}, {"said": "A"}], "A", ["only_value", "only_value"]),
        (
            [{"said": "A"}, {"said": "B", "publisher": "X"}, {"said": "B", "publisher": "Y"}],
            "B",
            ["fewer_publishers", "most_publishers", "most_publishers"],
        ),
        ([{"said": "B", "date_last": DAY_2}, {"said": "A", "date_last": DAY_1}], "B", ["latest", "older"]),
        ([{"said": "B", "date_last": DAY_1}, {"said": "A"}], "B", ["latest", "older"]),
        ([{"said": "B"}, {"said": "A"}], "A", ["worse_written", "first_written"]),
        ([{"said": "ÉCOLE"}, {"said": "Ecole"}, {"said": "École"}], "École", ["worse_written"] * 2 + ["only_value"]),
        (
            [{"said": "Ecole", "publisher": "X"}, {"said": "Ecole", "publisher": "Y"}, {"said": "École"}],
            "Ecole",
            ["only_value"] * 2 + ["worse_written"],
        ),
        ([{"name_clean": "un PTCE"}, {"said": "A"}], "A", ["only_value"]),
        ([{"name_clean": "un PTCE"}], "un PTCE", ["only_value"]),
        ([{"said": "A"}, {"said": " "}], "A", ["only_value"]),
    ],
)
def test_the_first_rule_that_separates_decides(rows: list[Row], kept: str, reasons: list[str]) -> None:
    name, lines = _kept(*rows)
    assert name == kept
    assert [reason for _, reason in lines] == reasons


def test_publishers_that_do_not_sign_are_told_apart_by_their_pages() -> None:
    rows = [{"said": "A"}, {"said": "A"}, {"said": "B", "publisher": None}, {"said": "B", "publisher": None}]
    assert _kept(*rows)[0] == "B"
    found = survive(_listings(*rows)).poles.iloc[0]
    assert found[["n_listings", "n_sources", "n_publishers"]].tolist() == [4, 4, 2]


def test_the_finest_place_decides_the_coarser_ones() -> None:
    rows = [
        {"code_commune_insee": "38185", "code_departement": "38", "publisher": "X"},
        {"code_departement": "69", "code_region": "84", "publisher": "Y"},
        {"code_departement": "69", "code_region": "84", "publisher": "Z"},
    ]
    found = survive(_listings(*rows))
    assert found.poles.loc[0, ["code_commune_insee", "code_departement"]].tolist() == ["38185", "38"]
    assert found.poles["code_region"].isna().all()
    lines = found.values.groupby("field")[["value", "kept", "reason"]].agg(list).to_dict("index")
    assert lines["code_departement"] == {
        "value": ["38", "69", "69"],
        "kept": [True, False, False],
        "reason": ["finer_place", "coarser_place", "coarser_place"],
    }
    assert lines["code_region"]["kept"] == [False, False]


def test_aliases_are_the_other_spellings_once_each() -> None:
    rows = [{"said": said} for said in ("Le Pré", "LE PRÉ", "La Noue", "Une | autre", "la noue", "Zut")]
    found = survive(_listings(*rows)).poles.iloc[0]
    assert found["name"] == "La Noue"
    assert found["aliases"] == "LE PRÉ | Une / autre | Zut"
    assert survive(_listings({"said": "Le Pré"}, {"said": "LE PRÉ"})).poles["aliases"].isna().all()


_ROW = st.fixed_dictionaries(
    {
        "pole_id": st.sampled_from(["p1", "p2", "p3"]),
        "name_clean": st.sampled_from([None, " ", "École", "ECOLE", "Ecole", "é", "A | B", "a / b", "\u200b", "x"]),
        "name_key": st.sampled_from([None, "a", "b", "é"]),
        "publisher": st.sampled_from([None, "X", "Y", "?"]),
        "source_url": st.sampled_from([None, "u", "v", "X"]),
        "date_last": st.sampled_from([None, DAY_1, DAY_2]),
    }
)


@settings(max_examples=40)
@given(st.lists(_ROW, min_size=1, max_size=16), st.randoms())
def test_all_poles_at_once_are_each_pole_by_itself(rows: list[Row], random: Any) -> None:
    listings = _listings(*rows)
    found = survive(listings.sample(frac=1, random_state=random.randrange(1000)))
    assert found.poles["pole_id"].tolist() == sorted({row["pole_id"] for row in rows})
    names = dict(zip(found.poles["pole_id"], found.poles["name"], strict=True))
    for pole, name in names.items():
        assert (None if pd.isna(name) else name) == _read_aloud([row for row in rows if row["pole_id"] == pole])
    lines = found.values[found.values["field"] == "name"]
    assert (lines["kept"] == (lines["value"] == lines["pole_id"].map(names))).all()
    order = list(zip(lines["pole_id"], lines["listing_id"], strict=True))
    assert order == sorted(order)
    pd.testing.assert_frame_equal(survive(listings, values=False).poles, found.poles)


def _read_aloud(rows: list[Row]) -> str | None:
    def text(row: Row, column: str) -> str:
        return (row[column] or "").strip()

    said = [row | {"key": row["name_key"] or fold(text(row, "name_clean"))} for row in rows if text(row, "name_clean")]
    said = [row for row in said if row["name_key"]] or [row for row in said if row["key"]]
    if not said:
        return None

    def of_key(key: str) -> tuple[int, int, str]:
        mine = [row for row in said if row["key"] == key]
        voices = {row["publisher"] or row["source_url"] or "?" for row in mine}
        return -len(voices), -max((row["date_last"].year for row in mine if row["date_last"]), default=0), key

    best = min({row["key"] for row in said}, key=of_key)

    def of_spelling(value: str) -> tuple[bool, int, int, int, str]:
        publishers = {row["publisher"] for row in said if (row["key"], row["name_clean"]) == (best, value)}
        accents = sum(fold(char) != char.lower() for char in value if char.isalpha())
        return value.isupper(), -len(publishers), -accents, -len(value), value

    return min({row["name_clean"] for row in said if row["key"] == best}, key=of_spelling)


def test_poles_have_the_names_of_their_places_and_their_undecided_pairs() -> None:
    rows = [
        {"said": "A", "code_commune_insee": "38185"},
        {"said": "B", "pole_id": "p2"},
        {"said": "C", "pole_id": "p2"},
    ]
    edges = empty("edges").reindex(range(4))
    edges["left"], edges["right"] = ["l00", "l01", "l00", "l00"], ["l01", "l02", "gone", "l02"]
    edges["verdict"] = ["review", "review", "review", "link"]
    geo = Geography.load()
    poles, values = poles_and_values(_listings(*rows), edges, geo)
    assert poles["n_undecided"].tolist() == [1, 1]
    assert poles[["commune", "place_level"]].iloc[0].tolist() == ["Grenoble", "commune"]
    assert poles["place_level"].iloc[1] == "none"
    assert poles.columns.tolist() == [name for name in TABLES["poles"].names if name not in HISTORY_COLUMNS]
    assert to_arrow("values", values).num_rows == 4
    pd.testing.assert_frame_equal(poles_table(_listings(*rows), edges, geo), poles)
