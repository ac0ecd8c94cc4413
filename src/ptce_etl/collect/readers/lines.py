"""Lines of text against a template: ``{carrier} ({department}) : {name}``, ``- {region} - {name}``.

What stands between the fields stands there in the line, bullets at its beginning left aside; a field between brackets
holds none. Spaces are one, and an apostrophe, a dash or a colon may be of any kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Table, table_of, tidy
from ptce_etl.collect.text import MAX_COLUMNS, comparable, listed
from ptce_etl.errors import SourceChanged

__all__ = ["rows_of_lines", "within"]

_LONGEST = 1_000  # a longer line is prose
_BULLETS = "•●○▪▫■□‣⁃◦·∙*–—- \t"
_ALIKE = {"'": "['’ʼ`´]", "’": "['’ʼ`´]", "-": "[-–—‐‑]", "–": "[-–—‐‑]", "—": "[-–—‐‑]", '"': '["«»“”]'}


@lru_cache(maxsize=32)
def _compiled(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{([a-z_]+)\}", tidy(template).lstrip(_BULLETS))
    pattern = [_literal(parts[0])]
    for place in range(1, len(parts), 2):
        before, after = parts[place - 1].rstrip(), parts[place + 1].lstrip()
        inside = r"[^()]{1,500}?" if before.endswith("(") and after.startswith(")") else r".{1,500}?"
        pattern += [f"(?P<{parts[place]}>{inside})", _literal(parts[place + 1])]
    return re.compile("".join(pattern) + "$", re.IGNORECASE)


def _literal(text: str) -> str:
    """Spaces inside are wanted; around a colon or a bracket they may be left out."""
    out = []
    for letter in text:
        if letter == " ":
            out.append(r"\s?" if text.strip() and re.fullmatch(r"[\s:();,]+", text) else r"\s")
        else:
            out.append(_ALIKE.get(letter, re.escape(letter)))
    return "".join(out)


def rows_of_lines(lines: Iterable[str], source: Source) -> Table:
    """A row for each line that fits ``options.line``. With ``strict``, a line that does not fit has changed."""
    template = source.options.line
    if template is None:
        raise SourceChanged("no template of a line", do="give options.line in the catalogue")
    pattern = _compiled(template)
    rows: list[dict[str, str]] = []
    others: list[str] = []
    for line in within(lines, source.options.after, source.options.until):
        text = tidy(line[: 2 * _LONGEST]).strip(_BULLETS)
        if not text:
            continue
        found = pattern.match(text) if len(text) <= _LONGEST else None
        if found:
            rows.append({name: value.strip(" ;,") for name, value in found.groupdict().items()})
        elif len(others) < MAX_COLUMNS:
            others.append(text)
    if source.options.strict and others:
        raise SourceChanged(f"lines that are not {template!r}: {listed(others)}", do="look at the page")
    return table_of(rows, columns=tuple(pattern.groupindex))


def within(lines: Iterable[str], after: str | None, until: str | None) -> Iterator[str]:
    """The lines after the one that begins with ``after`` and before the next that begins with ``until``.

    Raises :class:`SourceChanged` when ``after`` is not there: what stands elsewhere on a page is something else.
    """
    begin, end = comparable(after or ""), comparable(until or "")
    reading = not begin
    for line in lines:
        if not reading:
            reading = comparable(line[:_LONGEST]).startswith(begin)
            continue
        if end and comparable(line[:_LONGEST]).startswith(end):
            return
        yield line
    if not reading:
        raise SourceChanged(f"no line begins with {after!r}", do="look at the page: where does its list begin now?")
