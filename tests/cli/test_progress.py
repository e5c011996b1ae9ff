"""How far a long command is: silent when quick, one line on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from tripkit.cli import progress as module
from tripkit.cli.progress import progress, told

WORK = """
import sys
from time import sleep
from tripkit.cli import progress as module
module.QUIET = {quiet}
module.ELSEWHERE = {elsewhere}
with module.progress("Bookings", 4) as shown:
    while shown.done < 4:
        sleep({each})
        shown.advance()
print("Done.")
"""


def test_what_is_said_of_something_counted() -> None:
    assert told("Bookings", 120, 480, 3.0) == "Bookings: 120 of 480, 40 a second, 0:09 left"
    assert told("Rows", 12_000, 50_000, 4000.0) == "Rows: 12,000 of 50,000, 3 a second, 3:31:07 left"
    assert told("Rows", 1, 3, 0.0) == "Rows: 1 of 3, 1,000 a second, 0:00 left"
    assert (
        told("Rader", 1200, 2400, 800.0, "sv")
        == "Rader: 1\N{NO-BREAK SPACE}200 av 2\N{NO-BREAK SPACE}400, 1,5 i sekunden, 13:20 kvar"
    )


def test_what_is_said_where_nobody_knows_how_many_there_are() -> None:
    assert told("Rows", 90, None, 60.0) == "Rows: 90, 1.5 a second, 1:00 so far"
    assert told("Looking (Redis)", 0, None, 12.4) == "Looking (Redis): 0:12 so far"
    assert told("Rows", 0, 100, 3.0) == "Rows: 0:03 so far"
    assert told("Rows", 101, 100, 10.0) == "Rows: 101 of 100, 10 a second, 0:00 left", "more than was expected"


def run(elsewhere: float, each: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WORK.format(quiet=0.0, elsewhere=elsewhere, each=each)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_what_is_quick_says_nothing() -> None:
    assert run(30.0, 0.0).stderr == ""


def test_a_log_gets_whole_lines_and_nothing_that_moves_a_cursor() -> None:
    done = run(0.5, 0.5)
    assert done.stdout == "Done.\n"
    lines = done.stderr.splitlines()
    assert lines
    assert {re.sub(r"\d.*", "", line) for line in lines} == {"Bookings: "}


def test_a_terminal_has_one_line_that_is_gone_at_the_end() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", WORK.format(quiet=0.0, elsewhere=60.0, each=0.5)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ):
        os.close(theirs)
        written = b""
        with suppress(OSError):  # How a terminal says that nobody writes to it any more.
            while part := os.read(ours, 4096):
                written += part
    os.close(ours)
    lines = written.decode().split("\r")
    assert lines[0] == "" and lines[-1] == "\x1b[K", "the last thing is an empty line"
    assert "\n" not in written.decode()
    shown = {re.sub(r", .*", "", line.removesuffix("\x1b[K")) for line in lines[1:-1]}
    assert shown & {"Bookings: 1 of 4", "Bookings: 2 of 4", "Bookings: 3 of 4"}


def test_the_line_ends_with_its_block_whatever_goes_wrong_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "QUIET", 0.0)
    monkeypatch.setattr(module, "ELSEWHERE", 0.0)
    written = threading.Event()
    monkeypatch.setattr(module.Progress, "line", lambda _: "" if written.set() else "a line")
    went_wrong = ValueError("half way")

    def work() -> None:
        with progress("Rows", 2):
            assert written.wait(30)
            raise went_wrong

    with pytest.raises(ValueError, match="half way"):
        work()
    capsys.readouterr()
    assert "tripkit-progress" not in {thread.name for thread in threading.enumerate()}
    assert capsys.readouterr().err == ""


def test_a_terminal_that_is_closed_stops_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUIET", 0.0)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
        with progress("Rows", 2) as shown:
            shown.advance(2)
        monkeypatch.undo()
        with suppress(BrokenPipeError):
            closed.close()
    assert shown.done == 2
