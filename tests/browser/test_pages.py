"""Every view as a reader meets it: two languages, two themes, a phone, paper, without JavaScript, without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ptce_etl.report.material import Edition
from tests.browser.conftest import HOSTILE, Visits

Shoot = Callable[[Page, str], None]

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
VIEWS = ["index", "poles", "claims", "sources", "method", "data", "card", "counts/listed", "territories/52"]
# Rows of a table and marks of a chart are alike: axe looks at those with a tag or a class that none before them has. It
# fetches style sheets again unless told not to.
FEWER = """document.querySelectorAll('tbody, svg, svg g').forEach(body => {
    const seen = new Set();
    for (const row of [...body.children]) {
        const kinds = [row, ...row.querySelectorAll('*')].map(one => `${one.tagName} ${one.getAttribute('class')}`);
        if (kinds.every(kind => seen.has(kind))) row.remove();
        kinds.forEach(kind => seen.add(kind));
    }
})"""
OPEN = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
ALL = {"resultTypes": ["violations"], "preload": False}


def check(page: Page) -> None:
    """All of axe's rules, in the light and in the dark."""
    page.evaluate(OPEN)
    page.evaluate(FEWER)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=ALL)
        assert found.violations_count == 0, f"{page.url}, {scheme}: {found.generate_report()}"


def pole_of(page: Page) -> str:
    """The page of some pole with several listings, from the table of poles."""
    page.click("text=Clus'Ter Jura")
    page.wait_for_selector("#graphies")
    return page.url


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_view_without_a_complaint(visit: Visits, files: str, shoot: Shoot, language: str) -> None:
    one = visit(files)
    for view in VIEWS:
        page = one.go(f"{language}/{view}.html")
        assert page.get_attribute("html", "lang") == language
        assert page.locator("h1").count() == 1
        assert page.locator("nav [aria-current=page]").count() == (1 if "/" not in view and view != "card" else 0)
        if language == "fr" or view == "index":
            shoot(page, f"{language}-{view.replace('/', '-')}")
    one.go(f"{language}/poles.html")
    pole_of(one.page)
    shoot(one.page, f"{language}-pole")


def test_accessible_in_both_themes(visit: Visits, files: str) -> None:
    """Each template once: the pages of the other language differ in their words."""
    one = visit(files)
    for view in VIEWS:
        check(one.go(f"fr/{view}.html"))
    one.go("fr/poles.html")
    pole_of(one.page)
    check(one.page)


def test_a_phone_needs_no_sideways_scroll(visit: Visits, files: str, shoot: Shoot) -> None:
    one = visit(files, width=390)
    for view in VIEWS:
        page = one.go(f"fr/{view}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, view
        if view in ("index", "claims", "poles"):
            shoot(page, f"phone-{view}")
    one.go("fr/poles.html")
    pole_of(one.page)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 390
    check(one.go("fr/claims.html"))


def test_the_dark_theme_is_dark(visit: Visits, files: str, shoot: Shoot) -> None:
    page = visit(files, color_scheme="dark").go("fr/index.html")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 24, 23)"
    shoot(page, "dark-index")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 249)"
    assert page.get_attribute("#theme", "aria-pressed") == "false"


def test_everything_is_there_without_javascript(visit: Visits, files: str, edition: Edition) -> None:
    one = visit(files, java_script_enabled=False)
    page = one.go("fr/index.html")
    assert page.locator("svg.chart:visible").count() == 4
    assert page.locator(".huge b").inner_text() == str(edition.headline["target"])
    page.click(".huge a >> text=pôles")
    page.wait_for_selector("#discovered_late")
    page = one.go("fr/claims.html")
    assert page.locator("#claims tbody tr").count() == len(edition.tables["claims"])
    assert not page.locator("form.filters").is_visible()


def test_it_works_without_a_network(visit: Visits, files: str) -> None:
    one = visit(files, offline=True)
    page = one.go("fr/index.html")
    page.click("#affirmations ~ p a.more")
    page.wait_for_selector("#claims")
    assert page.evaluate("getComputedStyle(document.querySelector('.pill')).borderRadius") == "16px"


def test_printed_on_paper(visit: Visits, files: str, tmp_path: Path) -> None:
    """The home page on A4 with its charts, the card on one sheet of A5; nothing to click is printed."""
    one = visit(files)
    page = one.go("fr/index.html")
    page.emulate_media(media="print")
    assert not page.locator(".top nav").is_visible() and not page.locator(".jump").is_visible()
    assert page.locator("svg.on-wide:visible").count() == 3
    a4 = page.pdf(path=tmp_path / "a4.pdf", prefer_css_page_size=True)
    assert sizes(a4) == {(595, 842)} and a4.count(b"/Type /Page\n") >= 3
    page = one.go("fr/card.html")
    a5 = page.pdf(path=tmp_path / "a5.pdf", prefer_css_page_size=True, print_background=True)
    assert sizes(a5) == {(595, 420)} and a5.count(b"/Type /Page\n") == 1


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """Width and height of the pages of a PDF, in points."""
    boxes = [part.split(b"]")[0].split() for part in pdf.split(b"/MediaBox [")[1:]]
    return {(round(float(box[2])), round(float(box[3]))) for box in boxes}


def test_hostile_names_are_only_text(visit: Visits, hostile: str, shoot: Shoot) -> None:
    one = visit(hostile)
    for view in ("index", "poles", "claims", "sources", "counts/listed", "territories/inconnu"):
        page = one.go(f"fr/{view}.html")
        assert "Observatoire" in page.title()
        assert page.locator("img, script:not([src]):not([type='application/ld+json'])").count() == 0
    page = one.go("fr/poles.html")
    shown = page.locator("#poles tbody").inner_text()
    assert "⟨U+202E⟩" in shown and "\u202e" not in shown
    links = page.locator("#poles tbody a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    written = ""
    for link in links:
        page = one.go(f"fr/{link}")
        written += page.locator("main").inner_text()
        assert page.locator("a[href^='javascript']").count() == 0
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[4]):
        assert name in written
    assert "\u202e" not in written and "\u200b" not in written and "{{ 7 * 7 }}" in written
    shoot(page, "hostile-pole")
