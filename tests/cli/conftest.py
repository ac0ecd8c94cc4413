"""A small world of three poles, built once through ``ptce run --plain``, and a way to call ``ptce``."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ptce_etl.cli import main

NOW = "2026-11-23T06:30:00+00:00"
RED = "\x1b[31m"
TURNED = "\u202e"

_LISTINGS = f"""\
listing_id,source_url,publisher,source_date,page_kind,programme,role,name,carrier,commune,department,website
a1,https://a.example/1,État,2021-06,call results,ami-2021-phase-2,laureate,PTCE Les Ateliers du Moulin,Moulin,Figeac,,
a2,https://b.example/2,RTES,2023,regional directory,,,Ateliers du Moulin,Moulin,Figeac,Lot,https://moulin.example
a3,https://c.example/3,"{RED}Presse{TURNED}",2024-03,article,,,"LES ATELIERS DU MOULIN{RED}",,Figeac,,
b1,https://b.example/2,RTES,2023,regional directory,,,Clus'Ter Jura,Clus'Ter Jura,Lons-le-Saunier,Jura,
b2,https://d.example/4,Avise,2020-05-04,article,,,PTCE Clus’ter Jura,,Lons-le-Saunier,Jura,
c1,https://b.example/2,RTES,2023,regional directory,,,Ateliers du Lac,,Annecy,Haute-Savoie,
"""
_COUNTS = """\
claim_id,claim_date,value,value_low,value_high,qualifier,territory,population,programme,worded_as,publisher,source_url
c1,2021,15,,,exact,France,laureates,ami-2021-phase-2,lauréats,Chorum,https://a.example/1
c2,2023,2,,,at_least,France,existing,,PTCE,RTES,https://b.example/2
"""
_GROWTH = """\
claim_id,claim_date,stated_growth_pct,base_value,target_value,period_years,territory,worded_as,publisher,source_url
g1,2023-06-12,365,56,203,2,France,augmentation,ESS France,https://e.example/5
"""
_FILES = {
    "listings": ("listings", _LISTINGS),
    "counts": ("count_claims", _COUNTS),
    "growth": ("growth_claims", _GROWTH),
}


@dataclass(frozen=True)
class Answer:
    """How a call of ``ptce`` ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Ptce = Callable[..., Answer]


def write_world(root: Path) -> None:
    """The catalogue and the files of the small world under the data root ``root``."""
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "decisions").mkdir()
    entries = []
    for name, (statement, text) in _FILES.items():
        (root / "raw" / "transcribed" / f"{name}.csv").write_text(text, "utf-8")
        columns = text.split("\n", 1)[0].split(",")
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
                "columns": {column: column for column in columns},
                "bounds": {"min_rows": 1, "max_rows": 100},
            }
        )
    # JSON is YAML: the catalogue's reader takes it as it is.
    (root / "sources.yml").write_text(json.dumps({"sources": entries}), "utf-8")


@pytest.fixture
def ptce(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ptce:
    """Call the program in this process: ``ptce("status", "--data", root)``."""

    def call(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world, published. Read it, never write to it."""
    root = tmp_path_factory.mktemp("small") / "data"
    write_world(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "excepthook", sys.excepthook)
        assert main(["run", "--plain", "--data", str(root), "--now", NOW, "--json"]) == 0
    return root


@pytest.fixture
def own_root(small_root: Path, tmp_path: Path) -> Path:
    """A copy of the published small world, to do anything to."""
    root = tmp_path / "data"
    shutil.copytree(small_root, root, symlinks=True)
    return root
