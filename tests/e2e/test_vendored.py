"""Files by others are what their packages brought, and each says which it is and under what licence."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

import tripkit

VENDOR = Path(tripkit.__file__).parent / "web" / "static" / "vendor"
HERE = Path(__file__).parent


@pytest.mark.parametrize("manifest", [VENDOR / "manifest.toml", HERE / "axe.toml"], ids=["shipped", "tests"])
def test_vendored_files_are_unchanged_and_named(manifest: Path) -> None:
    files = tomllib.loads(manifest.read_text(encoding="utf-8"))["file"]
    assert files
    for file in files:
        assert file.keys() == {"path", "name", "version", "licence", "sha256"}
        digest = hashlib.sha256((manifest.parent / file["path"]).read_bytes()).hexdigest()
        assert digest == file["sha256"], file["path"]


def test_every_shipped_file_by_others_is_in_the_manifest() -> None:
    named = {file["path"] for file in tomllib.loads((VENDOR / "manifest.toml").read_text(encoding="utf-8"))["file"]}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there - {"manifest.toml"} == named
