"""The whole site of a snapshot, page by page: path below ``site/`` and bytes, the same for the same edition.

Pages are made one at a time and given away at once: what is in memory does not grow with the number of poles but for
their table itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from ptce_etl.report import cards
from ptce_etl.report.charts.series import mark_path
from ptce_etl.report.environment import environment
from ptce_etl.report.material import Edition, Row
from ptce_etl.report.pages import lists
from ptce_etl.report.pages.headline import headline
from ptce_etl.report.pages.home import home
from ptce_etl.report.pages.pole import pole, sheets
from ptce_etl.report.typography import Lang, amount, polish
from ptce_etl.report.words import POPULATIONS

__all__ = ["CSP", "PAGES", "render_site"]

CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
PAGES = (
    ("index.html", ("Le chiffre", "The figure")),
    ("poles.html", ("Les pôles", "The poles")),
    ("claims.html", ("Chiffres publiés", "Published figures")),
    ("sources.html", ("Sources", "Sources")),
    ("method.html", ("Méthode", "Method")),
    ("data.html", ("Données", "Data")),
)
_LANGUAGES: tuple[Lang, ...] = ("fr", "en")
_ASSETS = ("card.css", "icon.svg", "site.css", "site.js")


def render_site(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Path (``fr/index.html``, ``assets/site.css``, …) and bytes of every file of the site."""
    yield "index.html", environment("fr").get_template("site/index.html.j2").render(csp=CSP).encode()
    for name in _ASSETS:
        yield f"assets/{name}", _asset(name)
    index = lists.pole_index(edition)
    if index is not None:
        yield "assets/poles.js", index
    sites = [_Site(edition, lang) for lang in _LANGUAGES]
    for site in sites:
        svg = cards.card_svg(edition, site.lang)
        yield f"assets/card-{site.lang}.svg", svg.encode()
        yield f"assets/card-{site.lang}.png", cards.card_png(svg)
        for path, content in site.pages():
            yield f"{site.lang}/{path}", content
    yield from _in_both(edition, sites)
    counted = _counted(edition)
    for sheet in sheets(edition):
        for site in sites:
            name = sheet["pole"]["name"]
            shown = pole(edition, sheet, counted, site.lang)
            path = f"poles/{sheet['pole']['pole_id']}.html"
            yield f"{site.lang}/{path}", site.page("pole", path, name, shown)


@cache
def _asset(name: str) -> bytes:
    return files("ptce_etl.report").joinpath("assets", name).read_bytes()


