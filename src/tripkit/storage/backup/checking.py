"""Reading a backup as if a stranger had made it: form, sums, numbers and kinds, all before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from typing import IO, Any
from zipfile import BadZipFile, ZipFile
from zlib import error as DamagedData  # noqa: N812 (it is an error, named as no error is)

from pydantic import ValidationError
from sqlalchemy import MetaData, Table, create_engine
from sqlalchemy.pool import StaticPool

from tripkit.storage.backup.form import FORMAT, MANIFEST, NOT_CARRIED, Backup, BackupRefused, Manifest, Part, member
from tripkit.storage.backup.values import read_line, reader_of, reflected
from tripkit.storage.migrations import newest, revisions, upgrade
from tripkit.storage.session import prepare

_LARGEST_MANIFEST = 1 << 20
_LONGEST_LINE = 64 << 20
_HARMLESS, _PACKED_AT_MOST = 256 << 20, 200
"""Bytes that are unpacked whatever they were, and how many times smaller what is larger may have been packed."""
_DAMAGED = "The backup is damaged: {}. Take another one."


def open_backup(file: IO[bytes]) -> Backup:
    """Read the manifest, and whether its parts are there. Raises: BackupRefused."""
    try:
        packed = ZipFile(file)
    except (BadZipFile, ValueError, NotImplementedError, EOFError, OverflowError) as error:
        raise BackupRefused("This is no backup of tripkit, or its end is missing.") from error
    names = [info.filename for info in packed.infolist()]
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise BackupRefused("This is no backup of tripkit: it has no manifest, or one that is far too large.")
    manifest = _manifest(packed)
    expected = [MANIFEST, *(member(part.table) for part in manifest.parts)]
    if sorted(names) != sorted(expected):
        raise BackupRefused(_DAMAGED.format("the files in it are not those its manifest names"))
    for part in manifest.parts:
        info = packed.getinfo(member(part.table))
        if info.file_size != part.bytes or info.flag_bits & 1:
            raise BackupRefused(_DAMAGED.format(f"the part {part.table} has another size than its manifest says"))
        if part.bytes > max(_HARMLESS, info.compress_size * _PACKED_AT_MOST):
            raise BackupRefused(f"The backup is refused: its part {part.table} unpacks to absurdly much.")
    return Backup(zip=packed, manifest=manifest)


def _manifest(packed: ZipFile) -> Manifest:
    try:
        with packed.open(MANIFEST) as file:
            found = json.loads(file.read(_LARGEST_MANIFEST))
    except (BadZipFile, DamagedData, ValueError, RecursionError, NotImplementedError, RuntimeError, EOFError) as error:
        raise BackupRefused(_DAMAGED.format("its manifest cannot be read")) from error
    form = found.get("format") if isinstance(found, dict) else None
    if type(form) is int and form > FORMAT:
        raise BackupRefused(
            f"The backup has the form {form}, and this tripkit reads up to {FORMAT}. Install a newer one."
        )
    try:
        manifest = Manifest.model_validate(found)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise BackupRefused(_DAMAGED.format(f"“{where[:60]}” in its manifest is not as it must be")) from error
    if manifest.revision not in revisions():
        raise BackupRefused(
            f"The backup is of the tables {manifest.revision!r}, made by tripkit {manifest.tripkit!r}; "
            f"this one knows up to {newest()}. Install that version, or a newer one."
        )
    return manifest


def check(backup: Backup, advance: Callable[[int], None]) -> None:
    """Read all of it once, against tables made for it elsewhere. Raises: BackupRefused."""
    tables = _tables_of(backup.manifest.revision).tables
    wanted = sorted(set(tables) - NOT_CARRIED)
    if sorted(part.table for part in backup.manifest.parts) != wanted:
        raise BackupRefused(_DAMAGED.format("its tables are not those of its revision"))
    for part in backup.manifest.parts:
        table = tables[part.table]
        if sorted(part.columns) != sorted(column.name for column in table.columns):
            raise BackupRefused(_DAMAGED.format(f"the columns of {part.table} are not those of its revision"))
        for _ in rows_of(backup, part, table):
            advance(1)


@cache
def _tables_of(revision: str) -> MetaData:
    """The tables of a revision, as its migrations make them in memory."""
    engine = prepare(create_engine("sqlite://", poolclass=StaticPool))
    try:
        upgrade(engine, revision)
        with engine.connect() as connection:
            return reflected(connection)
    finally:
        engine.dispose()


def rows_of(backup: Backup, part: Part, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a part, as its table takes them; its sum is compared at the end. Raises: BackupRefused."""
    readers = [reader_of(table.columns[name]) for name in part.columns]
    digest, rows = sha256(), 0
    try:
        with backup.zip.open(member(part.table)) as lines:
            while line := lines.readline(_LONGEST_LINE):
                digest.update(line)
                rows += 1
                yield _row(part, readers, line, rows)
    except (BadZipFile, DamagedData, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BackupRefused(_DAMAGED.format(f"the part {part.table} cannot be unpacked")) from error
    if digest.hexdigest() != part.sha256 or rows != part.rows:
        raise BackupRefused(_DAMAGED.format(f"the part {part.table} is not what its manifest says"))


def _row(part: Part, readers: list[Callable[[Any], Any]], line: bytes, number: int) -> dict[str, Any]:
    try:
        values = read_line(line)
        return {name: read(value) for name, read, value in zip(part.columns, readers, values, strict=True)}
    except (ValueError, OverflowError, RecursionError) as error:
        # What is in the line is somebody's: it is not repeated.
        raise BackupRefused(_DAMAGED.format(f"line {number} of the part {part.table} cannot be read")) from error
