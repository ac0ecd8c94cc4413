"""``ptce history`` without a pole, ``diff``, ``rollback``, ``finalise`` and ``prune``, over two runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ptce_etl
from ptce_etl.publish.verify import verify

Ptce = Callable[..., Any]
LATER = "2026-11-26T06:30:00+00:00"


@pytest.fixture(scope="module")
def grown_root(
    doubtful_root: Path, tmp_path_factory: pytest.TempPathFactory, run_quick: Callable[[Path, str], None]
) -> Path:
    """The doubtful world, then a second run with a pole more and another name. Read it, never write to it."""
    root = tmp_path_factory.mktemp("grown") / "data"
    shutil.copytree(doubtful_root, root, symlinks=True)
    file = root / "raw" / "transcribed" / "listings.csv"
    text = file.read_text("utf-8").replace("Ateliers du Lac", "Ateliers du Grand Lac")
    file.write_text(f"{text}n1,https://n.example/1,RTES,2024,article,,,PTCE <Neuf>,,Brest,Finistère,\n", "utf-8")
    run_quick(root, "2026-11-24T06:30:00+00:00")
    return root


@pytest.fixture
def copied(grown_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(grown_root, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def test_versions_are_listed_and_compared(grown_root: Path, ptce: Ptce) -> None:
    found = ptce("history", "--data", grown_root, "--json").json
    new, old = found["snapshots"]
    assert (found["latest"], found["rollbacks"]) == (new["snapshot"], [])
    assert (new["stands"], old["stands"], old["why"]) == ("latest, final", "final", "first publication, 13 poles")
    shown = ptce("history", "--lang", "fr", "--data", grown_root).out
    assert "la dernière, définitive" in shown and "1 pôle apparu" in shown
    both = ptce("diff", old["snapshot"], "latest", "--data", grown_root, "--json").json
    assert (both["from"], both["to"]) == (old["snapshot"], new["snapshot"])
    assert both["counts"]["appeared"] == both["counts"]["renamed"] == 1
    assert both["summary_fr"].startswith("1 pôle apparu, 1 renommé")
    assert {row["kind"] for row in both["changes"]} == {*both["counts"]}
    assert ptce("diff", "2026-11-23", "2026-11-24", "--data", grown_root, "--json").json == both
    french = ptce("diff", "2026-11-23", "--lang", "fr", "--data", grown_root).out
    assert "Neuf" in french and "s'appelle désormais Ateliers du Grand Lac." in french
    assert "gone" in ptce("diff", "latest", old["snapshot"], "--data", grown_root).out
    assert [ptce("diff", *asked, "--data", grown_root).code for asked in (["2020-01-01"], ["x"])] == [4, 2]
    told = (grown_root / "processed" / "latest" / "CHANGES.md").read_text("utf-8")
    assert f"comparé à {old['snapshot']}" in told and "\\<Neuf\\>" in told and "Appeared (1)" in told
    first = (grown_root / "processed" / old["snapshot"] / "CHANGES.md").read_text("utf-8")
    assert "**Première publication, 13 pôles.**" in first


def test_a_rollback_holds_until_something_new_is_found(
    copied: Path, ptce: Ptce, run_quick: Callable[[Path, str], None]
) -> None:
    new, old = ptce_etl.snapshots(copied)["snapshot_id"]
    said = ptce("rollback", old, "--why", "the new one is a hoax", "--data", copied, "--now", LATER)
    assert (said.code, said.out) == (0, f"latest: {new} → {old} (the new one is a hoax)\n")
    assert list(ptce_etl.snapshots(copied)["latest"]) == [False, True]
    assert "moved" in ptce("rollback", old, "--why", "x", "--data", copied).out
    run_quick(copied, "2026-11-24T06:30:00+00:00")
    found = ptce("history", "--data", copied, "--json").json
    assert found["latest"] == old and [row["snapshot"] for row in found["snapshots"]] == [new, old]
    assert found["snapshots"][0]["withdrawn"]["why"] == "the new one is a hoax"
    file = copied / "raw" / "transcribed" / "listings.csv"
    file.write_text("\n".join(line for line in file.read_text("utf-8").split("\n") if "Neuf" not in line), "utf-8")
    run_quick(copied, LATER)
    latest = json.loads((copied / "processed" / "index.json").read_text("utf-8"))["snapshots"][-1]
    assert latest["supersedes"] == old and latest["why"]["fr"].startswith("1 renommé")
    assert [verify(copied / "processed" / name) for name in (new, old, "latest")] == [[], [], []]


def test_pruning_is_a_dry_run_unless_told(copied: Path, ptce: Ptce, run_quick: Callable[[Path, str], None]) -> None:
    file = copied / "raw" / "transcribed" / "listings.csv"
    file.write_text(file.read_text("utf-8").replace("<Neuf>", "Neuf"), "utf-8")
    run_quick(copied, LATER)
    first = ptce_etl.snapshots(copied)["snapshot_id"].iloc[-1]
    plan = ptce("prune", "--keep", 1, "--data", copied, "--json").json
    assert (plan["done"], plan["removed"]) == (False, [first])
    assert (copied / "processed" / first).is_dir()
    assert "add --yes" in ptce("prune", "--keep", 1, "--data", copied).out
    assert ptce("prune", "--keep", 1, "--yes", "--data", copied, "--json").json == plan | {"done": True}
    assert not (copied / "processed" / first).exists()
    again = ptce("diff", first, "--data", copied)
    assert again.code == 4 and f"ptce rebuild {first} --restore" in again.err
    assert "pruned" in ptce("history", "--data", copied).out
    assert ptce("history", "Clus'Ter Jura", "--data", copied).code == 0
    assert ptce("finalise", first, "--data", copied).code == 4
    assert "final already" in ptce("finalise", ptce_etl.snapshots(copied)["snapshot_id"].iloc[0], "--data", copied).out


def test_a_version_is_cited(grown_root: Path, ptce: Ptce) -> None:
    said = ptce("cite", "--data", grown_root)
    french, english = said.out.splitlines()
    assert french.startswith("Observatoire ouvert des PTCE") and english.startswith("The open observatory")
    assert french == ptce_etl.citation(data=grown_root)
