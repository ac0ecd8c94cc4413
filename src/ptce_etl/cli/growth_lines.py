"""A growth in lines of label and value, in English or in French, for ``ptce run`` and ``ptce indicator``.

A percentage never stands without the two counts it comes from.
"""

from __future__ import annotations

from typing import Any

from ptce_etl.cli.text import Lang, at, interval, share, signed
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.measure.wording import number, times

__all__ = ["LABELS", "Row", "change", "count", "grew", "growth_lines", "label"]

Row = dict[str, Any]

LABELS: dict[str, tuple[str, str]] = {
    "period": ("period", "période"),
    "base": ("poles at the start", "pôles au début"),
    "target": ("poles at the end", "pôles à la fin"),
    "growth": ("growth", "croissance"),
    "interval": ("interval", "intervalle"),
    "multiplier": ("multiplier", "multiplicateur"),
    "yearly": ("a year", "par an"),
    "change": ("change", "variation"),
    "opened": ("opened", "nés"),
    "discovered_late": ("discovered late", "découverts tard"),
    "reclassified": ("reclassified", "reclassés"),
    "split": ("split off", "scindés"),
    "closed": ("closed", "fermés"),
    "reclassified_out": ("left, not closed", "sortis, non fermés"),
    "merged": ("merged", "fusionnés"),
    "constant": ("on constant sources", "à sources constantes"),
    "coverage": ("laureates found", "lauréats trouvés"),
    "comparable": ("comparable", "comparable"),
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    "sampled": ("drawn, not all tried", "tirage, non exhaustif"),
}
_NONE = "–"


def growth_lines(row: Row, language: Lang = "en") -> list[tuple[str, str]]:
    """The lines of a row that has the columns of schema table ``indicator``; a movement that is not told is left out,
    and so is what only two snapshots have (merged, split) where there is none."""
    ends = (row["base"], row["target"])
    lines = [
        ("period", f"{row['base_date']} → {row['target_date']}"),
        ("base", count(row["base"], row["base_low"], row["base_high"], language)),
        ("target", count(row["target"], row["target_low"], row["target_high"], language)),
        ("growth", grew(*ends, row["growth_pct"], language)),
    ]
    if row["interval_how"] is not None:
        drawn = f" ({LABELS['sampled'][at(language)]})" if row["interval_how"] == "sampled" else ""
        lines.append(("interval", interval(row["growth_low_pct"], row["growth_high_pct"], language) + drawn))
    multiplier = row["multiplier"]
    lines += [
        ("multiplier", _NONE if multiplier is None else times(multiplier)[at(language)]),
        ("yearly", signed(row["yearly_rate_pct"], language)),
        ("change", change(row["change"], language)),
    ]
    for name, sign in COMPONENTS.items():
        if row[name] is not None and (row[name] or name not in ("merged", "split")):
            lines.append((f"  {name}", change(sign * row[name], language)))
    if row["constant_base"] is not None:
        constant = grew(row["constant_base"], row["constant_target"], row["constant_growth_pct"], language)
        lines.append(("constant", constant))
    lines += [
        ("coverage", " → ".join(share(row[f"coverage_{end}"], language) for end in ("base", "target"))),
        ("comparable", LABELS["yes" if row["comparable"] else "no"][at(language)]),
    ]
    return [(label(name, language), value) for name, value in lines]


def label(name: str, language: Lang) -> str:
    """The label of a line; leading spaces are kept."""
    bare = name.lstrip()
    return name[: len(name) - len(bare)] + LABELS[bare][at(language)]


def count(n: int | None, low: int | None, high: int | None, language: Lang = "en") -> str:
    """A count and, where pairs are undecided, its interval: ``99 (98–99)``; ``–`` when it is missing."""
    if n is None or low is None or high is None:
        return _NONE
    said = number(n)[at(language)]
    return said if low == n == high else f"{said} ({number(low)[at(language)]}–{number(high)[at(language)]})"


def grew(base: int | None, target: int | None, pct: float | None, language: Lang = "en") -> str:
    """A growth with its two counts: ``81 → 99 (+22.2%)``."""
    ends = " → ".join(_NONE if n is None else number(n)[at(language)] for n in (base, target))
    return f"{ends} ({signed(pct, language)})"


def change(n: int | None, language: Lang = "en") -> str:
    """A difference in poles: ``+18``, ``−1``, ``0``."""
    if n is None:
        return _NONE
    return "0" if n == 0 else f"{'+' if n > 0 else '−'}{number(abs(n))[at(language)]}"
