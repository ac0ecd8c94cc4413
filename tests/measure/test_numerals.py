"""Numbers in words: what is written is read back, over the whole range, in every way of writing it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.sentences.numerals import Lang, read_words
from ptce_etl.measure.statuses import normalise

UNITS = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
TENS = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante", "septante", "huitante", "nonante"]
ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
ENGLISH_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def below_100(n: int, swiss: bool) -> str:
    if n < 17:
        return UNITS[n]
    if n < 20:
        return f"dix-{UNITS[n - 10]}"
    tens, unit = divmod(n, 10)
    if not swiss and tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    if not swiss and tens == 8:
        return f"quatre-vingt{f'-{below_100(unit, swiss)}' if unit else 's'}"
    if not unit:
        return TENS[tens]
    joint = " et " if unit in (1, 11) else "-"
    return f"{TENS[tens]}{joint}{below_100(unit, swiss)}"


def below_1000(n: int, swiss: bool, last: bool = True) -> str:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        text = below_100(rest, swiss)
        return text if last else text.removesuffix("s") if text == "quatre-vingts" else text
    head = "cent" if hundreds == 1 else f"{UNITS[hundreds]} cent"
    if rest:
        return f"{head} {below_100(rest, swiss)}"
    return f"{head}s" if hundreds > 1 and last else head


def french(n: int, swiss: bool = False) -> str:
    thousands, rest = divmod(n, 1000)
    if not thousands:
        return below_1000(rest, swiss)
    head = "mille" if thousands == 1 else f"{below_1000(thousands, swiss, last=False)} mille"
    return f"{head} {below_1000(rest, swiss)}" if rest else head


def english(n: int) -> str:
    thousands, rest = divmod(n, 1000)
    if thousands:
        more = f" and {english(rest)}" if 0 < rest < 100 else f", {english(rest)}" if rest else ""
        return f"{english(thousands)} thousand{more}"
    hundreds, rest = divmod(n, 100)
    if hundreds:
        return f"{ENGLISH[hundreds]} hundred{f' and {english(rest)}' if rest else ''}"
    tens, unit = divmod(n, 10)
    return ENGLISH[n] if n < 20 else ENGLISH_TENS[tens] + (f"-{ENGLISH[unit]}" if unit else "")


def read(text: str, lang: Lang = "fr") -> tuple[float, int] | None:
    words = normalise(text).replace("-", " ").replace(",", " , ").split()
    found = read_words(words, 0, lang)
    return None if found is None else (found.value, len(words) - found.end)


WRITERS: list[tuple[Lang, Callable[[int], str]]] = [
    ("fr", french),
    ("fr", lambda n: french(n, swiss=True)),
    ("fr", lambda n: french(n).replace(" ", "-")),  # as recommended since 1990
    ("fr", lambda n: french(n).replace("-", " ")),
    ("en", english),
    ("en", lambda n: english(n).replace(",", "")),
]


@pytest.mark.parametrize(("lang", "write"), WRITERS)
@given(n=st.integers(0, 999_999))
def test_a_number_in_words_is_read_back(lang: Lang, write: Callable[[int], str], n: int) -> None:
    found = read(write(n), lang)
    assert found == ((float(n), 0) if n != 1 else None)


@pytest.mark.parametrize(("lang", "write"), WRITERS)
def test_every_number_below_1000_and_every_thousand(lang: Lang, write: Callable[[int], str]) -> None:
    """The grammar reads thousands and the rest apart: these and their neighbours are all there is to it."""
    ours = list(range(2, 1000))
    ours += [1000 * n + m for n in range(1, 1000) for m in (0, 1, 80, 100, 999)]
    wrong = [(n, write(n)) for n in ours if read(write(n), lang) != (float(n), 0)]
    assert not wrong[:5]


@pytest.mark.parametrize(
    ("text", "lang", "value", "left"),
    [
        ("une centaine de pôles", "fr", 100, 2),
        ("une quinzaine", "fr", 15, 0),
        ("deux douzaines", "fr", 24, 0),
        ("quatre-vingt-dix-sept pôles", "fr", 97, 1),
        ("quatre vingts dix sept", "fr", 97, 0),
        ("dix-neuf cent quatre-vingt", "fr", 1980, 0),
        ("onze cents", "fr", 1100, 0),
        ("vingt et un", "fr", 21, 0),
        ("vingt et trente", "fr", 20, 2),
        ("vingt trente", "fr", 20, 1),
        ("deux mille et une nuits", "fr", 2001, 1),
        ("deux ans et demi", "fr", 2, 3),
        ("deux et demi", "fr", 2.5, 0),
        ("trois virgule six", "fr", 3.6, 0),
        ("trois virgule zéro cinq", "fr", 3.05, 0),
        ("un virgule cinq", "fr", 1.5, 0),
        ("huitante", "fr", 80, 0),
        ("octante-deux", "fr", 82, 0),
        ("deux millions trois cent mille un", "fr", 2_300_001, 0),
        ("a hundred poles", "en", 100, 1),
        ("a thousand and six", "en", 1006, 0),
        ("fifteen hundred", "en", 1500, 0),
        ("two dozen poles", "en", 24, 1),
        ("a dozen", "en", 12, 0),
        ("two and a half", "en", 2.5, 0),
        ("three point six two", "en", 3.62, 0),
        ("one thousand, six poles", "en", 1000, 3),
        ("twenty, thirty", "en", 20, 2),
        ("one point five", "en", 1.5, 0),
    ],
)
def test_as_people_write(text: str, lang: Lang, value: float, left: int) -> None:
    found = read(text, lang)
    assert found is not None
    assert found == (pytest.approx(value), left)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("un pôle", "fr"),
        ("une hausse", "fr"),
        ("one of them", "en"),
        ("a pole", "en"),
        ("des centaines", "fr"),
        ("hundreds of", "en"),
        ("dozens of", "en"),
        ("cents", "fr"),
        ("et un", "fr"),
        ("virgule cinq", "fr"),
        ("", "fr"),
        ("mille millions de mille millions", "fr"),
        ("deux milliards", "fr"),
    ],
)
def test_what_is_no_number(text: str, lang: Lang) -> None:
    assert read(text, lang) is None


@given(
    st.lists(
        st.sampled_from([*"un deux cent cents mille million et virgule demi quatre vingt dix a and".split(), ","])
    ),
    st.sampled_from(["fr", "en"]),
)
def test_any_words_are_read_without_going_past_them(words: list[str], lang: Lang) -> None:
    for at in range(len(words) + 1):
        found = read_words(words, at, lang)
        assert found is None or (at < found.end <= len(words) and 0 <= found.value < 1e9)
