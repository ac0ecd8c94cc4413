"""Upload a snapshot's public files to a dataset of data.gouv.fr, by its API.

``<data>/datagouv.json`` names the dataset and the resource of each file, so that links to a resource stay: a file goes
into its resource; one that has none yet makes it, and its id is kept at once. It also keeps the sha256 last uploaded:
a push that was cut goes on where it stopped. The key comes from DATAGOUV_API_KEY and is in no message.

API: POST /api/1/datasets/{id}/upload/ (a new file), /datasets/{id}/resources/{rid}/upload/ (in place of one).
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, PublishError
from ptce_etl.publish.files import replace_file
from ptce_etl.publish.index import canonical_json, published_id, snapshot_path
from ptce_etl.publish.manifest import read_manifest

__all__ = ["Upload", "plan", "push"]

SITE = "https://www.data.gouv.fr"
CONFIG = "datagouv.json"
_SUFFIXES = (".csv", ".geojson", ".md", ".parquet", ".xlsx")
_TRIES, _WAIT, _TIMEOUT = 5, 1.0, 60.0
_PASSING = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: ``resource`` is None when it has to be made, ``done`` when those bytes are there already."""

    name: str
    bytes: int
    sha256: str
    resource: str | None
    done: bool


def plan(paths: Paths, snapshot: str = "latest") -> tuple[str, list[Upload]]:
    """The snapshot meant and what a push of it would do. Raises :class:`ConfigError`, :class:`NoData`."""
    known = _config(paths)["resources"]
    found = published_id(paths, snapshot)
    uploads = []
    for name, record in sorted(read_manifest(snapshot_path(paths, found))["files"].items()):
        if "/" in name or not name.endswith(_SUFFIXES):
            continue
        at = known.get(name, {})
        same = at.get("sha256") == record["sha256"] and at.get("id") is not None
        uploads.append(Upload(name, record["bytes"], record["sha256"], at.get("id"), same))
    return found, uploads


def push(paths: Paths, snapshot: str = "latest", *, site: str | None = None, wait: float = _WAIT) -> list[Upload]:
    """Upload what :func:`plan` says is not there yet; what was uploaded. ``wait``: seconds before a second try.

    Raises :class:`ConfigError` without a key, or for one that is refused, :class:`PublishError` for the rest.
    """
    key = os.environ.get("DATAGOUV_API_KEY", "").strip()
    if not key:
        raise ConfigError("no key", where="DATAGOUV_API_KEY", do="make one on your data.gouv.fr profile, and export it")
    base = (site or os.environ.get("PTCE_DATAGOUV_URL") or SITE).rstrip("/")
    found, uploads = plan(paths, snapshot)
    folder, done = snapshot_path(paths, found), []
    for upload in uploads:
        if upload.done:
            continue
        config = _config(paths)
        middle = f"resources/{upload.resource}/" if upload.resource else ""
        url = f"{base}/api/1/datasets/{config['dataset']}/{middle}upload/"
        answer = _post(url, key, folder / upload.name, wait)
        made = upload.resource or answer.get("id")
        if not isinstance(made, str):
            raise PublishError("the answer names no resource", where=url, do="look at the dataset, then push again")
        config["resources"][upload.name] = {"id": made, "sha256": upload.sha256}
        replace_file(paths.root / CONFIG, canonical_json(config))
        done.append(upload)
    return done


def _config(paths: Paths) -> dict[str, Any]:
    path = paths.root / CONFIG
    try:
        found = json.loads(path.read_bytes())
        dataset, resources = found["dataset"], found.setdefault("resources", {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            "no dataset to push to", where=str(path), do='write {"dataset": "its id"}; resources are added by the push'
        ) from error
    if not isinstance(dataset, str) or not dataset.replace("-", "").isalnum() or not isinstance(resources, dict):
        raise ConfigError("not a dataset's id", where=str(path), do="copy it from the dataset's page")
    return dict(found)


def _post(url: str, key: str, path: Path, wait: float) -> dict[str, Any]:
    import requests

    said = ""
    for n in range(_TRIES):
        if n:
            time.sleep(wait * 2 ** (n - 1))
        try:
            with path.open("rb") as file:
                answer = requests.post(
                    url,
                    headers={"X-API-KEY": key, "Accept": "application/json"},
                    files={"file": (path.name, file)},
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            said = type(error).__name__
            continue
        if answer.ok and not answer.is_redirect:
            try:
                return dict(answer.json())
            except ValueError as error:
                raise PublishError("the answer is not JSON", where=url, do="look at the dataset") from error
        said = f"HTTP {answer.status_code}: {' '.join(answer.text.split())[:200]}".replace(key, "…")
        if answer.status_code in (401, 403):
            raise ConfigError(
                f"the key was refused: {said}", where="DATAGOUV_API_KEY", do="check the key and its rights"
            )
        if answer.status_code not in _PASSING:
            break
    raise PublishError(
        f"{path.name} was not uploaded: {said}", where=url, do="push again: it goes on with the files that are missing"
    )
