"""Any bytes give rows or a typed error, in every reader: bodies that are good, mangled ones, and noise."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptce_etl.catalogue.options import READERS, ReaderName
from ptce_etl.collect.extract import extract, is_extract, opened_extract
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page
from ptce_etl.collect.reading import read
from ptce_etl.errors import SourceChanged, SourceRefused

sys.path.insert(0, str(Path(__file__).parent))
from corpus import BODIES, HEADERS, source_of

# fmt: off
_PIECES = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"NaN", b"null", b"9" * 400, b"[" * 300, b"{", b'"', b"<", b"&#0;", b"\r",
    b"<table>", b"<td colspan=9999>", b"{|", b"|-", b"{{", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b";;", b" 0 R", b"-1",
]
# fmt: on


@st.composite
def mangled(draw: st.DrawFn, reader: ReaderName) -> list[bytes]:
    """The good pages of a reader with pieces cut out, doubled or put in; now and then a page lost, or noise instead."""
    pages = []
    for body in BODIES[reader]:
        if draw(st.integers(0, 9)) == 0:
            pages.append(draw(st.binary(max_size=200)))
            continue
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(body)))
            end = min(len(body), start + draw(st.integers(0, 30)))
            piece = draw(st.sampled_from([b"", body[start:end] * 2, *_PIECES]) | st.binary(max_size=8))
            body = body[:start] + piece + body[end:]
        pages.append(body)
    return pages[: draw(st.integers(1, len(pages)))]


def _read(reader: ReaderName, bodies: list[bytes]) -> None:
    source, platform = source_of(reader), platform_of(reader)
    pages = [Page(source.url, body, HEADERS) for body in bodies]
    try:
        platform.following(pages, source)
        raw = extract(platform.rows(pages, source), source, platform.own)
    except (SourceChanged, SourceRefused) as error:
        assert error.what
        return
    assert is_extract(raw)
    assert len(opened_extract(raw)[1]) == len(read(raw, source))


@pytest.mark.parametrize("reader", READERS)
def test_a_good_body_is_read(reader: ReaderName) -> None:
    source, platform = source_of(reader), platform_of(reader)
    assert platform.rows([Page(source.url, body, HEADERS) for body in BODIES[reader]], source).columns


@pytest.mark.parametrize("reader", READERS)
def test_any_bytes_give_rows_or_a_typed_error(reader: ReaderName) -> None:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(mangled(reader))
    def holds(bodies: list[bytes]) -> None:
        _read(reader, bodies)

    holds()
