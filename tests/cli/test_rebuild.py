"""Two clocks, and the proof: snapshots of several dates made again by other processes, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import ptce_etl
from ptce_etl.cli import main
from ptce_etl.config import Paths
from ptce_etl.pipeline import auditing
from ptce_etl.publish.decisions_kept import decided_by, state_at
from ptce_etl.publish.index import read_index
from ptce_etl.publish.verify import verify

Ptce = Callable[..., Any]
DAYS = [f"2026-11-{day}T06:30:00.123456+00:00" for day in (23, 25, 27)]
# Validated with one expectation, as the world was (run_quick): the others are only waited for here.
PROGRAM = """
import sys
from functools import partial
from ptce_etl.cli import main
from ptce_etl.pipeline import auditing
auditing.run_checks = partial(auditing.run_checks, only=["poles.schema.*"])
sys.exit(main())
"""


@pytest.fixture(scope="module")
def told(doubtful_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published world whose listings, judgements and corrections changed, with builds of past dates. Do not write."""
    root = tmp_path_factory.mktemp("told") / "data"
    shutil.copytree(doubtful_root, root, symlinks=True)
    file = root / "raw" / "transcribed" / "listings.csv"
    file.write_text(
        file.read_text("utf-8") + "n1,https://d.example/9,RTES,2026-01,article,,,PTCE du Lac,,Annecy,Haute-Savoie,\n",
        "utf-8",
    )
    word = {"left": "c1", "right": "n1", "judgement": "same", "who": "Léa", "when": "2026-11-24", "why": "one lake"}
    (root / "decisions" / "judgements.jsonl").write_text(json.dumps(word, ensure_ascii=False) + "\n", "utf-8")
    run(root, "run", "--plain", "--provisional", "--now", DAYS[1])
    (root / "decisions" / "corrections.yml").write_text(
        "- {listing_id: b2, field: department, was: Jura, becomes: Ain, reason: the page was wrong,"
        " who: Léa, when: 2026-11-26, status: open}\n",
        "utf-8",
    )
    (root / "decisions" / "judgements.jsonl").write_text("", "utf-8")
    run(root, "build", "--as-of", "2022-06-30", "--now", DAYS[2])
    run(root, "build", "--as-of", "2026-11-23", "--known-at", "2026-11-25", "--no-judgements", "--now", DAYS[2])
    return root


def run(root: Path, *arguments: str) -> None:
    with quick() as patch:
        patch.setattr(sys, "excepthook", sys.excepthook)
        assert main([*arguments, "--data", str(root), "--json"]) == 0


@contextmanager
def quick() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))
        yield patch


