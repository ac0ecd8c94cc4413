"""What every published snapshot said about poles, and what happened to one of them from each to the next.

Only snapshots that were once the latest count: a build of a past date says nothing about what was published when.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.publish.exports import read_table
from ptce_etl.publish.index import Entry, file_of, read_index
from ptce_etl.schema import SEPARATOR

__all__ = ["Moment", "Past", "Row", "events", "read_past"]

Row = dict[str, Any]
_DERIVED = {"name", "aliases", "n_listings", "n_sources", "n_publishers", "n_undecided"}  # told by name, or by listings


@dataclass(frozen=True)
class Moment:
    """One snapshot: ``poles`` by id, ``members`` (pole → listings), ``names`` of listings, ``changes`` as published."""

    snapshot: str
    as_of: str
    published_at: str
    poles: dict[str, Row]
    members: dict[str, tuple[str, ...]]
    names: dict[str, str]
    pole_of: dict[str, str]
    changes: list[Row]


@dataclass(frozen=True)
class Past:
    """``moments`` from the oldest publication to the latest; ``unreadable`` are listed, but their files are not."""

    moments: tuple[Moment, ...]
    unreadable: tuple[str, ...]

    def knows(self, pole: str) -> bool:
        """Whether any snapshot had a pole of this id."""
        return any(pole in moment.poles for moment in self.moments)

    def name(self, listing: str) -> str:
        """The name of a listing where it was last published; its id where it never was."""
        return next((m.names[listing] for m in reversed(self.moments) if listing in m.names), listing)


def read_past(paths: Paths) -> Past:
    """Every snapshot of the index that was once the latest and was not pruned since."""
    moments, unreadable = [], []
    for entry in read_index(paths)["snapshots"]:
        if entry["kind"] != "as-of" and "pruned" not in entry:
            try:
                moments.append(_moment(paths, entry))
            except PublishError:
                unreadable.append(entry["id"])
    return Past(tuple(moments), tuple(unreadable))


def _moment(paths: Paths, entry: Entry) -> Moment:
    def rows(table: str, *columns: str) -> list[Row]:
        read = read_table(file_of(paths, entry, f"{table}.parquet"))
        found: list[Row] = read.select([name for name in columns if name in read.column_names]).to_pylist()
        return found

    listings = rows("listings", "listing_id", "pole_id", "name")
    members: dict[str, list[str]] = {}
    for row in listings:
        members.setdefault(row["pole_id"], []).append(row["listing_id"])
    return Moment(
        entry["id"],
        entry["as_of"],
        entry["published_at"],
        {row["pole_id"]: row for row in rows("poles", "pole_id", "name", "aliases")},
        {pole: tuple(sorted(found)) for pole, found in members.items()},
        {row["listing_id"]: row["name"] for row in listings},
        {row["listing_id"]: row["pole_id"] for row in listings},
        rows("changes", "pole_id", "kind", "field", "before", "after"),
    )


def events(past: Past, pole: str) -> list[Row]:
    """What happened to ``pole``, oldest first: ``snapshot``, ``as_of``, ``kind``, ``said``, and what it is about.

    Kinds: appeared, split from, came back, first read, merged into, gone, took over, split off, renamed, aliases,
    field, gained and lost (with ``listings``, each with the pole it came ``from`` or went ``to``, None where there is
    none).
    """
    found: list[Row] = []
    before: Moment | None = None
    seen = False
    for moment in past.moments:
        happened = list(_between(before, moment, pole, seen=seen))
        found += [{"snapshot": moment.snapshot, "as_of": moment.as_of} | event for event in happened]
        seen = seen or pole in moment.poles
        before = moment
    return found


def _between(before: Moment | None, now: Moment, pole: str, *, seen: bool) -> Iterator[Row]:
    was, is_ = before.poles.get(pole) if before else None, now.poles.get(pole)
    about = [row for row in now.changes if row["pole_id"] == pole]
    if is_ is None:
        if was is not None:
            yield from _ended(now, about)
        return
    if was is None:
        yield from _begun(before, now, pole, about, seen=seen)
    for kind, key, other in (("merged", "after", "took over"), ("split", "before", "split off")):
        for row in now.changes:
            if row["kind"] == kind and row[key] == pole and row["pole_id"] != pole:
                yield _event(other, _named(row["pole_id"], before if kind == "merged" else now), pole=row["pole_id"])
    if was is None:
        return
    if was["name"] != is_["name"]:
        yield _event("renamed", f"{was['name']} → {is_['name']}", before=was["name"], after=is_["name"])
    yield from _aliases(was, is_)
    if before is not None:
        yield from _listings(before, now, pole)
    for row in about:
        if row["kind"] == "field" and row["field"] not in _DERIVED:
            said = f"{row['field']}: {row['before'] or '–'} → {row['after'] or '–'}"
            yield _event("field", said, field=row["field"], before=row["before"], after=row["after"])


def _begun(before: Moment | None, now: Moment, pole: str, about: Sequence[Row], *, seen: bool) -> Iterator[Row]:
    how = {line["kind"]: line["before"] for line in about}
    parent = how.get("split")
    # Without a word in the changes it was there before, in a snapshot that cannot be read any more.
    kind = "came back" if seen else "split from" if parent else "appeared" if "appeared" in how else "first read"
    said = f"as {now.poles[pole]['name']}" + (f", out of {_named(parent, before)}" if parent else "")
    yield _event(kind, said, pole=parent, listings=[_listing(now, x) for x in now.members.get(pole, ())])


def _ended(now: Moment, about: Sequence[Row]) -> Iterator[Row]:
    heir = next((line["after"] for line in about if line["kind"] == "merged"), None)
    if heir:
        yield _event("merged into", _named(heir, now), pole=heir)
    else:
        yield _event("gone", "no listing names it any more")


def _aliases(was: Row, is_: Row) -> Iterator[Row]:
    old, new = ((row.get("aliases") or "").split(SEPARATOR) for row in (was, is_))
    added = [name for name in new if name and name not in {*old, was["name"]}]
    dropped = [name for name in old if name and name not in {*new, is_["name"]}]
    if added or dropped:
        parts = [f"+ {', '.join(added)}"] * bool(added) + [f"− {', '.join(dropped)}"] * bool(dropped)
        yield _event("aliases", "; ".join(parts), added=added, dropped=dropped)


def _listings(before: Moment, now: Moment, pole: str) -> Iterator[Row]:
    old, new = before.members.get(pole, ()), now.members.get(pole, ())
    gained, lost = sorted({*new} - {*old}), sorted({*old} - {*new})
    count = f"{len(old)} → {len(new)} listings"
    if gained:
        yield _event("gained", count, listings=[_listing(now, x) | {"from": before.pole_of.get(x)} for x in gained])
    if lost:
        yield _event("lost", count, listings=[_listing(before, x) | {"to": now.pole_of.get(x)} for x in lost])


def _listing(at: Moment, listing: str) -> Row:
    return {"listing_id": listing, "name": at.names[listing]}


def _named(pole: str, at: Moment | None) -> str:
    row = at.poles.get(pole) if at else None
    return f"{row['name']} ({pole})" if row else pole


def _event(kind: str, said: str, **about: Any) -> Row:
    return {"kind": kind, "said": said} | about
