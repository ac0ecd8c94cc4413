"""What a published figure says it counts, in words, and whether the two ends of a growth count the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.peers import OWN_SCOPE, voices
from ptce_etl.measure.statuses import normalise
from ptce_etl.measure.wording import NBSP, NNBSP, Both, ids, number
from ptce_etl.model import DateSpan

__all__ = ["POPULATION_NAMES", "Kinds", "kind_of", "kinds_counted"]

POPULATION_NAMES: dict[str, Both] = {
    "active": ("active poles", "pôles actifs"),
    "applications": ("applications", "candidatures"),
    "charter_signatories": ("signatories of the charter", "signataires de la charte"),
    "consolidating": ("consolidating poles", "pôles en consolidation"),
    "created": ("poles ever created", "pôles créés"),
    "eligible_applications": ("eligible applications", "candidatures recevables"),
    "eligible_not_selected": ("eligible applications not selected", "candidatures recevables non retenues"),
    "emerging": ("emerging poles", "pôles émergents"),
    "existing": ("existing poles", "pôles existants"),
    "identified_initiatives": ("identified initiatives", "initiatives repérées"),
    "laureates": ("laureates", "lauréats"),
    "member_structures": ("member organisations", "structures membres"),
    "planned_laureates": ("planned laureates", "lauréats prévus"),
    "sample": ("poles of a sample", "pôles d'un échantillon"),
    "state_listed": ("poles listed by the State", "pôles répertoriés par l'État"),
    "thematic": ("poles of one theme", "pôles d'un thème"),
    "witness_poles": ("witness poles", "pôles témoins"),
}

_NOT: Both = ("they do not count the same thing", "ce n'est pas la même chose")
_MOSTLY: Both = ("by most of them, not the same thing", "pour la plupart, ce n'est pas la même chose")
_PERHAPS: Both = (
    "the two may not count the same thing",
    "les deux ne comptent peut-être pas la même chose",
)
_DAYS_PER_YEAR = 365.2425
_AROUND = timedelta(days=366)  # how far from an end of the period a count still speaks of it


def kind_of(population: str) -> Both:
    """A population of the ledgers in words; its own name when it is not a known one."""
    return POPULATION_NAMES.get(population, (population, population))


@dataclass(frozen=True, slots=True)
class Kinds:
    """What base and target of a growth count. ``apart``: surely two things. ``said``: a clause for the explanation,
    empty when nothing speaks against them. ``compared``: ids of the claims that give these figures."""

    apart: bool
    said: Both
    compared: tuple[str, ...]


def kinds_counted(claim: GrowthClaim, counts: Sequence[CountClaim]) -> Kinds:
    """What the claim itself, or else the other published figures, say that its base and target count.

    They are surely two things when the claim says so, or when most publishers of the base call it what no publisher
    of the target calls that one.
    """
    assert claim.base is not None and claim.target is not None
    own = claim.base_population, claim.target_population
    if all(own) and own[0] != own[1]:
        said = _compared(claim, own, ("", ""), ("", ""))
        return Kinds(True, _ending(said, _NOT), ())
    if any(population and population not in POPULATION_NAMES for population in own):
        return Kinds(False, ("", ""), ())  # no poles at all: the ledgers say nothing of them
    starts, ends = _same_figures(claim, counts)
    compared = tuple(sorted(c.claim_id for c in (*starts, *ends)))
    strangers = sorted({c.population for c in starts} - {c.population for c in ends})
    if not strangers or not ends:
        return Kinds(False, ("", ""), compared)
    by_voices = sorted(strangers, key=lambda p: (-voices([c for c in starts if c.population == p]), p))
    one, two = by_voices[0], sorted({c.population for c in ends})[0]
    ours = [c for c in starts if c.population == one]
    others = [c for c in starts if c.population != one]
    sure = voices(ours) > voices(others)
    who = ids(sorted(c.claim_id for c in ours)), ids(sorted(c.claim_id for c in ends if c.population == two))
    contrary = sorted(c.claim_id for c in others) if sure else []
    said = _compared(claim, (one, two), *who, contrary)
    return Kinds(sure, _ending(said, _MOSTLY if contrary else _NOT if sure else _PERHAPS), compared)


def _ending(said: Both, ending: Both) -> Both:
    return f"{said[0]}: {ending[0]}", f"{said[1]}{NBSP}: {ending[1]}"


def _same_figures(claim: GrowthClaim, counts: Sequence[CountClaim]) -> tuple[list[CountClaim], list[CountClaim]]:
    """The counts that give the base, and those that give the target, near their dates."""
    here = [
        c
        for c in counts
        if normalise(c.territory) == normalise(claim.territory)
        and not c.programme
        and c.qualifier in ("exact", "about")
        and c.population not in OWN_SCOPE
    ]
    starts, ends = [c for c in here if c.value == claim.base], [c for c in here if c.value == claim.target]
    years = timedelta(days=_DAYS_PER_YEAR * (claim.years or 0.0))
    start_on = claim.base_on if claim.base_on.first else _shifted(claim.span, years)
    end_on = claim.target_on if claim.target_on.first else claim.span
    if start_on is not None and end_on.first:
        return [c for c in starts if _near(c.span, start_on)], [c for c in ends if _near(c.span, end_on)]
    if claim.years is None:
        return [], []  # neither a date nor a period: figures that are alike by chance say nothing
    # No date is said: the two must at least stand as far apart as the claim says.
    pairs = [
        (s, e) for s in starts for e in ends if s.span.first and e.span.first and _near(s.span, _shifted(e.span, years))
    ]
    paired = {s.claim_id for s, _ in pairs} | {e.claim_id for _, e in pairs}
    return [c for c in starts if c.claim_id in paired], [c for c in ends if c.claim_id in paired]


def _shifted(span: DateSpan, back: timedelta) -> DateSpan | None:
    if span.first is None or span.last is None:
        return None
    try:
        return DateSpan(span.first - back, span.last - back, span.precision)
    except OverflowError:
        return None


def _near(span: DateSpan, other: DateSpan | None) -> bool:
    if other is None or span.first is None or span.last is None or other.first is None or other.last is None:
        return False
    return _days(span.first, other.last) <= _AROUND and _days(other.first, span.last) <= _AROUND


def _days(first: date, last: date) -> timedelta:
    return first - last


def _compared(claim: GrowthClaim, kinds: tuple[str, str], start: Both, end: Both, contrary: Sequence[str] = ()) -> Both:
    """ "but 56 counts active poles according to …, and 203 existing poles according to …"."""
    one, two = kind_of(kinds[0]), kind_of(kinds[1])
    b, t = number(claim.base or 0.0), number(claim.target or 0.0)
    by = (f" according to {start[0]}", f" selon {start[1]}") if start[0] else ("", "")
    to = (f" according to {end[0]}", f" selon {end[1]}") if end[0] else ("", "")
    if contrary:
        who = ids(contrary)
        by = f"{by[0]} (not to {who[0]})", f"{by[1]} (non selon {who[1]})"
    english = f"; but {b[0]} counts {one[0]}{by[0]}, and {t[0]} {two[0]}{to[0]}"
    french = f"{NNBSP}; mais {b[1]} compte des {one[1]}{by[1]}, et {t[1]} des {two[1]}{to[1]}"
    return english, french
