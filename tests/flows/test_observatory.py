"""The flows against a real server: the same bytes as without Prefect, failures isolated, blocked and said so."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import Artifact, FlowRun, State, TaskRun

from flows import artifacts, steps
from flows.build import build
from flows.door import Door, opened
from flows.observatory import observatory
from flows.publish import BLOCKED, publish
from flows.refresh import refresh
from flows.runtime import drain, run_observatory
from ptce_etl import catalogue, pipeline
from ptce_etl.catalogue.registry import Source
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, TransientError, ValidationFailed
from ptce_etl.model import RequestLog
from ptce_etl.pipeline import Context, RunResult

pytestmark = pytest.mark.usefixtures("api")


@pytest.fixture(scope="module")
def now(built_root: Path) -> datetime:
    """The instant ``built_root`` was built at."""
    (snapshot,) = json.loads(Paths(built_root).index.read_text("utf-8"))["snapshots"]
    return datetime.fromisoformat(snapshot["published_at"])


@pytest.fixture
def world(built_root: Path, tmp_path: Path) -> Path:
    """A copy of the built world, to be spoiled: it was published once already."""
    return Path(shutil.copytree(built_root, tmp_path / "data", symlinks=True))


@dataclass
class Seen:
    """What Prefect's server holds of a run."""

    run: FlowRun
    tasks: list[TaskRun]
    artifacts: dict[str, Artifact]

    def task(self, name: str) -> TaskRun:
        return next(task for task in self.tasks if task.name == name)


@pytest.fixture(scope="module")
def client() -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        assert isinstance(client, SyncPrefectClient)
        yield client


def seen(client: SyncPrefectClient, flow_run_id: object) -> Seen:
    """Read a run back, once what it sent has arrived."""
    drain()
    only = FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id]))
    for _ in range(60):
        tasks = client.read_task_runs(flow_run_filter=only)
        if tasks and all(task.state is not None and task.state.is_final() for task in tasks):
            break
        time.sleep(0.1)
    (run,) = client.read_flow_runs(flow_run_filter=only)
    made = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id])))
    return Seen(run, tasks, {artifact.key: artifact for artifact in made if artifact.key})


