"""The site as files: the same bytes everywhere, nothing that leads nowhere, nothing that asks the network."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ptce_etl.report.material import Edition
from ptce_etl.report.site import render_site

HOME_LIMIT = 150_000

RENDER = """
import hashlib, sys
from pathlib import Path
from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.config import Paths
from ptce_etl.report.editions import edition_of
from ptce_etl.report.site import render_site
digest = hashlib.sha256()
for path, content in render_site(edition_of(Paths(Path(sys.argv[1])), "latest", load_programmes())):
    digest.update(path.encode() + b"\\0" + content)
print(digest.hexdigest())
"""


class Page(HTMLParser):
    """Addresses and anchors of a page, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inside = tag if tag in ("script", "style") else ""
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loads += [given[name] for name in ("src",) if name in given]
        if tag == "link":
            (self.links if given.get("rel") == "alternate" else self.loads).append(given["href"])
        self.inline += [name for name in given if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", " ".join(self.words))


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Page]:
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_another_process_another_locale_the_same_bytes(edition: Edition, built_root: Path, site: Path) -> None:
    digest = hashlib.sha256()
    n = 0
    for path, content in render_site(edition):
        digest.update(path.encode() + b"\0" + content)
        assert (site / path).read_bytes() == content, path
        n += 1
    assert n == sum(1 for path in site.rglob("*") if path.is_file())
    env = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"}
    command = [sys.executable, "-c", RENDER, str(built_root)]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == digest.hexdigest()


def test_every_link_leads_somewhere(pages: dict[str, Page], site: Path) -> None:
    wrong = []
    for name, page in pages.items():
        for link in {*page.links, *page.loads}:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            assert not parts.scheme, f"{name}: {link}"
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            if not target.resolve().is_file():
                wrong.append(f"{name}: {link}")
            elif parts.fragment and target.suffix == ".html":
                found = pages.get(target.resolve().relative_to(site).as_posix())
                if found is not None and unquote(parts.fragment) not in found.ids:
                    wrong.append(f"{name}: {link}")
    assert not wrong, "\n".join(wrong[:20])


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline(pages: dict[str, Page], site: Path) -> None:
    for name, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).scheme or load.startswith("//")], name
        assert not page.inline, name
        assert len(page.ids) == len(set(page.ids)), f"{name}: an id is there twice"
    css = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert "url(" not in css and "@import" not in css
    assert "fetch(" not in (site / "assets" / "site.js").read_text("utf-8")


def test_every_page_keeps_the_strict_policy(site: Path) -> None:
    for path in site.rglob("*.html"):
        head = path.read_text("utf-8").split("</head>")[0]
        assert "default-src 'none'" in head.replace("&#39;", "'"), path
        assert "unsafe" not in head, path


def test_the_home_page_is_light(site: Path) -> None:
    for language in ("fr", "en"):
        assert (site / language / "index.html").stat().st_size <= HOME_LIMIT


def test_every_file_to_download_says_what_it_is(site: Path, edition: Edition) -> None:
    for language in ("fr", "en"):
        table = (site / language / "data.html").read_text("utf-8").split("</table>")[0]
        assert table.count("<tr><td>") == sum("/" not in name for name in edition.files)
        assert "<td></td>" not in table


def test_french_is_typeset_as_french(pages: dict[str, Page]) -> None:
    for name in ("index", "data", "method", "card"):
        text = pages[f"fr/{name}.html"].text
        assert not re.search(r"(?<![\u202f\u00a0])[;!?%»](?=\s)", text), name
        assert not re.search(r"«(?!\u202f)|\w'\w|\d -\d", text), name


def test_the_growth_is_not_told_without_what_it_is_worth(pages: dict[str, Page], edition: Edition) -> None:
    row = edition.headline
    text = pages["fr/index.html"].text
    assert f"{row['base']} → {row['target']}" in text
    assert "découverts tard" in text
    assert "À sources constantes" in text
    for reason in row["comparable_why_fr"].split(" | "):
        assert reason.partition(":")[2].strip().replace("'", "’") in text


def test_numbers_lead_to_as_many_poles(pages: dict[str, Page], edition: Edition) -> None:
    listed = pages["fr/counts/listed.html"]
    text = listed.text
    target = [link for link in listed.links if link.startswith("../poles/")]
    assert len(set(target)) >= edition.headline["target"]
    assert f"Découverts tard\u202f: +{edition.headline['discovered_late']}" in text.replace(" \u202f", "\u202f")
    for row in edition.poles.values():
        assert f"fr/poles/{row['pole_id']}.html" in pages
        assert f"en/poles/{row['pole_id']}.html" in pages
