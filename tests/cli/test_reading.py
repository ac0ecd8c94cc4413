"""The commands that read: status, claims, open, verify."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

Ptce = Callable[..., Any]
LATER = ("--now", "2026-11-25T06:30:00+00:00")


def words(text: str) -> str:
    return " ".join(text.split())


def test_status_says_how_things_stand(ptce: Ptce, small_root: Path) -> None:
    found = ptce("status", "--data", small_root, *LATER, "--json").json
    assert found["snapshot"] == (small_root / "processed" / "latest").resolve().name
    assert (found["as_of"], found["age_seconds"], found["n_poles"]) == ("2026-11-23", 2 * 86_400, 3)
    assert {row["health"] for row in found["sources"]} == {"fresh"}
    assert set(found["issues"]["by_severity"]) == {"critical", "warning", "info"}
    assert found["review_queue"] >= 0
    assert (found["status"], found["alarms"]) == ("ok", [])
    shown = words(ptce("status", "--data", small_root, *LATER).out)
    assert shown.startswith("Status: ok, nothing to look at")
    assert f"Latest snapshot: {found['snapshot']}" in shown
    assert "published 2 days ago (2026-11-23T06:30:00Z)" in shown
    assert "listings fresh 6 1–100 2026-11-23 2 days ago, ok" in shown


@pytest.mark.parametrize(
    ("after", "level", "options"),
    [(0, "ok", []), (9, "warning", []), (23, "critical", []), (23, "ok", ["--every", "30"])],
)
def test_a_schedule_that_is_missed_is_one_alarm_and_the_exit_code(
    ptce: Ptce, small_root: Path, after: int, level: str, options: list[str]
) -> None:
    now = (datetime(2026, 11, 23, 6, 30, tzinfo=UTC) + timedelta(days=after)).isoformat()
    answer = ptce("status", "--data", small_root, "--now", now, "--json", *options)
    assert (answer.code, answer.json["status"]) == (["ok", "warning", "critical"].index(level), level)
    assert [alarm["code"] for alarm in answer.json["alarms"]] == ([] if level == "ok" else ["run_missed"])


def test_status_speaks_openmetrics(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("status", "--data", small_root, *LATER, "--metrics")
    families = {family.name: family for family in text_string_to_metric_families(answer.out)}
    assert (answer.code, families["ptce_status"].samples[0].value) == (0, 0)
    assert families["ptce_poles"].samples[0].value == 3
    rows = {sample.labels["source"]: sample.value for sample in families["ptce_source_rows"].samples}
    assert rows == {"listings": 6, "counts": 2, "growth": 1}
    (published,) = families["ptce_published_timestamp_seconds"].samples
    assert datetime.fromtimestamp(published.value, UTC) == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def test_claims_are_told_in_both_languages(ptce: Ptce, small_root: Path) -> None:
    shown = words(ptce("claims", "--data", small_root).out)
    assert "3 claims in" in shown
    assert "+365% (56 → 203): ESS France, 2023-06-12" in shown
    assert "exact" not in shown
    assert "at least 2 existing poles: RTES, 2023" in shown
    french = ptce("claims", "--kind", "growth", "--lang", "fr", "--data", small_root).out
    assert "1 claim in" in french
    assert "+262,5\u202f%" in french
    found = ptce("claims", "--verdict", "arithmetic_error", "--data", small_root, "--json").json
    assert [row["claim_id"] for row in found["claims"]] == ["g1"]
    assert found["n"] == 1
    assert ptce("claims", "--verdict", "mixed_populations", "--data", small_root).out.startswith("0 claims in")


def test_a_pole_is_opened_down_to_its_bytes(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("open", "les ateliers du moulin", "--data", small_root, "--json")
    assert answer.code == 0
    found = answer.json
    assert [row["listing_id"] for row in found["listings"]] == ["a1", "a2", "a3"]
    assert [row["number"] for row in found["listings"]] == [1, 2, 3]
    assert all(edge["pair"] in ([1, 2], [1, 3], [2, 3]) for edge in found["edges"])
    for edge in found["edges"]:
        assert sum(reason["bits"] for reason in edge["reasons"]) == pytest.approx(edge["weight"], abs=0.05)
    assert {value["kept"] for value in found["values"] if value["field"] == "name"} == {True, False}
    (capture,) = found["captures"]
    assert capture["state"] == "whole"
    assert Path(capture["path"]).read_bytes() == (small_root / "raw" / "transcribed" / "listings.csv").read_bytes()

    shown = ptce("open", "les ateliers du moulin", "--data", small_root)
    for text in ("https://c.example/3", "3 of listings", "Values, kept and lost", "What ties them: 2 links", "whole"):
        assert text in shown.out
    assert capture["capture_sha256"] in shown.out
    for row in found["listings"]:
        assert row["source_url"] in shown.out


def test_what_a_page_wrote_cannot_steer_the_terminal(ptce: Ptce, small_root: Path) -> None:
    for options in ([], ["--json"]):
        answer = ptce("open", "a1", "--data", small_root, *options)
        assert answer.code == 0
        assert not {"\x1b", "\u202e"} & set(answer.out)
    assert r"\x1b[31mPresse\u202e" in ptce("open", "a1", "--data", small_root).out


def test_a_pole_of_one_listing_has_nothing_to_tie(ptce: Ptce, small_root: Path) -> None:
    shown = ptce("open", "Ateliers du Lac", "--data", small_root).out
    assert "One listing: nothing to tie" in shown


def test_several_poles_that_fit_are_listed(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("open", "ateliers", "--data", small_root)
    assert answer.code == 2
    assert "2 poles fit 'ateliers'" in answer.out
    assert "Figeac (46102), Lot, Occitanie" in answer.out
    assert answer.err.splitlines()[0] == "ConfigError: 'ateliers' names 2 poles"
    answer = ptce("open", "ateliers", "--data", small_root, "--json")
    assert (answer.code, len(answer.json["matches"])) == (2, 2)


def test_an_unknown_pole_is_told_with_the_nearest_names(ptce: Ptce, small_root: Path) -> None:
    answer = ptce("open", "Cluster Jurra", "--data", small_root)
    assert (answer.code, answer.out) == (4, "")
    assert "NoData: no pole is called 'Cluster Jurra'" in answer.err
    assert "did you mean " in answer.err
    assert "Clus" in answer.err


def test_a_former_id_leads_to_the_pole_that_took_it_over(ptce: Ptce, own_root: Path) -> None:
    pole = ptce("open", "a1", "--data", own_root, "--json").json["pole"]["pole_id"]
    redirects = own_root / "decisions" / "redirects.csv"
    redirects.unlink(missing_ok=True)
    lines = [f"p0000000x,301,{pole},2026-01-01,merged", "p0000000z,410,,2026-03-01,"]
    redirects.write_text("pole_id,status,to,since,reason\n" + "\n".join(lines) + "\n", "utf-8")
    answer = ptce("open", "p0000000x", "--data", own_root)
    assert answer.code == 0
    assert answer.out.startswith(f"p0000000x was merged into {pole} (301)\n")
    assert ptce("open", "p0000000x", "--data", own_root, "--json").json["followed"] == ["p0000000x"]
    gone = ptce("open", "p0000000z", "--data", own_root)
    assert gone.code == 4
    assert "is gone since 2026-03-01 (410)" in gone.err


@pytest.mark.parametrize(("change", "state"), [(b"altered", "altered"), (None, "not in this archive")])
def test_lost_or_altered_bytes_are_told(ptce: Ptce, own_root: Path, change: bytes | None, state: str) -> None:
    path = Path(ptce("open", "a1", "--data", own_root, "--json").json["captures"][0]["path"])
    path.chmod(0o644)
    path.unlink()
    if change is not None:
        path.write_bytes(change)
    assert ptce("open", "a1", "--data", own_root, "--json").json["captures"][0]["state"] == state


def test_a_pole_of_many_listings_stays_readable(ptce: Ptce, built_root: Path) -> None:
    answer = ptce("open", "Clus'Ter Jura", "--data", built_root)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert max(len(line) for line in lines if "/" not in line) <= 120
    assert len(lines) < 200
    found = ptce("open", "Clus'Ter Jura", "--data", built_root, "--json").json
    assert found["pole"]["n_listings"] == len(found["listings"]) > 5
    for row in found["listings"]:
        assert row["listing_id"] in answer.out
        assert row["source_url"] in answer.out, "an address is never cut"


def test_verify_says_what_is_not_as_published(ptce: Ptce, own_root: Path) -> None:
    name = (own_root / "processed" / "latest").resolve().name
    folder = own_root / "processed" / name
    for snapshot in ("latest", name, str(folder), str(own_root / "processed" / "latest")):
        answer = ptce("verify", snapshot, "--data", own_root)
        assert answer.code == 0, answer.out
        assert answer.out.startswith(f"{name}: ")
        assert "all as published" in answer.out
    folder.chmod(0o755)
    (folder / "poles.csv").chmod(0o644)
    (folder / "poles.csv").write_text("pole_id\n", "utf-8")
    (folder / "stray\x1b[31m.txt").write_text("", "utf-8")
    answer = ptce("verify", "latest", "--data", own_root)
    assert answer.code == 1
    assert "2 problems" in answer.out
    assert r"stray\x1b[31m.txt: not in the manifest" in answer.out
    assert "poles.csv: 8 bytes, " in answer.out
    found = ptce("verify", "latest", "--data", own_root, "--json")
    assert (found.code, found.json["ok"], len(found.json["problems"])) == (1, False, 2)


def test_what_is_not_a_snapshot_is_told(ptce: Ptce, small_root: Path, tmp_path: Path) -> None:
    for snapshot in ("2020-01-01-00000000", "nothing", str(tmp_path / "none")):
        assert ptce("verify", snapshot, "--data", small_root).code == 4
    assert ptce("verify", str(tmp_path), "--data", small_root).code == 1
    assert ptce("claims", "--snapshot", "../x", "--data", small_root).code == 2
    assert ptce("claims", "--snapshot", "2020-01-01-00000000", "--data", small_root).code == 4
