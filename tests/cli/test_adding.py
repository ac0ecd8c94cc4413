"""``ptce claims add`` and ``ptce open`` on a claim: a figure put into a ledger, judged, published, opened."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

Ptce = Callable[..., Any]
BY = ("--publisher", "La Gazette", "--url", "https://gazette.example/1", "--now", "2026-11-25T06:30:00+00:00")


def words(text: str) -> str:
    return " ".join(text.split())


def rows(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "raw" / "transcribed" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_claim_is_added_judged_and_published(
    ptce: Ptce, own_root: Path, run_quick: Callable[[Path, str], None]
) -> None:
    said = ("claims", "add", "--count", "1", "--population", "existing", "--date", "2024", *BY, "--data", own_root)
    before = (own_root / "raw" / "transcribed" / "counts.csv").read_bytes()
    planned = ptce(*said, "--dry-run", "--json")
    assert planned.code == 0
    assert (planned.json["claim_id"], planned.json["new"], planned.json["written"]) == ("c3", True, False)
    assert planned.json["verdict"]["verdict"] == "below_observed"
    assert (own_root / "raw" / "transcribed" / "counts.csv").read_bytes() == before
    added = ptce(*said, "--json").json
    assert added["written"] is True
    assert {**added, "written": False} == planned.json
    after = (own_root / "raw" / "transcribed" / "counts.csv").read_bytes()
    assert after.startswith(before)
    assert after.removeprefix(before) == b"c3,2024,1,,,exact,France,existing,,,La Gazette,https://gazette.example/1\n"
    run_quick(own_root, "2026-11-25T06:30:00+00:00")
    found = ptce("claims", "--verdict", "below_observed", "--data", own_root, "--json").json
    (row,) = found["claims"]
    verdict = planned.json["verdict"]
    assert row["claim_id"] == "c3"
    assert {name: row[name] for name in ("verdict", "computed", "explanation_en", "explanation_fr")} == {
        name: verdict[name] for name in ("verdict", "computed", "explanation_en", "explanation_fr")
    }
    assert row["compared_with"].split(" | ") == verdict["compared_with"]


def test_the_same_claim_is_not_added_twice(ptce: Ptce, own_root: Path) -> None:
    said = ("claims", "add", "--count", "7", "--population", "active", "--date", "2024-05", "--data", own_root)
    assert ptce(*said, *BY, "--json").json["new"] is True
    again = ptce(*said, "--count", "7,0", *BY[:2], "--url", "https://gazette.example/1/", "--json").json
    assert (again["claim_id"], again["new"], again["written"]) == ("c3", False, False)
    assert len(rows(own_root, "counts")) == 3
    assert "It stands in the ledger already, as c3" in ptce(*said, *BY).out
    assert ptce(*said[:-2], "--data", own_root, *BY, "--count", "8", "--json").json["claim_id"] == "c4"


def test_from_a_sentence_only_the_figures_are_kept(ptce: Ptce, own_root: Path) -> None:
    sentence = "Le nombre de PTCE est passé de 56 en 2021 à 203 en mars 2023, soit une hausse de 262,5 %"
    shown = ptce("claims", "add", sentence, "--words", "nombre de PTCE", *BY, "--lang", "fr", "--data", own_root)
    assert shown.code == 0
    assert "consistent" in shown.out
    assert "Ajoutée à" in shown.out
    assert rows(own_root, "growth")[-1] == {
        "claim_id": "g2",
        "claim_date": "2023-03",
        "stated_growth_pct": "262.5",
        "base_value": "56",
        "target_value": "203",
        "period_years": "1.7",
        "territory": "France",
        "worded_as": "nombre de PTCE",
        "publisher": "La Gazette",
        "source_url": "https://gazette.example/1",
    }
    assert "passé" not in (own_root / "raw" / "transcribed" / "growth.csv").read_text("utf-8")
    times = ptce("claims", "add", "from 50 to 180, 3.6 times as many", *BY, "--data", own_root, "--json").json
    assert times["row"]["stated_growth_pct"] == "260"
    assert times["verdict"]["verdict"] == "consistent"
    about = ptce("claims", "add", "une centaine de PTCE en Bretagne en 2024", *BY, "--data", own_root, "--json").json
    wanted = {"value": "100", "qualifier": "about", "territory": "Bretagne", "population": "existing"}
    assert {name: about["row"][name] for name in wanted} == wanted


def test_a_growth_by_options(ptce: Ptce, own_root: Path) -> None:
    figures = ("--from", "1 000", "--to", "1\u202f200", "--percent", "+20 %", "--years", "2", "--date", "12/06/2023")
    found = ptce("claims", "add", *figures, *BY, "--data", own_root, "--json").json
    assert found["claim_id"] == "g2"
    assert found["row"]["claim_date"] == "2023-06-12"
    assert [found["row"][name] for name in ("base_value", "target_value", "stated_growth_pct")] == [
        "1000",
        "1200",
        "20",
    ]
    assert found["verdict"]["verdict"] == "consistent"


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["--count", "many", "--population", "active"], "--count"),
        (["--count", "-3", "--population", "active"], "--count"),
        (["--count", "3"], "--population"),
        (["--count", "3", "--population", "poles"], "--population"),
        (["--count", "3", "--population", "laureates", "--programme", "aap-1999"], "--programme"),
        (["--count", "3", "--population", "active", "--territory", "Atlantide"], "France, regions"),
        (["--count", "3", "--population", "active", "--date", "hier"], "--date"),
        (["--count", "3", "--population", "active", "--date", "2027"], "--date"),
        (["--count", "3", "--population", "active", "--qualifier", "exactly"], "--qualifier"),
        (["--low", "5", "--high", "3", "--population", "active"], "--low"),
        (["--low", "5", "--population", "active"], "ptce claims add"),
        (["--from", "5", "--to", "8"], "ptce claims add"),
        (["--count", "3", "--from", "5", "--to", "8", "--percent", "60"], "ptce claims add"),
        ([], "ptce claims add"),
        (["--count", "3", "--population", "active", "--words", "a b c d e f g h i j k l m"], "--words"),
        (["203 PTCE et 56 PTCE"], "203 PTCE et 56 PTCE"),
        (["+365 % en deux ans"], "+365 %"),
        (["de 20 % à 35 %, +75 %"], "SENTENCE"),
        (["15 lauréats en 2021"], "SENTENCE"),
        (["en 2035, 300 PTCE"], "--date"),
        (["--count", "3", "--population", "active", "--ledger", "other"], "data"),
    ],
)
def test_what_does_not_hold_is_not_added(ptce: Ptce, own_root: Path, arguments: list[str], where: str) -> None:
    before = [(own_root / "raw" / "transcribed" / f"{name}.csv").read_bytes() for name in ("counts", "growth")]
    answer = ptce("claims", "add", *arguments, *BY, "--data", own_root)
    assert (answer.code, answer.out) == (2, "")
    assert where in answer.err.splitlines()[1]
    assert before == [(own_root / "raw" / "transcribed" / f"{name}.csv").read_bytes() for name in ("counts", "growth")]


@pytest.mark.parametrize("address", ["gazette.example", "ftp://gazette.example/1", "https://a:b@c.example", "https://"])
def test_a_claim_needs_the_page_that_states_it(ptce: Ptce, own_root: Path, address: str) -> None:
    answer = ptce("claims", "add", "3 PTCE actifs", "--publisher", "P", "--url", address, "--data", own_root)
    assert (answer.code, answer.out) == (2, "")
    assert "--url" in answer.err


def test_without_a_ledger_there_is_nothing_to_add_to(ptce: Ptce, own_root: Path, tmp_path: Path) -> None:
    said = ("claims", "add", "3 PTCE actifs en 2020", *BY)
    assert ptce(*said, "--data", tmp_path / "none").code == 4
    (own_root / "raw" / "transcribed" / "counts.csv").unlink()
    answer = ptce(*said, "--data", own_root)
    assert answer.code == 4
    assert "the ledger is not there" in answer.err


def test_a_ledger_of_another_hand_keeps_its_ways(ptce: Ptce, own_root: Path) -> None:
    """Semicolons, CRLF and no last line end, as a spreadsheet writes them."""
    file = own_root / "raw" / "transcribed" / "counts.csv"
    with file.open(encoding="utf-8", newline="") as old:
        table = list(csv.reader(old))
    text = "\r\n".join(";".join(cells) for cells in table)
    file.write_bytes(text.encode())
    file.chmod(0o640)
    added = ptce("claims", "add", "3 PTCE actifs en 2020", "--words", 'le "3";', *BY, "--data", own_root)
    assert (added.code, added.err) == (0, "")
    last = b'\r\nc3;2020;3;;;exact;France;active;;"le ""3"";";La Gazette;https://gazette.example/1\r\n'
    assert file.read_bytes() == text.encode() + last
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_busy_store_is_waited_for_and_then_left(ptce: Ptce, own_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ptce_etl.publish.ledgers.add_claim.__kwdefaults__", {"write": True, "timeout": 0.05})
    held = threading.Event()
    with FileLock(own_root / "processed" / ".lock"):
        held.set()
        answer = ptce("claims", "add", "3 PTCE actifs en 2020", *BY, "--data", own_root)
    assert (answer.code, answer.out) == (5, "")
    assert len(rows(own_root, "counts")) == 2


def test_options_stand_after_add(ptce: Ptce, own_root: Path) -> None:
    answer = ptce("claims", "--data", own_root, "add", "3 PTCE actifs", *BY)
    assert (answer.code, answer.out) == (2, "")
    assert "write them after add" in answer.err


def test_a_claim_is_opened_with_what_it_was_compared_with(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("open", "g1", "--data", small_root)
    assert answer.code == 0
    shown = words(answer.out)
    assert shown.startswith("+365% (56 → 203) g1 verdict arithmetic_error slip ratio read as an increase")
    assert "computed 262.5%, ×3.625 published by ESS France" in shown
    assert "56 to 203 is +262.5% (×3.625), not +365%" in shown
    assert "De 56 à 203, la variation est de +262,5 % (×3,625) et non de +365 %" in shown
    found = ptce("open", "claim:c2", "--data", small_root, "--json").json
    assert found["claim"]["claim_id"] == "c2"
    (population,) = found["compared_with"]
    assert (population["ref"], population["n"]) == ("listed@2023-01-01", found["claim"]["computed"])
    assert (
        Path(found["capture"]["path"]).read_bytes() == (small_root / "raw" / "transcribed" / "counts.csv").read_bytes()
    )
    # the id of a listing is that of a pole first
    assert "listings" in ptce("open", "c1", "--data", small_root, "--json").json
    assert ptce("open", "claim:c9", "--data", small_root).code == 4
