"""Commands as processes of their own: what serves can be asked, what runs can be stopped."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

SOON = 30.0
"""Seconds in which a process has to begin, on a slow machine."""


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    """A person's shell without settings, and a database in a folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIPKIT_")}
    return {**kept, "TRIPKIT_DATABASE": f"sqlite:///{folder / 'trips.sqlite3'}", "PYTHONUNBUFFERED": "1"}


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tripkit", *words]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tripkit", *words]
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def asked(address: str) -> str:
    """The page at an address that may not be served yet."""
    deadline = monotonic() + SOON
    while True:
        try:
            with urllib.request.urlopen(address, timeout=SOON) as answer:
                return str(answer.read().decode())
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.1)


def test_from_a_new_trip_to_its_page_on_the_web(tmp_path: Path) -> None:
    assert run(tmp_path, "event", "new", "var-resa").returncode == 0
    made = run(tmp_path, "event", "apply", "var-resa", "--language", "sv")
    assert (made.returncode, made.stderr) == (0, "Här fanns ingen databas. En ny finns i trips.sqlite3\n")
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port)) as process:
        begin = rf"Nobody has an account here yet\. Begin at http://127\.0\.0\.1:{port}/en/setup/ with the code \S+\n"
        assert re.fullmatch(begin, first_line(process))
        assert first_line(process) == f"Serving http://127.0.0.1:{port}/. Stop with Ctrl-C.\n"
        page = asked(f"http://127.0.0.1:{port}/sv/my-organisation/var-resa/")
        assert "Vår första studieresa" in page
        # Nobody said under which address people come: it is the one that is served.
        assert f'<link rel="canonical" href="http://127.0.0.1:{port}/sv/my-organisation/var-resa/">' in page
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) in {0, 130, -signal.SIGINT}


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        done = run(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 1
    assert (
        done.stderr
        == f"Error: Port {port} on 127.0.0.1 cannot be used: Address already in use. Choose another --port.\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_ends_in_order_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "worker") as process:
        assert first_line(process) == "Working. Stop with Ctrl-C.\n"
        process.send_signal(number)
        assert process.wait(SOON) == 0
        assert process.stdout is not None and process.stdout.read() == ""


def test_an_error_in_a_directory_ends_the_process_with_one_and_says_where(tmp_path: Path) -> None:
    run(tmp_path, "event", "new", "resa")
    file = tmp_path / "resa" / "event.yaml"
    file.write_text(file.read_text("utf-8").replace("  size: 30", "\tsize: 30"), "utf-8")
    done = run(tmp_path, "event", "check", "resa")
    assert (done.returncode, done.stderr) == (1, "")
    place, what = done.stdout.splitlines()[0].split(": ", 1)
    assert place.startswith("resa/event.yaml:") and what == "a tab stands where YAML wants spaces; indent with spaces"


def test_a_terminal_that_cannot_show_a_character_gets_a_question_mark_for_it(tmp_path: Path) -> None:
    run(tmp_path, "event", "new", "resa")
    command = [sys.executable, "-m", "tripkit", "event", "check", "resa", "--language", "sv"]
    latin = {**environment(tmp_path), "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(command, cwd=tmp_path, env=latin, capture_output=True, timeout=60, check=True)
    assert done.stdout.decode("latin-1").startswith("resa går att använda: ?Vår första studieresa?, ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evnt"], "'evnt'. Did you mean: python -m tripkit event"),
        (["check", "resa"], "'check'. Did you mean: python -m tripkit event check"),
        (["event", "aply"], "'aply'. Did you mean: python -m tripkit event apply"),
        (["zzz"], "'zzz'."),
    ],
)
def test_an_unknown_command_is_said_with_two_and_with_the_one_that_may_be_meant(
    tmp_path: Path, words: list[str], said: str
) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stderr.endswith(f"No such command {said}\n")
