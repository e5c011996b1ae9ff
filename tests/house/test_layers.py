"""Imports point downwards only, and the rules are there without a web framework or a database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp

from tests.house.tree import ROOT


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_point_downwards_only() -> None:
    result = run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo")
    assert result.returncode == 0, result.stdout + result.stderr


def test_rules_know_only_the_standard_library() -> None:
    graph = grimp.build_graph("tripkit", include_external_packages=True, cache_dir=None)
    rules = graph.find_descendants("tripkit.domain") | {"tripkit.domain"}
    known = {imported for rule in rules for imported in graph.find_modules_directly_imported_by(rule)} - rules
    assert {name for name in known if name.partition(".")[0] not in sys.stdlib_module_names} == set()


def test_importing_tripkit_or_its_rules_brings_no_framework_and_no_database() -> None:
    looks = "import sys, tripkit, tripkit.domain; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    result = run(sys.executable, "-c", looks)
    assert result.returncode == 0, result.stderr
    brought = set(result.stdout.split())
    assert "tripkit" in brought
    assert brought & {"flask", "sqlalchemy", "flask_sqlalchemy", "werkzeug", "pydantic", "babel", "click"} == set()