def test_every_snapshot_is_made_again_byte_for_byte_by_a_process_unlike_the_first(told: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(told, root, symlinks=True)
    unlike = {"PYTHONHASHSEED": "2", "TZ": "Pacific/Auckland", "LC_ALL": "fr_FR.UTF-8", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "rebuild", "--all", "--data", str(root), "--json"],
        env=os.environ | unlike,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = json.loads(done.stdout)["snapshots"]
    assert len(found) == len(read_index(Paths(told))["snapshots"]) == 4
    for one in found:
        assert one["same"] and one["code_then"] == one["code_now"], one
        assert one["identical"] > 20 and not (one["differs"] or one["missing"] or one["added"] or one["facts"])


def test_known_at_uses_what_was_held_then_and_no_more(told: Path, ptce: Ptce) -> None:
    entries = {e["id"]: e for e in read_index(Paths(told))["snapshots"]}
    first, second, past, later = entries
    listings = {name: set(ptce_etl.load("listings", snapshot=name, data=told)["listing_id"]) for name in entries}
    assert "n1" not in listings[first]
    assert listings[second] == listings[first] | {"n1"} and listings[past] < listings[first]
    assert listings[later] == listings[second]
    assert (entries[later]["kind"], entries[later]["known_at"]) == ("as-of", "2026-11-25T22:59:59.999999Z")
    assert entries[second]["kind"] == "provisional" and entries[second]["known_at"] == DAYS[1].replace("+00:00", "Z")
    assert (told / "processed" / second / "site/fr/index.html").is_file(), "provisional snapshots have their pages too"
    manifests = {name: json.loads((told / "processed" / name / "manifest.json").read_bytes()) for name in entries}
    assert "judgements.jsonl" not in manifests[later]["decisions"] and "sources.yml" in manifests[later]["decisions"]
    with quick():
        again = ptce(
            "build", "--as-of", "2026-11-23", "--known-at", DAYS[0], "--now", DAYS[2], "--data", told, "--json"
        )
    assert (again.json["outcome"], again.json["snapshot"]) == ("unchanged", first), "what was known then was said then"
    for asked in (["2026-11-28", "2026-11-23"], ["2026-11-20", "2026-11-23"], ["2026-11-23T10:00", "2026-11-23"]):
        wrong = ptce("build", "--known-at", asked[0], "--as-of", asked[1], "--now", DAYS[2], "--data", told)
        assert wrong.code == 2 and "--known-at" in wrong.err


def test_decisions_are_those_of_the_day(told: Path) -> None:
    def at(text: str, *, whole_day: bool = False) -> tuple[int, int, int]:
        found = decided_by(state_at(Paths(told), datetime.fromisoformat(text), whole_day=whole_day))
        return len(found.judgements), len(found.corrections), len(found.identities)

    assert at("2026-11-22T12:00:00+00:00") == (0, 0, 0), "before the first run nothing had an identity"
    assert at(DAYS[0]) == (0, 0, 16)
    assert at("2026-11-24T12:00:00+00:00") == (0, 0, 16), "signed that day, at what hour nobody knows"
    assert at(DAYS[1]) == (1, 0, 17), "the judgement that the file does not have any more"
    assert at("2026-11-26T12:00:00+00:00") == (1, 0, 17)
    assert at("2026-11-26T12:00:00+00:00", whole_day=True) == (1, 1, 17)


def test_what_was_pruned_is_put_back_and_what_is_not_the_same_is_said(told: Path, tmp_path: Path, ptce: Ptce) -> None:
    root = tmp_path / "data"
    shutil.copytree(told, root, symlinks=True)
    paths = Paths(root)
    first, second, past, *_ = [entry["id"] for entry in read_index(paths)["snapshots"]]
    before = {p.name: p.read_bytes() for p in (paths.processed / past).iterdir() if p.is_file()}
    assert past in ptce("prune", "--keep", 1, "--yes", "--data", root, "--json").json["removed"]
    with quick():
        said = ptce("rebuild", past, "--restore", "--data", root)
    assert said.code == 0 and "every byte the same" in said.out and "in place again" in said.out
    assert {p.name: p.read_bytes() for p in (paths.processed / past).iterdir() if p.is_file()} == before
    assert verify(paths.processed / past) == [] and not (paths.pruned / past).exists()
    assert ptce("rebuild", past, "--restore", "--data", root).code == 2, "it is there"
    assert [ptce("rebuild", *asked, "--data", root).code for asked in ([], ["2020-01-01-00000000"])] == [2, 4]
    flipped = paths.processed / second / "poles.csv"
    flipped.chmod(0o644)
    flipped.write_bytes(flipped.read_bytes() + b"x")
    with quick() as patch:
        patch.setattr("ptce_etl.rebuild.code_version", lambda: "0.1.0+another")
        found = ptce("rebuild", second, "--data", root, "--json")
        shown = ptce("rebuild", first, "--data", root).out
    assert found.code == 1 and found.json["snapshots"][0]["differs"] == ["poles.csv"]
    assert "made again by 0.1.0+another" in shown
    digest = json.loads((paths.processed / first / "manifest.json").read_bytes())["decisions"]["sources.yml"]
    (paths.archive / "objects" / digest[:2] / digest).unlink()
    lost = ptce("rebuild", first, "--data", root)
    assert lost.code == 1 and "sources.yml" in lost.err
