"""Coverage-guided fuzzing of the readers, by hand: it runs until something breaks, or for as long as it is told.

    pip install atheris                                      not in the locks: it is built for few Pythons
    python tests/fuzz/coverage_guided.py READER -max_total_time=600

Whatever it finds becomes a test in tests/collect/readers first. tests/fuzz/README.md says what it has found.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import atheris

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["ptce_etl", "pdfplumber", "pdfminer", "openpyxl", "mwparserfromhell"]):
    from corpus import BODIES, HEADERS, source_of

    from ptce_etl.catalogue.options import ReaderName
    from ptce_etl.collect.extract import extract
    from ptce_etl.collect.platforms import platform_of
    from ptce_etl.collect.readers.base import Page
    from ptce_etl.errors import SourceChanged, SourceRefused


def main() -> None:
    reader = cast("ReaderName", sys.argv.pop(1))
    source, platform = source_of(reader), platform_of(reader)
    before = BODIES[reader][:-1]

    def one(data: bytes) -> None:
        pages: list[Any] = [Page(source.url, body, HEADERS) for body in (*before, data)]
        try:
            platform.following(pages, source)
            extract(platform.rows(pages, source), source, platform.own)
        except (SourceChanged, SourceRefused):
            pass

    seeds = Path(mkdtemp(prefix="ptce-fuzz-"))
    (seeds / "good").write_bytes(BODIES[reader][-1])
    atheris.Setup([*sys.argv, str(seeds)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
