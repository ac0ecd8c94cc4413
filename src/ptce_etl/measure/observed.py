"""What the listings show beside a published count: how many poles of that kind, there and then, can be named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ptce_etl.measure.coverage import Published, majority
from ptce_etl.measure.evidence import World
from ptce_etl.measure.ledger import CountClaim
from ptce_etl.measure.peers import final
from ptce_etl.measure.populations import Members, active, cohort, created, listed
from ptce_etl.measure.statuses import normalise
from ptce_etl.measure.territories import Places
from ptce_etl.measure.undecided import low
from ptce_etl.measure.wording import NBSP, Both, ids, number

__all__ = ["STOCKS", "Expected", "Observed", "Scene", "added_up", "expect", "observe"]

STOCKS: dict[str, Callable[[World, date], Members]] = {"active": active, "created": created, "listed": listed}
"""The rules that ``compared_with`` names with a day: ``listed@2023-03-01``."""

# Which of them counts what a claim says it counts.
_BY_POPULATION = {"active": "active", "created": "created", "existing": "listed"}
_SOON = timedelta(days=62)  # how long after its results a round is still what a count adds
_A_WHILE = timedelta(days=366)  # how far before them the count that it is added to


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything published counts are held against: evidence, places, undecided pairs joined, published numbers."""

    world: World
    places: Places
    joined: Mapping[str, str]
    published: Mapping[str, Published]
    as_of: date


@dataclass(frozen=True, slots=True)
class Expected:
    """The value that other published figures give by simple arithmetic, how, and the claims it comes from."""

    value: int
    said: Both
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """``n`` poles can be named, ``surely`` of them even when every undecided pair is one pole. ``whole``: the list is
    a cohort, so naming as many as published settles it. ``where`` names the cohorts read ("cohort:aap-2013"), or the
    rule and the day ("listed@2023-03-01")."""

    n: int
    surely: int
    whole: bool
    where: tuple[str, ...] = ()


def observe(claim: CountClaim, scene: Scene) -> Observed | None:
    """The poles that a claim must have counted, as far as the listings name them; ``None`` when nothing lists them."""
    rounds = [scene.world.rounds.get(name) for name in claim.programme.split("+")] if claim.programme else []
    if final(claim) and rounds and all(r is not None and r.claims_population == claim.population for r in rounds):
        names = tuple(r.programme for r in rounds if r is not None)
        found: set[str] = set()
        for name in names:
            found |= cohort(scene.world, name, scene.as_of)
        return _inside(frozenset(found), claim, scene, True, tuple(f"cohort:{name}" for name in names))
    rule = _BY_POPULATION.get(claim.population)
    if rule is None or claim.programme or claim.span.first is None:
        return None
    # The first day that the claim may speak of: what could be named by then could be named all along.
    day = claim.span.first
    return _inside(STOCKS[rule](scene.world, day), claim, scene, False, (f"{rule}@{day.isoformat()}",))


def _inside(
    members: Members, claim: CountClaim, scene: Scene, whole: bool, where: tuple[str, ...] = ()
) -> Observed | None:
    here = scene.places.inside(members, claim.territory)
    if here is None:
        return None
    return Observed(len(here), low(here, scene.joined), whole, where)


def added_up(claim: CountClaim, claims: Sequence[CountClaim], scene: Scene) -> Expected | None:
    """An earlier published count plus the laureates of a round since, when they make exactly this count of a stock.

    It tells where a figure comes from, not that it is right: laureates that existed before are then counted twice.
    """
    day = claim.span.last
    if claim.qualifier != "exact" or claim.programme or _BY_POPULATION.get(claim.population) != "listed" or day is None:
        return None
    for name, published in scene.published.items():
        call = scene.world.rounds[name]
        if not call.state_call or not timedelta(0) <= day - call.results <= _SOON:
            continue
        before = [
            other
            for other in claims
            if other.value is not None
            and other.value + published.value == claim.value
            and other.population in ("active", "existing")
            and not other.programme
            and normalise(other.territory) == normalise(claim.territory) == "france"
            and other.span.last is not None
            and timedelta(0) <= call.results - other.span.last <= _A_WHILE
        ]
        if before:
            who = tuple(sorted(other.claim_id for other in before))
            was, named = number(before[0].value or 0.0), ids(who)
            english = f"it is {was[0]} ({named[0]}) plus the {published.value} laureates of {name}"
            french = f"c'est {was[1]} ({named[1]}) plus les {published.value} lauréats de {name}"
            return Expected(int(claim.value or 0), (english, french), (*who, *published.claim_ids))
    return None


def expect(claim: CountClaim, claims: Sequence[CountClaim], published: Mapping[str, Published]) -> Expected | None:
    """What other published figures make of a claim: the sum of several rounds ("aap-2013+aap-2015"), or the eligible
    applications that were not selected. ``None`` when nothing can be worked out."""
    if normalise(claim.territory) != "france":
        return None
    parts = [published.get(name) for name in claim.programme.split("+")]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    sources = tuple(i for part in known for i in part.claim_ids)
    values = [part.value for part in known]
    if claim.population in ("laureates", "witness_poles") and len(values) > 1:
        total = number(sum(values))[1]
        added = " + ".join(str(value) for value in values)
        return Expected(sum(values), (f"{added} = {total}", f"{added} = {total}"), sources)
    eligible = majority(
        [c for c in claims if c.population == "eligible_applications" and c.programme == claim.programme]
    )
    if claim.population == "eligible_not_selected" and eligible is not None and len(values) == 1:
        left = eligible.value - values[0]
        said = f"{eligible.value} \u2212 {values[0]} = {left}"
        return Expected(
            left,
            (f"eligible minus laureates: {said}", f"éligibles moins lauréats{NBSP}: {said}"),
            (*eligible.claim_ids, *sources),
        )
    return None
