"""The validation report: what it says, what it escapes, and what it never asks of the network."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from ptce_etl.config import Settings
from ptce_etl.report.validation import render_validation
from ptce_etl.schema import PANDAS, TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.rules import Sizes, rules
from ptce_etl.validate.wording import RULES

VOID = {"meta", "br", "link", "img", "input", "hr"}


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    columns = TABLES[name].columns
    frame = pd.DataFrame({c.name: pd.Series([row.get(c.name) for row in rows], dtype="object") for c in columns})
    return frame.astype({c.name: PANDAS[c.kind] for c in columns})


def check(check_id: str = "poles.unique.pole_id", **more: Any) -> dict[str, Any]:
    name, rule, column = check_id.split(".", 2)
    row = {"check_id": check_id, "table": name, "rule": rule, "column": None if column == "*" else column}
    return (
        row | {"severity": "critical", "passed": True, "observed": "0 / 3", "expected": "unique", "n_failed": 0} | more
    )


def issue(number: int = 1, **more: Any) -> dict[str, Any]:
    row = {"issue_id": f"i{number}", "stage": "clean", "code": "place_conflict", "severity": "warning"}
    return (
        row | {"who": "publisher", "message": "61 is Orne, not Oise", "value": "Oise (61)", "listing_id": "l1"} | more
    )


FAILED = {"passed": False, "n_failed": 2, "observed": "2 / 3: p1", "failed_keys": "p1 | p2"}
CRITICAL = check("poles.counted.n_listings", **FAILED)
WARNING = check("sources.up_to_date.health", severity="warning", **FAILED)


def render(*checks: dict[str, Any], issues: tuple[dict[str, Any], ...] = (), **more: Any) -> str:
    given: dict[str, Any] = {"snapshot_id": "2026-11-23-abc", "as_of": date(2026, 11, 1), "summary": {"Pôles": "117"}}
    return render_validation(table("checks", *(checks or (check(),))), table("issues", *issues), **(given | more))


class Page(HTMLParser):
    """Tags with their attributes, and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def attributes(self, name: str) -> list[str]:
        return [str(attrs[name]) for _, attrs in self.tags if name in attrs]


@pytest.mark.parametrize(
    ("checks", "title", "said"),
    [
        ((check(),), "Publiable", "Fit to publish"),
        ((check(), WARNING), "Publiable, avec avertissements", "Fit to publish, with warnings"),
        ((check(), WARNING, CRITICAL), "Bloqué", "Blocked: nothing was promoted"),
    ],
)
def test_the_verdict_is_said_first(checks, title, said):
    html = render(*checks)
    assert f"<title>{title} – Rapport de validation 2026-11-23-abc" in html
    text = Page(html).text
    assert text.index(said) < text.index("Ce qui est vérifié")
    assert ("Ce qui ne va pas" in text) == (len(checks) > 1)


def test_failures_come_first_critical_before_warnings_with_their_rows():
    page = Page(render(check("claims.unique.claim_id"), CRITICAL, WARNING))
    critical, warning = (page.text.index(row["check_id"]) for row in (CRITICAL, WARNING))
    assert critical < warning < page.text.index("Toutes les vérifications")
    assert "Non tenu\xa0: le nombre de mentions d’un pôle est celui de ses mentions" in " ".join(page.words)
    assert "2 / 3: p1" in page.text
    assert {"p1", "p2"} <= {word.strip() for word in page.words}


def test_counts_by_table_and_severity():
    rows = [check(f"poles.one_of.c{n}") for n in range(1_200)]
    page = Page(render(*rows, CRITICAL, WARNING))
    assert re.search(r"Pôles poles 1\s?200 1 0 1\s?201", page.text)
    assert "Sources sources 0 0 1 1" in page.text
    assert re.search(r"Ensemble 1\s?200 1 1 1\s?202", page.text)


def test_every_check_is_there_under_its_table():
    rows = rules(set(bounds.ROWS), Sizes(3, 7, 3, 7), Settings(), backcast=False)
    page = Page(render(*(check(rule.check_id) for rule in rows)))
    ids = page.attributes("id")
    assert {f"table-{name}" for name in bounds.ROWS} <= set(ids)
    assert len(ids) == len(set(ids))
    assert page.text.count("Tenue ") >= len(rows)


def test_every_rule_has_its_words_and_no_other():
    names = {rule.name for rule in rules(set(bounds.ROWS), Sizes(3, 7, 3, 7), Settings(), backcast=False)}
    assert sorted(RULES) == sorted(names)
    assert list(RULES) == sorted(RULES)
    assert all("'" not in words.fr and words.fr and words.en for words in RULES.values())


