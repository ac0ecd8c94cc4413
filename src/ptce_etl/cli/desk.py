"""What a reviewer has on the desk: the latest snapshot's questions, what was said so far, and a pen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.cli.cells import records
from ptce_etl.cli.reading import existing
from ptce_etl.cli.text import cut, safe
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError
from ptce_etl.publish.api import load
from ptce_etl.publish.decisions_store import append_judgements
from ptce_etl.publish.index import snapshot_path
from ptce_etl.publish.manifest import code_version
from ptce_etl.resolve.decisions import Judgement, Word, in_force, load_judgements
from ptce_etl.resolve.queue import Contradiction, Question, contradictions, counts_of, open_questions, questions

__all__ = ["Desk", "Pen", "open_desk", "pen_of", "plain_line"]

Row = dict[str, Any]
_LONGEST_NAME = 100  # characters of a name to sign with
_SHORTEST_LINE = 3
_LONGEST_LINE = 1_000  # … and of a reason


@dataclass(frozen=True, eq=False)
class Desk:
    """``listings`` and ``poles`` are those tables, by id; ``asked``: every question of the snapshot, settled or not."""

    paths: Paths
    snapshot: str
    listings: pd.DataFrame
    poles: pd.DataFrame
    pole_of: dict[str, str]
    asked: tuple[Question, ...]
    links: tuple[tuple[str, str], ...]
    judgements: tuple[Judgement, ...]

    @property
    def said(self) -> dict[tuple[str, str], Judgement]:
        """The judgements in force, by pair of listings."""
        return in_force(self.judgements)

    def waiting(self, *, again: bool = False) -> list[Question]:
        """The questions that nobody settled, the most useful first; with ``again``, then those left unsure."""
        return open_questions(self.asked, self.said, self.pole_of, again=again)

    def contradictions(self) -> tuple[Contradiction, ...]:
        """What was said that cannot all be true."""
        judged = {self.pole_of.get(listing) for pair in self.said for listing in pair} - {None}
        near = (pair for pair in self.links if self.pole_of.get(pair[0]) in judged)
        return contradictions(self.said, near, self.pole_of)

    def listing(self, listing: str) -> Row:
        """A listing of the snapshot as plain data."""
        return records(self.listings.loc[[listing]])[0]

    def pole(self, pole: str) -> Row:
        """A pole of the snapshot as plain data, with its id."""
        return records(self.poles.loc[[pole]])[0] | {"pole_id": pole}

    def name(self, listing: str) -> str:
        """How a listing is called on its page; its id when the snapshot does not have it."""
        return str(self.listings.at[listing, "name"]) if listing in self.pole_of else listing

    def told(self, word: Judgement) -> str:
        """A judgement in a few words: "same: Pôle Sud / Pole Sud (one carrier)"."""
        return f"{word.judgement}: {self.name(word.left)} / {self.name(word.right)}" + (
            f" ({word.why})" * bool(word.why)
        )

    def keep(self, judgements: Iterable[Judgement]) -> Desk:
        """Append ``judgements`` to the file; the desk with all that the file says then, by others too."""
        append_judgements(self.paths, judgements)
        return replace(self, judgements=load_judgements(self.paths.judgements))


def open_desk(root: Path) -> Desk:
    """The desk of a data root's latest snapshot. Raises :class:`NoData`, :class:`DecisionError`."""
    paths = existing(root)
    name = snapshot_path(paths).name
    listings, edges, poles = (load(table, snapshot=name, data=root) for table in ("listings", "edges", "poles"))
    pole_of = {str(k): str(v) for k, v in zip(listings["listing_id"], listings["pole_id"], strict=True)}
    state = {programme.programme for programme in load_programmes() if programme.state_call}
    links = edges[edges["verdict"] == "link"]
    return Desk(
        paths,
        name,
        listings.set_index("listing_id"),
        poles.set_index("pole_id"),
        pole_of,
        questions(edges, pole_of, counts_of(poles, state)),
        tuple(zip(links["left"], links["right"], strict=True)),
        load_judgements(paths.judgements),
    )


@dataclass(frozen=True, slots=True)
class Pen:
    """Signs judgements: who, and the day in Paris."""

    who: str
    day: str

    def write(self, pair: tuple[str, str], word: Word, why: str) -> Judgement:
        """A judgement on two listings, in any order, of this day and this code."""
        left, right = sorted(pair)
        return Judgement(left, right, word, self.who, self.day, why, code_version())


def pen_of(who: str | None, now: datetime) -> Pen:
    """Raises :class:`ConfigError` without a name: a judgement is signed by a person, never by a guess."""
    name = " ".join((who or "").split())
    if not name or len(name) > _LONGEST_NAME or safe(name) != name:
        raise ConfigError(
            "who is answering? a judgement is signed" if not name else f"cannot sign with {who!r}",
            where="--who",
            do="--who 'Your Name', once for all in the environment: PTCE_WHO",
        )
    return Pen(name, now.astimezone(ZoneInfo("Europe/Paris")).date().isoformat())


def plain_line(text: str) -> str:
    """A reason as it is kept: one line, spaces in order; "" when there is none.

    Raises :class:`ValueError` when it holds controls, is too long, or so short that it is a key rather than a reason.
    """
    line = " ".join(text.split())
    if 0 < len(line) < _SHORTEST_LINE:
        raise ValueError(f"{line!r} tells nobody anything")
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"longer than {_LONGEST_LINE} characters")
    if safe(line) != line or "\ufffd" in line:
        raise ValueError(f"characters that no page shows: {cut(safe(line), 60)}")
    return line
