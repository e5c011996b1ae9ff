"""Lines of the log: read by people, read by programs; set up for a process of ours, and kept out of others' way."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tripkit.logs import about, identified, new_id
from tripkit.logs.lines import formatter

EMBEDDED = """
import logging, sys
from tripkit.app import create_app
from tripkit.settings import Settings
{before}
for _ in range(2):
    app = create_app(Settings(database_url="sqlite:///x.sqlite3", secret_key="only for tests, 32 characters..", log={form!r}))
{after}
logging.getLogger("somebody.else").info("not for you")
app.test_client().get("/robots.txt")
print(len(logging.getLogger().handlers), logging.getLogger().level)
"""


def record(message: str, *values: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("tripkit.test", logging.INFO, "", 1, message, values, None)
    made.__dict__.update(extra)
    return made


def test_a_line_for_people_is_one_line_with_the_number_of_its_errand() -> None:
    with identified() as errand:
        line = formatter("text").format(record("one\n%s", "two"))
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{{3}}Z info tripkit\.test \[{errand.id}\] one two", line)
    assert "[" not in formatter("text").format(record("nothing in particular"))


def test_a_line_for_programs_is_one_object() -> None:
    with identified() as errand:
        line = formatter("json").format(record("åäö\n%s", "two", **about(status=200, endpoint="public.trip")))
    assert "\n" not in line and "åäö" in line
    found = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found.pop("time"))
    assert found == {
        "level": "info",
        "logger": "tripkit.test",
        "id": errand.id,
        "message": "åäö two",
        "status": 200,
        "endpoint": "public.trip",
    }


def test_errands_have_numbers_that_can_be_read_out_and_end_with_their_block() -> None:
    numbers = {new_id() for _ in range(1000)}
    assert len(numbers) == 1000 and all(re.fullmatch("[0-9abcdefghjkmnpqrstvwxyz]{8}", number) for number in numbers)
    with identified() as outer:
        with identified() as inner:
            assert inner.id != outer.id
        assert json.loads(formatter("json").format(record("again")))["id"] == outer.id
    assert json.loads(formatter("json").format(record("after")))["id"] is None


def embedded(folder: Path, before: str = "", after: str = "", form: str = "text") -> subprocess.CompletedProcess[str]:
    code = EMBEDDED.format(before=before, after=after, form=form)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )


def test_an_application_whose_process_logs_nothing_writes_what_it_says_itself(tmp_path: Path) -> None:
    done = embedded(tmp_path)
    assert done.stdout == "0 30\n", "the root logger is as it was"
    assert re.fullmatch(r"\S+ \S+ info tripkit\.web\.access \[\w{8}\] GET public\.robots 200 .*\n", done.stderr)


def test_an_application_whose_process_logs_is_written_by_it_and_once(tmp_path: Path) -> None:
    basic = "logging.basicConfig(level=logging.INFO, format='theirs: %(message)s')"
    first = embedded(tmp_path, before=basic)
    later = embedded(tmp_path, after=basic)
    for done in (first, later):
        assert done.stdout == "1 20\n"
        assert [line.partition(" 200")[0] for line in done.stderr.splitlines()] == [
            "theirs: not for you",
            "theirs: GET public.robots",
        ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_logged_while_a_page_fails_tells_neither_address_nor_values(tmp_path: Path, form: str) -> None:
    fails = "app.view_functions['public.robots'] = lambda: int('Leyla Nilsson')"
    done = embedded(tmp_path, after=fails, form=form)
    assert "Leyla" not in done.stderr.replace("int('Leyla Nilsson')", "")
    lines = done.stderr.splitlines()
    if form == "json":
        error, access = (json.loads(line) for line in lines)
        assert error["id"] == access["id"] and error["error"].endswith("with base 10: “…”")
        assert (access["status"], access["endpoint"], access["statements"]) == (500, "public.robots", 0)
    else:
        assert " error tripkit.app [" in lines[0] and " 500 " in lines[-1]
        assert all(line.startswith("  ") for line in lines[1:-1])
