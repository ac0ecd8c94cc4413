"""prefect.yaml, read and deployed for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule

from ptce_etl.measure.populations import POPULATIONS

ROOT = Path(__file__).parents[2]
Deployed = dict[str, DeploymentResponse]
ENTRYPOINTS = {
    "refresh/weekly": "flows/refresh.py:refresh",
    "observatory/monthly": "flows/observatory.py:observatory",
    "observatory/manual": "flows/observatory.py:observatory",
    "backfill/dates": "flows/backfill.py:backfill",
}


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))


def test_the_pinned_prefect_is_the_one_named(written: dict[str, Any]) -> None:
    from importlib.metadata import version

    assert written["prefect-version"] == version("prefect")


def test_no_deployment_runs_at_an_hour_that_comes_twice_or_not_at_all(written: dict[str, Any]) -> None:
    schedules = [schedule for deployment in written["deployments"] for schedule in deployment["schedules"]]
    assert schedules
    for schedule in schedules:
        assert schedule["timezone"] == "Europe/Paris"
        assert schedule["cron"].split()[1] not in {"2", "*"}


@pytest.fixture(scope="module")
def deployed(api: str) -> Iterator[Deployed]:
    with get_client(sync_client=True) as client:
        assert isinstance(client, SyncPrefectClient)
        client.create_work_pool(WorkPoolCreate(name="ptce", type="process", concurrency_limit=1))
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
            cwd=ROOT,
            env=os.environ | {"PREFECT_API_URL": api},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield {name.partition("/")[2]: client.read_deployment_by_name(name) for name in ENTRYPOINTS}


def test_all_are_deployed_in_the_work_pool_one_run_at_a_time(deployed: Deployed) -> None:
    assert [deployment.entrypoint for deployment in deployed.values()] == list(ENTRYPOINTS.values())
    for deployment in deployed.values():
        assert deployment.work_pool_name == "ptce"
        assert deployment.global_concurrency_limit is not None
        assert deployment.global_concurrency_limit.limit == 1
        assert deployment.job_variables["env"]["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


@pytest.mark.parametrize(("name", "cron"), [("weekly", "0 6 * * 1"), ("monthly", "0 7 1 * *")])
def test_schedules_are_in_paris_summer_and_winter(deployed: Deployed, name: str, cron: str) -> None:
    (entry,) = deployed[name].schedules
    assert entry.active
    schedule = entry.schedule
    assert isinstance(schedule, CronSchedule)
    assert (schedule.cron, schedule.timezone) == (cron, "Europe/Paris")


def test_what_is_started_by_hand_has_no_schedule(deployed: Deployed) -> None:
    assert [deployed[name].schedules for name in ("manual", "dates")] == [[], []]


def test_the_form_of_the_manual_one_is_typed_and_explained(deployed: Deployed) -> None:
    schema = deployed["manual"].parameter_openapi_schema
    fields = schema["properties"]
    assert list(fields) == [
        *["data", "sources", "as_of", "dry_run", "force", "populations", "use_judgements", "provisional"]
    ]
    assert schema.get("required", []) == []
    assert fields["data"]["type"] == "string"
    assert {"type": "string", "format": "date"} in fields["as_of"]["anyOf"]
    assert {"type": "array", "items": {"type": "string"}} in fields["sources"]["anyOf"]
    (choices,) = [kind["items"]["enum"] for kind in fields["populations"]["anyOf"] if kind["type"] == "array"]
    assert choices == [population.name for population in POPULATIONS]
    booleans = {name: field["default"] for name, field in fields.items() if field.get("type") == "boolean"}
    assert booleans == {"dry_run": False, "force": False, "use_judgements": True, "provisional": False}
    assert all(len(field["description"]) > 30 for field in fields.values())
    assert deployed["manual"].enforce_parameter_schema


def test_the_form_of_the_backfill_wants_two_dates(deployed: Deployed) -> None:
    schema = deployed["dates"].parameter_openapi_schema
    assert schema["required"] == ["start", "end"]
    assert schema["properties"]["start"]["format"] == schema["properties"]["end"]["format"] == "date"
    assert schema["properties"]["every"]["enum"] == ["month", "quarter", "half-year", "year"]
