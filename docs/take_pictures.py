"""Takes the picture of a trip page that the README shows: `python docs/take_pictures.py ADDRESS`, while `make demo` runs at ADDRESS."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGE = "/en/studieresekansliet/gothenburg-2019/"
SIZE = {"width": 1280, "height": 1010}


def take(address: str) -> None:
    """Write docs/pictures/trip.png: the first screen of the fully booked trip."""
    with sync_playwright() as playwright:
        chromium = os.environ.get("TRIPKIT_TEST_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        page.goto(address.rstrip("/") + PAGE, wait_until="networkidle")
        # The bar that says the clock is set belongs to the demonstration, not to the page.
        page.locator(".clock-bar").evaluate("bar => bar.remove()")
        page.screenshot(path=Path(__file__).parent / "pictures" / "trip.png")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
