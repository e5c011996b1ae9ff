"""``tripkit doctor``: whether everything is as it should be, counted anew."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from tripkit.cli.databases import given_back, known_engine
from tripkit.cli.surroundings import read_settings
from tripkit.reads.pool_recount import pool_recount
from tripkit.storage import sessions
from tripkit.storage.bookings import BookingRow
from tripkit.storage.migrations import current, newest
from tripkit.storage.outbox import OutboxRow


@click.command()
def doctor() -> None:
    """Look for places counted wrong and messages lost.

    Every place is recounted against who holds it. Ends with 1 if anything is not well.
    """
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
        dead = session.execute(
            select(BookingRow.code, OutboxRow.kind, OutboxRow.last_error)
            .join(BookingRow, BookingRow.id == OutboxRow.booking_id)
            .where(OutboxRow.state == "dead")
            .order_by(OutboxRow.id)
        ).all()
        late = session.execute(
            select(func.count(), func.max(OutboxRow.last_error)).where(
                OutboxRow.state == "waiting", OutboxRow.last_error.is_not(None)
            )
        ).one()
    for code, kind, error in dead:
        click.echo(f"Booking {code}: the message “{kind}” is given up. {error or 'Nobody noted why.'}")
    if dead:
        wrong += 1
        click.echo("When the reason is put right, send them with: tripkit worker --once --again")
    if late[0]:
        click.echo(f"Messages that failed and are tried again: {late[0]}. One of them: {late[1]}")
    if wrong:
        raise SystemExit(1)
    click.echo("All is well: every place is counted right, and no message is lost.")
