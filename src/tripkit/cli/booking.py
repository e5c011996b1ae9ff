"""``tripkit booking``: what is done to one booking from a terminal; today, erasing it when somebody asks for that."""

from __future__ import annotations

import click

from tripkit.actions.erase_booking import erase_booking
from tripkit.cli.databases import given_back, ready_engine
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.storage import sessions


@click.group()
def booking() -> None:
    """One booking, by its code: erase what it says of people."""


@booking.command()
@click.argument("code")
@click.option("--reason", required=True, help="Why, for the log. Name nobody in it.")
@click.option("--cancel", is_flag=True, help="Give up the places and queues of everybody in it first.")
def erase(code: str, reason: str, cancel: bool) -> None:
    """Erase what a booking says of people, for good.

    Names, addresses, answers, invoice and messages go. Its code, groups, states and prices stay, so that figures add up.
    A booking with somebody in it who still has a place, or waits for one, is refused unless --cancel says that they give
    it up; then it goes to those who wait. Messages that were not sent yet are not sent.
    """
    if not reason.strip():
        raise click.BadParameter("Say why, in a few words.", param_hint="--reason")
    settings = read_settings()
    engine = ready_engine(settings)
    moment = Moment(at=settings.clock.now(), actor="organiser", origin="tripkit booking erase")
    with given_back(engine), sessions(engine)() as session:
        try:
            erased = erase_booking(session, code=code, cancel=cancel, reason=reason.strip(), moment=moment)
        except (NotFound, ChangeRefused) as refused:
            raise click.ClickException(str(refused.sentence)) from refused
    click.echo(f"Erased. People cancelled for it: {erased.cancelled}.")
    if not erased.file_is_clean:
        click.echo(
            "Somebody else was reading all the while, so the file may still hold what was erased until it is written anew:"
            " when nobody uses it, say VACUUM to it with sqlite3."
        )
    click.echo("Backups made before still hold it, and so do the logs of the mail server.")