class _Site:
    """The pages of one language."""

    def __init__(self, edition: Edition, lang: Lang) -> None:
        self.edition = edition
        self.lang = lang
        self.env = environment(lang)
        self.shared = {
            "csp": CSP,
            "pages": PAGES,
            "edition": edition,
            "mark_path": mark_path,
            "population_title": self.title,
            "next_update": _next_monday(edition.as_of),
            "revisions": _revisions(edition, lang),
        }

    def title(self, population: str) -> str:
        """A population in words; a call round by its title."""
        if population in POPULATIONS:
            return polish(POPULATIONS[population][self.lang == "en"], self.lang)
        return polish(self.edition.title(population.removeprefix("cohort:"), english=self.lang == "en"), self.lang)

    def page(self, template: str, path: str, title: str, shown: Row) -> bytes:
        """One page. ``path`` is below the language's folder."""
        up = "../" * path.count("/")
        text = self.env.get_template(f"site/{template}.html.j2").render(
            self.shared, home=up, root=f"../{up}", page=path, title=title, description=self.description, **shown
        )
        return text.encode()

    @cached_property
    def description(self) -> str:
        return cards.alternative(self.edition, self.lang)

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """The pages whose content is made for the language."""
        edition, lang = self.edition, self.lang
        french = lang == "fr"
        shown = home(edition, lang) | {"linked_data": self._linked_data()}
        yield "index.html", self.page("home", "index.html", self._question(), shown)
        yield "data.html", self.page("data", "data.html", self.heading("data.html"), lists.data(edition, lang))
        yield "card.html", self.page("card", "card.html", "La carte du chiffre" if french else "The card", self._card())
        for population in edition.populations:
            path = f"counts/{population.name.replace(':', '-')}.html"
            name = self.title(population.name)
            yield path, self.page("counts", path, name, lists.count(edition, population, lang) | {"name": name})

    def heading(self, page: str) -> str:
        """What a page of the menu is called."""
        return polish(dict(PAGES)[page][self.lang == "en"], self.lang)

    def _question(self) -> str:
        return polish("Combien de PTCE en France ?" if self.lang == "fr" else "How many PTCE are there?", self.lang)

    def _card(self) -> Row:
        alt = cards.alternative(self.edition, self.lang)
        place = "ADRESSE" if self.lang == "fr" else "ADDRESS"
        link = Markup('<a href="{place}/{lang}/index.html"><img src="{place}/assets/card-{lang}.png" ')
        link += Markup('width="1200" height="630" alt="{alt}"></a>')
        return {"alt": alt, "snippet": str(link.format(place=place, lang=self.lang, alt=alt))}

    def _linked_data(self) -> Markup:
        """The snapshot as a schema.org Dataset."""
        card = headline(self.edition, self.lang)
        said: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": "Observatoire ouvert des PTCE" if self.lang == "fr" else "Open observatory of PTCE",
            "description": cards.alternative(self.edition, self.lang),
            "identifier": self.edition.snapshot_id,
            "inLanguage": self.lang,
            "dateModified": self.edition.as_of.isoformat(),
            "spatialCoverage": "France",
            "variableMeasured": f"{card.population}: {card.count}",
            "distribution": [
                {"@type": "DataDownload", "name": name, "contentUrl": f"../../{name}", "contentSize": record["bytes"]}
                for name, record in sorted(self.edition.files.items())
                if name.endswith((".csv", ".parquet"))
            ],
        }
        # JSON in a page: nothing in it may end the script that carries it.
        text = json.dumps(said, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c").replace("&", "\\u0026")
        return Markup(text)  # noqa: S704


def _in_both(edition: Edition, sites: list[_Site]) -> Iterator[tuple[str, bytes]]:
    """The pages, those of the poles aside, whose content is the same in every language: it is made once."""
    once = {"claims": lists.claims(edition), "sources": lists.sources(edition), "method": lists.method(edition)}
    for template, shown in once.items():
        path = f"{template}.html"
        yield from ((f"{site.lang}/{path}", site.page(template, path, site.heading(path), shown)) for site in sites)
    for path, part in lists.pole_lists(edition):
        yield from ((f"{one.lang}/{path}", one.page("poles", path, one.heading("poles.html"), part)) for one in sites)
    listed = next(one for one in edition.populations if one.name == "listed")
    for file, found in lists.territories(edition, edition.members(listed)):
        path = f"territories/{file}"
        for site in sites:
            name = found["name"] or ("Région non connue" if site.lang == "fr" else "Region not known")
            yield f"{site.lang}/{path}", site.page("territory", path, name, found | {"name": name})


def _next_monday(as_of: date) -> date:
    """The scheduled run (prefect.yaml) that follows."""
    return as_of + timedelta(days=7 - as_of.weekday())


def _revisions(edition: Edition, lang: Lang) -> list[dict[str, Any]]:
    """What each snapshot said, the newest first."""
    english = lang == "en"
    changed = edition.tables["changes"]
    n = int(changed["pole_id"].nunique())
    if not edition.earlier:
        why = ("première publication", "first publication")
    elif n:
        why = (f"{n} pôles changés : {amount(_net(edition), 'fr')} recensés", f"{n} poles changed")
    else:
        why = ("aucun pôle changé", "no pole changed")
    found: list[dict[str, Any]] = [
        {
            "snapshot_id": edition.snapshot_id,
            "as_of": edition.as_of,
            "row": edition.headlines.get("listed"),
            "why": why[english],
            "current": True,
        }
    ]
    found += [
        {
            "snapshot_id": one.snapshot_id,
            "as_of": one.as_of,
            "row": one.headline.get("listed"),
            "why": one.why_en if english else one.why_fr,
            "current": False,
        }
        for one in reversed(edition.earlier)
    ]
    return found


def _net(edition: Edition) -> int:
    before = edition.earlier[-1].headline.get("listed")
    return int(edition.headline["target"] - before["target"]) if before else 0


def _counted(edition: Edition) -> dict[str, list[str]]:
    """Pole id → the populations (call rounds aside) that count it."""
    found: dict[str, list[str]] = {}
    for population in edition.populations:
        if population.name in POPULATIONS:
            for pole_id in sorted(edition.members(population)):
                found.setdefault(pole_id, []).append(population.name)
    return found
