"""Frames to tables and back: nothing is cast in silence, and a digest is of the values alone."""

from __future__ import annotations

import hashlib

import pandas as pd
import pyarrow as pa
import pytest

from ptce_etl.errors import DataError
from ptce_etl.frames import content_digest, empty, from_arrow, to_arrow
from ptce_etl.schema import PANDAS, TABLES, VERSION


def _values(*keys: tuple[str, str]) -> pd.DataFrame:
    """Table ``values`` with one row for each (pole, listing)."""
    frame = empty("values").reindex(range(len(keys)))
    text = {"pole_id": [a for a, _ in keys], "listing_id": [b for _, b in keys]}
    return frame.assign(**text, field="name", value="x", reason="only_value", kept=True).astype({"kept": "boolean"})


def test_rows_come_out_by_key_whatever_their_order() -> None:
    keys = [("p1", "a"), ("p1", "b"), ("p2", "a"), ("é", "a")]
    tables = [to_arrow("values", _values(*order)) for order in (keys, keys[::-1], keys[2:] + keys[:2])]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    assert tables[0]["listing_id"].to_pylist() == ["a", "b", "a", "a"]
    assert to_arrow("values", _values()).num_rows == 0


@pytest.mark.parametrize("keys", [[("p1", "a"), ("p1", "a")], [("p1", "a"), ("p0", "a"), ("p1", "a")]])
def test_a_key_that_stands_twice_is_refused(keys: list[tuple[str, str]]) -> None:
    with pytest.raises(DataError, match="is not unique"):
        to_arrow("values", _values(*keys))


def test_keys_have_no_gaps() -> None:
    """Rows are put in order and told apart by key on that assumption."""
    assert all(table.column(name).required for table in TABLES.values() for name in table.key)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_as_it_went(name: str) -> None:
    table = TABLES[name]
    samples = {"text": "é", "int": 2**60 + 1, "float": 0.1, "bool": True, "date": pd.Timestamp("1901-12-31")}
    for gaps in (False, True):
        row = {c.name: samples[c.kind] if c.required or not gaps else None for c in table.columns}
        frame = pd.DataFrame([row]).astype({c.name: PANDAS[c.kind] for c in table.columns})
        back = from_arrow(name, to_arrow(name, frame))
        pd.testing.assert_frame_equal(back, frame)
        part = from_arrow(name, to_arrow(name, frame).select([*table.key]).append_column("more", pa.array(["x"])))
        assert part.columns.tolist() == [*table.key, "more"]


def test_a_digest_reads_row_by_row_however_the_table_is_cut() -> None:
    table = to_arrow("values", _values(*((f"p{n:05}", "a") for n in range(20_000))))
    digest = hashlib.sha256(VERSION.encode())
    digest.update(b"values")
    for row in table.to_pylist():
        digest.update(repr(list(row.values())).encode())
    pieces = pa.concat_tables([table.slice(0, 7), table.slice(7, 9000), table.slice(9007)])
    assert content_digest({"values": table}) == content_digest({"values": pieces}) == digest.hexdigest()
    assert content_digest({"values": table.slice(1)}) != digest.hexdigest()
