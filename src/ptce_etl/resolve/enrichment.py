"""What to believe of a service's answer: one value with its score and its evidence, or none with the reason.

A SIREN is never derived from a name alone: the seat must be in the commune, or at least in the department, that the
listings name. Of two organisations that fit about as well neither is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ptce_etl.clean.identifiers import siren as valid_siren
from ptce_etl.clean.names import compact, tokens

__all__ = ["REASONS", "Reason", "Verdict", "choose_organisation", "choose_place", "find_member"]

Reason = Literal["found", "below_threshold", "homonyms", "nothing", "not_answered", "not_asked"]
REASONS: dict[Reason, str] = {
    "found": "a value, above the threshold",
    "below_threshold": "the best answer is not above the threshold",
    "homonyms": "two answers fit about as well: neither is taken",
    "nothing": "the service knows nothing that fits the question",
    "not_answered": "the service failed, and no earlier answer is held",
    "not_asked": "not asked yet, or no place is known to tell it from its namesakes",
}
_SAME_COMMUNE, _SAME_DEPARTMENT, _BY_ACRONYM = 1.0, 0.92, 0.95
_MARGIN = 0.05  # the best must be better than the next by more than that
_DISTRICTS = {"751": "75056", "132": "13055", "6938": "69123"}  # Paris, Marseille, Lyon
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True)
class Verdict:
    """``value`` (a SIREN, a commune's code, ``yes``) or None; scores from 0 to 1, as far as there were answers."""

    reason: Reason
    value: str | None = None
    score: float | None = None
    runner_up: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def choose_organisation(
    carrier: str, commune: str | None, department: str, answer: Mapping[str, Any], threshold: float
) -> Verdict:
    """The organisation that ``carrier`` names; ``commune`` and ``department`` are INSEE codes.

    Score: share of words in common (Dice; 0.95 for an acronym), ×1 with the seat in the commune, ×0.92 in the
    department, ×0 elsewhere.
    """
    scored: dict[str, tuple[float, str, Mapping[str, Any]]] = {}
    for row in answer["results"]:
        number = valid_siren(row["siren"])
        score = round(_likeness(carrier, row) * _nearness(commune, department, row), 4)
        if number and score > scored.get(number, (0.0,))[0]:
            scored[number] = (score, number, row)
    ranked = sorted(scored.values(), key=lambda one: (-one[0], one[1]))
    if not ranked:
        return Verdict("nothing", evidence={"seen": len(answer["results"]), "total": answer["total"]})
    score, number, row = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else None
    evidence = {name: row[name] for name in sorted(row)} | {"seen": len(answer["results"]), "total": answer["total"]}
    if second is not None:
        evidence["next_siren"] = ranked[1][1]
    if score <= threshold:
        return Verdict("below_threshold", None, score, second, evidence=evidence)
    if second is not None and score - second <= _MARGIN:
        return Verdict("homonyms", None, score, second, evidence=evidence)
    return Verdict("found", number, score, second, evidence=evidence)


def choose_place(code: str, answer: Mapping[str, Any], threshold: float) -> Verdict:
    """The point of the commune ``code``: only a municipality that the geocoder itself gives this code."""
    fits = [r for r in answer["results"] if r["type"] == "municipality" and _town(r["citycode"]) == _town(code)]
    ranked = sorted(fits, key=lambda r: (-r["score"], str(r["label"]), r["latitude"], r["longitude"]))
    if not ranked:
        return Verdict("nothing", evidence={"seen": len(answer["results"])})
    best, score = ranked[0], round(float(ranked[0]["score"]), 4)
    second = round(float(ranked[1]["score"]), 4) if len(ranked) > 1 else None
    evidence = {name: best[name] for name in ("citycode", "label", "type")}
    if score <= threshold:
        return Verdict("below_threshold", None, score, second, evidence=evidence)
    return Verdict("found", code, score, second, best["latitude"], best["longitude"], evidence)


def find_member(siren: str, answer: Mapping[str, Any]) -> Verdict:
    """Whether the list of the ESS has ``siren``. Not to be in it says nothing: the list is old and not complete."""
    rows = [row for row in answer["results"] if row["siren"] == siren]
    if not rows:
        return Verdict("nothing")
    return Verdict("found", "yes", 1.0, evidence={"family": rows[0]["family"]})


def _likeness(carrier: str, row: Mapping[str, Any]) -> float:
    names = [row["nom_complet"] or "", row["nom_raison_sociale"] or ""]
    names += [_BRACKETS.sub("", name) for name in names]
    wanted, letters = set(tokens(carrier)), compact(carrier)
    best = 0.0
    for name in filter(None, names):
        words = set(tokens(name))
        if letters and letters == compact(name):
            return 1.0
        best = max(best, 2 * len(wanted & words) / (len(wanted) + len(words)) if words and wanted else 0.0)
    acronym = compact(row["sigle"] or "")
    return max(best, _BY_ACRONYM) if len(acronym) > 2 and acronym == letters else best


def _nearness(commune: str | None, department: str, row: Mapping[str, Any]) -> float:
    seat = _town(row["code_commune"])
    if commune and seat == _town(commune):
        return _SAME_COMMUNE
    of_seat = row["departement"] or (seat[:3] if seat.startswith(("97", "98")) else seat[:2])
    return _SAME_DEPARTMENT if of_seat == department else 0.0


def _town(code: str | None) -> str:
    """A commune's code; that of the town for a district of Paris, Lyon or Marseille."""
    return next((town for start, town in _DISTRICTS.items() if (code or "").startswith(start)), code or "")
