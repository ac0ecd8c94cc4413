"""The small world that faults are tried on, how the real main job is run on it, and what must hold afterwards."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from ptce_etl import seed
from ptce_etl.cli import main
from ptce_etl.collect.fetch import FetchPolicy
from ptce_etl.collect.intake import collect_source
from ptce_etl.collect.manners import Manners
from ptce_etl.config import Paths, Settings
from ptce_etl.pipeline import auditing, context
from ptce_etl.pipeline import job as whole_job
from ptce_etl.publish.formats import FORMATS
from ptce_etl.publish.index import read_index
from ptce_etl.publish.verify import verify

FIRST, SECOND, THIRD = (f"2026-11-{day}T06:30:00+00:00" for day in (21, 22, 23))
POLICY = FetchPolicy(
    connect=1, read=1, deadline=1.5, max_bytes=1_000_000, retries=1, backoff=0.01, backoff_max=0.02, jitter=0.01
)
LEDGER = """\
listing_id,name,carrier,commune,department,source_date
a1,PTCE Les Ateliers du Moulin,Moulin,Figeac,Lot,2021-06
a2,Ateliers du Moulin,Moulin,Figeac,Lot,2023
b1,Clus'Ter Jura,Clus'Ter Jura,Lons-le-Saunier,Jura,2023
"""
NEW_ROW = "c1,PTCE du Lac,,Annecy,Haute-Savoie,2024\n"
ROWS = {"old": 5, "new": 6}  # listings, those of the web among them
JUDGED = {"left": "a1", "right": "b1", "judgement": "different", "who": "t", "when": "2026-11-20", "why": "towns"}


def _entry(name: str, url: str, columns: str) -> dict[str, object]:
    return {
        "source_id": name, "title": name, "publisher": "Test", "url": url, "licence": "none", "frequency": "never",
        "reader": "csv", "statement": "listings", "priority": 1, "columns": {c: c for c in columns.split(",")},
        "bounds": {"min_rows": 1, "max_rows": 100},
    }  # fmt: skip


def found(root: Path, port: int) -> None:
    """A data root with a ledger of three listings and a source on the web of two, and one judgement."""
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "decisions").mkdir()
    ledger(root).write_text(LEDGER, "utf-8")
    web = _entry("web", f"http://127.0.0.1:{port}/list.csv", "listing_id,name,commune")
    entries = [_entry("book", "raw/transcribed/book.csv", LEDGER.split("\n", 1)[0]), web]
    (root / "sources.yml").write_text(json.dumps({"sources": entries}), "utf-8")  # JSON is YAML
    Paths(root).judgements.write_text(json.dumps(JUDGED) + "\n", "utf-8")


def ledger(root: Path) -> Path:
    return root / "raw" / "transcribed" / "book.csv"


def trim(bundle: Path) -> None:
    """Set new roots up from ``bundle``; leave out what takes long and fails as the rest does: most checks and pages."""
    render, check, known = auditing.render_site, auditing.run_checks, []

    def checked(tables: object, **named: object) -> object:
        if not known:
            known.append(check(tables, **named, only=["poles.schema.*"]))
        return known[0].copy()

    auditing.run_checks = checked
    auditing.render_site = lambda edition: itertools.islice(render(edition), 2)
    whole_job.publish = partial(whole_job.publish, timeout=0.3)
    seed.bundled = lambda: bundle
    quick = partial(collect_source, policy=POLICY, manners=Manners(delay=0))
    whole_job.collect_source = lambda source, archive, root, now: quick(source, archive, root, now)
    context.Settings = partial(Settings, sensitivity_listings=0)
    for name in ("geojson", "xlsx"):
        del FORMATS[name]


def job(root: Path, now: str, said: Path) -> int:
    """``ptce run --plain`` in this process, what it says into the file ``said``; its exit code."""
    told = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(told, 1)
    os.dup2(told, 2)
    try:
        return main(["run", "--plain", "--data", str(root), "--now", now, "--json"])
    except (OSError, MemoryError) as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return 1


def forked(work: Callable[[], int]) -> int:
    """``work`` in a process of its own; its number."""
    pid = os.fork()
    if pid == 0:
        code = 98
        try:
            code = work()
            sys.stdout.flush()
        finally:
            if code == 98:
                traceback.print_exc()
            os._exit(code)
    return pid


def ended(pid: int) -> str:
    """How a process ended: "exit 0", "SIGKILL"."""
    _, status = os.waitpid(pid, 0)
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


@dataclass(frozen=True)
class Before:
    """What must not be lost: the bytes of the archive, the request log, the judgements, the identities."""

    archive: dict[str, bytes]
    judgements: bytes
    identities: dict[str, str]

    @classmethod
    def of(cls, root: Path) -> Before:
        archive = Paths(root).archive
        kept = {p.relative_to(archive).as_posix(): p.read_bytes() for p in sorted(archive.rglob("*")) if p.is_file()}
        judgements = Paths(root).judgements
        return cls(kept, judgements.read_bytes() if judgements.exists() else b"", _identities(root))


def _identities(root: Path) -> dict[str, str]:
    path = Paths(root).identities
    lines = path.read_text("utf-8").splitlines()[1:] if path.exists() else []
    return dict(line.split(",")[:2] for line in lines)


def lost(root: Path, before: Before) -> list[str]:
    """Captures, log lines, judgements and identities that are no longer there."""
    wrong = []
    for name, content in before.archive.items():
        path = Paths(root).archive / name
        if not path.exists() or not path.read_bytes().startswith(content):
            wrong.append(f"lost: {name}")
    if not before.judgements or not Paths(root).judgements.read_bytes().startswith(before.judgements):
        wrong.append("a judgement is lost")
    now = _identities(root)
    moved = [listing for listing, pole in before.identities.items() if now.get(listing) != pole]
    return wrong + [f"{listing} is of another pole" for listing in moved]


def dangling(root: Path) -> list[str]:
    """What the request log says was captured and is not there, whole."""
    archive, wrong = Paths(root).archive, []
    for path in sorted((archive / "requests").glob("*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            try:
                row = json.loads(line or b"{}")
            except ValueError:
                continue  # torn: the reader leaves it out
            for part, key in (("objects", "sha256"), ("private", "raw_sha256")):
                digest = row.get(key)
                place = archive / part / str(digest)[:2] / str(digest)
                if digest and (not place.exists() or hashlib.sha256(place.read_bytes()).hexdigest() != digest):
                    wrong.append(f"{path.stem}: {part}/{digest[:8]} was logged and is not there")
    return wrong


def latest(root: Path) -> str:
    """What a reader sees: "none", "old", "new", or what is wrong."""
    paths = Paths(root)
    if not paths.index.exists() or not paths.latest.exists():
        return "none" if paths.index.exists() == paths.latest.exists() else "half a publication"
    name = paths.latest.resolve().name
    if read_index(paths)["latest"] != name:
        return "index and latest disagree"
    rows = pq.read_metadata(paths.latest / "listings.parquet").num_rows
    return next((word for word, n in ROWS.items() if n == rows), f"{rows} listings")


def unverified(root: Path) -> list[str]:
    """What ``ptce verify`` says of every published snapshot."""
    paths = Paths(root)
    if not paths.index.exists():
        return []
    return [problem for entry in read_index(paths)["snapshots"] for problem in verify(paths.processed / entry["id"])]


def litter(root: Path) -> list[str]:
    """What a clean run leaves nothing of."""
    paths = Paths(root)
    known = {entry["id"] for entry in read_index(paths)["snapshots"]}
    known |= {"index.json", "latest", ".current", ".state", ".staging", ".lock", "decisions"}
    left = [p for p in paths.processed.iterdir() if p.name not in known]
    left += [*(paths.processed / ".staging").iterdir()]
    left += [p for p in (paths.processed / ".state").iterdir() if not p.name.isdecimal()]
    left += [p for p in paths.decisions.iterdir() if p.name.startswith(".")]
    left += list(paths.archive.rglob(".*"))
    left += [p for p in paths.transcribed.iterdir() if p.name.startswith(".")]
    return [f"left: {p.relative_to(root)}" for p in left]


def first_line(said: Path) -> str:
    """The error that a run ended with, its first line."""
    lines = [line for line in said.read_text("utf-8", "replace").splitlines() if re.match(r"[A-Z]\w+(: |$)", line)]
    return lines[-1] if lines else ""


def copied(base: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(base, root, symlinks=True)
