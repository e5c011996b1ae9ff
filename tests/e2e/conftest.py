"""A real server, a real browser: Chromium through Playwright, the application under waitress on a demonstration's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import Visitor, visitor
from tests.e2e.demonstration import Site, build, serve_a_copy


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
