"""What the commands of campaigns have in common: the database, the campaign that is meant, and how it stands in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from tripkit.cli.databases import given_back, ready_engine, said
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import CampaignState
from tripkit.domain.free_texts import used_placeholders
from tripkit.domain.refusals import Refusal
from tripkit.domain.trips import Trip
from tripkit.i18n import text as in_language
from tripkit.reads.audience import reader_at, whom_it_reaches
from tripkit.reads.campaign_list import Campaign, campaign_by_id
from tripkit.reads.filled_in import fill_in_letter
from tripkit.reads.letter_values import values_for
from tripkit.reads.trip_plan import trip_plan
from tripkit.settings import Settings
from tripkit.storage import sessions


@contextmanager
def on_database() -> Iterator[tuple[Session, Settings]]:
    """A session; what is refused ends the command with its sentence."""
    settings = read_settings()
    engine = ready_engine(settings)
    with said(), given_back(engine), sessions(engine)() as session:
        try:
            yield session, settings
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal


def moment(settings: Settings) -> Moment:
    """Now, by the command."""
    return Moment(at=settings.clock.now(), actor="command", origin="command")


def found(session: Session, number: int) -> tuple[Campaign, Trip]:
    """A campaign and its trip; ends the command when there is none."""
    one = campaign_by_id(session, number)
    plan = None if one is None else trip_plan(session, one.trip_id)
    if one is None or plan is None:
        raise click.ClickException(f"There is no campaign {number}. The list: tripkit campaign list")
    return one, plan[2]


def standing(one: Campaign) -> str:
    """How it stands with a campaign, in a line."""
    told = [one.state.value]
    if one.state is CampaignState.SCHEDULED and one.send_at is not None:
        told.append(f"for {one.send_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    if one.written:
        told.append(f"{one.letters.get('sent', 0)} of {one.written} letters sent")
    told += [
        f"{one.letters[state]} {word}"
        for state, word in (("dead", "given up"), ("dropped", "left out"), ("erased", "erased"), ("held", "held"))
        if state in one.letters
    ]
    if one.bounced:
        told.append(f"{one.bounced} came back")
    return ", ".join(told)


def preview(session: Session, settings: Settings, one: Campaign, trip: Trip) -> None:
    """Show whom it reaches, and how it reads for the first of them in each language."""
    reach = whom_it_reaches(session, one.trip_id, trip, one.audience)
    by_language = ", ".join(f"{number} in {language}" for language, number in sorted(reach.languages.items()))
    click.echo(f"It reaches {_counted(reach.bookings)}" + (f": {by_language}." if reach.bookings else "."))
    if reach.unwanting and not one.essential:
        click.echo(f"Left out, since they have unsubscribed: {reach.unwanting}.")
    reader = reader_at(session, one.trip_id, trip, one.audience, 1)
    if reader is None:
        return
    for language in sorted(one.subject, key=trip.languages.index):
        words = in_language(one.text, language, trip.languages)
        link = f"{settings.url}/{language}/booking/SECRET/"
        used = used_placeholders(one.subject[language], words)
        values = values_for(session, booking=reader, trip=trip, language=language, link=link, used=used)
        letter = fill_in_letter(one.subject[language], words, values)
        click.echo(f"--- {language}: {letter.subject}\n{letter.plain}\n---")


def _counted(bookings: int) -> str:
    return "one booking" if bookings == 1 else f"{bookings} bookings"


def moment_of(given: str, zone: str) -> datetime:
    """A moment as written, without an offset by the clock where the trip is."""
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise click.UsageError(f"“{given}”: write a moment, as in 2027-04-01T09:00.") from error
    return at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at