def through(now: datetime, call: Callable[[], State[RunResult]]) -> tuple[State[RunResult], Door]:
    with opened(Door(now, lambda step, seconds: None)) as door:
        return call(), door


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_bytes_as_without_prefect(
    built_root: Path,
    now: datetime,
    api: str,
    client: SyncPrefectClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    root, said, told = tmp_path / "data", [], []
    result = run_observatory(root, now=now, say=said.append, on_step=lambda step, seconds: told.append(step))

    assert said == [f"Using the Prefect server at {api}."]
    assert told == ["collect", "intake", "clean", "resolve", "measure", "write", "validate", "publish"]
    assert list(result.seconds) == told
    assert (result.publication.outcome, result.failures) == ("published", ())
    assert [log.outcome for log in result.logs] == ["ok"] * len(result.logs)
    for part in ("processed", "decisions", "raw/archive/objects"):
        assert files(root / part) == files(built_root / part)

    (run,) = client.read_flow_runs(limit=1, sort="START_TIME_DESC")
    record = seen(client, run.id)
    assert record.run.state is not None
    assert (record.run.state.name, record.run.state.message) == ("Completed", result.publication.message)
    assert sorted(task.name for task in record.tasks) == sorted(
        [
            *[f"collect {log.source_id}" for log in result.logs],
            f"build {now:%Y-%m-%d}",
            f"publish {result.publication.snapshot_id}",
        ]
    )
    assert record.artifacts.keys() == {
        *[artifacts.PROGRESS_KEY, artifacts.RESULTS_KEY, artifacts.CHECKS_KEY, artifacts.PAGE_KEY, artifacts.REPORT_KEY]
    }
    assert (result.publication.path / "site" / "index.html").as_uri() in record.artifacts[artifacts.PAGE_KEY].data
    assert record.artifacts[artifacts.PROGRESS_KEY].data == 100.0
    assert str(result.publication.path / "validation.html") in record.artifacts[artifacts.CHECKS_KEY].data
    assert "cohort ami-2021-phase-2" in record.artifacts[artifacts.RESULTS_KEY].data


def test_a_run_that_changed_nothing_completes_and_says_so(hollow: Any, now: datetime, tmp_path: Path) -> None:
    hollow.outcome = "unchanged"
    state, door = through(now, lambda: observatory(data=str(tmp_path), use_judgements=False, return_state=True))
    assert (state.name, state.is_completed(), state.message) == ("Completed", True, "It is unchanged.")
    assert door.result is not None
    assert state.result() == door.result
    (ctx,) = hollow.built
    assert (ctx.now, ctx.use_judgements) == (now, False)


def test_a_failed_source_stops_nothing_and_a_passing_trouble_is_tried_again(
    world: Path, now: datetime, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world / "raw" / "transcribed" / "claims_growth.csv").unlink()
    real, troubles = pipeline.collect_one, ["transcribed_count_claims"]

    def troubled(ctx: Context, source: Source) -> RequestLog:
        if source.source_id in troubles:
            troubles.remove(source.source_id)
            raise TransientError("time-out", where=source.url, do="wait")
        return real(ctx, source)

    monkeypatch.setattr(pipeline, "collect_one", troubled)
    monkeypatch.setattr(steps, "collect", steps.collect.with_options(retry_delay_seconds=0))
    before = Paths(world).latest.resolve()
    later = now + timedelta(hours=1)
    state, door = through(later, lambda: observatory(data=str(world), dry_run=True, return_state=True))

    assert state.is_completed()
    assert door.result is not None
    (failure,) = door.result.failures
    assert failure.startswith("SourceGone: transcribed_growth_claims")
    assert [log.source_id for log in door.result.logs] == ["transcribed_listings", "transcribed_count_claims"]
    assert door.result.publication.outcome == "built"  # with the last good capture of the one that failed
    assert Paths(world).latest.resolve() == before

    assert state.state_details.flow_run_id is not None
    record = seen(client, state.state_details.flow_run_id)
    assert record.task("collect transcribed_count_claims").run_count == 2
    failed = record.task("collect transcribed_growth_claims")
    assert failed.state is not None
    assert (failed.run_count, failed.state.name) == (1, "Failed")  # a file that is gone is not asked for again
    assert record.artifacts[artifacts.PROGRESS_KEY].data == 100.0
    assert "SourceGone" in record.artifacts[artifacts.CHECKS_KEY].data


def test_a_blocked_publication_is_a_failure_with_its_reason(
    world: Path, now: datetime, client: SyncPrefectClient
) -> None:
    halve(world)
    before = files(Paths(world).latest)
    later = now + timedelta(hours=1)
    state, door = through(later, lambda: observatory(data=str(world), return_state=True))

    assert (state.name, state.is_failed()) == (BLOCKED, True)
    with pytest.raises(ValidationFailed, match="was not promoted") as caught:
        state.result()
    assert state.message == str(caught.value)
    assert [line.split(":")[0].strip() for line in str(state.message).splitlines()] == [
        "ValidationFailed",
        "where",
        "do",
    ]
    assert door.result is not None
    assert door.result.publication.outcome == "rejected"
    assert files(Paths(world).latest) == before

    assert state.state_details.flow_run_id is not None
    record = seen(client, state.state_details.flow_run_id)
    assert record.run.state is not None
    assert (record.run.state.name, record.run.state.message) == (BLOCKED, state.message)
    assert "**critical**" in record.artifacts[artifacts.CHECKS_KEY].data


def halve(root: Path) -> None:
    """Take half of the listings away, and the bounds of the source with them: only the shrink guard is left."""
    ledger = root / "raw" / "transcribed" / "listings.csv"
    with ledger.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with ledger.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows[: len(rows) // 2])
    package = Path(str(catalogue.__file__)).parent
    entries = yaml.safe_load((package / "sources.yml").read_text("utf-8"))
    for entry in entries["sources"]:
        entry["bounds"] = {"min_rows": 1, "max_rows": 1000}
        entry["sentinels"] = []
    (root / "sources.yml").write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")


def test_refresh_alone_collects_and_says_how_it_went(world: Path, now: datetime) -> None:
    (world / "raw" / "transcribed" / "claims_growth.csv").unlink()
    with opened(Door(now + timedelta(hours=1), lambda step, seconds: None)):
        state = refresh(data=str(world), return_state=True)
    assert state.message == "2 of 3 sources collected. Of the others, the last good capture stays in force."


def test_build_and_publish_alone_hand_each_other_a_candidate(hollow: Any, now: datetime, tmp_path: Path) -> None:
    past = date(2024, 6, 30)
    with opened(Door(now, lambda step, seconds: None)):
        candidate = build(data=str(tmp_path), as_of=past, use_judgements=False)
        publication = publish(candidate, data=str(tmp_path), as_of=past, dry_run=True)
    (ctx,) = hollow.built
    assert (ctx.as_of, ctx.now, ctx.use_judgements) == (past, now, False)
    assert (publication.snapshot_id, publication.outcome) == (candidate.snapshot_id, "built")


def test_a_wrong_argument_is_refused_as_without_prefect(world: Path, now: datetime, api: str) -> None:
    future = (now + timedelta(days=30)).date()
    with pytest.raises(ConfigError, match="in the future"):
        run_observatory(world, now=now, as_of=future, say=lambda said: None, usual=api)
