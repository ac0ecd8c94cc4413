"""``ptce check``: a sentence in, a verdict and an exit code out."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ptce = Callable[..., Any]
SENTENCE = "de 56 à 203 en deux ans, +365 %"


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_founding_claim_in_french(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("check", SENTENCE, "--data", small_root)
    assert (answer.code, answer.err) == (1, "")
    shown = words(answer.out)
    assert "Compris départ 56 « 56 » arrivée 203 « 203 » durée 2 ans « deux ans » variation +365 % « +365 % »" in shown
    assert "Aucun territoire n'est dit : lu comme la France." in shown
    assert "56 → 203, +365 %: arithmetic_error De 56 à 203, la variation est de +262,5 % (×3,625)" in shown
    assert "Le registre a ces chiffres : g1. Ce n'est pas juste." in shown
    assert "g1 +365 % (56 → 203) : ESS France, 2023-06-12 arithmetic_error https://e.example/5" in shown


def test_in_english_without_a_data_root(ptce: Ptce, tmp_path: Path) -> None:
    answer = ptce("check", "from 56 to 203 in two years, up 365%", "--data", tmp_path / "none")
    assert answer.code == 1
    shown = words(answer.out)
    assert "Understood start 56 “56” end 203 “203” period 2 years “two years” change +365% “365%”" in shown
    assert "Nothing is published in this data root: only sums are checked." in shown
    assert "56 to 203 is +262.5% (×3.625), not +365%" in shown
    assert shown.endswith("It does not hold.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sentence", "code", "outcome", "verdicts"),
    [
        ("de 50 à 100, +100 %", 0, "holds", ["consistent"]),
        ("15 lauréats de l'AMI 2021, phase 2", 4, "open", ["unverifiable"]),
        ("1 PTCE en 2024", 1, "fails", ["below_observed"]),
        ("au moins 2 PTCE en 2023", 0, "holds", ["consistent"]),
        ("500 PTCE", 4, "open", ["unverifiable"]),
    ],
)
def test_the_exit_code_says_whether_it_holds(
    ptce: Ptce, small_root: Path, sentence: str, code: int, outcome: str, verdicts: list[str]
) -> None:
    answer = ptce("check", sentence, "--data", small_root, "--json")
    assert (answer.code, answer.err) == (code, "")
    found = answer.json
    assert (found["outcome"], [row["verdict"] for row in found["findings"]]) == (outcome, verdicts)
    assert found["snapshot"] == (small_root / "processed" / "latest").resolve().name


def test_json_says_what_was_understood_and_compared(ptce: Ptce, small_root: Path) -> None:
    found = ptce("check", "il existe 2 PTCE en 2023", "--data", small_root, "--json").json
    assert found["understood"] == [
        {"role": "count", "text": "2", "start": 10, "end": 11, "en": "2", "fr": "2"},
        {"role": "date", "text": "2023", "start": 20, "end": 24, "en": "2023", "fr": "2023"},
    ]
    (row,) = found["findings"]
    assert (row["kind"], row["population"], row["value"], row["claim_date"]) == ("count", "existing", 2, "2023")
    assert row["compared_with"] == [other["ref"] for other in found["compared_with"]]
    (population,) = (other for other in found["compared_with"] if other["kind"] == "population")
    assert population["n"] == row["computed"]
    assert population["ref"].startswith("listed@2023-01-01")


def test_the_language_may_be_given(ptce: Ptce, small_root: Path) -> None:
    assert "Compris" in ptce("check", "56 → 203 (+365%)", "--data", small_root).out
    assert "Understood" in ptce("check", "56 → 203 (+365%)", "--lang", "en", "--data", small_root).out
    answer = ptce("check", SENTENCE, "--lang", "it", "--data", small_root)
    assert (answer.code, answer.out) == (2, "")


def test_a_sentence_may_come_from_a_pipe(ptce: Ptce, small_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SENTENCE}\n"))
    assert ptce("check", "-", "--data", small_root).code == 1


@pytest.mark.parametrize("sentence", ["", "Les PTCE coopèrent.", "203 emplois en 2023", "30 % des pôles"])
def test_a_sentence_without_a_claim_is_nothing_to_read(ptce: Ptce, small_root: Path, sentence: str) -> None:
    answer = ptce("check", sentence, "--data", small_root)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith("NoData: no growth and no count of poles to check")


def test_a_snapshot_that_is_asked_for_must_be_there(ptce: Ptce, small_root: Path, tmp_path: Path) -> None:
    for root in (small_root, tmp_path):
        answer = ptce("check", SENTENCE, "--snapshot", "2020-01-01-00000000", "--data", root)
        assert answer.code != 0
        assert answer.out == ""


def test_what_a_sentence_holds_cannot_move_the_cursor(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("check", f"\x1b[31m{SENTENCE}\u202e", "--data", small_root)
    assert answer.code == 1
    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
