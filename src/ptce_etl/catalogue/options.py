"""What a reader may be told in the catalogue. Each reader uses a few; the others stay empty."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["READERS", "ReaderName", "ReaderOptions"]

ReaderName = Literal[
    "csv",
    "xlsx",
    "ods",
    "json",
    "datagouv",
    "tabular_api",
    "opendatasoft_records",
    "opendatasoft_export",
    "mediawiki",
    "sparql",
    "gogocarto",
    "umap",
    "wordpress",
    "drupal",
    "html_table",
    "html_items",
    "html_lines",
    "pdf_table",
    "pdf_lines",
]
READERS: tuple[ReaderName, ...] = ReaderName.__args__  # type: ignore[attr-defined]  # what a Literal lists
Text = Annotated[str, Field(min_length=1)]


class ReaderOptions(BaseModel):
    """Options of all readers.

    - Files: ``delimiter`` and ``encoding`` (found in the file when left out), ``sheet`` and ``header_row`` (from 1) of
      a workbook, ``resource`` (id or title of a file of a data.gouv.fr dataset).
    - JSON: ``records``, the dotted path to the list of rows.
    - Pages: ``select`` (a CSS selector of the part that is read), ``items`` (of each listing in it) and ``fields``
      (column → ``selector`` or ``selector@attribute``), ``next`` (of the link to the next page) or ``also`` (more
      addresses of the same layout); ``after`` and ``until``: the lines between which is read, by how they begin.
    - Lines: ``line``, a template as ``{carrier} ({department}) : {name}``; ``strict``: every line must fit it.
    - Wiki: ``title`` of the page, ``section`` (a heading), ``part``: tables or lists. SPARQL: ``query``.
    - Maps: ``layers``, the names of those that are read (default: all).
    - All: ``language`` the page must be in; ``data_licence`` the answer must state (a part of its name or address).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: str | None = None
    sheet: Text | None = None
    header_row: int = Field(default=1, ge=1, le=1000)
    resource: Text | None = None
    records: str = ""
    select: Text | None = None
    items: Text | None = None
    fields: dict[str, str] = {}
    next: Text | None = None
    also: tuple[Text, ...] = ()
    after: Text | None = None
    until: Text | None = None
    line: Text | None = None
    strict: bool = False
    title: Text | None = None
    section: Text | None = None
    part: Literal["tables", "lists"] = "tables"
    query: Text | None = None
    layers: tuple[Text, ...] = ()
    language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    data_licence: Text | None = None
    max_pages: int = Field(default=200, ge=1, le=10_000)

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                codecs.lookup(value)
            except LookupError as error:
                raise ValueError(f"no encoding is called {value!r}") from error
        return value

    @field_validator("line")
    @classmethod
    def _template(cls, value: str | None) -> str | None:
        if value is not None:
            names = re.findall(r"\{([a-z_]+)\}", value)
            if not names or len(names) != len(set(names)) or re.sub(r"\{[a-z_]+\}", "", value).count("{"):
                raise ValueError("a line is text with fields in braces, each once, as '{region} - {name}'")
            if re.search(r"\}\s*\{", value):
                raise ValueError("something must stand between two fields of a line")
        return value
