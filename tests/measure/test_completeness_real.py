"""What the transcribed listings can bear: nothing yet, and the tables say why. METHOD.md says it in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from ptce_etl.frames import from_arrow
from ptce_etl.measure.bearing import answer
from ptce_etl.measure.copies import Voice
from ptce_etl.measure.lists import PoleList
from ptce_etl.pipeline import build, collect_one, open_context
from ptce_etl.publish.staging import read_staged

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables that the bundled ledgers give, without a person's decision."""
    context = open_context(
        tmp_path_factory.mktemp("real"), now=datetime(2026, 11, 23, 6, 30, tzinfo=UTC), use_judgements=False
    )
    for source in context.sources:
        if source.enabled:
            collect_one(context, source)
    staged = read_staged(build(context).path)
    return {name: from_arrow(name, staged[name]) for name in ("completeness", "lists")}


def of(tables: Tables, table: str, population: str) -> pd.DataFrame:
    frame = tables[table]
    return frame[frame["population"] == population]


def test_nothing_is_estimated_yet(real: Tables) -> None:
    """When this fails, the lists have come to bear an estimate: read METHOD.md on completeness again."""
    assert real["completeness"]["withheld"].all()


def test_a_press_text_that_two_publishers_print_is_one_list(real: Tables) -> None:
    """Chorum prints the list of the State secretariat name for name: fifteen laureates on one list, not on two."""
    tied = of(real, "lists", "cohort:ami-2021-phase-2").iloc[0]
    assert tied["publishers"].startswith("Chorum | Secrétariat d'État ESS")
    assert tied["grouped_en"].startswith("same rows: 15 poles in common (of 15 and 15), 15 of them spelled alike")
    assert set(of(real, "completeness", "cohort:ami-2021-phase-2")["reasons"]) == {"one_list"}


def test_the_copies_of_the_labo_are_the_labo(real: Tables) -> None:
    lists = of(real, "lists", "listed")
    labo = lists[lists["publishers"].str.contains("Labo de l'ESS", regex=False)]
    assert len(labo) == 1
    assert len(labo["publishers"].iloc[0].split(" | ")) >= 7


def test_the_general_publishers_know_the_same_poles(real: Tables) -> None:
    """METHOD.md: four publishers speak of the poles in general; were they independent, there would be fewer poles than
    we can name one by one. Poles are not equally easy to find, and the estimate is withheld for that too."""
    named = int(of(real, "completeness", "listed")["n_named"].iloc[0])
    rows = of(real, "lists", "listed")
    used = rows[rows["used"]]
    assert len(used) == 4
    lists = [PoleList(Voice((), ()), frozenset(poles.split(" | ")), None, None, 3, "") for poles in used["poles"]]
    found = answer("loglinear", lists, 0, moves=False, years=3)
    assert found.size is not None and found.size.high < named
    reasons = of(real, "completeness", "listed").set_index("method")["reasons"]
    assert reasons["loglinear"] == "other_years | many_years | below_named"
