"""``tripkit doctor``: whether everything is as it should be, counted anew."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from tripkit.cli.surroundings import given_back, known_engine, read_settings
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.migrations import current, newest
from tripkit.storage.outbox import OutboxRow


@click.command()
def doctor() -> None:
    """Recount every place against who holds it, and look for messages that could not be sent. Ends with 1 if not well."""
    settings = read_settings()
    engine = known_engine(settings)
    wrong = 0
    with given_back(engine), sessions(engine)() as session:
        if current(engine) != newest():
            raise click.ClickException("The database is not up to date. Run: tripkit db upgrade")
        for drift in pool_recount(session):
            wrong += 1
            name = f"{drift.kind} {drift.key}".strip()
            click.echo(
                f"Trip {drift.trip_id}, {name}: counted {drift.taken}, held {drift.claims}, at most {drift.bound}."
            )
        dead = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "dead")) or 0
        late = session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "waiting", OutboxRow.attempts > 0)
        )
    if dead:
        wrong += 1
        click.echo(f"{dead} messages could not be sent and are given up.")
    if late:
        click.echo(f"{late} messages have failed at least once and are tried again.")
    if wrong:
        raise SystemExit(1)
    click.echo("All is well: every place is counted right, and no message is lost.")
