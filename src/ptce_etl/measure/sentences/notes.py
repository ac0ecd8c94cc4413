"""What is said of a reading: the pieces that were understood, and what was supposed, left open or left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ptce_etl.measure.sentences.figures import Figure, Skeleton
from ptce_etl.measure.sentences.roles import Roles
from ptce_etl.measure.sums import Unit, say
from ptce_etl.measure.wording import NBSP, NNBSP, Both, number, percent
from ptce_etl.model import DateSpan

__all__ = [
    "Item",
    "Note",
    "about_figures",
    "about_places",
    "about_roles",
    "items_of",
    "other_noun",
    "several_rounds",
    "taken_as_end",
    "taken_as_existing",
    "too_long",
    "two_periods",
]


class Item(NamedTuple):
    """A piece of the sentence, at ``start`` to ``end``: its ``role``, the text, and what it was read as."""

    role: str
    start: int
    end: int
    text: str
    value: Both


class Note(NamedTuple):
    """Something supposed, left open or left out: a code and a sentence."""

    code: str
    said: Both


_QUALIFIED: dict[str, Both] = {
    "about": ("about ", "environ "),
    "at_least": ("more than ", "plus de "),
    "at_most": ("less than ", "moins de "),
}


def items_of(
    skeleton: Skeleton,
    roles: Roles,
    text: str,
    calls: Sequence[tuple[int, int]],
    territories: Sequence[tuple[str, int, int]],
) -> tuple[Item, ...]:
    """The pieces understood, in the order of the sentence."""
    found = []
    for n, figure in enumerate(skeleton.figures):
        role, value = _role(n, figure, roles), _value(n, figure, roles)
        found.append(Item(role, figure.start, figure.end, text[figure.start : figure.end], value))
    found += [Item("date", w.start, w.end, text[w.start : w.end], _date(w.span)) for w in skeleton.dates]
    found += [Item("call", a, b, text[a:b], (text[a:b], text[a:b])) for a, b in calls]
    found += [Item("territory", a, b, text[a:b], (name, name)) for name, a, b in territories]
    return tuple(sorted(found, key=lambda item: item.start))


def _role(n: int, figure: Figure, roles: Roles) -> str:
    if any(pair.base == n for pair in roles.pairs):
        return "start"
    if any(pair.target == n for pair in roles.pairs):
        return "end"
    if any(stated.figure == n for stated in roles.stated):
        return "change"
    if n in roles.period:
        return "period"
    if any(n in (low, high) for low, high, _ in roles.ranges):
        return "range"
    if n in roles.shares:
        return "share"
    return "count" if any(n == count for count, _ in roles.counts) else "other"


def _value(n: int, figure: Figure, roles: Roles) -> Both:
    stated = next((s for s in roles.stated if s.figure == n), None)
    words = _QUALIFIED.get(figure.qualifier, ("", ""))
    if figure.kind == "D":
        years = number(figure.value, 2)
        one = figure.value <= 1
        english, french = f"{years[0]} year{'' if figure.value == 1 else 's'}", f"{years[1]} an{'' if one else 's'}"
    elif stated is not None:
        unit: Unit = {"P": "percent", "T": "times", "U": "points"}.get(figure.kind, "units")  # type: ignore[assignment]
        value = figure.value if figure.sign else figure.value * (stated.direction or 1)
        english, french = say(1 / value if stated.fewer and value else value, unit, yearly=stated.yearly, digits=2)
    elif figure.kind == "P":
        english, french = percent(figure.value, digits=2)
    else:
        english, french = number(figure.value, 3)
    return words[0] + english, words[1] + french


def _date(span: DateSpan) -> Both:
    text = span.first.isoformat()[: {"year": 4, "month": 7}.get(span.precision, 10)] if span.first else ""
    return text, text


def about_figures(skeleton: Skeleton, text: str) -> Iterator[Note]:
    """What digits and dates leave open."""
    for figure in skeleton.figures:
        said = text[figure.start : figure.end]
        if figure.other is not None:
            read, other = number(figure.value, 3), number(figure.other, 3)
            yield Note(
                "digits",
                (
                    f"“{said}” is read as {read[0]}; it could be {other[0]}.",
                    f"«{NBSP}{said}{NBSP}» est lu {read[1]}{NNBSP}; ce pourrait être {other[1]}.",
                ),
            )
        if figure.kind == "X":
            yield Note(
                "not_counted",
                (
                    f"“{said}” counts something else and is left out.",
                    f"«{NBSP}{said}{NBSP}» compte autre chose{NBSP}: laissé de côté.",
                ),
            )
    for when in skeleton.dates:
        if when.loosely:
            said, read = text[when.start : when.end], _date(when.span)
            yield Note(
                "date",
                (f"“{said}” is read as {read[0]}.", f"«{NBSP}{said}{NBSP}» est lu {read[1]}."),
            )


def about_roles(roles: Roles, skeleton: Skeleton, text: str) -> Iterator[Note]:
    """What the roles of the figures leave open or leave out."""
    for n in roles.shares:
        said = _said(skeleton.figures[n], text)
        yield Note(
            "share",
            (
                f"“{said}” is read as a share of a whole, not as a change, and is not checked.",
                f"«{NBSP}{said}{NBSP}» est lu comme la part d'un tout, non comme une variation, et n'est pas vérifié.",
            ),
        )
    for stated in roles.stated:
        said = _said(skeleton.figures[stated.figure], text)
        if stated.direction == 0:
            yield Note(
                "direction",
                (
                    f"Nothing says whether “{said}” is up or down: read as an increase.",
                    f"Rien ne dit si «{NBSP}{said}{NBSP}» est une hausse ou une baisse{NBSP}: lu comme une hausse.",
                ),
            )
        if stated.more:
            more = number(skeleton.figures[stated.figure].value + 1, 2)
            yield Note(
                "times_more",
                (
                    f"“{said} more” is read as {said} as many; some mean ×{more[0]}.",
                    f"«{NBSP}{said} more{NBSP}» est lu «{NBSP}{said} as many{NBSP}»{NNBSP}; pour certains c'est "
                    f"×{more[1]}.",
                ),
            )
    if len(roles.period) > 1:
        said = _said(skeleton.figures[roles.period[0]], text)
        yield Note(
            "periods",
            (
                f"Several durations are said: the first, “{said}”, is taken as the period.",
                f"Plusieurs durées sont dites{NBSP}: la première, «{NBSP}{said}{NBSP}», est prise pour période.",
            ),
        )
    for low, high, _ in roles.ranges:
        one, two = (_said(skeleton.figures[n], text) for n in (low, high))
        yield Note(
            "range",
            (
                f"“{one}” and “{two}” are read as the two ends of one count, not as a movement.",
                f"«{NBSP}{one}{NBSP}» et «{NBSP}{two}{NBSP}» sont lus comme les bornes d'un effectif, non comme une "
                "évolution.",
            ),
        )


def _said(figure: Figure, text: str) -> str:
    return text[figure.start : figure.end]


def about_places(named: bool, regions: Sequence[str]) -> Iterator[Note]:
    """Which territory is meant."""
    if not named:
        yield Note(
            "territory",
            ("No territory is said: read as France.", f"Aucun territoire n'est dit{NBSP}: lu comme la France."),
        )
    elif len(regions) > 1:
        yield Note(
            "territory",
            (
                f"Several territories are said ({', '.join(regions)}): the first one is taken for all.",
                f"Plusieurs territoires sont dits ({', '.join(regions)}){NBSP}: le premier est pris pour tout.",
            ),
        )


def two_periods(said: float, between: float) -> Note:
    one, two = number(said, 2), number(between, 2)
    return Note(
        "periods",
        (
            f"The period is said to be {one[0]} years, its two dates are {two[0]} apart: {one[0]} is taken.",
            f"La période dite est de {one[1]} ans, ses deux dates sont à {two[1]} ans l'une de l'autre{NBSP}: "
            f"{one[1]} est retenu.",
        ),
    )


def taken_as_end(said: str) -> Note:
    return Note(
        "end",
        (
            f"“{said}” is taken as the end of the growth.",
            f"«{NBSP}{said}{NBSP}» est pris pour l'arrivée de la croissance.",
        ),
    )


def taken_as_existing() -> Note:
    return Note(
        "population",
        (
            "It is not said which poles are counted: taken as existing poles.",
            f"Il n'est pas dit quels pôles sont comptés{NBSP}: lu comme des pôles existants.",
        ),
    )


def other_noun(said: str, noun: str) -> Note:
    return Note(
        "not_counted",
        (
            f"“{said}” counts “{noun}”, not poles: there is nothing to hold it against.",
            f"«{NBSP}{said}{NBSP}» compte «{NBSP}{noun}{NBSP}», non des pôles{NBSP}: rien à quoi le comparer.",
        ),
    )


def several_rounds(said: str, rounds: Sequence[str]) -> Note:
    names = ", ".join(rounds)
    return Note(
        "rounds",
        (
            f"“{said}” may be about {names}: each is tried.",
            f"«{NBSP}{said}{NBSP}» peut parler de {names}{NBSP}: chacune est essayée.",
        ),
    )


def too_long(most: int) -> Note:
    english, french = number(most)
    return Note(
        "length",
        (f"Only the first {english} characters were read.", f"Seuls les {french} premiers caractères ont été lus."),
    )
