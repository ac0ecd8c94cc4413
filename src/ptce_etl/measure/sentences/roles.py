"""What each figure of a sentence is there for: a start, an end, a change, a period, a count.

Read on the skeleton (:mod:`ptce_etl.measure.sentences.figures`): ``de N0 a N1 en D2 , P3``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ptce_etl.measure.sentences.figures import Skeleton, When
from ptce_etl.measure.sentences.grammar import (
    DIFFERENCES,
    DOWN,
    FEWER,
    MORE,
    MOVES,
    PAIRS,
    PERIODS,
    RANGE,
    SINCE,
    UP,
    YEARLY,
)

__all__ = ["Pair", "Roles", "Stated", "roles_of"]

_A_YEAR = re.compile(r"P\d+ D(\d+)\b(?! (?:later|after|ago))")  # "12% a year"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures of which the second comes after the first, and the dates said of each."""

    base: int
    target: int
    base_on: When | None = None
    target_on: When | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A stated change: the figure, its direction (+1, −1; 0 when nothing says it), and whether it is a yearly one.
    ``fewer``: "three times fewer"; ``more``: "three times more", which some take for ×4."""

    figure: int
    direction: int
    yearly: bool = False
    fewer: bool = False
    more: bool = False


@dataclass(slots=True)
class Roles:
    """The roles found. ``counts`` pairs a count with its date; ``ranges`` joins two counts; ``shares`` are percentages
    of a whole; ``period`` the durations; ``between`` and ``since`` the dates of the period."""

    pairs: list[Pair] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    counts: list[tuple[int, When | None]] = field(default_factory=list)
    ranges: list[tuple[int, int, When | None]] = field(default_factory=list)
    shares: list[int] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    between: tuple[When, When] | None = None
    since: When | None = None


def roles_of(skeleton: Skeleton) -> Roles:
    """The roles of the figures of a skeleton, each figure in one of them at most."""
    text, figures, roles = skeleton.text, skeleton.figures, Roles()
    _read_dates(skeleton, roles)
    a_year = {n for n in (int(m[1]) for m in _A_YEAR.finditer(text)) if figures[n].worded}
    differences = {int(m["n"]) for form in DIFFERENCES for m in form.finditer(text)}
    roles.period = [n for n, f in enumerate(figures) if f.kind == "D" and n not in a_year]
    used = set(roles.period) | a_year | {n for n, f in enumerate(figures) if f.kind == "X"}
    for pair in _pairs(skeleton, roles):
        roles.pairs.append(pair)
        used |= {pair.base, pair.target}
    for n, figure in enumerate(figures):
        if n not in used and (figure.kind in "PTU" or figure.sign or n in differences):
            stated = _stated(skeleton, n, bool(roles.pairs), a_year)
            used.add(n)
            if stated is None:
                roles.shares.append(n)
            else:
                roles.stated.append(stated)
    for one, two in _ranges(skeleton, used):
        roles.ranges.append((one, two, _date_near(skeleton, two) or _date_near(skeleton, one)))
        used |= {one, two}
    roles.counts = [(n, _date_near(skeleton, n)) for n, f in enumerate(figures) if n not in used and f.kind == "N"]
    return roles


def _read_dates(skeleton: Skeleton, roles: Roles) -> None:
    for form in PERIODS:
        found = form.search(skeleton.text)
        if found:
            roles.between = skeleton.dates[int(found["b"][1:])], skeleton.dates[int(found["t"][1:])]
            return
    since = SINCE.search(skeleton.text)
    roles.since = skeleton.dates[int(since["b"][1:])] if since else None


def _pairs(skeleton: Skeleton, roles: Roles) -> Iterator[Pair]:
    text, figures = skeleton.text, skeleton.figures
    used: set[int] = set()
    for name, form in PAIRS.items():
        at = 0
        while found := form.search(text, at):
            base, target = int(found["b"][1:]), int(found["t"][1:])
            at = found.start() + 1
            ends = figures[base], figures[target]
            alike = ends[0].kind == ends[1].kind and not any(f.value < 0 or (f.sign and f.kind == "N") for f in ends)
            if used & {base, target} or not alike:
                continue
            if name in ("from to", "bare") and not _moves(skeleton, roles, base, target):
                continue
            used |= {base, target}
            one, two = _own_date(skeleton, base), _own_date(skeleton, target)
            yield Pair(base, target, one, two if two is not one else None)
    rest = [n for n, f in enumerate(figures) if f.kind == "N" and not f.sign and n not in used]
    if not used and len(rest) == 2:
        dated = [(when.span.first, n, when) for n in rest if (when := _own_date(skeleton, n)) and when.span.first]
        if len(dated) == 2 and dated[0][0] != dated[1][0]:
            (_, base, one_on), (_, target, two_on) = sorted(dated, key=lambda row: row[:2])
            yield Pair(base, target, one_on, two_on)


def _moves(skeleton: Skeleton, roles: Roles, base: int, target: int) -> bool:
    """Whether "from … to …" tells of a movement: "de 15 à 20 PTCE seront financés" gives a range."""
    others = [f for n, f in enumerate(skeleton.figures) if n not in (base, target)]
    stated = any(f.kind in "PTU" or f.sign for f in others) or skeleton.figures[base].kind == "P"
    dated = roles.between is not None or roles.since is not None or len(skeleton.dates) > 1
    words = any(form.search(skeleton.text) for form in (UP, DOWN, MOVES))
    return stated or dated or words or bool(roles.period)


def _own_date(skeleton: Skeleton, figure: int) -> When | None:
    """The date that follows a figure, or stands before it, with no other figure in between."""
    text = skeleton.text
    after = re.search(rf"\b[NP]{figure}\b(?: (?![NPTUXD]\d)[^\s.;,]+){{0,7}}? Y(\d+)\b", text)
    if after:
        return skeleton.dates[int(after[1])]
    before = re.search(rf"\bY(\d+)(?: (?![NPTUXDY]\d)[^\s.;]+){{0,6}}? [NP]{figure}\b", text)
    if before is None or re.search(r"\b[NP]\d+(?: (?![NPTUXD]\d)[^\s.;,]+){0,7}? $", text[: before.start()]):
        return None  # none, or that of the figure before it
    return skeleton.dates[int(before[1])]


def _date_near(skeleton: Skeleton, figure: int) -> When | None:
    """Its own date, or the only one of the sentence when no other figure owns that."""
    own = _own_date(skeleton, figure)
    if own is not None or len(skeleton.dates) != 1:
        return own
    others = (n for n, f in enumerate(skeleton.figures) if f.kind in "NP" and n != figure)
    return None if any(_own_date(skeleton, n) for n in others) else skeleton.dates[0]


def _stated(skeleton: Skeleton, figure: int, paired: bool, a_year: set[int]) -> Stated | None:
    """The change that a percentage, a multiplier or a difference states; ``None`` when it is a share of a whole."""
    text, it = skeleton.text, skeleton.figures[figure]
    sign = re.search(rf"\b{it.kind}{figure}\b", text)
    assert sign is not None
    after, before = text[sign.end() :], text[: sign.start()]
    next_one = re.match(r" D(\d+)\b", after)
    yearly = bool(YEARLY.match(after)) or (next_one is not None and int(next_one[1]) in a_year)
    if it.kind == "T":
        return Stated(figure, 1, yearly, bool(FEWER.match(after)), bool(MORE.match(after)))
    direction = it.sign or _direction(before, after)
    if direction or paired:
        return Stated(figure, direction, yearly)
    return Stated(figure, 0, yearly) if it.kind == "U" else None


def _direction(before: str, after: str) -> int:
    """+1 or −1 by the nearest word of change: the last before the figure in its clause, else one right after it."""
    if told := re.match(r" (moins|plus)\b", after):  # "moitié moins"
        return 1 if told[1] == "plus" else -1
    clause = re.split(r"[.;]", before)[-1]
    last_up, last_down = (max((word.start() for word in form.finditer(clause)), default=-1) for form in (UP, DOWN))
    if last_up != last_down:
        return 1 if last_up > last_down else -1
    then = re.match(r"(?: (?![NPTUXY]\d)[^\s.;,]+){0,3}", after)
    following = then[0] if then else ""
    return 1 if UP.search(following) else -1 if DOWN.search(following) else 0


def _ranges(skeleton: Skeleton, used: set[int]) -> Iterator[tuple[int, int]]:
    for found in RANGE.finditer(skeleton.text):
        one, two = (int(sign[1:]) for sign in (found["a"] or found["c"], found["b"] or found["d"]))
        if not used & {one, two} and skeleton.figures[one].value < skeleton.figures[two].value:
            yield one, two
