"""``ptce review``: sessions over a pipe, sheets there and back, undoing, contradictions."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import select
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.cli import sheet
from ptce_etl.cli.sheet import neutral, plain

NOW = ("--now", "2026-11-23T06:30:00+00:00")
COMMAND = [sys.executable, "-c", "import sys; from ptce_etl.cli import main; sys.exit(main())", "review"]
Ptce = Callable[..., Any]
Row = dict[str, Any]


def lines(root: Path) -> list[Row]:
    file = root / "decisions" / "judgements.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def said(root: Path) -> list[str]:
    return [f"{line['judgement']} {line['left']} {line['right']}" for line in lines(root)]


@pytest.fixture
def review(ptce: Ptce, asking_root: Path, monkeypatch: pytest.MonkeyPatch) -> Ptce:
    """Call ``ptce review`` on the asking root with lines to answer."""

    def call(*options: object, answers: str = "", who: str | None = "Léa") -> Any:
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        return ptce("review", "--data", asking_root, *NOW, *options, *(("--who", who) if who else ()))

    return call


@pytest.fixture
def queue(ptce: Ptce, doubtful_root: Path) -> list[Row]:
    """The questions, in their order."""
    found: list[Row] = ptce("review", "--list", "--data", doubtful_root, "--json").json["questions"]
    assert len(found) >= 3, "these pairs take a person: has the matcher learnt to settle them?"
    return found


def pair(question: Row) -> str:
    return f"{question['left']} {question['right']}"


def test_the_queue_is_listed_most_useful_first(ptce: Ptce, doubtful_root: Path, queue: list[Row]) -> None:
    assert [q["usefulness"] for q in queue] == sorted((q["usefulness"] for q in queue), reverse=True)
    for question in queue:
        assert question["poles"][0] != question["poles"][1]
        assert set(question["moves"]) >= {"poles", "listed"}
        assert sum(reason["bits"] for reason in question["reasons"]) == pytest.approx(question["weight"], abs=0.05)
        assert all(listing["name"] and listing["said PTCE"] in ("yes", "no") for listing in question["listings"])
    shown = ptce("review", "--list", "--data", doubtful_root)
    assert shown.out.startswith(f"{len(queue)} pairs of poles to review in ")
    assert "\x1b" not in shown.out
    assert lines(doubtful_root) == []


def test_a_session_over_a_pipe(asking_root: Path, queue: list[Row]) -> None:
    answers = "what?\n\ns\nx\none house, two names\nu\n\nk\nz\nd two towns\nq\n"
    done = subprocess.run(
        [*COMMAND, "--data", str(asking_root), *NOW, "--who", "Léa  Martin"],
        input=answers, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert r"\x1b[31m" in done.stdout, "what would colour a terminal is written out"
    assert "'what?' is no key" in done.stderr
    assert "'x' tells nobody anything" in done.stderr
    assert said(asking_root) == [f"same {pair(queue[0])}", f"unsure {pair(queue[1])}", f"different {pair(queue[2])}"]
    first = lines(asking_root)[0]
    assert list(first) == ["left", "right", "judgement", "who", "when", "why", "code_version"]
    assert (first["who"], first["when"], first["why"]) == ("Léa Martin", "2026-11-23", "one house, two names")
    assert first["code_version"].startswith("0.")
    assert "3 answers kept: 1 same, 1 different, 1 unsure" in done.stdout
    assert f"{len(queue) - 3} pair" in done.stdout


def test_the_session_in_the_documents_is_one_of_this_program(review: Ptce) -> None:
    shown = (Path(__file__).parents[2] / "docs" / "review.txt").read_text("utf-8")
    asked = review(answers="q\n").err
    assert asked.startswith("s same") and asked.splitlines()[0] in shown


def test_what_was_answered_is_not_asked_again_and_the_unsure_come_last_when_asked(
    review: Ptce, queue: list[Row]
) -> None:
    review(answers="u\n\ns seen on site\nq\n")
    rest = [pair(q) for q in queue[2:]]
    assert [pair(q) for q in review("--list", "--json").json["questions"]] == rest
    assert "1 more pair: --again" in review("--list").out
    again = review("--list", "--again", "--json").json["questions"]
    assert [pair(q) for q in again] == [*rest, pair(queue[0])]
    assert again[-1]["unsure"]["who"] == "Léa"
    shown = review("--again", answers="k\n" * len(rest) + "u still\nq\n").out
    assert "Unsure: Léa, 2026-11-23: no reason given" in shown
    assert shown.count("Question ") == len(rest) + 1, "an unsure answer is not asked twice in a session"


def test_an_answer_is_on_disk_before_the_next_question(asking_root: Path, queue: list[Row]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--data", str(asking_root), *NOW],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | {"PTCE_WHO": "Léa"},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("s seen on site\n")
    process.stdin.flush()
    while "Question 2" not in process.stdout.readline():
        pass
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert said(asking_root) == [f"same {pair(queue[0])}"]


def test_a_terminal_has_colours_and_a_key_is_a_line(asking_root: Path) -> None:
    main, other = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [*COMMAND, "--data", str(asking_root), "--who", "Léa"], stdin=other, stdout=other, stderr=other, env=environment
    )
    os.close(other)
    text = b""
    while b"\n> " not in text.replace(b"\r", b""):
        assert select.select([main], [], [], 60)[0], text
        text += os.read(main, 65_536)
    os.write(main, b"q\n")
    assert process.wait(timeout=60) == 0
    os.close(main)
    assert b"\x1b[1mQuestion 1" in text
    assert rb"\x1b[31m" in text.replace(b"\r\n", b"") and b"\x1b[31m" not in text, "the page's own colours stay text"


def test_undo_goes_back_one_step_after_the_other_and_loses_nothing(
    review: Ptce, asking_root: Path, queue: list[Row]
) -> None:
    shown = review(answers="z\ns one house\nk\nz\nz\nd two houses\nq\n")
    assert "Nothing to undo in this session" in shown.err
    assert said(asking_root) == [f"{word} {pair(queue[0])}" for word in ("same", "withdrawn", "different")]
    assert lines(asking_root)[1]["why"] == "undone: same, one house"
    numbers = [line for line in shown.out.splitlines() if line.startswith("Question ")]
    assert len(numbers) == 6
    back = review("--undo", "--json").json
    assert back["withdrawn"]["judgement"] == "different"
    assert [pair(q) for q in review("--list", "--json").json["questions"]] == [pair(q) for q in queue]
    nothing = review("--undo")
    assert (nothing.code, nothing.err.splitlines()[0]) == (4, "NoData: no judgement of Léa to take back")


def test_an_undone_answer_leaves_what_others_said(review: Ptce, asking_root: Path, queue: list[Row]) -> None:
    review(answers="u no page says\nq\n", who="Ana")
    review("--again", answers="k\n" * (len(queue) - 1) + "s found it\nz\nq\n")
    assert review("--undo", who="Ana").code == 0, "her word was in force again"


def test_reasons_are_asked_proposed_and_kept_on_one_line(review: Ptce, asking_root: Path, queue: list[Row]) -> None:
    town = next(n for n, q in enumerate(queue) if {"1e5", "g2"} == {q["left"], q["right"]})
    skip = "k\n" * town
    shown = review(answers=f"{skip}d\n\na \x1b[31mred one\n\u2028\nz\ns\n\n")
    assert r"characters that no page shows: a \x1b[31mred one" in shown.err
    assert "same: why? (Enter: Same commune (Grasse), same department (Alpes-Maritimes); z goes back)" in shown.err
    assert lines(asking_root)[-1]["why"] == "Same commune (Grasse), same department (Alpes-Maritimes)"
    assert len(lines(asking_root)) == 1


def test_answers_are_signed_by_a_person(review: Ptce, asking_root: Path) -> None:
    for who, *options in ((None,), (" ",), ("a\x1b[31m", "--undo"), ("a" * 101, "--import", asking_root / "x.csv")):
        answer = review(*options, who=who)
        assert answer.code == 2
        assert answer.err.splitlines()[1] == "  where: --who"
    assert review("--list", who=None).code == 0


def test_wrong_use_is_told(review: Ptce, asking_root: Path) -> None:
    assert "--list and --conflicts at once" in review("--list", "--conflicts").err
    assert "questions are asked in words" in review("--json").err
    (asking_root / "decisions" / "judgements.jsonl").write_text('{"left": "a1", "ri', "utf-8")
    answer = review("--list")
    assert (answer.code, answer.err.split(":")[0]) == (2, "DecisionError")
    assert "judgements.jsonl, line 1" in answer.err


def test_when_nothing_waits_any_more_the_last_answer_can_still_be_undone(
    review: Ptce, asking_root: Path, queue: list[Row]
) -> None:
    shown = review(answers="d two houses\n" * len(queue) + "z\ns one house\n\n")
    assert f"{len(queue)} answers kept: 1 same, {len(queue) - 1} different" in shown.out
    assert said(asking_root)[-3:] == [f"{word} {pair(queue[-1])}" for word in ("different", "withdrawn", "same")]
    shown = review(answers="")
    assert shown.out == "0 answers kept\nNothing waits any more.\n"


SHEETS = [".csv", ".xlsx"]


def fill(file: Path, answers: dict[int, Row]) -> None:
    """Do what a person does in a spreadsheet: write into the cells of row n (the header is row 1)."""
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        page = book.worksheets[0]
        columns = [cell.value for cell in page[1]]
        for row, cells in answers.items():
            for column, text in cells.items():
                page.cell(row, columns.index(column) + 1).value = text
        book.save(file)
        return
    encoding = "utf-8-sig" if file.read_bytes().startswith(b"\xef\xbb\xbf") else "cp1252"
    with file.open(encoding=encoding, newline="") as handle:
        table = list(csv.DictReader(handle, delimiter=";"))
    for row, cells in answers.items():
        table[row - 2] |= cells
    with file.open("w", encoding="cp1252", newline="", errors="replace") as handle:  # as a French Excel saves it
        writer = csv.DictWriter(handle, list(table[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(table)


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_goes_out_is_filled_in_and_comes_back(
    review: Ptce, asking_root: Path, tmp_path: Path, queue: list[Row], kind: str
) -> None:
    file = tmp_path / f"pairs{kind}"
    out = review("--export", file, who=None)
    assert (out.code, out.out.splitlines()[0].split(" in ")[0]) == (0, f"{len(queue)} pairs of poles to review")
    again = review("--export", file, "--json")
    assert (again.code, "is there already" in again.err) == (2, True), "it may hold answers"
    ids = {x for q in queue for x in (q["left"], q["right"])}
    assert {"=h1", "1e5"} & ids, "ids that a spreadsheet would change are among them"
    words = answers_to(len(queue))
    fill(file, {n: {"judgement": word, "why": f"=why {n}; +1"} for n, word in enumerate(words, start=2)})
    back = review("--import", file, "--json")
    assert back.code == 0, back.err
    kept = {"S": "same", "Différent": "different", "unsure": "unsure"}
    assert said(asking_root) == [f"{kept[word]} {pair(q)}" for word, q in zip(words, queue, strict=True)]
    assert [line["why"] for line in lines(asking_root)] == [f"=why {n}; +1" for n in range(2, len(queue) + 2)]
    assert back.json["rows_without_judgement"] == 0
    third = review("--import", file)
    assert "0 judgements kept" in third.out
    assert third.out.count("In force already") == len(queue) == len(lines(asking_root))


def answers_to(n: int) -> list[str]:
    return [["S", "Différent", "unsure"][k % 3] for k in range(n)]


@pytest.mark.parametrize("kind", SHEETS)
def test_one_bad_row_and_nothing_is_written(
    review: Ptce, asking_root: Path, tmp_path: Path, queue: list[Row], kind: str
) -> None:
    file = tmp_path / f"pairs{kind}"
    review("--export", file)
    good = {"judgement": "same", "why": "one house"}
    fill(file, {2: good, 3: {"judgement": "maybe", "why": "who knows"}, 4: {"judgement": "different", "why": ""}})
    answer = review("--import", file)
    assert (answer.code, answer.out, lines(asking_root)) == (2, "", [])
    assert answer.err.splitlines()[:3] == [
        "row 3: 'maybe' is not same, different or unsure",
        "row 4: different needs a reason: why is empty",
        "DecisionError: 2 rows cannot be taken; nothing was written",
    ]
    fill(
        file, {2: {"judgement": "", "why": "forgot"}, 3: {"judgement": "u", "why": "x\x07" if kind == ".csv" else "x"}}
    )
    fill(file, {4: {"judgement": "d", "why": "two houses", "left_name": "Pôle Sud"}})
    bad = review("--import", file, "--json").json["bad"]
    assert [row["row"] for row in bad] == [2, 3, 4]
    assert bad[0]["why"] == "a reason without a judgement"
    assert "sorted by itself" in bad[2]["why"]
    unnamed = {"left_name": "", "right_name": ""}
    fill(file, {2: good, 3: good | {"right": "1.23E+05"}, 4: good | unnamed | {"right": queue[2]["left"]}})
    bad = review("--import", file, "--json").json["bad"]
    assert [row["row"] for row in bad] == [3, 4]
    assert "no listing of" in bad[0]["why"] and "as a number?" in bad[0]["why"]
    assert bad[1]["why"] == "left and right are one listing"
    assert lines(asking_root) == []


def test_a_sheet_of_ones_own_replaces_what_was_said(review: Ptce, asking_root: Path, tmp_path: Path) -> None:
    review(answers="s\none house\nq\n", who="Ana")
    one = lines(asking_root)[0]
    file = tmp_path / "own.csv"
    head = "right,left,why,judgement"
    row = f"{one['right']},{one['left']},I went there,d"
    file.write_text(f"{head}\n{row}\n\n{row}\na1,b1,not in the queue,u\n", "utf-8")
    answer = review("--import", file)
    assert answer.code == 0, answer.err
    assert said(asking_root)[1:] == [f"different {one['left']} {one['right']}", "unsure a1 b1"]
    assert "in place of same (Ana, 2026-11-23: one house)" in answer.out
    file.write_text(f"{head}\n{row}\n{row[:-1]}s\n", "utf-8")
    assert "row 2 says different about the same pair" in review("--import", file).err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.ods", b"", "neither .csv nor .xlsx"),
        ("x.csv", None, "cannot read x.csv"),
        ("x.csv", b"", "no column left, right, judgement, why in the first row"),
        ("x.csv", b"left;right;judgement\n", "no column why"),
        ("x.csv", b'left;right;judgement;why\n"open', "not CSV"),
        ("x.xlsx", b"PK nothing", "not a workbook"),
        ("x.xlsx", b"", "not a workbook"),
    ],
)
def test_what_is_no_sheet_is_told(
    review: Ptce, asking_root: Path, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    answer = review("--import", tmp_path / name)
    assert answer.code in (1, 2)
    assert said in answer.err.splitlines()[-3]
    assert lines(asking_root) == []


def test_a_workbook_that_unpacks_to_gigabytes_is_not_read(
    review: Ptce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "_MOST_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for part in range(3):
            book.writestr(f"xl/worksheets/sheet{part}.xml", bytes(400_000))
    assert "too large once unpacked" in review("--import", tmp_path / "bomb.xlsx").err


def test_no_cell_of_a_sheet_is_run(review: Ptce, tmp_path: Path) -> None:
    review("--export", tmp_path / "x.csv")
    review("--export", tmp_path / "x.xlsx")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as handle:
        cells = [cell for row in csv.reader(handle, delimiter=";") for cell in row]
    assert any("'=1+1;'@SUM(A1)" in cell for cell in cells)
    numbers = [cell for cell in cells if cell[:1] == "-" and not cell.lstrip("-").replace(".", "").isdigit()]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")] + numbers
    (page,) = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets
    kinds = {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert any(cell.value and "=1+1;@SUM(A1)" in cell.value for row in page.iter_rows() for cell in row)


@given(st.text(alphabet="'=+-@;ab ＝\t\n\r", max_size=12))
def test_an_apostrophe_comes_off_as_it_went_on(text: str) -> None:
    kept = neutral(text)
    assert plain(kept) == text
    assert not any(part.lstrip()[:1] in tuple("=+-@＝") for part in kept.replace("\n", ";").split(";") if part.strip())


def test_without_openpyxl_the_reader_is_told_what_to_do(
    review: Ptce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for option in ("--export", "--import"):
        answer = review(option, tmp_path / "x.xlsx")
        assert answer.code == 2
        what, where, do = answer.err.splitlines()
        assert what == "ConfigError: XLSX needs openpyxl, which is not installed"
        assert where == f"  where: {tmp_path / 'x.xlsx'}"
        assert "ptce-etl[review]" in do and ".csv" in do
    assert review("--export", tmp_path / "x.csv").code == 0


def test_contradictions_are_shown_with_who_said_what(review: Ptce, asking_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("left,right,judgement,why\na1,b1,s,one house\nb1,c1,s,one owner\n", "utf-8")
    assert "new contradiction" not in review("--import", file).out
    file.write_text("left,right,judgement,why\nc1,a1,d,two lakes\n", "utf-8")
    assert "1 new contradiction: `ptce review --conflicts` shows the chain." in review("--import", file, who="Ana").out
    with (asking_root / "decisions" / "judgements.jsonl").open("a", encoding="utf-8") as handle:
        handle.write(
            '{"left": "a1", "right": "zz", "judgement": "same", "who": "Ana", "when": "2020-01-01", "why": "y"}'
        )
    found = review("--conflicts", "--json", who=None).json
    (one,) = found["contradictions"]
    assert [(s["left"], s["judgement"], s["right"], s["who"], s["why"]) for s in one["chain"]] == [
        ("a1", "same", "b1", "Léa", "one house"),
        ("b1", "same", "c1", "Léa", "one owner"),
    ]
    assert (one["different"]["who"], one["different"]["why"]) == ("Ana", "two lakes")
    (lost,) = found["without_data"]
    assert (lost["right"], lost["missing"]) == ("zz", {"zz": None})
    shown = " ".join(review("--conflicts").out.split())
    assert "1 contradiction among 4 judgements in force" in shown
    assert "2 steps of one pole, yet said to be two" in shown
    assert "zz in no snapshot same: PTCE Les Ateliers du Moulin / zz Ana 2020-01-01 y" in shown
