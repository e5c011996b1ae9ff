"""Backups that unpack to absurdly much, restored as an operator would: refused with a sentence, without filling memory or disk."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tests.cli.test_processes import environment, run

HUGE = 1 << 30
"""Bytes of zeros; packed they are one megabyte."""
MEMORY = 900 << 20
"""Address space of the command, of which it needs a third for itself."""


def backup(folder: Path) -> dict[str, bytes]:
    """The files of a right backup of an empty database."""
    assert run(folder, "db", "upgrade").returncode == 0
    assert run(folder, "backup", "right.zip").returncode == 0
    with ZipFile(folder / "right.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zeros(packed: ZipFile, name: str) -> None:
    """A file of zeros, written without ever holding them."""
    with packed.open(ZipInfo(name), "w", force_zip64=True) as file:
        for _ in range(HUGE >> 24):
            file.write(bytes(1 << 24))


def honest(packed: ZipFile, files: dict[str, bytes]) -> None:
    """One part is huge, and its manifest says so."""
    manifest = json.loads(files["manifest.json"])
    manifest["parts"][0]["bytes"] = HUGE
    packed.writestr("manifest.json", json.dumps(manifest))
    zeros(packed, f"tables/{manifest['parts'][0]['table']}.jsonl")


def huge_manifest(packed: ZipFile, files: dict[str, bytes]) -> None:
    """The manifest itself is huge."""
    zeros(packed, "manifest.json")


def one_more(packed: ZipFile, files: dict[str, bytes]) -> None:
    """A file that nobody asked for is huge."""
    for name, content in files.items():
        packed.writestr(name, content)
    zeros(packed, "tables/more.jsonl")


def many(packed: ZipFile, files: dict[str, bytes]) -> None:
    """Fifty thousand files."""
    for name, content in files.items():
        packed.writestr(name, content)
    for number in range(50_000):
        packed.writestr(f"tables/{number}.jsonl", b"")


def restored(folder: Path, made: bytes) -> tuple[int, str, int]:
    """What `tripkit restore` says of it: status, words, and how many bytes it wrote."""
    (folder / "bomb.zip").write_bytes(made)
    settings = environment(folder) | {"TRIPKIT_DATABASE": f"sqlite:///{folder}/fresh.sqlite3"}

    def held() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (50 << 20, 50 << 20))

    command = [sys.executable, "-m", "tripkit", "restore", "bomb.zip"]
    done = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, timeout=60, check=False, preexec_fn=held
    )
    written = sum(path.stat().st_size for path in folder.glob("fresh*"))
    return done.returncode, done.stdout + done.stderr, written


@pytest.mark.parametrize("bomb", [honest, huge_manifest, one_more, many])
def test_it_is_refused_with_a_sentence_in_little_memory(
    tmp_path: Path, bomb: Callable[[ZipFile, dict[str, bytes]], None]
) -> None:
    made = BytesIO()
    files = backup(tmp_path)
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        bomb(packed, files)
    status, said, written = restored(tmp_path, made.getvalue())
    assert status == 1
    assert "backup" in said
    assert "Traceback" not in said
    assert written < 5 << 20


def test_a_size_that_lies_is_noticed_where_it_is_unpacked(tmp_path: Path) -> None:
    """The directory of the archive says a hundred bytes, and there are a thousand million."""
    files = backup(tmp_path)
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        honest(packed, files)
        packed.filelist[-1].file_size = 100
        manifest = json.loads(files["manifest.json"])
        manifest["parts"][0]["bytes"] = 100
        rest = [part["table"] for part in manifest["parts"][1:]]
        for table in rest:
            packed.writestr(f"tables/{table}.jsonl", files[f"tables/{table}.jsonl"])
    status, said, written = restored(tmp_path, made.getvalue())
    assert status == 1
    assert "Traceback" not in said
    assert written < 5 << 20


def test_a_right_one_is_restored_in_the_same_memory(tmp_path: Path) -> None:
    backup(tmp_path)
    status, said, written = restored(tmp_path, (tmp_path / "right.zip").read_bytes())
    assert (status, written > 0) == (0, True), said
