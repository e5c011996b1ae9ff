"""Every block of the README and of docs/ does what the page says, and those that are only shown are few and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import blocks, page_text, pages
from tests.docs.meanwhile import MEANWHILE
from tests.docs.running import run_page

SHOWN_ONLY = {
    "README.md": 1,
    "docs/draw.md": 2,  # Two lines of a file, and what is asked of an address: tests/eventfile and tests/web do the same.
    "docs/event-directory/index.md": 1,  # `tripkit serve`: tests/cli starts it and asks for a page.
    "docs/hosting.md": 14,  # As root, with systemd or Docker: tests/deploy runs what they start, and reads the files.
    "docs/install.md": 3,  # make wheel and pip: the test of the wheel does it, in a directory of its own.
    "docs/members.md": 2,  # About somebody who is not there: tests/cli does the same.
    "docs/look.md": 1,  # A part of a file.
    "docs/watching.md": 2,  # A line of a log, which tests/logs reads, and journalctl.
}
"""How many blocks of a page are marked “not run”. Each says why in its mark; a page that is not here has none."""

WITH_BLOCKS = [name for name in pages() if blocks(page_text(name))]


@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_the_blocks_of_a_page_do_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run_page(name, blocks(page_text(name)), tmp_path, MEANWHILE)


def test_blocks_that_are_only_shown_are_counted_and_say_why() -> None:
    marked = {name: [block for block in blocks(page_text(name)) if block.is_shown_only] for name in WITH_BLOCKS}
    assert {name: len(shown) for name, shown in marked.items() if shown} == SHOWN_ONLY
    assert all(len(block.marks["not run"]) > 10 for shown in marked.values() for block in shown)


def test_the_tutorial_and_the_first_pages_are_among_those_that_are_run() -> None:
    assert {"docs/event-directory/index.md", "docs/install.md", "docs/settings.md"} <= {*WITH_BLOCKS}
