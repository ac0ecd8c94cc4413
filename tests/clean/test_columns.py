"""Columns by distinct texts."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.clean.columns import Cells, together

CELLS = st.lists(st.tuples(*[st.sampled_from([None, "", "a", "b", "Oise"])] * 3), max_size=12)


@given(CELLS)
def test_rows_that_say_the_same_share_one_combination(cells: list[tuple[str | None, ...]]) -> None:
    frame = pd.DataFrame(cells, columns=["x", "y", "z"], dtype="str")
    numbers, said = together([Cells.of(frame[name]) for name in frame])
    assert [said[number] for number in numbers] == [tuple(text or "" for text in row) for row in cells]


@given(st.lists(st.sampled_from([None, "", "a", "b"]), max_size=8))
def test_what_is_said_of_a_text_reaches_its_rows(cells: list[str | None]) -> None:
    column = Cells.of(pd.Series(cells, dtype="str"))
    text = column.filled(column.once(str.upper))
    assert text.dtype == "str"
    assert text.isna().tolist() == [not cell for cell in cells]
    assert text.dropna().tolist() == [cell.upper() for cell in cells if cell]
    assert column.where(cell == "a" for cell in column.texts).tolist() == [cell == "a" for cell in cells]
    assert column.where((True for _ in column.texts), missing=True).all()


def test_days() -> None:
    column = Cells.of(pd.Series(["2014", None, "never"], dtype="str"))
    days = column.dated([date(2014, 1, 1), None])
    assert days.dtype == "datetime64[us]"
    assert days.tolist() == [pd.Timestamp("2014-01-01"), pd.NaT, pd.NaT]
