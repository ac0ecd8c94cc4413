"""The site of the bundled listings, as published, and an edition of it to render again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.config import Paths
from ptce_etl.report.editions import edition_of
from ptce_etl.report.material import Edition


@pytest.fixture(scope="session")
def site(built_root: Path) -> Path:
    """The folder of the published site."""
    return (built_root / "processed" / "latest" / "site").resolve()


@pytest.fixture(scope="session")
def edition(built_root: Path) -> Edition:
    return edition_of(Paths(built_root), "latest", load_programmes())
