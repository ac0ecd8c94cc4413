"""The quick reader of columns gives what Python's csv gives, or leaves the file to it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.collect.columns import quick_columns

BITS = st.lists(st.sampled_from(["a", "é", ",", ",", '"', '""', '","', "\n", "\r", "\r\n", " ", "\u2028"]), max_size=40)


def _quick(text: str, delimiter: str = ",", width: int = 2) -> list[list[str]] | None:
    columns = quick_columns(text.encode(), delimiter, width, max_rows=100, max_cell=50)
    return None if columns is None else [list(row) for row in zip(*(c.to_pylist() for c in columns), strict=True)]


def _by_row(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]


@settings(max_examples=1000)
@given(BITS.map("".join))
def test_what_is_read_quickly_is_what_is_read_row_by_row(text: str) -> None:
    found = _quick(f"h,i\n{text}")
    if found is not None:
        assert [["h", "i"], *found] == _by_row(f"h,i\n{text}")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_whatever_csv_writes_is_read_quickly(rows: list[tuple[str, str]], quoting: int) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting).writerows([("h", "i"), *rows])  # type: ignore[arg-type]
    assert _quick(file.getvalue()) == [list(row) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        'h,i\n"a"b,c\n',
        'h,i\na"b,c\n',
        'h,i\n"a,b\n',
        'h,i\n"a""b,c\n',
        "h,i\na\n",
        "h,i\na,b,c\n",
        "h,i\n" + "a,b\n" * 101,
        "h,i\n" + "a" * 51 + ",b\n",
    ],
)
def test_what_is_in_doubt_is_left_alone(text: str) -> None:
    assert _quick(text) is None


def test_no_row_and_blank_lines() -> None:
    assert _quick("\n\nh,i") == []
    assert _quick('h\n\n \n""\nb\n\n', width=1) == [[" "], [""], ["b"]]
    assert _quick("hμi\naμb\n", delimiter="μ") is None
