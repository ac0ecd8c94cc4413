"""The templates' environments: one compilation serves both languages."""

from __future__ import annotations

from datetime import date

from ptce_etl.report.environment import environment


def test_templates_compile_to_the_same_code_in_both_languages() -> None:
    french, english = environment("fr"), environment("en")
    names = [name for name in french.list_templates() if name.startswith(("site/", "charts/"))]
    assert names
    for name in names:
        assert french.loader is not None
        source, file, _ = french.loader.get_source(french, name)
        assert french.compile(source, name, file, raw=True) == english.compile(source, name, file, raw=True), name


def test_a_constant_is_said_in_the_language_of_the_page() -> None:
    source = '{{ 1234 | whole }} {{ ("oui", "yes") | pick }} {{ _("Pôle", "Pole") }} {{ on | day }}'
    said = {lang: environment(lang).from_string(source).render(on=date(2026, 11, 1)) for lang in ("fr", "en")}
    assert said == {"fr": "1\u202f234 oui Pôle 1er novembre 2026", "en": "1,234 yes Pole 1 November 2026"}
    code = environment("fr").compile(source, raw=True)
    assert code == environment("en").compile(source, raw=True)


def test_keys_come_before_the_methods_of_a_row_and_values_are_escaped() -> None:
    source = '{{ row.items }} {{ row.get("n", 0) }} {{ _("<b>{x}</b>", "<i>{x}</i>", x=row.bad) }}'
    shown = environment("en").from_string(source).render(row={"items": 3, "bad": "<script>\u202e"})
    assert shown == "3 0 <i>&lt;script&gt;⟨U+202E⟩</i>"
