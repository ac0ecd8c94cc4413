"""A publication that waits for people says so in one clear state, and goes through once they have answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from flows.door import Door, opened
from flows.observatory import observatory
from flows.publish import AWAITING, BLOCKED, concluded
from ptce_etl.config import Paths
from ptce_etl.frames import empty, to_arrow
from ptce_etl.pipeline import Publication
from ptce_etl.publish.decisions_store import append_judgements
from ptce_etl.resolve.decisions import Judgement

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
# Two laureates of a round for which one is published: one pole under two names, or a wrong figure?
_LISTINGS = """\
listing_id,source_url,publisher,source_date,page_kind,programme,role,name,commune,department
d1,https://d.example/1,Avise,2022-07-25,call results,ami-2021-phase-2,laureate,PTCE TETRIS,Grasse,Alpes-Maritimes
d2,https://d.example/2,État,2022-07-25,call results,ami-2021-phase-2,laureate,PTCE de Grasse,Grasse,Alpes-Maritimes
e1,https://e.example/1,RTES,2023,regional directory,,,Ateliers du Lac,Annecy,Haute-Savoie
"""
_COUNTS = """\
claim_id,claim_date,value,value_low,value_high,qualifier,territory,population,programme,worded_as,publisher,source_url
c1,2022,1,,,exact,France,laureates,ami-2021-phase-2,lauréat,État,https://d.example/2
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "decisions").mkdir()
    entries = []
    for name, statement, text in (("listings", "listings", _LISTINGS), ("counts", "count_claims", _COUNTS)):
        (root / "raw" / "transcribed" / f"{name}.csv").write_text(text, "utf-8")
        columns = text.partition("\n")[0].split(",")
        entries.append(
            {
                "source_id": name,
                "title": name,
                "publisher": "Test",
                "url": f"raw/transcribed/{name}.csv",
                "licence": "none",
                "frequency": "never",
                "reader": "csv",
                "statement": statement,
                "priority": 1,
                "columns": {c: c for c in columns},
                "bounds": {"min_rows": 1, "max_rows": 100},
            }
        )
    (root / "sources.yml").write_text(json.dumps({"sources": entries}), "utf-8")
    return root


@pytest.mark.usefixtures("api")
def test_it_waits_for_an_answer_and_the_next_run_goes_through(world: Path) -> None:
    with opened(Door(NOW, lambda step, seconds: None)):
        state = observatory(data=str(world), return_state=True)
    assert (state.name, state.is_failed()) == (AWAITING, True)
    what, where, do = str(state.message).splitlines()
    assert what.startswith("ValidationFailed: ami-2021-phase-2: 2 poles named, 1 published (c1): a missed duplicate")
    assert "waits for answers (1 pair in doubt)" in what, what
    assert where.endswith("validation.html")
    assert "ptce review" in do
    assert not Paths(world).latest.exists()

    append_judgements(Paths(world), [Judgement("d1", "d2", "same", "a test", "2026-11-23", "the same association")])
    with opened(Door(NOW + timedelta(hours=1), lambda step, seconds: None)):
        state = observatory(data=str(world), return_state=True)
    assert state.name == "Completed", state.message
    assert Paths(world).latest.is_dir()


def test_what_answers_cannot_mend_is_blocked(tmp_path: Path) -> None:
    check = {"check_id": "x", "table": "poles", "rule": "r", "severity": "critical", "passed": False, "n_failed": 1}
    for name, rows in (("checks", [check]), ("issues", []), ("edges", [])):
        frame = pd.concat([empty(name), pd.DataFrame(rows)]) if rows else empty(name)
        pq.write_table(to_arrow(name, frame.astype(empty(name).dtypes)), tmp_path / f"{name}.parquet")
    state = concluded(Publication("rejected", "2026-11-23-0", tmp_path, 1, 0, "no"), None)
    assert state.name == BLOCKED
    assert str(state.message).startswith("ValidationFailed: 1 critical check failed")
