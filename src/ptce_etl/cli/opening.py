"""``ptce open``: a pole with every listing, value, edge and source behind it; or a claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ptce_etl.cli.cells import records
from ptce_etl.cli.claim_opening import open_claim
from ptce_etl.cli.dossier import Row, dossier
from ptce_etl.cli.finding import find_poles
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import bits, counted
from ptce_etl.cli.ties import runs, show_edges, waterfall
from ptce_etl.collect.archive import Archive
from ptce_etl.errors import ConfigError
from ptce_etl.resolve.decisions import load_redirects
from ptce_etl.schema import SEPARATOR

__all__ = ["open_pole"]

_CLAIM = "claim:"  # tells a claim from a listing of the same id
_VERDICTS = {
    "review": "undecided: a person should say",
    "conflict": "alike, but a veto stands between",
    "link": "linked, but the group was refused",
    "veto": "kept apart",
}


def open_pole(screen: Screen, root: Path, asked: str, *, snapshot: str) -> int:
    """Show the pole, or the claim, that ``asked`` names. Several poles that fit: listed, then :class:`ConfigError`."""
    paths = existing(root)
    name, tables = tables_of(paths, snapshot)
    claim = asked.strip().removeprefix(_CLAIM)
    if claim in set(tables["claims"]["claim_id"]) and (
        asked.strip() != claim or claim not in set(tables["listings"]["listing_id"])
    ):
        return open_claim(screen, paths, claim, snapshot=name)
    found = find_poles(asked, tables["poles"], tables["listings"], load_redirects(paths.redirects))
    if len(found.poles) > 1:
        _show_several(screen, name, asked, tables["poles"], found.poles)
    answer: dict[str, Any] = {"snapshot": name, "asked": asked, "followed": list(found.via)}
    answer |= dossier(tables, found.poles[0], Archive(paths.root))
    screen.emit(answer)
    _show_pole(screen, answer)
    _show_listings(screen, answer["listings"])
    _show_values(screen, answer["values"])
    show_edges(screen, answer["edges"], len(answer["listings"]))
    _show_neighbours(screen, answer["neighbours"])
    _show_captures(screen, answer["captures"])
    return 0


def _show_several(screen: Screen, snapshot: str, asked: str, poles: pd.DataFrame, fits: tuple[str, ...]) -> None:
    rows = records(poles[poles["pole_id"].isin(list(fits))].sort_values(["name", "pole_id"], kind="stable"))
    kept = ("pole_id", "name", "aliases", "commune", "departement", "n_listings")
    screen.emit({"snapshot": snapshot, "asked": asked, "matches": [{key: row[key] for key in kept} for row in rows]})
    screen.heading(f"{counted(len(rows), 'pole')} fit {asked!r}")
    screen.table(
        ["=pole", "name", "where", ">listings"],
        [(row["pole_id"], row["name"], _place(row), str(row["n_listings"])) for row in rows],
    )
    raise ConfigError(f"{asked!r} names {len(rows)} poles", where=f"snapshot {snapshot}", do="give one of the ids")


def _show_pole(screen: Screen, answer: dict[str, Any]) -> None:
    pole = answer["pole"]
    for former in answer["followed"]:
        screen.say(f"{former} was merged into {pole['pole_id']} (301)")
    screen.heading(f"{pole['name']}  {pole['pole_id']}")
    screen.facts(
        [
            ("status", pole["status"]),
            ("carrier", pole["carrier"] or ""),
            ("siren", pole["siren"] or ""),
            ("where", _place(pole)),
            ("website", pole["website"] or ""),
            ("activity", pole["activity"] or ""),
            ("call rounds", (pole["cohorts"] or "").replace(SEPARATOR, ", ")),
            ("listed", f"{pole['first_listed'] or '–'} to {pole['last_listed'] or '–'}"),
            ("existed by", pole["start_date"] or ""),
            ("closed by", pole["end_date"] or ""),
            ("named by", _named_by(pole)),
            ("undecided", counted(pole["n_undecided"], "pair") if pole["n_undecided"] else ""),
            ("snapshot", answer["snapshot"]),
        ]
    )


def _named_by(pole: Row) -> str:
    pages, publishers = counted(pole["n_sources"], "page"), counted(pole["n_publishers"], "publisher")
    return f"{counted(pole['n_listings'], 'listing')}, on {pages} of {publishers}"


def _place(pole: Row) -> str:
    code = pole.get("code_commune_insee")
    commune = f"{pole['commune']} ({code})" if code else pole.get("commune")
    return ", ".join(filter(None, (commune, pole.get("departement"), pole.get("region"))))


def _show_listings(screen: Screen, listings: list[Row]) -> None:
    spellings = counted(len({row["name"] for row in listings}), "spelling")
    screen.heading(f"Listings: {len(listings)}, {spellings}")
    screen.table(
        [">#", "=date", "name, as written", "carrier, as written", "publisher", "as"],
        [
            (
                str(row["number"]),
                row["source_date"] or "–",
                row["name"],
                row["carrier"] or "",
                row["publisher"] or "–",
                " ".join(filter(None, (row["role"], row["programme"]))),
            )
            for row in listings
        ],
    )
    screen.heading("Where each was read")
    screen.table(
        [">#", "=listing", "=row of the capture", "=page"],
        [
            (
                str(row["number"]),
                row["listing_id"],
                f"{row['record_no']} of {row['source_id']}",
                row["source_url"] or "–",
            )
            for row in listings
        ],
        cut=False,
    )


def _show_values(screen: Screen, values: list[Row]) -> None:
    screen.heading("Values, kept and lost")
    fields = [row["field"] for row in values]
    screen.table(
        ["=field", "=", "value", "=reason", "listings"],
        [
            (
                row["field"] if n == 0 or fields[n - 1] != row["field"] else "",
                "kept" if row["kept"] else "lost",
                row["value"],
                row["reason"],
                runs(row["listings"]),
            )
            for n, row in enumerate(values)
        ],
    )


def _show_neighbours(screen: Screen, pairs: list[Row]) -> None:
    if not pairs:
        return
    screen.heading(f"Other poles it was compared with: {counted(len(pairs), 'pair')}")
    for verdict, said in _VERDICTS.items():
        rows = [pair for pair in pairs if pair["verdict"] == verdict]
        others: dict[str, list[Row]] = {}
        for row in rows:
            others.setdefault(row["other_pole"], []).append(row)
        if others:
            screen.say(f"{verdict} ({said})", indent=2)
            screen.table(
                ["=other pole", "its name", "listings here", ">bits", "reasons of the strongest pair"],
                [
                    (
                        other,
                        same[0]["other_name"] or "–",
                        runs(sorted({row["listing"] for row in same})),
                        bits(same[0]["weight"]),
                        waterfall(same[0]),
                    )
                    for other, same in others.items()
                ],
            )


def _show_captures(screen: Screen, captures: list[Row]) -> None:
    screen.heading("Sources: the bytes it was read from")
    for row in captures:
        screen.say(f"{row['source_id']}: {row['title'] or '–'} ({row['publisher'] or '–'})", indent=2)
        screen.facts(
            [
                ("  address", row["url"] or ""),
                ("  retrieved", row["captured_on"] or ""),
                ("  sha256", row["capture_sha256"]),
                ("  bytes", f"{row['path']} ({_state(row)})"),
            ]
        )


def _state(row: Row) -> str:
    return row["state"] if row["bytes"] is None else f"{row['bytes']:,} bytes, {row['state']}"
