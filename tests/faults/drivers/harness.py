"""Try the faults: each on a copy of one published root, in a process of its own, then the next run. Prints JSON.

``harness.py SCRATCH K N [all|some|NAME]`` tries every N-th case from the K-th on: of all, of every third one of each
group, or of those whose name holds NAME. The job is imported and run once in this process; each run after that is a
fork of it.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import place
from cases import CASES, Case
from inject import Watch
from server import serve

from ptce_etl.errors import PtceError

SHORT = ("exit 0", "exit 1", "SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS")


def prepare(scratch: Path, port: int) -> dict[str, Path]:
    """The roots that cases start from: one that has a snapshot and a listing to come, and one that has none yet."""
    bases = {name: scratch / "bases" / name for name in ("published", "empty")}
    for root in bases.values():
        place.found(root, port)
    said = scratch / "said.txt"
    out, err = os.dup(1), os.dup(2)
    code = place.job(bases["published"], place.FIRST, said)
    os.dup2(out, 1)
    os.dup2(err, 2)
    if code:
        raise SystemExit(said.read_text("utf-8"))
    for root in bases.values():
        book = place.ledger(root)
        book.write_text(book.read_text("utf-8") + place.NEW_ROW, "utf-8")
    return bases


def attempt(case: Case, base: Path, scratch: Path, told: Path) -> dict[str, object]:
    root = scratch / "root"
    place.copied(base, root)
    place.copied(base, scratch / "root-kept")
    before, said = place.Before.of(root), scratch / "said.txt"
    case.damage(root)
    told.write_text(case.web, "utf-8")

    def faulted() -> int:
        watch = Watch(root)
        case.inject(watch, root)
        return place.job(root, case.now, said)

    other = case.beside(Watch(root), root) if case.beside else None
    ended = place.ended(place.forked(faulted))
    beside = _end(other, hold="holds" in case.name) if other else None
    wrong = []
    if case.ends not in {ended, "either", "any"} or (case.ends == "any" and ended not in SHORT):
        wrong.append(f"the run ended by {ended}, {case.ends} expected")
    if case.ends == "either" and not {"exit 0"} <= {ended, beside} <= {"exit 0", "exit 5"}:
        wrong.append(f"the runs ended by {ended} and {beside}")
    message = place.first_line(said)
    if case.says not in message:
        wrong.append(f"it said {message!r}, not {case.says}")
    outcome = ""
    try:
        wrong += look(case, root, before)
        more, outcome = next_run(case, root, before, scratch, told)
        wrong += more
    except (PtceError, OSError, LookupError, ValueError) as error:  # a finding of this case; the others go on
        wrong.append(f"{type(error).__name__}: {error}")
    told_of = {"name": case.name, "what": case.what, "ended": ended, "said": message}
    return told_of | {"sees": "either" if case.sees == "any" else case.sees, "next": outcome, "wrong": wrong}


def _end(pid: int, *, hold: bool) -> str:
    if hold:
        os.kill(pid, signal.SIGKILL)
    return place.ended(pid)


def look(case: Case, root: Path, before: place.Before) -> list[str]:
    """What is wrong right after the fault, before anybody mends anything."""
    wrong, seen, problems = [], place.latest(root), place.unverified(root)
    if case.broken:
        if not any(case.broken in problem for problem in problems):
            wrong.append(f"`ptce verify` does not name {case.broken}")
    else:
        wrong += problems
    wrong += (
        []
        if seen == case.sees or (case.sees == "any" and seen in place.ROWS)
        else [f"a reader sees {seen}, not {case.sees}"]
    )
    if case.group not in {"archive", "decisions"} and case.lost and case.base == "published":
        wrong += place.lost(root, before)
    return wrong if case.group == "archive" else wrong + place.dangling(root)


def next_run(case: Case, root: Path, before: place.Before, scratch: Path, told: Path) -> tuple[list[str], str]:
    """What is wrong once what was broken is mended and the job has run again; and what that run said."""
    case.heal(root)
    told.write_text("ok", "utf-8")
    said = scratch / "next.txt"
    ended = place.ended(place.forked(lambda: place.job(root, case.next_now, said)))
    wrong = [] if ended == "exit 0" else [f"the next run ended by {ended}: {place.first_line(said)}"]
    if place.latest(root) != "new":
        wrong.append(f"after the next run a reader sees {place.latest(root)}")
    wrong += place.unverified(root) + place.dangling(root) + place.litter(root)
    if case.base == "published":
        wrong += place.lost(root, before)
    text = said.read_text("utf-8", "replace")
    outcome = json.loads(text[text.index("{\n") :])["outcome"] if ended == "exit 0" else ended
    return [f"next run: {problem}" for problem in wrong], outcome


def selected(which: str) -> list[Case]:
    if which == "some":
        groups = {case.group: [other for other in CASES if other.group == case.group] for case in CASES}
        return [case for cases in groups.values() for case in cases[::3]]
    return CASES if which == "all" else [case for case in CASES if which in case.name]


def main() -> None:
    scratch, k, n = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chosen = selected(sys.argv[4] if len(sys.argv) > 4 else "all")
    scratch.mkdir(parents=True, exist_ok=True)
    told = scratch / "told.txt"
    told.write_text("before", "utf-8")
    os.environ |= {"PTCE_PRIVATE_HOSTS": "127.0.0.1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    server, port = serve(told)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    try:
        place.trim(scratch / "root-bundle")
        bases = prepare(scratch, port)
        gc.collect()
        gc.freeze()  # a fork's collector need not look through all that was imported …
        gc.disable()  # … and a fork lives for a second
        for case in chosen[k::n]:
            out.write(json.dumps(attempt(case, bases[case.base], scratch, told)) + "\n")
            out.flush()
    finally:
        os.kill(server, signal.SIGKILL)
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
