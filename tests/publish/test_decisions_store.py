"""Writing identities and redirects."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from ptce_etl.errors import DataError, PublishError
from ptce_etl.publish.decisions_store import decision_hashes, write_identities, write_redirects


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
