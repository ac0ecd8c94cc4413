"""Make the environment of the other tools: `.cache/bench-venv`, with what `requirements-bench.txt` says.

    python benchmarks/peers_env.py

An environment of its own, because recordlinkage wants a pandas before 3. Without recordlinkage, the optional extra
`bench` of this package does as well: `pip install .[bench]`, then `benchmarks/resolve.py --peers-python` with that
Python.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path

__all__ = ["VENV"]

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".cache" / "bench-venv"
PACKAGES = ("splink", "duckdb", "recordlinkage", "dedupe", "scikit-learn", "rapidfuzz", "pandas", "numpy")


def main() -> int:
    if sys.argv[1:] == ["versions"]:
        found = {dist.name.lower(): dist.version for dist in distributions()}
        sys.stdout.write(", ".join(f"{name} {found[name]}" for name in PACKAGES if name in found))
        return 0
    if not (VENV / "bin/python").exists():
        venv.create(VENV, with_pip=True)
    wanted = ROOT / "benchmarks" / "requirements-bench.txt"
    subprocess.run([VENV / "bin/python", "-m", "pip", "install", "-q", "-r", wanted], check=True)
    sys.stdout.write(f"{VENV.relative_to(ROOT)}/bin/python\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
