"""SIREN, SIRET, RNA, addresses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.clean.identifiers import clean_url, page_key, rna, siren, siret, website_domain

DIGITS = st.text("0123456789", min_size=8, max_size=8)


def with_check_digit(digits: str) -> str:
    """The one digit that makes Luhn hold, found by another road than the code's."""
    doubled = [sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits))]
    return digits + str(-sum(doubled) % 10)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("732 829 320", "732829320"),
        ("732829320", "732829320"),
        ("732.829.320", "732829320"),
        ("732\u00a0829\u202f320", "732829320"),
        ("732829321", None),
        ("000000000", None),
        ("73282932", None),
        ("73282932٠", None),
        ("", None),
        (None, None),
    ],
)
def test_siren(written: str | None, number: str | None) -> None:
    assert siren(written) == number


@given(DIGITS.filter(lambda d: d.strip("0") != ""))
def test_luhn_accepts_one_last_digit_and_sees_every_slip(digits: str) -> None:
    good = with_check_digit(digits)
    assert siren(good) == good
    for position in range(9):
        for digit in set("0123456789") - {good[position]}:
            assert siren(good[:position] + digit + good[position + 1 :]) is None


@given(DIGITS.filter(lambda d: d.strip("0") != ""), st.integers(0, 9999))
def test_siret_is_a_siren_and_a_branch(digits: str, branch: int) -> None:
    head = with_check_digit(digits)
    whole = with_check_digit(f"{head}{branch:04d}")
    assert siret(whole) == whole
    assert siret(head) is None


def test_la_poste_has_its_own_rule() -> None:
    assert siret("356 000 000 00048") == "35600000000048"  # Luhn
    assert siret("35600000049837") == "35600000049837"  # sum of digits 45: 5 divides it, Luhn does not hold
    assert siret("35600000049838") is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("W751234567", "W751234567"),
        ("w 75 1234567", "W751234567"),
        ("W9R1000123", "W9R1000123"),
        ("W2A0001234", "W2A0001234"),
        ("751234567", None),
        ("W75123456", None),
        ("WA51234567", None),
        (None, None),
    ],
)
def test_rna(written: str | None, number: str | None) -> None:
    assert rna(written) == number


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://www.archer.fr", "archer.fr"),
        ("poleecotervosges.org", "poleecotervosges.org"),
        ("www.halage.fr", "halage.fr"),
        ("HTTP://WWW.Halage.FR./page?x=1", "halage.fr"),
        ("https://échobat.fr/", "xn--chobat-9ua.fr"),
        ("NULL", None),
        ("", None),
        (None, None),
        ("https://www.facebook.com/poleecoter", None),
        ("https://fr-fr.facebook.com/x", None),
        ("https://facebook.com/x; https://www.polesud.fr", "polesud.fr"),
        ("https://linkedin.com/company/x", None),
        ("contact@polesud.fr", None),
        ("pas de site", None),
        ("http://localhost:8000", None),
        ("ftp://polesud.fr", None),
        ("https://polesud.fr:port/", None),
    ],
)
def test_website_domain(written: str | None, domain: str | None) -> None:
    assert website_domain(written) == domain


def test_clean_url() -> None:
    assert clean_url("HTTPS://WWW.Archer.fr./Pole-Sud") == "https://www.archer.fr/Pole-Sud"
    assert clean_url("poleecotervosges.org") == "https://poleecotervosges.org"
    assert clean_url("https://facebook.com/x") == "https://facebook.com/x"
    assert clean_url("NULL") is None


@pytest.mark.parametrize(
    "addresses",
    [
        [
            "https://www.miroirsocial.com/node/59869",
            "https://miroirsocial.com/node/59869",
            "miroirsocial.com/node/59869/",
        ],
        [
            "http://socioeco.org./bdf_fiche-document-4388_fr.html",
            "https://www3.socioeco.org/bdf_fiche-document-4388_en.html",
        ],
        ["https://a06.paris.fr:443/x?b=2&a=1", "https://a06.paris.fr/x?a=1&b=2#haut"],
        ["https://a.fr/index.php/page", "https://a.fr/page"],
        ["https://a.fr/index.php", "https://a.fr/", "https://a.fr"],
        ["https://a.fr/p?utm_source=X&utm_medium=email&id=3", "https://a.fr/p?id=3"],
        ["https://a.fr/tag/x/?random-post=1", "https://a.fr/tag/x"],
        ["https://a.fr/x.amp.html", "https://a.fr/x.html"],
        ["https://a.fr/caf%C3%A9", "https://a.fr/café"],
        ["https://a.fr/layout/set/embed/Parcours", "https://a.fr/Parcours"],
    ],
)
def test_addresses_of_one_page_share_a_key(addresses: list[str]) -> None:
    assert len({page_key(address) for address in addresses}) == 1


def test_other_pages_have_other_keys() -> None:
    pages = [
        "https://a.fr/?p=1",
        "https://a.fr/?p=2",
        "https://a.fr/p",
        "https://b.a.fr/p",
        "https://a.fr:8080/p",
        "https://a.fr",
    ]
    assert len({page_key(page) for page in pages}) == len(pages)
    assert page_key("") is page_key(None) is page_key("not a page") is None


PIECES = [
    "https://",
    "http:",
    "//",
    "www.",
    "a.fr",
    ".",
    "é.fr",
    ":80",
    ":x",
    "/",
    "index.php",
    "?",
    "a=%C3%A9",
    "&",
    "utm_x=1",
    "#",
    "%",
    "@",
    "[",
    "]",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    url = clean_url(text)
    assert url is None or url.startswith(("http://", "https://"))
    key = page_key(url)
    assert (key is None) == (url is None)
    assert key is None or page_key(key) == key
