from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from ptce_etl import __version__, errors
from ptce_etl.cli.app import app
from ptce_etl.cli.reference import reference
from ptce_etl.schema import TABLES

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
Ptce = Callable[..., Any]


def program(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """The program as a person starts it."""
    command = [sys.executable, "-c", "import sys; from ptce_etl.cli import main; sys.exit(main())"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def commands() -> list[str]:
    """Every command, as the program itself lists them: ``claims``, ``claims add`` …"""
    top = get_command(app)
    assert isinstance(top, TyperGroup)
    found = []
    for name in top.list_commands(top.make_context("ptce", [], resilient_parsing=True)):
        command = top.commands[name]
        found.append(name)
        found += [f"{name} {below}" for below in getattr(command, "commands", ())]
    return found


def test_the_documentation_is_what_the_program_says(ptce: Ptce) -> None:
    assert DOCS.read_text("utf-8") == reference(), "run: python -m ptce_etl.cli.reference > docs/cli.md"
    for command in ("", *commands()):
        said = ptce(*command.split(), "--help")
        assert said.code == 0
        assert f"```text\n{said.out}```\n" in reference()


def test_help_in_a_pipe_has_no_colours() -> None:
    said = program("run", "--help", env=os.environ | {"FORCE_COLOR": "1", "GITHUB_ACTIONS": "1"})
    assert said.returncode == 0
    assert f"```text\n{said.stdout}```\n" in reference()


def test_every_command_takes_a_data_root_and_speaks_json() -> None:
    sections = reference().split("\n## ptce ")[1:]
    assert [section.partition("\n")[0] for section in sections] == commands()
    for section in sections:
        for option in ("--data DIR", "PTCE_DATA", "default: data", "--json", "--debug"):
            assert option in section


def test_the_exit_codes_in_the_help_are_those_of_the_errors() -> None:
    told = {int(code) for code in re.findall(r"^ +(\d+)  ", reference().split("Exit codes:")[1], re.MULTILINE)}
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert {kind.exit_code for kind in kinds} | {0, 130} == told


def test_the_help_names_every_verdict(ptce: Ptce) -> None:
    words = " ".join(ptce("claims", "--help").out.split())
    for verdict in re.findall(r"\w+", TABLES["claims"].column("verdict").en.replace(" or ", ", ")):
        assert verdict in words


def test_the_version_and_help_do_not_wait_for_pandas() -> None:
    code = "import sys\nfrom ptce_etl.cli import main\nmain(['--version'])\nassert 'pandas' not in sys.modules"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == f"ptce {__version__}\n"


def test_no_command_shows_the_help_and_fails(ptce: Ptce) -> None:
    answer = ptce()
    assert answer.code == 2
    assert answer.out.startswith("Usage: ptce ")


@pytest.mark.parametrize(
    ("arguments", "what", "where"),
    [
        (["--nothing"], "ConfigError: No such option: --nothing", "ptce"),
        (["nothing"], "ConfigError: No such command 'nothing'.", "ptce"),
        (["run", "--nothing"], "ConfigError: No such option: --nothing", "ptce run"),
        (["run", "--\x1b[31m"], r"ConfigError: No such option: --\x1b[31m", "ptce run"),
        (["run", "--now", "today"], "ConfigError: not an instant: 'today'", "--now"),
        (["run", "--now", "2026-11-23T10:00"], "ConfigError: an instant without a time zone", "--now"),
        (["build", "--as-of", "2024"], "ConfigError: not a date: '2024'", "--as-of"),
        (["build"], "ConfigError: Missing option '--as-of'", "ptce build"),
        (["claims", "--kind", "sum"], "ConfigError: --kind 'sum' is not known", "--kind"),
        (["claims", "--lang", "it"], "ConfigError: --lang 'it' is not known", "--lang"),
        (["claims", "--verdict", "true"], "ConfigError: --verdict 'true' is not known", "--verdict"),
        (["completeness", "--lang", "it"], "ConfigError: --lang 'it' is not known", "--lang"),
    ],
)
def test_wrong_use_is_told_in_three_lines(
    ptce: Ptce, tmp_path: Path, arguments: list[str], what: str, where: str
) -> None:
    answer = ptce(*arguments)
    assert (answer.code, answer.out) == (2, "")
    lines = answer.err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(what)
    assert lines[1] == f"  where: {where}"
    assert lines[2].startswith("  do:    ")


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["claims"],
        ["completeness"],
        ["open", "x"],
        ["review", "--list"],
        ["history", "x"],
        ["verify", "latest"],
    ],
)
def test_reading_never_makes_a_data_root(ptce: Ptce, tmp_path: Path, command: list[str]) -> None:
    for root in (tmp_path / "none", tmp_path):
        for options in ([], ["--json"]):
            answer = ptce(*command, "--data", root, *options)
            assert (answer.code, answer.out) == (4, "")
            assert answer.err.startswith("NoData: ")
            assert "ptce run" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_the_data_root_may_come_from_the_environment(
    ptce: Ptce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTCE_DATA", str(tmp_path / "elsewhere"))
    assert str(tmp_path / "elsewhere") in ptce("status").err


def test_debug_shows_the_traceback(ptce: Ptce, tmp_path: Path) -> None:
    answer = ptce("status", "--data", tmp_path / "none", "--debug")
    assert answer.code == 4
    assert answer.err.startswith("Traceback (most recent call last):")
    assert "NoData: no data root here" in answer.err


def test_what_nobody_foresaw_has_the_same_shape(tmp_path: Path) -> None:
    code = (
        "import sys\nimport ptce_etl.cli.status as status\nfrom ptce_etl.cli import main\n"
        "def broken(*_): raise KeyError('a\\x1b[31mb')\nstatus.show_status = broken\nsys.exit(main(sys.argv[1:]))"
    )
    answer = subprocess.run([sys.executable, "-c", code, "status"], capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    what, where, do = answer.stderr.splitlines()
    assert what.startswith("KeyError: ")
    assert "\x1b" not in answer.stderr
    assert where.endswith(", line 4")
    assert "this is a bug" in do


def test_with_debug_what_nobody_foresaw_has_its_traceback(ptce: Ptce, capsys: pytest.CaptureFixture[str]) -> None:
    assert ptce("claims", "--help", "--debug").code == 0
    sys.excepthook(KeyError, KeyError("a\x1b[31mb\u202e"), None)
    err = capsys.readouterr().err
    assert err.startswith("KeyError: ")
    assert not {"\x1b", "\u202e"} & set(err)


def test_a_disk_that_refuses_is_not_called_a_bug() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", "import sys; from ptce_etl.cli import main; sys.exit(main(['--version']))"]
        answer = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert answer.returncode != 0
    assert "OSError: [Errno 28] No space left on device" in answer.stderr
    assert "check the disk" in answer.stderr


def test_a_reader_that_goes_away_is_no_error_to_tell(small_root: Path) -> None:
    command = [sys.executable, "-c", "import sys; from ptce_etl.cli import main; sys.exit(main())"]
    process = subprocess.Popen(
        [*command, "open", "a1", "--data", str(small_root), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert err == b""
    assert process.returncode == 1


def test_a_terminal_that_cannot_show_a_letter_is_no_reason_to_fail(small_root: Path) -> None:
    code = (
        "import sys\nfrom ptce_etl.cli import main\n"
        f"for options in ([], ['--json']):\n    main(['open', 'a1', '--data', {str(small_root)!r}, *options])"
    )
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=False)
    assert (answer.returncode, answer.stderr) == (0, b"")
    text, _, written = answer.stdout.decode("ascii").partition("\n{\n")
    assert "?tat" in text
    assert json.loads("{" + written)["listings"][0]["publisher"] == "État"


def test_an_interruption_is_told_in_a_line(tmp_path: Path) -> None:
    code = (
        "import sys, time\nimport ptce_etl.cli.status as status\nfrom ptce_etl.cli import main\n"
        "def slow(*_):\n    sys.stdout.write('ready\\n'); sys.stdout.flush(); time.sleep(60)\n"
        "status.show_status = slow\nsys.exit(main(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "status"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.startswith("Interrupted: ")
    assert len(err.splitlines()) == 1
