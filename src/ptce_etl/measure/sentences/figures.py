"""The figures of a sentence: each number with its unit, and with what its words leave open ("plus de", "about").

The sentence becomes a *skeleton*: its words folded, each figure a sign such as ``N0`` (a count), ``P1`` (a percentage),
``T`` (a multiplier), ``U`` (points), ``D`` (a duration), ``X`` (something else, as euros), each date ``Y0``. What each
figure is there for is then read with patterns that a person can read too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ptce_etl.measure.sentences.numerals import Lang
from ptce_etl.measure.sentences.tokens import Number, Token, tokenise
from ptce_etl.measure.sentences.vocabulary import (
    ALSO_NOUNS,
    DIVIDING,
    MULTIPLYING,
    NO_SHARE,
    OTHER_UNITS,
    PERCENT,
    PERCENT_WORDS,
    POINTS,
    QUALIFIERS,
    QUALIFIERS_AFTER,
    SHARES,
    TIMES,
    TIMES_WORDS,
    VERB_BEFORE,
    YEARS,
    Kind,
    Qualifier,
)
from ptce_etl.model import DateSpan

__all__ = ["Figure", "Skeleton", "When", "skeleton"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, at ``start`` to ``end`` of the text, with the words that qualify it. A duration is in years; ``other``
    is the other way to read its digits; ``worded``: it is a word ("doublé", "de moitié", "a year")."""

    kind: Kind
    value: float
    start: int
    end: int
    decimals: int = 0
    sign: int = 0
    qualifier: Qualifier = "exact"
    other: float | None = None
    worded: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A date, at ``start`` to ``end`` of the text; ``loosely``: "fin 2021", read as December 2021."""

    span: DateSpan
    start: int
    end: int
    loosely: bool = False


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``text`` with figures (``N0``, ``P1`` …) and dates (``Y0`` …) as signs, the two numbered apart."""

    text: str
    figures: tuple[Figure, ...]
    dates: tuple[When, ...]


@dataclass(slots=True)
class _Making:
    words: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    dates: list[When] = field(default_factory=list)


def skeleton(text: str, lang: Lang, masked: Sequence[tuple[int, int]] = ()) -> Skeleton:
    """The skeleton of a tidy sentence."""
    tokens = tokenise(text, lang, masked)
    keys = [token.key for token in tokens]
    making, at = _Making(), 0
    while at < len(tokens):
        token = tokens[at]
        if token.date is not None:
            making.words.append(f"Y{len(making.dates)}")
            making.places.append((token.start, token.end))
            making.dates.append(When(token.date, token.start, token.end, token.loosely))
            at += 1
            continue
        found = _worded(tokens, keys, at) or _counted(tokens, keys, at)
        if found is None:
            making.words.append(token.key)
            making.places.append((token.start, token.end))
            at += 1
            continue
        figure, at = found
        figure, at = _qualified(figure, making, tokens, keys, at)
        making.words.append(f"{figure.kind}{len(making.figures)}")
        making.places.append((figure.start, figure.end))
        making.figures.append(figure)
    return Skeleton(" ".join(making.words), tuple(making.figures), tuple(making.dates))


def _worded(tokens: Sequence[Token], keys: Sequence[str], at: int) -> tuple[Figure, int] | None:
    """ "doublé", "un tiers", "moitié"."""
    token = tokens[at]
    for length in (2, 1):
        share = SHARES.get(_shared(tokens, keys, at, length))
        end = at + length
        if share is not None and keys[end : end + 1] not in NO_SHARE and keys[at - 1 : at] not in NO_SHARE:
            return Figure("P", share, token.start, tokens[end - 1].end, worded=True), end
    if token.number is None and not (token.key in ALSO_NOUNS and keys[at - 1 : at] not in VERB_BEFORE):
        for form, value in TIMES_WORDS:
            if form.fullmatch(token.key):
                return Figure("T", value, token.start, token.end, worded=True), at + 1
    return None


def _shared(tokens: Sequence[Token], keys: Sequence[str], at: int, length: int) -> tuple[str, ...]:
    """The words of a share: a number of one word stands for itself ("deux tiers")."""
    if tokens[at].number and tokens[at].key[:1].isdigit():
        return ()
    return tuple(keys[at : at + length]) if at + length <= len(keys) else ()


