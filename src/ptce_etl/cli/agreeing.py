"""A resolution against labels: the scores, and what went wrong by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from ptce_etl.cli.foreign import read_csv
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.errors import ConfigError
from ptce_etl.resolve.metrics import Agreement, Pair, agreement

__all__ = ["agreed", "load_labels", "show_agreement"]

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
    poles = labels.groupby("listing_id")["pole"].nunique()
    twice = sorted(poles.index[poles > 1])
    if twice:
        raise ConfigError(f"two poles for {', '.join(twice[:5])}", where=str(file), do="label each listing once")
    return labels.drop_duplicates("listing_id")


def agreed(listings: pd.DataFrame, labels: pd.DataFrame) -> dict[str, Any]:
    """The scores over every labelled listing, and over those labelled as a PTCE where the labels say so.

    ``false_merges`` and ``missed_pairs`` are pairs of listings. ``merged`` and ``split`` say the same pole by pole:
    found poles that hold several true ones, true poles that several found ones share, each with its parts.
    """
    found = dict(zip(listings["listing_id"], listings["pole_id"], strict=True))
    names = dict(zip(listings["listing_id"], listings["name"], strict=True))
    truth = dict(zip(labels["listing_id"], labels["pole"], strict=True))
    whole = agreement(found, truth)
    both = {listing: (found[listing], truth[listing]) for listing in sorted(found.keys() & truth.keys())}
    answer = _scores(whole) | {
        "labels_without_listing": len(truth.keys() - found.keys()),
        "false_merges": [_named(pair, names, truth) for pair in whole.wrong.merged],
        "missed_pairs": [_named(pair, names, truth) for pair in whole.wrong.missed],
        "merged": _parts(both, names, whole=0),
        "split": _parts(both, names, whole=1),
    }
    if "is_ptce" in labels:
        yes = labels[labels["is_ptce"] == "yes"]
        answer["is_ptce"] = _scores(agreement(found, dict(zip(yes["listing_id"], yes["pole"], strict=True))))
    return answer


def _scores(result: Agreement) -> dict[str, Any]:
    return {
        "listings": result.n,
        "true_pairs": result.true_pairs,
        "found_pairs": result.found_pairs,
        "pairwise": asdict(result.pairwise) | {"f1": result.pairwise.f1},
        "b_cubed": asdict(result.b_cubed) | {"f1": result.b_cubed.f1},
    }


def _named(pair: Pair, names: dict[str, str], truth: dict[str, str]) -> dict[str, str]:
    left, right = pair
    return {
        "left": left,
        "left_name": names[left],
        "left_pole": truth[left],
        "right": right,
        "right_name": names[right],
        "right_pole": truth[right],
    }


def _parts(both: dict[str, tuple[str, str]], names: dict[str, str], *, whole: int) -> list[dict[str, Any]]:
    """Groups of one side (0 found, 1 true) that the other side cuts into parts, each part with its names."""
    cut: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for listing, groups in both.items():
        cut[groups[whole]][groups[1 - whole]].append(listing)
    return [
        {
            "pole": group,
            "parts": [
                {"pole": part, "listings": members, "names": sorted({names[listing] for listing in members})}
                for part, members in sorted(parts.items(), key=lambda item: (-len(item[1]), item[0]))
            ],
        }
        for group, parts in sorted(cut.items())
        if len(parts) > 1
    ]


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
    _show_parts(screen, "False merges", answer["false_merges"], answer["merged"], ("found pole", "true pole"))
    _show_parts(screen, "Missed", answer["missed_pairs"], answer["split"], ("true pole", "found pole"))


def _show_parts(
    screen: Screen, title: str, pairs: list[dict[str, str]], groups: list[dict[str, Any]], columns: tuple[str, str]
) -> None:
    if not pairs:
        screen.heading(f"{title}: none")
        return
    screen.heading(f"{title}: {counted(len(pairs), 'pair')}, in {counted(len(groups), columns[0])}")
    screen.table(
        [columns[0], columns[1], ">listings", "names"],
        [
            (group["pole"] if number == 0 else "", part["pole"], str(len(part["listings"])), "; ".join(part["names"]))
            for group in groups[:_SHOWN]
            for number, part in enumerate(group["parts"])
        ],
    )
    if len(groups) > _SHOWN:
        screen.say(f"… and {len(groups) - _SHOWN:,} more: --json has them all, pair by pair", indent=2)
