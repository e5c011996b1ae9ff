"""``tripkit bounce``: a message that came back, handed over by the mail server on standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from tripkit.actions.note_bounce import note_bounce
from tripkit.actions.unsubscribe import unsubscribe_by_mail
from tripkit.cli.databases import given_back, ready_engine, said
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.mailing.bounce import Bounce, read_bounce, read_wish
from tripkit.storage import sessions

_LARGEST = 5_000_000
"""Bytes that are looked at; what comes back is rarely larger than what was sent."""


class _TryLater(click.ClickException):
    """EX_TEMPFAIL of sysexits.h: the mail server keeps the message and hands it over again."""

    exit_code = 75


@click.command()
def bounce() -> None:
    """Take in a message that came back, on standard input.

    It may also be one that wants no more letters.

    Have the mail server pipe what comes to name+…@host of TRIPKIT_BOUNCES into it. It ends with 0 whatever it is given,
    so that nobody is ever sent an answer; with 75 when the database is away: then the mail server tries again.
    """
    data = sys.stdin.buffer.read(_LARGEST)
    while sys.stdin.buffer.read(_LARGEST):
        pass  # To its end: a mail server whose pipe is closed early takes that for a failure.
    found, wish = read_bounce(data), read_wish(data)
    try:
        if wish is not None:
            said_back = "No more letters there." if _leave_out(wish) else "There is no such message."
        elif found is not None:
            said_back = f"Noted: {found.status}." if _note(found) else "There is no such message."
        else:
            said_back = "That is no message that came back."
        click.echo(said_back)
    except click.ClickException as error:
        raise _TryLater(error.message) from error


def _note(found: Bounce) -> bool:
    with _session() as (session, moment):
        return note_bounce(
            session, message_id=found.message_id, status=found.status, is_lost=found.is_lost, moment=moment
        )


def _leave_out(message_id: str) -> bool:
    with _session() as (session, moment):
        return unsubscribe_by_mail(session, message_id=message_id, moment=moment)


@contextmanager
def _session() -> Iterator[tuple[Session, Moment]]:
    settings = read_settings()
    engine = ready_engine(settings)
    with said(), given_back(engine), sessions(engine)() as session:
        yield session, Moment(at=settings.clock.now(), actor="mail server", origin="command")
