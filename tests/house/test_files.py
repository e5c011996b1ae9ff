"""Every file is small enough to read, named by a noun, and belongs to no machine."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT, files, modules, shown

LONGEST = 500
LONG_FILES: set[str] = set()
"""Files that may be longer, each with its reason. The list may only shrink, and it is empty."""

MISSING_NOUNS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"}

# Paths of somebody's machine, and where packages come from: neither belongs into a repository.
MACHINE = re.compile(
    r"(?<![\w.~}/-])/(?:root|home|Users|work|workspace)/"
    r"|/opt/(?:pypi|wheels)"
    r"|pypi\.(?:org|python\.org)/simple|files\.pythonhosted\.org|registry\.(?:npmjs\.org|yarnpkg\.com)"
    r"|--(?:extra-)?index-url[ =]|--find-links[ =]"
)


def text_of(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_files_are_short_enough_to_read() -> None:
    code = [path for path in files() if path.suffix in {".py", ".js", ".css", ".html"} and not foreign(path)]
    long = {shown(path): lines for path in code if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST}
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert set(long) >= LONG_FILES, "a file is short again: take it off the list"


def foreign(path: Path) -> bool:
    """Files by others are as long as they came."""
    return "vendor" in path.parts or path.name.endswith(".min.js")


def test_modules_are_named_by_a_noun_of_the_glossary() -> None:
    named = {shown(path) for path in modules() if MISSING_NOUNS & {*path.relative_to(PACKAGE).with_suffix("").parts}}
    assert named == set()


def test_every_module_says_in_one_line_what_lives_in_it() -> None:
    wrong = []
    for path in modules():
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")), clean=False)
        if not docstring or docstring != docstring.strip() or "\n" in docstring:
            wrong.append(shown(path))
    # A module may draw a tree or explain a choice below its line; the line itself stands alone.
    assert [name for name in wrong if not first_line_stands_alone(ROOT / name)] == []


def first_line_stands_alone(path: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    lines = docstring.splitlines()
    return len(lines) > 2 and bool(lines[0].strip()) and not lines[1].strip()


def test_no_file_knows_the_machine_it_was_written_on_or_where_packages_come_from() -> None:
    found = []
    for path in files():
        text = text_of(path)
        if text is None or foreign(path) or path == Path(__file__):
            continue
        found += [f"{shown(path)}: {match.group()}" for match in MACHINE.finditer(text)]
    assert found == []


def test_every_requirement_is_locked_with_its_hashes() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [path.name for path in locks] == ["build.txt", "check.txt", "run.txt", "test.txt"]
    pinned = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[^ ]+( ; [^\\]+)? \\")
    for path in locks:
        lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.lstrip().startswith("#")]
        requirements = [index for index, line in enumerate(lines) if not line.startswith(" ")]
        assert requirements, f"{path.name} is empty"
        for index in requirements:
            assert pinned.fullmatch(lines[index]), f"{path.name}: {lines[index]}"
            assert re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", lines[index + 1]), f"{path.name}: {lines[index]}"


def test_everything_tripkit_depends_on_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [needed for extra in project["optional-dependencies"].values() for needed in extra]
    needed = {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in [*project["dependencies"], *extras]}
    # Names are compared as the lock writes them: with hyphens, never dots.
    declared = {name.replace(".", "-") for name in needed} - {"ruamel"} | {"ruamel-yaml"}
    locked = {
        line.partition("==")[0].partition("[")[0]
        for line in (ROOT / "requirements" / "run.txt").read_text().splitlines()
    }
    assert declared <= locked
