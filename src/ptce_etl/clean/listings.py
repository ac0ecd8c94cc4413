"""Raw listings to clean ones: every cell as written, and beside it what it was read as.

Each distinct value is read once, so that a million rows cost what their distinct values cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.clean.columns import Cells, filled, together
from ptce_etl.clean.corrections import Correction, apply_corrections
from ptce_etl.clean.dates import parse_partial
from ptce_etl.clean.geography import Geography, place_key
from ptce_etl.clean.identifiers import clean_url, siren, website_domain
from ptce_etl.clean.names import name_key
from ptce_etl.clean.places import HINTED, Place, is_place, resolve_place
from ptce_etl.clean.spellings import Spellings, names_being_read
from ptce_etl.errors import DataError
from ptce_etl.model import DateSpan, Issue, Severity, WhoActs
from ptce_etl.schema import TABLES

__all__ = ["Cleaned", "clean_listings"]

_NEEDED = ("listing_id", "source_id", "capture_sha256", "record_no")
_WRITTEN = (
    "listing_id source_id capture_sha256 record_no source_url licence source_title publisher page_kind source_date "
    "programme role name carrier commune department region status activity website"
).split()
_READ = "name carrier commune department region source_date website siren said_ptce".split()
_YES, _NO = {"", "yes", "oui", "true", "1"}, {"no", "non", "false", "0"}
_UNDATED = DateSpan(None, None, "none")
# What a reader should know about a place that is not plainly resolved, and who can do something about it.
_PLACE_ISSUES: dict[str, tuple[Severity, WhoActs]] = {
    "conflict": ("warning", "publisher"),
    "ambiguous": ("info", "us"),
    "unresolved": ("info", "us"),
    "partial": ("info", "nobody"),
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``listings``: schema table ``listings`` without ``pole_id``, one row a raw row, in their order.

    ``spellings``: what their names and carriers say, each read once.
    """

    listings: pd.DataFrame
    issues: tuple[Issue, ...]
    spellings: Spellings


def clean_listings(
    raw: pd.DataFrame, geo: Geography, corrections: Sequence[Correction] = (), workers: int | None = None
) -> Cleaned:
    """Clean raw listings (target columns of the catalogue, text; unknown columns are left out, missing ones are blank).

    Raises :class:`DataError` when a row cannot be told apart (``listing_id``, ``source_id``, ``capture_sha256`` or
    ``record_no`` missing). Anything else that cannot be read is an issue, and the raw cell stays. Many names are read
    on ``workers`` processes (see :func:`ptce_etl.workers.available`), with the same result.
    """
    written = _complete(raw)
    read, corrected = apply_corrections(written, corrections)
    cells = {name: Cells.of(read[name]) for name in _READ}
    out = written[_WRITTEN].copy()
    with names_being_read([*cells["name"].texts, *cells["carrier"].texts], workers) as names:
        places = _Places.of(cells, geo)
        others = [*_dates(out, read, cells["source_date"]), *_identifiers(out, read, cells)]
        spellings = names()
    places.hinted(cells["name"], spellings, geo)
    issues = [*corrected, *_names(out, read, cells, spellings), *_places(out, read, places), *others]
    columns = [name for name in TABLES["listings"].names if name != "pole_id"]
    return Cleaned(out[columns], tuple(issues), spellings)


def _complete(raw: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in _NEEDED if name not in raw.columns or raw[name].isna().any()]
    if missing:
        raise DataError(
            f"listings without {', '.join(missing)}",
            where="raw listings",
            do="read them through collect.intake, which fills these columns",
        )
    frame = raw.reindex(columns=[*_WRITTEN, "siren", "said_ptce"]).reset_index(drop=True)
    texts = [name for name in frame.columns if name != "record_no"]
    return frame.astype({**dict.fromkeys(texts, "str"), "record_no": "Int64"})


def _names(out: pd.DataFrame, read: pd.DataFrame, cells: dict[str, Cells], said: Spellings) -> Iterable[Issue]:
    names, carriers = cells["name"], cells["carrier"]
    numbers = [said.number[text] for text in names.texts]
    out["name_clean"] = names.filled([said.clean[number] or None for number in numbers])
    out["name_key"] = names.filled([said.key[number] or None for number in numbers])
    out["carrier_key"] = carriers.filled([name_key(text) or None for text in carriers.texts])
    out["name"] = out["name"].fillna("")
    blank = names.where((not text.strip() for text in names.texts), missing=True)
    return [
        _issue(row, "name_blank", "warning", "publisher", "name", "the listing names nothing")
        for row in _rows(read, blank)
    ]


