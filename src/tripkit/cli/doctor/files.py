"""The doctor on files: who can read secrets and bookings, whether there is room on the disk; what is in them is not looked at."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from tripkit.cli.doctor.findings import Finding, Patient, fine, warning, wrong
from tripkit.settings.table import SETTINGS

FULL = 100 * 2**20
"""Bytes: with fewer left, writing fails soon."""
NEARLY_FULL = 2**30
"""Bytes: with fewer left, somebody should look."""


def look(patient: Patient) -> Iterator[Finding]:
    """The settings file, the SQLite database with its secret, the folder of messages."""
    folders: list[Path] = []
    found: list[Finding] = []
    if patient.reading.file is not None and holds_secrets(patient):
        found += _open_to_all(patient.reading.file.path, "holds passwords or keys")
    if (file := sqlite_file(patient)) is not None:
        folders.append(file.parent)
        found += _open_to_all(file, "holds names, addresses and answers")
        found += _open_to_all(file.with_suffix(".secret"), "holds the key that signs forms")
        found += _open_to_all(file.with_suffix(".keys"), "holds the keys that sensitive answers are sealed with")
    if patient.settings.mail.startswith("files:"):
        folders.append(Path(patient.settings.mail.removeprefix("files:")))
        found += _not_writable(folders[-1])
    yield from found or ([fine("No file is open to people it is not for.")] if os.name == "posix" else [])
    for folder in dict.fromkeys(map(_that_is, folders)):
        yield _room(folder)


def holds_secrets(patient: Patient) -> bool:
    """Whether the settings file, not the environment, gives a password or a key."""
    reading = patient.reading
    return reading.file is not None and any(
        one.holds_a_secret(reading.file.values.get(one.key)) for one in SETTINGS if one.key in reading.file.values
    )


def sqlite_file(patient: Patient) -> Path | None:
    """The file of an SQLite database; None with another one."""
    url = make_url(patient.settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _open_to_all(file: Path, what: str) -> Iterator[Finding]:
    try:
        mode = file.stat().st_mode
        reachable = all(folder.stat().st_mode & stat.S_IXOTH for folder in file.absolute().parents)
    except OSError:
        return  # Not there: whether it should be is not asked here.
    if os.name == "posix" and mode & stat.S_IROTH and reachable:
        yield warning(f"{file} {what}, and everybody on this machine can read it.", f"Run: chmod 600 {file}")


def _not_writable(folder: Path) -> Iterator[Finding]:
    if not os.access(_that_is(folder), os.W_OK | os.X_OK) or (folder.exists() and not folder.is_dir()):
        yield wrong(f"Messages cannot be written into {folder}.", "Make it a folder that tripkit's user may write to.")


def _that_is(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**30:.1f} GiB are free in {folder}"
    if free < FULL:
        return wrong(f"Only {free // 2**20} MiB are free in {folder}.", "Make room, before nothing can be written.")
    return warning(f"{said}.", "Make room.") if free < NEARLY_FULL else fine(f"{said}.")
