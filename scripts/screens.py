"""The two pictures of the README: the site of the bundled listings in Chromium, made small enough for a repository.

    .venv/bin/python scripts/screens.py        after `ptce run`, which publishes what is shown

Needs Chromium (scripts/browser.sh) and writes docs/images/. Pictures differ by a few pixels from machine to machine
(fonts), so no test compares them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
# Name, page, width, height of the part shown, theme.
SHOTS = [
    ("site-home", "fr/index.html", 1280, 1420, "light"),
    ("site-dark", "fr/index.html#carte", 1280, 1000, "dark"),
]
LIMIT = 200_000


def main(site: Path) -> None:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium: scripts/browser.sh installs it, or says how")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for name, page_path, width, height, theme in SHOTS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=0.75
            )
            page.goto(f"{site.resolve().as_uri()}/{page_path}")
            file = IMAGES / f"{name}.png"
            page.screenshot(path=file)
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")
            if file.stat().st_size > LIMIT:
                raise SystemExit(f"{file.name} is over {LIMIT:,} bytes: show less of the page")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "processed" / "latest" / "site")
