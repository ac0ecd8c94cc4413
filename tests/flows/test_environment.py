from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows import environment


def test_defaults_are_set_and_taken_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.defaults(tmp_path):
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    with environment.applied(tmp_path):
        assert os.environ["PREFECT_HOME"] == str(tmp_path)
        assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
        assert os.environ["DO_NOT_TRACK"] == "1"
    assert dict(os.environ) == before


def test_what_is_set_already_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    with environment.applied(tmp_path):
        assert os.environ["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "DEBUG"


def test_loopback_is_never_proxied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    with environment.applied(tmp_path):
        assert os.environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
        assert "127.0.0.1" in os.environ["no_proxy"]
    assert os.environ["NO_PROXY"] == "intranet.example"


def test_the_state_is_beside_the_data_unless_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    assert environment.home_of(tmp_path / "data") == tmp_path / "data" / ".prefect"
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "elsewhere"))
    assert environment.home_of(tmp_path / "data") == tmp_path / "elsewhere"


def test_every_variable_is_one_that_prefect_knows(tmp_path: Path) -> None:
    from prefect.settings import get_current_settings

    known = get_current_settings().to_environment_variables(include_aliases=True)
    ours = {name for name in environment.defaults(tmp_path) if name.startswith("PREFECT_")}
    assert ours - known.keys() == {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"}  # that one is a key of its logging.yml


def test_the_front_door_imports_neither_prefect_nor_pandas() -> None:
    code = "import sys, flows.runtime; print(sorted({'prefect', 'pandas', 'great_expectations'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
