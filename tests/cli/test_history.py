"""``ptce history`` over three runs: two poles, then one because a person said so, then two again as it was undone."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import ptce_etl
from ptce_etl.cli import main

DAYS = [f"2026-11-{day}T06:30:00+00:00" for day in (23, 24, 25)]
Ptce = Callable[..., Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """``merged`` and ``closed``: what was asked about the two poles judged the same, and the two judged different."""

    root: Path
    merged: Row
    closed: Row
    snapshots: list[str]
    poles: list[dict[str, str]]  # pole of each listing, by run


def poles_of(root: Path) -> dict[str, str]:
    listings = ptce_etl.load("listings", data=root)
    return dict(zip(listings["listing_id"], listings["pole_id"], strict=True))


@pytest.fixture(scope="module")
def story(
    doubtful_root: Path, tmp_path_factory: pytest.TempPathFactory, run_quick: Callable[[Path, str], None]
) -> Story:
    root = tmp_path_factory.mktemp("story") / "data"
    shutil.copytree(doubtful_root, root, symlinks=True)
    poles = [poles_of(root)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "excepthook", sys.excepthook)
        patch.setattr(sys, "stdout", io.StringIO())
        patch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)
        asked = questions(root)
        review = ["review", "--data", str(root), "--who", "Léa", "--now"]
        patch.setattr(sys, "stdin", io.StringIO("s one house, two names\nd two trades\nq\n"))
        assert main([*review, DAYS[0]]) == 0
        run_quick(root, DAYS[1])
        poles.append(poles_of(root))
        left = questions(root)
        assert [q["left"] for q in left] == [q["left"] for q in asked[2:]], "the answered ones are settled"
        for _ in range(2):
            assert main([*review, DAYS[1], "--undo"]) == 0
        run_quick(root, DAYS[2])
        poles.append(poles_of(root))
        assert questions(root) == asked, "and come back"
    index = json.loads((root / "processed" / "index.json").read_text("utf-8"))
    return Story(root, asked[0], asked[1], [entry["id"] for entry in index["snapshots"]], poles)


def questions(root: Path) -> list[Row]:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(out, "reconfigure", lambda **_: None, raising=False)
        assert main(["review", "--list", "--data", str(root), "--json"]) == 0
    found: list[Row] = json.loads(out.getvalue())["questions"]
    return found


def kinds(pole: Row) -> list[tuple[str, str]]:
    return [(event["as_of"][-2:], event["kind"]) for event in pole["events"]]


def test_same_merges_different_closes_and_undoing_brings_the_old_ids_back(story: Story) -> None:
    first, second, third = story.poles
    left, right = story.merged["left"], story.merged["right"]
    assert first[left] != first[right]
    assert second[left] == second[right] in (first[left], first[right])
    one, two = story.closed["left"], story.closed["right"]
    assert second[one] == first[one] != second[two] == first[two]
    assert third == first


def test_a_pole_is_told_from_its_first_day_to_its_last(story: Story, ptce: Ptce) -> None:
    kept = story.poles[1][story.merged["left"]]
    (lost,) = {*story.merged["poles"]} - {kept}
    found = ptce("history", kept, "--data", story.root, "--json").json
    assert (found["followed"], found["snapshots"], found["latest"]) == ([], 3, story.snapshots[-1])
    (pole,) = found["poles"]
    assert (pole["pole_id"], pole["answers"]) == (kept, 200)
    told = kinds(pole)
    assert told[0] == ("23", "appeared")
    assert {("24", "took over"), ("24", "gained"), ("25", "split off"), ("25", "lost")} <= {*told}
    by_kind = {event["kind"]: event for event in pole["events"]}
    (gained,) = by_kind["gained"]["listings"]
    assert (gained["from"], by_kind["took over"]["pole"]) == (lost, lost)
    assert by_kind["lost"]["listings"][0]["to"] == lost
    assert [(w["judgement"], w["standing"], w["who"], w["when"]) for w in found["judgements"]] == [
        ("same", "taken back", "Léa", "2026-11-23"),
        ("withdrawn", "withdrawal", "Léa", "2026-11-24"),
    ]
    other = ptce("history", lost, "--data", story.root, "--json").json["poles"]
    assert [kinds(pole) for pole in other] == [[("23", "appeared"), ("24", "merged into"), ("25", "came back")]]
    shown = " ".join(ptce("history", kept, "--data", story.root).out.split())
    assert f"({lost})" in shown
    assert "one house, two names" in shown
    assert "\x1b" not in shown


@pytest.fixture
def merged(story: Story, tmp_path: Path, ptce: Ptce) -> tuple[Path, str, str]:
    """The story as it was after its second run: root, the id that stayed, the id that was redirected."""
    root = tmp_path / "data"
    shutil.copytree(story.root, root, symlinks=True)
    index = root / "processed" / "index.json"
    read = json.loads(index.read_text("utf-8"))
    kept = story.poles[1][story.merged["left"]]
    (lost,) = {*story.merged["poles"]} - {kept}
    (root / "decisions" / "redirects.csv").write_text(
        f"pole_id,status,to,since,reason\n{lost},301,{kept},2026-11-24,merged\n", "utf-8"
    )
    read["snapshots"].pop()
    read["latest"] = story.snapshots[1]
    target = index.resolve()
    target.chmod(0o644)
    target.write_text(json.dumps(read), "utf-8")
    link = target.parent / "latest"
    link.unlink()
    link.symlink_to(f"../../{story.snapshots[1]}")
    return root, kept, lost


def test_a_redirected_id_is_followed_to_where_it_went(merged: tuple[Path, str, str], ptce: Ptce) -> None:
    root, kept, lost = merged
    found = ptce("history", lost.upper(), "--data", root, "--json").json
    assert found["followed"] == [lost]
    old, new = found["poles"]
    assert (old["pole_id"], old["answers"], old["to"], old["since"]) == (lost, 301, kept, "2026-11-24")
    assert kinds(old) == [("23", "appeared"), ("24", "merged into")]
    assert (new["pole_id"], new["answers"]) == (kept, 200)
    shown = ptce("history", lost, "--data", root).out
    assert f"{lost}: merged into another (301)" in shown
    assert f"leads to {kept} since 2026-11-24" in shown


def test_a_pole_that_is_gone_still_has_its_history(
    doubtful_root: Path, tmp_path: Path, ptce: Ptce, run_quick: Callable[[Path, str], None]
) -> None:
    root = tmp_path / "data"
    shutil.copytree(doubtful_root, root, symlinks=True)
    lake = poles_of(root)["c1"]
    file = root / "raw" / "transcribed" / "listings.csv"
    kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("c1,")]
    changed = [line.replace("PTCE Clus’ter Jura", "PTCE Cluster du Jura") for line in kept]
    file.write_text(
        "\n".join([*changed, "b3,https://j.example/9,RTES,2024,article,,,Clus'Ter Jura,,,Jura,", ""]), "utf-8"
    )
    run_quick(root, DAYS[1])
    for asked in (lake, "Ateliers du Lac"):
        (pole,) = ptce("history", asked, "--data", root, "--json").json["poles"]
        assert (pole["answers"], pole["name"], kinds(pole)) == (
            410, "Ateliers du Lac", [("23", "appeared"), ("24", "gone")],
        )  # fmt: skip
    assert "gone (410)" in ptce("history", lake, "--data", root).out
    jura = ptce("history", "Clus'Ter Jura", "--data", root, "--json").json["poles"][0]
    by_kind = {event["kind"]: event for event in jura["events"]}
    assert by_kind["gained"]["listings"] == [{"listing_id": "b3", "name": "Clus'Ter Jura", "from": None}]
    assert by_kind["renamed"]["said"] == "Clus'Ter Jura → Cluster du Jura"


def test_what_no_snapshot_ever_had_is_told(ptce: Ptce, doubtful_root: Path) -> None:
    for asked in ("p00000zzz", "zzzz", ""):
        answer = ptce("history", asked, "--data", doubtful_root)
        assert (answer.code, answer.out) == (4, "")
        assert answer.err.startswith(f"NoData: no pole is called {asked!r}")
    several = ptce("history", "ateliers", "--data", doubtful_root)
    assert several.code == 2
    assert "names 2 poles" in several.err
    assert "Ateliers du Lac" in several.out


def test_a_snapshot_whose_files_are_gone_is_named_and_left_out(
    merged: tuple[Path, str, str], story: Story, ptce: Ptce
) -> None:
    root, kept, _ = merged
    shutil.rmtree(root / "processed" / story.snapshots[0])
    found = ptce("history", kept, "--data", root, "--json").json
    assert (found["unreadable"], found["snapshots"]) == ([story.snapshots[0]], 1)
    assert kinds(found["poles"][0]) == [("24", "first read"), ("24", "took over")]
    assert f"not to be read: {story.snapshots[0]}" in ptce("history", kept, "--data", root).out
