"""Pages for people: tables, listings, lines of text, WordPress, Drupal and wikis, and what goes wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from ptce_etl.collect.readers.html import parsed, text_lines
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.errors import SourceChanged

HTML = "text/html; charset=utf-8"
PAGE = """<!DOCTYPE html><html lang="fr-FR"><head><title>Les lauréats</title><style>p {}</style></head><body>
<nav><a href="/login">Connexion</a></nav><main><h1>Les PTCE</h1><h2>Les lauréats :</h2>%s<h2>Contacts</h2>
<p>Mme Une Personne (AUDE) : une.personne@example.org</p></main><script>let x = "A (B) : C"</script></body></html>"""
# As cressoccitanie.org writes it, a stray sign included.
OCCITANIE = """<ul><li>Association Regain (AUDE) : <b>Pôle</b> de l&rsquo;Aude</li>
<li>SCIC Le&nbsp;Pas (Loi 1901) (HÉRAULT)\u00a0: PTCE du Pas&nbsp;</li><li>À bientôt</li></ul>"""


def lines(site: Any, template: str, **options: Any) -> Any:
    names = [name for name in ("carrier", "department", "region", "name") if f"{{{name}}}" in template]
    return site.entry(
        "html_lines",
        "/laureats/",
        columns={name: name for name in names},
        constants={"programme": "ami-2021-phase-1", "role": "laureate", "said_ptce": "yes"},
        options={"line": template, "select": "main", "language": "fr", **options},
    )


def test_porteur_departement_nom(site: Any) -> None:
    there = lines(site, "{carrier} ({department}) : {name}", after="Les lauréats", until="Contacts")
    site.serve("/laureats/", PAGE % OCCITANIE, HTML)
    assert site.collect(there).outcome == "ok"
    assert site.rows(there, "carrier", "department", "name", "programme", "said_ptce") == [
        ("Association Regain", "AUDE", "Pôle de l’Aude", "ami-2021-phase-1", "yes"),
        ("SCIC Le Pas (Loi 1901)", "HÉRAULT", "PTCE du Pas", "ami-2021-phase-1", "yes"),
    ]
    assert set(site.intake(there).listings["source_url"]) == {there.url}


@pytest.mark.parametrize(
    ("template", "line", "row"),
    [
        ("- {region} - {name}", "- Grand Est - PTCE Stras Eco Renov", ("Grand Est", "PTCE Stras Eco Renov")),
        ("- {region} - {name}", "● Auvergne-Rhône Alpes – La Place", ("Auvergne-Rhône Alpes", "La Place")),
        ("{name} ({region}) : {activity}", "Le Pôle (PACA): du vélo : oui", ("PACA", "Le Pôle")),
        ("{name} ({region}) :", "Le Pôle\u00a0(PACA)\u2009:", ("PACA", "Le Pôle")),
        ("{name} ({region})", "• Clus’Ter (Jura ;) (Bourgogne)", ("Bourgogne", "Clus’Ter (Jura ;)")),
        ("PTCE {name}.....P.{activity} ({region})", "PTCE Écho.....P.7 (PDL)", ("PDL", "Écho")),
        ("l'{name} - {region}", "L’Écopôle — PACA", ("PACA", "Écopôle")),
    ],
)
def test_templates(site: Any, template: str, line: str, row: tuple[str, str]) -> None:
    there = lines(site, "{name}").model_copy(update={"options": lines(site, template).options})
    (found,) = rows_of_lines([line, "Autre chose", "a" * 100_000], there).rows
    assert (found["region"], found["name"]) == row


def test_a_strict_list_has_no_other_lines(site: Any) -> None:
    there = lines(site, "{carrier} ({department}) : {name}", strict=True, select="ul")
    site.serve("/laureats/", PAGE % OCCITANIE, HTML)
    assert "lines that are not '{carrier} ({department}) : {name}': 'À bientôt'" in str(site.collect(there).error)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (PAGE % "", "0 rows"),  # nothing fits any more
        (PAGE.replace("Les lauréats :", "Palmarès") % OCCITANIE, "no line begins with 'Les lauréats'"),
        (PAGE.replace("main>", "div>") % OCCITANIE, "nothing at 'main' on the page 'Les lauréats'"),
        (PAGE.replace("fr-FR", "en") % OCCITANIE, "the page is in 'en', 'fr' was expected"),
        ("<html><title>Se connecter</title><form><input type=Password></form>", "asks to log in: 'Se connecter'"),
        ("<html><title>Just a moment...</title><p>Checking", "asks to log in: 'Just a moment...'"),
        ("", "an empty page"),
        ("\x00\x01", "an empty page"),
        ("{}", "nothing at 'main'"),
    ],
)
def test_a_page_that_is_not_what_it_was(site: Any, body: str, said: str) -> None:
    there = lines(site, "{carrier} ({department}) : {name}", after="Les lauréats", until="Contacts")
    site.serve("/laureats/", PAGE % OCCITANIE, HTML)
    site.collect(there)
    site.serve("/laureats/", body, HTML)
    log = site.collect(there)
    assert log.outcome in ("malformed", "suspicious")
    assert said in str(log.error)
    assert len(site.names(there)) == 2


def test_an_older_charset(site: Any) -> None:
    there = lines(site, "{carrier} ({department}) : {name}")
    page = (PAGE % OCCITANIE).replace("<head>", '<head><meta charset="iso-8859-1">')
    site.serve("/laureats/", page.encode("cp1252"), "text/html")
    site.collect(there)
    assert "Pôle de l’Aude" in site.names(there)


def test_tables(site: Any) -> None:
    there = site.entry("html_table", "/t", columns={"name": "Nom", "region": "Région"}, ignore=["Page"])
    body = """<table><caption>PTCE</caption><thead><tr><th>Région</th><th>Nom<br>du pôle</th><th>Page</th></tr></thead>
    <tr><td rowspan=2>Occitanie</td><td>Pôle 1</td><td><table><tr><td>9</td></tr></table></td></tr>
    <tr><td>Pôle 2</td><td></td></tr><tr><td colspan="2">PACA</td><td>3</td></tr></table>"""
    site.serve("/t", body, HTML)
    assert "1 unknown column: 'Nom du pôle'; 1 missing column: 'Nom'" in str(site.collect(there).error)
    site.serve("/t", body.replace("<br>du pôle", ""), HTML)
    site.collect(there)
    assert site.rows(there, "region", "name") == [("Occitanie", "Pôle 1"), ("Occitanie", "Pôle 2"), ("PACA", "PACA")]
    site.serve("/t", "<p>Le tableau a déménagé", HTML)
    assert "no table on the page" in str(site.collect(there).error)
    wide = "<table><tr>" + "<td colspan=400>a</td>" * 5000 + "</tr></table>"
    site.serve("/t", wide, HTML)
    assert "more than 500 columns" in str(site.collect(there).error)


def test_listings_by_selectors_page_after_page(site: Any) -> None:
    there = site.entry(
        "html_items",
        "/annuaire",
        columns={"name": "nom", "website": "site", "commune": "lieu"},
        options={
            "items": "article.ptce",
            "fields": {"nom": "h3", "site": "a.site@href", "lieu": ".lieu"},
            "next": "a[rel=next]",
        },
    )
    item = '<article class="ptce x"><h3>Pôle %d</h3><a class=site href="https://p.example/%d">voir</a></article>'
    site.serve("/annuaire", "".join(item % (n, n) for n in (1, 2)) + '<a rel=next href="?page=2">', HTML)
    site.serve("/annuaire", item % (3, 3), HTML, query_string="page=2")
    assert site.collect(there).pages == 2
    assert site.rows(there, "name", "website", "commune")[2] == ("Pôle 3", "https://p.example/3", None)
    # a next page that is the first one again, and one that is elsewhere
    site.serve("/annuaire", item % (3, 3) + '<a rel=next href="/annuaire">', HTML, query_string="page=2")
    assert "leads back to one that was read before" in str(site.collect(there).error)
    site.serve(
        "/annuaire", item % (3, 3) + '<a rel=next href="https://elsewhere.example/">', HTML, query_string="page=2"
    )
    assert "leads to another host" in str(site.collect(there).error)
    site.serve("/annuaire", "<p>Plus rien", HTML)
    assert "nothing at 'article.ptce'" in str(site.collect(there).error)
    assert len(site.names(there)) == 3


def test_text_is_cut_where_a_reader_sees_a_new_line() -> None:
    body = (
        "<div>Un <b>pôle</b>&nbsp;ici<br>deux<ul><li>trois<li>quatre</ul><!-- non -->cinq<script>x</script> six</div>"
    )
    assert list(text_lines(parsed(body))) == ["Un pôle ici", "deux", "trois", "quatre", "cinq six"]


class TestWordpress:
    def post(self, number: int, content: str = "<p>…</p>") -> dict[str, Any]:
        return {
            "id": number,
            "slug": f"ptce-{number}",
            "link": f"https://example.org/ptce-{number}/",
            "date_gmt": "2024-03-01T10:00:00",
            "modified_gmt": "2024-03-01T10:00:00",
            "title": {"rendered": "L&#8217;appel <em>PTCE</em> n&deg;%d" % number},  # noqa: UP031
            "content": {"rendered": content, "protected": False},
        }

    def serve(self, site: Any, posts: list[dict[str, Any]], total: int | None = None) -> None:
        total = len(posts) if total is None else total
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // 100))}
        base = (
            "per_page=100&_fields=id%2Cslug%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle%2Ccontent&orderby=date&order=desc"
        )
        for start in range(0, max(total, 1), 100):
            query = f"{base}&search=ptce&page={start // 100 + 1}"
            site.serve("/wp-json/wp/v2/posts", posts[start : start + 100], headers=headers, query_string=query)

    def entry(self, site: Any, **changes: Any) -> Any:
        return site.entry("wordpress", "/wp-json/wp/v2/posts?search=ptce", **changes)

    def test_posts(self, site: Any) -> None:
        there = self.entry(site, columns={"name": "title", "source_url": "link", "source_date": "date_gmt"})
        self.serve(site, [self.post(n) for n in range(1, 121)])
        assert site.collect(there).pages == 2
        assert site.rows(there, "name", "source_url")[0] == ("L’appel PTCE n°1", "https://example.org/ptce-1/")
        self.serve(site, [self.post(n) for n in range(1, 119)], 120)
        assert "118 rows read, 120 announced" in str(site.collect(there).error)

    def test_lines_of_posts(self, site: Any) -> None:
        there = self.entry(
            site, columns={"name": "name", "region": "region"}, options={"line": "{name} ({region}) : {activity}"}
        )
        there = there.model_copy(update={"ignore": ("activity",)})
        self.serve(
            site, [self.post(1, "<h2>Lauréats</h2><p>Pôle Sud (PACA)&nbsp;: du vélo<br>Le Levier (Ain) : eau</p>")]
        )
        site.collect(there)
        assert site.rows(there, "name", "region") == [("Pôle Sud", "PACA"), ("Le Levier", "Ain")]

    def test_closed(self, site: Any) -> None:
        there = self.entry(site, columns={"name": "title"})
        body = {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}
        site.serve("/wp-json/wp/v2/posts", body, status=404)
        assert site.collect(there).outcome == "not_found"
        site.serve("/wp-json/wp/v2/posts", body)
        assert site.collect(there).outcome == "auth"
        site.serve("/wp-json/wp/v2/posts", [])
        assert "no header x-wp-totalpages" in str(site.collect(there).error)


class TestDrupal:
    def node(self, title: str) -> dict[str, Any]:
        attributes = {
            "drupal_internal__nid": 1,
            "langcode": "fr",
            "status": True,
            "title": title,
            "path": {"alias": "/a"},
        }
        return {"type": "node--ptce", "id": "u", "attributes": {**attributes, "field_commune": "Arles"}}

    def test_by_links(self, site: Any) -> None:
        there = site.entry(
            "drupal", "/jsonapi/node/ptce?page[limit]=50", columns={"name": "title", "commune": "field_commune"}
        )
        following = {"next": {"href": site.server.url_for("/jsonapi/node/ptce?page[offset]=50")}}
        kind = "application/vnd.api+json"
        site.serve("/jsonapi/node/ptce", {"data": [self.node("Pôle 1")], "links": following}, kind)
        site.serve("/jsonapi/node/ptce", {"data": [], "links": {"next": {"href": "?page[offset]=99"}}}, kind,
                   query_string="page%5Boffset%5D=50")  # fmt: skip
        site.serve("/jsonapi/node/ptce", {"data": [self.node("Pôle 2")], "links": {}}, kind,
                   query_string="page%5Boffset%5D=99")  # fmt: skip
        assert site.collect(there).pages == 3
        assert site.names(there) == ["Pôle 1", "Pôle 2"]
        site.serve("/jsonapi/node/ptce", {"errors": [{"title": "Forbidden", "status": "403"}]}, kind)
        assert site.collect(there).outcome == "auth"

    def test_lines_of_bodies(self, site: Any) -> None:
        there = site.entry(
            "drupal", "/j", columns={"name": "name"}, ignore=["region"], options={"line": "- {region} - {name}"}
        )
        node = self.node("8 lauréats")
        node["attributes"]["body"] = {"value": "", "processed": "<ul><li>- Centre - Pôle 1</li></ul>"}
        site.serve("/j", {"data": [node], "links": {}})
        site.collect(there)
        assert site.names(there) == ["Pôle 1"]


class TestMediawiki:
    TABLE = """{| class="wikitable"
! Nom !! Région <!-- x -->
|-
| '''[[Pôle Sud|Le Pôle Sud]]'''<ref>note</ref> || PACA
|-
| [https://example.org Le Levier] || {{lang|fr|Ain}}
|}"""

    def page(self, text: str) -> dict[str, Any]:
        slot = {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": text}
        revision = {"revid": 222, "sha1": "x", "slots": {"main": slot}}
        return {"batchcomplete": True, "query": {"pages": [{"pageid": 1, "title": "PTCE", "revisions": [revision]}]}}

    def entry(self, site: Any, **options: Any) -> Any:
        return site.entry(
            "mediawiki",
            "/w/api.php",
            columns={"name": "name" if "line" in options else "Nom"},
            ignore=["region", "Région"],
            licence_id="cc-by-sa-4.0",
            options={"title": "Pôle territorial de coopération économique", **options},
        )

    def test_tables(self, site: Any) -> None:
        site.serve("/w/api.php", self.page(f"Texte\n== Liste des pôles ==\n{self.TABLE}\n== Autres ==\n{{|\n|x\n|}}"))
        there = self.entry(site, section="Liste des pôles")
        assert site.collect(there).outcome == "ok"
        assert site.names(there) == ["Le Pôle Sud", "Le Levier"]
        assert "formatversion=2" in site.asked()[0]

    def test_lists(self, site: Any) -> None:
        there = self.entry(site, part="lists", line="{name} ({region})")
        site.serve(
            "/w/api.php",
            self.page("Intro (non)\n* [[A|Pôle Sud]] ([[PACA]])\n* Le ''Levier'' (Ain)<ref>x</ref>\n\nFin (non)"),
        )
        site.collect(there)
        assert site.names(there) == ["Pôle Sud", "Le Levier"]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"batchcomplete": True, "query": {"pages": [{"ns": 0, "title": "X", "missing": True}]}}, "no such page"),
            ({"error": {"code": "maxlag", "info": "Waiting for …: 6.1 seconds lagged."}}, "maxlag: Waiting"),
            ({"query": {"pages": [{"revisions": [{"slots": {}}]}]}}, "a page without its text"),
            ({"query": {"pages": {"1": {"revisions": []}}}}, "a page without its text"),
        ],
    )
    def test_what_comes_with_a_200(self, site: Any, body: Any, said: str) -> None:
        site.serve("/w/api.php", body)
        log = site.collect(self.entry(site))
        assert (log.outcome, said in str(log.error)) == ("malformed", True)


@pytest.mark.parametrize("selector", ["li[", "li::text", "li:foo", "li:nth-child(x y)", "svg|li", "[a='\x01']"])
def test_a_selector_that_is_none(site: Any, selector: str) -> None:
    there = lines(site, "{name}", select=selector)
    site.serve("/laureats/", PAGE % OCCITANIE, HTML)
    assert f"no selector: {selector!r}" in str(site.collect(there).error)


def test_a_template_is_needed(site: Any) -> None:
    there = lines(site, "{name}").model_copy(
        update={"options": lines(site, "{name}").options.model_copy(update={"line": None})}
    )
    with pytest.raises(SourceChanged, match="no template"):
        rows_of_lines(["a"], there)
