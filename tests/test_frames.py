"""Frames to tables and back: nothing is cast in silence, and a digest is of the values alone."""

from __future__ import annotations

import hashlib
import struct
from datetime import date

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


def _hashed(name: str, rows: list[dict[str, object]]) -> str:
    """The digest as its words say it, value by value."""
    codes = {"int": "<q", "float": "<d", "bool": "<B", "date": "<i"}
    digest = hashlib.sha256(VERSION.encode() + name.encode())
    for start in range(0, len(rows), 8192):
        part = rows[start : start + 8192]
        digest.update(struct.pack("<q", len(part)))
        for column in (c for c in TABLES[name].columns if not c.volatile):
            values = [row[column.name] for row in part]
            bits = "".join("01"[value is None] for value in values)
            bits += "0" * (-len(bits) % 8)
            digest.update(bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8)))
            if column.kind == "text":
                texts = [str(value or "").encode() for value in values]
                digest.update(b"".join(struct.pack("<i", len(text)) for text in texts) + b"".join(texts))
                continue
            if column.kind == "date":
                values = [value and (value - date(1970, 1, 1)).days for value in values]  # type: ignore[operator]
            digest.update(b"".join(struct.pack(codes[column.kind], value or 0) for value in values))
    return digest.hexdigest()


def test_a_digest_reads_values_however_the_table_is_cut() -> None:
    table = to_arrow("values", _values(*((f"p{n:05}", "a") for n in range(20_000))))
    pieces = pa.concat_tables([table.slice(0, 7), table.slice(7, 9000), table.slice(9007)])
    assert content_digest({"values": table}) == content_digest({"values": pieces})
    assert content_digest({"values": table}) == _hashed("values", table.to_pylist())
    assert content_digest({"values": table.slice(1)}) == _hashed("values", table.slice(1).to_pylist())
    assert content_digest({"values": table.slice(1)}) != content_digest({"values": table})


@pytest.mark.parametrize("name", sorted(TABLES.keys() - {"changes", "checks"}))
def test_a_digest_tells_every_value_and_every_gap(name: str) -> None:
    table = TABLES[name]
    samples = {"text": ["é", "", None], "int": [0, -7, None], "float": [0.0, -0.5, None], "bool": [False, True, None]}
    samples["date"] = [date(1970, 1, 1), date(1901, 12, 31), None]
    row = {c.name: samples[c.kind][0] for c in table.columns}
    loose = pa.schema([field.with_nullable(True) for field in table.arrow()])
    seen = {}
    for column in [None, *(c for c in table.columns if not c.volatile)]:
        for value in samples[column.kind][1:] if column else [None]:
            changed = row | ({column.name: value} if column else {})
            made = pa.Table.from_pylist([row, changed, row], schema=loose)
            seen[content_digest({name: made})] = made
            assert content_digest({name: made}) == _hashed(name, made.to_pylist())
    assert len(seen) == 1 + 2 * sum(not c.volatile for c in table.columns)
