from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.config import Settings
from ptce_etl.schema import TABLES
from ptce_etl.validate import bounds


@pytest.mark.parametrize(
    ("previous", "allowed"), [(0, 2), (1, 2), (40, 2), (59, 2), (60, 3), (100, 5), (119, 5), (140, 7), (203, 10)]
)
def test_the_shrink_guard_is_two_poles_or_five_per_cent(previous, allowed):
    assert bounds.shrink_allowed(previous, Settings()) == allowed


@given(st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 100))
def test_the_shrink_guard_is_exact(previous, poles, percent):
    settings = Settings(shrink_poles=poles, shrink_share=percent / 100)
    assert bounds.shrink_allowed(previous, settings) == max(poles, percent * previous // 100)


@given(st.integers(0, 10**7))
def test_a_suspicious_cluster_is_smaller_than_an_impossible_one(listings):
    assert bounds.suspicious_cluster(listings) < bounds.largest_cluster(listings)


def test_bounds_speak_of_columns_that_exist():
    assert set(bounds.ROWS) == set(TABLES) - {"checks"}
    for by_table in (bounds.ALLOWED, bounds.FILL, bounds.PATTERNS):
        for table, columns in by_table.items():
            assert set(columns) <= set(TABLES[table].names)


def test_a_fill_rate_is_for_a_column_that_may_be_empty_and_coarse():
    for table, columns in bounds.FILL.items():
        for column, share in columns.items():
            assert not TABLES[table].column(column).required
            assert share in (0.1, 0.5, 0.9)


def test_the_vocabularies_are_those_of_the_schema():
    for table, columns in bounds.ALLOWED.items():
        for column, words in columns.items():
            described = TABLES[table].column(column).en
            assert all(word in described for word in words), (table, column)


@pytest.mark.parametrize(("departement", "box"), [("26", "metropole"), ("2A", "metropole"), ("974", "974")])
def test_each_department_has_its_box(departement, box):
    assert bounds.box_of(departement) == box
