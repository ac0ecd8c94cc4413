"""A resolution against labels: the scores, and what went wrong by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.cli.foreign import read_csv
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.errors import ConfigError
from ptce_etl.resolve.metrics import Agreement, Compared, Pair, agreement, compare, measured

__all__ = ["MOST", "agreed", "load_labels", "show_agreement"]

MOST = 5_000  # wrong pairs, and poles behind them, of either kind: a million listings may have millions
_SHOWN = 40
_RATES = ("precision", "recall", "f1")
_SIZES = ("listings", "true_pairs", "found_pairs")


def load_labels(file: Path) -> pd.DataFrame:
    """Columns ``listing_id``, ``pole`` and, where the file has it, ``is_ptce``; rows without the first two left out."""
    _, labels = read_csv(file)
    missing = [name for name in ("listing_id", "pole") if name not in labels]
    if missing:
        raise ConfigError(
            f"labels without the columns {', '.join(missing)}",
            where=str(file),
            do="give a CSV file with listing_id and pole (the true pole, under any name)",
        )
    labels = labels.dropna(subset=["listing_id", "pole"])
    if labels["listing_id"].is_unique:
        return labels
    twice = labels[["listing_id", "pole"]].drop_duplicates()["listing_id"]
    twice = twice[twice.duplicated()]
    if len(twice):
        several = ", ".join(sorted(set(twice))[:5])
        raise ConfigError(f"two poles for {several}", where=str(file), do="label each listing once")
    return labels.drop_duplicates("listing_id")


def agreed(listings: pd.DataFrame, labels: pd.DataFrame) -> dict[str, Any]:
    """The scores over every labelled listing, and over those labelled as a PTCE where the labels say so.

    ``false_merges`` and ``missed_pairs`` are pairs of listings. ``merged`` and ``split`` say the same pole by pole:
    found poles that hold several true ones, true poles that several found ones share, each with its parts. Each is cut
    after MOST; ``left_out`` says how many more there are.
    """
    found, truth = (frame.set_index("listing_id")[pole] for frame, pole in ((listings, "pole_id"), (labels, "pole")))
    both = compare(found, truth)
    whole = measured(both, MOST)
    names = listings["name"].iloc[both.at].reset_index(drop=True)
    wrong, (merged, n_merged), (split, n_split) = whole.wrong, _parts(both, names, 0), _parts(both, names, 1)
    answer = _scores(whole) | {
        "labels_without_listing": len(truth) - whole.n,
        "false_merges": _named(both, names, wrong.merged),
        "missed_pairs": _named(both, names, wrong.missed),
        "merged": merged,
        "split": split,
        "left_out": {
            "false_merges": wrong.n_merged - len(wrong.merged),
            "missed_pairs": wrong.n_missed - len(wrong.missed),
            "merged": n_merged - len(merged),
            "split": n_split - len(split),
        },
    }
    if "is_ptce" in labels:
        answer["is_ptce"] = _scores(agreement(found, truth[(labels["is_ptce"] == "yes").to_numpy()], 0))
    return answer


def _scores(result: Agreement) -> dict[str, Any]:
    return {
        "listings": result.n,
        "true_pairs": result.true_pairs,
        "found_pairs": result.found_pairs,
        "pairwise": asdict(result.pairwise) | {"f1": result.pairwise.f1},
        "b_cubed": asdict(result.b_cubed) | {"f1": result.b_cubed.f1},
    }


def _named(both: Compared, names: pd.Series, pairs: tuple[Pair, ...]) -> list[dict[str, str]]:
    columns: list[list[str]] = []
    for side in (0, 1):
        ids = [pair[side] for pair in pairs]
        rows = both.listings.searchsorted(ids)
        columns += [ids, names.iloc[rows].tolist(), both.names[1].iloc[both.truth[rows]].tolist()]
    keys = ("left", "left_name", "left_pole", "right", "right_name", "right_pole")
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


def _parts(both: Compared, names: pd.Series, side: int) -> tuple[list[dict[str, Any]], int]:
    """The first groups of one side (0 found, 1 true) that the other side cuts into parts, each part with its names.

    And how many such groups there are in all.
    """
    whole, other = (both.found, both.truth)[:: 1 - 2 * side]
    cut = np.flatnonzero(np.bincount(both.cells[side]) > 1)
    rows = np.flatnonzero(np.isin(whole, cut[:MOST]))
    parts: dict[int, dict[int, list[tuple[str, str]]]] = {group: defaultdict(list) for group in cut[:MOST].tolist()}
    said = zip(both.listings.iloc[rows].tolist(), names.iloc[rows].tolist(), strict=True)
    for group, part, listing in zip(whole[rows].tolist(), other[rows].tolist(), said, strict=True):
        parts[group][part].append(listing)
    poles, others = both.names[:: 1 - 2 * side]
    return [
        {
            "pole": poles.iat[group],
            "parts": [
                {
                    "pole": others.iat[part],
                    "listings": [listing for listing, _ in members],
                    "names": sorted({name for _, name in members}),
                }
                for part, members in sorted(of.items(), key=lambda item: (-len(item[1]), item[0]))
            ],
        }
        for group, of in parts.items()
    ], len(cut)


def show_agreement(screen: Screen, answer: dict[str, Any]) -> None:
    """The scores as a table, then the poles behind the wrong pairs."""
    screen.heading(f"Against the labels of {counted(answer['listings'], 'listing')}")
    sets = [("", answer)] + ([(", is_ptce = yes", answer["is_ptce"])] if "is_ptce" in answer else [])
    screen.table(
        ["=measure", ">precision", ">recall", ">F1", ">listings", ">true pairs", ">found pairs"],
        [
            (
                f"{label}{of}",
                *(f"{scores[key][rate]:.4f}" for rate in _RATES),
                *(f"{scores[size]:,}" for size in _SIZES),
            )
            for of, scores in sets
            for label, key in (("pairwise", "pairwise"), ("B-cubed", "b_cubed"))
        ],
    )
    if answer["labels_without_listing"]:
        unknown = counted(answer["labels_without_listing"], "label")
        screen.say(f"{unknown} of listings that are not in the file", indent=2)
    _show_parts(screen, "False merges", answer, ("false_merges", "merged"), ("found pole", "true pole"))
    _show_parts(screen, "Missed", answer, ("missed_pairs", "split"), ("true pole", "found pole"))


def _show_parts(
    screen: Screen, title: str, answer: dict[str, Any], keys: tuple[str, str], columns: tuple[str, str]
) -> None:
    groups: list[dict[str, Any]] = answer[keys[1]]
    n_pairs, n_groups = (len(answer[key]) + answer["left_out"][key] for key in keys)
    if not n_pairs:
        screen.heading(f"{title}: none")
        return
    screen.heading(f"{title}: {counted(n_pairs, 'pair')}, in {counted(n_groups, columns[0])}")
    screen.table(
        [columns[0], columns[1], ">listings", "names"],
        [
            (group["pole"] if number == 0 else "", part["pole"], str(len(part["listings"])), "; ".join(part["names"]))
            for group in groups[:_SHOWN]
            for number, part in enumerate(group["parts"])
        ],
    )
    if n_groups > _SHOWN:
        all_of_them = "them all" if max(n_pairs, n_groups) <= MOST else f"the first {MOST:,}"
        screen.say(f"… and {n_groups - _SHOWN:,} more: --json has {all_of_them}, pair by pair", indent=2)
