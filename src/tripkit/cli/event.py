"""``tripkit event``: a trip as a directory of plain files, checked, compared, put into the database and written out again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.apply_trip import apply_trip
from tripkit.cli.event_plan import plan_of, tell_consequences, tell_differences
from tripkit.cli.event_reading import Again, Voice, event_directory, read, reading, speaking, tell_findings
from tripkit.cli.event_starter import starter_files
from tripkit.cli.surroundings import given_back, read_settings, ready_engine
from tripkit.domain.bookings import Moment
from tripkit.domain.places import has_started
from tripkit.domain.refusals import ChangeRefused, PlanRefused
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import TripStatus
from tripkit.eventfile import Event, write_event
from tripkit.eventfile.errors import list_words, nearest_word
from tripkit.eventfile.schema import NAMES, schema_files, schema_text
from tripkit.i18n import days, moment
from tripkit.reads.trip_page import pictures
from tripkit.reads.trip_plan import AnySession, find_trip, trip_plan
from tripkit.settings import Settings
from tripkit.storage import sessions
from tripkit.storage.trips import OrganisationRow, TripRow


@click.group()
def event() -> None:
    """Write a trip as a directory of plain files, and put it into the database."""


@event.command()
@reading
def check(directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str) -> None:
    """Say everything that is wrong in DIRECTORY, each with file, line and column. Ends with 1 if anything is."""
    voice, directory = Voice(language), event_directory(directory)
    found = read(directory, Again(starting=starting, key=key, opens=opens), voice, err=False)
    tell_findings(directory, (), found.warnings, voice)
    voice.tell(_right(directory, found, voice))


@event.command()
@reading
def plan(directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str) -> None:
    """Say what `apply` would change, what it means for those who have signed up, and what would be refused.

    Nothing is changed. Ends with 1 if it would be refused.
    """
    voice = Voice(language)
    found = read(event_directory(directory), Again(starting=starting, key=key, opens=opens), voice)
    with _database(read_settings()) as session:
        planned = plan_of(session, found)
    if not planned.differences:
        voice.tell(sentence("Nothing to change."))
        return
    address = f"{found.organisation.key}/{found.trip.key}"
    if planned.is_new:
        voice.tell(sentence("{address} would be new:", address=address))
    else:
        voice.tell(sentence("{address} would change:", address=address))
    tell_differences(planned.differences, voice)
    tell_consequences(planned.consequences, voice)
    if planned.losses:
        voice.refuse(sentence("This would be refused, and nothing changed:"), planned.losses)


@event.command()
@reading
def apply(directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str) -> None:
    """Make the trip in DIRECTORY, or change it to what is written there. Bookings stay.

    What would lose something somebody has booked, answered or agreed to is refused with every reason, and then nothing
    is changed. Applied twice, nothing happens the second time.
    """
    voice, settings = Voice(language), read_settings()
    found = read(event_directory(directory), Again(starting=starting, key=key, opens=opens), voice)
    now = settings.clock.now()
    with _database(settings) as session:
        planned = plan_of(session, found)
        try:
            done = apply_trip(
                session,
                organisation=found.organisation,
                trip=found.trip,
                pictures=found.pictures,
                moment=Moment(at=now, actor="organiser", origin="tripkit event apply"),
            )
        except PlanRefused as refused:
            voice.refuse(refused.sentence, refused.reasons)
    if not done.changed:
        voice.tell(sentence("Nothing to change."))
        return
    if not done.created:
        voice.tell(sentence("Changed:"))
        tell_differences(planned.differences, voice)
    tell_consequences(planned.consequences, voice)
    address = f"{settings.url}/{language}/{found.organisation.key}/{found.trip.key}/"
    voice.tell(sentence("“{title}” is in place: {address}", title=found.trip.title, address=address))
    if (opening := _opening(found, now, language)) is not None:
        voice.tell(opening)


@event.command()
@click.argument("trip", metavar="ORGANISATION/TRIP")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--overwrite", is_flag=True, help="Bring an event directory that is there already up to date; its comments go."
)
@speaking
def export(trip: str, directory: Path, overwrite: bool, language: str) -> None:
    """Write a trip out of the database into DIRECTORY, by the two keys of its address."""
    voice = Voice(language)
    if not overwrite and directory.is_dir() and any(directory.iterdir()):
        voice.refuse(
            sentence(
                "{directory} is not empty. Name an empty or new directory, or say --overwrite.",
                directory=str(directory),
            )
        )
    with _database(read_settings()) as session:
        host, _, key = trip.partition("/")
        trip_id = find_trip(session, host, key)
        stored = trip_plan(session, trip_id) if trip_id is not None else None
        if trip_id is None or stored is None:
            voice.refuse(_unknown(session, trip))
        shown = pictures(session, trip_id)
    _, organisation, value = stored
    try:
        written = write_event(directory, organisation, value, shown)
    except ChangeRefused as refused:
        voice.refuse(refused.sentence)
    except OSError as error:
        voice.refuse(_unwritable(directory, error))
    voice.tell(
        sentences(
            "Wrote one file into {directory}.",
            "Wrote {count} files into {directory}.",
            len(written),
            directory=str(directory),
        )
    )


@event.command()
@click.argument("directory", type=click.Path(path_type=Path))
@speaking
def new(directory: Path, language: str) -> None:
    """Write a small trip into DIRECTORY, whole and right, with a comment at every part: change it into yours."""
    voice = Voice(language)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        voice.refuse(
            sentence("{directory} is there already. Name an empty or new directory.", directory=str(directory))
        )
    today = read_settings().clock.now().date()
    _write(directory, starter_files(directory.resolve().name, today, voice.say), voice)
    voice.tell(
        sentence(
            "Wrote a small trip into {directory}. Change {file} into yours, and look now and then: {command}",
            directory=str(directory),
            file=str(directory / "event.yaml"),
            command=f"tripkit event check {directory}",
        )
    )


@event.command()
@click.argument("name", type=click.Choice(NAMES), default="event")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Write the schemas of event.yaml and story.yaml into this event directory instead, where editors find them.",
)
@speaking
def schema(name: str, into: Path | None, language: str) -> None:
    """Print the JSON Schema of event.yaml, or of another file by its NAME, for editors and other programs."""
    if into is None:
        click.echo(schema_text(name), nl=False)
        return
    voice = Voice(language)
    if not into.is_dir():
        voice.refuse(sentence("There is no directory {directory}.", directory=str(into)))
    files = schema_files()
    _write(into, files, voice)
    for file in files:
        click.echo(into / file)


@contextmanager
def _database(settings: Settings) -> Iterator[Session]:
    engine = ready_engine(settings)
    with given_back(engine), sessions(engine)() as session:
        yield session


def _write(directory: Path, files: dict[str, bytes], voice: Voice) -> None:
    try:
        for name, data in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        voice.refuse(_unwritable(directory, error))


def _unwritable(directory: Path, error: OSError) -> Sentence:
    return sentence(
        "{directory} cannot be written: {reason}", directory=str(directory), reason=error.strerror or str(error)
    )


def _right(directory: Path, found: Event, voice: Voice) -> Sentence:
    trip = found.trip
    return sentence(
        "{directory} can be used: “{title}”, {days}, with {items} for {groups}.",
        directory=str(directory),
        title=trip.title,
        days=days(trip.starts_on, trip.ends_on, voice.language),
        items=sentences("one programme item", "{count} programme items", len(trip.programme)),
        groups=sentences("one group", "{count} groups", len(trip.segments)),
    )


def _opening(found: Event, now: datetime, language: str) -> Sentence | None:
    """When people can sign up; None when that is over, or the trip does not happen as planned."""
    trip = found.trip
    opens, closes = trip.signup_opens_at, trip.signup_closes_at
    if trip.status is not TripStatus.PLANNED or has_started(trip, now):
        return None
    if opens is not None and opens > now:
        return sentence("Sign-up opens {moment}.", moment=moment(opens, language, trip.time_zone))
    if closes is None:
        return sentence("Sign-up is open until the trip begins.")
    return (
        sentence("Sign-up is open until {moment}.", moment=moment(closes, language, trip.time_zone))
        if closes > now
        else None
    )


def _unknown(session: AnySession, trip: str) -> Sentence:
    rows = session.execute(
        select(OrganisationRow.key, TripRow.key).join_from(TripRow, OrganisationRow).order_by(TripRow.id)
    )
    known = [f"{organisation}/{key}" for organisation, key in rows]
    if not known:
        return sentence("There is no trip {trip}, nor any other.", trip=trip)
    near = nearest_word(trip, known)
    if near is not None:
        return sentence("There is no trip {trip}. Did you mean {near}?", trip=trip, near=near)
    return sentence("There is no trip {trip}. There are: {trips}", trip=trip, trips=list_words(known))
