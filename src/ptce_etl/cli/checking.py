"""``ptce check``: a sentence, what was understood of it, and whether it holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.cli.claimed import figure_of, language_of
from ptce_etl.cli.compared import compared_rows, show_compared
from ptce_etl.cli.reading import existing
from ptce_etl.cli.reopened import Reopened, open_snapshot
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, at, either
from ptce_etl.errors import NoData
from ptce_etl.measure.checking import Finding, Ground, Outcome, check, outcome
from ptce_etl.measure.claims import claims_of
from ptce_etl.measure.ledger import GrowthClaim
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.sentences.names import known_names
from ptce_etl.measure.sentences.reading import Reading, read_sentence
from ptce_etl.measure.sums import say
from ptce_etl.measure.territories import FRANCE
from ptce_etl.measure.wording import NBSP, Both

__all__ = ["check_sentence", "opened_if_any"]

_EXIT: dict[Outcome, int] = {"holds": 0, "fails": 1, "open": 4}
_OUTCOMES: dict[Outcome, Both] = {
    "holds": ("It holds.", "C'est juste."),
    "fails": ("It does not hold.", "Ce n'est pas juste."),
    "open": ("Nothing settles it.", "Rien ne permet de trancher."),
}
_ROLES: dict[str, Both] = {
    "start": ("start", "départ"),
    "end": ("end", "arrivée"),
    "change": ("change", "variation"),
    "period": ("period", "durée"),
    "date": ("date", "date"),
    "count": ("count", "effectif"),
    "range": ("count", "effectif"),
    "share": ("share", "part"),
    "call": ("call", "appel"),
    "territory": ("territory", "territoire"),
    "other": ("left out", "laissé"),
}


def check_sentence(screen: Screen, root: Path, sentence: str, *, lang: str | None, snapshot: str) -> int:
    """Check a sentence ("-" reads it from stdin) and show the answer; the exit code says whether it holds.

    Raises :class:`NoData` for a sentence without a figure, and for a snapshot that is asked for and not there.
    """
    language = language_of("--lang", lang) if lang is not None else None
    text = sys.stdin.read() if sentence == "-" else sentence
    opened = opened_if_any(root, snapshot)
    ground = _ground(opened) if opened else None
    reading = read_sentence(text, known_names(load_programmes(), ground.counts if ground else ()), language)
    findings = check(reading, ground)
    if not findings:
        raise NoData(
            "no growth and no count of poles to check in this sentence",
            where=" ".join(reading.text.split())[:200] or "an empty sentence",
            do='write it with its figures: "de 56 à 203 en deux ans, +365 %"',
        )
    result = outcome(findings)
    refs = [ref for f in findings for ref in (*f.same, *f.verdict.compared_with)]
    compared = compared_rows(refs, opened, findings[0].claim.territory) if opened else []
    screen.emit(_answer(reading, findings, result, opened, compared))
    _show(screen, reading, findings, result, opened)
    show_compared(screen, compared, reading.lang)
    return _EXIT[result]


def opened_if_any(root: Path, snapshot: str) -> Reopened | None:
    """The snapshot to hold the sentence against; ``None`` when nothing is published."""
    try:
        return open_snapshot(existing(root), snapshot)
    except NoData:
        if snapshot == "latest":
            return None
        raise


def _ground(opened: Reopened) -> Ground:
    census = opened.census
    scene = Scene(census.world, census.places, census.joined_in(FRANCE), census.published, opened.as_of)
    return Ground(scene, *claims_of(opened.tables["claims"]))


def _answer(
    reading: Reading,
    findings: tuple[Finding, ...],
    result: Outcome,
    opened: Reopened | None,
    compared: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "sentence": reading.text,
        "lang": reading.lang,
        "outcome": result,
        "snapshot": opened.snapshot if opened else None,
        "as_of": opened.as_of.isoformat() if opened else None,
        "understood": [
            {"role": i.role, "text": i.text, "start": i.start, "end": i.end, "en": i.value[0], "fr": i.value[1]}
            for i in reading.items
        ],
        "notes": [{"code": note.code, "en": note.said[0], "fr": note.said[1]} for note in reading.notes],
        "findings": [_finding(finding) for finding in findings],
        "compared_with": compared,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    claim, verdict = finding.claim, finding.verdict
    row: dict[str, Any] = {
        "kind": "growth" if isinstance(claim, GrowthClaim) else "count",
        "stated": finding.main,
        "group": finding.group,
        "verdict": verdict.code,
        "slip": verdict.slip,
        "other_slips": list(verdict.other_slips),
        "computed": verdict.computed,
        "multiplier": verdict.multiplier,
        "expected": verdict.expected,
        "explanation_en": verdict.explanation[0],
        "explanation_fr": verdict.explanation[1],
        "supposed_on": finding.on.isoformat() if finding.on else None,
        "same_as": list(finding.same),
        "compared_with": list(verdict.compared_with),
        "territory": claim.territory,
        "claim_date": claim.claim_date or None,
    }
    if isinstance(claim, GrowthClaim):
        return row | {
            "value": claim.stated,
            "unit": claim.unit,
            "yearly": claim.yearly,
            "base_value": claim.base,
            "target_value": claim.target,
            "period_years": claim.years,
        }
    return row | {
        "value": claim.value,
        "value_low": claim.value_low,
        "value_high": claim.value_high,
        "qualifier": claim.qualifier,
        "population": claim.population,
        "programme": claim.programme or None,
    }


def _show(
    screen: Screen, reading: Reading, findings: tuple[Finding, ...], result: Outcome, opened: Reopened | None
) -> None:
    language = reading.lang
    here = at(language)
    screen.heading(either(language, "Understood", "Compris"))
    quoted = ("“", "”") if language == "en" else (f"«{NBSP}", f"{NBSP}»")
    width = max((len(item.value[here]) for item in reading.items), default=0)
    screen.facts(
        (_ROLES[i.role][here], f"{i.value[here]:<{width}}  {quoted[0]}{i.text}{quoted[1]}") for i in reading.items
    )
    for note in reading.notes:
        screen.say(note.said[here], indent=2)
    if opened is None:
        screen.say(
            either(
                language,
                "Nothing is published in this data root: only sums are checked. `ptce run` publishes.",
                f"Rien n'est publié dans ce dossier{NBSP}: seuls les calculs sont vérifiés. `ptce run` publie.",
            ),
            indent=2,
        )
    for finding in findings:
        _show_finding(screen, finding, language)
    screen.gap()
    screen.say(_OUTCOMES[result][here], style="bold")


def _show_finding(screen: Screen, finding: Finding, language: Lang) -> None:
    verdict, here = finding.verdict, at(language)
    screen.heading(f"{_claimed(finding, language)}: {verdict.code}")
    screen.say(verdict.explanation[here], indent=2)
    if finding.on is not None:
        day = finding.on.isoformat()
        screen.say(
            either(
                language,
                f"No date is said: held against what the snapshot knows of {day}.",
                f"Aucune date n'est dite{NBSP}: comparé à ce que la publication sait du {day}.",
            ),
            indent=2,
        )
    if verdict.other_slips:
        others = ", ".join(verdict.other_slips)
        screen.say(
            either(language, f"It could also be: {others}.", f"Ce pourrait être aussi{NBSP}: {others}."), indent=2
        )
    if finding.same:
        who = ", ".join(finding.same)
        screen.say(
            either(language, f"The ledger has these figures: {who}.", f"Le registre a ces chiffres{NBSP}: {who}."),
            indent=2,
        )


def _claimed(finding: Finding, language: Lang) -> str:
    """The claim in a few words."""
    claim = finding.claim
    if not isinstance(claim, GrowthClaim):
        row = {
            "kind": "count",
            "value": claim.value,
            "value_low": claim.value_low,
            "value_high": claim.value_high,
            "qualifier": claim.qualifier,
            "population": claim.population,
            "programme": claim.programme or None,
            "territory": claim.territory,
        }
        return ", ".join(filter(None, (figure_of(row, language), claim.claim_date)))
    row = {"kind": "growth", "value": None, "base_value": claim.base, "target_value": claim.target}
    parts = [] if claim.ends == "times" or claim.base is claim.target is None else [figure_of(row, language)]
    if claim.stated is not None:
        parts.append(say(claim.stated, claim.unit, yearly=claim.yearly, digits=max(1, claim.decimals))[at(language)])
    return ", ".join(parts)
