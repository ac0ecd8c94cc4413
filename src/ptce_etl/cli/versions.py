"""``ptce history`` without a pole, ``diff``, ``rollback``, ``finalise`` and ``prune``: the versions themselves."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, counted, either, titled
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.publish.api import changes, load
from ptce_etl.publish.changelog import names_of, sentences
from ptce_etl.publish.changes import summarise
from ptce_etl.publish.index import Entry, Index, latest_on, read_index, snapshot_path
from ptce_etl.publish.versions import finalise, prune, pruning, rollback

__all__ = ["make_final", "prune_old", "roll_back", "show_diff", "show_versions"]


def _language(lang: str) -> Lang:
    if lang not in ("en", "fr"):
        raise ConfigError(f"no language {lang!r}", where="--lang", do="en or fr")
    return "fr" if lang == "fr" else "en"


def show_versions(screen: Screen, root: Path, lang: str) -> int:
    """Every version, the newest publication first, and the rollbacks."""
    language, index = _language(lang), read_index(existing(root))
    if not index["snapshots"]:
        raise NoData("nothing is published yet", where=str(Paths(root).index), do="run `ptce run`")
    rows = [_row(entry, index, language) for entry in reversed(index["snapshots"])]
    moves = list(reversed(index.get("moves", [])))
    screen.emit({"latest": index["latest"], "snapshots": rows, "rollbacks": moves})
    screen.heading(either(language, "Versions", "Versions publiées"))
    screen.table(
        either(
            language, "=snapshot|=published|=kind|>poles|what changed", "=version|=publiée|=nature|>pôles|quoi"
        ).split("|"),
        [(r["snapshot"], r["published_at"][:10], r["stands"], str(r["n_poles"] or "–"), r["why"]) for r in rows],
    )
    if moves:
        screen.heading(either(language, "Rollbacks", "Retours en arrière"))
        screen.table(
            either(language, "=when|=from|=to|why", "=quand|=de|=à|pourquoi").split("|"),
            [(move["at"], move["was"] or "–", move["to"], move["why"]) for move in moves],
        )
    return 0


_STANDS = {
    "latest": ("latest", "la dernière"),
    "final": ("final", "définitive"),
    "provisional": ("provisional", "provisoire"),
    "as-of": ("as-of", "reconstitution"),
    "withdrawn": ("withdrawn", "retirée"),
    "pruned": ("pruned", "élaguée"),
}


def _row(entry: Entry, index: Index, language: Lang) -> dict[str, Any]:
    marks = [mark for mark in ("withdrawn", "pruned") if mark in entry]
    states = [*(["latest"] if entry["id"] == index["latest"] else []), entry["kind"], *marks]
    poles = entry["files"].get("poles.parquet")
    why = [entry["why"][language], *(f"{either(language, *_STANDS[mark])}: {entry[mark]['why']}" for mark in marks)]
    return {
        "snapshot": entry["id"],
        "as_of": entry["as_of"],
        "published_at": entry["published_at"],
        "kind": entry["kind"],
        "latest": entry["id"] == index["latest"],
        "finalised": entry.get("finalised"),
        "withdrawn": entry.get("withdrawn"),
        "pruned": entry.get("pruned"),
        "supersedes": entry["supersedes"],
        "n_poles": poles["rows"] if poles else None,
        "stands": ", ".join(either(language, *_STANDS[state]) for state in states),
        "why": "; ".join(why),
    }


def _chosen(paths: Paths, asked: str) -> str:
    """The snapshot meant by an id, ``latest``, or a day."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return snapshot_path(paths, asked).name
    found = latest_on(read_index(paths), day)
    if found is None:
        raise NoData(f"nothing was published by {day}", where=str(paths.index), do="`ptce history` lists the versions")
    return snapshot_path(paths, found).name


def show_diff(screen: Screen, root: Path, before: str, after: str, lang: str) -> int:
    """What differs between two snapshots, in sentences."""
    language, paths = _language(lang), existing(root)
    old, new = _chosen(paths, before), _chosen(paths, after)
    found = changes(new, since=old, data=root)
    names = {which: names_of(load("poles", snapshot=which, data=root)) for which in (old, new)}
    said = {code: summarise(found, code) for code in ("fr", "en")}
    screen.emit(
        {
            "from": old,
            "to": new,
            "summary_fr": said["fr"],
            "summary_en": said["en"],
            "counts": {str(kind): int(n) for kind, n in found["kind"].value_counts(sort=False).sort_index().items()},
            "sentences": [text for _, text in sentences(found, names[old], names[new], language)],
            "changes": records(found),
        }
    )
    screen.heading(titled(language, f"{old} → {new}", said[language]))
    for _, text in sentences(found, names[old], names[new], language):
        screen.say(text, indent=2)
    return 0


def roll_back(screen: Screen, root: Path, snapshot: str, why: str, now: datetime) -> int:
    """Make ``snapshot`` the latest again."""
    paths = existing(root)
    move = rollback(paths, snapshot, why=why, now=now)
    screen.emit({"latest": snapshot, "moved": move is not None, "from": move["was"] if move else None, "why": why})
    if move is None:
        screen.say(f"{snapshot} is the latest already; nothing has moved")
    else:
        screen.say(f"latest: {move['was']} → {snapshot} ({move['why']})")
    return 0


def make_final(screen: Screen, root: Path, snapshot: str, why: str, now: datetime) -> int:
    """Say that ``snapshot`` is final."""
    done = finalise(existing(root), snapshot, why=why, now=now)
    screen.emit({"snapshot": snapshot, "kind": "final", "changed": done})
    screen.say(f"{snapshot} is final" + ("" if done else " already"))
    return 0


def prune_old(screen: Screen, root: Path, keep: int, why: str, now: datetime, *, yes: bool) -> int:
    """Remove the files of old snapshots, or say which those are."""
    paths = existing(root)
    plan = prune(paths, keep, why=why, now=now) if yes else pruning(paths, keep)
    screen.emit({"done": yes, "removed": list(plan.remove), "kept": [{"snapshot": s, "why": w} for s, w in plan.keep]})
    screen.heading(("Removed " if yes else "Would remove ") + counted(len(plan.remove), "snapshot"))
    for snapshot in plan.remove:
        screen.line(f"  {snapshot}")
    screen.heading(f"Kept: {counted(len(plan.keep), 'snapshot')}")
    screen.table(["=snapshot", "why"], plan.keep)
    if plan.remove:
        screen.say(
            "Each can be made again: ptce rebuild ID --restore" if yes else "Nothing was removed: add --yes to do it"
        )
    return 0
