"""``ptce indicator``: any two days or snapshots, and the poles behind each number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ptce_etl.cli.reopened import day_of, open_snapshot
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import ConfigError
from ptce_etl.measure.counts import counts_table, series_dates
from ptce_etl.measure.indicator import indicator_table, periods
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.series import series_table

Ptce = Callable[..., Any]
LATER = "2026-12-24T06:30:00+00:00"


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_answer_has_counts_growth_movement_and_what_stands_against_it(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("indicator", "--data", small_root, "--from", "2020", "--to", "2024-12-31")
    assert answer.code == 0
    said = words(answer.out)
    for line in (
        "period 2020-12-31 → 2024-12-31",
        "poles at the start 1",
        "growth 1 → 3 (+200%)",
        "multiplier ×3",
        "change +2",
        "opened +1",
        "discovered late +1",
        "closed 0",
        "on constant sources 1 → 1 (0%)",
        "comparable no",
        "small_base: 1 pole at the start; read the counts, not the %",
    ):
        assert line in said
    assert said[0].startswith("listed: Poles that at least one page readable by the date names as a PTCE")


def test_in_french_it_is_french(ptce: Ptce, small_root: Path) -> None:
    answer = ptce(
        "indicator",
        "--data",
        small_root,
        "--from",
        "2020",
        "--to",
        "2024",
        "--lang",
        "fr",
        "--detail",
        "--series",
        "year",
    )
    assert answer.code == 0
    said = words(answer.out)
    for line in (
        "pôles au début 1",
        "croissance 1 → 3 (+200 %)",
        "nés +1",
        "comparable non",
        "nés : 1",
        "2022-12-31 2 2 1",
    ):
        assert line in said
    assert "small_base\u00a0: 1 pôle au début\u202f; lire les effectifs, non le %" in answer.out
    for english in ("poles", "growth", "discovered", "readable", "known then", "counted"):
        assert english not in answer.out


def test_every_number_opens(ptce: Ptce, small_root: Path) -> None:
    asked = ("indicator", "--data", small_root, "--from", "2020", "--to", "2024")
    found = ptce(*asked, "--json").json
    assert found["target"] == found["base"] + sum(sign * found[name] for name, sign in COMPONENTS.items())
    poles = found["poles"]
    for name in ("base", "target", *COMPONENTS):
        assert len(poles[name]) == found[name]
    assert set(poles["target"]) <= set(found["names"])
    (opened,) = poles["opened"]
    assert (opened["listing_id"], opened["publisher"], opened["known_on"]) == ("a1", "État", "2021-06-30")
    assert opened["source_url"] == "https://a.example/1"
    assert [len(found["constant"][end]) for end in ("base", "target")] == [
        found["constant_base"],
        found["constant_target"],
    ]
    assert [row["round"] for row in found["rounds"]] == ["ami-2021-phase-2"]
    assert {reason["code"] for reason in found["reasons"]} >= {"small_base"}
    detail = ptce(*asked, "--detail").out
    for pole in poles["target"]:
        assert pole in detail
    assert "a1" in detail


def test_a_territory_and_a_basis(ptce: Ptce, small_root: Path) -> None:
    asked = ("indicator", "--data", small_root, "--from", "2020-06", "--territory", "Franche-Comté", "--json")
    found = ptce(*asked).json
    assert (found["territory_level"], found["territory_code"], found["base"]) == ("region_2015", "43", 1)
    assert found["base_date"] == "2020-06-30"
    past = ptce("indicator", "--data", small_root, "--from", "2022", "--basis", "backcast").out
    assert "listed (as today's evidence says it was): Poles that a page, whenever it was read, shows" in past
    before = ptce("indicator", "--data", small_root, "--from", "2010", "--to", "2024", "--json").json
    assert (before["base"], before["change"], before["growth_pct"]) == (None, None, None)
    assert before["reasons"][0]["code"] == "base_missing"
    shown = words(ptce("indicator", "--data", small_root, "--from", "2010", "--to", "2024").out)
    assert "growth – → 3 (–)" in shown
    assert "base_missing: nothing can be counted on 2010-12-31; the first count is of 2020-05-04" in shown


def test_different_things_are_refused_unless_asked_for(ptce: Ptce, small_root: Path) -> None:
    asked = ("indicator", "--data", small_root, "--from", "2022", "--to-population", "active", "--to-territory", "Lot")
    refused = ptce(*asked)
    assert refused.code == 2
    assert "not one growth: listed and active count different things; France and Lot are two territories" in refused.err
    given = ptce(*asked, "--anyway", "--json").json
    assert given["comparable"] is False
    assert [reason["code"] for reason in given["reasons"]] == ["other_population", "other_territory"]
    assert (given["opened"], given["growth_low_pct"], given["constant_base"]) == (None, None, None)
    shown = ptce(*asked, "--anyway", "--detail").out
    assert "counted at the start: " in shown
    assert "opened" not in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--population", "all"], "no population 'all'"),
        (["--territory", "Atlantide"], "no territory 'Atlantide'"),
        (["--from", "yesterday"], "not a date: 'yesterday'"),
        (["--from", ""], "no date is given"),
        (["--to", "2027"], "2027 is after 2026-11-23"),
        (["--from", "2024", "--to", "2022"], "a period must end after it starts"),
        (["--basis", "own"], "--basis 'own' is not known"),
        (["--series", "week"], "--series 'week' is not known"),
        (["--lang", "de"], "--lang 'de' is not known"),
        (["--against", "nothing"], "'nothing' is not a snapshot id"),
    ],
)
def test_what_cannot_be_answered_is_said(ptce: Ptce, small_root: Path, options: list[str], said: str) -> None:
    answer = ptce("indicator", "--data", small_root, *options)
    assert answer.code == 2
    assert said in answer.err


def test_a_partial_date_is_its_last_day_and_never_after_the_snapshot() -> None:
    as_of = date(2026, 11, 23)
    assert [day_of(text, "--to", as_of) for text in ("2020", "2020-02", "2020-02-03", "2026", "2026-11")] == [
        date(2020, 12, 31),
        date(2020, 2, 29),
        date(2020, 2, 3),
        as_of,
        as_of,
    ]
    with pytest.raises(ConfigError):
        day_of("2026-12", "--to", as_of)


def test_between_two_snapshots_poles_that_were_merged_or_split_are_told_apart(
    ptce: Ptce, own_root: Path, run_quick: Callable[[Path, str], None]
) -> None:
    before = (own_root / "processed" / "latest").resolve().name
    file = own_root / "raw" / "transcribed" / "listings.csv"
    text = file.read_text("utf-8")
    file.write_text(
        text + "n1,https://n.example/1,Avise,2019,article,,,PTCE Nouvelle page,,Vesoul,Haute-Saône,\n", "utf-8"
    )
    (own_root / "decisions" / "judgements.jsonl").write_text(
        '{"left": "b1", "right": "b2", "judgement": "different", "who": "t", "when": "2026-12-01", "why": "two"}\n'
    )
    run_quick(own_root, LATER)
    found = ptce("indicator", "--data", own_root, "--against", before, "--json").json
    assert (found["against"], found["base_date"], found["target_date"]) == (before, "2026-11-23", "2026-12-24")
    assert (found["base"], found["target"]) == (3, 5)
    assert {name: found[name] for name in COMPONENTS if found[name]} == {"discovered_late": 1, "split": 1}
    (late,) = found["poles"]["discovered_late"]
    assert late["listing_id"] == "n1"
    (split,) = found["poles"]["split"]
    assert split["pole_id"] in found["poles"]["base"] and split["other"] in found["poles"]["target"]
    assert found["yearly_rate_pct"] is None
    assert "split into" in ptce("indicator", "--data", own_root, "--against", before, "--detail").out
    same = ptce("indicator", "--data", own_root, "--from", "2024", "--json").json
    assert (same["split"], same["merged"]) == (0, 0)
    back = ptce("indicator", "--data", own_root, "--snapshot", before, "--against", found["snapshot"])
    assert back.code == 2


def test_a_snapshot_read_back_counts_as_it_was_published(built_root: Path) -> None:
    one = open_snapshot(Paths(built_root), "latest")
    settings = Settings()
    dates = series_dates(one.census.world, settings, one.as_of)
    again = {
        "counts": counts_table(one.census, dates, one.as_of),
        "series": series_table(one.census, one.as_of),
        "indicator": indicator_table(one.census, periods(dates, settings, one.as_of), settings, one.as_of),
    }
    for name, frame in again.items():
        pd.testing.assert_frame_equal(frame, one.tables[name])