def _counted(tokens: Sequence[Token], keys: Sequence[str], at: int) -> tuple[Figure, int] | None:
    """A number and the unit that follows it (or "×" before it)."""
    start = at
    if keys[at] in ("x", "×") and at + 1 < len(tokens) and tokens[at + 1].number:
        at += 1
    # "un an", "a year": the one place where an article counts.
    if keys[at] in ("un", "une", "a", "one") and at + 1 < len(keys) and keys[at + 1] in YEARS:
        return Figure("D", YEARS[keys[at + 1]], tokens[at].start, tokens[at + 1].end, worded=keys[at] == "a"), at + 2
    n = tokens[at].number
    if n is None:
        return None
    kind, end, factor = _unit(keys, at + 1)
    half = 0.5 if kind == "D" and keys[end - 2 : end - 1] == ["et"] else 0.0  # "deux ans et demi"
    if start < at:
        kind, end = "T", at + 1
    value, decimals, other = _settled(n, kind)
    qualifier: Qualifier = "about" if n.about else "exact"
    figure = Figure(
        kind, (value + half) * factor, tokens[start].start, tokens[end - 1].end, decimals, n.sign, qualifier, other
    )
    if kind in ("T", "D") or not n.sign:
        return replace(figure, sign=0), end
    return replace(figure, value=figure.value * n.sign), end


def _unit(keys: Sequence[str], at: int) -> tuple[Kind, int, float]:
    """The unit that stands at ``at``, where it ends, and what to multiply by."""
    here = keys[at] if at < len(keys) else ""
    for words in PERCENT_WORDS:
        if tuple(keys[at : at + len(words)]) == words:
            return "P", at + len(words), 1.0
    if here in PERCENT:
        return "P", at + 1, 1.0
    if here == "percentage" and keys[at + 1 : at + 2] and keys[at + 1] in POINTS:
        return "U", at + 2, 1.0
    if here in POINTS:
        return "U", at + (3 if list(keys[at + 1 : at + 3]) == ["de", "pourcentage"] else 1), 1.0
    if here in TIMES:
        return "T", at + 1, 1.0
    if here in YEARS:
        half = list(keys[at + 1 : at + 3]) in (["et", "demi"], ["et", "demie"])
        return "D", at + (3 if half else 1), YEARS[here]
    return ("X", at + 1, 1.0) if here in OTHER_UNITS else ("N", at, 1.0)


def _settled(n: Number, kind: Kind) -> tuple[float, int, float | None]:
    """What the digits mean beside this unit, its decimals, and the other reading when it is not excluded.

    A count has no thousandths, a rate or a multiplier is no matter of thousands.
    """
    if n.other is None:
        return n.value, n.decimals, None
    whole, parted = max(n.value, n.other), min(n.value, n.other)
    value, decimals = (whole, 0) if kind in ("N", "X") else (parted, 3)
    return value, decimals, (parted if value == whole else whole) if n.unsure or value != n.value else None


def _qualified(
    figure: Figure, making: _Making, tokens: Sequence[Token], keys: Sequence[str], at: int
) -> tuple[Figure, int]:
    """The figure with the words around it that qualify it, which leave the skeleton."""
    for length in (4, 3, 2, 1):
        qualifier = QUALIFIERS.get(tuple(making.words[-length:])) if length <= len(making.words) else None
        if qualifier:
            start = making.places[-length][0]
            del making.words[-length:], making.places[-length:]
            figure = replace(figure, qualifier=qualifier, start=start)
            break
    before = " ".join(making.words[-4:])
    if figure.kind == "N" and MULTIPLYING.search(before):
        figure = replace(figure, kind="T")
    elif figure.kind == "N" and figure.value and DIVIDING.search(before):
        other_way: dict[Qualifier, Qualifier] = {"at_least": "at_most", "at_most": "at_least"}
        qualifier = other_way.get(figure.qualifier, figure.qualifier)
        figure = replace(figure, kind="T", value=1 / figure.value, decimals=figure.decimals + 2, qualifier=qualifier)
    for length in (2, 1):
        words = tuple(keys[at : at + length])
        after = QUALIFIERS_AFTER.get(words)
        if after:
            end = at + len(words)
            return replace(figure, qualifier=after, end=tokens[end - 1].end), end
    if at < len(tokens) and keys[at] == "+" and figure.end == tokens[at].start:
        return replace(figure, qualifier="at_least", end=tokens[at].end), at + 1
    return figure, at
