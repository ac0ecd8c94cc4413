"""What a column and a table are, and what carries each kind of value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["ARROW", "PANDAS", "SEPARATOR", "VERSION", "Column", "Kind", "Table", "column"]

VERSION = "0.3.2"
SEPARATOR = " | "

Kind = Literal["text", "int", "float", "bool", "date"]
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
PANDAS: dict[Kind, str] = {
    "text": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "date": "datetime64[us]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, what it means in both languages, and what is promised of it.

    ``required``: never missing. ``unit``: of the value, in English singular ("pole", "%"). ``volatile``: moves with the
    clock and does not make a snapshot different. ``public``: promised by the version and given in every format; a
    column that is not is in the Parquet file alone, for who audits a snapshot, and may change in any version.
    """

    name: str
    kind: Kind
    en: str
    fr: str
    required: bool = False
    unit: str = ""
    volatile: bool = False
    public: bool = True

    @property
    def nullable(self) -> bool:
        return not self.required

    def metadata(self) -> dict[str, str]:
        """What the Parquet file says of the column (field metadata)."""
        unit = {"unit": self.unit} if self.unit else {}
        return {"en": self.en, "fr": self.fr, **unit, "public": "true" if self.public else "false"}


@dataclass(frozen=True, slots=True)
class Table:
    """One published table; rows are sorted by ``key``, which is unique. ``csv``: it goes out in open formats too."""

    name: str
    en: str
    fr: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    csv: bool = False

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def public(self) -> list[Column]:
        """The columns that every format has, in order."""
        return [column for column in self.columns if column.public]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def arrow(self) -> pa.Schema:
        fields = [pa.field(c.name, ARROW[c.kind], nullable=c.nullable, metadata=c.metadata()) for c in self.columns]
        about: dict[bytes | str, bytes | str] = {
            "ptce:table": self.name,
            "ptce:schema_version": VERSION,
            "ptce:key": ",".join(self.key),
            "ptce:en": self.en,
            "ptce:fr": self.fr,
        }
        return pa.schema(fields, metadata=about)


def column(
    name: str,
    kind: Kind,
    en: str,
    fr: str,
    *,
    required: bool = False,
    unit: str = "",
    volatile: bool = False,
    public: bool = True,
) -> Column:
    """A :class:`Column`, on one line of a table."""
    return Column(name, kind, en, fr, required, unit, volatile, public)
