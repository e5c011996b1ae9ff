"""Writes the table of docs/faults.md from what the tests counted: `python docs/write_faults.py FILE`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parent / "faults.md"
NAMES = ("bookings", "sent", "doubled", "lost")
_BETWEEN = re.compile(r"(<!-- counted -->\n).*?(<!-- until here -->\n)", re.DOTALL)


def added_up(lines: list[str]) -> dict[str, list[int]]:
    """(runs, bookings, messages sent, doubled, lost) by the name of the test; a site that runs on counts on."""
    found: dict[str, list[int]] = {}
    before: dict[str, dict[str, int]] = {}
    for line in lines:
        counted = json.loads(line)
        was = before.get(counted["site"], {})
        row = found.setdefault(counted["test"].partition("[")[0], [0] * (1 + len(NAMES)))
        for place, number in enumerate([1, *(counted[name] - was.get(name, 0) for name in NAMES)]):
            row[place] += number
        before[counted["site"]] = counted
    return found


def table(lines: list[str]) -> str:
    """The table, with a line for each test and one for all."""
    rows = added_up(lines)
    told = [(f"`{test}`", row) for test, row in sorted(rows.items())]
    told.append(("all together", [sum(row[place] for row in rows.values()) for place in range(1 + len(NAMES))]))
    head = "| test | runs | bookings | messages sent | of them twice | lost |\n|---|---|---|---|---|---|\n"
    return head + "".join(f"| {name} | {' | '.join(f'{number:,}' for number in row)} |\n" for name, row in told)


if __name__ == "__main__":
    made = table(Path(sys.argv[1]).read_text("utf-8").splitlines())
    page = PAGE.read_text("utf-8")
    PAGE.write_text(_BETWEEN.sub(lambda found: f"{found[1]}\n{made}\n{found[2]}", page), "utf-8")
