"""How far the probability that `ptce resolve` states is the share of pairs that are indeed one pole.

    python benchmarks/calibration.py                                       dev labels and 10,000 made-up listings
    python benchmarks/calibration.py --edges edges.parquet --labels labels.csv

Looks at every pair in ``edges.parquet`` whose two listings are labelled; pairs below the review threshold are not in
the file. Expected calibration error: mean distance between stated and observed over the bins, weighed by pairs (Naeini
et al., 2015). Brier score: mean squared distance of the stated probability from what is true (0 or 1; Brier, 1950).
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import PTCE, ROOT, machine, measure, table, write_section
from benchmarks.synthetic import write_listings

__all__ = ["Bin", "Reliability", "reliability"]

SEED = 20261123
ROWS = 10_000
CUTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)
WIDTH = 20  # characters of a bar
Z = 1.96


@dataclass(frozen=True)
class Bin:
    """Pairs whose stated probability is in [low, high), the last bin with 1."""

    low: float
    high: float
    n: int
    stated: float
    observed: float

    @property
    def interval(self) -> tuple[float, float]:
        """Of the observed share, 95 % (Wilson, 1927)."""
        p, n = self.observed, self.n
        middle, half = p + Z * Z / (2 * n), Z * (p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5
        return max(0.0, (middle - half) / (1 + Z * Z / n)), min(1.0, (middle + half) / (1 + Z * Z / n))


@dataclass(frozen=True)
class Reliability:
    """The bins that hold pairs, expected calibration error, Brier score, and the Brier score of saying the mean."""

    bins: tuple[Bin, ...]
    error: float
    brier: float
    brier_of_mean: float

    @property
    def n(self) -> int:
        return sum(one.n for one in self.bins)


def reliability(stated: NDArray[np.float64], same: NDArray[np.bool_]) -> Reliability:
    """Compare stated probabilities (0 to 1) with whether the pair is one pole. At least one pair."""
    at = np.clip(np.searchsorted(CUTS, stated, side="right") - 1, 0, len(CUTS) - 2)
    bins = tuple(
        Bin(CUTS[b], CUTS[b + 1], int((at == b).sum()), float(stated[at == b].mean()), float(same[at == b].mean()))
        for b in np.unique(at)
    )
    error = sum(one.n * abs(one.stated - one.observed) for one in bins) / len(stated)
    mean = same.mean()
    return Reliability(bins, float(error), float(((stated - same) ** 2).mean()), float(mean * (1 - mean)))


def read(edges: Path, labels: Path) -> Reliability:
    """Of the pairs that the matcher, and no person, decided."""
    pole = pd.read_csv(labels, dtype=str, keep_default_na=False).set_index("listing_id")["pole"]
    pole = pole[pole != ""]
    pairs = pd.read_parquet(edges, columns=["left", "right", "probability", "decided_by"])
    left, right = pairs["left"].map(pole), pairs["right"].map(pole)
    known = left.notna() & right.notna() & (pairs["decided_by"] == "matcher")
    if not known.any():
        raise SystemExit(f"{edges}: no pair of two listings that {labels} knows")
    return reliability(pairs["probability"][known].to_numpy("float64"), (left == right)[known].to_numpy(bool))


def text(title: str, found: Reliability) -> str:
    """A table, one row a bin; the bar shows the observed share, `|` where the stated one is."""
    rows = []
    for one in found.bins:
        low, high = one.interval
        bar = ["#" if i < round(one.observed * WIDTH) else "." for i in range(WIDTH + 1)]
        bar[round(one.stated * WIDTH)] = "¦"
        cells = [f"{one.low:g} – {one.high:g}", f"{one.n:,}", f"{one.stated:.3f}", f"{one.observed:.3f}"]
        rows.append([*cells, f"{low:.3f} – {high:.3f}", f"`{''.join(bar)}`"])
    head = ["stated, from – to", "pairs", "stated, mean", "observed", "95 %", "observed ( ¦ stated)"]
    return f"""{title}: {found.n:,} pairs, expected calibration error {found.error:.3f}, Brier score {found.brier:.3f}
({found.brier_of_mean:.3f} for whoever states the mean for every pair).

{table(head, rows)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare stated probabilities with what is true.")
    parser.add_argument("--edges", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args()
    if given.edges and given.labels:
        sys.stdout.write(text(str(given.edges.name), read(given.edges, given.labels)))
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        dev = ROOT / "data/raw/transcribed/listings.csv", ROOT / "tests/fixtures/labels_dev.csv"
        parts = [
            text("Dev labels", _resolved(*dev, folder)),
            text(f"{given.rows:,} made-up listings", _resolved(*write_listings(folder, given.rows, SEED), folder)),
        ]
    said = f"""## Is a probability what it says?

`ptce resolve` states a probability for each pair; here is the share of the pairs that are one pole, without any human
judgement. Command: `python benchmarks/calibration.py`, seed {SEED}, {datetime.now(UTC):%Y-%m-%d}, {machine()}.

{chr(10).join(parts)}"""
    write_section("calibration", said)
    return 0


def _resolved(listings: Path, labels: Path, folder: Path) -> Reliability:
    out = folder / f"out-{listings.parent.name}"
    none = str(folder / "none")
    measure([PTCE, "resolve", str(listings), "--out", str(out), "--no-judgements", "--data", none, "--json"])
    return read(out / "edges.parquet", labels)


if __name__ == "__main__":
    sys.exit(main())
