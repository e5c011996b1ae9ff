"""What commands share: settings from the environment, an engine, and plain words when something is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import click
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import OperationalError

from tripkit.settings import Settings, WrongSetting
from tripkit.storage import open_engine
from tripkit.storage.migrations import current, newest, upgrade


def read_settings() -> Settings:
    """The settings; a wrong one ends the command with its sentence."""
    try:
        return Settings.from_environment(os.environ)
    except WrongSetting as error:
        raise click.ClickException(str(error)) from error


def ready_engine(settings: Settings) -> Engine:
    """An engine on a migrated database. An SQLite file is made and brought up to date; PostgreSQL waits for `db upgrade`."""
    url = make_url(settings.database_url)
    embedded = url.get_backend_name() == "sqlite"
    if embedded and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url)
    try:
        found = current(engine)
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be reached: {error.orig}") from error
    if found != newest():
        if not embedded:
            raise click.ClickException("The database is not up to date. Run: tripkit db upgrade")
        upgrade(engine)
    return engine
