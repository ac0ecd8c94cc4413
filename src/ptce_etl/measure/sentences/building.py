"""The claims that a sentence makes, from the roles of its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ptce_etl.measure.ledger import Bounds, CountClaim, GrowthClaim
from ptce_etl.measure.peers import ANY_ROUND
from ptce_etl.measure.sentences import notes
from ptce_etl.measure.sentences.figures import Figure, Skeleton
from ptce_etl.measure.sentences.notes import Note
from ptce_etl.measure.sentences.roles import Pair, Roles, Stated
from ptce_etl.measure.sentences.topics import Call, Known, population_of, rounds_meant
from ptce_etl.measure.sentences.values import (
    NO_DATE,
    bare_growth,
    change_words,
    count_claim,
    count_words,
    iso,
    years_between,
)
from ptce_etl.measure.sums import Unit
from ptce_etl.model import DateSpan

__all__ = ["Builder"]

_UNITS: dict[str, Unit] = {"P": "percent", "T": "times", "U": "points", "N": "units"}


@dataclass(slots=True)
class Builder:
    """Builds claims and keeps in ``notes`` what had to be supposed on the way."""

    text: str
    skeleton: Skeleton
    roles: Roles
    calls: tuple[Call, ...]
    known: Known
    territory: str
    notes: list[Note] = field(default_factory=list)

    def growths(self) -> Iterator[GrowthClaim]:
        """One claim for each stated change, or for a pair of figures without any."""
        roles = self.roles
        if not roles.pairs:
            yield from self._without_pair()
            return
        for n, pair in enumerate(roles.pairs):
            mine = [stated for stated in roles.stated if self._pair_of(stated) == n]
            yield from (self._of_pair(pair, stated) for stated in (mine or (None,)))

    def counts(self) -> Iterator[tuple[CountClaim, ...]]:
        """For each count, its claim; several when several rounds may be meant."""
        for n, when in self.roles.counts:
            yield from self._count(n, None, when.span if when else NO_DATE)
        for low, high, when in self.roles.ranges:
            yield from self._count(high, low, when.span if when else NO_DATE)
        for pair in self.roles.pairs:
            if self._figure(pair.base).kind == "N":
                for n, span in zip((pair.base, pair.target), self._dates(pair), strict=True):
                    if span.first is not None:
                        yield from self._count(n, None, span)

    def _figure(self, n: int) -> Figure:
        return self.skeleton.figures[n]

    def _pair_of(self, stated: Stated) -> int:
        """The pair that a change belongs to: the last one that begins before it, else the first."""
        at = self._figure(stated.figure).start
        begins = [min(self._figure(p.base).start, self._figure(p.target).start) for p in self.roles.pairs]
        before = [n for n, start in enumerate(begins) if start < at]
        return max(before, key=lambda n: begins[n]) if before else 0

    def _dates(self, pair: Pair) -> tuple[DateSpan, DateSpan]:
        roles, dates = self.roles, self.skeleton.dates
        if roles.between is not None:
            return roles.between[0].span, roles.between[1].span
        base = pair.base_on or (roles.since if roles.since is not pair.target_on else None)
        target = pair.target_on
        if target is None and len(dates) == 1 and dates[0] is not base:
            target = dates[0]
        return base.span if base else NO_DATE, target.span if target else NO_DATE

    def _years(self, base: DateSpan, target: DateSpan) -> float | None:
        """The period in years: as it is said, else from its two dates."""
        between = years_between(base, target)
        if self.roles.period:
            said = self._figure(self.roles.period[0])
            if between is not None and abs(between - said.value) > 1:
                self.notes.append(notes.two_periods(said.value, between))
            return said.value
        return between

    def _of_pair(self, pair: Pair, stated: Stated | None) -> GrowthClaim:
        base, target = self._figure(pair.base), self._figure(pair.target)
        base_on, target_on = self._dates(pair)
        of = [population_of(self.skeleton, f"{self._figure(n).kind}{n}") for n in (pair.base, pair.target)]
        noun = next((noun for _, noun in of if noun), "")
        if noun:
            said = self.text[target.start : target.end]
            self.notes.append(notes.other_noun(said, noun))
        populations = [noun or population or "" for population, _ in of]
        claim = self._stated(stated, target_on, self._years(base_on, target_on))
        return replace(
            claim,
            base=base.value,
            target=target.value,
            ends="percent" if base.kind == "P" else "count",
            base_words=count_words(base),
            target_words=count_words(target),
            base_on=base_on,
            target_on=target_on,
            base_population=populations[0],
            target_population=populations[1],
        )

    def _without_pair(self) -> Iterator[GrowthClaim]:
        """A multiplier and a percentage are held against each other; one figure and a change miss the other figure."""
        stated = self.roles.stated
        if not stated:
            return
        dates = self.skeleton.dates
        on = dates[0].span if len(dates) == 1 else NO_DATE
        on = self.roles.between[1].span if self.roles.between else on
        years = self._years(*(when.span for when in self.roles.between)) if self.roles.between else self._years(on, on)
        times = [s for s in stated if self._figure(s.figure).kind == "T"]
        rates = [s for s in stated if self._figure(s.figure).kind == "P"]
        if times and rates:
            multiplier = self._stated(times[0], on, years)
            claim = self._stated(rates[0], on, years)
            words = multiplier.stated_words
            yield replace(claim, base=1.0, target=multiplier.stated, ends="times", target_words=words)
            return
        for one in stated:
            claim = self._stated(one, on, years)
            if len(self.roles.counts) == 1:
                figure = self._figure(self.roles.counts[0][0])
                self.notes.append(notes.taken_as_end(self.text[figure.start : figure.end]))
                claim = replace(claim, target=figure.value)
            yield claim

    def _stated(self, stated: Stated | None, on: DateSpan, years: float | None) -> GrowthClaim:
        """A claim with its change, its date and its period, and neither base nor target."""
        value: float | None = None
        words: Bounds | None = None
        unit, decimals = _UNITS["P"], 0
        if stated is not None:
            figure = self._figure(stated.figure)
            value = figure.value if figure.sign else figure.value * (stated.direction or 1)
            unit = _UNITS[figure.kind]
            decimals = figure.decimals
            if stated.fewer and value:
                value, decimals = 1 / value, decimals + 2
            words = change_words(figure, value)
        return replace(
            bare_growth(on, years, self.territory),
            stated=value,
            decimals=decimals,
            unit=unit,
            yearly=stated is not None and stated.yearly,
            stated_words=words,
        )

    def _count(self, n: int, low: int | None, on: DateSpan) -> Iterator[tuple[CountClaim, ...]]:
        figure, said = self._figure(n), self.text[self._figure(n).start : self._figure(n).end]
        population, noun = population_of(self.skeleton, f"N{n}")
        if noun:
            self.notes.append(notes.other_noun(said, noun))
            return
        if population is None and low is not None:
            population, noun = population_of(self.skeleton, f"N{low}")
        if not population:
            self.notes.append(notes.taken_as_existing())
        rounds: tuple[str, ...] = ("",)
        if population and population in self.known.rounds:
            rounds = self._rounds(figure, population, on)
            if len(rounds) > 1:
                self.notes.append(notes.several_rounds(said, rounds))
        claim = count_claim(figure, None if low is None else self._figure(low).value)
        yield tuple(
            replace(
                claim,
                claim_date=iso(on),
                span=on,
                territory=self.territory,
                population=population or "existing",
                programme=programme,
            )
            for programme in rounds
        )

    def _rounds(self, figure: Figure, population: str, on: DateSpan) -> tuple[str, ...]:
        """The rounds that a count may be about, by the calls named right after it, else anywhere."""
        following = min((f.start for f in self.skeleton.figures if f.start > figure.start), default=len(self.text))
        near = [call for call in self.calls if figure.end <= call.start < following]
        days = [on.first] if on.first else [w.span.first for w in self.skeleton.dates if w.span.first]
        return rounds_meant(population, near or self.calls, days, self.known) or (ANY_ROUND,)
