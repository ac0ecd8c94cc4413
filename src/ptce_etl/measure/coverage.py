"""Cohort coverage: how many of the published laureates of a round the listings name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ptce_etl.measure.evidence import Round, World
from ptce_etl.measure.ledger import CountClaim
from ptce_etl.measure.populations import cohort, known_on
from ptce_etl.measure.statuses import normalise
from ptce_etl.model import Issue

__all__ = ["Coverage", "Published", "cohort_issues", "coverage_on", "known_on", "majority", "published_numbers"]


@dataclass(frozen=True, slots=True)
class Published:
    """The published number of a round: what most publishers give. ``tied`` lists other values given as often (the
    largest is kept); ``claim_ids`` are the claims that give the number kept."""

    value: int
    claim_ids: tuple[str, ...]
    tied: tuple[int, ...] = ()


def published_numbers(claims: Iterable[CountClaim], rounds: Mapping[str, Round]) -> dict[str, Published]:
    """The published number of each round that has one: exact claims on that round, for France, of its population."""
    on_round: dict[str, list[CountClaim]] = defaultdict(list)
    for claim in claims:
        call = rounds.get(claim.programme)
        if call is not None and claim.population == call.claims_population:
            on_round[claim.programme].append(claim)
    numbers = {programme: majority(on_round[programme]) for programme in rounds if programme in on_round}
    return {programme: number for programme, number in numbers.items() if number is not None}


def majority(claims: Iterable[CountClaim]) -> Published | None:
    """The number that most publishers give for France, among exact claims on one thing; ``None`` without any."""
    given: dict[int, list[CountClaim]] = defaultdict(list)
    for claim in claims:
        exact = claim.qualifier == "exact" and claim.value is not None and claim.value == int(claim.value)
        if exact and claim.value is not None and normalise(claim.territory) == "france":
            given[int(claim.value)].append(claim)
    if not given:
        return None
    voices = {value: len({normalise(c.publisher) for c in claims}) for value, claims in given.items()}
    most = max(voices.values())
    leading = sorted(value for value, count in voices.items() if count == most)
    value = leading[-1]
    return Published(value, tuple(sorted(c.claim_id for c in given[value])), tuple(leading[:-1]))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Laureates named in the listings, and laureates published."""

    named: int
    published: int

    @property
    def share(self) -> float | None:
        """``named / published`` (0 to 1); ``None`` when nothing is published."""
        return self.named / self.published if self.published else None


def coverage_on(world: World, published: Mapping[str, Published], since: date | None, until: date) -> Coverage:
    """Laureates named and published, over State rounds with results after ``since`` and by ``until``.

    A round counts for no more than its published number; a round without one is left out.
    """
    found = total = 0
    for call in world.rounds.values():
        known = published.get(call.programme)
        if call.state_call and known and call.results <= until and (since is None or call.results > since):
            found += min(len(cohort(world, call.programme, until)), known.value)
            total += known.value
    return Coverage(found, total)


def cohort_issues(world: World, published: Mapping[str, Published], as_of: date) -> list[Issue]:
    """Cohorts larger than their published number (critical), and published numbers that publishers are split on."""
    issues = []
    for programme, known in published.items():
        found = len(cohort(world, programme, as_of))
        claims = ", ".join(known.claim_ids)
        if found > known.value:
            issues.append(
                Issue(
                    stage="measure",
                    code="cohort_over_published",
                    severity="critical",
                    who="us",
                    message=f"{programme}: {found} poles named, {known.value} published ({claims}): "
                    "a missed duplicate or a wrong attribution",
                    field="programme",
                    value=programme,
                )
            )
        if known.tied:
            others = ", ".join(str(value) for value in known.tied)
            issues.append(
                Issue(
                    stage="measure",
                    code="published_number_tied",
                    severity="info",
                    who="publisher",
                    message=f"{programme}: publishers are split between {known.value} and {others}; "
                    f"{known.value} is used ({claims})",
                    field="programme",
                    value=programme,
                )
            )
    return issues
