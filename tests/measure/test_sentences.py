"""Sentences read into claims: many ways of saying one growth, what is left open, and any text at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.sentences.names import known_names
from ptce_etl.measure.sentences.reading import Reading, read_sentence
from ptce_etl.measure.sentences.tokens import fold, tidy
from ptce_etl.measure.sentences.topics import Known, language_of

KNOWN: Known = known_names(load_programmes())
NNBSP, NBSP = "\u202f", "\u00a0"


def read(text: str) -> Reading:
    return read_sentence(text, KNOWN)


def growth(text: str) -> GrowthClaim:
    (claim,) = read(text).growths
    return claim


def count(text: str) -> CountClaim:
    ((claim,),) = read(text).counts
    return claim


def in_french(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0").replace(",", NNBSP).replace(".", ",")


def in_english(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


# b: start, t: end, p: growth in %, y: years, u and d: the two dates, as each language writes them.
PHRASINGS = [
    "de {b} à {t} en {y} ans, +{p} %",
    "De {b} à {t} PTCE en {y} ans (+{p}%)",
    "Le nombre de PTCE est passé de {b} en {u} à {t} en {d}, soit une hausse de {p} %.",
    "{t} PTCE en {d} contre {b} en {u}, une progression de {p} pour cent",
    "Entre {u} et {d}, les pôles sont passés de {b} à {t} : c'est une augmentation de {p} %",
    "En {y} ans, le nombre de PTCE a bondi de {p} % (de {b} à {t})",
    "On compte aujourd'hui {t} pôles, contre {b} il y a {y} ans : +{p} %",
    "Ils étaient {b} il y a {y} ans, ils sont {t} aujourd'hui, soit +{p} %",
    "{b} PTCE en {u}, {t} en {d} : croissance de {p} %",
    "en {u} on comptait {b} PTCE ; en {d}, {t} (+{p} %)",
    "PTCE : {b} → {t} (+{p} %) en {y} ans",
    "{b} pôles puis {t} en {y} ans, en hausse de {p} %",
    "From {b} to {t} in {y} years, up {p}%",
    "The number of PTCE grew from {b} in {u} to {t} in {d}, a rise of {p} percent",
    "The number of poles rose to {t} in {d} from {b} in {u}, an increase of {p}%",
    "Between {u} and {d} the number of PTCE grew by {p}%, from {b} to {t}.",
    "{t} poles in {d}, up from {b} in {u} (+{p}%)",
    "There were {b} PTCE in {u} and {t} in {d}, i.e. an increase of {p} per cent",
    "{t} poles in {d} against {b} in {u}: +{p}%",
    "They were {b} {y} years ago, now they are {t}: up {p}%",
    "{b} -> {t} over {y} years (+{p}%)",
]


@pytest.mark.parametrize("phrasing", PHRASINGS)
@settings(max_examples=20)
@given(
    base=st.integers(2, 99_999),
    target=st.integers(2, 99_999),
    pct=st.one_of(st.integers(1, 999), st.floats(0.1, 999.9).map(lambda p: round(p, 1))),
    years=st.integers(2, 9),
)
def test_one_growth_in_many_words(phrasing: str, base: int, target: int, pct: float, years: int) -> None:
    write = in_english if language_of(phrasing.format(b="", t="", p="", y="", u="", d="")) == "en" else in_french
    said = {"b": write(base), "t": write(target), "p": write(pct), "y": str(years), "u": 2012, "d": 2012 + years}
    found = read(phrasing.format(**said))
    assert [(c.base, c.target, c.stated, c.unit, c.years) for c in found.growths] == [
        (base, target, pct, "percent", years)
    ]
    assert not [note for note in found.notes if note.code in ("digits", "share", "range", "direction", "periods")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de 56 à 203, multiplié par 3,6", {"stated": 3.6, "unit": "times", "decimals": 1}),
        ("de 200 à 100, divisé par deux", {"stated": 0.5, "unit": "times"}),
        ("de 56 à 203 : presque quadruplé", {"stated": 4, "unit": "times", "stated_words": (3.6, 4.4)}),
        ("from 56 to 203, more than tripled", {"stated": 3, "unit": "times", "stated_words": (3, float("inf"))}),
        ("from 50 to 100: a twofold increase", {"stated": 2, "unit": "times"}),
        ("from 56 to 203, 3.6-fold", {"stated": 3.6, "unit": "times"}),
        ("de 56 à 203 (x3,6)", {"stated": 3.6, "unit": "times"}),
        ("203 PTCE, soit 3,6 fois plus qu'en 2021 (56)", {"base": 56, "target": 203, "stated": 3.6}),
        ("100 PTCE en 2022, deux fois moins qu'en 2020 (200)", {"base": 200, "target": 100, "stated": 0.5}),
        ("de 200 à 100, une baisse de moitié", {"stated": -50, "stated_words": (-55, -45)}),
        ("moitié moins : 200 en 2020, 100 en 2022", {"base": 200, "stated": -50}),
        ("de 150 à 100, en recul d'un tiers", {"stated": pytest.approx(-100 / 3)}),
        ("the count fell from 150 to 100, down 33.3%", {"stated": -33.3, "decimals": 1}),
        ("de 200 à 150, −25 %", {"stated": -25}),
        ("from 200 to 150, -25%", {"stated": -25}),
        ("147 PTCE de plus en deux ans (de 56 à 203)", {"stated": 147, "unit": "units", "years": 2}),
        ("de 56 à 203, +147", {"stated": 147, "unit": "units"}),
        ("de 20 % à 35 %, soit +15 points", {"stated": 15, "unit": "points", "ends": "percent"}),
        ("from 20% to 35%, up 15 percentage points", {"stated": 15, "unit": "points", "ends": "percent"}),
        ("de 56 à 203 entre 2021 et 2023, +90 % par an", {"stated": 90, "yearly": True, "years": 2}),
        ("grew 90% a year from 56 to 203 over two years", {"stated": 90, "yearly": True, "years": 2}),
        ("up 90% a year later, from 56 to 106", {"stated": 90, "yearly": False, "years": 1}),
        (
            "de plus de 50 à environ 200, +300 %",
            {"base_words": (50, float("inf")), "target_words": pytest.approx((180, 220))},
        ),
        ("plus de 300 % de hausse, de 56 à 203", {"stated_words": (300, float("inf"))}),
        ("le nombre a triplé, soit +300 %", {"base": 1, "target": 3, "ends": "times", "stated": 300}),
        ("203 PTCE, +365 % en deux ans", {"base": None, "target": 203, "stated": 365}),
        ("+365 % en deux ans et demi", {"base": None, "target": None, "stated": 365, "years": 2.5}),
        ("de 56 à 203 en dix-huit mois, +262,5 %", {"years": 1.5}),
        ("de 56 PTCE actifs à 203 pôles existants, +262,5 %", {"base_population": "active"}),
        ("cent pour cent de hausse, de cent à deux cents", {"base": 100, "target": 200, "stated": 100}),
        ("de 56 à 203 en Bretagne, +262,5 %", {"territory": "Bretagne"}),
        ("de 56 à 203 PTCE dans la Somme, +262,5 %", {"territory": "Somme"}),
        ("On comptait 56 PTCE en 2021, on en compte désormais 203 : +365 %", {"base": 56, "target": 203}),
        ("On compte plus de 200 PTCE, contre une cinquantaine seulement en 2021", {"base": 50, "target": 200}),
        ("203 PTCE (ils étaient 56 en 2021)", {"base": 56, "target": 203}),
        ("56 PTCE au départ, 203 à l'arrivée", {"base": 56, "target": 203}),
        ("PTCE jumped 365 percent in two years (56 to 203)", {"base": 56, "target": 203, "stated": 365}),
        ("le nombre de PTCE a été multiplié par près de quatre (de 56 à 203)", {"stated_words": (3.6, 4.4)}),
        ("en somme, de 56 à 203, +262,5 %", {"territory": "France"}),
    ],
)
def test_a_growth_as_people_say_it(text: str, expected: dict[str, Any]) -> None:
    claim = growth(text)
    assert {name: getattr(claim, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("il existe 203 PTCE en France en 2023", {"value": 203, "population": "existing", "claim_date": "2023"}),
        ("deux cent trois pôles actifs en mars 2023", {"value": 203, "population": "active", "claim_date": "2023-03"}),
        ("There are about 200 PTCE", {"value": 200, "qualifier": "about", "claim_date": ""}),
        ("plus de 200 PTCE au 12 juin 2023", {"qualifier": "at_least", "claim_date": "2023-06-12"}),
        ("203+ poles on June 12, 2023", {"qualifier": "at_least", "claim_date": "2023-06-12"}),
        ("moins de 200 PTCE en 2023", {"qualifier": "range", "value_low": 0, "value_high": 200, "value": None}),
        ("entre 150 et 160 PTCE en 2018", {"qualifier": "range", "value_low": 150, "value_high": 160}),
        ("150-160 PTCE en 2018", {"qualifier": "range", "value_low": 150, "value_high": 160}),
        ("de 15 à 20 PTCE seront financés", {"qualifier": "range", "value_low": 15, "value_high": 20}),
        ("une centaine de PTCE en 2024", {"value": 100, "qualifier": "about", "low": 90, "high": pytest.approx(110)}),
        ("a hundred poles in 2024", {"value": 100, "qualifier": "exact"}),
        ("fin 2021, 71 PTCE", {"value": 71, "claim_date": "2021-12"}),
        ("13 lauréats en 2015", {"population": "laureates", "programme": "aap-2015"}),
        ("23 lauréats en 2014", {"programme": "aap-2013"}),  # the results came out in January 2014
        ("14 lauréats de l'appel à projets PTCE 2015", {"programme": "aap-2015", "claim_date": ""}),
        ("107 lauréats de la phase 1 de l'AMI 2021", {"programme": "ami-2021-phase-1"}),
        ("15 laureates of the 2021 call, phase 2, in 2021", {"programme": "ami-2021-phase-2"}),
        ("180 dossiers en 2013", {"population": "applications", "programme": "aap-2013"}),
        ("134 candidatures à l'AMI 2021", {"population": "applications", "programme": "ami-2021"}),
        ("37 lauréats des AAP 2013 et 2015", {"programme": "aap-2013+aap-2015"}),
        ("8 lauréats en Occitanie", {"programme": "ami", "territory": "Occitanie"}),
        ("4 lauréats outre-mer en 2015", {"territory": "Outre-mer"}),
        ("les 140 PTCE répertoriés par l'État en mai 2023", {"population": "state_listed"}),
        ("39 signataires de la charte", {"population": "charter_signatories"}),
        ("18 pôles témoins en 2012", {"population": "witness_poles", "programme": "temoins-2012"}),
        ("74 PTCE créés en janvier 2021", {"population": "created"}),
    ],
)
def test_a_count_as_people_say_it(text: str, expected: dict[str, Any]) -> None:
    claim = count(text)
    assert {name: getattr(claim, name) for name in expected} == expected


def test_dated_ends_of_a_growth_are_counts_too() -> None:
    found = read("De 56 en 2021 à 203 en 2023, +365 %")
    assert [(group[0].value, group[0].claim_date) for group in found.counts] == [(56, "2021"), (203, "2023")]
    assert read("de 56 à 203 en deux ans, +365 %").counts == ()


def test_a_date_is_that_of_the_figure_it_stands_by() -> None:
    """ "203" is not of 2021: nothing says of when it is."""
    counts = read("On comptait 56 PTCE en 2021 ; 203 sont recensés.").counts
    assert [(claim.value, claim.claim_date) for (claim,) in counts] == [(56, "2021"), (203, "")]


def test_words_before_a_figure_are_not_those_of_the_figure_before() -> None:
    ((first,), (second,)) = read("15 lauréats de l'AMI 2023 portent à 218 le nombre de PTCE").counts
    assert (first.population, first.programme) == ("laureates", "ami-2023")
    assert (second.population, second.programme) == ("existing", "")


def test_several_rounds_may_be_meant() -> None:
    found = read("15 lauréats en 2021")
    assert [[claim.programme for claim in group] for group in found.counts] == [
        ["ami-2021-phase-1", "ami-2021-phase-2"]
    ]
    assert [note.code for note in found.notes] == ["rounds", "territory"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3.625 PTCE en 2023", "digits"),  # French writes neither
        ("3,625 PTCE en 2023", "digits"),  # a count has no thousandths
        ("×3,625 in two years, from 56 to 203", "digits"),
        ("de 56 à 203, 365 %", "direction"),
        ("203 PTCE, dont 20 % en Bretagne", "share"),
        ("de 56 en 2021 à 203 en 2023, +365 % en quatre ans", "periods"),
        ("de 56 à 203 en deux ans, +365 %, soit +90 % sur un an", "periods"),
        ("fin 2021, 71 PTCE", "date"),
        ("203 emplois en 2023", "not_counted"),
        ("203 PTCE et 100 000 €", "not_counted"),
        ("203 PTCE, +365 %", "end"),
        ("de 15 à 20 PTCE", "range"),
        ("203 in 2023", "population"),
        ("203 PTCE en Bretagne et en Normandie", "territory"),
        ("three times more poles, from 50 to 150", "times_more"),
        ("203 PTCE " + "etc. " * 500, "length"),
    ],
)
def test_what_is_supposed_is_said(text: str, code: str) -> None:
    found = read(text)
    assert code in [note.code for note in found.notes]
    assert all(said.endswith(".") and "{" not in said for note in found.notes for said in note.said)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Les PTCE coopèrent.",
        "un pôle, une hausse, un tiers-lieu",
        "Le premier appel, le 2e et le 3ème",
        "https://example.org/2023/203-ptce",
        "c083 et g01",
        "de PTCE en PTCE, des doublons et un double compte",
        "en 2023, 30 % des pôles",
    ],
)
def test_what_makes_no_claim(text: str) -> None:
    found = read(text)
    assert (found.growths, found.counts) == ((), ())


def test_the_pieces_understood_are_those_of_the_text() -> None:
    text = f"De «{NBSP}cinquante‑six{NBSP}» à 1{NNBSP}203 en deux ans, +2{NBSP}048 %"
    found = read(text)
    assert [(item.role, item.value[1]) for item in found.items] == [
        ("start", "56"),
        ("end", f"1{NNBSP}203"),
        ("period", "2 ans"),
        ("change", f"+2{NNBSP}048{NNBSP}%"),
    ]
    assert [found.text[item.start : item.end] for item in found.items] == [item.text for item in found.items]


@pytest.mark.parametrize(
    ("text", "lang"),
    [("de 56 à 203", "fr"), ("from 56 to 203", "en"), ("203", "fr"), ("In 2023, there were 203", "en"), ("", "fr")],
)
def test_the_language_is_told_by_small_words(text: str, lang: str) -> None:
    assert language_of(text) == lang


WORDS = (
    "de à en entre et contre passé hausse baisse PTCE pôles lauréats AAP AMI phase 56 203 2021 2023 12 365 3,6 1.234 % "
    "+ - − × par an deux trois cent mille quatre-vingt centaine moitié tiers doublé multiplié fois plus moins plus de "
    "environ from to in up by years a percent points → ( ) . , ; France Bretagne fin juin depuis il y a ans €"
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
@example("203 environ")
@example("- 365 ans, de 56 à 203")
@example("1.234 - cent")
@example("- 56 → 203, +12 %")
def test_any_words_are_read(text: str) -> None:
    check_reading(read, text)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    check_reading(read, text)


def check_reading(reader: Callable[[str], Reading], text: str) -> None:
    found = reader(text)
    for item in found.items:
        assert 0 <= item.start <= item.end <= len(found.text)
        assert item.text == found.text[item.start : item.end]
    for claim in found.growths:
        assert claim.base is None or claim.base >= 0
        assert claim.years is None or claim.years >= 0
    for group in found.counts:
        assert group
        assert all(claim.low is not None and claim.high is not None and claim.low <= claim.high for claim in group)


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(tidy(text))) == len(tidy(text))
