"""``ptce open c083``: a published figure with its verdict, what it was compared with, and the ledger it stands in."""

from __future__ import annotations

from typing import Any

from ptce_etl.cli.cells import records
from ptce_etl.cli.claimed import figure_of
from ptce_etl.cli.compared import compared_rows, show_compared
from ptce_etl.cli.reopened import open_snapshot
from ptce_etl.cli.screen import Screen
from ptce_etl.collect.archive import Archive
from ptce_etl.config import Paths
from ptce_etl.measure.wording import number
from ptce_etl.schema import SEPARATOR

__all__ = ["open_claim"]


def open_claim(screen: Screen, paths: Paths, claim_id: str, *, snapshot: str) -> int:
    """Show the claim, which the snapshot must have."""
    opened = open_snapshot(paths, snapshot)
    claims = opened.tables["claims"]
    (row,) = records(claims[claims["claim_id"] == claim_id])
    refs = (row["compared_with"] or "").split(SEPARATOR) if row["compared_with"] else []
    compared = compared_rows(refs, opened, row["territory"] or "France")
    source = next((s for s in records(opened.tables["sources"]) if s["capture_sha256"] == row["capture_sha256"]), None)
    path = Archive(paths.root).path / "objects" / row["capture_sha256"][:2] / row["capture_sha256"]
    capture = {
        "source_id": source["source_id"] if source else None,
        "capture_sha256": row["capture_sha256"],
        "record_no": row["record_no"],
        "path": str(path),
    }
    screen.emit({"snapshot": opened.snapshot, "claim": row, "compared_with": compared, "capture": capture})
    screen.heading(f"{figure_of(row)}  {claim_id}")
    screen.facts(
        [
            ("verdict", row["verdict"]),
            ("slip", row["slip"] or ""),
            ("computed", _computed(row)),
            ("published by", row["publisher"] or ""),
            ("about", row["claim_date"] or "no date"),
            ("said to be", row["worded_as"] or ""),
            ("page", row["source_url"] or ""),
            ("snapshot", opened.snapshot),
        ]
    )
    for language in ("en", "fr"):
        screen.gap()
        screen.say(row[f"explanation_{language}"], indent=2)
    show_compared(screen, compared, "en", most=len(compared))
    screen.heading("Source: the bytes it was read from")
    screen.facts(
        [
            ("row", f"{row['record_no']} of {capture['source_id'] or 'a ledger of an earlier capture'}"),
            ("sha256", row["capture_sha256"]),
            ("bytes", str(path)),
        ]
    )
    return 0


def _computed(row: dict[str, Any]) -> str:
    if row["computed"] is None:
        return ""
    if row["kind"] == "count":
        return f"{number(row['computed'])[0]} named"
    return f"{number(row['computed'], 2)[0]}%, ×{number(row['computed_multiplier'], 3)[0]}"
