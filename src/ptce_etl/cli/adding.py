"""``ptce claims add``: a published figure put into a ledger of the data root, with its verdict shown first."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ptce_etl.catalogue.registry import Source, Statement, load_programmes, load_sources
from ptce_etl.cli.checking import opened_if_any
from ptce_etl.cli.claim_values import Said, row_of
from ptce_etl.cli.claimed import language_of
from ptce_etl.cli.reading import existing
from ptce_etl.cli.reopened import Reopened
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, at, either
from ptce_etl.collect.reading import read
from ptce_etl.collect.rows import complete, stack
from ptce_etl.config import Paths
from ptce_etl.measure.claims import claims_of
from ptce_etl.measure.count_claims import judge_count
from ptce_etl.measure.coverage import published_numbers
from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import CountClaim, GrowthClaim, read_count_claims, read_growth_claims
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.sentences.names import known_names
from ptce_etl.measure.territories import FRANCE
from ptce_etl.measure.verdict import Verdict
from ptce_etl.publish.ledgers import AddedClaim, add_claim, ledger_of, read_ledgers

__all__ = ["add_command"]


def add_command(
    screen: Screen, root: Path, said: Said, now: datetime, *, ledger: str | None, dry_run: bool, lang: str
) -> int:
    """Add a claim, or with ``dry_run`` only show what would be added, and its verdict.

    Raises :class:`ConfigError` for what does not hold, :class:`NoData` without a data root or its ledger.
    """
    language = language_of("--lang", lang)
    paths = existing(root)
    own = paths.root / "sources.yml"
    sources = load_sources(own if own.exists() else None)
    opened = opened_if_any(root, "latest")
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    counts = claims_of(opened.tables["claims"])[0] if opened else ()
    statement, row = row_of(said, known_names(load_programmes(), counts), today)
    source = ledger_of(paths, sources, statement, ledger)
    added = add_claim(paths, sources, source, row, write=not dry_run)
    verdict = _verdict(paths, sources, source, added, opened, today)
    screen.emit(
        {
            "claim_id": added.claim_id,
            "new": added.new,
            "written": added.new and not dry_run,
            "ledger": str(added.path),
            "row": {name: added.row.get(name) or None for name in ("claim_id", *row)},
            "verdict": None if verdict is None else _plain(verdict),
        }
    )
    _show(screen, added, row, verdict, language, dry_run=dry_run)
    return 0


def _verdict(
    paths: Paths,
    sources: tuple[Source, ...],
    ledger: Source,
    added: AddedClaim,
    opened: Reopened | None,
    today: date,
) -> Verdict | None:
    """What the next run will say of the claim, from the ledgers as they will be and the evidence of the last snapshot;
    ``None`` for a count when there is none."""
    frames = read_ledgers(paths, sources) | {ledger.source_id: read(added.ledger, ledger)}
    sha256 = hashlib.sha256(added.ledger).hexdigest()
    parts: dict[Statement, list[Any]] = {"count_claims": [], "growth_claims": []}
    for source in sources:
        if source.source_id in frames:
            parts[source.statement].append(complete(frames[source.source_id], source, sha256))
    captured = {sha256: today}
    counts, _ = read_count_claims(stack("count_claims", parts["count_claims"]), captured, today)
    growths, _ = read_growth_claims(stack("growth_claims", parts["growth_claims"]), captured, today)
    claims: tuple[CountClaim | GrowthClaim, ...] = (*counts, *growths)
    claim = next(claim for claim in claims if claim.claim_id == added.claim_id)
    if isinstance(claim, GrowthClaim):
        return judge_growth(claim, counts)
    if opened is None:
        return None
    census = opened.census
    published = published_numbers(counts, census.world.rounds)
    return judge_count(claim, counts, Scene(census.world, census.places, census.joined_in(FRANCE), published, today))


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.code,
        "slip": verdict.slip,
        "computed": verdict.computed,
        "explanation_en": verdict.explanation[0],
        "explanation_fr": verdict.explanation[1],
        "compared_with": list(verdict.compared_with),
    }


def _show(
    screen: Screen, added: AddedClaim, row: dict[str, str], verdict: Verdict | None, language: Lang, *, dry_run: bool
) -> None:
    here = at(language)
    screen.heading(added.claim_id)
    screen.facts((name, added.row.get(name, "")) for name in row)
    if verdict is not None:
        screen.gap()
        screen.say(verdict.code, style="bold")
        screen.say(verdict.explanation[here], indent=2)
    screen.gap()
    if not added.new:
        there = f"It stands in the ledger already, as {added.claim_id}: nothing is added."
        screen.say(either(language, there, f"Le registre l'a déjà, sous {added.claim_id} : rien n'est ajouté."))
    elif dry_run:
        would = f"It would be added to {added.path}."
        screen.say(either(language, would, f"Elle serait ajoutée à {added.path}."))
    else:
        done = f"Added to {added.path}: the next `ptce run` publishes its verdict."
        screen.say(either(language, done, f"Ajoutée à {added.path} : le prochain `ptce run` publie son verdict."))
