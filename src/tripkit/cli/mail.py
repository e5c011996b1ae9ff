"""``tripkit mail``: messages that wait, were given up, are held or came back; looking at them and having them sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from tripkit.actions.take_up_messages import drop_messages, take_up_messages
from tripkit.cli.databases import given_back, ready_engine, said
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.reads.message_list import Message, message_by_id, message_counts, message_list
from tripkit.settings import Settings
from tripkit.storage import sessions

STATES = ("waiting", "dead", "held", "paused", "dropped", "sent")
_UNDONE = STATES[:3]
_MOST = 100


@click.group()
def mail() -> None:
    """Messages that wait, were given up, are held, or came back."""


@mail.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these. Without it: all that are not sent.")
@click.option("--booking", metavar="CODE", help="Only those about this booking, sent ones too.")
@click.option("--twice", is_flag=True, help="Only those that may have arrived twice, sent ones too.")
@click.option("--after", default=0, metavar="NUMBER", help="From the message behind this one.")
def list_messages(state: str | None, booking: str | None, twice: bool, after: int) -> None:
    """List messages, oldest first, a hundred at most.

    Who gets them is not said here.
    """
    states = (state,) if state else STATES if booking or twice else _UNDONE
    with _session() as (session, _):
        rows = message_list(session, states=states, code=booking, twice=twice, after=after, limit=_MOST + 1)
        counts = message_counts(session)
    for row in rows[:_MOST]:
        click.echo(_line(row))
    if len(rows) > _MOST:
        click.echo(f"There are more: tripkit mail list --after {rows[_MOST - 1].id}")
    click.echo("All together: " + ", ".join(f"{counts.get(name, 0)} {_named(name)}" for name in STATES) + ".")


@mail.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show one message and what has become of it."""
    with _session() as (session, _):
        message = message_by_id(session, number) or _nobody(number)
    told = {
        "Message": f"{message.id}, “{message.kind}”",
        "Booking": message.code or "none",
        "To": message.recipient,
        "Message-ID": message.message_id,
        "State": _named(message.state) + (", in a worker's hand" if message.in_hand else ""),
        "Written": _time(message.created_at),
        "Tries": str(message.attempts),
        "Sent": _time(message.sent_at),
        "Came back": _time(message.bounced_at),
        "Next try": _time(message.next_at if message.state == "waiting" else None),
        "Last error": None if message.state == "sent" else message.error,
        "Noted": message.error if message.state == "sent" else None,
    }
    for name, value in told.items():
        if value:
            click.echo(f"{name + ':':<12}{value}")


@mail.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that was given up.")
def retry(numbers: tuple[int, ...], everything: bool) -> None:
    """Have messages sent that were given up.

    Put the reason right first: `tripkit mail show` tells it.
    """
    _take_up("dead", numbers, everything)


@mail.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is held.")
def release(numbers: tuple[int, ...], everything: bool) -> None:
    """Have messages sent that are held.

    They are after a backup was restored.
    """
    _take_up("held", numbers, everything)


@mail.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
def drop(numbers: tuple[int, ...]) -> None:
    """Give up messages that are held.

    They may have been delivered before the backup was restored.
    """
    with _session() as (session, settings):
        click.echo(f"Dropped: {drop_messages(session, ids=numbers, moment=_moment(settings))}.")


def _take_up(state: str, numbers: tuple[int, ...], everything: bool) -> None:
    if bool(numbers) == everything:
        raise click.UsageError("Say which messages by their numbers, or --all.")
    with _session() as (session, settings):
        done = take_up_messages(session, state=state, ids=None if everything else numbers, moment=_moment(settings))
    click.echo(f"Taken up again: {done}.")


@contextmanager
def _session() -> Iterator[tuple[Session, Settings]]:
    settings = read_settings()
    engine = ready_engine(settings)
    with said(), given_back(engine), sessions(engine)() as session:
        yield session, settings


def _moment(settings: Settings) -> Moment:
    return Moment(at=settings.clock.now(), actor="command", origin="command")


def _line(message: Message) -> str:
    about = f"booking {message.code}" if message.code else "no booking"
    told = f"{message.id}  {message.kind}, {about}, written {_time(message.created_at)}: {_named(message.state)}"
    if message.state == "waiting" and message.attempts:
        told += f", next try {_time(message.next_at)}"
    if message.bounced_at is not None:
        told += f", came back {_time(message.bounced_at)}"
    return told + (f". {message.error}" if message.error else "")


def _named(state: str) -> str:
    return "given up" if state == "dead" else state


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _nobody(number: int) -> Message:
    raise click.ClickException(f"There is no message {number}. The list: tripkit mail list")
