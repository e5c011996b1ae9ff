"""The database as commands see it: an engine on one that answers, and one sentence when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from tripkit.settings import Settings, WrongSetting
from tripkit.storage import open_engine
from tripkit.storage.data_keys import vault_for
from tripkit.storage.migrations import OtherTables, TablesAreInUse, current, upgrade
from tripkit.storage.revision import Age, age_of, told_newer, told_older


def ready_engine(settings: Settings) -> Engine:
    """An engine on a migrated database. An SQLite file is made and brought up to date; PostgreSQL waits for `db upgrade`."""
    embedded = _file_of(settings) is not None
    engine = new_engine(settings) if embedded else known_engine(settings)
    with said(), given_back(engine):
        revision = current(engine)
        match age_of(revision):
            case Age.NEWER:
                click.echo(f"Warning: {told_newer(revision or '')}", err=True)
            case Age.NONE | Age.OLDER if not embedded:
                raise click.ClickException(told_older(revision))
            case Age.NONE | Age.OLDER | Age.UNKNOWN:  # The last one is refused with a sentence.
                upgrade(engine)
    return engine


def new_engine(settings: Settings) -> Engine:
    """An engine on a database that answers; the folder of an SQLite file is made."""
    file = _file_of(settings)
    with said():
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)  # Who is on this machine too has no business in it; its -wal and -shm follow it.
        return _answering(settings)


def known_engine(settings: Settings) -> Engine:
    """An engine on a database that is there already, in whatever state; to look at it must not make one."""
    file = _file_of(settings)
    if file is not None and not file.exists():
        raise click.ClickException(f"There is no database at {file} yet. Run: tripkit db upgrade")
    with said():
        return _answering(settings)


def missing_file(settings: Settings) -> Path | None:
    """The SQLite file that would be made; None when it is there, or there is none to make."""
    file = _file_of(settings)
    return file if file is not None and not file.exists() else None


def _file_of(settings: Settings) -> Path | None:
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number.
        raise click.ClickException(
            "TRIPKIT_DATABASE cannot be read; use sqlite:///path/to/file or postgresql://user:password@host/database."
        ) from error
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _answering(settings: Settings) -> Engine:
    engine = open_engine(settings.database_url, vault_for(settings))
    with given_back(engine):
        current(engine)
    return engine


@contextmanager
def given_back(engine: Engine) -> Iterator[None]:
    """Close the engine's connections at the end, however it ends. An engine can be used again after that."""
    try:
        yield
    finally:
        engine.dispose()


@contextmanager
def said() -> Iterator[None]:
    """End the command with one sentence when a setting or the database is not what it should be."""
    try:
        yield
    except WrongSetting as error:
        raise click.ClickException(str(error)) from error
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"PostgreSQL needs {error.name}, which is not installed: pip install 'tripkit[postgres]'."
        ) from error
    except DatabaseError as error:
        # The driver explains itself in several lines; the first one says what is wrong.
        raise click.ClickException(f"The database cannot be used: {str(error.orig).splitlines()[0]}") from error
    except TablesAreInUse as error:
        raise click.ClickException(str(error)) from error
    except OtherTables as error:
        raise click.ClickException(
            f"The database was made by another version of tripkit, perhaps a newer one: {error}"
        ) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be used: {error.strerror}.") from error
