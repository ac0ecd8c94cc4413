"""`scripts/browser.sh`, with an apt-get and a sudo that only pretend: what it installs, and when it only says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SYSTEM = ["sh", "env", "true"]
INSTALL = "apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core"
UPDATE = "apt-get update -qq"

# Installing fails as long as it is told to, or until the lists were updated.
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$LOG"
case "$1" in
    update) : >"$LOG.updated" ;;
    install) if [ -e "$LOG.never" ] || { [ -e "$LOG.stale" ] && [ ! -e "$LOG.updated" ]; }; then exit 100; fi ;;
esac
"""
SUDO = """#!/bin/sh
if [ -e "$LOG.password" ]; then exit 1; fi
echo "sudo $*" >>"$LOG"
shift
exec "$@"
"""


@dataclass
class Machine:
    """A PATH with nothing on it but a shell, who one is, and what a test adds."""

    bin: Path
    log: Path
    script: Path

    def has(self, name: str, does: str = "") -> None:
        path = self.bin / name
        path.write_text((does or "#!/bin/sh\n").replace("#!/bin/sh\n", f'#!/bin/sh\nLOG="{self.log}"\n', 1), "utf-8")
        path.chmod(0o755)

    def is_so(self, what: str) -> None:
        Path(f"{self.log}.{what}").touch()

    def run(self) -> tuple[list[str], str]:
        """What was called, in order, and what it said; it always goes on."""
        command = [str(self.bin / "sh"), str(self.script)]
        done = subprocess.run(command, env={"PATH": str(self.bin)}, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        return (self.log.read_text("utf-8").splitlines() if self.log.exists() else []), done.stderr


@pytest.fixture
def machine(root: Path, tmp_path: Path) -> Machine:
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in SYSTEM:
        found = shutil.which(tool, path=os.defpath)
        assert found, tool
        (folder / tool).symlink_to(found)
    made = Machine(folder, tmp_path / "log", root / "scripts" / "browser.sh")
    made.has("id", "#!/bin/sh\necho 0\n")
    return made


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_enough(machine: Machine, name: str) -> None:
    machine.has("apt-get", APT_GET)
    machine.has(name)
    assert machine.run() == ([], "")


def test_root_installs_it(machine: Machine) -> None:
    machine.has("apt-get", APT_GET)
    called, said = machine.run()
    assert called == [INSTALL]
    assert "do:" not in said


def test_a_list_that_is_out_of_date_is_updated_and_tried_again(machine: Machine) -> None:
    machine.has("apt-get", APT_GET)
    machine.is_so("stale")
    called, said = machine.run()
    assert called == [INSTALL, UPDATE, INSTALL]
    assert "do:" not in said


def test_what_cannot_be_installed_is_said_and_the_rest_goes_on(machine: Machine) -> None:
    machine.has("apt-get", APT_GET)
    machine.is_so("never")
    called, said = machine.run()
    assert called == [INSTALL, UPDATE, INSTALL]
    assert "do:    install chromium" in said


def test_without_apt_get_it_says_what_to_do(machine: Machine) -> None:
    called, said = machine.run()
    assert called == []
    assert "No Chromium here" in said and "do:    install chromium" in said


def test_somebody_else_installs_through_sudo(machine: Machine) -> None:
    machine.has("id", "#!/bin/sh\necho 1000\n")
    machine.has("apt-get", APT_GET)
    machine.has("sudo", SUDO)
    called, said = machine.run()
    assert called == ["sudo -n true", f"sudo -n env DEBIAN_FRONTEND=noninteractive {INSTALL}", INSTALL]
    assert "do:" not in said


@pytest.mark.parametrize("sudo", [None, SUDO])
def test_no_password_is_asked_for(machine: Machine, sudo: str | None) -> None:
    machine.has("id", "#!/bin/sh\necho 1000\n")
    machine.has("apt-get", APT_GET)
    machine.is_so("password")
    if sudo:
        machine.has("sudo", sudo)
    called, said = machine.run()
    assert called == []
    assert "do:    install chromium" in said
