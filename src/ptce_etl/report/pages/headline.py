"""The figure put forward, and the one sentence that says in plain words what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from ptce_etl.report.material import Edition, Row
from ptce_etl.report.typography import Lang, amount, day, polish, share, signed, spelled, whole

__all__ = ["Headline", "headline"]


@dataclass(frozen=True, slots=True)
class Headline:
    """The card in words. ``verdict`` is the sentence; ``choices`` says where the growth stands among other choices."""

    row: Row
    population: str
    count: str
    interval: str
    growth: str
    counts: str
    period: str
    since: str
    until: str
    verdict: str
    choices: str
    constant: str


def headline(edition: Edition, lang: Lang) -> Headline:
    """The headline of an edition in a language."""
    row = edition.headline
    low, high = whole(row["target_low"], lang), whole(row["target_high"], lang)
    settled = row["target_low"] == row["target_high"]
    interval = (
        ("aucun doute en attente", "no doubt is pending")
        if settled
        else (f"de {low} à {high} selon les doutes non tranchés", f"{low} to {high}, as open doubts are settled")
    )
    since, until = day(row["base_date"], lang), day(row["target_date"], lang)
    years = spelled(round(row["years"], 1), lang)
    period = (f"en {years} ans", f"in {years} years") if years != "1" else ("en un an", "in one year")
    grown = row["growth_pct"]
    return Headline(
        row=row,
        population=polish(_pick(lang, "pôles recensés", "listed poles"), lang),
        count=whole(row["target"], lang),
        interval=polish(_pick(lang, *interval), lang),
        growth=signed(grown, lang) if grown is not None else amount(row["change"], lang),
        counts=f"{whole(row['base'], lang)} → {whole(row['target'], lang)}",
        period=_pick(lang, *period),
        since=since,
        until=until,
        verdict=polish(_verdict(row, lang), lang),
        choices=polish(_choices(edition, lang), lang),
        constant=polish(_constant(row, lang), lang),
    )


def _pick(lang: Lang, french: str, english: str) -> str:
    return french if lang == "fr" else english


def _verdict(row: Row, lang: Lang) -> str:
    """What the growth is made of, the largest cause first said."""
    entered = row["opened"] + row["discovered_late"] + row["reclassified"] + row["split"]
    late, opened = row["discovered_late"], row["opened"]
    if row["change"] > 0 and 2 * late > entered:
        born = {0: ("aucun n'est né", "none opened"), 1: ("un seul est né", "one opened")}
        told = born.get(opened, (f"{opened} sont nés", f"{opened} opened"))
        return _pick(
            lang,
            f"Cette hausse vient surtout de ce que nous avons lu : {late} des {entered} pôles entrés ont seulement été "
            f"découverts tard ; {told[0]} dans la période d'après les preuves.",
            f"Most of this rise is in what we read: {late} of the {entered} poles that entered were merely discovered "
            f"late; {told[1]} in the period on any evidence.",
        )
    if not row["comparable"]:
        return _pick(
            lang,
            "Les deux effectifs ne se comparent pas : la variation n'est pas une croissance réelle.",
            "The two counts do not compare: this change is not a real growth.",
        )
    return _pick(
        lang,
        f"{opened} pôles sont nés dans la période d'après les preuves, {row['closed']} ont fermé.",
        f"Evidence says that {opened} poles opened in the period and {row['closed']} closed.",
    )


def _constant(row: Row, lang: Lang) -> str:
    base, target, pct = row["constant_base"], row["constant_target"], row["constant_growth_pct"]
    if pct is None:
        return ""
    ends = f"{whole(base, lang)} → {whole(target, lang)}, {signed(pct, lang)}"
    return _pick(lang, f"À sources constantes : {ends}.", f"On constant sources: {ends}.")


def _choices(edition: Edition, lang: Lang) -> str:
    """Where the published growth stands among those that other reasonable choices give."""
    curve = edition.curve
    if len(curve) < 2:
        return ""
    low, high = signed(curve[0]["growth_pct"], lang), signed(curve[-1]["growth_pct"], lang)
    ours = [n for n, row in enumerate(curve) if row["differs"] == 0]
    below = share((ours[0] if ours else 0) / len(curve), lang)
    return _pick(
        lang,
        f"Sous {len(curve)} jeux de choix raisonnables, la même croissance va de {low} à {high} ; {below} d'entre eux "
        "donnent moins que le nôtre.",
        f"Under {len(curve)} sets of reasonable choices the same growth runs from {low} to {high}; {below} of them "
        "give less than ours.",
    )
