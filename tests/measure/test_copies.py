"""Pages that are one voice: by publisher, by bytes, by rows repeated far more exactly than chance explains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.copies import publishers_in, voices_of
from ptce_etl.measure.pages import Mention, Page


def page(address: str, names: dict[str, str], publisher: str = "", kind: str = "article", *, sha: str = "") -> Page:
    """A page that names poles (pole id → spelling)."""
    mentions = tuple(Mention(pole, spelling, True, None, False, None) for pole, spelling in names.items())
    records = frozenset((sha or address, place) for place in range(len(names)))
    return Page(address, publisher or address, kind, mentions, records)


def spelled(poles: range, how: str = "{}") -> dict[str, str]:
    return {f"p{n}": how.format(f"pole {n}") for n in poles}


# Three publishers that spell eighty poles each in their own way, so that chance hardly ever spells alike.
WORLD = [page(f"world{how}", spelled(range(80), f"{{}} {how}")) for how in "abc"]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Labo de l'ESS", {"labo de l'ess"}),
        ("Labo de l’ESS (copie readkong)", {"labo de l'ess"}),
        ("copie du Labo de l'ESS sur domaine tiers (site.com)", {"labo de l'ess", "site.com"}),
        ("Citego / Labo de l'ESS", {"citego", "labo de l'ess"}),
        ("RTES (hébergé Citego)", {"rtes"}),
        ("Ministère (fiche lauréat AAP, via studylibfr)", {"ministere"}),
        ("studylibfr (Halage)", {"studylibfr", "halage"}),
        ("Ville de Paris (débats)", {"ville de paris"}),
        ("", set()),
    ],
)
def test_the_publishers_that_a_field_names(written: str, names: set[str]) -> None:
    assert publishers_in(written) == names


def test_pages_of_one_publisher_are_one_voice() -> None:
    pages = [page("a", spelled(range(3)), "RTES"), page("b", spelled(range(9, 12)), "RTES (via pdfslide)"), *WORLD]
    voice = next(v for v in voices_of(pages) if v.pages[0].address == "a")
    assert [p.address for p in voice.pages] == ["a", "b"]
    assert [(link.code, link.said[0]) for link in voice.links] == [("same_publisher", "same publisher: rtes")]


def test_a_shared_publisher_ties_in_chains() -> None:
    pages = [page("a", {}, "X"), page("b", {}, "X / Y"), page("c", {}, "Y"), page("d", {}, "Z")]
    assert [[p.address for p in voice.pages] for voice in voices_of(pages)] == [["a", "b", "c"], ["d"]]


def test_the_same_bytes_are_one_voice() -> None:
    pages = [page("a", spelled(range(2)), "X", sha="one"), page("b", spelled(range(2)), "Y", sha="one")]
    (voice,) = voices_of(pages)
    assert {link.code for link in voice.links} == {"same_bytes"}


def test_rows_repeated_are_one_voice_and_the_evidence_is_told() -> None:
    copied = [page("one", spelled(range(15))), page("two", spelled(range(15)))]
    voice = next(v for v in voices_of([*copied, *WORLD]) if v.pages[0].address == "one")
    assert [p.address for p in voice.pages] == ["one", "two"]
    (link,) = voice.links
    assert link.code == "same_rows"
    assert link.said[0].startswith(
        "same rows: 15 poles in common (of 15 and 15), 15 of them spelled alike, where chance"
    )
    assert link.said[1].startswith("mêmes lignes\u00a0: 15 pôles communs (sur 15 et 15), dont 15 écrits de même")


def test_the_same_poles_in_other_words_are_two_voices() -> None:
    """Two complete lists of one cohort name the same poles: that is no copy."""
    pages = [page("one", spelled(range(15))), page("two", spelled(range(15), "le {}")), *WORLD]
    assert len(voices_of(pages)) == len(pages)


def test_a_short_repetition_proves_nothing() -> None:
    pages = [page("one", spelled(range(2))), page("two", spelled(range(2))), *WORLD]
    assert len(voices_of(pages)) == len(pages)


def test_where_everybody_spells_alike_spelling_alike_proves_nothing() -> None:
    pages = [page(f"w{n}", spelled(range(12))) for n in range(6)]
    assert len(voices_of(pages)) == 6


def test_a_part_repeated_in_a_longer_page_is_a_copy() -> None:
    longer = spelled(range(12)) | spelled(range(20, 35), "{} elsewhere")
    pages = [page("one", spelled(range(12))), page("two", longer), *WORLD]
    assert any(len(voice.pages) == 2 for voice in voices_of(pages))


@given(st.permutations([page("one", spelled(range(15))), page("two", spelled(range(15))), *WORLD]))
def test_the_order_of_the_pages_does_not_matter(pages: list[Page]) -> None:
    found = {tuple(p.address for p in voice.pages) for voice in voices_of(sorted(pages, key=lambda p: p.address))}
    assert found == {tuple(p.address for p in voice.pages) for voice in voices_of(pages)}
