"""`make bench` measures what it says: every comparison runs, and figures are those of the rounds beside each other."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bench.figures import figures, table
from bench.servers import POSTGRES, shown
from bench.visitors import Round
from tests.house.tree import ROOT


def test_a_ratio_is_the_middle_one_of_the_rounds_beside_each_other() -> None:
    bare = [Round(100.0, [0.01] * 100), Round(50.0, [0.02] * 100), Round(10.0, [0.1] * 100)]
    ours = [Round(50.0, [0.02] * 100), Round(40.0, [0.02] * 100), Round(1.0, [0.02] * 99 + [1.0])]
    found = figures("ours", ours, bare)
    assert (found.per_second, found.ratio, found.lowest, found.highest) == (40.0, 0.5, 0.1, 0.8)
    assert found.median == pytest.approx(20)
    assert table("Sign-ups", [figures("bare", bare, bare), found]).splitlines()[-1].split()[:3] == [
        "ours",
        "40",
        "20.0",
    ]


def test_the_slowest_hundredth_is_told() -> None:
    found = figures("ours", [Round(1.0, [0.001] * 98 + [0.5, 0.6])], [Round(1.0, [1.0])])
    assert (found.median, found.p99) == (pytest.approx(1), pytest.approx(600))


def test_a_password_in_the_address_of_a_server_is_not_printed() -> None:
    assert shown("postgresql+psycopg://me:secret@127.0.0.1/x") == "postgresql+psycopg://me:***@127.0.0.1/x"
    assert "secret" not in shown(POSTGRES)


def test_a_short_run_compares_pages_and_sign_ups() -> None:
    command = [sys.executable, "-m", "bench", "--server", "waitress", "--sqlite", "--rounds", "1", "--seconds", "0.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "PostgreSQL is not measured: as you asked." in done.stdout
    assert re.search(r"waitress: a kept trip page comes at \d\.\d\d of the rate of a bare Flask page", done.stdout)
    assert re.search(r"waitress, SQLite: sign-ups at \d\.\d\d of the rate of the bare transaction", done.stdout)
