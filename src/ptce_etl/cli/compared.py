"""What a figure was compared with, opened: claims with their verdicts and addresses, cohorts, populations at a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.cli.cells import records
from ptce_etl.cli.claimed import figure_of, said_by
from ptce_etl.cli.reopened import Reopened
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, either
from ptce_etl.measure.observed import STOCKS
from ptce_etl.measure.populations import cohort
from ptce_etl.measure.wording import Both

__all__ = ["compared_rows", "show_compared"]

_COHORT = "cohort:"
_SHOWN = 12


def compared_rows(refs: Iterable[str], opened: Reopened, territory: str = "France") -> list[dict[str, Any]]:
    """A row for each reference of ``compared_with``, in order, each once; one that the snapshot does not know is left
    out. ``n``: how many poles of that kind can be named in ``territory`` (``None`` for a claim)."""
    claims = {row["claim_id"]: row for row in records(opened.tables["claims"])}
    titles = {p.programme: (p.title_en, p.title_fr, p.source_url) for p in load_programmes()}
    found = []
    for ref in dict.fromkeys(refs):
        if ref in claims:
            found.append(_claim(claims[ref]))
        elif ref.startswith(_COHORT) and ref.removeprefix(_COHORT) in titles:
            name = ref.removeprefix(_COHORT)
            members = cohort(opened.census.world, name, opened.as_of)
            english, french, url = titles[name]
            found.append(_named(ref, (english, french), url, _inside(members, opened, territory)))
        elif "@" in ref and ref.partition("@")[0] in STOCKS:
            rule, _, day = ref.partition("@")
            members = STOCKS[rule](opened.census.world, date.fromisoformat(day))
            said = f"poles {rule} on {day}", f"pôles « {rule} » au {day}"
            found.append(_named(ref, said, None, _inside(members, opened, territory)))
    return found


def _inside(members: frozenset[str], opened: Reopened, territory: str) -> int | None:
    here = opened.census.places.inside(members, territory)
    return None if here is None else len(here)


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": row["claim_id"],
        "kind": "claim",
        "en": f"{figure_of(row)}: {said_by(row)}",
        "fr": f"{figure_of(row, 'fr')} : {said_by(row)}",
        "n": None,
        "verdict": row["verdict"],
        "url": row["source_url"],
    }


def _named(ref: str, said: Both, url: str | None, n: int | None) -> dict[str, Any]:
    return {
        "ref": ref,
        "kind": "cohort" if ref.startswith(_COHORT) else "population",
        "en": f"{said[0]}: {'–' if n is None else n} named",
        "fr": f"{said[1]} : {'–' if n is None else n} nommés",
        "n": n,
        "verdict": None,
        "url": url,
    }


def show_compared(screen: Screen, rows: list[dict[str, Any]], language: Lang, most: int = _SHOWN) -> None:
    """The first ``most`` rows as a table, their addresses whole."""
    if not rows:
        return
    screen.heading(either(language, "Compared with", "Comparé à"))
    figure = either(language, "figure, and who gives it", "chiffre, et qui le donne")
    screen.table(
        ["=", f"={figure}", "=verdict", f"={either(language, 'page', 'page')}"],
        [(row["ref"], row[language], row["verdict"] or "", row["url"] or "") for row in rows[:most]],
        cut=False,
    )
    left = len(rows) - most
    if left > 0:
        screen.say(either(language, f"… and {left} more, in --json", f"… et {left} de plus, dans --json"), indent=2)
