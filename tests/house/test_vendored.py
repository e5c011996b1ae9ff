"""Files by others are the ones their makers published, and each says what it is and under which licence."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT, files

VENDOR = PACKAGE / "web" / "static" / "vendor"
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Apache-2.0", "OFL-1.1"}
"""Licences of files that go out with the wheel; what only the tests use may be stricter."""


def manifest(path: Path) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(path.read_text("utf-8"))["file"]
    return entries


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_vendored_file_is_listed_and_unchanged() -> None:
    there = {path.relative_to(VENDOR).as_posix(): checksum(path) for path in files() if path.is_relative_to(VENDOR)}
    there.pop("manifest.toml")
    assert there == {entry["path"]: entry["sha256"] for entry in manifest(VENDOR / "manifest.toml")}


def test_every_vendored_file_says_what_it_is_and_may_go_out_with_ours() -> None:
    for entry in manifest(VENDOR / "manifest.toml"):
        assert set(entry) == {"path", "name", "version", "licence", "sha256"}
        assert entry["licence"] in LICENCES


def test_what_the_browser_tests_bring_is_unchanged_too() -> None:
    listed = manifest(ROOT / "tests" / "e2e" / "axe.toml")
    assert {entry["path"]: entry["sha256"] for entry in listed} == {
        entry["path"]: checksum(ROOT / "tests" / "e2e" / entry["path"]) for entry in listed
    }
