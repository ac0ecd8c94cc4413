"""What a reader does: filters, sorts, searches, follows a number down to its pages, uses the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ptce_etl.report.material import Edition
from ptce_etl.report.pages import lists
from ptce_etl.report.site import render_site
from tests.browser.conftest import Visits


def shown(page: Page, table: str) -> list[str]:
    return page.locator(f"#{table} tbody tr:not([hidden]) :is(th, td):first-child").all_inner_texts()


def test_claims_by_verdict(visit: Visits, files: str, edition: Edition) -> None:
    claims = edition.tables["claims"]
    n, contradicted = len(claims), int((claims["verdict"] == "contradicted_by_other_claim").sum())
    page = visit(files).go("fr/claims.html")
    assert page.locator("output").inner_text() == f"{n} chiffres"
    page.check("input[value=contradicted_by_other_claim]")
    assert page.locator("output").inner_text() == f"{contradicted} chiffres"
    assert page.locator("#claims tbody tr:not([hidden])").count() == contradicted
    page.fill("input[name=q]", "2023")
    assert 0 < page.locator("#claims tbody tr:not([hidden])").count() < contradicted
    page.click("button[type=reset]")
    expect(page.locator("output")).to_have_text(f"{n} chiffres")


def test_a_verdict_of_the_home_page_leads_to_its_figures(visit: Visits, server: str) -> None:
    one = visit(server)
    page = one.go("fr/index.html")
    page.click("#affirmations ~ table >> text=Erreur de calcul")
    page.wait_for_selector("#claims")
    assert page.locator("#claims tbody tr:not([hidden])").evaluate_all("rows => rows.map(row => row.id)") == ["g01"]
    assert page.is_checked("input[value=arithmetic_error]")


def test_poles_are_found_by_any_spelling(visit: Visits, server: str, edition: Edition) -> None:
    page = visit(server).go("fr/poles.html")
    page.fill("input[name=q]", "ECOLOGIE industrielle et  insertion")
    assert shown(page, "poles") == ["Florange e2i"]
    assert page.locator("output").inner_text() == "1 pôle"
    assert "q=ECOLOGIE" in page.url
    page.reload()
    assert shown(page, "poles") == ["Florange e2i"]
    page.click("button[type=reset]")
    page.select_option("select[name=region]", "52")
    n = sum(pole["code_region"] == "52" for pole in edition.poles.values())
    assert page.locator("output").inner_text() == f"{n} pôles"
    page.select_option("select[name=round]", "aap-2013")
    assert 0 < len(shown(page, "poles")) < n


def test_tables_are_sorted_by_a_click(visit: Visits, files: str) -> None:
    page = visit(files).go("fr/poles.html")
    head = page.locator("#poles thead th", has_text="Mentions")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    numbers = [int(text) for text in page.locator("#poles tbody td:nth-child(5)").all_inner_texts()]
    assert numbers == sorted(numbers)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#poles tbody td:nth-child(5)").first.inner_text() == str(max(numbers))
    page.locator("#poles thead th", has_text="Première mention").locator("button").click()
    dates = page.locator("#poles tbody td:nth-child(7)").evaluate_all("cells => cells.map(cell => cell.dataset.v)")
    known = [text for text in dates if text]
    assert known == sorted(known) and dates[: len(known)] == known


def test_from_the_number_down_to_the_page_it_was_read_from(visit: Visits, files: str, edition: Edition) -> None:
    one = visit(files)
    page = one.go("fr/index.html")
    page.click("svg.on-wide text.name >> text=Découverts tard")
    page.wait_for_selector("#discovered_late")
    late = page.locator("#discovered_late + ul a")
    assert late.count() == edition.headline["discovered_late"]
    name = late.first.inner_text()
    late.first.click()
    page.wait_for_selector("#graphies")
    assert page.locator("h1").inner_text() == name
    assert page.locator("#histoire ~ div a[href^='http']").first.get_attribute("rel").split()[0] == "noopener"
    page.locator("a", has_text="Pôles recensés").click()
    page.wait_for_selector("#target")
    assert page.locator("main table.list tbody tr").count() == edition.headline["target"]


def test_a_department_of_the_map_leads_to_its_poles(visit: Visits, files: str, edition: Edition) -> None:
    page = visit(files).go("fr/index.html")
    page.locator("svg.map a[href$='#d44']").click()
    page.wait_for_selector("#d44")
    rows = page.locator("#d44 + div tbody tr")
    assert rows.count() == sum(
        pole["code_departement"] == "44" and pole["status"] == "listed" for pole in edition.poles.values()
    )


def test_the_other_language_is_the_same_page(visit: Visits, files: str) -> None:
    page = visit(files).go("fr/counts/listed.html")
    page.click("text=English")
    page.wait_for_selector("html[lang=en]")
    assert page.url.endswith("/en/counts/listed.html")
    assert page.locator("h1").inner_text() == "Listed poles"


def test_the_keyboard_is_enough(visit: Visits, files: str) -> None:
    page = visit(files).go("fr/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "counts/listed.html"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.goto(f"{page.url.split('#')[0].replace('index', 'claims')}")
    page.locator("input[value='']").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#claims tbody tr[hidden]").count() > 0
    page.locator("#claims thead button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#claims thead th").first.get_attribute("aria-sort") == "ascending"


def test_the_snippet_names_where_the_site_is(visit: Visits, server: str, edition: Edition) -> None:
    one = visit(server)
    page = one.go("fr/card.html")
    snippet = page.locator("#embed").input_value()
    assert f"{server}assets/card-fr.png" in snippet and "ADRESSE" not in snippet
    assert f'alt="{edition.headline["target"]} pôles recensés' in snippet
    natural = page.locator("img.card").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert natural == [1200, 630]


def test_a_table_in_several_parts_is_searched_as_one(
    visit: Visits, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What 20,000 poles get: parts to read without JavaScript, and a search over all of them."""
    monkeypatch.setattr(lists, "POLES_A_PAGE", 40)
    for path, content in render_site(edition):
        if path.startswith("assets/") or path.count("/") == 1 or "/poles/" in path:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
    one = visit(tmp_path.as_uri() + "/")
    page = one.go("fr/poles.html")
    assert page.locator("#poles tbody tr").count() == 40
    parts = -(-len(edition.poles) // 40)
    assert page.locator(".pager a").count() == parts - 1
    page.fill("input[name=q]", "valo'lab")
    page.wait_for_selector("#poles tbody a >> text=Florange e2i")
    assert page.locator("output").inner_text() == "1 pôle"
    page.click("button[type=reset]")
    expect(page.locator("#poles tbody tr")).to_have_count(40)
    page.locator(".pager a").last.click()
    page.wait_for_url(f"**/poles-{parts}.html")
    assert page.locator("#poles tbody tr").count() == len(edition.poles) - 40 * (parts - 1)
