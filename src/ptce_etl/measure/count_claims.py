"""Verdicts on published counts. The first rule that applies decides:

1. ``below_observed``: more poles of that kind, there and then, can be named one by one.
2. ``contradicted_by_other_claim``: figures that cannot both be true, and no more publishers give this one.
3. ``consistent``: the whole cohort can be named, or another publisher gives a figure that backs it.
4. ``unverifiable``: with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from ptce_etl.measure.ledger import CountClaim
from ptce_etl.measure.observed import Expected, Observed, Scene, added_up, expect, observe
from ptce_etl.measure.peers import ANY_ROUND, FORECASTS, OWN_SCOPE, Peers, find_peers, voices
from ptce_etl.measure.verdict import Verdict
from ptce_etl.measure.wording import NBSP, NNBSP, Both, ids, number

__all__ = ["judge_count"]


def judge_count(claim: CountClaim, claims: Sequence[CountClaim], scene: Scene) -> Verdict:
    """The verdict on ``claim`` beside every other claim of the ledger and what the listings show."""
    if claim.low is None or claim.high is None:
        return Verdict(
            "unverifiable",
            ("The ledger gives no figure that can be read.", "Le registre ne donne aucun chiffre lisible."),
        )
    peers = find_peers(claim, claims)
    seen = observe(claim, scene)
    total = expect(claim, claims, scene.published)
    parts = added_up(claim, claims, scene)
    code, explanation = _decide(claim, peers, seen, total, parts)
    compared = sorted(c.claim_id for c in (*peers.agree, *peers.differ))
    compared += total.claim_ids if total else ()
    compared += parts.claim_ids if parts and code == "unverifiable" else ()
    computed = float(seen.n) if seen else None
    return Verdict(code, explanation, computed, None, (*compared, *(seen.where if seen else ())))


def _decide(
    claim: CountClaim, peers: Peers, seen: Observed | None, total: Expected | None, parts: Expected | None
) -> tuple[str, Both]:
    assert claim.low is not None and claim.high is not None
    if seen and seen.surely > claim.high:
        return "below_observed", _below(claim, seen)
    sums = total is not None and claim.low <= total.value <= claim.high
    backing = voices([claim, *peers.agree]) + sums
    against = voices(peers.differ) + (total is not None and not sums)
    if against and against >= backing:
        return "contradicted_by_other_claim", _contradicted(claim, peers, total, sums)
    if backing > 1:
        return "consistent", _backed(claim, peers, seen, total, sums)
    if seen and seen.whole and seen.n == claim.value and claim.qualifier == "exact":
        return "consistent", _named(seen)
    if seen and claim.qualifier == "at_least" and seen.surely >= claim.low:
        named = _seen(seen)
        return "consistent", (
            f"{_capital(named[0])}, so “at least” holds.",
            f"{_capital(named[1])}, le «{NBSP}au moins{NBSP}» est donc tenu.",
        )
    return "unverifiable", _unsettled(claim, peers, seen, parts)


def _seen(seen: Observed) -> Both:
    if seen.n == 0:
        return "the listings name none", "les mentions n'en nomment aucun"
    n = number(seen.n)
    return f"the listings name {n[0]}", f"les mentions en nomment {n[1]}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _named(seen: Observed) -> Both:
    if seen.n == 1:
        return "The only one is named in the listings.", "Le seul pôle concerné est nommé dans les mentions."
    n = number(seen.n)
    return f"All {n[0]} are named in the listings.", f"Les {n[1]} sont tous nommés dans les mentions."


def _figure(claim: CountClaim) -> Both:
    if claim.qualifier == "range" and claim.value_low is not None and claim.value_high is not None:
        low, high = number(claim.value_low), number(claim.value_high)
        return f"{low[0]} to {high[0]}", f"{low[1]} à {high[1]}"
    value = number(claim.value or 0.0)
    words = {"about": ("about ", "environ "), "at_least": ("at least ", "au moins ")}
    english, french = words.get(claim.qualifier, ("", ""))
    return english + value[0], french + value[1]


def _below(claim: CountClaim, seen: Observed) -> Both:
    figure, n = _figure(claim), number(seen.surely)
    english = f"The listings name at least {n[0]} one by one, more than the {figure[0]} published"
    french = f"Les mentions en nomment au moins {n[1]} un à un, plus que le chiffre publié ({figure[1]})"
    if not seen.whole and claim.population != "created":
        english += "; none is known to have closed, though some may have stopped unnoticed"
        french += f"{NNBSP}; aucun n'est connu comme fermé, même si certains ont pu s'arrêter sans trace"
    return f"{english}.", f"{french}."


def _contradicted(claim: CountClaim, peers: Peers, total: Expected | None, sums: bool) -> Both:
    figure = _figure(claim)
    english, french = _others(peers)
    if total is not None and not sums:
        english, french = [*english, total.said[0]], [*french, total.said[1]]
    alike = "", ""
    same = sorted(c.claim_id for c in peers.agree if _figure(c) == figure)
    if same:
        who, many = ids(same), len(same) > 1
        alike = f", as {who[0]} {'do' if many else 'does'}", f", comme {who[1]}"
    return (
        f"This claim says {figure[0]}{alike[0]}, but for the same count {', and '.join(english)}.",
        f"Cette affirmation dit {figure[1]}{alike[1]}, mais pour le même décompte {', et '.join(french)}.",
    )


def _others(peers: Peers) -> tuple[list[str], list[str]]:
    """Who says what else, one piece a figure."""
    given: dict[Both, list[str]] = {}
    for other in sorted(peers.differ, key=lambda c: c.claim_id):
        given.setdefault(_figure(other), []).append(other.claim_id)
    english = [f"{ids(who)[0]} {'say' if len(who) > 1 else 'says'} {figure[0]}" for figure, who in given.items()]
    french = [f"{ids(who)[1]} {'disent' if len(who) > 1 else 'dit'} {figure[1]}" for figure, who in given.items()]
    return english, french


def _backed(claim: CountClaim, peers: Peers, seen: Observed | None, total: Expected | None, sums: bool) -> Both:
    others = voices([claim, *peers.agree]) - voices([claim])
    english, french = [], []
    if others:
        who, many = ids(sorted(c.claim_id for c in peers.agree)), others > 1
        other = ("other ", "autre ", "autres ") if claim.publisher else ("", "", "")
        english.append(f"{others} {other[0]}publisher{'s give' if many else ' gives'} a figure that agrees ({who[0]})")
        french.append(
            f"{others} {f'{other[2]}éditeurs donnent' if many else f'{other[1]}éditeur donne'} "
            f"un chiffre concordant ({who[1]})"
        )
    if sums and total is not None:
        english.append(total.said[0])
        french.append(total.said[1])
    if seen and seen.whole:
        named = _seen(seen)
        english.append(named[0])
        french.append(named[1])
    apart = _others(peers)
    return (
        f"{_capital('; '.join([*english, *apart[0]]))}.",
        f"{_capital(f'{NNBSP}; '.join([*french, *apart[1]]))}.",
    )


def _unsettled(claim: CountClaim, peers: Peers, seen: Observed | None, parts: Expected | None) -> Both:
    if claim.population in FORECASTS:
        return (
            "A forecast made before the results, not a count.",
            "Une prévision faite avant les résultats, et non un décompte.",
        )
    if claim.programme == ANY_ROUND:
        return ("The claim does not say which round it counts.", "L'affirmation ne dit pas quelle vague elle compte.")
    if peers.agree and claim.publisher:
        who = ids(sorted(c.claim_id for c in peers.agree))
        return (
            f"Only the same publisher gives this figure again ({who[0]}).",
            f"Seul le même éditeur redonne ce chiffre ({who[1]}).",
        )
    if claim.population in OWN_SCOPE:
        return (
            "The scope is the author's own, and no other publisher gives a figure for it.",
            "Le périmètre est propre à l'auteur et aucun autre éditeur n'en donne de chiffre.",
        )
    english, french = _one_voice(claim, peers)
    if seen is None:
        return (
            f"{english}, and no list to compare it with was published.",
            f"{french}, et aucune liste à laquelle le comparer n'est publiée.",
        )
    named = _seen(seen)
    english = f"{english} and no full list was published; {named[0]}"
    french = f"{french} et aucune liste complète n'est publiée{NNBSP}; {named[1]}"
    if parts is not None:
        english, french = f"{english}; {parts.said[0]}", f"{french}{NNBSP}; {parts.said[1]}"
    return f"{english}.", f"{french}."


def _one_voice(claim: CountClaim, peers: Peers) -> Both:
    if claim.publisher:
        return "One publisher gives it", "Un seul éditeur le donne"
    if peers.agree:
        who = ids(sorted(c.claim_id for c in peers.agree))
        return f"One publisher gives it ({who[0]})", f"Un seul éditeur le donne ({who[1]})"
    return "No publisher known to us gives it", "Aucun éditeur connu de nous ne le donne"
