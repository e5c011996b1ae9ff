"""Limits as they are served: behind the servers tripkit is run with, what a proxy writes arrives, and is believed as far as it should."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.test_processes import SOON, asked, environment, free_port

SIGNUPS = 30


@contextmanager
def served(folder: Path, by: str, proxies: int, **more: str) -> Iterator[int]:
    """A site without trips; its port."""
    port = free_port()
    settings = {**environment(folder), "TRIPKIT_PROXIES": str(proxies), "TRIPKIT_MAIL": f"files:{folder / 'mail'}"}
    settings |= more
    command = {
        "tripkit serve": ["tripkit", "serve", "--port", str(port)],
        "gunicorn": ["gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "tripkit.app:create_app()"],
    }[by]
    if not (folder / "trips.sqlite3").exists():
        subprocess.run([sys.executable, "-m", "tripkit", "db", "upgrade"], cwd=folder, env=settings, check=True)
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen([sys.executable, "-m", *command], cwd=folder, env=settings, stdout=log, stderr=log) as process,
    ):
        try:
            asked(f"http://127.0.0.1:{port}/robots.txt")
            yield port
        finally:
            process.terminate()
            process.wait(SOON)


def sent(port: int, *headers: str) -> int:
    """What a sign-up form, sent with these X-Forwarded-For headers, is answered with."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SOON)) as line:
        line.putrequest("POST", "/en/nobody/nowhere/sign-up/")
        line.putheader("Content-Length", "0")
        for header in headers:
            line.putheader("X-Forwarded-For", header)
        line.endheaders()
        return line.getresponse().status


@pytest.mark.parametrize("by", ["tripkit serve", "gunicorn"])
def test_behind_one_proxy_visitors_are_told_apart_and_forged_entries_help_nobody(tmp_path: Path, by: str) -> None:
    with served(tmp_path, by, proxies=1) as port:
        # In one header, as nginx and Caddy write it, or in one of its own after the visitor's.
        found = [
            sent(port, f"192.0.2.{number}, 203.0.113.9")
            if number % 2
            else sent(port, f'192.0.2.{number}, "', "203.0.113.9")
            for number in range(SIGNUPS)
        ]
        assert found == [404] * SIGNUPS
        assert sent(port, "203.0.113.9") == 429
        assert sent(port, "203.0.113.9, 203.0.113.10") == 404


def test_where_no_proxy_is_believed_the_header_is_nothing(tmp_path: Path) -> None:
    with served(tmp_path, "tripkit serve", proxies=0) as port:
        assert [sent(port, f"192.0.2.{number}") for number in range(SIGNUPS)] == [404] * SIGNUPS
        assert sent(port, "192.0.2.99") == 429
