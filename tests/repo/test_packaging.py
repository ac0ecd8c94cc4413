"""What is installed: versions from hashed locks that name no host, and a wheel that carries what it needs to run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import ptce_etl

LOCKS = ["requirements.lock", "requirements-dev.lock"]
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+))? \\$")


def locked(text: str) -> list[tuple[str, str, str]]:
    """Name, version and marker of every requirement."""
    found = [REQUIREMENT.match(line) for line in text.splitlines()]
    return [(m["name"], m["version"], m["marker"] or "") for m in found if m]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert "://" not in text
    # pip with --require-hashes takes a line with a hash, or refuses the file: nothing else may be in it.
    entries = text.replace("\\\n", "").splitlines()
    assert all(re.search(r"==\S+.* --hash=sha256:[0-9a-f]{64}", entry) for entry in entries if entry.strip())
    assert len(locked(text)) == len(entries)


@pytest.mark.parametrize("name", LOCKS)
def test_prefect_and_fastapi_are_locked_together(root: Path, name: str) -> None:
    versions = {package: version for package, version, _ in locked((root / name).read_text(encoding="utf-8"))}
    assert versions["prefect"] == "3.8.8"
    assert (0, 139) <= tuple(int(part) for part in versions["fastapi"].split("."))[:2] < (0, 151)
    assert {"hatchling", "editables"} <= versions.keys()  # without these two, the editable install would fetch them


def test_the_second_lock_is_the_first_and_more(root: Path) -> None:
    run, dev = (locked((root / name).read_text(encoding="utf-8")) for name in LOCKS)
    assert {(name, version) for name, version, _ in run} <= {(name, version) for name, version, _ in dev}


def test_the_locks_hold_what_pyproject_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [*extras["notebooks"], *extras["dev"]],
    }
    for name, requirements in wanted.items():
        have = {package for package, _, _ in locked((root / name).read_text(encoding="utf-8"))}
        names = {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in requirements}
        assert names - {"ptce-etl"} <= have, f"{name}: make lock"


def test_the_range_of_typer_begins_with_what_the_program_catches(root: Path) -> None:
    """``typer.TyperException`` is in 0.27.2 and not in 0.27.1: with that, every wrong option was a traceback."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = {one.name: one.specifier for one in map(Requirement, project["dependencies"])}
    assert ["0.27.1" in ranges["typer"], "0.27.2" in ranges["typer"]] == [False, True]


def test_one_version_everywhere(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == ptce_etl.__version__
    headings = re.findall(r"^## \[([^\]]+)\]", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert project["version"] in headings


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_a_wheel_carries_what_it_runs_on(wheel: Path, root: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    carried = {
        "src/ptce_etl": "ptce_etl",
        "flows": "flows",
        "data/raw/transcribed": "ptce_etl/_bundled/raw/transcribed",
        "data/decisions": "ptce_etl/_bundled/decisions",
    }
    for source, target in carried.items():
        files = [file for file in (root / source).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        missing = [f"{target}/{file.relative_to(root / source)}" for file in files]
        assert missing
        assert not sorted(set(missing) - set(names))
    strangers = [name for name in names if not name.startswith((*carried.values(), "ptce_etl-"))]
    assert not strangers
    assert "ptce_etl/py.typed" in names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, which borrows the dependencies of this one but not its editable install."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    lent = sysconfig.get_path("purelib")
    # A path listed in a .pth file is searched, but the .pth files in it are not read: no way back to the checkout.
    (next(home.glob("lib/python*/site-packages")) / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run([*command, "--ignore-installed", str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def ptce(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(installed / "bin" / "ptce"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_an_installed_wheel_runs_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    code = "import flows, ptce_etl; print(flows.__file__); print(ptce_etl.__file__)"
    found = subprocess.run(
        [installed / "bin" / "python", "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert all(Path(line).is_relative_to(installed) for line in found.stdout.splitlines()), "not the wheel's own code"
    run = ptce(installed, tmp_path, "run", "--plain", "--json", "--data", "./obs")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["obs"]
    assert (tmp_path / "obs" / "processed" / "latest" / "poles.parquet").is_file(), said
    verified = ptce(installed, tmp_path, "verify", "latest", "--data", "./obs")
    assert verified.returncode == 0, verified.stdout + verified.stderr
