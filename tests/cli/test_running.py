from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flows import runtime
from ptce_etl import pipeline
from ptce_etl.collect.archive import Archive
from ptce_etl.config import Paths
from ptce_etl.errors import StoreBusy
from ptce_etl.measure.movement import COMPONENTS
from ptce_etl.model import RequestLog
from ptce_etl.pipeline import auditing, job
from ptce_etl.publish.store import locked

NOW = "2026-11-23T06:30:00+00:00"
LATER = "2026-11-23T18:30:00+00:00"
STEPS = ["collect", "intake", "clean", "resolve", "measure", "write", "validate", "publish"]
Ptce = Callable[..., Any]


@pytest.fixture
def one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validate with one expectation: for tests that are about something else, a hundred more are only waited for."""
    monkeypatch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))


@pytest.mark.usefixtures("one_check")
def test_a_second_run_says_that_nothing_changed_and_shows_the_figures_again(ptce: Ptce, own_root: Path) -> None:
    snapshot = (own_root / "processed" / "latest").resolve().name
    answer = ptce("run", "--plain", "--data", own_root, "--now", NOW)
    assert answer.code == 0
    assert f"Nothing changed since {snapshot}" in answer.out
    for title in ("Call rounds at 2026-11-23", "Growth over the headline period", "Published claims", "Checks: "):
        assert title in answer.out
    lines = {" ".join(line.split()) for line in answer.out.splitlines()}
    assert "ami-2021-phase-2 1 15 6.7% 2021 call for emerging PTCE, phase 2" in lines
    assert "poles at the start 3 1" in lines
    assert "1 arithmetic_error" in lines
    assert "56 to 203 is +262.5% (×3.625), not +365%: " in " ".join(answer.out.split())
    assert f"validation report {own_root / 'processed' / 'latest' / 'validation.html'}" in lines
    assert [line.split()[0] for line in answer.err.splitlines()[1:]] == STEPS
    assert "\x1b" not in answer.out + answer.err


@pytest.mark.usefixtures("one_check")
def test_a_past_date_is_built_and_never_becomes_the_latest(ptce: Ptce, own_root: Path) -> None:
    latest = (own_root / "processed" / "latest").resolve().name
    answer = ptce("build", "--as-of", "2022-12-31", "--data", own_root, "--now", NOW, "--json")
    assert answer.code == 0
    found = answer.json
    assert (found["outcome"], found["as_of"], found["latest"]) == ("built", "2022-12-31", latest)
    assert found["n_listings"] == 2, "the others were written later"
    assert list(found["seconds"]) == STEPS[1:]
    assert (own_root / "processed" / "latest").resolve().name == latest
    shown = ptce("claims", "--snapshot", found["snapshot"], "--data", own_root, "--json")
    assert shown.json["snapshot"] == found["snapshot"]
    assert ptce("verify", found["snapshot"], "--data", own_root).code == 0


def test_a_run_that_validation_blocks_says_why_and_moves_nothing(ptce: Ptce, own_root: Path) -> None:
    latest = (own_root / "processed" / "latest").resolve().name
    claims = own_root / "raw" / "transcribed" / "counts.csv"
    claims.write_text(claims.read_text("utf-8").replace("c1,2021,15,", "c1,2021,0,"), "utf-8")
    answer = ptce("run", "--plain", "--data", own_root, "--now", NOW)
    assert answer.code == 3
    assert "Call rounds" not in answer.out, "figures that were refused are not shown as if they held"
    assert "critical: " in answer.out
    assert "ami-2021-phase-2" in answer.out
    assert answer.err.splitlines()[-3].startswith("ValidationFailed: ")
    assert f"{latest} stays the latest" in answer.err
    assert (own_root / "processed" / "latest").resolve().name == latest

    status = ptce("status", "--data", own_root, "--now", LATER, "--json")
    (alarm,) = status.json["alarms"]
    assert (status.code, status.json["status"], alarm["code"]) == (2, "critical", "publication_blocked")
    assert "ami-2021-phase-2" in alarm["text"]
    shown = ptce("status", "--data", own_root, "--now", LATER)
    assert (shown.code, shown.out.splitlines()[0]) == (2, "Status: critical, 1 thing to look at")
    (own_root / "decisions" / "judgements.jsonl").write_text("", "utf-8")  # what a person answers changes the decisions
    status = ptce("status", "--data", own_root, "--now", LATER, "--json")
    assert (status.code, status.json["alarms"][0]["level"]) == (1, "warning")
    claims.write_text(claims.read_text("utf-8").replace("c1,2021,0,", "c1,2021,16,"), "utf-8")
    Archive(own_root).append(collected(own_root, claims))  # newer than what was refused: the next run will tell
    assert ptce("status", "--data", own_root, "--now", LATER).code == 0


def collected(root: Path, file: Path) -> RequestLog:
    sha256 = Archive(root).put(file.read_bytes())
    return RequestLog("counts", "", datetime.fromisoformat(LATER), "ok", sha256=sha256, size=file.stat().st_size)


@pytest.mark.usefixtures("one_check")
def test_a_source_that_fails_is_told_and_its_last_capture_stays_in_force(ptce: Ptce, own_root: Path) -> None:
    (own_root / "raw" / "transcribed" / "listings.csv").write_text("another,layout\n1,2\n", "utf-8")
    answer = ptce("run", "--plain", "--data", own_root, "--now", "2026-11-23T18:30:00+00:00")
    assert answer.code == 0
    assert "1 source failed; the last good capture stays in force" in answer.out
    assert "  SourceChanged: listings: " in answer.out
    status = ptce("status", "--data", own_root, "--now", "2026-11-23T18:31:00+00:00", "--json").json
    health = {row["source_id"]: row["health"] for row in status["sources"]}
    assert health == {"listings": "stale", "counts": "fresh", "growth": "fresh"}


@pytest.mark.usefixtures("one_check")
def test_a_store_in_use_is_a_matter_of_trying_again(
    ptce: Ptce, own_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "publish", partial(job.publish, timeout=0))
    with locked(Paths(own_root)):
        answer = ptce("run", "--plain", "--data", own_root, "--now", NOW)
    assert answer.code == StoreBusy.exit_code == 5
    assert answer.err.splitlines()[-3].startswith("StoreBusy: ")


@pytest.mark.parametrize("as_of", ["2030-01-01", "2001-01-01"])
def test_a_date_that_cannot_be_described_is_refused(ptce: Ptce, own_root: Path, as_of: str) -> None:
    answer = ptce("build", "--as-of", as_of, "--data", own_root, "--now", NOW)
    assert answer.code == (2 if as_of > NOW else 4)
    assert as_of in answer.err.splitlines()[-3]


@pytest.mark.usefixtures("one_check")
def test_without_plain_the_job_goes_through_prefect_and_its_answer_is_one_json_object(
    ptce: Ptce, own_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def run_observatory(root: Path, **options: Any) -> pipeline.RunResult:
        asked.update(options)
        options["say"]("Starting Prefect: \x1b[31m…")
        ctx = pipeline.open_context(root, now=options["now"], use_judgements=options["use_judgements"])
        return pipeline.run(ctx, options["on_step"])

    monkeypatch.setattr(runtime, "run_observatory", run_observatory)
    answer = ptce("run", "--data", own_root, "--now", NOW, "--no-judgements", "--json")
    assert answer.code == 0
    found = answer.json
    assert asked["now"] == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    assert asked["use_judgements"] is False
    assert r"Starting Prefect: \x1b[31m…" in answer.err
    assert found["outcome"] == "unchanged"
    assert found["latest"] == found["snapshot"]
    assert list(found["seconds"]) == STEPS
    assert (found["n_poles"], found["n_listings"]) == (3, 6)
    assert {row["population"] for row in found["indicator"]} == {"listed", "state_supported"}
    for row in found["indicator"]:
        moved = sum(sign * row[name] for name, sign in COMPONENTS.items())
        assert row["target"] == row["base"] + moved
    (growth,) = found["claims"]["growth"]
    assert (growth["verdict"], growth["computed"], growth["computed_multiplier"]) == ("arithmetic_error", 262.5, 3.625)
    assert sum(found["claims"]["verdicts"].values()) == 3
    assert found["checks"]["critical"] == 0
    assert Path(found["report"]).is_file()


def test_a_first_run_fills_an_empty_folder(built_root: Path) -> None:
    assert json.loads((built_root / "processed" / "index.json").read_bytes())["latest"]
