"""Why a growth is not comparable, or what to keep in mind: every code, its rule and its sentence, in both languages.

The one place where these sentences stand: the tables, the command line and METHOD.md take them from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from ptce_etl.measure.wording import NBSP, NNBSP, Both
from ptce_etl.schema import SEPARATOR

__all__ = ["RULES", "Reason", "Rule", "joined", "reason", "typeset"]


class Rule(NamedTuple):
    """``blocks``: the growth is not comparable; else it is a note. ``rule``: when it applies; ``said``: the sentence of
    a case, with its figures to fill in. Both are (English, French)."""

    blocks: bool
    rule: Both
    said: Both


class Reason(NamedTuple):
    """A rule that applies, in words (English, French)."""

    code: str
    blocks: bool
    said: Both

    def text(self, language: Literal["en", "fr"]) -> str:
        """``code: sentence``."""
        return f"{self.code}: {self.said[0]}" if language == "en" else f"{self.code}{NBSP}: {self.said[1]}"


RULES: dict[str, Rule] = {
    "base_missing": Rule(
        True,
        (
            "nothing can be counted at the start: no evidence speaks of that time, or the round has no results yet",
            "rien ne peut être compté au début : aucune preuve ne parle de cette époque, ou la vague n'a pas encore de "
            "résultats",
        ),
        (
            "nothing can be counted on {day}; the first count is of {first}",
            "rien ne peut être compté le {day} ; le premier décompte est du {first}",
        ),
    ),
    "base_zero": Rule(
        True,
        ("there is no pole at the start", "aucun pôle au début"),
        (
            "no pole is counted at the start, so a growth in % has no value",
            "aucun pôle n'est compté au début, une croissance en % n'a donc pas de valeur",
        ),
    ),
    "other_population": Rule(
        True,
        ("the two counts are of two populations", "les deux effectifs sont de deux populations"),
        ("{base} and {target} count different things", "{base} et {target} ne comptent pas la même chose"),
    ),
    "other_programme": Rule(
        True,
        ("the two counts are of two call rounds", "les deux effectifs sont de deux vagues d'appel"),
        ("{base} and {target} are two rounds, of other poles", "{base} et {target} sont deux vagues, d'autres pôles"),
    ),
    "other_territory": Rule(
        True,
        ("the two counts are of two territories", "les deux effectifs sont de deux territoires"),
        ("{base} and {target} are two territories", "{base} et {target} sont deux territoires"),
    ),
    "other_settings": Rule(
        True,
        (
            "two snapshots count `active` over another number of years",
            "deux instantanés comptent `active` sur un autre nombre d'années",
        ),
        (
            "`active` means {base} years in one snapshot and {target} in the other",
            "`active` veut dire {base} ans dans un instantané et {target} dans l'autre",
        ),
    ),
    "coverage_moved": Rule(
        True,
        (
            "coverage moved by more than {points} points between the two dates",
            "la couverture a varié de plus de {points} points entre les deux dates",
        ),
        (
            "published laureates named went from {base} to {target}",
            "les lauréats publiés que l'on nomme sont passés de {base} à {target}",
        ),
    ),
    "rounds_unseen": Rule(
        True,
        (
            "less than {share} of the published laureates of the rounds of the period are named",
            "moins de {share} des lauréats publiés des vagues de la période sont nommés",
        ),
        (
            "{named} of the {published} laureates of the period are named",
            "{named} des {published} lauréats de la période sont nommés",
        ),
    ),
    "mostly_discovered": Rule(
        True,
        (
            "poles discovered late exceed half of the change",
            "les pôles découverts tard dépassent la moitié de la variation",
        ),
        (
            "{late} of the poles that entered are first read of in the period, with nothing that says they opened in "
            "it",
            "{late} des pôles entrés sont lus pour la première fois dans la période, sans rien qui dise qu'ils y sont "
            "nés",
        ),
    ),
    "mostly_unnamed": Rule(
        True,
        (
            "poles of `active` that nothing names any more, with nothing that says they closed, exceed half of the "
            "change",
            "les pôles d'`active` que plus rien ne nomme, sans rien qui les dise fermés, dépassent la moitié de la "
            "variation",
        ),
        (
            "{out} of the poles that left are only named no more: absence proves nothing",
            "{out} des pôles sortis ne sont seulement plus nommés : l'absence ne prouve rien",
        ),
    ),
    "mostly_identities": Rule(
        True,
        (
            "between two snapshots, poles merged or split exceed half of the change",
            "entre deux instantanés, les pôles fusionnés ou scindés dépassent la moitié de la variation",
        ),
        (
            "{merged} merged and {split} split between the two snapshots: mostly our knowledge moved, not the world",
            "{merged} et {split} entre les deux instantanés : c'est surtout notre connaissance qui a bougé, non le "
            "monde",
        ),
    ),
    "small_base": Rule(
        False,
        (
            "fewer than {poles} poles at the start: read the counts",
            "moins de {poles} pôles au début : lire les effectifs",
        ),
        ("{base} at the start; read the counts, not the %", "{base} au début ; lire les effectifs, non le %"),
    ),
    "identities_moved": Rule(
        False,
        (
            "between two snapshots, poles were merged or split: the movement tells these apart",
            "entre deux instantanés, des pôles ont été fusionnés ou scindés : le mouvement les met à part",
        ),
        (
            "{merged} merged and {split} split between the two snapshots",
            "{merged} et {split} entre les deux instantanés",
        ),
    ),
    "interval_sampled": Rule(
        False,
        (
            "too many linked pairs are undecided to try every way: the interval comes from draws",
            "trop de paires liées ne sont pas tranchées pour tout essayer : l'intervalle vient de tirages",
        ),
        (
            "the interval comes from draws of how undecided pairs may be settled, not from all of them",
            "l'intervalle vient de tirages des façons de trancher, non de toutes",
        ),
    ),
}
"""In the order in which they are told: what forbids the comparison, then notes."""


def reason(code: str, **values: object) -> Reason:
    """A reason of :data:`RULES` with its figures; a value that is a pair is (English, French)."""
    rule = RULES[code]
    english, french = (
        words.format(**{name: value[at] if isinstance(value, tuple) else value for name, value in values.items()})
        for at, words in enumerate(rule.said)
    )
    return Reason(code, rule.blocks, (english, typeset(french)))


def typeset(french: str) -> str:
    """French with the spaces that its punctuation takes."""
    for mark, space in ((":", NBSP), (";", NNBSP), ("?", NNBSP), ("!", NNBSP)):
        french = french.replace(f" {mark}", f"{space}{mark}")
    return french


def joined(reasons: Iterable[Reason], language: Literal["en", "fr"]) -> str | None:
    """Several reasons in one cell, what forbids the comparison first; ``None`` when there are none."""
    ordered = sorted(reasons, key=lambda found: list(RULES).index(found.code))
    return SEPARATOR.join(found.text(language) for found in ordered) or None
