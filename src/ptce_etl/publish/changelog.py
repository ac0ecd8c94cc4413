"""What changed, in sentences with the names, in French and English: ``CHANGES.md`` of a snapshot, and ``ptce diff``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pandas as pd

from ptce_etl.publish.changes import summarise

__all__ = ["CHANGES", "changes_markdown", "names_of", "sentences"]

CHANGES = "CHANGES.md"
_MOST = 500  # sentences of a kind in the document; the table has them all

Language = Literal["en", "fr"]

_TITLES: dict[Language, dict[str, str]] = {
    "fr": {
        "appeared": "Apparus",
        "gone": "Disparus",
        "merged": "Fusions",
        "split": "Scissions",
        "renamed": "Renommés",
        "field": "Valeurs modifiées",
    },
    "en": {
        "appeared": "Appeared",
        "gone": "Gone",
        "merged": "Merged",
        "split": "Split",
        "renamed": "Renamed",
        "field": "Values changed",
    },
}
_SENTENCES: dict[Language, dict[str, str]] = {
    "fr": {
        "appeared": "{pole} apparaît.",
        "gone": "{pole} : aucune mention ne le nomme plus.",
        "merged": "{pole} est réuni à {other}.",
        "split": "{pole} est séparé de {other}.",
        "renamed": "{before} ({id}) s'appelle désormais {after}.",
        "field": "{pole} : {field} passe de {before} à {after}.",
    },
    "en": {
        "appeared": "{pole} appeared.",
        "gone": "{pole}: no listing names it any more.",
        "merged": "{pole} was merged into {other}.",
        "split": "{pole} was split off {other}.",
        "renamed": "{before} ({id}) is now called {after}.",
        "field": "{pole}: {field} went from {before} to {after}.",
    },
}
_NOTHING = {"fr": "(vide)", "en": "(nothing)"}
# What Markdown would read as its own, or a page as a tag; at the start of a line nothing of ours stands.
_MARKS = re.compile(r"([\\`*_\[\]<>|~&#])")


def names_of(poles: pd.DataFrame | None) -> dict[str, str]:
    """Name by pole id of a ``poles`` table; none without one."""
    if poles is None:
        return {}
    return {str(k): str(v) for k, v in zip(poles["pole_id"], poles["name"], strict=True)}


def sentences(
    changes: pd.DataFrame, before: Mapping[str, str], now: Mapping[str, str], language: Language
) -> Iterator[tuple[str, str]]:
    """Each row of ``changes`` as (kind, sentence), kind by kind in a fixed order, then by name.

    ``before`` and ``now``: names by pole id in the two snapshots.
    """
    rows = changes.astype("object").where(changes.notna(), None).to_dict("records")
    for kind, form in _SENTENCES[language].items():
        said = [form.format(**_parts(row, before, now, language)) for row in rows if row["kind"] == kind]
        yield from ((kind, sentence) for sentence in sorted(said, key=lambda text: (text.casefold(), text)))


def _parts(
    row: Mapping[Any, Any], before: Mapping[str, str], now: Mapping[str, str], language: Language
) -> dict[str, str]:
    pole, was, is_ = row["pole_id"], row["before"], row["after"]
    known = {**before, **now}
    other = {"merged": is_, "split": was}.get(row["kind"])
    return {
        "id": pole,
        "pole": f"{known.get(pole, '?')} ({pole})",
        "other": f"{known.get(other, '?')} ({other})" if other else "",
        "field": row["field"] or "",
        "before": was or _NOTHING[language],
        "after": is_ or _NOTHING[language],
    }


def changes_markdown(
    changes: pd.DataFrame,
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    as_of: str,
    supersedes: str | None,
    promoted: bool = True,
) -> bytes:
    """``CHANGES.md``: the summary and every change in French, then in English.

    ``supersedes``: the snapshot compared with (None: there was none). ``promoted=False``: a build of a past date, which
    is compared with nothing.
    """
    halves = []
    for language, title, against in (("fr", "Ce qui a changé", "comparé à"), ("en", "What changed", "compared with")):
        said: Language = "fr" if language == "fr" else "en"
        head = f"# {title}\n\n{_introduced(said, as_of, supersedes, against, promoted=promoted)}\n"
        if not promoted:
            halves.append(head)
            continue
        summary = summarise(changes, said, first=supersedes is None)
        body = "" if supersedes is None else _sections(changes, before, now, said)
        halves.append(f"{head}\n**{summary[:1].upper()}{summary[1:]}.**\n{body}")
    return "\n".join(halves).encode()


def _introduced(language: Language, as_of: str, supersedes: str | None, against: str, *, promoted: bool) -> str:
    described = f"Au {as_of}" if language == "fr" else f"At {as_of}"
    if not promoted:
        rest = (
            "reconstitution d'une date passée : elle n'a jamais été la dernière et n'est comparée à aucune autre."
            if language == "fr"
            else "a past date, built later: it was never the latest and is compared with no other."
        )
        return f"{described}, {rest}"
    return f"{described}, {against} {supersedes}." if supersedes else f"{described}."


def _sections(changes: pd.DataFrame, before: Mapping[str, str], now: Mapping[str, str], language: Language) -> str:
    by_kind: dict[str, list[str]] = {}
    for kind, sentence in sentences(changes, before, now, language):
        by_kind.setdefault(kind, []).append(f"- {_plain(sentence)}")
    text = ""
    for kind, lines in by_kind.items():
        left = len(lines) - _MOST
        more = {"fr": f"- … et {left} de plus dans `changes.parquet`", "en": f"- … and {left} more: `changes.parquet`"}
        shown = [*lines[:_MOST], *([more[language]] if left > 0 else [])]
        text += f"\n## {_TITLES[language][kind]} ({len(lines)})\n\n" + "\n".join(shown) + "\n"
    return text


def _plain(text: str) -> str:
    """``text`` on one line, with nothing in it that Markdown or HTML would act on."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
