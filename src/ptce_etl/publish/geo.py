"""Poles as places: GeoParquet 1.1 and GeoJSON (RFC 7946). A pole whose place is not known has no geometry.

A pole stands at the point of its commune, in longitude and latitude of WGS 84 (OGC:CRS84, the default of both).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.publish.exports import parquet_writer
from ptce_etl.rows import GROUP, Rows, groups
from ptce_etl.schema import Table

__all__ = ["write_geojson", "write_geoparquet"]

_POINT = struct.Struct("<BIdd")  # little-endian WKB: byte order, type 1 (point), x, y
_WORDS = {
    "en": "Point of the commune, longitude and latitude, WKB",
    "fr": "Point de la commune, longitude et latitude, WKB",
}


def write_geoparquet(spec: Table, rows: Rows, sink: IO[bytes]) -> None:
    """Write the public columns of ``rows`` and a column ``geometry`` of WKB points, with GeoParquet's metadata."""
    public = [column.name for column in spec.public]
    fields = [field for field in spec.arrow() if field.name in public]
    about: dict[bytes | str, bytes | str] = dict((spec.arrow().metadata or {}).items())
    schema = pa.schema([*fields, pa.field("geometry", pa.binary(), metadata=_WORDS)], metadata=about)
    box: list[float] = []
    with parquet_writer(sink, schema) as writer:
        for part in groups(rows, columns=public):
            points = list(_points(part))
            known = [point for point in points if point]
            if known:
                xs, ys = zip(*known, strict=True)
                box = _joined(box, [min(xs), min(ys), max(xs), max(ys)])
            wkb = pa.array([_POINT.pack(1, 1, *point) if point else None for point in points], pa.binary())
            whole = part.append_column("geometry", wkb).combine_chunks()
            writer.write_table(pa.Table.from_arrays(whole.columns, schema=schema), row_group_size=GROUP)
        writer.add_key_value_metadata({"geo": _metadata(box)})


def _joined(box: list[float], other: list[float]) -> list[float]:
    if not box:
        return other
    return [*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:])]


def _metadata(box: list[float]) -> str:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if box else []}
    if box:
        column["bbox"] = box
    return json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})


def _points(part: pa.Table) -> Iterator[tuple[float, float] | None]:
    """(longitude, latitude) of each row, or None."""
    for x, y in zip(part["longitude"].to_pylist(), part["latitude"].to_pylist(), strict=True):
        yield None if x is None or y is None else (x, y)


def write_geojson(spec: Table, rows: Rows, sink: IO[bytes]) -> None:
    """Write ``rows`` as a FeatureCollection, one feature a line; ``properties`` are the public columns."""
    public = [column.name for column in spec.public]
    sink.write(b'{"type": "FeatureCollection", "features": [')
    first = True
    for part in groups(rows, 8_192, columns=public):
        for point, properties in zip(_points(part), _plain(part), strict=True):
            feature = {
                "type": "Feature",
                "id": properties[spec.key[0]],
                "geometry": {"type": "Point", "coordinates": list(point)} if point else None,
                "properties": properties,
            }
            sink.write(("\n" if first else ",\n").encode() + json.dumps(feature, ensure_ascii=False).encode())
            first = False
    sink.write(b"\n]}\n")


def _plain(part: pa.Table) -> list[dict[str, Any]]:
    """Rows with dates as ISO text: JSON has no dates."""
    dates = [field.name for field in part.schema if pa.types.is_date(field.type)]
    for name in dates:
        part = part.set_column(part.schema.get_field_index(name), name, pc.cast(part[name], pa.string()))
    return part.to_pylist()
