"""Verdicts on published growths: is the sum right, and if not, which known slip gives the stated figure?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.slips import Slip, find_slip, rounding
from ptce_etl.measure.statuses import normalise
from ptce_etl.measure.verdict import Verdict
from ptce_etl.measure.wording import NBSP, NNBSP, Both, ids, number, percent, times

__all__ = ["judge_growth"]

_DAYS_PER_YEAR = 365.2425
_AROUND = timedelta(days=366)  # how far from an end of the period a count still speaks of it
_KINDS: dict[str, Both] = {
    "active": ("active poles", "des pôles actifs"),
    "created": ("poles ever created", "des pôles créés"),
    "existing": ("existing poles", "des pôles existants"),
    "state_listed": ("poles listed by the State", "des pôles répertoriés par l'État"),
}


def judge_growth(claim: GrowthClaim, counts: Sequence[CountClaim]) -> Verdict:
    """The verdict on a growth claim; ``counts`` tell what its base and its target count."""
    if claim.base is None or claim.target is None or claim.stated is None:
        return Verdict(
            "unverifiable",
            (
                "The claim does not give both counts and the growth, so there is nothing to compute.",
                "L'affirmation ne donne pas les deux effectifs et la croissance, il n'y a donc rien à calculer.",
            ),
        )
    if claim.base <= 0 or claim.target < 0:
        return Verdict(
            "unverifiable",
            (
                "A growth from a base of 0 has no value in %.",
                f"Une croissance à partir d'un effectif nul n'a pas de valeur en{NBSP}%.",
            ),
        )
    pct = 100 * (claim.target - claim.base) / claim.base
    ratio = claim.target / claim.base
    start: Both = (
        f"{number(claim.base)[0]} to {number(claim.target)[0]} is {percent(pct, sign=True)[0]} ({times(ratio)[0]})",
        f"De {number(claim.base)[1]} à {number(claim.target)[1]}, la variation est de "
        f"{percent(pct, sign=True)[1]} ({times(ratio)[1]})",
    )
    mixed, compared = _populations(claim, claim.base, claim.target, counts)
    fit = rounding(pct, claim.stated, claim.decimals)
    if fit:
        end = _right(claim.stated, fit)
        code, slip = ("consistent" if fit == "exact" else "rounded"), None
    else:
        found = find_slip(claim.base, claim.target, claim.years, claim.stated, claim.decimals)
        end = _wrong(claim.stated, claim.decimals, found)
        code, slip = "arithmetic_error", found.name if found else None
    explanation = (f"{start[0]}{end[0]}{mixed[0]}.", f"{start[1]}{end[1]}{mixed[1]}.")
    return Verdict(code, explanation, pct, slip, compared, multiplier=ratio)


def _right(stated: float, fit: str) -> Both:
    if fit == "exact":
        return ", as stated: the sum is right", f", comme annoncé{NBSP}: le calcul est juste"
    english, french = percent(stated, sign=True)
    return f", which rounds to {english}: the sum is right", f", arrondie à {french}{NBSP}: le calcul est juste"


def _wrong(stated: float, decimals: int, slip: Slip | None) -> Both:
    english, french = percent(stated, sign=True)
    why: Both = ("no known slip gives that figure", "aucune erreur connue ne donne ce chiffre")
    if slip is not None:
        why = slip.said
        if rounding(slip.value, stated, decimals) == "rounded":
            rounded = number(stated)
            why = f"{why[0]}, then rounded to {rounded[0]}", f"{why[1]}, puis arrondi à {rounded[1]}"
    return f", not {english}: {why[0]}", f" et non de {french}{NBSP}: {why[1]}"


def _populations(
    claim: GrowthClaim, base: float, target: float, counts: Sequence[CountClaim]
) -> tuple[Both, tuple[str, ...]]:
    """What the ledger says that base and target count (said only when they differ), and the claims that say it."""
    here = [c for c in counts if normalise(c.territory) == normalise(claim.territory) and not c.programme]
    starts = [c for c in here if c.value == base and _near(c, claim, claim.years or 0.0)]
    ends = [c for c in here if c.value == target and _near(c, claim, 0.0)]
    compared = tuple(sorted(c.claim_id for c in (*starts, *ends)))
    apart = sorted({c.population for c in starts} - {c.population for c in ends})
    if not apart or not ends:
        return ("", ""), compared
    one, two = apart[0], sorted({c.population for c in ends})[0]
    who_one = ids(sorted(c.claim_id for c in starts if c.population == one))
    who_two = ids(sorted(c.claim_id for c in ends if c.population == two))
    kind_one, kind_two = _KINDS.get(one, (one, one)), _KINDS.get(two, (two, two))
    b, t = number(base), number(target)
    english = f"; but {b[0]} counts {kind_one[0]} according to {who_one[0]}, "
    english += f"and {t[0]} {kind_two[0]} according to {who_two[0]}: the two may not count the same thing"
    french = f"{NNBSP}; mais {b[1]} compte {kind_one[1]} selon {who_one[1]}, "
    french += f"et {t[1]} {kind_two[1]} selon {who_two[1]}{NBSP}: les deux ne comptent peut-être pas la même chose"
    return (english, french), compared


def _near(count: CountClaim, claim: GrowthClaim, years: float) -> bool:
    if count.span.first is None or count.span.last is None or claim.span.first is None or claim.span.last is None:
        return False
    shift = timedelta(days=_DAYS_PER_YEAR * years)
    first, last = claim.span.first - shift - _AROUND, claim.span.last - shift + _AROUND
    return count.span.first <= last and count.span.last >= first