def test_a_table_or_rule_of_a_later_version_is_shown_by_its_name():
    text = Page(render(check("towers.height.metres"))).text
    assert "towers" in text
    assert "height" in text


def test_issues_are_grouped_by_severity_and_by_who_acts():
    found = (
        issue(1, severity="info", who="nobody", message="third"),
        issue(2, severity="critical", who="us", message="first"),
        issue(3, message="second"),
    )
    text = Page(render(issues=found)).text
    assert (
        text.index("À traiter par l’observatoire") < text.index("À corriger par l’éditeur") < text.index("Sans action")
    )
    assert text.index("first") < text.index("second") < text.index("third")
    assert "3 défauts relevés" in text
    assert "Aucun." in Page(render()).text


def test_a_long_list_of_issues_is_cut_and_says_so():
    html = render(issues=tuple(issue(n, message=f"message-{n:03d}") for n in range(250)))
    assert html.count("message-") == 200
    assert "… et 50 autres" in Page(html).text


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egnp.exe\u200b\x00\x1b[31m{{ 7 * 7 }}"


def test_hostile_text_is_shown_and_never_run():
    rows = check(**FAILED) | {"observed": HOSTILE, "expected": HOSTILE, "failed_keys": HOSTILE, "column": HOSTILE}
    odd = check(**FAILED) | {"check_id": f"x.y.{HOSTILE}", "table": HOSTILE, "rule": HOSTILE}
    fields = dict.fromkeys(("stage", "code", "message", "source_id", "listing_id", "field", "value"), HOSTILE)
    html = render(rows, odd, issues=(issue() | fields,), snapshot_id=HOSTILE, summary={HOSTILE: HOSTILE})
    page = Page(html)
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "iframe", "object", "link", "base", "form"})
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert not set("\u202e\u200b\x00\x1b") & set(html)
    assert "⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+0000⟩⟨U+001B⟩[31m" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_nothing_is_asked_of_the_network():
    html = render(CRITICAL, WARNING, issues=(issue(),))
    page = Page(html)
    assert page.attributes("src") == []
    assert all(target.startswith("#") for target in page.attributes("href"))
    assert {target[1:] for target in page.attributes("href")} <= set(page.attributes("id"))
    assert not re.search(r"url\(|@import|https?:", html)
    policy = next(attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_the_same_checks_give_the_same_bytes_in_any_order():
    rows = [check(f"poles.one_of.c{n}") for n in range(9)] + [CRITICAL, WARNING]
    found = tuple(issue(n) for n in range(5))
    assert render(*rows, issues=found) == render(*reversed(rows), issues=found[::-1])


def test_structure_for_people_who_do_not_see_the_page():
    page = Page(render(CRITICAL, WARNING, issues=(issue(),)))
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "fr"}) in page.tags
    assert [tags.count(tag) for tag in ("main", "header", "footer", "h1", "title")] == [1, 1, 1, 1, 1]
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert set(page.attributes("aria-labelledby")) <= set(page.attributes("id"))
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    assert page.tags[next(i for i, tag in enumerate(tags) if tag == "a")][1]["href"] == "#contenu"


@pytest.mark.parametrize(("day", "said"), [(date(2023, 6, 12), "12 juin 2023"), (date(2026, 8, 1), "1er août 2026")])
def test_dates_are_in_french_words(day, said):
    html = render(as_of=day)
    assert f'<time datetime="{day}">{said}</time>' in html


def luminance(colour: str) -> float:
    full = colour * 2 if len(colour) == 3 else colour
    if len(colour) == 3:
        full = "".join(char * 2 for char in colour)
    parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_enough_in_light_dark_and_print():
    css = files("ptce_etl.report").joinpath("templates/validation.css").read_text(encoding="utf-8")
    themes = [dict(re.findall(r"--([a-z-]+): #([0-9a-f]+);", block)) for block in re.findall(r":root \{([^}]*)\}", css)]
    assert len(themes) == 3
    pairs = [(text, under) for text in ("ink", "soft", "link") for under in ("paper", "panel")]
    pairs += [(state, f"{state}-bg") for state in ("ok", "warn", "bad", "info")]
    pairs += [("ink", f"{state}-bg") for state in ("ok", "warn", "bad")]
    for theme in themes:
        for text, under in pairs:
            light, dark = sorted((luminance(theme[text]), luminance(theme[under])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, under, theme)
