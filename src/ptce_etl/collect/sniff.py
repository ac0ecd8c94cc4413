"""What an address is: its platform, by the address and by the answer; and the entry that would read it.

A proposal: somebody looks at it before it counts, so that it says ``unverified``, and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ptce_etl.catalogue.options import ReaderName, ReaderOptions
from ptce_etl.catalogue.registry import PERSONAL, Bounds, Source, plain_name
from ptce_etl.collect.guarded import rows_of
from ptce_etl.collect.readers.base import Page, Table
from ptce_etl.errors import SourceChanged, SourceRefused

__all__ = ["address_of", "draft", "named_columns", "options_for", "read_somehow", "readers_for"]

# What the columns of others are called, by ours; the first that fits is taken.
_CALLED: tuple[tuple[str, str], ...] = (
    ("name", r"(nom|name|title|titre|intitule|libelle|denomination|raison sociale|itemlabel)"),
    ("carrier", r"(porteur|structure porteuse|carrier|association|organisme)"),
    ("commune", r"(commune|ville|city|addresslocality|libelle commune|localite)"),
    ("department", r"(departement|department|dep)"),
    ("region", r"(region|reg)"),
    ("siren", r"(siren)"),
    ("website", r"(site|site web|site internet|url|website|web)"),
    ("activity", r"(activite|thematique|theme|secteur|categories|description activite)"),
    ("status", r"(statut|status|etat)"),
    ("source_date", r"(date|annee|year|modified gmt)"),
)
_LINES = ("{carrier} ({department}) : {name}", "{name} ({region}) : {texte}", "{region} - {name}", "{name} ({region})")
_PAGE = re.compile(rb"^\s*(<!doctype html|<html)", re.I)


def address_of(url: str) -> str:
    """The address to ask for a page that a person would look at: a wiki's API, a dataset's, a map's file."""
    parts = urlsplit(url)
    if found := re.match(r"/wiki/(.+)", parts.path):
        return f"{parts.scheme}://{parts.netloc}/w/api.php#{found[1]}"
    if parts.netloc.endswith("data.gouv.fr") and (found := re.match(r"/(?:fr/)?datasets/([^/]+)/?$", parts.path)):
        return f"https://www.data.gouv.fr/api/1/datasets/{found[1]}/"
    if found := re.match(r"(/[a-z-]{2,7})?/map/(?:[^/]+_)?(\d+)/?$", parts.path):
        return f"{parts.scheme}://{parts.netloc}{found[1] or '/fr'}/map/{found[2]}/download/"
    if found := re.match(r"/explore/dataset/([^/]+)", parts.path):
        return f"{parts.scheme}://{parts.netloc}/api/explore/v2.1/catalog/datasets/{found[1]}"
    return url


_BY_ADDRESS: tuple[tuple[str, ReaderName], ...] = (
    (r"/w/api\.php", "mediawiki"),
    (r"/api/explore/v2\.\d/catalog/datasets/[^/]+/?$", "opendatasoft_export"),
    (r"/api/[12]/datasets/", "datagouv"),
    (r"/api/resources/[0-9a-f-]+/data/", "tabular_api"),
    (r"/wp-json/wp/v2/", "wordpress"),
    (r"/jsonapi/", "drupal"),
    (r"/api/elements\.json", "gogocarto"),
    (r"/map/(?:[^/]+_)?\d+/(?:download|geojson)/?$", "umap"),
    (r"/sparql$", "sparql"),
)


def readers_for(url: str, page: Page | None) -> list[ReaderName]:
    """The readers that may fit, likeliest first: by the address, else by what it answered."""
    path = urlsplit(url).path
    for pattern, reader in _BY_ADDRESS:
        if re.search(pattern, path):
            return [reader]
    body = page.body if page else b""
    if body.startswith(b"%PDF"):
        return ["pdf_table", "pdf_lines"]
    if body.startswith(b"PK"):
        return ["ods"] if b"opendocument.spreadsheet" in body[:200] else ["xlsx"]
    if body.lstrip()[:1] in (b"{", b"["):
        return ["json"]
    if _PAGE.match(body[:1_000].lstrip(b"\xef\xbb\xbf")):
        return ["html_table", "html_lines"]
    return ["csv"]


