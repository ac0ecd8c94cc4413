"""A sentence held against arithmetic, against the published figures, and against the poles that can be named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ptce_etl.measure.count_claims import judge_count
from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.peers import final, find_peers
from ptce_etl.measure.sentences.reading import Reading
from ptce_etl.measure.statuses import normalise
from ptce_etl.measure.verdict import Verdict
from ptce_etl.measure.wording import Both
from ptce_etl.model import DateSpan

__all__ = ["Finding", "Ground", "Outcome", "check", "outcome"]

Outcome = Literal["holds", "fails", "open"]

_HOLDS = frozenset({"consistent", "rounded"})
_OPEN = frozenset({"unverifiable"})
_NOTHING: Both = (
    "Nothing is published here to hold it against.",
    "Rien n'est publié ici à quoi le comparer.",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a published snapshot knows: the evidence, and the claims of its ledgers."""

    scene: Scene
    counts: tuple[CountClaim, ...]
    growths: tuple[GrowthClaim, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim of the sentence with its verdict.

    ``group``: findings with the same number are readings of one count, of which one is meant. ``main``: the sentence
    states it; the two ends of a stated growth are checked too, but their doubt is not that of the sentence. ``on``: the
    day that was supposed for a count without a date. ``same``: ids of published claims with the same figures.
    """

    claim: CountClaim | GrowthClaim
    verdict: Verdict
    group: int
    main: bool
    on: date | None = None
    same: tuple[str, ...] = ()


def check(reading: Reading, ground: Ground | None) -> tuple[Finding, ...]:
    """A verdict on each growth and each count of ``reading``. Without a ``ground`` only sums are checked."""
    findings = []
    stated = any(claim.stated is not None for claim in reading.growths)
    for number, growth in enumerate(reading.growths):
        counts = ground.counts if ground else ()
        same = _same_growths(growth, ground.growths if ground else ())
        verdict = judge_growth(growth, counts)
        findings.append(Finding(growth, verdict, number, growth.stated is not None, None, same))
    for number, group in enumerate(reading.counts, start=len(reading.growths)):
        findings += [_count(claim, ground, number, not stated) for claim in group]
    return tuple(findings)


def outcome(findings: Sequence[Finding]) -> Outcome:
    """``fails`` when anything stated does not hold, ``holds`` when what the sentence states does, else ``open``."""
    groups: dict[int, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.group, []).append(finding)
    verdicts = [(members[0].main, _best({f.verdict.code for f in members})) for members in groups.values()]
    if any(code == "fails" for _, code in verdicts):
        return "fails"
    main = [code for is_main, code in verdicts if is_main]
    return "holds" if main and all(code == "holds" for code in main) else "open"


def _best(codes: Iterable[str]) -> Outcome:
    """What the most favourable of several readings gives."""
    codes = set(codes)
    return "holds" if codes & _HOLDS else "open" if codes & _OPEN else "fails"


def _same_growths(claim: GrowthClaim, others: Sequence[GrowthClaim]) -> tuple[str, ...]:
    return tuple(
        sorted(
            other.claim_id
            for other in others
            if claim.base is not None
            and (other.base, other.target) == (claim.base, claim.target)
            and normalise(other.territory) == normalise(claim.territory)
        )
    )


def _count(claim: CountClaim, ground: Ground | None, group: int, main: bool) -> Finding:
    if ground is None:
        return Finding(claim, Verdict("unverifiable", _NOTHING), group, main)
    on = None
    if claim.span.first is None and not final(claim):
        on = ground.scene.as_of  # "il existe 203 PTCE": today, which for a snapshot is the day that it describes
        claim = replace(claim, span=DateSpan(on, on, "day"), claim_date=on.isoformat())
    verdict = judge_count(claim, ground.counts, ground.scene)
    agree = find_peers(claim, ground.counts).agree
    same = tuple(sorted(c.claim_id for c in agree if (c.value, c.low, c.high) == (claim.value, claim.low, claim.high)))
    return Finding(claim, verdict, group, main, on, same)
