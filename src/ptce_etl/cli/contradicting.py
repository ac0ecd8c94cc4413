"""``ptce review --conflicts``: what people said that cannot all be true, and words about listings that are gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ptce_etl.cli.desk import Desk, open_desk
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.publish.api import load
from ptce_etl.publish.index import read_index
from ptce_etl.resolve.decisions import Judgement
from ptce_etl.resolve.queue import Contradiction, without_data

__all__ = ["say_contradictions", "show_conflicts"]

Row = dict[str, Any]


def show_conflicts(screen: Screen, root: Path) -> int:
    """Each contradiction with the shortest chain of "same" that leads from one listing to the other."""
    desk = open_desk(root)
    found = desk.contradictions()
    lost = without_data(desk.said, desk.pole_of)
    seen = _last_seen(desk, sorted({x for word in lost for x in (word.left, word.right)} - desk.pole_of.keys()))
    screen.emit(
        {
            "snapshot": desk.snapshot,
            "contradictions": [_data(desk, one) for one in found],
            "without_data": [
                asdict(word) | {"missing": {x: seen[x] for x in (word.left, word.right) if x in seen}} for word in lost
            ],
        }
    )
    screen.heading(f"{counted(len(found), 'contradiction')} among {counted(len(desk.said), 'judgement')} in force")
    for number, one in enumerate(found, start=1):
        _show(screen, desk, one, number)
    screen.heading(f"{counted(len(lost), 'judgement')} about listings that {desk.snapshot} does not have")
    if lost:
        screen.table(
            ["=listing", "last seen", "judgement", "=who", "=when", "why"],
            [
                (
                    x,
                    _seen(seen[x]),
                    f"{word.judgement}: {desk.name(word.left)} / {desk.name(word.right)}",
                    word.who,
                    word.when,
                    word.why,
                )
                for word in lost
                for x in (word.left, word.right)
                if x in seen
            ],
        )
        screen.say("They stay in the file, and count again if the listing comes back.", indent=2)
    return 0


def say_contradictions(screen: Screen, desk: Desk, before: int) -> None:
    """Point at contradictions that new answers brought, when there were ``before`` of them."""
    found = len(desk.contradictions()) - before
    if found > 0:
        screen.say(f"{counted(found, 'new contradiction')}: `ptce review --conflicts` shows the chain.", style="bold")


def _data(desk: Desk, one: Contradiction) -> Row:
    return {
        "different": _word(desk, one.different.left, one.different.right, one.different),
        "chain": [_word(desk, step.left, step.right, step.judgement) for step in one.chain],
    }


def _word(desk: Desk, left: str, right: str, word: Judgement | None) -> Row:
    """A step as plain data; without a word, it is the matcher's."""
    return {
        "left": left,
        "left_name": desk.name(left),
        "right": right,
        "right_name": desk.name(right),
        "judgement": word.judgement if word else "link",
        "who": word.who if word else "matcher",
        "when": word.when if word else None,
        "why": word.why if word else None,
    }


def _show(screen: Screen, desk: Desk, one: Contradiction, number: int) -> None:
    first, last = one.chain[0].left, one.chain[-1].right
    screen.heading(f"{number}. {desk.name(first)} ({first}) and {desk.name(last)} ({last})")
    rows = _data(desk, one)
    screen.table(
        ["=", "=says", "listing", "listing", "=who", "=when", "why"],
        [
            (
                f"{n}" if n else "yet",
                row["judgement"],
                *(f"{row[f'{side}_name']} ({row[side]})" for side in ("left", "right")),
                row["who"],
                row["when"] or "–",
                row["why"] or "–",
            )
            for n, row in [*enumerate(rows["chain"], start=1), (0, rows["different"])]
        ],
    )
    steps = counted(len(one.chain), "step")
    screen.say(f"{steps} of one pole, yet said to be two: one of these words is wrong.", indent=2)


def _last_seen(desk: Desk, listings: Collection[str]) -> dict[str, Row | None]:
    """The newest snapshot that had each of ``listings``, and its name there; None where none had it."""
    found: dict[str, Row | None] = dict.fromkeys(listings)
    for entry in reversed(read_index(desk.paths)["snapshots"]):
        missing = [listing for listing, seen in found.items() if seen is None]
        if not missing:
            break
        there = (desk.paths.processed / entry["id"] / "listings.parquet").is_file() or desk.paths.store
        if there and "pruned" not in entry:
            rows = load("listings", snapshot=entry["id"], data=desk.paths.root).set_index("listing_id")["name"]
            found |= {x: {"snapshot": entry["id"], "name": str(rows[x])} for x in missing if x in rows.index}
    return found


def _seen(seen: Row | None) -> str:
    return f"{seen['name']}, {seen['snapshot']}" if seen else "in no snapshot"
