"""The catalogue: what is collected, how it is read, and how much of it must be there. Typed, and refused when in doubt.

Two files: ``sources.yml`` (one entry per source) and ``programmes.yml`` (one entry per call round).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ptce_etl.catalogue.entries import read_entries
from ptce_etl.catalogue.licences import LICENCES, LicenceId
from ptce_etl.catalogue.options import ReaderName, ReaderOptions

__all__ = [
    "COUNT_CLAIM_COLUMNS",
    "GROWTH_CLAIM_COLUMNS",
    "ID_COLUMN",
    "LISTING_COLUMNS",
    "PERSONAL",
    "TARGETS",
    "Bounds",
    "Programme",
    "ReaderOptions",
    "Source",
    "Statement",
    "load_programmes",
    "load_sources",
    "plain_name",
]

Statement = Literal["listings", "count_claims", "growth_claims"]
Share = Annotated[float, Field(gt=0, le=1)]
Text = Annotated[str, Field(min_length=1)]

# fmt: off
LISTING_COLUMNS = (
    "listing_id", "source_url", "source_title", "publisher", "source_date", "page_kind", "programme", "role", "name",
    "carrier", "commune", "department", "region", "status", "activity", "website", "said_ptce", "siren",
)
COUNT_CLAIM_COLUMNS = (
    "claim_id", "claim_date", "value", "value_low", "value_high", "qualifier", "territory", "population", "programme",
    "worded_as", "publisher", "source_url",
)
GROWTH_CLAIM_COLUMNS = (
    "claim_id", "claim_date", "stated_growth_pct", "base_value", "target_value", "period_years", "territory",
    "worded_as", "publisher", "source_url",
)
# fmt: on

TARGETS: dict[Statement, tuple[str, ...]] = {
    "listings": LISTING_COLUMNS,
    "count_claims": COUNT_CLAIM_COLUMNS,
    "growth_claims": GROWTH_CLAIM_COLUMNS,
}
ID_COLUMN: dict[Statement, str] = {"listings": "listing_id", "count_claims": "claim_id", "growth_claims": "claim_id"}
_REQUIRED: dict[Statement, tuple[str, ...]] = {
    "listings": ("name",),
    "count_claims": ("value", "population", "publisher", "source_url"),
    "growth_claims": ("stated_growth_pct", "base_value", "target_value", "publisher", "source_url"),
}
_FROZEN = ConfigDict(frozen=True, extra="forbid")
# Columns that hold what belongs to a person: never mapped, whatever a source calls them.
PERSONAL = re.compile(
    r"(^|[^a-z])(e-?mails?|courriels?|mel|tel|tels|telephones?|phones?|mobile|portable|fax|dirigeante?s?|presidente?s?|"
    r"referente?s?|prenoms?|firstname|lastname|nom_contact|contacts?|author|auteurs?|birth|naissance)([^a-z]|$)"
)


class Bounds(BaseModel):
    """How many rows a source has, and how full its columns are.

    Fewer than ``min_rows`` stops the source, more than ``max_rows`` warns. ``fill`` is the smallest share (0 to 1) of
    cells that are not empty, by target column; coarse on purpose (0.1, 0.5, 0.9).
    """

    model_config = _FROZEN

    min_rows: int = Field(ge=1)
    max_rows: int
    fill: dict[str, Share] = {}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_rows < self.min_rows:
            raise ValueError(f"max_rows {self.max_rows} is below min_rows {self.min_rows}")
        return self


class Source(BaseModel):
    """One page or file that lists PTCE, or that states counts of them.

    ``url`` is an http(s) address or a path relative to the data root. ``columns`` maps the names used here to the
    columns of the file; together with ``ignore`` (where ``*`` stands for anything) it names every column of the file,
    but for those that the platform of the reader always gives. ``optional``: columns (our names) that the file may
    lack. ``constants``: values (by our names) that hold for every row, as the call round of a page of results.
    ``keep``: only rows whose column (the file's name) holds the text. ``sentinels`` are pole names that must be
    there, compared without case, accents and punctuation.

    ``licence`` says in words, ``licence_id`` in a word what may be done with the rows, ``republish`` what of them may
    be published. ``redirects``: hosts, other than its own, that its address may lead to. ``max_bytes`` caps a body,
    unpacked; ``retention_days`` is how long the bytes that were fetched are kept beside what was read in them.

    ``status``: the layout of an ``unverified`` source has not been seen by anybody: it is tried and reported, and none
    of its rows counts. A disabled source is not fetched any more; what was captured of it stays in force.
    """

    model_config = _FROZEN

    source_id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")
    title: Text
    publisher: Text
    url: Text
    licence: Text
    frequency: Text
    licence_id: LicenceId = "facts"
    republish: Text | None = None
    reader: ReaderName = "csv"
    status: Literal["verified", "unverified"] = "verified"
    statement: Statement
    columns: dict[str, Text]
    ignore: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    constants: dict[str, Text] = {}
    keep: dict[str, Text] = {}
    bounds: Bounds
    sentinels: tuple[Text, ...] = ()
    priority: int = Field(ge=0)
    free_of_duplicates: bool = False
    enabled: bool = True
    why: str | None = None
    options: ReaderOptions = ReaderOptions()
    redirects: tuple[Text, ...] = ()
    max_bytes: int | None = Field(default=None, ge=1)
    retention_days: int = Field(default=30, ge=0)

    @property
    def is_remote(self) -> bool:
        """Whether the source is fetched over the network."""
        return self.url.lower().startswith(("http://", "https://"))

    @property
    def counts(self) -> bool:
        """Whether somebody has seen that it is read as it should be, so that its rows may count."""
        return self.status == "verified"

    @property
    def apart(self) -> bool:
        """Whether its licence keeps its rows out of the tables that are published under the Licence Ouverte."""
        return LICENCES[self.licence_id].share_alike

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.isprintable() or value != value.strip():
            raise ValueError("the address holds spaces at its ends or unprintable characters")
        if value.lower().startswith(("http://", "https://")):
            parts = urlsplit(value)
            if not parts.hostname or parts.username is not None:
                raise ValueError("an http(s) address needs a host, and no user or password")
            return value
        path = PurePosixPath(value)
        if "\\" in value or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value) or PureWindowsPath(value).is_absolute():
            raise ValueError("neither an http(s) address nor a path relative to the data root")
        if path.is_absolute() or ".." in path.parts:
            raise ValueError("a path must stay under the data root")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        unknown = [c for c in [*self.columns, *self.constants] if c not in TARGETS[self.statement]]
        both = sorted(set(self.columns) & set(self.constants))
        strangers = sorted(set(self.optional) - set(self.columns))
        personal = [c for c in self.columns.values() if PERSONAL.search(plain_name(c))]
        given = {**self.columns, **self.constants}
        missing = [c for c in _REQUIRED[self.statement] if c not in given]
        unmapped = [c for c in self.bounds.fill if c not in self.columns]
        twice = sorted(set(self.columns.values()) & set(self.ignore))
        problems = [
            (unknown, f"columns that {self.statement} do not have: {unknown}"),
            (missing, f"columns that {self.statement} need: {missing}"),
            (unmapped, f"fill bounds on columns that are not mapped: {unmapped}"),
            (twice, f"columns both mapped and ignored: {twice}"),
            (self.sentinels and self.statement != "listings", "sentinels are names of poles: listings only"),
            (both, f"columns both mapped and constant: {both}"),
            (strangers, f"optional columns that are not mapped: {strangers}"),
            (personal and self.is_remote, f"columns that belong to a person are not collected: {personal}"),
            (not self.enabled and not self.why, "a disabled source says why"),
            (not self.counts and not self.why, "an unverified source says why"),
            (self.licence_id == "unstated" and self.counts, "rows that may not be published cannot be counted either"),
        ]
        found = [text for problem, text in problems if problem]
        if found:
            raise ValueError("; ".join(found))
        return self


def plain_name(name: str) -> str:
    """A column's name in small letters without accents."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).replace("_", " ")


class Programme(BaseModel):
    """One call round. ``results`` is when its results were known: a year, a month or a day, as far as it is known.

    ``counted_role`` is the role that makes a listing a member of the cohort; ``claims_population`` names the published
    counts the cohort is compared with. ``state_call`` tells State calls from the Labo de l'ESS's list of witnesses.
    """

    model_config = _FROZEN

    programme: str = Field(pattern=r"^[a-z][a-z0-9-]{1,63}$")
    title_fr: Text
    title_en: Text
    results: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    state_call: bool
    counted_role: Literal["laureate", "witness"]
    claims_population: Literal["laureates", "witness_poles"]
    source_url: str = Field(pattern=r"^https?://\S+$")

    @field_validator("results")
    @classmethod
    def _exists(cls, value: str) -> str:
        date.fromisoformat(value + "-01" * (2 - value.count("-")))
        return value


def load_sources(path: Path | None = None) -> tuple[Source, ...]:
    """The sources of ``path`` (default: the package's ``sources.yml``), in the order of the file.

    Raises :class:`CatalogueError` when an entry does not hold or a ``source_id`` stands twice.
    """
    path = path or Path(__file__).with_name("sources.yml")
    return read_entries(path, "sources", "source_id", Source)


def load_programmes(path: Path | None = None) -> tuple[Programme, ...]:
    """The call rounds of ``path`` (default: the package's ``programmes.yml``), in the order of the file.

    Raises :class:`CatalogueError` when an entry does not hold or a round stands twice.
    """
    path = path or Path(__file__).with_name("programmes.yml")
    return read_entries(path, "programmes", "programme", Programme)
