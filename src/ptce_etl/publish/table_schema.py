"""Table Schemas: what each open table's CSV file holds, as schema.data.gouv.fr and frictionless read it.

One ``schemas/<table>/schema.json`` a table (https://datapackage.org/standard/table-schema/). Descriptions are French,
those in English beside them. Columns that data.gouv.fr types by their name keep that name (``siren``,
``code_commune_insee``, ``latitude`` …).
"""

from __future__ import annotations

from typing import Any

from ptce_etl.publish.about import CREATOR, HOMEPAGE, NAME, TITLE
from ptce_etl.schema import Column, Kind, Table

__all__ = ["schema_path", "table_schema"]

_TYPES: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "date": {"type": "date", "format": "%Y-%m-%d"},
}
_PATTERNS = {
    "siren": "[0-9]{9}",
    "code_commune_insee": "([013-9][0-9]|2[AB0-9])[0-9]{3}",
    "code_departement": "([013-9][0-9]|2[AB0-9])|97[1-8]",
    "code_region": "[0-9]{2}",
}
_BOUNDS = {"latitude": (-90, 90), "longitude": (-180, 180)}


def schema_path(table: Table) -> str:
    """Where the schema of a table lies in a snapshot."""
    return f"schemas/{table.name}/schema.json"


def table_schema(table: Table, version: str) -> dict[str, Any]:
    """The Table Schema of an open table, its public columns in order."""
    return {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": f"{NAME}-{table.name}",
        "title": f"{TITLE['fr']} : {table.name}",
        "description": table.fr,
        "description_en": table.en,
        **({"homepage": HOMEPAGE} if HOMEPAGE else {}),
        "version": version,
        "contributors": [{"title": CREATOR, "organisation": CREATOR, "role": "author"}],
        "fields": [_field(table, column) for column in table.public],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required and not _may_be_empty(column):
        constraints["required"] = True
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.name in _PATTERNS:
        constraints["pattern"] = _PATTERNS[column.name]
    if column.name in _BOUNDS:
        constraints["minimum"], constraints["maximum"] = _BOUNDS[column.name]
    return {
        "name": column.name,
        "title": column.name.replace("_", " "),
        "description": column.fr,
        "description_en": column.en,
        **_TYPES[column.kind],
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _may_be_empty(column: Column) -> bool:
    """Whether a value that is there may be an empty text, which CSV cannot tell from a missing one."""
    return column.kind == "text" and column.name == "field"
