"""Which published counts speak of the same thing, and whether they agree.

Counts of one call (its laureates, its applications) are final figures: any two are comparable. Counts of a stock (how
many poles exist) move: two are comparable when their dates overlap, and repeat one another when they are close in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ptce_etl.measure.ledger import CountClaim
from ptce_etl.measure.statuses import normalise

__all__ = ["ANY_ROUND", "CALL_POPULATIONS", "FORECASTS", "OWN_SCOPE", "Peers", "final", "find_peers", "voices"]

CALL_POPULATIONS = frozenset(
    {
        "applications",
        "eligible_applications",
        "eligible_not_selected",
        "identified_initiatives",
        "laureates",
        "witness_poles",
    }
)
FORECASTS = frozenset({"planned_laureates"})
OWN_SCOPE = frozenset({"member_structures", "sample", "thematic"})  # each study has its own: never in conflict
ANY_ROUND = "ami"  # "the AMI", without saying which
_REPEATED_WITHIN = timedelta(days=183)
_TIME_TO_MOVE = timedelta(days=90)  # a coarser date leaves a stock time to have risen


@dataclass(frozen=True, slots=True)
class Peers:
    """The claims that agree with a claim and those that cannot be true with it, by claim id."""

    agree: tuple[CountClaim, ...]
    differ: tuple[CountClaim, ...]


def find_peers(claim: CountClaim, claims: Iterable[CountClaim]) -> Peers:
    """Claims on the same programme, population and territory that back ``claim`` or contradict it."""
    same = [other for other in claims if other.claim_id != claim.claim_id and _same_thing(claim, other)]
    agree = [other for other in same if _backs(other, claim) and _close(claim, other)]
    differ = [other for other in same if _conflict(claim, other)]
    return Peers(tuple(agree), tuple(differ))


def voices(claims: Sequence[CountClaim]) -> int:
    """How many publishers speak: one that repeats itself is one voice, and a claim that nobody signs is none."""
    return len({normalise(claim.publisher) for claim in claims if claim.publisher})


def _same_thing(one: CountClaim, two: CountClaim) -> bool:
    return (
        one.population == two.population
        and one.programme == two.programme
        and normalise(one.territory) == normalise(two.territory)
        and one.low is not None
        and two.low is not None
    )


def final(claim: CountClaim) -> bool:
    """Whether the figure belongs to one named call and does not move with time."""
    return bool(claim.programme) and claim.programme != ANY_ROUND and claim.population in CALL_POPULATIONS


def _backs(other: CountClaim, claim: CountClaim) -> bool:
    assert other.low is not None and other.high is not None and claim.low is not None and claim.high is not None
    if other.value is not None and other.value == claim.value:
        return other.qualifier == claim.qualifier or "at_least" not in (other.qualifier, claim.qualifier)
    return claim.low <= other.low and other.high <= claim.high


def _close(one: CountClaim, two: CountClaim) -> bool:
    if final(one) or one.population in FORECASTS:
        return True
    if one.span.first is None or one.span.last is None or two.span.first is None or two.span.last is None:
        return False
    return one.span.first - two.span.last <= _REPEATED_WITHIN and two.span.first - one.span.last <= _REPEATED_WITHIN


def _conflict(one: CountClaim, two: CountClaim) -> bool:
    assert one.low is not None and one.high is not None and two.low is not None and two.high is not None
    if one.population in OWN_SCOPE | FORECASTS or (one.low <= two.high and two.low <= one.high):
        return False
    if final(one):
        return True
    if one.programme or one.span.first is None or one.span.last is None:
        return False
    if two.span.first is None or two.span.last is None:
        return False
    if one.span.last < two.span.first or two.span.last < one.span.first:
        return False
    less, more = (one, two) if one.high < two.low else (two, one)
    assert less.span.first is not None and more.span.first is not None
    assert less.span.last is not None and more.span.last is not None
    if less.span.precision == more.span.precision:
        return True
    # "56 in 2021" and "71 in December 2021" can both be true: the first may speak of the spring.
    return more.span.first - less.span.first < _TIME_TO_MOVE and more.span.last - less.span.last < _TIME_TO_MOVE
