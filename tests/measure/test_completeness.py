"""Lists of a population, what they can bear, and the two tables: on small worlds and on the real ledger."""

from __future__ import annotations

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
from ptce_etl.measure.bearing import METHODS, Answer, answer, used_lists
from ptce_etl.measure.completeness_words import NOT_USED, REASONS, assumptions
from ptce_etl.measure.copies import Voice
from ptce_etl.measure.lists import PoleList
from ptce_etl.measure.loglinear import histories
from ptce_etl.measure.measures import Measures, measure
from ptce_etl.measure.pages import read_pages

TODAY = date(2026, 11, 23)
REGIONS = ["69", "44", "59", "13", "75", "33", "67", "31"]  # departments of eight regions


def pole_list(*poles: int, year: int | None = 2025, why_not: str = "") -> PoleList:
    members = frozenset(f"p{n:03}" for n in poles)
    day = date(year, 6, 1) if year else None
    return PoleList(Voice((), ()), members, day, day, 3, why_not)


# Sixty-four poles, each on the first list or not, on the second or not, on the third or not, in all combinations alike:
# lists of 32, any two of them sharing 16, that are independent, and 8 poles on none.
ONE, TWO, THREE = (pole_list(*(n for n in range(64) if n & bit)) for bit in (1, 2, 4))
ONE_BUT_OLD = pole_list(*(n for n in range(64) if n & 1), year=2012)


def from_cells(*counts: int) -> list[PoleList]:
    """Three lists whose cells hold so many poles (in the order of ``histories``)."""
    on = [history for history, n in zip(histories(3).tolist(), counts, strict=True) for _ in range(n)]
    return [pole_list(*(number for number, where in enumerate(on) if where[place])) for place in range(3)]


def reasons(method: str, lists: list[PoleList], named: int = 0, *, moves: bool = True) -> tuple[str, ...]:
    return answer(method, lists, named, moves=moves, years=3).reasons


def test_two_lists_are_answered_by_chapman_alone() -> None:
    found = {m: answer(m, [ONE, TWO], 48, moves=True, years=3) for m in METHODS}
    assert (found["chao"].reasons, found["loglinear"].reasons) == (("two_lists",), ("two_lists",))
    size = found["chapman"].size
    assert size is not None and found["chapman"].reasons == ()
    assert size.n == pytest.approx(33 * 33 / 17 - 1)
    assert 48 <= size.low < size.n < size.high


def test_three_lists_are_answered_by_the_others() -> None:
    found = {m: answer(m, [ONE, TWO, THREE], 56, moves=True, years=3) for m in METHODS}
    assert found["chapman"].reasons == ("more_lists",)
    for method in ("chao", "loglinear"):
        size = found[method].size
        assert size is not None, found[method]
        assert size.n == pytest.approx(64, rel=1e-6)
        assert 56 <= size.low < 64 < size.high
    assert found["loglinear"].pairs == ()


def test_a_withheld_answer_holds_no_number() -> None:
    for lists in ([], [ONE], [ONE, TWO], [ONE, TWO, THREE]):
        for method in METHODS:
            found = answer(method, lists, 10_000, moves=True, years=3)
            assert found.reasons and found.size is None


@pytest.mark.parametrize(
    ("reason", "method", "lists"),
    [
        ("no_list", "chapman", []),
        ("one_list", "loglinear", [ONE]),
        ("few_shared", "chapman", [pole_list(*range(20)), pole_list(*range(14, 40))]),
        ("apart", "loglinear", [ONE, TWO, pole_list(*range(200, 220))]),
        ("undated", "chapman", [TWO, pole_list(*range(32), year=None)]),
        ("other_years", "chapman", [ONE_BUT_OLD, TWO]),
        ("many_years", "chapman", [ONE_BUT_OLD, TWO]),
        ("too_wide", "chapman", [pole_list(*range(60)), pole_list(*range(53, 113))]),
        ("unequal", "loglinear", from_cells(30, 6, 6, 20, 6, 20, 20)),
        ("models_differ", "loglinear", from_cells(10, 10, 11, 14, 5, 15, 1)),
        ("lists_avoid", "chao", from_cells(4, 1, 40, 60, 40, 60, 60)),
    ],
)
def test_each_reason(reason: str, method: str, lists: list[PoleList]) -> None:
    assert reason in reasons(method, lists)


