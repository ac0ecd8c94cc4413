"""Quality, time and memory of `ptce resolve` against plain name matching, on listings whose truth is known.

    python benchmarks/resolve.py                    the dev labels, then 1,000 and 10,000 made-up listings
    python benchmarks/resolve.py --sizes 1000

Each method is a process of its own, timed from start to end. The baselines clean names a little (case, accents, the
words PTCE) and then: *exact* takes equal names as one pole; *fuzzy* links names whose rapidfuzz token_sort_ratio
reaches a threshold, chosen in hindsight as the best of four, unless both departments are given and differ.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import PTCE, ROOT, Run, machine, measure, table, write_section
from benchmarks.synthetic import write_listings
from ptce_etl.resolve.metrics import agreement

SEED = 20261123
THRESHOLDS = (80, 85, 90, 95)
CHUNK = 1000
_PTCE = re.compile(r"\b(ptce|p t c e|pole territorial de cooperation economique|pole de cooperation)\b")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure deduplication.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--baseline", type=Path, nargs=2, metavar=("LISTINGS", "METHOD"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.baseline:
        return baseline(given.baseline[0], str(given.baseline[1]))
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        dev = ROOT / "data/raw/transcribed/listings.csv", ROOT / "tests/fixtures/labels_dev.csv"
        rows += compare("dev labels", *dev, Path(scratch))
        for size in given.sizes:
            folder = Path(scratch) / str(size)
            folder.mkdir()
            rows += compare(f"{size:,} made up", *write_listings(folder, size, SEED), folder)
    head = ["listings", "method", "precision", "recall", "F1", "true pairs", "seconds", "CPU seconds", "peak MB"]
    text = f"""## Deduplication

Pairwise, over pairs of labelled listings, with no human judgement applied. Seconds and memory of the whole process,
from start to end. Command: `python benchmarks/resolve.py`, seed {SEED}, {datetime.now(UTC):%Y-%m-%d}, {machine()}.

{table(head, rows)}

Dev labels: `data/raw/transcribed/listings.csv` against `tests/fixtures/labels_dev.csv`. Made up: see
`benchmarks/synthetic.py`; they compare methods and sizes and say little about real pages. Some of their poles are
namesakes with no place given, which nobody could tell apart: *exact names* shows how many.
"""
    write_section("resolve", text)
    return 0


def compare(title: str, listings: Path, labels: Path, scratch: Path) -> list[list[str]]:
    """A row for each method on one file."""
    truth = {row["listing_id"]: row["pole"] for row in _rows(labels) if row["pole"]}
    out = scratch / "out"
    ptce = [PTCE, "resolve", str(listings), "--out", str(out)]
    ours = measure([*ptce, "--no-judgements", "--labels", str(labels), "--json", "--data", str(scratch / "none")])
    scores = json.loads(ours.stdout)["agreement"]
    pair = scores["pairwise"]
    rows = [_row(title, "ptce resolve", pair["precision"], pair["recall"], pair["f1"], scores["true_pairs"], ours)]
    for method in ("exact", "fuzzy"):
        run = measure([sys.executable, __file__, "--baseline", str(listings), method])
        best = max((agreement(found, truth) for found in json.loads(run.stdout).values()), key=lambda a: a.pairwise.f1)
        score = best.pairwise
        rows.append(_row(title, f"{method} names", score.precision, score.recall, score.f1, best.true_pairs, run))
    return rows


def _row(title: str, method: str, precision: float, recall: float, f1: float, pairs: int, run: Run) -> list[str]:
    rates = [f"{rate:.3f}" for rate in (precision, recall, f1)]
    return [title, method, *rates, f"{pairs:,}", f"{run.seconds:.1f}", f"{run.cpu:.1f}", f"{run.peak_mb:.0f}"]


def baseline(listings: Path, method: str) -> int:
    """Print the groups found, as JSON: {threshold: {listing_id: group}}."""
    rows = list(_rows(listings))
    keys = [_key(row["name"]) for row in rows]
    ids = [row["listing_id"] for row in rows]
    if method == "exact":
        found = {"equal": dict(zip(ids, keys, strict=True))}
    else:
        edges = _alike(keys, [row["department"] for row in rows])
        found = {
            str(limit): dict(zip(ids, _groups(len(ids), [(a, b) for a, b, s in edges if s >= limit]), strict=True))
            for limit in THRESHOLDS
        }
    sys.stdout.write(json.dumps(found))
    return 0


def _alike(keys: list[str], departments: list[str]) -> list[tuple[int, int, float]]:
    places = [_key(text) for text in departments]
    edges = []
    for start in range(0, len(keys), CHUNK):
        block = keys[start : start + CHUNK]
        scores = process.cdist(block, keys, scorer=fuzz.token_sort_ratio, score_cutoff=min(THRESHOLDS), dtype=np.uint8)
        for left, right in zip(*(axis.tolist() for axis in np.nonzero(scores)), strict=True):
            a, b = start + left, right
            if a < b and not (places[a] and places[b] and places[a] != places[b]):
                edges.append((a, b, float(scores[left, right])))
    return edges


def _groups(n: int, edges: list[tuple[int, int]]) -> list[str]:
    parent = list(range(n))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in edges:
        parent[root(a)] = root(b)
    return [str(root(x)) for x in range(n)]


def _key(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c if c.isalnum() else " " for c in spread if not unicodedata.combining(c))
    return " ".join(_PTCE.sub(" ", " ".join(bare.split())).split())


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(main())
