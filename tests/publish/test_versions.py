"""Rolled back to, finalised, pruned: what is done to versions after they were published."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ptce_etl
from ptce_etl.config import Limits, Paths
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.publish.changelog import changes_markdown, sentences
from ptce_etl.publish.index import latest_on, read_index, snapshot_path
from ptce_etl.publish.standing import standing_of
from ptce_etl.publish.verify import verify
from ptce_etl.publish.versions import finalise, prune, pruning, rollback
from ptce_etl.validate.alarms import alarms

LATER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
Contents = Callable[[Path], dict[str, object]]


def three(world: ModuleType, root: Path) -> list[str]:
    """Three publications, a day apart."""
    return [
        world.publish(root, rows, now=world.NOW + timedelta(days=n)).snapshot_id for n, rows in enumerate((3, 4, 5))
    ]


def test_a_rollback_moves_the_latest_and_nothing_else(world: ModuleType, contents: Contents, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first, second, third = three(world, tmp_path)
    before = {name: contents(paths.processed / name) for name in (first, second, third)}
    move = rollback(paths, first, why="  the 4th pole\n is a carrier ", now=LATER)
    assert move == {"at": "2026-12-01T09:00:00Z", "was": third, "to": first, "why": "the 4th pole is a carrier"}
    assert paths.latest.resolve().name == first == read_index(paths)["latest"]
    index = read_index(paths)
    assert index["moves"] == [move]
    assert ["withdrawn" in entry for entry in index["snapshots"]] == [False, True, True]
    assert {name: contents(paths.processed / name) for name in (first, second, third)} == before
    assert [verify(paths.processed / name) for name in (first, second, third)] == [[], [], []]
    assert rollback(paths, first, why="again", now=LATER) is None
    forward = rollback(paths, second, why="only the 5th", now=LATER)
    assert forward is not None and forward["was"] == first
    assert ["withdrawn" in entry for entry in read_index(paths)["snapshots"]] == [False, False, True]
    assert latest_on(index, date(2026, 11, 24)) == second and latest_on(index, date(2026, 11, 22)) is None
    assert latest_on(index, date(2026, 11, 30)) == third and latest_on(index, date(2026, 12, 1)) == first


def test_after_a_rollback_a_run_is_compared_with_what_is_in_force(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first, second, third = three(world, tmp_path)
    rollback(paths, first, why="wrong carrier", now=LATER)
    for rows, said in ((5, third), (4, second)):
        again = world.publish(tmp_path, rows)
        assert (again.outcome, again.snapshot_id, again.path) == ("withheld", first, paths.processed / first)
        assert said in again.message and "wrong carrier" in again.message and first in again.message
    assert read_index(paths)["latest"] == first and not list((paths.processed / ".staging").iterdir())
    assert world.publish(tmp_path, 3).outcome == "unchanged"
    other = world.publish(tmp_path, 6)
    assert other.outcome == "published" and read_index(paths)["snapshots"][-1]["supersedes"] == first
    rollback(paths, third, why="it was right", now=LATER)
    assert world.publish(tmp_path, 5).outcome == "unchanged"


def test_what_cannot_be_rolled_back_to(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first, second, _ = three(world, tmp_path)
    past = world.publish(tmp_path, 2, promote=False, as_of=date(2020, 1, 1)).snapshot_id
    before = read_index(paths)
    for name, why, kind in [
        (past, "x", ConfigError),
        ("..", "x", ConfigError),
        (first, " ", ConfigError),
        ("2020-01-01-00000000", "x", NoData),
    ]:
        with pytest.raises(kind):
            rollback(paths, name, why=why, now=LATER)
    bad = paths.processed / second / "poles.csv"
    bad.chmod(0o644)
    bad.write_bytes(bad.read_bytes()[:-1] + b"x")
    with pytest.raises(PublishError, match=r"poles\.csv"):
        rollback(paths, second, why="x", now=LATER)
    assert read_index(paths) == before


def test_provisional_then_final(world: ModuleType, contents: Contents, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    done = world.publish(tmp_path, provisional=True)
    assert done.message.startswith("Published (provisional) ") and paths.latest.resolve() == done.path
    assert json.loads((done.path / "manifest.json").read_text())["kind"] == "provisional"
    assert list(ptce_etl.snapshots(tmp_path)["kind"]) == ["provisional"]
    assert f"ptce finalise {done.snapshot_id}" in world.publish(tmp_path).message
    before = contents(done.path)
    assert finalise(paths, done.snapshot_id, why="checked", now=LATER)
    assert not finalise(paths, done.snapshot_id, why="checked", now=LATER)
    (entry,) = read_index(paths)["snapshots"]
    assert (entry["kind"], entry["finalised"]) == ("final", {"at": "2026-12-01T09:00:00Z", "why": "checked"})
    assert contents(done.path) == before and verify(done.path) == []
    assert list(ptce_etl.snapshots(tmp_path)["kind"]) == ["final"]


def test_pruning_keeps_what_it_must(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    ids = [world.publish(tmp_path, rows, now=world.NOW + timedelta(days=rows)).snapshot_id for rows in range(2, 8)]
    past = [
        world.publish(tmp_path, 2, promote=False, as_of=date(year, 1, 1)).snapshot_id for year in (2018, 2019, 2020)
    ]
    paths.decisions.mkdir()
    (paths.decisions / "judgements.jsonl").write_text(f'{{"why": "as in {ids[1]}"}}\n', "utf-8")
    rollback(paths, ids[3], why="x", now=LATER)
    plan = pruning(paths, 1)
    assert plan.remove == (past[1], past[0], ids[4], ids[0])
    assert dict(plan.keep) == {
        past[2]: "among the newest 1",
        ids[5]: "among the newest 1",
        ids[3]: "the latest",
        ids[2]: "what the latest superseded",
        ids[1]: "a decision or a ledger names it",
    }
    there = sorted(p.name for p in paths.processed.iterdir())
    with pytest.raises(ConfigError):
        pruning(paths, 0)
    assert sorted(p.name for p in paths.processed.iterdir()) == there, "to plan is not to remove"
    manifest = (paths.processed / ids[0] / "manifest.json").read_bytes()
    assert prune(paths, 1, why="space", now=LATER) == plan
    assert not any((paths.processed / name).exists() for name in plan.remove)
    assert (paths.pruned / ids[0] / "manifest.json").read_bytes() == manifest
    index = read_index(paths)
    assert [entry["id"] for entry in index["snapshots"] if "pruned" in entry] == [ids[0], ids[4], past[0], past[1]]
    with pytest.raises(NoData, match="pruned on 2026-12-01: space") as gone:
        snapshot_path(paths, ids[0])
    assert f"ptce rebuild {ids[0]} --restore" in gone.value.do
    assert pruning(paths, 1).remove == prune(paths, 1, why="space", now=LATER).remove == ()
    with pytest.raises(NoData, match="pruned"):
        rollback(paths, ids[0], why="x", now=LATER)
    assert not list((paths.processed / ".staging").iterdir())


def test_changes_are_told_with_names_in_both_languages() -> None:
    rows = [
        ("p1", "appeared", "", None, "Un *neuf*"),
        ("p2", "gone", "", "Deux", None),
        ("p3", "merged", "", "p3", "p4"),
        ("p5", "split", "", "p4", "p5"),
        ("p6", "renamed", "name", "Six", "Seize"),
        ("p6", "field", "commune", None, "Figeac"),
    ]
    changes = pd.DataFrame(rows, columns=["pole_id", "kind", "field", "before", "after"], dtype="str")
    before = {"p2": "Deux", "p3": "Trois\n<b>", "p4": "Quatre", "p6": "Six"}
    now = {"p1": "Un *neuf*", "p4": "Quatre", "p5": "Cinq", "p6": "Seize"}
    assert [text for _, text in sentences(changes, before, now, "fr")] == [
        "Un *neuf* (p1) apparaît.",
        "Deux (p2) : aucune mention ne le nomme plus.",
        "Trois\n<b> (p3) est réuni à Quatre (p4).",
        "Cinq (p5) est séparé de Quatre (p4).",
        "Six (p6) s'appelle désormais Seize.",
        "Seize (p6) : commune passe de (vide) à Figeac.",
    ]
    text = changes_markdown(changes, before, now, as_of="2026-11-23", supersedes="2026-11-01-00000000").decode()
    assert "**1 pôle apparu, 1 pôle disparu, 1 fusion, 1 scission, 1 renommé, 1 valeur modifiée.**" in text
    assert "- Un \\*neuf\\* (p1) appeared." in text and "- Trois \\<b\\> (p3) est réuni à Quatre (p4)." in text
    assert text.count("## ") == 12 and "comparé à 2026-11-01-00000000." in text
    first = changes_markdown(changes, {}, now, as_of="2026-11-23", supersedes=None).decode()
    assert "**Première publication, 1 pôle.**" in first and "##" not in first.replace("# ", "", 1).replace("\n# ", "")
    past = changes_markdown(changes, {}, now, as_of="2020-01-01", supersedes=None, promoted=False).decode()
    assert "jamais été la dernière" in past and "never the latest" in past and "**" not in past


@given(st.text(max_size=40))
def test_no_name_gets_out_of_its_line(name: str) -> None:
    changes = pd.DataFrame(
        [("p1", "appeared", "", None, name)], columns=["pole_id", "kind", "field", "before", "after"], dtype="object"
    )
    text = changes_markdown(changes, {}, {"p1": name}, as_of="2026-11-23", supersedes="2026-11-01-00000000").decode()
    lines = [line for line in text.split("\n") if line.startswith("- ")]
    assert len(lines) == 2 and len(text.split("\n")) == 20
    assert all(c != "<" or line[n - 1] == "\\" for line in lines for n, c in enumerate(line))


def test_a_clock_that_was_wrong_is_told_until_the_days_agree_again(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)

    def told(now: datetime) -> list[str]:
        found = alarms(standing_of(paths, (), now), Limits(every_days=10_000))
        return [alarm.code for alarm in found if alarm.code == "clock_wrong"]

    asked = []
    for n, day in enumerate((0, -365, 1)):
        published = world.publish(tmp_path, 3 + n, now=world.NOW + timedelta(days=day))
        assert published.outcome == "published" and read_index(paths)["latest"] == published.snapshot_id
        asked.append(told(world.NOW + timedelta(days=4)))
    assert asked == [[], ["clock_wrong"], []]
