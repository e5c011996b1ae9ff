"""The page about security has a line for every requirement of ASVS 5.0.0, levels 1 and 2, and each says what shows it, or why nothing does."""

from __future__ import annotations

import ast
import re

from tests.house.tree import ROOT, modules, shown

PAGE = ROOT / "docs" / "security.md"
NUMBERS = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2 4.1.1-3 4.2.1 4.3.1-2
4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5
7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4
14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2
"""
"""The requirements of levels 1 and 2, by the numbers of version 5.0.0."""
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/.]+\.py)::(test_\w+)`")


def numbers(text: str) -> list[str]:
    """Each number of ``1.2.3-5``."""
    found = []
    for section, first, last in re.findall(r"(\d+\.\d+)\.(\d+)(?:[-–](?:\d+\.\d+\.)?(\d+))?", text):
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def text() -> str:
    return PAGE.read_text("utf-8")


def test_every_requirement_of_both_levels_has_its_line_in_order() -> None:
    page, found = text(), []
    for line in page.splitlines():
        if row := _ROW.match(line):
            found.append(row[1])
        elif line.startswith("Not applicable, all of it ("):
            found += numbers(line.partition("(")[2].partition(")")[0])
    wanted = numbers(NUMBERS)
    assert len(wanted) == 253
    assert found == wanted


def test_every_line_says_what_shows_it_or_why_nothing_does() -> None:
    silent = [
        number
        for number, _, how, shown in _ROW.findall(text())
        if not (_TEST.search(shown) or re.search(r"\]\([\w/-]+\.md[^)]*\)", shown + how) or "SECURITY.md" in how)
        and not how.startswith("not applicable: ")
        and "**open**" not in how
    ]
    assert silent == []


def test_every_test_that_is_named_is_there() -> None:
    named = _TEST.findall(text())
    assert len(named) > 150
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert missing == []


WITH_KEYS = {"argon2", "cryptography", "hmac", "itsdangerous", "pyotp", "ssl", "webauthn"}
"""What takes a key, or makes a line safe."""
LISTED = {
    "src/tripkit/actions/one_time_codes.py": "apps for codes",
    "src/tripkit/actions/passkeys.py": "passkeys",
    "src/tripkit/actions/passwords.py": "passwords",
    "src/tripkit/domain/own_address.py": "secret key",
    "src/tripkit/outgoing/client.py": "lines",
    "src/tripkit/storage/sealing.py": "data keys",
    "src/tripkit/web/public/shelf.py": "secret key",
    "src/tripkit/web/setup/code.py": "secret key",
    "src/tripkit/web/watching/metrics.py": "monitor's token",
    "src/tripkit/worker/smtp.py": "lines",
}
"""Modules that use it, each with its line in the list of keys and algorithms."""


def test_every_module_that_uses_cryptography_stands_in_the_list() -> None:
    using = {
        shown(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        if name.partition(".")[0] in WITH_KEYS
    }
    assert using == set(LISTED), "say in the list of docs/security.md what its keys are for and until when"
    listed = text().partition("### Keys and algorithms")[2].partition("\n## ")[0]
    assert [line for line in LISTED.values() if f"\n| {line} |" not in listed] == []
