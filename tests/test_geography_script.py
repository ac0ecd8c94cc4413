"""``scripts/build_geography.py``: what it refuses, how it joins, and how it tells the differences. No network here."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("geography_recipe", "geography_points", "build_geography")


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield {name: importlib.import_module(name) for name in NAMES}
    finally:
        sys.path.remove(str(ROOT / "scripts"))
        for name in NAMES:
            sys.modules.pop(name, None)


def vendored() -> dict[str, Any]:
    folder = ROOT / "src" / "ptce_etl" / "reference"
    made: dict[str, Any] = {name: pd.read_parquet(folder / name) for name in ("alias.parquet", "communes_xy.parquet")}
    return made | {name: (folder / name).read_text(encoding="utf-8") for name in ("departements.csv", "regions.csv")}


def test_a_file_with_another_hash_is_refused(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    recipe = scripts["geography_recipe"]
    archive = tmp_path / f"etalab-decoupage-administratif-{recipe.TODAY}.tgz"
    archive.write_bytes(b"something else")
    with pytest.raises(recipe.Unavailable, match="pinned sha512"):
        recipe.etalab(recipe.TODAY, tmp_path)


def test_a_client_that_is_not_there_is_said_in_words(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    recipe = scripts["geography_recipe"]
    with pytest.raises(recipe.Unavailable, match="`no-such-client pack` failed"):
        recipe.run("no-such-client", "pack", cwd=tmp_path)


def test_former_communes_lead_to_today(scripts: dict[str, ModuleType]) -> None:
    """A merger, a change of department, a new name, and a commune that was merged and is back."""
    current = {"type": "commune-actuelle"}
    history = [
        {"id": "COM-01039@1943", "code": "01039", "nom": "Béon", "type": "COM", "dateFin": "2023-01-01",
         "raisonFin": "fusion simple", "successeur": "COM-01138@2023"},
        {"id": "COM-01138@2023", "code": "01138", "nom": "Culoz-Béon", "type": "COM"},
        {"id": "COM-78315@1943", "code": "78315", "nom": "Itteville", "type": "COM", "dateFin": "1968-01-01",
         "raisonFin": "changement de département", "successeur": "COM-91315@1968"},
        {"id": "COM-91315@1968", "code": "91315", "nom": "Itteville", "type": "COM"},
        {"id": "COM-76095@1943", "code": "76095", "nom": "Bihorel", "type": "COM", "dateFin": "2012-01-01",
         "raisonFin": "fusion", "successeur": "COM-76095@2014"},
        {"id": "COM-76095@2014", "code": "76095", "nom": "Bihorel", "type": "COM"},
    ]  # fmt: skip
    vintages = {
        "0.7.0": {
            "communes": [
                {"code": "01138", "nom": "Culoz", **current},
                {"code": "02285", "nom": "Escaufourt", "type": "commune-associee", "chefLieu": "59545"},
            ],
            "historique-communes": history,
        },
        "6.0.0": {
            "communes": [
                {"code": "01138", "nom": "Culoz-Béon", "anciensCodes": ["01039"], **current},
                {"code": "91315", "nom": "Itteville", **current},
                {"code": "76095", "nom": "Bihorel", **current},
                {"code": "59545", "nom": "Saint-Souplet-Escaufourt", **current},
            ]
        },
    }
    alias = scripts["geography_recipe"].aliases(vintages).set_index(["norm", "code"])
    assert alias["cible"].to_dict() == {
        ("culoz", "01138"): "01138",
        ("escaufourt", "02285"): "59545",
        ("beon", "01039"): "01138",
        ("itteville", "78315"): "91315",
    }
    assert alias.loc[("beon", "01039"), ["source", "date_fin"]].tolist() == ["histo:0.7.0:fusion simple", "2023-01-01"]


def test_points_are_believed_near_their_neighbours_only(scripts: dict[str, ModuleType]) -> None:
    towns = pd.DataFrame(
        [
            ("01001", "ici", "01", "01100", "E"),
            ("01002", "autre nom", "01", "01100", "E"),
            ("01003", "loin", "01", "01100", "E"),
        ],
        columns=["code", "norm", "dep", "cps", "epci"],
    ).set_index("code")
    groups = {name: towns[name].str.split() for name in ("cps", "epci")}
    inside = {("ici", "01"): (0, 46.0, 5.0)}
    other = {("autre nom", "01"): (1, 46.1, 5.0), ("loin", "01"): (2, 48.0, 5.0)}
    found = scripts["geography_points"].direct(
        towns, {"cp": groups["cps"], "epci": groups["epci"]}, {}, inside, dict(inside), other
    )
    assert {code: source for code, (_, source) in found.items()} == {"01001": "gn", "01002": "gn_alt"}


def test_distance_in_km(scripts: dict[str, ModuleType]) -> None:
    km = scripts["geography_points"].distance(48.8566, 2.3522, [48.8566, 45.7640], [2.3522, 4.8357])
    assert np.allclose(km, [0.0, 391.5], atol=1.0)  # Paris, Lyon


def test_the_vendored_files_do_not_differ_from_themselves(scripts: dict[str, ModuleType]) -> None:
    script = scripts["build_geography"]
    text = "\n".join(script.compare(vendored(), script.VENDORED))
    assert text.count("identical") == 2
    assert text.count("0 only rebuilt, 0 only vendored") == 3
    assert "cells differ" not in text
    assert "moved: 0 by more than 0.1 km" in text


def test_differences_are_told(scripts: dict[str, ModuleType]) -> None:
    script, made = scripts["build_geography"], vendored()
    communes = made["communes_xy.parquet"]
    communes.loc[communes["code"] == "26281", ["nom", "lat", "src"]] = ["Romans", 46.05, "cp"]
    made["communes_xy.parquet"] = communes[communes["code"] != "01001"]
    made["regions.csv"] += "99,Ailleurs,metro\n"
    text = "\n".join(script.compare(made, script.VENDORED))
    assert "regions.csv: DIFFERS" in text
    assert "only vendored: ['01001']" in text
    assert "nom: 1 cells differ (26281: Romans-sur-Isère → Romans)" in text
    assert "1 by more than 20 km" in text
    assert "source gn → cp: 1" in text


def test_written_files_are_read_back_the_same(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    script, made = scripts["build_geography"], vendored()
    script.write(made, tmp_path)
    assert (tmp_path / "regions.csv").read_text(encoding="utf-8") == made["regions.csv"]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "alias.parquet"), made["alias.parquet"])


def test_packages_are_named_and_pinned_and_no_host_is(scripts: dict[str, ModuleType]) -> None:
    texts = [(ROOT / "scripts" / f"{name}.py").read_text(encoding="utf-8") for name in NAMES]
    pins = (ROOT / "scripts" / "requirements-geography.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://", "".join([*texts, pins]))
    for line in (ROOT / "scripts" / "requirements-geography.in").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or f"{line} \\\n    --hash=sha256:" in pins
    assert all(len(integrity) == 88 for integrity in scripts["geography_recipe"].VINTAGES.values())
