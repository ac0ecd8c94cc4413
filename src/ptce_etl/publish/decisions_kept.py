"""The decisions as they were: every file that a snapshot was made from is kept in the archive, under its sha256.

    raw/archive/objects/ab/abcdef…    the bytes, beside those of the captures
    raw/archive/decisions.jsonl       one line for each state that a publication left: when, and sha256 by file name

A manifest names the files by their sha256, so a snapshot can be made again from the very decisions it was made from.
The log says which state was in force at any instant, which is what ``--known-at`` asks.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import yaml

from ptce_etl.catalogue.registry import Source, load_sources
from ptce_etl.catalogue.services import Service, load_services
from ptce_etl.clean.corrections import load_corrections
from ptce_etl.collect.archive import Archive
from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.publish.decisions_store import Decided, files_of
from ptce_etl.publish.files import guarded, replace_file
from ptce_etl.publish.index import instant
from ptce_etl.resolve.decisions import load_identities, load_judgements, load_redirects

__all__ = ["catalogue_of", "decided_by", "keep", "kept", "log_state", "services_of", "state_at"]

CORRECTIONS, IDENTITIES, JUDGEMENTS, REDIRECTS = (
    "corrections.yml",
    "identities.csv",
    "judgements.jsonl",
    "redirects.csv",
)
Files = dict[str, bytes]


def keep(paths: Paths, files: Mapping[str, bytes]) -> dict[str, str]:
    """Put ``files`` (bytes by name) into the archive; their sha256 by name. Once each, whoever does it."""
    archive = Archive(paths.root)
    return {name: archive.put(body) for name, body in sorted(files.items())}


def kept(paths: Paths, hashes: Mapping[str, str]) -> Files:
    """The files of those sha256. Raises :class:`PublishError` when the archive lacks one."""
    archive = Archive(paths.root)
    missing = [f"{name} ({digest[:12]}…)" for name, digest in sorted(hashes.items()) if not archive.holds(digest)]
    if missing:
        raise PublishError(
            f"the archive does not hold {', '.join(missing)}",
            where=str(paths.archive / "objects"),
            do="put the file as it was (from git, say) there under its sha256: older versions did not keep it",
        )
    return {name: archive.read(digest) for name, digest in hashes.items()}


def log_state(paths: Paths, now: datetime) -> None:
    """Keep the decisions as they are on the disk, and log that they are in force from ``now`` (aware) on.

    The store must be locked: one writer at a time. Nothing is written when the last line says the same.
    """
    hashes = keep(paths, files_of(paths.decisions))
    log = _log(paths)
    with guarded("read", log):
        lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    if lines and json.loads(lines[-1])["files"] == hashes:
        return
    lines.append(json.dumps({"at": instant(now, exact=True), "files": hashes}, sort_keys=True))
    log.parent.mkdir(parents=True, exist_ok=True)
    replace_file(log, ("\n".join(lines) + "\n").encode())


def _log(paths: Paths) -> Path:
    return paths.archive / "decisions.jsonl"


def _state(paths: Paths, known_at: datetime) -> dict[str, str] | None:
    """sha256 by name of the last state logged up to ``known_at``; None when none was."""
    log, found = _log(paths), None
    with guarded("read", log):
        lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    for line in lines:
        state = json.loads(line)
        if datetime.fromisoformat(state["at"]) <= known_at:
            found = state["files"]
    return found


def state_at(paths: Paths, known_at: datetime, *, whole_day: bool) -> Files:
    """The decisions held at ``known_at`` (aware), as files.

    Identities and redirects are those of the last state logged by then; before the first one, the lines dated up to
    that day. Judgements and corrections are those of that state and every one signed on an earlier day (of that day
    too with ``whole_day``): they carry the day they were made, not the hour.
    """
    day = known_at.astimezone(ZoneInfo("Europe/Paris")).date()
    last = date.fromordinal(day.toordinal() - (not whole_day))
    now, logged = files_of(paths.decisions), _state(paths, known_at)
    then = kept(paths, logged) if logged is not None else {}
    found: Files = {}
    if JUDGEMENTS in now or JUDGEMENTS in then:
        found[JUDGEMENTS] = _judgements(now.get(JUDGEMENTS, b""), then.get(JUDGEMENTS, b""), last)
    if CORRECTIONS in now or CORRECTIONS in then:
        found[CORRECTIONS] = _corrections(now.get(CORRECTIONS, b""), then.get(CORRECTIONS, b""), last)
    for name in (IDENTITIES, REDIRECTS):
        source = then if logged is not None else now
        if name in source:
            found[name] = source[name] if logged is not None else _since(source[name], day)
    return found


def _judgements(now: bytes, then: bytes, last: date) -> bytes:
    """Lines of the file as it was, then those of the file as it is that were signed by ``last``."""
    held = [line for line in then.split(b"\n") if line.strip()]
    more = [line for line in now.split(b"\n") if line.strip() and line not in held]
    return b"".join(line + b"\n" for line in [*held, *(x for x in more if json.loads(x)["when"] <= last.isoformat())])


def _corrections(now: bytes, then: bytes, last: date) -> bytes:
    def entries(raw: bytes) -> list[dict[str, Any]]:
        return list(yaml.safe_load(raw) or [])

    held = entries(then)
    cells = {(entry["listing_id"], entry["field"]) for entry in held}
    more = [e for e in entries(now) if (e["listing_id"], e["field"]) not in cells and _day(e["when"]) <= last]
    if not more:
        return then
    return yaml.safe_dump([*held, *more], allow_unicode=True, sort_keys=False).encode()


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _since(raw: bytes, day: date) -> bytes:
    frame = pd.read_csv(io.BytesIO(raw), dtype="str", keep_default_na=False)
    return frame[frame["since"] <= day.isoformat()].to_csv(None, index=False, lineterminator="\n").encode()


def decided_by(files: Mapping[str, bytes]) -> Decided:
    """What ``files`` say, read as the decisions folder is. Raises :class:`DecisionError`."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, body in files.items():
            (folder / name).write_bytes(body)
        return Decided(
            corrections=load_corrections(folder / CORRECTIONS),
            judgements=load_judgements(folder / JUDGEMENTS),
            identities=load_identities(folder / IDENTITIES),
            redirects=load_redirects(folder / REDIRECTS),
            hashes={name: hashlib.sha256(body).hexdigest() for name, body in sorted(files.items())},
            files=dict(files),
        )


def catalogue_of(body: bytes) -> tuple[Source, ...]:
    """The sources of a catalogue that was kept. Raises :class:`CatalogueError`."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "sources.yml"
        path.write_bytes(body)
        return load_sources(path)


def services_of(body: bytes) -> tuple[Service, ...]:
    """The services of a ``services.yml`` that was kept. Raises :class:`CatalogueError`."""
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "services.yml"
        path.write_bytes(body)
        return load_services(path)
