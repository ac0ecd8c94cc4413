"""Raw listings to clean ones: every cell as written, and beside it what it was read as.

Each distinct value is read once, so that a million rows cost what their distinct values cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import pandas as pd

from ptce_etl.clean.corrections import Correction, apply_corrections
from ptce_etl.clean.dates import parse_partial
from ptce_etl.clean.geography import Geography, place_key
from ptce_etl.clean.identifiers import clean_url, siren, website_domain
from ptce_etl.clean.names import clean_name, name_key
from ptce_etl.clean.places import Place, is_place, resolve_place
from ptce_etl.errors import DataError
from ptce_etl.model import DateSpan, Issue, Severity, WhoActs
from ptce_etl.schema import TABLES

__all__ = ["Cleaned", "clean_listings"]

_NEEDED = ("listing_id", "source_id", "capture_sha256", "record_no")
_WRITTEN = (
    "listing_id source_id capture_sha256 record_no source_url source_title publisher page_kind source_date programme "
    "role name carrier commune department region status activity website"
).split()
_YES, _NO = {"", "yes", "oui", "true", "1"}, {"no", "non", "false", "0"}
# What a reader should know about a place that is not plainly resolved, and who can do something about it.
_PLACE_ISSUES: dict[str, tuple[Severity, WhoActs]] = {
    "conflict": ("warning", "publisher"),
    "ambiguous": ("info", "us"),
    "unresolved": ("info", "us"),
    "partial": ("info", "nobody"),
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``listings``: schema table ``listings`` without ``pole_id``, one row a raw row, in their order."""

    listings: pd.DataFrame
    issues: tuple[Issue, ...]


def clean_listings(raw: pd.DataFrame, geo: Geography, corrections: Sequence[Correction] = ()) -> Cleaned:
    """Clean raw listings (target columns of the catalogue, text; unknown columns are left out, missing ones are blank).

    Raises :class:`DataError` when a row cannot be told apart (``listing_id``, ``source_id``, ``capture_sha256`` or
    ``record_no`` missing). Anything else that cannot be read is an issue, and the raw cell stays.
    """
    written = _complete(raw)
    read, corrected = apply_corrections(written, corrections)
    out = written[_WRITTEN].copy()
    issues = [*corrected]
    issues += _names(out, read, geo)
    issues += _places(out, read, geo)
    issues += _dates(out, read)
    issues += _identifiers(out, read)
    columns = [name for name in TABLES["listings"].names if name != "pole_id"]
    return Cleaned(out[columns], tuple(issues))


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


def _once(cells: pd.Series, reader: Callable[[str], T]) -> dict[str, T]:
    """``reader`` of each distinct cell that is not blank."""
    return {text: reader(text) for text in cells.dropna().unique().tolist() if text.strip()}


def _names(out: pd.DataFrame, read: pd.DataFrame, geo: Geography) -> Iterable[Issue]:
    reader = is_place(geo)
    names = _once(read["name"], partial(clean_name, is_place=reader))
    carriers = _once(read["carrier"], name_key)
    out["name_clean"] = _text(read["name"].map({text: name.clean or None for text, name in names.items()}))
    out["name_key"] = _text(read["name"].map({text: name.key or None for text, name in names.items()}))
    out["carrier_key"] = _text(read["carrier"].map({text: key or None for text, key in carriers.items()}))
    out["place_hint"] = _text(read["name"].map({text: name.place_hint for text, name in names.items()}))
    blank = ~read["name"].isin(names.keys())
    out["name"] = out["name"].fillna("")
    return [
        _issue(row, "name_blank", "warning", "publisher", "name", "the listing names nothing")
        for row in _rows(read[blank])
    ]


def _places(out: pd.DataFrame, read: pd.DataFrame, geo: Geography) -> Iterable[Issue]:
    hints = out.pop("place_hint")
    cells = [column.fillna("").tolist() for column in (read["commune"], read["department"], read["region"], hints)]
    keys = list(zip(*cells, strict=True))
    places = {key: resolve_place(geo, *key) for key in sorted(set(keys))}
    for name, value in _PLACE_COLUMNS.items():
        known = {key: value(place) for key, place in places.items()}
        out[name] = pd.Series([known[key] for key in keys], index=out.index, dtype="str")
    odd = out["place_status"].isin(list(_PLACE_ISSUES))
    found = [places[key] for key, kept in zip(keys, odd, strict=True) if kept]
    return [_place_issue(row, place) for row, place in zip(_rows(read[odd]), found, strict=True)]


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


def _dates(out: pd.DataFrame, read: pd.DataFrame) -> Iterable[Issue]:
    spans = _once(read["source_date"], _span)
    faults = {text: span for text, span in spans.items() if isinstance(span, str)}
    good = {text: span for text, span in spans.items() if isinstance(span, DateSpan)}
    out["date_first"] = _dated(read["source_date"].map({text: span.first for text, span in good.items()}))
    out["date_last"] = _dated(read["source_date"].map({text: span.last for text, span in good.items()}))
    out["date_precision"] = _text(
        _text(read["source_date"].map({text: span.precision for text, span in good.items()})).fillna("none")
    )
    return [
        _issue(row, "date_unreadable", "warning", "publisher", "source_date", faults[row["source_date"]])
        for row in _rows(read[read["source_date"].isin(faults.keys())])
    ]


def _span(text: str) -> DateSpan | str:
    try:
        return parse_partial(text)
    except DataError as error:
        return error.what


def _identifiers(out: pd.DataFrame, read: pd.DataFrame) -> Iterable[Issue]:
    domains = _once(read["website"], website_domain)
    sirens = _once(read["siren"], siren)
    words = _once(read["said_ptce"], place_key)
    out["website_domain"] = _text(read["website"].map(domains))
    out["siren"] = _text(read["siren"].map(sirens))
    out["said_ptce"] = ~_text(read["said_ptce"].map(words)).fillna("").isin(_NO)
    faults = {
        "website": ("website_unreadable", "is not a web address", {t for t in domains if clean_url(t) is None}),
        "siren": ("siren_invalid", "is not a valid SIREN", {t for t, number in sirens.items() if number is None}),
        "said_ptce": (
            "said_ptce_unknown",
            "is neither yes nor no: yes",
            {t for t, w in words.items() if w not in _YES | _NO},
        ),
    }
    return [
        _issue(row, code, "warning", "publisher", field, f"'{row[field]}' {said}")
        for field, (code, said, cells) in faults.items()
        for row in _rows(read[read[field].isin(sorted(cells))])
    ]


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


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def _text(cells: pd.Series) -> pd.Series:
    return cells.astype("object").where(cells.notna(), None).astype("str")


def _dated(cells: pd.Series) -> pd.Series:
    days: pd.Series = pd.to_datetime(cells.astype("object")).astype("datetime64[us]")
    return days