def test_an_estimate_below_what_is_named_is_refuted() -> None:
    assert reasons("chapman", [ONE, TWO], named=63) == ()
    assert reasons("chapman", [ONE, TWO], named=64) == ("below_named",)


def test_a_closed_cohort_may_be_listed_in_any_year() -> None:
    assert reasons("chapman", [ONE_BUT_OLD, TWO], moves=False) == ()


@settings(max_examples=8)
@given(st.lists(st.sets(st.integers(0, 60), min_size=5, max_size=40), min_size=2, max_size=3), st.integers(0, 60))
def test_what_is_given_is_possible(lists: list[set[int]], named: int) -> None:
    made = [pole_list(*sorted(one)) for one in lists]
    seen = len(set().union(*lists))
    for method in METHODS:
        found: Answer = answer(method, made, max(named, seen), moves=True, years=3)
        assert (found.size is None) == bool(found.reasons)
        if found.size is not None:
            assert seen <= found.size.low <= found.size.n <= found.size.high
            assert found.size.n >= max(named, seen) - 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_the_lists_does_not_matter(method: str) -> None:
    lists = from_cells(10, 7, 9, 14, 6, 15, 11)
    one, two = (answer(method, some, 72, moves=True, years=3) for some in (lists, lists[::-1]))
    assert one.reasons == two.reasons
    if one.size is not None and two.size is not None:
        assert one.size.n == pytest.approx(two.size.n, rel=1e-6)
        assert (one.size.low, one.size.high) == (two.size.low, two.size.high)


def test_lists_that_are_not_general_are_not_used() -> None:
    assert used_lists([ONE, pole_list(1, why_not="few_poles"), TWO]) == (ONE, TWO)


def test_every_reason_has_its_words() -> None:
    for words in (REASONS, NOT_USED):
        assert all(english and french and english != french for english, french in words.values())
    for method in METHODS:
        for moves in (True, False):
            english, french = assumptions(method, moves=moves)
            assert english != french


# The tables, from listings.


def measured(
    make: SimpleNamespace, programmes: tuple[Programme, ...], rows: list[dict[str, Any]], **more: Any
) -> Measures:
    poles = sorted({row["pole"] for row in rows})
    where = {pole: REGIONS[number % len(REGIONS)] for number, pole in enumerate(poles)}
    return measure(
        make.listings(*rows),
        make.poles(where),
        empty("edges"),
        more.get("counts", make.count_claims()),
        make.growth_claims(),
        programmes,
        Settings(),
        TODAY,
        make.captured,
    )


def rows_of(one: PoleList, publisher: str, on: str = "2025", how: str = "{}", **more: Any) -> list[dict[str, Any]]:
    """A directory that names the poles of a list, in a way of its own."""
    url = f"https://{publisher}.example/list"
    shared = {"publisher": publisher, "on": on, "url": url, "kind": "national directory"} | more
    return [{"pole": pole, "name": how.format(pole), **shared} for pole in sorted(one.members)]


THREE_LISTS = [
    *rows_of(ONE, "A", how="{} a"),
    *rows_of(TWO, "B", how="{} b"),
    *rows_of(THREE, "C", how="{} c"),
]


def estimates(found: Measures, population: str = "listed") -> dict[str, dict[Any, Any]]:
    rows = found.completeness[found.completeness["population"] == population]
    return {row["method"]: row for row in rows.to_dict("records")}


