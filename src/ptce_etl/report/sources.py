"""The report of a try of all sources: one HTML page without script or request; every text of a source is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, StrictUndefined

__all__ = ["render_sources"]

_PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sources · {{ day }}</title><style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1d1d1d }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #bbb } .bad { color: #a3001b } .good { color: #00622f } small { color: #555 }
</style></head><body>
<h1>Les sources, essayées le {{ day }}</h1>
<p lang="en"><small>Every enabled source asked once. What failed keeps its last good capture.</small></p>
{% for group in groups %}<h2>{{ group.title }} : {{ group.good }} sur {{ group.rows | length }} lues</h2>
<table><thead><tr><th>Source</th><th>Résultat</th><th>Lignes</th><th>Attendu</th>
<th>Ce qui s’est passé</th></tr></thead>
<tbody>{% for row in group.rows %}
<tr><td><a href="{{ row.url }}">{{ row.source_id }}</a><br><small>{{ row.title }}, {{ row.publisher }}
<br>{{ row.licence }}
</small></td><td class="{{ 'good' if row.outcome in ('ok', 'unchanged') else 'bad' }}">{{ row.outcome }}</td>
<td>{{ row.rows if row.rows is not none else '–' }}</td><td>{{ row.min_rows }} à {{ row.max_rows }}</td>
<td>{{ row.error or '' }}
{% if row.do and row.outcome not in ('ok', 'unchanged') %}<br><small>{{ row.do }}</small>{% endif %}
{% if row.why %}<br><small>{{ row.why }}</small>{% endif %}</td></tr>{% endfor %}</tbody></table>{% endfor %}
</body></html>
"""


def render_sources(rows: Sequence[dict[str, Any]], now: datetime) -> str:
    """The page. ``rows``: what ``ptce sources check --json`` gives, one mapping a source."""
    groups = []
    for counts, title in ((True, "Sources qui comptent"), (False, "Sources non vérifiées (aucune ligne ne compte)")):
        mine = [row for row in rows if row["counts"] is counts]
        good = sum(row["outcome"] in ("ok", "unchanged") for row in mine)
        groups += [{"title": title, "rows": mine, "good": good}] if mine else []
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_PAGE).render(groups=groups, day=now.date().isoformat())