def draft(reader: ReaderName, url: str, options: dict[str, Any]) -> Source:
    """A source that reads every column it meets, to see what there is."""
    parts = urlsplit(url)
    slug = re.sub(r"[^a-z0-9]+", "_", plain_name(f"{parts.hostname} {unquote(parts.path)}").replace("www.", "")).strip(
        "_"
    )
    return Source(
        source_id=f"s_{slug}"[:60].rstrip("_"),
        title=unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or parts.netloc,
        publisher=parts.hostname or "",
        url=url.split("#")[0],
        licence="to be looked up on the site",
        licence_id="unstated",
        republish="to be decided",
        frequency="not known",
        reader=reader,
        statement="listings",
        status="unverified",
        why="proposed by ptce new-source: look at the rows, the licence and the bounds",
        columns={"name": "name"},
        ignore=("*",),
        bounds=Bounds(min_rows=1, max_rows=1_000_000),
        priority=20,
        options=ReaderOptions.model_validate(options),
    )


def options_for(reader: ReaderName, url: str, page: Page) -> Iterator[dict[str, Any]]:
    """Options that may fit, likeliest first."""
    if reader == "json":
        yield from ({"records": path} for path in sorted(_lists(page), key=lambda path: (-_length(page, path), path)))
    elif reader in ("html_lines", "pdf_lines"):
        yield from ({"line": line} for line in _LINES)
    elif reader == "mediawiki":
        title = unquote(url.partition("#")[2]).replace("_", " ")
        yield {"title": title, "part": "tables"}
        yield from ({"title": title, "part": "lists", "line": line} for line in _LINES)
    else:
        yield {}


def _lists(page: Page, most: int = 50) -> list[str]:
    found: list[str] = []

    def walk(value: Any, path: str, depth: int) -> None:
        if isinstance(value, list) and value and isinstance(value[0], dict) and len(found) < most:
            found.append(path)
        if isinstance(value, dict) and depth < 4:
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else str(key), depth + 1)

    walk(_json(page), "", 0)
    return found


def _length(page: Page, path: str) -> int:
    value = _json(page)
    for step in filter(None, path.split(".")):
        value = value[step]
    return len(value)


def _json(page: Page) -> Any:
    try:
        return json.loads(page.body)
    except (ValueError, RecursionError):
        return None


def named_columns(table: Table) -> dict[str, str]:
    """Which column of ours each column of the table is, as far as its name says."""
    columns: dict[str, str] = {}
    for ours, pattern in _CALLED:
        for theirs in table.columns:
            bare = plain_name(theirs).replace("_", " ").replace("-", " ").split(".")[-1].strip()
            filled = any(row.get(theirs) for row in table.rows)
            if filled and theirs not in columns.values() and re.fullmatch(pattern, bare) and not PERSONAL.search(bare):
                columns[ours] = theirs
                break
    return columns


def read_somehow(
    url: str, page: Page, ask: Callable[[Source], tuple[Page, ...]]
) -> tuple[Source, Table, tuple[Page, ...]]:
    """The reader and options that give most rows with a name, the table they give, and the pages they read.

    ``ask`` fetches what a source needs (several pages, where the platform has them). Raises :class:`SourceChanged` with
    what each try said when none fits.
    """
    tried: list[str] = []
    best: tuple[int, Source, Table, tuple[Page, ...]] | None = None
    for reader in readers_for(url, page):
        for options in options_for(reader, url, page):
            source = draft(reader, url, options)
            try:
                pages = ask(source)
                table = rows_of(pages, source)
            except (SourceChanged, SourceRefused) as error:
                tried.append(f"{reader}: {error.what}")
                continue
            named = sum("name" in named_columns(table) for _ in table.rows)
            if named and (best is None or named > best[0]):
                best = (named, source, table, pages)
            elif not named:
                tried.append(f"{reader}: {len(table.rows)} rows, columns {', '.join(table.columns[:8]) or 'none'}")
    if best is None:
        raise SourceChanged(
            f"no reader gives rows with a name: {'; '.join(tried)[:600]}",
            where=url,
            do="write the entry by hand (CONTRIBUTING.md): html_items takes CSS selectors",
        )
    return best[1], best[2], best[3]
