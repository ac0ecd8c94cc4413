from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.cli.text import age, bits, counted, cut, interval, json_text, safe, share, signed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pôle Sud – « Archer »", "Pôle Sud – « Archer »"),
        ("a\x1b[31mb\x07", r"a\x1b[31mb\x07"),
        ("a\x9b31mb", r"a\x9b31mb"),  # the one-character form of ESC [
        ("evil\u202egnp.exe", r"evil\u202egnp.exe"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("half\ud800", r"half\ud800"),
        ("kept\u00a0space\u202f%", "kept\u00a0space\u202f%"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_nothing_unseen_is_left(text: str) -> None:
    assert not {unicodedata.category(c) for c in safe(text)} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.booleans())
def test_json_says_the_same_and_holds_nothing_unseen(text: str, ascii_only: bool) -> None:
    written = json_text({"name": text}, ascii_only=ascii_only)
    assert json.loads(written) == {"name": text}
    assert not {unicodedata.category(c) for c in written.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert written.isascii() or not ascii_only


def test_figures_are_written_as_a_reader_expects() -> None:
    assert [share(0.739), share(None)] == ["73.9%", "–"]
    assert [signed(6.12), signed(-2.0), signed(0.0), signed(-0.01), signed(None)] == ["+6.1%", "−2%", "0%", "0%", "–"]
    assert [interval(1.0, 2.0), interval(None, 2.0)] == ["+1% … +2%", "–"]
    assert [bits(8.46), bits(-8.0), bits(-0.01)] == ["+8.5", "−8", "+0"]
    assert [counted(1, "pole"), counted(0, "pole"), counted(1234, "pole")] == ["1 pole", "0 poles", "1,234 poles"]
    assert [cut("short"), cut("long " * 100, 9)] == ["short", "long long…"]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=400), "400 days"),
        (timedelta(seconds=-1), "in the future"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(ago: timedelta, said: str) -> None:
    assert age(NOW - ago, NOW) == said
