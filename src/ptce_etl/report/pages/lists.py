"""The pages that list: poles, published figures, what a count counts, territories, sources, files, the method."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.populations import POPULATIONS as RULES
from ptce_etl.measure.populations import Population, cohort_population
from ptce_etl.report.material import Edition, Row, rows
from ptce_etl.report.pages.figures import UNKNOWN
from ptce_etl.report.pages.meanings import MOVE_MEANINGS, VERDICT_MEANINGS
from ptce_etl.report.typography import Lang, polish, visible
from ptce_etl.report.words import TABLE_TITLES
from ptce_etl.schema import SEPARATOR

__all__ = ["POLES_A_PAGE", "claims", "count", "data", "method", "pole_index", "pole_lists", "sources", "territories"]

POLES_A_PAGE = 1_000
_MOST_MEMBERS, _MOST_CHANGES = 1_000, 500


def pole_lists(edition: Edition) -> Iterator[tuple[str, Row]]:
    """File and content of each part of the table of poles; one part until there are very many."""
    poles = list(edition.poles.values())
    cuts = range(0, max(1, len(poles)), POLES_A_PAGE)
    parts = []
    for number, start in enumerate(cuts, start=1):
        part = poles[start : start + POLES_A_PAGE]
        label = f"{part[0]['name'][:12]} – {part[-1]['name'][:12]}" if part else "–"
        parts.append({"file": "poles.html" if number == 1 else f"poles-{number}.html", "label": label})
    regions = Counter((pole["code_region"] or UNKNOWN, pole["region"] or "") for pole in poles)
    shared = {
        "n_poles": len(poles),
        "parts": parts,
        "regions": [
            {"code": code, "name": name} for code, name in sorted(regions, key=lambda r: (r[0] == UNKNOWN, r[1]))
        ],
        "statuses": sorted({pole["status"] for pole in poles}),
        "rounds": edition.programmes,
    }
    for start, made in zip(cuts, parts, strict=True):
        yield made["file"], shared | {"poles": [_with_search(pole) for pole in poles[start : start + POLES_A_PAGE]]}


def pole_index(edition: Edition) -> bytes | None:
    """A script with every pole, for the search of a table in several parts; nothing when it has one.

    A row: id, name, place, region's code, status, rounds, other words to be found by. Texts are data, never markup.
    """
    if len(edition.poles) <= POLES_A_PAGE:
        return None
    found = [
        [
            pole["pole_id"],
            visible(pole["name"]),
            visible(pole["commune"] or pole["departement"] or pole["region"] or ""),
            pole["code_region"] or UNKNOWN,
            pole["status"],
            _with_search(pole)["rounds"],
            visible(_with_search(pole)["more"]),
        ]
        for pole in edition.poles.values()
    ]
    return f"window.ptcePoles = {json.dumps(found, ensure_ascii=True, separators=(',', ':'))};\n".encode()


def _with_search(pole: Row) -> Row:
    """A pole with its rounds as words, and what a search finds beside what is shown."""
    more = " ".join(filter(None, (pole["aliases"], pole["carrier"], pole["activity"], pole["commune"])))
    rounds = " ".join(name for name in (pole["cohorts"] or "").split(SEPARATOR) if name)
    return pole | {"rounds": rounds, "more": more.replace(SEPARATOR, " ")}


def claims(edition: Edition) -> Row:
    """What ``claims.html.j2`` shows: growths first, then counts from the latest."""
    found = rows(edition.tables["claims"])
    known = {row["claim_id"] for row in found} | {f"cohort:{one.programme}" for one in edition.programmes}
    for row in found:
        row["links"] = [_compared(part, known) for part in (row["compared_with"] or "").split(SEPARATOR) if part]
    verdicts = Counter(row["verdict"] for row in found)
    found.sort(key=_order_of_claims)
    order = sorted(verdicts, key=lambda code: (code == "unverifiable", code == "consistent", code))
    return {"claims": found, "verdicts": [(code, verdicts[code]) for code in order]}


def _order_of_claims(row: Row) -> tuple[bool, int]:
    """Growths in the order of their ledger (the founding one is its first), then counts from the latest."""
    if row["kind"] == "growth":
        return False, row["record_no"]
    return True, -(row["date_last"].toordinal() if row["date_last"] else 0)


def _compared(part: str, known: set[str]) -> tuple[str, str]:
    """Where what a figure was compared with is shown (nowhere, for what has no page), and its name."""
    name = part.partition("@")[0]
    if any(name == rule.name for rule in RULES) or (name in known and name.startswith("cohort:")):
        return f"counts/{name.replace(':', '-')}.html", part
    return (f"#{part}" if part in known else ""), part


def count(edition: Edition, population: Population, lang: Lang) -> Row:
    """What ``counts.html.j2`` shows: the poles behind a count, and behind each number of its headline growth."""
    members = edition.members(population)
    listed = [pole for pole_id, pole in edition.poles.items() if pole_id in members]
    none: Row = {"low": len(listed), "high": len(listed), "published": None, "published_by": ""}
    row = edition.counts_now.get(population.name, none)
    shown: Row = {
        "population": population,
        "count": row | {"n": len(listed)},
        "claims": [one.strip() for one in (row["published_by"] or "").split("|") if one.strip()],
        "members": listed[:_MOST_MEMBERS],
        "more": max(0, len(listed) - _MOST_MEMBERS),
        "names": edition.names,
        "pairs": [pair for pair in edition.census.pairs if members.issuperset(pair)][:_MOST_MEMBERS],
        "moves": [],
        "row": edition.headlines.get(population.name),
    }
    if shown["row"]:
        compared = edition.movement(population)
        by_name = list(edition.poles)
        place = {pole_id: n for n, pole_id in enumerate(by_name)}
        assert compared.moves is not None  # one population, one territory: it always moves
        for code, sign in COMPONENTS.items():
            ties = [one if isinstance(one, tuple) else (one,) for one in getattr(compared.moves, code)]
            shown["moves"].append((code, sign, sorted(ties, key=lambda tie: [place.get(pole, -1) for pole in tie])))
        shown["at_base"] = sorted(compared.base.members, key=lambda pole: place.get(pole, -1))[:_MOST_MEMBERS]
        shown["why"] = [reason.said[lang == "fr"] for reason in compared.reasons]
    return shown


def territories(edition: Edition, counted: frozenset[str]) -> Iterator[tuple[str, Row]]:
    """File name and content of each region, its departments in order; ``inconnu`` for poles without one."""
    by_region: dict[str, list[Row]] = {}
    for pole in edition.poles.values():
        by_region.setdefault(pole["code_region"] or UNKNOWN, []).append(pole)
    for code, poles in sorted(by_region.items()):
        inside = [pole for pole in poles if pole["pole_id"] in counted]
        departments = sorted({(pole["code_departement"] or "~", pole["departement"] or "") for pole in inside})
        yield (
            f"{code}.html",
            {
                "name": poles[0]["region"] or "",
                "n": len(inside),
                "parts": [
                    (
                        UNKNOWN if key == "~" else key,
                        title,
                        [p for p in inside if (p["code_departement"] or "~") == key],
                    )
                    for key, title in departments
                ],
                "others": [pole for pole in poles if pole["pole_id"] not in counted],
            },
        )


def sources(edition: Edition) -> Row:
    """What ``sources.html.j2`` shows."""
    listings = edition.tables["listings"]
    named = listings[listings["publisher"].notna()]
    grouped = named.groupby("publisher", sort=True).agg(
        pages=("source_url", "nunique"), listings=("listing_id", "size"), poles=("pole_id", "nunique")
    )
    publishers: list[dict[str, Any]] = [
        {"publisher": name, "pages": int(a), "listings": int(b), "poles": int(c)}
        for name, a, b, c in zip(grouped.index, grouped["pages"], grouped["listings"], grouped["poles"], strict=True)
    ]
    publishers.sort(key=lambda one: (-one["listings"], one["publisher"]))
    lists = rows(edition.tables["lists"].sort_values(["population", "list_no"]))
    return {"sources": rows(edition.tables["sources"]), "publishers": publishers, "lists": lists}


def data(edition: Edition, lang: Lang) -> Row:
    """What ``data.html.j2`` shows."""
    checks = edition.tables["checks"]
    changed = rows(edition.tables["changes"])
    return {
        "files": _files(edition, lang),
        "names": edition.names,
        "first": not edition.earlier,
        "changes": changed[:_MOST_CHANGES],
        "more_changes": max(0, len(changed) - _MOST_CHANGES),
        "n_checks": len(checks),
        "n_failed": int((~checks["passed"]).sum()),
    }


def _files(edition: Edition, lang: Lang) -> list[dict[str, Any]]:
    """The files of the snapshot beside the site, tables in the order of the schema."""
    order = list(TABLE_TITLES)

    def place(name: str) -> tuple[int, str]:
        stem = name.partition(".")[0]
        return (order.index(stem) if stem in order else len(order), name)

    found: Sequence[str] = sorted((name for name in edition.files if "/" not in name), key=place)
    titles = {name: polish(TABLE_TITLES.get(name.partition(".")[0], ("", ""))[lang == "en"], lang) for name in found}
    return [{"name": name, "title": titles[name], **edition.files[name]} for name in found]


def method(edition: Edition) -> Row:
    """What ``method.html.j2`` shows: the definitions of the code itself."""
    return {
        "populations": list(RULES),
        "cohort": cohort_population(edition.programmes[0].programme if edition.programmes else "vague"),
        "components": [(name, MOVE_MEANINGS[name]) for name in COMPONENTS],
        "verdicts": list(VERDICT_MEANINGS.items()),
    }
