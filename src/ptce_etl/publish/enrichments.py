"""The table of enrichments: a file of its own, beside the snapshots, with what could not be asked or answered too."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ptce_etl.publish.exports import write_csv
from ptce_etl.publish.files import replace_file

__all__ = ["COLUMNS", "enrichment_rows", "write_enrichments"]

# fmt: off
# Column → whether it is text, and what it holds.
COLUMNS: dict[str, tuple[bool, str]] = {
    "kind": (True, "siren, coordinates or ess"),
    "asked": (True, "what was asked about: a carrier as written, a commune, a SIREN"),
    "code_commune_insee": (True, "commune that the listings name"),
    "code_departement": (True, "its department"),
    "value": (True, "SIREN, code of the commune, or yes; empty when nothing is believed"),
    "latitude": (False, "of the commune, WGS 84"),
    "longitude": (False, "of the commune, WGS 84"),
    "score": (False, "of the best answer, 0 to 1"),
    "runner_up": (False, "score of the next one"),
    "threshold": (False, "a score must be above it"),
    "reason": (True, "found, below_threshold, homonyms, nothing, not_answered or not_asked"),
    "evidence": (True, "what the answer says of the best, as JSON"),
    "pole_ids": (True, "poles of the snapshot that it is about, separated by ' | '"),
    "snapshot": (True, "the snapshot whose poles were asked about"),
    "service_id": (True, "who answered"),
    "licence": (True, "terms of the service"),
    "url": (True, "the question"),
    "captured_at": (True, "when it was answered, UTC"),
    "capture_sha256": (True, "the capture in the archive that it was read from"),
}
# fmt: on


def enrichment_rows(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The table of ``rows`` (column → value; what is left out is missing), texts as ``str``, numbers as ``float64``."""
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    table["evidence"] = [
        json.dumps(one, ensure_ascii=False, sort_keys=True) if isinstance(one, Mapping) and one else None
        for one in table["evidence"]
    ]
    return table.astype({name: "str" if text else "float64" for name, (text, _) in COLUMNS.items()})


def write_enrichments(table: pd.DataFrame, folder: Path) -> Path:
    """Write ``enrichments.csv`` into ``folder``, in one step; where it is. Raises :class:`PublishError`."""
    sink = io.BytesIO()
    schema = pa.schema([(name, pa.string() if text else pa.float64()) for name, (text, _) in COLUMNS.items()])
    write_csv(pa.Table.from_pandas(table, schema=schema, preserve_index=False), sink)
    path = folder / "enrichments.csv"
    replace_file(path, sink.getvalue())
    return path
