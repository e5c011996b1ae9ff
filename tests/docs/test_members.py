"""The table of roles in the documentation is the one that holds."""

from __future__ import annotations

import re
from pathlib import Path

from tripkit.domain.rights import PERMISSIONS, TITLES, Level, Role

PAGE = Path(__file__).parents[2] / "docs" / "members.md"
LEVELS = {Level.NONE: "–", Level.SEE: "see", Level.CHANGE: "change"}


def test_each_role_may_what_the_page_says() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text("utf-8").splitlines()
        if re.match(r"\| ", line)
    ]
    assert rows[0] == ["", *(str(TITLES[role]) for role in Role)]
    assert rows[1:] == [
        [str(one.title), *(LEVELS[one.levels.get(role, Level.NONE)] for role in Role)] for one in PERMISSIONS
    ]
