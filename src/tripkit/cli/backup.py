"""``tripkit backup``: the whole database as one file, which appears when it is whole."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from tripkit.cli.databases import given_back, known_engine, said
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_settings
from tripkit.storage.backup import BackupRefused, save


@click.command()
@click.argument("file")
def backup(file: str) -> None:
    """Save the whole database in one file.

    Trips, pictures, bookings, messages, from one moment, while people go on signing up; SQLite and PostgreSQL alike.
    `-` is standard output. `tripkit restore` reads it, also into a database of the other kind.
    Settings and the file of the secret are not in it.
    """
    settings = read_settings()
    if file == "-" and sys.stdout.isatty():
        raise click.UsageError("A backup is nothing to look at: send it to a file or a pipe.")
    engine = known_engine(settings)
    with said(), given_back(engine), progress("Rows saved") as shown:
        try:
            with _whole_file(file) as out:
                manifest = save(engine, out, made_at=settings.clock.now(), advance=shown.advance)
        except BackupRefused as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(
                f"The backup was not made: {file} cannot be written: {error.strerror}."
            ) from error
    click.echo(f"Saved: {manifest.rows} rows of {len(manifest.parts)} tables, at {manifest.revision}.", err=file == "-")


@contextmanager
def _whole_file(file: str) -> Iterator[IO[bytes]]:
    """A file for its owner only that gets its name when it is on the disk, and leaves nothing behind otherwise."""
    if file == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    named = Path(file)
    if named.exists():
        raise click.ClickException(f"There is a file {named} already. Name another, or take that one away.")
    part = named.with_name(f".{named.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.rename(named)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    folder = os.open(named.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # Its name, too, has to survive a power cut.
    finally:
        os.close(folder)
