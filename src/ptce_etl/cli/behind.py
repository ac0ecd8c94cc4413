"""The poles behind each number of a growth, and the listing that shows why each is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.growth_lines import LABELS
from ptce_etl.cli.reopened import Reopened
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import Lang, at, either, titled
from ptce_etl.measure.compare import Comparison, End
from ptce_etl.measure.evidence import Evidence
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.populations import cohort
from ptce_etl.measure.witness import witness

__all__ = ["behind", "show_behind"]

Row = dict[str, Any]
_TIES = ("merged", "split")


def behind(found: Comparison, then: Reopened, now: Reopened) -> Row:
    """Pole ids by number: ``poles`` (counted at the start, at the end, and in each component, with the listing that
    shows it), ``undecided`` pairs, ``constant`` sources, ``rounds`` (laureates named); ``names`` of all poles."""
    base, target = found.base, found.target
    ties = {name: list(getattr(found.moves, name)) for name in _TIES} if found.moves else {}
    components: Row = {"base": sorted(base.members), "target": sorted(target.members)}
    for name in COMPONENTS if found.moves else ():
        if name in _TIES:
            components[name] = [{"pole_id": one, "other": other} for one, other in ties[name]]
        else:
            components[name] = [_shown(found, name, pole, then, now) for pole in getattr(found.moves, name)]
    pairs = target.census.pairs_in(target.place)
    constant = found.constant or (frozenset(), frozenset())
    return {
        "poles": components,
        "undecided": [list(pair) for pair in pairs if target.members.intersection(pair)],
        "constant": {"base": sorted(constant[0]), "target": sorted(constant[1])},
        "rounds": _rounds(target),
        "names": then.names() | now.names(),
    }


def _shown(found: Comparison, component: str, pole: str, then: Reopened, now: Reopened) -> Row:
    item = witness(found, component, pole)
    return {"pole_id": pole} | (_listing(item, (now, then)) if item else {})


def _listing(item: Evidence, snapshots: Iterable[Reopened]) -> Row:
    """The listing of a piece of evidence, as the first snapshot that has it gives it."""
    found: Row = {"listing_id": item.listing_id, "known_on": item.known_on.isoformat()}
    for one in snapshots:
        rows = one.tables["listings"]
        for row in records(rows.loc[rows["listing_id"] == item.listing_id, ["publisher", "source_url", "status"]]):
            return found | row
    return found


def _rounds(end: End) -> list[Row]:
    """The laureates named of each State round whose results are out, which is what coverage is made of."""
    census = end.census
    return [
        {
            "round": call.programme,
            "named": sorted(cohort(census.world, call.programme, end.on)),
            "published": census.published[call.programme].value,
        }
        for call in census.world.rounds.values()
        if call.state_call and call.programme in census.published and call.results <= end.on
    ]


def show_behind(screen: Screen, opened: Row, language: Lang) -> None:
    """Every number by name: components first, then what stayed, pairs, constant sources and laureates."""
    poles, constant = opened["poles"], opened["constant"]
    base, target = poles["base"], poles["target"]
    for name in COMPONENTS:
        if poles.get(name):
            _show_component(screen, name, poles[name], opened["names"], language)
    one_thing, head = "opened" in poles, _HEAD[at(language)]
    lists = (
        ("counted at both ends", "comptés aux deux bouts", [pole for pole in target if pole in base]),
        ("counted at the start", "comptés au début", [] if one_thing else base),
        ("counted at the end", "comptés à la fin", [] if one_thing else target),
        (
            "counted at the end, not on constant sources",
            "comptés à la fin, non à sources constantes",
            [pole for pole in target if one_thing and pole not in constant["target"]],
        ),
    )
    for english, french, ids in lists:
        rows = [_both(opened["names"], pole) for pole in ids]
        _show(screen, language, either(language, english, french), head, rows)
    pairs = [(*_both(opened["names"], one), *_both(opened["names"], two)) for one, two in opened["undecided"]]
    _show(screen, language, either(language, "undecided pairs", "paires non tranchées"), [*head, *head], pairs)
    screen.heading(LABELS["coverage"][at(language)])
    for row in opened["rounds"]:
        said = ", ".join(_name(opened["names"], pole) for pole in row["named"]) or "–"
        screen.say(titled(language, f"{row['round']} {len(row['named'])}/{row['published']}", said), indent=2)


_HEAD = (["=pole", "name"], ["=pôle", "nom"])
_SHOWN = (["=readable", "=shown by", "publisher"], ["=lisible", "=montré par", "éditeur"])
_OTHER = {"merged": ("=merged into", "=fusionné avec"), "split": ("=split into", "=scindé en")}


def _show_component(screen: Screen, name: str, rows: list[Row], names: dict[str, str], language: Lang) -> None:
    here = at(language)
    if name in _TIES:
        head = [*_HEAD[here], _OTHER[name][here], ""]
        told = [(*_both(names, row["pole_id"]), *_both(names, row["other"])) for row in rows]
        _show(screen, language, LABELS[name][here], head, told)
        return
    shown = ("known_on", "listing_id", "publisher")
    told_by = [(*_both(names, row["pole_id"]), *(row.get(key) or "–" for key in shown)) for row in rows]
    _show(screen, language, LABELS[name][here], [*_HEAD[here], *_SHOWN[here]], told_by)


def _show(screen: Screen, language: Lang, title: str, head: list[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        screen.heading(titled(language, title, len(rows)))
        screen.table(head, rows)


def _both(names: dict[str, str], pole: str) -> tuple[str, str]:
    return pole, _name(names, pole)


def _name(names: dict[str, str], pole: str) -> str:
    return names.get(pole, "–")
