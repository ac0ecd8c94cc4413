"""A small world of three poles, built once through ``ptce run --plain``, one with doubts, and how to call ``ptce``."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ptce_etl.cli import main
from ptce_etl.pipeline import auditing

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
# Pairs that take a person: a name with and without its territory, two names of one carrier, a pole called by its town.
# Ids and cells as spreadsheets hate them.
_DOUBTS = f"""\
d1,https://d.example/1,"=1+1;@SUM(A1){RED}",2022-07-25,article,,,Coop'actions en Grand Bergeracois,,,,
d2,https://d.example/1,Avise,2022-07-25,article,,,PTCE Coop'actions,,,,
e1,https://e.example/1,RTES,2018,regional directory,,,PTCE du Pays de Bray,Maison solidaire,,Oise,
e2,https://e.example/2,'Cap3c,2016-12-09,article,,,PTCE du Pays de Bray en Normandie,,,,
f1,https://f.example/1,-RTES,2019,article,,,PTCE Innovales,issue de Alvéole,,Haute-Savoie,
f2,https://f.example/2,Presse,2014,article,,,PTCE ESS et Éco construction,Alvéole,,Haute-Savoie,
1e5,https://g.example/1,RTES,2019,article,,,PTCE TETRIS,,Grasse,Alpes-Maritimes,
g2,https://g.example/2,Presse,2014,article,,,PTCE de Grasse,,Grasse,Alpes-Maritimes,
=h1,https://h.example/1,RTES,2019,article,,,Scènes de musiques actuelles - SMAC 07 (Ardèche),,,,
h2,https://h.example/2,Presse,2014,article,,,Pôle régional des musiques actuelles (PRMA),,,,
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


@pytest.fixture(scope="session")
def run_quick() -> Callable[[Path, str], None]:
    """``ptce run --plain`` at an instant, validated with one expectation: the others are only waited for here."""

    def run(root: Path, now: str = NOW) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "excepthook", sys.excepthook)
            patch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))
            assert main(["run", "--plain", "--data", str(root), "--now", now, "--json"]) == 0

    return run


@pytest.fixture(scope="session")
def doubtful_root(tmp_path_factory: pytest.TempPathFactory, run_quick: Callable[[Path], None]) -> Path:
    """The small world with five pairs of poles that wait for a person, published. Read it, never write to it."""
    root = tmp_path_factory.mktemp("doubtful") / "data"
    write_world(root)
    file = root / "raw" / "transcribed" / "listings.csv"
    file.write_text(file.read_text("utf-8") + _DOUBTS, "utf-8")
    run_quick(root)
    return root


@pytest.fixture
def asking_root(doubtful_root: Path, tmp_path: Path) -> Path:
    """A copy of the world with doubtful pairs, to answer about."""
    root = tmp_path / "data"
    shutil.copytree(doubtful_root, root, symlinks=True)
    return root


@pytest.fixture
def own_root(small_root: Path, tmp_path: Path) -> Path:
    """A copy of the published small world, to do anything to."""
    root = tmp_path / "data"
    shutil.copytree(small_root, root, symlinks=True)
    return root
