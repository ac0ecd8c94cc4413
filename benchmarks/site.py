"""The site: seconds and memory of rendering it, for the bundled listings and for many more poles; pages by size.

    python benchmarks/site.py            the bundled listings, 2,000 and 20,000 poles
    python benchmarks/site.py 500        other numbers of poles
    python benchmarks/site.py bundled    the bundled listings alone, written to the screen

The first time that a process renders, as every run of the pipeline does, it compiles the templates too.
More poles are copies of the real ones under other ids, names and listings: pages as long as real ones.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.measured import PTCE, ROOT, machine, measure, table, write_section
from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.config import Paths
from ptce_etl.report.editions import edition_of
from ptce_etl.report.material import Edition
from ptce_etl.report.site import render_site

SIZES = [2_000, 20_000]
NOW = "2026-11-23T06:30:00+00:00"


def enlarged(edition: Edition, poles: int) -> Edition:
    """``edition`` with at least ``poles`` poles."""
    times = -(-poles // len(edition.poles))
    tables = dict(edition.tables)
    ids = {"poles": ["pole_id"], "listings": ["pole_id", "listing_id"], "values": ["pole_id", "listing_id"]}
    ids |= {"edges": ["left", "right"]}
    for name, columns in ids.items():
        copies = []
        for n in range(times):
            copy = edition.tables[name]
            if n:
                copy = copy.assign(**{column: copy[column] + f"x{n}" for column in columns})
            if n and name == "poles":
                copy = copy.assign(name=copy["name"] + f" {n}")
            copies.append(copy)
        tables[name] = pd.concat(copies, ignore_index=True)
    return replace(edition, tables=tables)


def render(root: str, poles: int) -> None:
    """In a process of its own: what it takes, as JSON on stdout."""
    edition = edition_of(Paths(Path(root)), "latest", load_programmes())
    if poles:
        edition = enlarged(edition, poles)
    taken = []
    for _ in range(1 if poles else 3):
        started, cpu = time.perf_counter(), time.process_time()
        sizes = {path: len(content) for path, content in render_site(replace(edition))}
        taken.append((time.perf_counter() - started, time.process_time() - cpu))
    said = {
        "poles": len(edition.tables["poles"]), "first": taken[0], "again": min(taken[1:], default=None),
        "files": len(sizes),
        "mb": sum(sizes.values()) / 1e6, "home": sizes["fr/index.html"],
        "pole": max(size for path, size in sizes.items() if "/poles/" in path),
    }  # fmt: skip
    sys.stdout.write(json.dumps(said))


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure([PTCE, "run", "--plain", "--data", folder, "--now", NOW, "--json"], cwd=ROOT)
        lines = []
        for poles in [0, *sizes]:
            run = measure([sys.executable, __file__, "--render", folder, str(poles)], env={"PYTHONPATH": str(ROOT)})
            got = json.loads(run.stdout)
            told = [
                f"{run.peak_mb:.0f}",
                f"{got['files']:,}",
                f"{got['mb']:.1f}",
                f"{got['home'] / 1e3:.0f}",
                f"{got['pole'] / 1e3:.0f}",
            ]
            what = f"{got['poles']:,}" + ("" if poles else " (bundled)")
            lines.append([what, *(f"{seconds:.2f}" for seconds in got["first"]), *told])
            if got["again"]:
                lines.append([f"{what}, templates compiled", *(f"{seconds:.2f}" for seconds in got["again"]), *told])
    head = ["poles", "seconds", "CPU seconds", "peak MB", "files", "MB", "home page, kB", "largest page of a pole, kB"]
    text = (
        "## The site\n\nRendering every page, French and English, from tables in memory (the seconds); the peak is "
        "that of the whole\nprocess, reading the snapshot included. A process that renders for the first time compiles "
        "the templates too.\nThe more poles are copies of the real ones. Command: `python benchmarks/site.py`,\n"
        f"{machine()};\nload of the machine when it ended: {os.getloadavg()[1]:.0f}.\n\n{table(head, lines)}"
    )
    if sizes:
        write_section("site", text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--render"]:
        render(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:] == ["bundled"]:
        main([])
    else:
        main([int(size) for size in sys.argv[1:]] or SIZES)
