"""``tripkit db``: bring the database up to date, or ask how old it is."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import make_url

from tripkit.cli.surroundings import read_settings
from tripkit.storage import open_engine
from tripkit.storage.migrations import current as current_revision
from tripkit.storage.migrations import newest
from tripkit.storage.migrations import upgrade as upgrade_database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date. Nothing happens when they are."""
    url = make_url(read_settings().database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(read_settings().database_url)
    before = current_revision(engine)
    upgrade_database(engine)
    after = current_revision(engine)
    click.echo(
        f"The database is up to date ({after})." if before == after else f"From {before or 'nothing'} to {after}."
    )


@db.command()
def current() -> None:
    """Say which revision the database is at, and which one is the newest."""
    engine = open_engine(read_settings().database_url)
    click.echo(f"at {current_revision(engine) or 'nothing'}, newest {newest()}")
