"""The archive keeps bytes whole and lines readable, whatever happens while it writes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ptce_etl.collect.archive import Archive
from ptce_etl.errors import ConfigError, PublishError
from ptce_etl.model import Outcome, RequestLog

A, B = "a" * 64, "b" * 64


def _log(now: datetime, hour: int, outcome: Outcome = "ok", sha256: str | None = A, **more: object) -> RequestLog:
    good = {"url": "https://example.org/", "size": 5} | more
    return RequestLog("toy", requested_at=now + timedelta(hours=hour), outcome=outcome, sha256=sha256, **good)  # type: ignore[arg-type]


def _lines(tmp_path: Path) -> Path:
    return tmp_path / "raw" / "archive" / "requests" / "toy.jsonl"


def test_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.put(b"some bytes")
    assert archive.put(b"some bytes") == digest
    assert archive.read(digest) == b"some bytes"
    files = [path for path in (tmp_path / "raw" / "archive").rglob("*") if path.is_file()]
    assert files == [tmp_path / "raw" / "archive" / "objects" / digest[:2] / digest]


def test_what_a_killed_process_left_half_written_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.put(b"one", private=True)
    folder = next((tmp_path / "raw" / "archive" / "private").iterdir())
    left, written = (folder / f".{A}.{n}.part" for n in (1, 2))
    for path in (left, written):
        path.write_bytes(b"half a pa")
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        archive.put(b"two", private=True)
    assert not left.exists() and written.exists()


def test_a_sweep_just_before_a_new_object_gets_its_name_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sources are collected four at a time: seen as a run that could not write, once in a hundred."""
    replace, other = Path.replace, Archive(tmp_path)

    def swept_first(part: Path, target: Path) -> Path:
        monkeypatch.undo()
        other.put(b"from another thread")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", swept_first)
    digest = Archive(tmp_path).put(b"a listing")
    assert Archive(tmp_path).read(digest) == b"a listing"


def test_new_folders_are_flushed_before_what_they_hold_is_relied_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, flushed = os.fsync, []
    monkeypatch.setattr(os, "fsync", lambda fd: (flushed.append(Path(f"/proc/self/fd/{fd}").readlink()), fsync(fd)))
    archive = Archive(tmp_path)
    digest = archive.put(b"one")
    archive.append(_log(datetime(2026, 11, 23, tzinfo=UTC), 0, sha256=digest))
    base = tmp_path / "raw" / "archive"
    for folder in (tmp_path, base.parent, base, base / "objects", base / "objects" / digest[:2], base / "requests"):
        assert folder in flushed, folder


def test_nothing_is_written_before_it_is_needed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.logs() == []
    assert archive.logs("toy") == []
    assert not archive.holds(A)
    assert list(tmp_path.iterdir()) == []


def test_altered_bytes_are_refused_and_mended_when_met_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.put(b"some bytes")
    path = tmp_path / "raw" / "archive" / "objects" / digest[:2] / digest
    path.write_bytes(b"some bytez")
    with pytest.raises(PublishError, match="do not hash to their name") as caught:
        archive.read(digest)
    assert not caught.value.transient
    assert caught.value.where == str(path)
    assert "restore" in caught.value.do
    assert archive.put(b"some bytes") == digest
    assert archive.read(digest) == b"some bytes"


