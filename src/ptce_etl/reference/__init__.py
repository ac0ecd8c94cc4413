"""Vendored official geography and the few tables written by hand. Origin and licences: ``LICENCES-DONNEES.md``.

``communes_xy.parquet``, ``alias.parquet``, ``dept_topo.json``, ``departements.csv`` and ``regions.csv`` are rebuilt by
``scripts/build_geography.py``; ``regions_2015.csv``, ``zones.csv`` and ``lieux.csv`` are kept by hand.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["resource"]


def resource(name: str) -> Traversable:
    """The vendored file ``name``; open it with ``.open("rb")`` or ``.read_text(encoding="utf-8")``."""
    return files(__name__).joinpath(name)
