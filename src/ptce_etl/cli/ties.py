"""The edges of a pole in words: what ties its listings, and what each reason is worth."""

from __future__ import annotations

from itertools import combinations

from ptce_etl.cli.dossier import Row, holding_together
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import bits, counted
from ptce_etl.resolve.scoring import SIGNALS

__all__ = ["pairs_said", "runs", "show_edges", "waterfall"]

_JUDGED, _PRIOR = "judgement", "prior"  # reasons that are not signals


def show_edges(screen: Screen, edges: list[Row], n_listings: int) -> None:
    tree = holding_together(edges)
    if n_listings == 1:
        screen.heading("One listing: nothing to tie")
        return
    screen.heading(f"What ties them: {counted(len(tree), 'link')}, the strongest that suffice (weights in bits)")
    screen.table(
        [">pair", ">bits", "=by", "reasons"],
        [(_pair(edge), bits(edge["weight"]), edge["decided_by"], waterfall(edge)) for edge in tree],
    )
    screen.heading(f"All {counted(len(edges), 'pair')} among them, those with the same reasons together")
    said = {reason["signal"] for edge in edges for reason in edge["reasons"]} - {_JUDGED}
    signals = [signal for signal in (*SIGNALS, *sorted(said - {*SIGNALS, _PRIOR}), _PRIOR) if signal in said]
    groups: dict[tuple[object, ...], list[Row]] = {}
    for edge in edges:
        groups.setdefault(_alike(edge), []).append(edge)
    screen.table(
        [">bits", "=verdict", *(f">{signal}" for signal in signals), "names compared", "pairs"],
        [
            (
                bits(same[0]["weight"]),
                same[0]["verdict"],
                *(_bits_of(same[0], signal) for signal in signals),
                _sides(_compared(same[0], "name")),
                pairs_said([edge["pair"] for edge in same]),
            )
            for same in groups.values()
        ],
    )


def waterfall(edge: Row) -> str:
    """An edge's reasons in a line. The prior is the same everywhere: its figure says enough."""
    said = []
    for reason in edge["reasons"]:
        worth = "" if reason["signal"] == _JUDGED else bits(reason["bits"])
        compared = "" if reason["signal"] == _PRIOR else _sides(reason["compared"])
        said.append(" ".join(filter(None, (reason["signal"], worth, compared))))
    return " · ".join(said)


def _sides(compared: str) -> str:
    """ "x / x (same)" is "x (same)"."""
    left, slash, right = compared.partition(" / ")
    side, bracket, how = right.partition(" (")
    return f"{left}{bracket}{how}" if slash and side == left else compared


def _alike(edge: Row) -> tuple[object, ...]:
    """What two pairs share when nothing but their listings differs (the order of a pair says nothing)."""
    texts = []
    for reason in edge["reasons"]:
        left, _, right = reason["compared"].partition(" / ")
        right, _, how = right.partition(" (")
        texts.append((reason["signal"], reason["bits"], *sorted((left, right)), how))
    return (edge["weight"], edge["verdict"], edge["decided_by"], *texts)


def _compared(edge: Row, signal: str) -> str:
    return next((reason["compared"] for reason in edge["reasons"] if reason["signal"] == signal), "")


def _bits_of(edge: Row, signal: str) -> str:
    return next((bits(reason["bits"]) for reason in edge["reasons"] if reason["signal"] == signal), "")


def _pair(edge: Row) -> str:
    return "–".join(str(n) for n in edge["pair"])


def pairs_said(pairs: list[list[int]]) -> str:
    """Pairs in few words: "any two of 1, 3, 7", "1, 3 with 5, 7" (each with each), else pair by pair."""
    said = {(a, b) for a, b in pairs}
    members = sorted({n for pair in said for n in pair})
    if len(members) > 2 and said == set(combinations(members, 2)):
        return f"any two of {runs(members)}"
    right = sorted({n for pair in said if members[0] in pair for n in pair} - {members[0]})
    left = [n for n in members if n not in right]
    if len(said) > 2 and said == {(min(a, b), max(a, b)) for a in left for b in right}:
        return f"{runs(left)} with {runs(right)}"
    return ", ".join(f"{a}–{b}" for a, b in sorted(said))


def runs(numbers: list[int]) -> str:
    """1, 2, 3, 5 as "1–3, 5"."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
