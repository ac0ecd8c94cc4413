"""`scripts/setup.sh`, with a Python that only pretends: which one it takes, and when it installs again."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

# Answers what setup.sh asks of a Python, and writes down what it is told to install.
PRETENDS = """#!/bin/sh
case "$*" in
    --version) echo "Python 3.11.0" ;;
    *base_prefix*) echo "$REAL" ;;
    *version_info*) exit 0 ;;
    "-m venv "*)
        echo "venv $NAME" >>"$LOG"
        mkdir -p "$3/bin"
        sed "s|^NAME=.*|NAME=venv|" "$SELF" >"$3/bin/python"
        chmod +x "$3/bin/python" ;;
    "-m pip "*)
        echo "pip $*" >>"$LOG"
        if [ -e "$LOG.fail" ]; then exit 1; fi
        : >.venv/bin/ptce; chmod +x .venv/bin/ptce ;;
    *) echo "other $*" >>"$LOG" ;;
esac
"""
BROKEN = "#!/bin/sh\necho 'shim: no such version' >&2\nexit 127\n"
SYSTEM = ["sh", "dirname", "cat", "cmp", "pwd", "rm", "mkdir", "sed", "chmod"]


@dataclass
class World:
    """A checkout, and a PATH with nothing on it but the system's tools and what a test adds."""

    checkout: Path
    bin: Path
    log: Path

    def python(self, name: str, real: str = "one") -> Path:
        path = self.bin / name
        own = f'NAME={name}\nSELF="{path}"\nLOG="{self.log}"\nREAL={real}\n'
        path.write_text(PRETENDS.replace("#!/bin/sh\n", f"#!/bin/sh\n{own}", 1), encoding="utf-8")
        path.chmod(0o755)
        return path

    def broken(self, name: str) -> None:
        (self.bin / name).write_text(BROKEN, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def setup(self, kind: str, python: str = "", code: int = 0) -> str:
        """Run it; what it did, a line each."""
        self.log.write_text("", encoding="utf-8")
        environment = {"PATH": str(self.bin), "PYTHON": python, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [str(self.checkout / "scripts" / "setup.sh"), kind]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == code, done.stderr
        return self.log.read_text(encoding="utf-8") + done.stderr


@pytest.fixture
def world(root: Path, tmp_path: Path) -> World:
    checkout, folder = tmp_path / "a checkout", tmp_path / "bin"
    folder.mkdir()
    for tool in SYSTEM:
        found = shutil.which(tool, path=os.defpath)
        assert found, tool
        (folder / tool).symlink_to(found)
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(root / "scripts" / "setup.sh", checkout / "scripts")
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (checkout / name).write_text(name, encoding="utf-8")
    return World(checkout, folder, tmp_path / "log")


def test_a_shim_that_fails_is_passed_over(world: World) -> None:
    world.broken("python3.12")
    world.python("python3.11")
    assert "venv python3.11\n" in world.setup("run")


def test_the_newest_that_fits_comes_first(world: World) -> None:
    world.python("python3.11")
    world.python("python3.12")
    assert "venv python3.12\n" in world.setup("run")


def test_a_named_python_that_does_not_fit_is_refused(world: World) -> None:
    world.python("python3.12")
    world.broken("mine")
    said = world.setup("run", python="mine", code=1)
    assert "PYTHON=mine" in said
    assert "venv" not in said.split("do:")[0].replace("pip and venv", "")


def test_without_a_python_it_says_what_to_do(world: World) -> None:
    assert "do:    install one" in world.setup("run", code=1)


def test_installs_from_the_hashed_lock_and_compiles(world: World) -> None:
    world.python("python3.11")
    said = world.setup("run")
    assert "install --no-compile --no-deps --require-hashes --only-binary=:all: -r requirements.lock" in said
    assert "install --no-compile --no-deps --no-build-isolation --no-index --force-reinstall -e ." in said
    assert "-m compileall -qq -j 0 .venv/lib" in said
    assert "-m compileall -q src flows" in said


def test_a_second_call_does_and_says_nothing(world: World) -> None:
    world.python("python3.11")
    world.setup("run")
    assert world.setup("run") == ""


def test_the_tests_environment_serves_both(world: World) -> None:
    world.python("python3.11")
    assert "-r requirements-dev.lock" in world.setup("dev")
    assert world.setup("run") == ""
    assert world.setup("dev") == ""


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "pyproject.toml"])
def test_another_lock_is_installed_again(world: World, name: str) -> None:
    world.python("python3.11")
    world.setup("dev")
    (world.checkout / name).write_text("something else", encoding="utf-8")
    said = world.setup("dev")
    assert "-r requirements-dev.lock" in said
    assert "venv python" not in said
    assert world.setup("dev") == ""


def test_an_install_cut_short_starts_over(world: World) -> None:
    world.python("python3.11")
    failing = Path(f"{world.log}.fail")
    failing.touch()
    world.setup("run", code=1)
    failing.unlink()
    leftover = world.checkout / ".venv" / "half a package"
    leftover.touch()
    assert "venv python3.11\n" in world.setup("run")
    assert not leftover.exists()


def test_a_moved_checkout_gets_an_environment_of_its_own(world: World) -> None:
    world.python("python3.11")
    world.setup("run")
    world.checkout = world.checkout.rename(world.checkout.with_name("elsewhere"))
    assert "venv python3.11\n" in world.setup("run")


def test_a_python_that_went_away_is_replaced(world: World) -> None:
    world.python("python3.11")
    world.setup("run")
    (world.checkout / ".venv" / "bin" / "python").unlink()
    assert "venv python3.11\n" in world.setup("run")


def test_an_environment_made_by_hand_is_kept_and_filled(world: World) -> None:
    world.python("python3.11")
    world.setup("run")
    for stamp in (world.checkout / ".venv").glob(".made-*"):
        stamp.unlink()
    own = world.checkout / ".venv" / "something of mine"
    own.touch()
    said = world.setup("run")
    assert "-r requirements.lock" in said
    assert "venv python" not in said
    assert own.exists()
    assert world.setup("run") == ""


def test_naming_another_python_makes_the_environment_anew(world: World) -> None:
    world.python("python3.11", real="eleven")
    world.setup("run")
    world.python("python3.12", real="twelve")
    assert world.setup("run") == ""
    assert "venv python3.12\n" in world.setup("run", python="python3.12")