def test_the_tables_of_three_lists(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    found = measured(make, programmes, THREE_LISTS)
    to_arrow("completeness", found.completeness)
    to_arrow("lists", found.lists)
    rows = estimates(found)
    assert set(rows) == set(METHODS)
    given = rows["loglinear"]
    assert not given["withheld"]
    assert given["lists_used"] == "1 A | 2 B | 3 C"
    assert given["model"] == "1 + 2 + 3"
    assert given["n_named"] == given["n_on_lists"] == len(ONE.members | TWO.members | THREE.members)
    assert given["estimate"] == 64
    assert given["completeness"] == given["n_named"] / given["estimate"]
    assert pd.isna(given["reasons"]) and pd.isna(given["published"])
    assert rows["chapman"]["reasons"] == "more_lists"
    lists = found.lists
    assert lists["used"].all() and lists["list_no"].tolist() == [1, 2, 3]
    assert lists["poles"].str.split(" | ", regex=False).map(len).tolist() == lists["n_poles"].tolist()


def test_adding_a_copy_of_a_list_changes_nothing(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    copy = rows_of(ONE, "D", how="{} a")
    # Others spell in their own ways, so that the copy stands out.
    found, with_copy = (measured(make, programmes, rows) for rows in (THREE_LISTS, [*THREE_LISTS, *copy]))
    columns = [name for name in found.completeness if name != "lists_used"]
    pd.testing.assert_frame_equal(found.completeness[columns], with_copy.completeness[columns])
    tied = with_copy.lists[with_copy.lists["publishers"] == "A | D"].iloc[0]
    assert tied["grouped_en"].startswith("same rows: 32 poles in common")


def test_a_narrow_voice_is_no_list_and_says_why(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    listed = sorted({row["pole"] for row in THREE_LISTS})
    region = [pole for number, pole in enumerate(listed) if number % len(REGIONS) == 0]
    more = [
        *rows_of(pole_list(0, 1, 2), "few", how="{} few"),
        *({**row, "pole": pole} for row, pole in zip(rows_of(ONE, "region", how="{} region"), region, strict=False)),
        *rows_of(pole_list(*range(1, 8)), "visit", how="{} visit", kind="article"),
        *rows_of(pole_list(*range(7)), "call", how="{} call", programme="aap-2013", role="laureate"),
    ]
    found = measured(make, programmes, [*THREE_LISTS, *more]).lists
    listed_rows = found[found["population"] == "listed"].set_index("publishers")
    assert {name: listed_rows.loc[name, "why_not"] for name in ("few", "region", "visit", "call")} == {
        "few": "few_poles",
        "region": "one_region",
        "visit": "no_list",
        "call": "one_call",
    }
    # For the cohort itself, naming one call is no narrowness.
    cohort = found[found["population"] == "cohort:aap-2013"]
    assert cohort["used"].tolist() == [True]


def test_a_cohort_is_held_against_its_published_number(
    make: SimpleNamespace, programmes: tuple[Programme, ...]
) -> None:
    laureates = {"programme": "aap-2013", "role": "laureate", "on": "2014", "kind": "call results"}
    one, two = pole_list(*range(17)), pole_list(*range(4, 20))
    rows = [*rows_of(one, "A", how="{} a", **laureates), *rows_of(two, "B", how="{} b", **laureates)]
    for published, inside in ((21, True), (60, False)):
        claim = {"value": str(published), "population": "laureates", "programme": "aap-2013"}
        found = estimates(measured(make, programmes, rows, counts=make.count_claims(claim)), "cohort:aap-2013")
        row = found["chapman"]
        assert not row["withheld"]
        assert (row["published"], row["published_inside"]) == (published, inside)
        assert found["chao"]["reasons"] == "two_lists"
        assert found["chao"]["published"] == published and pd.isna(found["chao"]["published_inside"])


def test_recent_lists_are_enough(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    """Old pages of the same publishers would stretch the lists over too many years: they are left out."""
    old = [*rows_of(ONE, "A", on="2013", how="{} a"), *rows_of(TWO, "B", on="2014", how="{} b")]
    found = estimates(measured(make, programmes, [*THREE_LISTS, *old]))
    assert not found["loglinear"]["withheld"]
    before = estimates(measured(make, programmes, [row for row in old if row["publisher"] in "AB"]))
    assert before["chapman"]["n_lists"] == 2  # nothing recent: all years are read


def test_a_page_has_one_address(make: SimpleNamespace) -> None:
    urls = ["http://www.a.fr/x/", "https://a.fr/x?utm_source=m", "https://A.fr/x", "https://a.fr/x?id=2", None]
    rows = [{"pole": "p", "url": url, "on": "2020"} for url in urls]
    frame = make.listings(*rows)
    pages = read_pages(frame, make.world(frame).evidence)
    assert [page.address for page in pages] == ["a.fr/x", "a.fr/x?id=2", "src"]


def test_nothing_named_is_withheld_too(make: SimpleNamespace, programmes: tuple[Programme, ...]) -> None:
    found = measured(make, programmes, [])
    assert found.completeness["withheld"].all()
    assert set(found.completeness["reasons"]) == {"no_list"}
    assert found.lists.empty
