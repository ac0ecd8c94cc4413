"""Verdicts on published growths. The first rule that applies decides:

1. ``unverifiable``: a figure is missing, the base is 0, or its words leave the growth open.
2. ``arithmetic_error``: the two figures do not give the stated growth; with the known slip that does.
3. ``mixed_populations``: the sum is right, and the two figures count two things.
4. ``consistent`` or ``rounded``: the sum is right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ptce_etl.measure.counted import kinds_counted
from ptce_etl.measure.ledger import Bounds, CountClaim, GrowthClaim
from ptce_etl.measure.misreadings import Slip
from ptce_etl.measure.slips import fitting_slips
from ptce_etl.measure.sums import Change, Fit, rounding, say
from ptce_etl.measure.verdict import Verdict
from ptce_etl.measure.wording import NBSP, NNBSP, Both, number, percent, times

__all__ = ["judge_growth"]


def judge_growth(claim: GrowthClaim, counts: Sequence[CountClaim]) -> Verdict:
    """The verdict on a growth claim; ``counts`` tell what its base and its target count."""
    if claim.base is None or claim.target is None:
        return Verdict("unverifiable", _incomplete(claim))
    if claim.base <= 0 or claim.target < 0:
        return Verdict(
            "unverifiable",
            (
                "A growth from a base of 0 has no value in %.",
                f"Une croissance à partir d'un effectif nul n'a pas de valeur en{NNBSP}%.",
            ),
        )
    change = Change(claim.base, claim.target, claim.years, claim.unit, claim.yearly, claim.ends)
    start, kinds = _is(change), kinds_counted(claim, counts)
    code, end, slips = _decide(claim, change)
    if kinds.apart and code in ("consistent", "rounded"):
        code = "mixed_populations"
    return Verdict(
        code,
        (f"{start[0]}{end[0]}{kinds.said[0]}.", f"{start[1]}{end[1]}{kinds.said[1]}."),
        change.pct,
        slips[0].name if slips else None,
        kinds.compared,
        multiplier=change.ratio,
        expected=change.right,
        other_slips=tuple(dict.fromkeys(slip.name for slip in slips[1:] if slip.name != slips[0].name)),
    )


def _decide(claim: GrowthClaim, change: Change) -> tuple[str, Both, tuple[Slip, ...]]:
    """The code before populations are looked at, how the sentence goes on, and the slips that fit."""
    right = change.right
    if claim.stated is None:
        return "unverifiable", ("; no growth is stated", f"{NNBSP}; aucune croissance n'est annoncée"), ()
    if right is None and claim.yearly:
        return "unverifiable", ("; a yearly rate needs the years", f"{NNBSP}; un taux annuel suppose une durée"), ()
    fit = None if right is None or _one_sided(claim.stated_words) else _fit(claim, right)
    if right is not None and fit:
        return ("consistent" if fit == "exact" else "rounded"), _right(claim, right, fit), ()
    allowed = _leeway(claim, change)
    if allowed is not None and _meet(allowed, claim.stated_words or _as_written(claim)):
        if math.isinf(allowed[1]) and allowed[0] < claim.stated:
            open_: Both = ("; its words leave the growth open", f"{NNBSP}; ses mots laissent la croissance ouverte")
            return "unverifiable", open_, ()
        return "consistent", (", which its words allow", ", ce que ses mots admettent"), ()
    slips = fitting_slips(change, claim.stated, claim.decimals)
    return "arithmetic_error", _wrong(claim, slips[0] if slips else None), slips


def _fit(claim: GrowthClaim, right: float) -> Fit | None:
    assert claim.stated is not None
    return rounding(right, claim.stated, claim.decimals, claim.unit)


def _one_sided(words: Bounds | None) -> bool:
    return words is not None and (math.isinf(words[0]) or math.isinf(words[1]))


def _as_written(claim: GrowthClaim) -> Bounds:
    assert claim.stated is not None
    half = 0.5 * 10**-claim.decimals
    return claim.stated - half, claim.stated + half


def _meet(one: Bounds, two: Bounds) -> bool:
    slack = 1e-9 * max(1.0, *(abs(x) for x in (*one, *two) if math.isfinite(x)))
    return one[0] <= two[1] + slack and two[0] <= one[1] + slack


def _leeway(claim: GrowthClaim, change: Change) -> Bounds | None:
    """What the words of the figures ("about 50", "more than 200") let the growth be, in the unit stated; ``None`` when
    no words leave anything open."""
    if not (claim.base_words or claim.target_words or claim.stated_words) or change.right is None:
        return None
    ends = [*(claim.base_words or (change.base,) * 2), *(claim.target_words or (change.target,) * 2)]
    low_base, high_base, low_target, high_target = ends
    lowest = _right_of(change, high_base, low_target) if math.isfinite(high_base) else -100.0
    highest = _right_of(change, low_base, high_target) if low_base > 0 and math.isfinite(high_target) else math.inf
    return lowest, highest


def _right_of(change: Change, base: float, target: float) -> float:
    other = Change(base, target, change.years, change.unit, change.yearly, change.ends).right
    return math.inf if other is None else other


def _is(change: Change) -> Both:
    """What the two figures come to."""
    p, k = percent(change.pct, sign=True), times(change.ratio)
    if change.ends == "times":
        return f"{k[0]} is {p[0]}", f"{k[1]} équivaut à {p[1]}"
    if change.ends == "percent":
        b, t, gap = percent(change.base), percent(change.target), say(change.gap, "points")
        start: Both = (
            f"{b[0]} to {t[0]} is {gap[0]} or {p[0]}",
            f"De {b[1]} à {t[1]}, l'écart est de {gap[1]}, soit {p[1]}",
        )
    else:
        b, t = number(change.base), number(change.target)
        start = f"{b[0]} to {t[0]} is {p[0]} ({k[0]})", f"De {b[1]} à {t[1]}, la variation est de {p[1]} ({k[1]})"
    if change.yearly and change.right is not None and change.years:
        rate, n = percent(change.right, sign=True), number(change.years)
        one = change.years == 1
        start = (
            f"{start[0]}, {rate[0]} a year over {n[0]} year{'' if one else 's'}",
            f"{start[1]}, soit {rate[1]} par an sur {n[1]} an{'' if change.years < 2 else 's'}",
        )
    if change.unit == "units":
        gap = say(change.gap, "units")
        start = f"{start[0]}, a difference of {gap[0]}", f"{start[1]}, un écart de {gap[1]}"
    return start


def _stated(claim: GrowthClaim) -> Both:
    assert claim.stated is not None
    english, french = say(claim.stated, claim.unit, yearly=claim.yearly, digits=max(1, claim.decimals))
    if claim.stated_words is not None and math.isinf(claim.stated_words[1]):
        return f"more than {english}", f"plus de {french}"
    if claim.stated_words is not None and math.isinf(claim.stated_words[0]):
        return f"less than {english}", f"moins de {french}"
    return english, french


def _right(claim: GrowthClaim, right: float, fit: Fit) -> Both:
    if fit == "exact":
        return ", as stated: the sum is right", f", comme annoncé{NBSP}: le calcul est juste"
    english, french = _stated(claim)
    return f", which rounds to {english}: the sum is right", f", arrondie à {french}{NBSP}: le calcul est juste"


def _wrong(claim: GrowthClaim, slip: Slip | None) -> Both:
    assert claim.stated is not None
    english, french = _stated(claim)
    why: Both = ("no known slip gives that figure", "aucune erreur connue ne donne ce chiffre")
    if slip is not None:
        why = slip.said
        if rounding(slip.value, claim.stated, claim.decimals, claim.unit) == "rounded":
            rounded = number(claim.stated)
            why = f"{why[0]}, then rounded to {rounded[0]}", f"{why[1]}, puis arrondi à {rounded[1]}"
    link = "à" if claim.ends == "times" else "de"
    return f", not {english}: {why[0]}", f" et non {link} {french}{NBSP}: {why[1]}"


def _incomplete(claim: GrowthClaim) -> Both:
    """What a claim without one of its two figures leaves to compute: at most the other one."""
    factor = None
    if claim.stated is not None and not claim.yearly:
        factor = {"percent": 1 + claim.stated / 100, "times": claim.stated}.get(claim.unit)
    known = claim.base if claim.target is None else claim.target
    if known is None or not factor or factor <= 0:
        return (
            "The claim does not give both counts and the growth, so there is nothing to compute.",
            "L'affirmation ne donne pas les deux effectifs et la croissance, il n'y a donc rien à calculer.",
        )
    stated, n = _stated(claim), number(known)
    other = number(known * factor if claim.target is None else known / factor)
    if claim.target is None:
        return (
            f"The end is not given: {n[0]} and {stated[0]} would make {other[0]}.",
            f"L'arrivée n'est pas donnée{NBSP}: {n[1]} et {stated[1]} feraient {other[1]}.",
        )
    return (
        f"The start is not given: {n[0]} after {stated[0]} would mean {other[0]} at the start.",
        f"Le départ n'est pas donné{NBSP}: {n[1]} après {stated[1]} supposerait {other[1]} au départ.",
    )