def test_lost_bytes_are_said(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="cannot be read"):
        Archive(tmp_path).read(A)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_only_hashes_name_objects(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        Archive(tmp_path).read(name)


@pytest.mark.parametrize("name", ["", "../toy", "Toy", "a/b"])
def test_only_source_ids_name_logs(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        Archive(tmp_path).logs(name)


def test_a_line_comes_back_as_it_was(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    first = _log(now, 0, status=200, headers={"etag": '"é\u2028"'}, elapsed=1.25)
    second = _log(now, 1, "malformed", B, error="SourceChanged: x\n  where: y\n  do:    z")
    archive.append(first)
    archive.append(second)
    assert archive.logs("toy") == [first, second] == archive.logs()
    lines = _lines(tmp_path).read_text(encoding="utf-8").split("\n")
    assert len(lines) == 3
    assert json.loads(lines[0])["requested_at"] == "2026-11-23T06:30:00Z"


def test_times_are_aware_and_kept_in_utc(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    paris = _log(now, 0)
    archive.append(_log(now.astimezone(timezone(timedelta(hours=1))), 0))
    assert archive.logs() == [paris]
    assert archive.logs()[0].requested_at.tzinfo is UTC
    with pytest.raises(ConfigError, match="time zone"):
        archive.append(_log(now.replace(tzinfo=None), 0))
    with pytest.raises(ConfigError, match="time zone"):
        archive.last_good("toy", now.replace(tzinfo=None))


def test_a_line_cut_anywhere_costs_only_itself(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    archive.append(_log(now, 0))
    first = _lines(tmp_path).read_bytes()
    archive.append(_log(now, 1, headers={"etag": "é"}))
    whole = _lines(tmp_path).read_bytes()
    for cut in range(len(first), len(whole)):
        _lines(tmp_path).write_bytes(whole[:cut])
        kept = 2 if cut == len(whole) - 1 else 1  # only the end of the line is gone
        assert len(archive.logs()) == kept
        archive.append(_log(now, 2))
        logs = archive.logs()
        assert (len(logs), logs[-1]) == (kept + 1, _log(now, 2))
        archive.append(_log(now, 3))
        assert len(archive.logs()) == kept + 2


def test_a_power_cut_may_leave_zeros(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    archive.append(_log(now, 0))
    with _lines(tmp_path).open("ab") as file:
        file.write(bytes(100))
    archive.append(_log(now, 1))
    assert len(archive.logs()) == 2


@pytest.mark.parametrize("line", ["5", "{}", '{"colour": "red"}', '{"source_id": "toy", "requested_at": "2026-01-01"}'])
def test_a_line_that_is_not_ours_is_an_error(tmp_path: Path, now: datetime, line: str) -> None:
    archive = Archive(tmp_path)
    archive.append(_log(now, 0))
    with _lines(tmp_path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(PublishError, match="line 2"):
        archive.logs()


def test_two_processes_append_at_once(tmp_path: Path, now: datetime) -> None:
    code = (
        "import sys, datetime as dt; from pathlib import Path\n"
        "from ptce_etl.collect.archive import Archive; from ptce_etl.model import RequestLog\n"
        "now = dt.datetime.fromisoformat(sys.argv[2])\n"
        "for turn in range(50):\n"
        "    Archive(Path(sys.argv[1])).append(RequestLog('toy', 'u' * 5000, now, 'ok', error=sys.argv[3]))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path), now.isoformat()]
    writers = [subprocess.Popen([*command, name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    errors = [log.error for log in Archive(tmp_path).logs()]
    assert sorted(map(str, errors)) == ["one"] * 50 + ["two"] * 50


def test_the_last_good_capture(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    for log in [
        _log(now, 0, status=200, headers={"content-type": "text/csv"}),
        _log(now, 1, "transient", None),
        _log(now, 2, "unchanged", status=304),
        _log(now, 3, "malformed", B),
        _log(now, 4, "not_found", None),
        _log(now, 5, "ok", B),
        _log(now, 6, "ok", A, status=200, headers={"content-type": "text/plain"}),
    ]:
        archive.append(log)

    def at(hour: float) -> tuple[str, datetime, datetime] | None:
        capture = archive.last_good("toy", now + timedelta(hours=hour))
        return capture and (capture.sha256, capture.first_seen, capture.last_seen)

    assert at(-0.1) is None
    assert at(0) == (A, now, now)
    assert at(1.5) == (A, now, now)
    assert at(4.5) == (A, now, now + timedelta(hours=2))
    assert at(5) == (B, now + timedelta(hours=5), now + timedelta(hours=5))
    assert at(6) == (A, now, now + timedelta(hours=6))
    capture = archive.last_good("toy", now + timedelta(hours=4))
    assert capture is not None
    assert (capture.status, capture.media_type, capture.size) == (200, "text/csv", 5)  # of the answer with the bytes
    assert [c.sha256 for c in archive.captures("toy", now + timedelta(hours=6))] == [A, B]
    assert archive.last_good("other", now) is None


def test_order_is_by_time_then_by_line(tmp_path: Path, now: datetime) -> None:
    archive = Archive(tmp_path)
    archive.append(_log(now, 2, sha256=B))
    archive.append(_log(now, 0))
    archive.append(_log(now, 2, sha256=A))
    assert [log.sha256 for log in archive.logs()] == [A, B, A]
    assert [log.sha256 for log in archive.logs(until=now + timedelta(hours=1))] == [A]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "raw").write_text("a file where a folder should be", encoding="utf-8")
    archive = Archive(tmp_path)
    with pytest.raises(PublishError, match="cannot be written"):
        archive.put(b"x")
    with pytest.raises(PublishError, match="cannot be written"):
        archive.append(_log(now, 0))


def test_a_run_killed_while_it_writes_leaves_nothing_half_done(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from ptce_etl.collect.archive import Archive\n"
        "os.fsync = lambda descriptor: os._exit(9)\n"
        "Archive(Path(sys.argv[1])).put(b'some bytes')\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    archive = Archive(tmp_path)
    digest = hashlib.sha256(b"some bytes").hexdigest()
    assert not archive.holds(digest)
    assert archive.put(b"some bytes") == digest
    assert archive.read(digest) == b"some bytes"
