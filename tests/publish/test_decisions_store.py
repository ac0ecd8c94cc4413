"""Writing identities and redirects, and appending judgements."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from ptce_etl.config import Paths
from ptce_etl.errors import DataError, DecisionError, PublishError, StoreBusy
from ptce_etl.publish.decisions_store import (
    append_judgements,
    decision_hashes,
    read_decided,
    write_identities,
    write_redirects,
)
from ptce_etl.publish.store import locked
from ptce_etl.resolve.decisions import Judgement, load_judgements


def identities(*listings: str) -> pd.DataFrame:
    return pd.DataFrame({"since": "2026-11-23", "listing_id": list(listings), "pole_id": "ptce-1"}, dtype="str")


def test_lines_are_sorted_and_the_file_is_left_alone_when_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "identities.csv"
    assert write_identities(path, identities("b", "a"))
    assert path.read_bytes() == b"listing_id,pole_id,since\na,ptce-1,2026-11-23\nb,ptce-1,2026-11-23\n"
    before = path.stat()
    assert not write_identities(path, identities("a", "b"))
    assert path.stat().st_ino == before.st_ino
    assert write_identities(path, identities("a", "b", "c"))
    assert list(path.parent.iterdir()) == [path]


def test_missing_and_awkward_values_come_back(tmp_path: Path) -> None:
    path = tmp_path / "redirects.csv"
    frame = pd.DataFrame(
        {
            "pole_id": ["b", "a"],
            "status": ["410", "301"],
            "to": [float("nan"), "c"],
            "since": "2026-11-23",
            "reason": ['said "same", twice', "Œuvre\nde"],
        }
    ).astype("str")
    assert write_redirects(path, frame)
    read = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert read["pole_id"].tolist() == ["a", "b"] and read["to"].tolist() == ["c", ""]
    assert read["reason"].tolist() == ["Œuvre\nde", 'said "same", twice'] and read["status"].tolist() == ["301", "410"]


def test_a_file_cut_by_a_crash_is_no_obstacle_and_modes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    write_identities(path, identities("a"))
    path.chmod(0o664)
    (tmp_path / ".identities.csv.new").write_text("listing_id,po")
    assert not write_identities(path, identities("a"))
    assert list(tmp_path.iterdir()) == [path], "what the crash left is cleared even when nothing changed"
    (tmp_path / ".identities.csv.new").write_text("listing_id,po")
    assert write_identities(path, identities("a", "b"))
    assert list(tmp_path.iterdir()) == [path] and path.stat().st_mode & 0o777 == 0o664


def test_what_does_not_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "identities.csv"
    with pytest.raises(DataError, match="a comes twice"):
        write_identities(path, identities("a", "a"))
    with pytest.raises(DataError, match="expected"):
        write_redirects(path, identities("a"))
    path.mkdir()
    (path / "in the way").touch()
    with pytest.raises(PublishError, match="cannot write"):
        write_identities(path, identities("a"))


def test_decision_hashes_are_of_the_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "judgements.jsonl").write_bytes(b"{}\n")
    (tmp_path / "README.md").write_bytes(b"")
    assert decision_hashes(tmp_path) == {"judgements.jsonl": hashlib.sha256(b"{}\n").hexdigest()}
    assert decision_hashes(tmp_path / "none") == {}


def judged(left: str, right: str, why: str = "one carrier") -> Judgement:
    return Judgement(left, right, "same", "Léa", "2026-11-23", why, "0.1.0")


@pytest.mark.parametrize("at_every_try", [False, True])
def test_an_answer_that_lands_while_the_decisions_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_every_try: bool
) -> None:
    """It came between the hash and the reading: the manifest then named a file that had not been read."""
    paths = Paths(tmp_path)
    append_judgements(paths, [judged("a", "b")])
    more = iter(judged("a", f"c{n}") for n in range(100 if at_every_try else 1))

    def answer_then_load(path: Path) -> tuple[Judgement, ...]:
        append_judgements(paths, [*islice(more, 1)])
        return load_judgements(path)

    monkeypatch.setattr("ptce_etl.publish.decisions_store.load_judgements", answer_then_load)
    if at_every_try:
        with pytest.raises(StoreBusy, match="change faster"):
            read_decided(paths)
        return
    decided = read_decided(paths)
    assert [judgement.right for judgement in decided.judgements] == ["b", "c0"]
    assert decided.hashes == {"judgements.jsonl": hashlib.sha256(paths.judgements.read_bytes()).hexdigest()}
    assert (decided.corrections, len(decided.identities), len(decided.redirects)) == ((), 0, 0)


def test_judgements_are_appended_as_lines_that_read_back(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    awkward = judged("b", "a", 'said "same"\n\u2028\x85 twice \ud800 é')
    assert append_judgements(paths, [judged("a", "c"), awkward]) == 2
    assert append_judgements(paths, [judged("a", "d")]) == 1
    assert append_judgements(paths, []) == 0
    raw = paths.judgements.read_bytes()
    assert raw.count(b"\n") == len(raw.decode().splitlines()) == 3
    assert [(j.left, j.right) for j in load_judgements(paths.judgements)] == [("a", "c"), ("a", "b"), ("a", "d")]
    assert load_judgements(paths.judgements)[1].why == awkward.why
    with pytest.raises(DataError, match="itself"):
        append_judgements(paths, [judged("a", "e"), judged("a", "a")])
    assert paths.judgements.read_bytes() == raw, "all or none"


def test_a_line_that_a_crash_cut_short_spoils_no_other(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.decisions.mkdir()
    paths.judgements.write_bytes(b'{"left": "a", "ri')
    append_judgements(paths, [judged("a", "c")])
    append_judgements(paths, [judged("a", "d")])
    cut, *whole = paths.judgements.read_bytes().splitlines()
    assert cut == b'{"left": "a", "ri'
    assert [json.loads(line)["right"] for line in whole] == ["c", "d"]
    with pytest.raises(DecisionError, match=r"judgements\.jsonl, line 1"):
        load_judgements(paths.judgements)


def test_a_last_line_that_somebody_left_without_its_end_is_kept(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    append_judgements(paths, [judged("a", "b")])
    paths.judgements.write_bytes(paths.judgements.read_bytes().rstrip(b"\n"))
    append_judgements(paths, [judged("a", "c")])
    assert len(load_judgements(paths.judgements)) == 2


_APPEND = """
import resource, sys
from pathlib import Path
from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.publish.decisions_store import append_judgements
from ptce_etl.resolve.decisions import Judgement
paths, who, times, most = Paths(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if most:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    for n in range(times):
        append_judgements(paths, [Judgement("-", f"{who}{n}", "same", who, "2026-11-23", "why " * 50)] * 2)
except PublishError as error:
    sys.exit(str(error))
"""


def appender(root: Path, who: str, times: int, most: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _APPEND, str(root), who, str(times), str(most)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_two_reviewers_at_once_lose_nothing(tmp_path: Path) -> None:
    both = [appender(tmp_path, who, 40) for who in ("Ana", "Léa")]
    assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    found = load_judgements(Paths(tmp_path).judgements)
    for who in ("Ana", "Léa"):
        assert [j.right for j in found if j.who == who] == [f"{who}{n}" for n in range(40) for _ in range(2)]
    assert all(one.right == two.right for one, two in zip(found[::2], found[1::2], strict=True)), (
        "each call in one piece"
    )


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    process = appender(tmp_path, "Léa", 9, most=2_000)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert told.startswith("PublishError: cannot keep the judgement: ")
    assert "it was not kept, those before were" in told
    kept = load_judgements(Paths(tmp_path).judgements)
    assert len(kept) % 2 == 0 and kept


def test_whoever_holds_the_store_is_waited_for_and_then_told(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with locked(paths), pytest.raises(StoreBusy, match="those before were"):
        append_judgements(paths, [judged("a", "b")], timeout=0.05)
    assert not paths.judgements.exists()
    assert append_judgements(paths, [judged("a", "b")]) == 1
