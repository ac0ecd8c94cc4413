"""``ptce history``: what became of a pole over every published snapshot, and what people said about its listings."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from ptce_etl.cli.cells import records
from ptce_etl.cli.finding import Found, find_poles
from ptce_etl.cli.past import Past, Row, events, read_past
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.publish.api import load
from ptce_etl.publish.index import snapshot_path
from ptce_etl.resolve.decisions import load_judgements, load_redirects, standings

__all__ = ["show_history"]

_ANSWERS = {200: "published", 301: "merged into another (301)", 410: "gone (410)"}
_MOST = 6  # listings named in a line


def show_history(screen: Screen, root: Path, asked: str) -> int:
    """The history of the pole that ``asked`` names, and of those that took it over since."""
    paths = existing(root)
    latest = snapshot_path(paths).name
    past = read_past(paths)
    redirects = load_redirects(paths.redirects)
    line = _line(screen, paths, past, redirects, asked)
    lines = {row["pole_id"]: row for row in records(redirects)}
    poles = [_pole(pole, past, lines.get(pole)) for pole in line]
    answer: dict[str, Any] = {
        "asked": asked,
        "followed": list(line[:-1]),
        "latest": latest,
        "snapshots": len(past.moments),
        "unreadable": list(past.unreadable),
        "poles": poles,
        "judgements": _judgements(paths, past, line),
    }
    screen.emit(answer)
    for pole in poles:
        _show_pole(screen, pole)
    _show_judgements(screen, answer["judgements"])
    if past.unreadable:
        screen.say(f"Listed in the index, but not to be read: {', '.join(past.unreadable)}")
    return 0


def _line(screen: Screen, paths: Paths, past: Past, redirects: pd.DataFrame, asked: str) -> tuple[str, ...]:
    """The pole meant, then those that it was merged into, one after the other.

    The latest snapshot is asked first, then older ones: a pole that is gone has a history too.
    """
    wanted = asked.strip().lower()
    leads = {row["pole_id"]: row["to"] for row in records(redirects) if row["to"]}
    found = Found((wanted,)) if wanted in leads or past.knows(wanted) else None
    failed: NoData | None = None
    for moment in reversed(past.moments):
        if found is not None:
            break
        tables = {name: load(name, snapshot=moment.snapshot, data=paths.root) for name in ("poles", "listings")}
        try:
            found = find_poles(asked, tables["poles"], tables["listings"], redirects)
        except NoData as error:
            failed = failed or error
            continue
        if len(found.poles) > 1:
            _several(screen, asked, moment.snapshot, tables["poles"], found.poles)
    if found is None:
        raise failed or NoData("no snapshot can be read", where=str(paths.index), do="`ptce verify latest` says why")
    line = [found.poles[0]]
    while line[-1] in leads and leads[line[-1]] not in line:
        line.append(leads[line[-1]])
    return tuple(line)


def _several(screen: Screen, asked: str, snapshot: str, poles: pd.DataFrame, fits: tuple[str, ...]) -> None:
    rows = records(poles.loc[poles["pole_id"].isin(list(fits)), ["pole_id", "name", "n_listings"]])
    screen.emit({"asked": asked, "snapshot": snapshot, "matches": rows})
    screen.heading(f"{counted(len(rows), 'pole')} fit {asked!r}")
    screen.table(["=pole", "name", ">listings"], [(r["pole_id"], r["name"], str(r["n_listings"])) for r in rows])
    raise ConfigError(f"{asked!r} names {len(rows)} poles", where=f"snapshot {snapshot}", do="give one of the ids")


def _pole(pole: str, past: Past, redirect: Row | None) -> Row:
    """``answers``: 200, 301 or 410, as a web page of this id would."""
    now = past.moments[-1].poles.get(pole) if past.moments else None
    last = now or next((m.poles[pole] for m in reversed(past.moments) if pole in m.poles), None)
    gone = redirect if now is None else None
    return {
        "pole_id": pole,
        "name": last["name"] if last else None,
        "answers": 200 if now else int(gone["status"]) if gone else 410,
        "to": (gone["to"] or None) if gone else None,
        "since": gone["since"] if gone else None,
        "events": events(past, pole),
    }


def _judgements(paths: Paths, past: Past, line: tuple[str, ...]) -> list[Row]:
    """Every word on a listing that was ever in one of the poles, in the order of the file, with how it stands."""
    ever = {listing for moment in past.moments for pole in line for listing in moment.members.get(pole, ())}
    return [
        asdict(word) | {"left_name": past.name(word.left), "right_name": past.name(word.right), "standing": standing}
        for word, standing in standings(load_judgements(paths.judgements))
        if word.left in ever or word.right in ever
    ]


def _show_pole(screen: Screen, pole: Row) -> None:
    screen.heading(f"{pole['name'] or '–'}  {pole['pole_id']}: {_ANSWERS[pole['answers']]}")
    if pole["to"]:
        screen.say(f"leads to {pole['to']} since {pole['since']}", indent=2)
    if not pole["events"]:
        screen.say("no readable snapshot has it", indent=2)
        return
    rows, before = [], ""
    for event in pole["events"]:
        first = event["snapshot"] != before
        before = event["snapshot"]
        rows.append((event["as_of"] if first else "", before if first else "", event["kind"], _said(event)))
    screen.table(["=describes", "=snapshot", "=what", ""], rows)


def _said(event: Row) -> str:
    listings = event.get("listings", [])
    named = "; ".join(f"{row['name']} ({_whence(row)})" for row in listings[:_MOST])
    more = f" and {len(listings) - _MOST} more: --json has them all" if len(listings) > _MOST else ""
    return f"{event['said']}{': ' if named else ''}{named}{more}"


def _whence(row: Row) -> str:
    if "from" in row:
        return f"{row['listing_id']}, {'from ' + row['from'] if row['from'] else 'new'}"
    if "to" in row:
        return f"{row['listing_id']}, {'to ' + row['to'] if row['to'] else 'listed no more'}"
    return str(row["listing_id"])


def _show_judgements(screen: Screen, words: list[Row]) -> None:
    screen.heading(f"What people said about its listings: {counted(len(words), 'line')}")
    if words:
        screen.table(
            ["=when", "=who", "=said", "=stands", "about", "why"],
            [
                (
                    word["when"],
                    word["who"],
                    word["judgement"],
                    word["standing"],
                    f"{word['left_name']} ({word['left']}) / {word['right_name']} ({word['right']})",
                    word["why"] or "–",
                )
                for word in words
            ],
        )
