"""Letters that spell words by their beginnings."""

from __future__ import annotations

import pytest

from ptce_etl.resolve.acronyms import spelled


@pytest.mark.parametrize(
    ("letters", "words", "run"),
    [
        ("prma", "pole regional musique actuelle", (0, 4)),
        ("ecpv", "energie citoyenne pays vilaine", (0, 4)),
        ("smac", "scene musique actuelle", (0, 3)),
        ("fe2i", "florange ecologie industrielle insertion", (0, 4)),
        ("phare", "pole hospitalite activite rayonnement ecologique solidaire", (0, 6)),
        ("pvm", "paris vallee marne environ", (0, 3)),
        ("mes", "la maison economie solidaire", (1, 4)),
    ],
)
def test_french_acronyms(letters: str, words: str, run: tuple[int, int]) -> None:
    found = spelled(letters, words.split())
    assert found is not None
    assert found[:2] == run


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("damier", "cluster musique image"),
        ("abc", "alpha beta"),
        ("1234", "un deux trois"),
        ("pry", "pays royan insertion"),
    ],
)
def test_what_spells_nothing(letters: str, words: str) -> None:
    assert spelled(letters, words.split()) is None


def test_two_words_are_enough_only_when_asked() -> None:
    assert spelled("e2i", ["ecologie", "industrielle", "insertion"], at_least=2) == (0, 3, 3)
