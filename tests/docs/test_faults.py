"""The page about faults names every test of them, and none that is not there; its table is what was counted."""

from __future__ import annotations

import json
import re

from tests.docs.blocks import page_text
from tests.docs.scripts import script
from tests.house.tree import ROOT

_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def test_every_test_of_a_fault_is_named_on_the_page_and_counted_ones_are_there() -> None:
    files = (ROOT / "tests" / "faults").glob("test_*.py")
    assert {*re.findall(r"`(test_\w+)`", page_text("docs/faults.md"))} == {
        name for file in files for name in _TEST.findall(file.read_text("utf-8"))
    }


def test_a_site_that_runs_on_is_counted_once() -> None:
    lines = [
        json.dumps({"site": site, "test": test, "bookings": number, "sent": number, "doubled": 0, "lost": 0})
        for site, test, number in [("1", "test_a[x]", 3), ("1", "test_b", 5), ("2", "test_a[y]", 4)]
    ]
    assert script("write_faults.py").added_up(lines) == {"test_a": [2, 7, 7, 0, 0], "test_b": [1, 2, 2, 0, 0]}
