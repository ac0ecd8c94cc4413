"""The sources on the web: each entry can be asked and read; lines that were seen are read as transcribed."""

from __future__ import annotations

import html
from pathlib import Path

import pandas as pd
import pytest

from ptce_etl.catalogue.licences import LICENCES
from ptce_etl.catalogue.registry import Source, load_programmes, load_sources
from ptce_etl.collect.extract import extract
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page
from ptce_etl.collect.reading import audit, read

LEDGER = Path(__file__).parents[2] / "data" / "raw" / "transcribed" / "listings.csv"
LIVE = {source.source_id: source for source in load_sources() if source.is_remote}
PAGE = (
    '<html lang="fr-FR"><title>t</title><nav>Nos actualités (France) </nav><main><h1>PTCE</h1><ul>%s</ul></main></html>'
)


def test_none_counts_before_somebody_has_seen_it() -> None:
    assert LIVE
    assert {source.status for source in LIVE.values()} == {"unverified"}
    assert all(source.why for source in LIVE.values())


@pytest.mark.parametrize("source", LIVE.values(), ids=LIVE)
def test_an_entry_holds(source: Source) -> None:
    platform = platform_of(source.reader)
    assert platform.first(source).startswith("https://")
    assert source.republish
    assert source.apart == LICENCES[source.licence_id].share_alike
    programme = source.constants.get("programme")
    assert programme in {None, *(one.programme for one in load_programmes())}
    if source.reader == "html_lines":
        assert source.options.line


# What `line` is taken from; every other layout says that it is a guess.
LINES_SEEN = {
    "chorum_ami_2021_phase_2",
    "cress_occitanie_ami_2021",
    "cress_paca_ami_2021",
    "cress_pays_de_la_loire_guide",
    "labo_ami_2021_phase_2",
    "labo_ami_2023",
}


@pytest.mark.parametrize("source", LIVE.values(), ids=LIVE)
def test_a_layout_that_nobody_saw_is_called_a_guess(source: Source) -> None:
    options = source.options
    guessed = options.select or options.items or (options.line and source.source_id not in LINES_SEEN)
    assert not guessed or "guess" in source.why


def _transcribed(address: str) -> pd.DataFrame:
    rows = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    return rows[rows["source_url"].str.contains(address, regex=False)]


@pytest.mark.parametrize(
    ("name", "address", "line", "columns"),
    [
        ("chorum_ami_2021_phase_2", "chorum.fr/actualite/15-nouveaux", "- {region} - {name}", ["region", "name"]),
        (
            "cress_occitanie_ami_2021",
            "cressoccitanie.org/8-laureats",
            "{carrier} ({department}) : {name}",
            ["carrier", "name"],
        ),
    ],
)
def test_the_lines_that_were_seen(name: str, address: str, line: str, columns: list[str]) -> None:
    source, rows = LIVE[name], _transcribed(address)
    rows = rows.assign(department=rows["department"].where(rows["department"] != "", rows["region"]))
    items = "".join(f"<li>{html.escape(line.format(**row))}</li>" for row in rows.to_dict("records"))
    platform = platform_of(source.reader)
    table = platform.rows([Page(source.url, (PAGE % items).encode())], source)
    frame = read(extract(table, source, platform.own), source)
    assert audit(frame, source) == ()
    assert frame[columns].to_numpy().tolist() == rows[columns].to_numpy().tolist()
    assert set(frame["programme"]) == set(rows["programme"])
    assert set(frame["source_url"]) == {source.url}


def test_lines_with_what_is_said_of_each() -> None:
    source = LIVE["labo_ami_2023"]
    rows = _transcribed("lelabo-ess.org/Laur")
    lines = [f"{row.name} ({row.region}) : une phrase : deux." for row in rows.itertuples()]
    lines += [f"Pôle {number} (Bretagne) : une phrase." for number in range(12)]
    body = PAGE % "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    platform = platform_of(source.reader)
    raw = extract(platform.rows([Page(source.url, body.encode())], source), source, platform.own)
    frame = read(raw, source)
    assert audit(frame, source) == ()
    assert list(frame["name"])[:3] == list(rows["name"])
    assert b"phrase" not in raw
