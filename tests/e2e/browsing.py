"""What every walk in a browser is watched for: script errors, broken rules of accessibility, sideways scrolling."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """rules => axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})
    .then(found => found.violations)"""
"""What is right, element by element, stays in the browser: to bring it all over takes several times as long as to look."""
WIDER_THAN_THE_WINDOW = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return "";
    const edge = document.documentElement.clientWidth;
    const those = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > edge + 1);
    return `${wide} px at ${edge} px: ` + those.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(" | ");
}"""
PICTURES = os.environ.get("TRIPKIT_TEST_PICTURES")
"""A folder that screenshots are written to, if named."""
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
WALKS = [("sv", "phone"), ("en", "desktop")]
"""In which language and at which size a walk is taken: each of them once. What is too wide is looked for at every width."""
NARROWEST_TO_WIDEST = (320, 390, 768, 1280)


@dataclass
class Visitor:
    """A browser of somebody's own, and what went wrong in it. ``refused``: statuses of answers that are expected."""

    context: BrowserContext
    page: Page
    url: str
    language: str
    size: str
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open an address of the site."""
        self.page.goto(self.url + path)
        return self.page

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page, when somebody wants to look."""
        if PICTURES:
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}-{self.language}-{self.size}.png", full_page=True)


def visitor(browser: Browser, url: str, *, language: str = "sv", size: str = "phone", **options: Any) -> Visitor:
    """Somebody with a browser of this size, in light scheme unless told otherwise."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"sv": "sv-SE", "en": "en-GB"}[language],
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    someone = Visitor(context, page, url, language, size)
    page.on("console", lambda message: _note(someone, message))
    page.on("pageerror", lambda error: someone.errors.append(f"{page.url}: {error}"))
    return someone


def _note(someone: Visitor, message: ConsoleMessage) -> None:
    # A form that is shown again answers 4xx on purpose, and Chromium logs that as if a file were missing.
    of_the_page = message.location.get("url") == someone.page.url and "Failed to load resource" in message.text
    if message.type in {"error", "warning"} and not of_the_page:
        someone.errors.append(f"{someone.page.url}: {message.text} ({message.location.get('url')})")


def faults(page: Page) -> list[str]:
    """What axe-core finds on the page as it is shown now."""
    page.wait_for_load_state()  # A click waits for the next page to begin, and no longer.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(LOOK, list(RULES))
    return [
        f"{fault['id']}: {fault['help']} {json.dumps(node['target'], ensure_ascii=False)} {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ]


def scrolls_sideways(page: Page, widths: Iterable[int] = NARROWEST_TO_WIDEST) -> str:
    """What is wider than the window at one of these widths, empty when nothing is."""
    page.wait_for_load_state()
    shown = page.viewport_size
    assert shown is not None
    found = ""
    for width in widths:
        page.set_viewport_size({**shown, "width": width})
        found = found or str(page.evaluate(WIDER_THAN_THE_WINDOW))
    page.set_viewport_size(shown)
    return found


def path_of(page: Page) -> str:
    """The address without the host."""
    return re.sub(r"^https?://[^/]+", "", page.url)
