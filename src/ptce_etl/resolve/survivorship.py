"""Which value of each field a pole keeps, by small ordered rules; the losers are kept too, with the reason.

Reason codes, first rule that separates the candidates:

==================  ===============================================================================
``only_value``      no listing says anything else
``most_publishers`` named so by more publishers than any other value
``latest``          … and as many publishers: the most recently dated
``first_written``   … and as recent: the better written (accents, mixed case), then the alphabet
``finer_place``     the commune decides for department and region
``fewer_publishers``, ``older``, ``worse_written``, ``coarser_place``   why a value lost
==================  ===============================================================================
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from ptce_etl.clean.names import fold
from ptce_etl.schema import SEPARATOR

__all__ = ["Survivors", "survive"]

_FIELDS = {  # field of poles → column of listings that is compared, column that is shown
    "name": ("name_key", "name_clean"),
    "carrier": ("carrier_key", "carrier"),
    "siren": ("siren", "siren"),
    "website": ("website_domain", "website"),
    "activity": ("activity", "activity"),
}
_PLACES = ("code_commune_insee", "code_departement", "code_region")


@dataclass(frozen=True, slots=True)
class Survivors:
    """``poles``: one row a pole with its kept values and counts (index: pole_id order); ``values``: schema table."""

    poles: pd.DataFrame
    values: pd.DataFrame


def survive(listings: pd.DataFrame) -> Survivors:
    """Keep one value a field for each pole of ``listings`` (schema table ``listings``, any order).

    ``poles`` has pole_id, name, aliases, carrier, siren, the three place codes, website, activity, n_listings,
    n_sources, n_publishers.
    """
    rows: list[dict[str, object]] = listings.sort_values("listing_id", kind="stable").to_dict("records")  # type: ignore[assignment]
    members: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        members[str(row["pole_id"])].append(row)
    poles, values = [], []
    for pole in sorted(members):
        kept: dict[str, str | None] = {}
        for field, (key, shown) in _FIELDS.items():
            kept[field], lines = _keep(members[pole], key, shown)
            values += [(pole, field, *line) for line in lines]
        places, lines_by_field = _place(members[pole])
        kept |= places
        values += [(pole, field, *line) for field, lines in lines_by_field.items() for line in lines]
        poles.append(
            {"pole_id": pole, **kept, **_counts(members[pole]), "aliases": _aliases(members[pole], kept["name"])}
        )
    value_columns = ["pole_id", "field", "value", "listing_id", "source_url", "kept", "reason"]
    table = pd.DataFrame(values, columns=value_columns)
    return Survivors(pd.DataFrame(poles), table)


def _given(row: dict[str, object], column: str) -> str | None:
    value = row.get(column)
    return value if isinstance(value, str) and value.strip() else None


def _keep(rows: list[dict[str, object]], key: str, shown: str) -> tuple[str | None, list[tuple[object, ...]]]:
    """The value kept among ``rows`` and one line per (value, listing): value, listing, page, kept, reason."""
    said = [(k, v, row) for row in rows if (v := _given(row, shown)) and (k := _given(row, key) or fold(v))]
    if not said:
        return None, []
    named = [item for item in said if _given(item[2], key)]  # "un PTCE" is a name only where nothing better is said
    said = named or said
    ranked = sorted({k for k, _, _ in said}, key=lambda k: _rank(k, said))
    best = ranked[0]
    spelling = min({v for k, v, _ in said if k == best}, key=lambda v: _spelling_rank(v, best, said))
    why_best, why_rest = _reasons(ranked, said)
    lines: list[tuple[object, ...]] = []
    for k, v, row in said:
        kept = v == spelling
        reason = why_best if kept else ("worse_written" if k == best else why_rest[k])
        lines.append((v, row["listing_id"], row.get("source_url"), kept, reason))
    return spelling, lines


def _publishers(k: str, said: list[tuple[str, str, dict[str, object]]]) -> int:
    return len({_given(row, "publisher") or _given(row, "source_url") or "?" for key, _, row in said if key == k})


def _latest(k: str, said: list[tuple[str, str, dict[str, object]]]) -> int:
    days = [row["date_last"] for key, _, row in said if key == k and not pd.isna(row.get("date_last"))]  # type: ignore[call-overload]
    return max((pd.Timestamp(day).toordinal() for day in days), default=0)  # type: ignore[arg-type]


def _rank(k: str, said: list[tuple[str, str, dict[str, object]]]) -> tuple[int, int, str]:
    return (-_publishers(k, said), -_latest(k, said), k)


def _spelling_rank(v: str, best: str, said: list[tuple[str, str, dict[str, object]]]) -> tuple[int, int, int, int, str]:
    """Most publishers first, then mixed case, then more accents, then longer."""
    publishers = len({_given(row, "publisher") for k, value, row in said if value == v and k == best})
    accents = sum(fold(char) != char.lower() for char in v if char.isalpha())
    return (v.isupper(), -publishers, -accents, -len(v), v)


def _reasons(ranked: list[str], said: list[tuple[str, str, dict[str, object]]]) -> tuple[str, dict[str, str]]:
    best = ranked[0]
    if len(ranked) == 1:
        return "only_value", {}
    rest, why_best = {}, "most_publishers"
    for other in ranked[1:]:
        if _publishers(other, said) < _publishers(best, said):
            rest[other] = "fewer_publishers"
        elif _latest(other, said) < _latest(best, said):
            rest[other], why_best = "older", "latest" if why_best == "most_publishers" else why_best
        else:
            rest[other], why_best = "worse_written", "first_written"
    return why_best, rest


def _counts(rows: list[dict[str, object]]) -> dict[str, int]:
    return {
        "n_listings": len(rows),
        "n_sources": len({_given(row, "source_url") or _given(row, "source_id") for row in rows}),
        "n_publishers": len({_given(row, "publisher") or "?" for row in rows}),
    }


def _aliases(rows: list[dict[str, object]], name: str | None) -> str | None:
    spellings = {value for row in rows if (value := _given(row, "name_clean")) and value != name}
    unique = {fold(value): value for value in sorted(spellings, reverse=True)}
    unique.pop(fold(name or ""), None)
    return SEPARATOR.join(sorted(value.replace(SEPARATOR, " / ") for value in unique.values())) or None


def _place(rows: list[dict[str, object]]) -> tuple[dict[str, str | None], dict[str, list[tuple[object, ...]]]]:
    """Place codes that agree with each other: the finest level known is kept, and it decides the coarser ones."""
    kept: dict[str, str | None] = dict.fromkeys(_PLACES)
    lines: dict[str, list[tuple[object, ...]]] = {}
    decided: dict[str, object] | None = None
    for field in _PLACES:
        winner, said = _keep(rows, field, field)
        if decided is None:
            kept[field], lines[field] = winner, said
            if winner is not None:
                decided = next(row for row in rows if _given(row, field) == winner)
        else:
            kept[field] = _given(decided, field)
            lines[field] = [
                (value, listing, page, value == kept[field], "finer_place" if value == kept[field] else "coarser_place")
                for value, listing, page, _, _ in said
            ]
    return kept, lines
