"""The table of errors: each thing written wrong says what the table says, and written right it says nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.docs.blocks import page_text
from tests.docs.running import TODAY
from tripkit.cli import main
from tripkit.cli.event_starter import starter_files

_ROW = re.compile(r"\| `(.+?)` \| (.+?) \| `(.+?)` \|")
ROWS = _ROW.findall(page_text("docs/event-directory/how-to.md"))


def with_line(folder: Path, line: str) -> str:
    """What `check` says when a line of the small trip, the first one with the same key, is written so."""
    for name, data in starter_files("trip", date.fromisoformat(TODAY[:10]), str).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    file = folder / "event.yaml"
    key = line.partition(":")[0]
    text = file.read_text("utf-8")
    changed = re.sub(
        rf"^([ -]*){key}:.*(\n {{4}}(sv|en):.*)*$", lambda match: match[1] + line, text, count=1, flags=re.MULTILINE
    )
    assert changed != text or line in text, line
    file.write_text(changed, "utf-8")
    return CliRunner().invoke(main, ["event", "check", str(folder)], catch_exceptions=False).output


def test_there_is_a_table() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize(("wrong", "said", "right"), ROWS, ids=[row[0] for row in ROWS])
def test_an_error_says_what_the_table_says(tmp_path: Path, wrong: str, said: str, right: str) -> None:
    told = with_line(tmp_path, wrong)
    assert f": {said}" in told
    assert "can be used" in with_line(tmp_path, right)
