"""Coverage-guided fuzzing of the readers, by hand: it runs until something breaks, or for as long as it is told.

    pip install atheris                                      not in the locks: it is built for few Pythons
    python tests/fuzz/coverage_guided.py READER -max_total_time=600

Whatever it finds becomes a test in tests/collect/readers first. tests/fuzz/README.md says what it has found.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import atheris

WATCHED = ["ptce_etl", "pdfplumber", "pdfminer", "openpyxl", "mwparserfromhell", "defusedxml"]
sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=WATCHED):
    from corpus import BODIES, HEADERS, source_of

    from ptce_etl.catalogue.options import ReaderName
    from ptce_etl.collect.extract import extract
    from ptce_etl.collect.platforms import platform_of
    from ptce_etl.collect.readers.base import Page
    from ptce_etl.errors import SourceChanged, SourceRefused


def read(reader: ReaderName, data: bytes) -> None:
    """Read ``data`` as the last page of what ``reader`` reads."""
    source, platform = source_of(reader), platform_of(reader)
    pages: list[Any] = [Page(source.url, body, HEADERS) for body in (*BODIES[reader][:-1], data)]
    try:
        platform.following(pages, source)
        extract(platform.rows(pages, source), source, platform.own)
    except (SourceChanged, SourceRefused):
        pass


def main() -> None:
    reader = cast("ReaderName", sys.argv.pop(1))
    # Readers and their libraries are imported when first used: what is imported later than here is not watched.
    with atheris.instrument_imports(include=WATCHED):
        read(reader, BODIES[reader][-1])
    seeds = Path(mkdtemp(prefix="ptce-fuzz-"))
    (seeds / "good").write_bytes(BODIES[reader][-1])
    atheris.Setup([*sys.argv, str(seeds)], partial(read, reader))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
