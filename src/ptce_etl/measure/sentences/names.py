"""The names that sentences use, as the project knows them: call rounds, regions of today and of 2015, departments."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ptce_etl.catalogue.registry import Programme
from ptce_etl.clean.dates import parse_partial
from ptce_etl.clean.geography import Geography
from ptce_etl.measure.ledger import CountClaim
from ptce_etl.measure.peers import CALL_POPULATIONS
from ptce_etl.measure.sentences.topics import Known
from ptce_etl.measure.territories import region_2015_of

__all__ = ["known_names"]


def known_names(programmes: Iterable[Programme], counts: Iterable[CountClaim] = ()) -> Known:
    """What a sentence may name: the rounds of the catalogue and those of published ``counts``, and every territory.

    Applications are made to a call, not to one of its phases.
    """
    programmes = tuple(programmes)
    rounds: dict[str, list[str]] = {population: [] for population in sorted(CALL_POPULATIONS)}
    for programme in programmes:
        call = re.sub(r"-phase-\d+$", "", programme.programme)
        rounds[programme.claims_population].append(programme.programme)
        for population in ("applications", "eligible_applications"):
            rounds[population].append(call)
    for claim in counts:
        if claim.population in rounds and re.search(r"\d", claim.programme) and "+" not in claim.programme:
            rounds[claim.population].append(claim.programme)
    geography = Geography.load()
    places = [*geography.regions["name"], *geography.departements["name"], *(t.name for t in region_2015_of().values())]
    return Known(
        {population: tuple(dict.fromkeys(names)) for population, names in rounds.items() if names},
        {programme.programme: parse_partial(programme.results) for programme in programmes},
        tuple(dict.fromkeys(["France", "Outre-mer", *places])),
    )
