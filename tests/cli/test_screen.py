from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest

from ptce_etl.cli.screen import Screen, Steps, console


def test_a_file_gets_no_colours_whatever_the_environment_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "GITHUB_ACTIONS", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "1")
    screen = Screen(as_json=False)
    screen.heading("Title")
    screen.table(["name"], [["\x1b[31mred"]])
    with Steps(screen, ("one", "two")) as steps:
        steps("one", 1.0)
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert r"\x1b[31mred" in captured.out
    assert "one         1.00 s" in captured.err


def test_text_is_never_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=False)
    screen.say("[bold]a[/] :smile: [link=x]")
    screen.facts([("label", "[red]b"), ("empty", "")])
    out = capsys.readouterr().out
    assert "[bold]a[/] :smile: [link=x]" in out
    assert "[red]b" in out
    assert "empty" not in out


def test_no_line_ends_in_spaces_and_no_break_spaces_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    Screen(as_json=False).table(["a", "b"], [["x", "mot " * 6 + "+262,5\u202f% et\u00a0: voilà"]])
    lines = capsys.readouterr().out.splitlines()
    assert all(line == line.rstrip() for line in lines)
    assert any("+262,5\u202f%" in line for line in lines)
    assert any("et\u00a0:" in line for line in lines)


def test_json_takes_the_place_of_tables(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.heading("Title")
    screen.table(["name"], [["x"]])
    screen.facts([("a", "b")])
    screen.emit({"name": "é"})
    assert capsys.readouterr().out == '{\n  "name": "é"\n}\n'


def test_a_terminal_gets_a_spinner_and_a_file_none() -> None:
    assert not console(io.StringIO()).is_terminal
    program = (
        "from ptce_etl.cli.screen import Screen, Steps\n"
        "screen = Screen(as_json=False)\n"
        "with Steps(screen, ('clean', 'resolve')) as steps:\n    steps('clean', 0.1)\n"
        "screen.say('done', style='bold red')\n"
    )
    main, other = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    subprocess.run([sys.executable, "-c", program], stdout=other, stderr=other, env=environment, check=True)
    os.close(other)
    with os.fdopen(main, "rb", buffering=0) as shown:
        text = shown.read(65_536).decode()
    assert "\x1b[" in text
    assert "clean" in text
    assert "resolve…" in text
    assert "done" in text