@dataclass(slots=True)
class _Places:
    """``places``: what the distinct places as ``written`` come to; ``rows``: which of them each row has."""

    written: list[tuple[str, ...]]
    places: list[Place]
    rows: np.ndarray

    @classmethod
    def of(cls, cells: dict[str, Cells], geo: Geography) -> _Places:
        rows, written = together([cells["commune"], cells["department"], cells["region"]])
        return cls(written, [resolve_place(geo, *key) for key in written], rows)

    def hinted(self, names: Cells, said: Spellings, geo: Geography) -> None:
        """Ask the names of the rows whose cells did not settle the place."""
        unsettled = np.array([place.status in HINTED for place in self.places], dtype=bool)[self.rows]
        asked, reader = np.flatnonzero(unsettled & (names.numbers >= 0)), is_place(geo)
        hints: dict[str, int] = {}
        by_name = np.full(len(names.texts), -1, dtype=np.int64)
        for name in np.unique(names.numbers[asked]).tolist():
            if hint := said.place_hint(said.number[names.texts[name]], reader):
                by_name[name] = hints.setdefault(hint, len(hints))
        hint_of = by_name[names.numbers[asked]]
        asked, hint_of = asked[hint_of >= 0], hint_of[hint_of >= 0]
        which, pairs = pd.factorize(self.rows[asked] * len(hints) + hint_of)
        texts, known = list(hints), len(self.places)
        for at, number in (divmod(pair, len(texts)) for pair in pairs.tolist()):
            commune, department, region = self.written[at]
            self.places.append(resolve_place(geo, commune, department, region, texts[number]))
        self.rows[asked] = known + which


def _places(out: pd.DataFrame, read: pd.DataFrame, found: _Places) -> Iterable[Issue]:
    places, rows = found.places, found.rows
    for name, value in _PLACE_COLUMNS.items():
        out[name] = filled([value(place) for place in places], rows)
    odd = np.array([place.status in _PLACE_ISSUES for place in places], dtype=bool)[rows]
    return [_place_issue(row, places[number]) for row, number in zip(_rows(read, odd), rows[odd].tolist(), strict=True)]


_PLACE_COLUMNS: dict[str, Callable[[Place], str | None]] = {
    "code_commune_insee": lambda place: place.code_commune,
    "code_departement": lambda place: place.code_departement,
    "code_region": lambda place: place.code_region,
    "place_level": lambda place: place.level,
    "place_status": lambda place: place.status,
    "place_note": lambda place: place.note,
}


def _place_issue(row: dict[str, Any], place: Place) -> Issue:
    severity, who = _PLACE_ISSUES[place.status]
    fields = [name for name in ("commune", "department", "region") if isinstance(row[name], str)]
    value = ", ".join(row[name] for name in fields)
    said = f"{place.note}; kept: {place.level}"
    return _issue(row, f"place_{place.status}", severity, who, " ".join(fields) or "name", said, value or row["name"])


def _dates(out: pd.DataFrame, read: pd.DataFrame, cells: Cells) -> Iterable[Issue]:
    spans = [_span(text) for text in cells.texts]
    faults = {text: span for text, span in zip(cells.texts, spans, strict=True) if isinstance(span, str)}
    known = [_UNDATED if isinstance(span, str) else span for span in spans]
    out["date_first"] = cells.dated([span.first for span in known])
    out["date_last"] = cells.dated([span.last for span in known])
    out["date_precision"] = cells.filled([span.precision for span in known]).fillna("none")
    return [
        _issue(row, "date_unreadable", "warning", "publisher", "source_date", faults[row["source_date"]])
        for row in _rows(read, cells.where(text in faults for text in cells.texts))
    ]


def _span(text: str) -> DateSpan | str:
    try:
        return parse_partial(text)
    except DataError as error:
        return error.what


def _identifiers(out: pd.DataFrame, read: pd.DataFrame, cells: dict[str, Cells]) -> Iterable[Issue]:
    sites, numbers, flags = cells["website"], cells["siren"], cells["said_ptce"]
    domains, sirens, words = sites.once(website_domain), numbers.once(siren), flags.once(place_key)
    wrong = [not domain and clean_url(text) is None for text, domain in zip(sites.texts, domains, strict=True)]
    out["website_domain"] = sites.filled(domains)
    out["siren"] = numbers.filled(sirens)
    out["said_ptce"] = ~flags.where(word in _NO for word in words)
    faults = {
        "website": ("website_unreadable", "is not a web address", wrong),
        "siren": ("siren_invalid", "is not a valid SIREN", [number is None for number in sirens]),
        "said_ptce": ("said_ptce_unknown", "is neither yes nor no: yes", [word not in _YES | _NO for word in words]),
    }
    return [
        _issue(row, code, "warning", "publisher", field, f"'{row[field]}' {said}")
        for field, (code, said, wrong) in faults.items()
        for row in _rows(read, cells[field].where(_written(cells[field], wrong)))
    ]


def _written(cells: Cells, wrong: Iterable[bool]) -> Iterable[bool]:
    """``wrong`` of the texts that are not blank."""
    return (bool(text.strip()) and fault for text, fault in zip(cells.texts, wrong, strict=True))


def _issue(
    row: dict[str, Any], code: str, severity: Severity, who: WhoActs, field: str, said: str, value: str | None = None
) -> Issue:
    cell = value or row.get(field)
    return Issue(
        stage="clean",
        code=code,
        severity=severity,
        who=who,
        message=said,
        source_id=row["source_id"],
        listing_id=row["listing_id"],
        field=field,
        value=cell if isinstance(cell, str) else None,
    )


def _rows(read: pd.DataFrame, chosen: np.ndarray) -> Iterator[dict[str, Any]]:
    """The chosen rows one by one, as far as an issue tells of them."""
    names = ["source_id", "listing_id", *_READ]
    columns = [read.loc[chosen, name].tolist() for name in names]
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))
