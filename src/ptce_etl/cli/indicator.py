"""``ptce indicator``: a growth between any two days or snapshots, down to the poles behind each of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptce_etl.cli.behind import behind, show_behind
from ptce_etl.cli.growth_lines import growth_lines
from ptce_etl.cli.reading import existing
from ptce_etl.cli.reopened import Reopened, day_of, open_snapshot
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.series import SERIES, series_rows, show_series
from ptce_etl.cli.text import Lang, either, titled
from ptce_etl.errors import ConfigError
from ptce_etl.measure.compare import Comparison, End, compare
from ptce_etl.measure.indicator import indicator_row
from ptce_etl.measure.populations import Basis, Population, back, population_of
from ptce_etl.measure.reasons import Reason, reason
from ptce_etl.measure.territories import find_territory

__all__ = ["Question", "show_indicator"]

_BASES: dict[str, tuple[str, str]] = {
    "known": ("as it was known on each day", "telle qu'on la connaissait à chaque date"),
    "backcast": ("as today's evidence says it was", "telle que la disent les preuves d'aujourd'hui"),
}


@dataclass(frozen=True)
class Question:
    """What is asked, as it is written on the command line; ``None`` is what the snapshot suggests."""

    population: str = "listed"
    to_population: str | None = None
    territory: str = "France"
    to_territory: str | None = None
    start: str | None = None
    end: str | None = None
    basis: str | None = None
    snapshot: str = "latest"
    against: str | None = None
    anyway: bool = False
    detail: bool = False
    series: str | None = None
    lang: str = "en"


def show_indicator(screen: Screen, root: Path, asked: Question) -> int:
    """Work the growth out and show it. Raises :class:`ConfigError` for what cannot be compared, :class:`NoData`."""
    language = _one_of("--lang", asked.lang, ("en", "fr"))
    if asked.series is not None:
        _one_of("--series", asked.series, SERIES)
    paths = existing(root)
    now = open_snapshot(paths, asked.snapshot)
    then = open_snapshot(paths, asked.against) if asked.against is not None else now
    base, target = _ends(asked, then, now)
    found = compare(base, target, anyway=asked.anyway, settled=_settled(then, now, base.population))
    row = _row(found)
    opened = behind(found, then, now)
    answer: dict[str, Any] = {"snapshot": now.snapshot, "against": then.snapshot if asked.against is not None else None}
    answer |= {"base_population": base.population.name, "base_territory": base.place.name, "basis": base.basis}
    answer |= row | {"base_date": base.on.isoformat(), "target_date": target.on.isoformat()}
    answer["reasons"] = [{"code": r.code, "blocks": r.blocks, "en": r.said[0], "fr": r.said[1]} for r in found.reasons]
    if asked.series:
        answer["series"] = series_rows(target, base.on, asked.series)
    screen.emit(answer | opened)
    _show(screen, found, row, then, now, language)
    if asked.series:
        show_series(screen, answer["series"], language)
    if asked.detail:
        show_behind(screen, opened, language)
    else:
        screen.gap()
        names = "--detail names the poles behind each number.", "--detail nomme les pôles derrière chaque nombre."
        screen.say(either(language, *names))
    return 0


def _ends(asked: Question, then: Reopened, now: Reopened) -> tuple[End, End]:
    rounds = now.census.world.rounds
    basis = _basis(asked.basis)
    population = population_of(asked.population, rounds)
    other = population_of(asked.to_population, rounds) if asked.to_population is not None else population
    place = find_territory(asked.territory)
    elsewhere = find_territory(asked.to_territory) if asked.to_territory is not None else place
    end = day_of(asked.end, "--to", now.as_of) if asked.end is not None else now.as_of
    if asked.start is not None:
        start = day_of(asked.start, "--from", then.as_of)
    else:
        start = then.as_of if asked.against is not None else back(end, now.headline_years)
    return End(then.census, population, start, place, basis), End(now.census, other, end, elsewhere, basis)


def _basis(text: str | None) -> Basis | None:
    match text:
        case None:
            return None
        case "known" | "backcast":
            return text
        case _:
            raise ConfigError(f"--basis {text!r} is not known", where="--basis", do="one of known, backcast")


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> Lang:
    if value not in allowed:
        raise ConfigError(f"{option} {value!r} is not known", where=option, do=f"one of {', '.join(allowed)}")
    return "fr" if value == "fr" else "en"


def _settled(then: Reopened, now: Reopened, population: Population) -> tuple[Reason, ...]:
    """What only the settings of two snapshots can say."""
    if population.name != "active" or then.active_years == now.active_years:
        return ()
    return (reason("other_settings", base=then.active_years, target=now.active_years),)


def _row(found: Comparison) -> dict[str, Any]:
    """The row of the indicator; a missing base has no count."""
    row = indicator_row(found)
    if found.growth.change is None:
        row |= dict.fromkeys(("base", "base_low", "base_high", "change", "constant_base"))
    return row


def _show(
    screen: Screen, found: Comparison, row: dict[str, Any], then: Reopened, now: Reopened, language: Lang
) -> None:
    ends = (found.base, found.target)
    title = " → ".join(dict.fromkeys(f"{end.population.name}, {end.place.name}" for end in ends))
    for population in dict.fromkeys(end.population for end in ends):
        screen.say(_definition(population, found.base.basis, language))
    screen.gap()
    snapshots = now.snapshot if then is now else f"{then.snapshot} → {now.snapshot}"
    said = [(either(language, "snapshot", "instantané"), snapshots), *growth_lines(row, language)]
    screen.table(["=", f"={title}"], said)
    for one in found.reasons:
        screen.say(one.text(language), indent=2)


def _definition(population: Population, basis: Basis | None, language: Lang) -> str:
    """The rule that counted, and on which basis when one was asked for."""
    own = either(language, population.en, population.fr)
    if basis is None:
        return titled(language, population.name, own)
    past = either(language, population.past_en, population.past_fr) or own
    title = f"{population.name} ({either(language, *_BASES[basis])})"
    return titled(language, title, past if basis == "backcast" else own)
