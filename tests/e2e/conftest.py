"""A real server, a real browser: Chromium through Playwright, the application under waitress on a demonstration's database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import missing
from tests.e2e.browsing import Visitor, visitor
from tests.e2e.demonstration import Site, build, serve_a_copy

CHROMIUM = os.environ.get("TRIPKIT_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run."""
    if CHROMIUM is None or not shutil.which(CHROMIUM):
        missing("browser", "no Chromium: install it, or name one in TRIPKIT_CHROMIUM")
    with ExitStack() as driver:
        try:
            playwright = driver.enter_context(sync_playwright())
        except Exception as error:  # noqa: BLE001 (the driver's own, of no closer kind)
            missing("browser", f"Playwright does not start ({error}); on Debian: apt-get install libatomic1")
        # Chromium's own sandbox cannot be set up by root in a container, and it sees nothing but our pages.
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's database, made once; nobody writes to it."""
    database = tmp_path_factory.mktemp("demonstration") / "demo.sqlite3"
    build(database)
    return database


@pytest.fixture(scope="session")
def site(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's site, for walks that change nothing."""
    with serve_a_copy(demo_database, tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture
def fresh_site(demo_database: Path, tmp_path: Path) -> Iterator[Site]:
    """The demonstration's site as it is in the beginning, for one walk that changes it."""
    with serve_a_copy(demo_database, tmp_path) as served:
        yield served


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a browser for somebody. When the test is over, none of them may have seen an error."""
    opened: list[Visitor] = []

    def open_one(url: str, **options: Any) -> Visitor:
        opened.append(visitor(browser, url, **options))
        return opened[-1]

    yield open_one
    for someone in opened:
        someone.context.close()
    assert [error for someone in opened for error in someone.errors] == []
