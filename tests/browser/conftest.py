"""A real Chromium, one for all the tests of this folder, and a page that notes what it asks for and complains of."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from ptce_etl import pipeline
from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.config import Paths
from ptce_etl.pipeline import auditing
from ptce_etl.report.editions import edition_of
from ptce_etl.report.material import Edition
from tests.cli.conftest import write_world
from tests.conftest import BUILT_AT

SHOTS = Path(__file__).resolve().parents[2] / "artifacts" / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

# Names as an enemy would write them: markup, quotes, text turned around, characters that nobody sees.
HOSTILE = [
    "<script>document.title='taken'</script>Moulin",
    '"><img src=x onerror="document.title=1">Lac',
    "Pôle \u202egnorw\u202c Sud",
    "Zéro\u200b\u200dlargeur {{ 7 * 7 }} & Cie",
    "</script></title><svg onload=alert(1)>",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "no Chromium: scripts/browser.sh installs it, or says how"
    with sync_playwright() as playwright:
        # Python's own event loop must be free again for the tests of other folders: the browser ends with the file.
        started = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield started
        started.close()


class Visit:
    """A page with what it asked for and what went wrong in it."""

    def __init__(self, context: BrowserContext, root: str) -> None:
        self.context = context
        self.root = root
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.errors.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what the next page had no use for
            self.errors.append(f"failed: {request.url}: {request.failure}")

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.root}{path}")
        return self.page

    def left_the_site(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(self.root)]


Visits = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visits]:
    """``visit(root, width=…, color_scheme=…)``: a page in a context of its own, that must end without a complaint."""
    made: list[Visit] = []

    def open_one(root: str, *, width: int = 1280, **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        made.append(Visit(context, root))
        return made[-1]

    yield open_one
    for one in made:
        one.context.close()
        assert not one.errors
        assert not one.left_the_site()


@pytest.fixture(scope="session")
def edition(built_root: Path) -> Edition:
    """What the site of the bundled listings is made of: the pages must show its numbers."""
    return edition_of(Paths(built_root), "latest", load_programmes())


@pytest.fixture(scope="session")
def files(built_root: Path) -> str:
    """The site of the bundled listings, opened from the disk."""
    return (built_root / "processed" / "latest" / "site").resolve().as_uri() + "/"


@pytest.fixture(scope="module")
def server(built_root: Path) -> Iterator[str]:
    """The same, served by ``ptce serve`` in a process of its own."""
    command = [Path(sys.executable).parent / "ptce", "serve", "--port", "0", "--data", str(built_root), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            text = ""
            while not text.rstrip().endswith("}"):
                text += process.stdout.readline()
                assert process.poll() is None, text
            yield json.loads(text)["address"] + "site/"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The site of a small world whose names and addresses mean harm, through the real pipeline."""
    root = tmp_path_factory.mktemp("hostile") / "data"
    write_world(root)
    ledger = root / "raw" / "transcribed" / "listings.csv"
    lines = ledger.read_text("utf-8").splitlines()
    for n, name in enumerate(HOSTILE):
        quoted = name.replace('"', '""')
        address = "javascript:alert(1)" if n == 0 else f"https://h.example/{n}"
        lines.append(f'h{n},{address},"{quoted}",2023,article,,,"{quoted}","{quoted}",,,')
    ledger.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditing, "run_checks", partial(auditing.run_checks, only=["poles.schema.*"]))
        done = pipeline.run(pipeline.open_context(root, now=BUILT_AT)).publication
    assert done.outcome == "published", done.message
    return (done.path / "site").resolve().as_uri() + "/"


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], None]:
    """Keep a picture of the page's first screens among the artifacts; nobody compares it byte for byte."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        view = page.viewport_size
        assert view is not None
        height = min(4_000, page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": view["width"], "height": height}
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True, clip=clip)

    return take
