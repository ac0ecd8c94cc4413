"""The home page: the figure, what was published, and every chart."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ptce_etl.report.material import Edition, Row, rows
from ptce_etl.report.pages import figures
from ptce_etl.report.pages.headline import headline
from ptce_etl.report.typography import Lang
from ptce_etl.report.words import MOVES, VERDICTS

__all__ = ["cohorts", "completeness", "home", "regions"]


def home(edition: Edition, lang: Lang) -> Row:
    """What ``home.html.j2`` shows."""
    listed = next(one for one in edition.populations if one.name == "listed")
    members = edition.members(listed)
    wide, narrow, ends = figures.series(edition, lang)
    claims = rows(edition.tables["claims"])
    verdicts = Counter(row["verdict"] for row in claims)
    row = edition.headline
    links = {name: f"counts/listed.html#{name}" for name in MOVES} | {
        "base": "counts/listed.html#base",
        "target": "counts/listed.html#target",
    }
    return {
        "card": headline(edition, lang),
        "told": [claim for claim in claims if claim["kind"] == "growth"],
        "series": (wide, narrow),
        "ends": ends,
        "shapes": figures.SHAPES,
        "bridge": figures.bridges(edition),
        "bridge_links": links,
        "row": row,
        "reasons": _reasons(row, lang),
        "map": figures.map_of(edition, lang, members),
        "counted": len(members),
        "regions": regions(edition, members),
        "cohorts": cohorts(edition),
        "completeness": completeness(edition),
        "verdicts": [(code, verdicts[code]) for code in VERDICTS if verdicts[code]],
        "n_claims": len(claims),
        "curve": figures.curves(edition, lang),
        "specs": edition.curve,
        "sources": rows(edition.tables["sources"]),
        "n_pages": edition.tables["listings"]["source_url"].nunique(),
        "n_listings": len(edition.tables["listings"]),
    }


def _reasons(row: Row, lang: Lang) -> list[str]:
    """Why the two counts do not compare, without the codes."""
    text = row["comparable_why_fr" if lang == "fr" else "comparable_why"] or ""
    said = (reason.partition(":")[2].strip() for reason in text.split(" | "))
    return [reason for reason in said if reason]


def regions(edition: Edition, members: frozenset[str]) -> list[Row]:
    """Poles of ``members`` by region, most first; those whose region is not known last."""
    poles = [edition.poles[pole] for pole in members]
    numbers = Counter((pole["code_region"] or "", pole["region"] or "") for pole in poles)
    found: list[Row] = [{"code": code or figures.UNKNOWN, "name": name, "n": n} for (code, name), n in numbers.items()]
    most = max((one["n"] for one in found), default=1)
    for one in found:
        one["share"] = round(100 * one["n"] / most, 1)
    return sorted(found, key=lambda one: (one["code"] == figures.UNKNOWN, -one["n"], one["name"]))


def cohorts(edition: Edition) -> list[Row]:
    """Each call round: poles found against the laureates published, and where the published number comes from."""
    found = []
    for programme in edition.programmes:
        row = edition.counts_now.get(f"cohort:{programme.programme}")
        if row is not None:
            claims = [one.strip() for one in (row["published_by"] or "").split("|") if one.strip()]
            found.append(row | {"programme": programme, "slug": f"cohort-{programme.programme}", "claims": claims})
    return found


def completeness(edition: Edition) -> list[dict[str, Any]]:
    """By population: how many poles are named, the estimates given, and the reasons why others are withheld."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows(edition.tables["completeness"]):
        one = found.setdefault(
            row["population"], {"population": row["population"], "n_named": row["n_named"], "given": [], "why": {}}
        )
        if row["withheld"]:
            french, english = ((row[name] or "").split(";") for name in ("reason_fr", "reason_en"))
            for said in zip(french, english, strict=len(french) == len(english)):
                one["why"][(said[0].strip(), said[1].strip())] = None
        else:
            one["given"].append(row)
    return sorted(found.values(), key=lambda one: (one["population"] != "listed", one["population"]))
