"""What must not be in the code at all, what must be in the locks, and that SECURITY.md names tests that exist."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import yaml

from ptce_etl.catalogue import entries

ROOT = Path(__file__).resolve().parents[2]
DANGEROUS = {
    "eval", "exec", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.load", "marshal.loads",
    "shelve.open", "pd.read_pickle", "joblib.load", "yaml.unsafe_load", "yaml.full_load", "tempfile.mktemp",
    "ssl._create_unverified_context", "ET.parse", "ET.fromstring", "ElementTree.parse", "ElementTree.fromstring",
}  # fmt: skip
UNPACKING = r".*\.(extractall|unpack_archive)|.*(zip|tar|archive|bundle)\w*\.extract"
ALLOWED = {
    ("src/ptce_etl/workers.py", "pickle.loads"),  # between a process and its own workers
    ("src/ptce_etl/catalogue/entries.py", "yaml.load without a safe loader"),  # its loader makes only text: see below
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for top in ("src", "flows"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def dangers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called, named = ast.unparse(node.func), {word.arg: ast.unparse(word.value) for word in node.keywords}
        if called in DANGEROUS:
            yield called
        if called == "yaml.load" and "safe" not in ast.unparse(node).lower():
            yield "yaml.load without a safe loader"
        for word, value in {"verify": "False", "shell": "True", "autoescape": "False"}.items():
            if named.get(word) == value:
                yield f"{word}={value}"


def test_nothing_dangerous_is_called() -> None:
    found = {(name, danger) for name, tree in trees() for danger in dangers(tree)}
    assert found - ALLOWED == set()
    assert found >= ALLOWED, "an exception that nothing needs any more"
    assert issubclass(entries._Loader, yaml.BaseLoader)


def test_this_test_can_see() -> None:
    code = "eval(x); yaml.load(f); yaml.load(f, Loader=SafeLoader); get(u, verify=False); run(c, shell=True)"
    assert list(dangers(ast.parse(code))) == [
        "eval", "yaml.load without a safe loader", "verify=False", "shell=True"
    ]  # fmt: skip


def test_nothing_is_unpacked_to_disk() -> None:
    found = [
        f"{name}: {ast.unparse(node)}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and re.fullmatch(UNPACKING, ast.unparse(node), re.IGNORECASE)
    ]
    assert found == []
    assert re.fullmatch(UNPACKING, "archive.extractall") and re.fullmatch(UNPACKING, "shutil.unpack_archive")


def test_no_template_turns_its_escaping_off() -> None:
    for path in sorted((ROOT / "src").rglob("*.j2")):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8")), path.name


def test_every_locked_version_has_its_hashes() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        pins = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text("utf-8").strip())
        assert len(pins) > 50
        assert [entry.split(" ")[0] for entry in pins if "==" not in entry or "--hash=sha256:" not in entry] == []


def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ptce_sbom", ROOT / "scripts" / "sbom.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_of_materials_names_all_that_is_locked(tmp_path: Path) -> None:
    lock = ROOT / "requirements.lock"
    made = sbom().bill(lock)
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE))
    components = {entry["name"]: entry for entry in made["components"]}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in pinned} == set(components)
    assert components["pandas"]["version"] == pinned["pandas"] and components["pandas"]["purl"].startswith("pkg:pypi/")
    hashes = re.findall("--hash=sha256:", lock.read_text("utf-8"))
    told = [p for entry in made["components"] for p in entry["properties"] if p["name"] == "ptce:sha256"]
    assert len(told) == len(hashes)
    (tmp_path / "requirements.lock").write_bytes(lock.read_bytes())
    assert json.dumps(sbom().bill(tmp_path / "requirements.lock")) == json.dumps(made), "the same lock, the same bytes"


def test_security_md_names_tests_and_attacks_that_exist() -> None:
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    tests: dict[str, str] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        tests[path.name] = tests.get(path.name, "") + path.read_text("utf-8")
    cited = re.findall(r"`(test_\w+\.py)::(test_\w+)`", said)
    assert len(cited) > 10
    assert [f"{file}::{name}" for file, name in cited if f"def {name}(" not in tests.get(file, "")] == []
    attacks = set(re.findall(r'^    "([a-zA-Z]+: [^"]+)": Attack', tests["test_guards.py"], re.MULTILINE))
    assert attacks and {name for name in attacks if f"`{name}`" not in said} == set()
