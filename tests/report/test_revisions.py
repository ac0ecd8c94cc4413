"""Two snapshots in a row: what the first said stays readable in the second, and what changed is told pole by pole."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from ptce_etl import pipeline
from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.config import Paths
from ptce_etl.pipeline import auditing
from ptce_etl.publish.verify import verify
from ptce_etl.report.editions import earlier_than, edition_of
from ptce_etl.report.site import render_site
from tests.cli.conftest import write_world
from tests.conftest import BUILT_AT


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A data root and the folders of its two snapshots: a pole gets another name, one is new."""
    root = tmp_path_factory.mktemp("twice") / "data"
    write_world(root)
    ledger = root / "raw" / "transcribed" / "listings.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))
        first = pipeline.run(pipeline.open_context(root, now=BUILT_AT)).publication
        text = ledger.read_text("utf-8").replace(",Ateliers du Lac,", ",Les Grands Ateliers du Lac,")
        text += "n1,https://n.example/1,RTES,2024,regional directory,,,Pôle Nouveau,Nouveau,Cahors,Lot,\n"
        ledger.write_text(text, "utf-8")
        second = pipeline.run(pipeline.open_context(root, now=BUILT_AT + timedelta(days=7))).publication
    assert (first.outcome, second.outcome) == ("published", "published")
    return root, first.path, second.path


def words(path: Path) -> str:
    text = re.sub(r"<[^>]+>", " ", path.read_text("utf-8").split("<main")[1])
    return " ".join(html.unescape(text).split(" "))


def test_the_log_keeps_what_was_said_before(twice: tuple[Path, Path, Path]) -> None:
    _, first, second = twice
    said = words(second / "site" / "fr" / "data.html")
    log = said[said.index("Journal des révisions") :]
    assert log.index(second.name) < log.index(first.name)
    assert re.search(rf"{first.name}\s+(\d)\s", log), "the first snapshot's own count"
    assert "première publication" in log


def test_changes_are_told_by_pole(twice: tuple[Path, Path, Path]) -> None:
    root, _, second = twice
    edition = edition_of(Paths(root), "latest", load_programmes())
    new = next(pole for pole in edition.poles.values() if "Nouveau" in pole["name"])
    page = words(second / "site" / "en" / "poles" / f"{new['pole_id']}.html")
    assert "From one snapshot to the next" in page and "30 November 2026" in page and "appeared" in page
    assert new["pole_id"] in (second / "site" / "en" / "data.html").read_text("utf-8")


def test_an_old_snapshot_is_rendered_as_it_was(twice: tuple[Path, Path, Path]) -> None:
    """The second has no part in the site of the first, whenever that is made again."""
    root, first, second = twice
    paths = Paths(root)
    assert [one.snapshot_id for one in earlier_than(paths)] == [first.name, second.name]
    for folder in (first, second):
        for path, content in render_site(edition_of(paths, folder.name, load_programmes())):
            assert (folder / "site" / path).read_bytes() == content, path
        assert verify(folder) == []
