"""``tripkit db``: bring the database up to date, or ask how old it is."""

from __future__ import annotations

import click

from tripkit.cli.databases import given_back, known_engine, new_engine, said
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_settings
from tripkit.storage.migrations import current as current_revision
from tripkit.storage.migrations import newest
from tripkit.storage.migrations import upgrade as upgrade_database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to date.

    Nothing happens when they are. Run it after every update of tripkit, before the processes start again.
    """
    engine = new_engine(read_settings())
    with said(), given_back(engine):
        before = current_revision(engine)
        with progress("Bringing the tables up to date"):
            upgrade_database(engine)
        after = current_revision(engine)
    click.echo(
        f"The database is up to date ({after})." if before == after else f"From {before or 'nothing'} to {after}."
    )


@db.command()
def current() -> None:
    """Say how old the tables are.

    That is the revision the database is at, and the newest one.
    """
    engine = known_engine(read_settings())
    with given_back(engine):
        click.echo(f"at {current_revision(engine) or 'nothing'}, newest {newest()}")
