"""Telling people: of a failure, of a publication that is blocked, of data that grow old.

To the log always, and to the addresses kept in Prefect's notification blocks: the one of this module takes any Apprise
address (a webhook ``json://…``, an e-mail ``mailtos://…``, https://github.com/caronc/apprise/wiki). Nothing that goes
wrong here stops a run.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx
from prefect.blocks.abstract import NotificationBlock, NotificationError
from prefect.blocks.core import Block
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import PrefectException
from prefect.logging import get_logger

from flows.door import instant
from ptce_etl.catalogue.registry import load_sources
from ptce_etl.config import Paths
from ptce_etl.errors import PtceError
from ptce_etl.publish.standing import standing_of
from ptce_etl.validate.alarms import Alarm, Standing, alarms

__all__ = ["DEFAULT", "Address", "on_completion", "on_failure", "stale", "tell"]

DEFAULT = "ptce-address/ptce"
VARIABLE = "PTCE_NOTIFY"  # other blocks: "slack-webhook/team, ptce-address/mail"
_STALE = {"evidence_waiting", "run_missed", "source_failing", "source_missing", "source_overdue"}


class Address(AppriseNotificationBlock):
    """Where to send notices: an Apprise address, as json://host/path, mailtos://user:password@host?to=somebody."""

    _block_type_name = "PTCE address"
    _block_type_slug = "ptce-address"


def tell(subject: str, body: str) -> int:
    """Say it in the log and to every address; how many took it."""
    log, sent = get_logger("ptce"), 0
    log.warning("%s\n%s", subject, body)
    names = [name.strip() for name in os.environ.get(VARIABLE, DEFAULT).split(",") if name.strip()]
    for name in names:
        try:
            block: Any = Block.load(name)
            if not isinstance(block, NotificationBlock):
                raise ValueError
            told: Any = block.notify  # typed as its asynchronous half
            with block.raise_on_failure():
                told(body, subject)
            sent += 1
        except ValueError:  # no such block, or one that tells nobody
            log.log(10 if name == DEFAULT else 30, "there is no notification block %s", name)
        except (NotificationError, PrefectException, httpx.HTTPError, OSError) as error:
            log.warning("%s could not be told: %s", name, type(error).__name__)  # its text may hold the address
    return sent


def on_failure(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """A hook: the run failed, crashed or was blocked. The three-line error, then the figures that stand."""
    said = state.message or "no more is known"
    tell(f"ptce: {flow.name} {str(state.name).lower()} ({flow_run.name})", f"{said}\n\n{_figures(flow_run)}")


def on_completion(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """A hook: the run went well; say so if the data grow old all the same."""
    if (standing := _standing(flow_run)) is None:
        return
    if old := stale(alarms(standing)):
        lines = [f"{alarm.level}: {alarm.text}\n  do:    {alarm.do}" for alarm in old]
        tell("ptce: data grow old", "\n".join([*lines, "", _figures(flow_run)]))


def stale(found: tuple[Alarm, ...]) -> list[Alarm]:
    """Those of the alarms that are about data growing old."""
    return [alarm for alarm in found if alarm.code in _STALE]


def _standing(run: FlowRun) -> Standing | None:
    root = Path(str(run.parameters.get("data", "data")))
    own = root / "sources.yml"
    try:
        return standing_of(Paths(root), load_sources(own if own.exists() else None), instant())
    except (PtceError, OSError):
        return None  # nothing published yet, or nothing that can be read: the run itself has said so


def _figures(run: FlowRun) -> str:
    standing = _standing(run)
    if standing is None:
        return "Nothing is published yet."
    published = f"{standing.published_at:%Y-%m-%d %H:%M} UTC" if standing.published_at else "?"
    return (
        f"{standing.snapshot} is the latest, published {published}: {standing.n_poles} poles, "
        f"{standing.n_listings} listings, {standing.review} pairs to review."
    )
