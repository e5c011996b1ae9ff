"""The commands of ``tripkit event`` that compare files with the database: plan, apply, export."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tripkit.actions.apply_trip import apply_trip
from tripkit.cli.databases import given_back, missing_file, ready_engine
from tripkit.cli.event_plan import EDITS_WOULD_GO, plan_of, tell_differences, tell_edits, tell_meaning
from tripkit.cli.event_reading import Again, Voice, event_directory, read, reading, speaking, unwritable
from tripkit.cli.progress import progress
from tripkit.cli.surroundings import read_settings
from tripkit.domain.bookings import Moment
from tripkit.domain.places import has_started
from tripkit.domain.refusals import ChangeRefused, PlanRefused
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import TripStatus
from tripkit.eventfile import Event, write_event
from tripkit.eventfile.document import document_of, read_document, to_json
from tripkit.eventfile.errors import list_words, nearest_word
from tripkit.eventfile.schema import FOLDER
from tripkit.i18n import moment
from tripkit.reads.logo import logo
from tripkit.reads.trip_document import trip_document
from tripkit.reads.trip_page import pictures
from tripkit.reads.trip_plan import AnySession, find_trip, trip_plan
from tripkit.settings import Settings
from tripkit.storage import sessions
from tripkit.storage.trips import OrganisationRow, TripRow


@click.command()
@reading
def plan(directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str) -> None:
    """Say what `apply` would change; change nothing.

    It tells what the change means for those who have signed up, and what would be refused. Ends with 1 if anything would
    be.
    """
    voice = Voice(language)
    found = read(event_directory(directory), Again(starting=starting, key=key, opens=opens), voice)
    settings = read_settings()
    with _database(settings, voice) as session:
        planned = plan_of(session, found, now=settings.clock.now(), language=language)
    tell_edits(planned, voice)
    if not planned.differences:
        voice.tell(sentence("Nothing to change."))
        return
    address = f"{found.organisation.key}/{found.trip.key}"
    if planned.is_new:
        voice.tell(sentence("{address} would be new:", address=address))
    else:
        voice.tell(sentence("{address} would change:", address=address))
    tell_differences(planned.differences, voice)
    tell_meaning(planned, voice)
    if planned.losses:
        voice.refuse(sentence("This would be refused, and nothing changed:"), planned.losses)


@click.command()
@click.option("--discard-edits", is_flag=True, help="Let edits go that were made in the browser and not published yet.")
@reading
def apply(
    directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str, discard_edits: bool
) -> None:
    """Put the trip in DIRECTORY into the database.

    A trip that is there already is changed to what is written. Bookings stay. What would lose something somebody has
    booked, answered or agreed to is refused with every reason, and then nothing is changed. So are edits that were made
    in the browser and not published yet, unless they are to go. Applied twice, nothing happens the second time.
    """
    voice, settings = Voice(language), read_settings()
    found = read(event_directory(directory), Again(starting=starting, key=key, opens=opens), voice)
    now = settings.clock.now()
    with _database(settings, voice) as session:
        try:
            with progress(voice.say(sentence("Putting the trip in place")), language=language):
                planned = plan_of(session, found, now=now, language=language)
                if planned.edits and not discard_edits:
                    voice.refuse(EDITS_WOULD_GO, [one.sentence for one in planned.edits])
                done = apply_trip(
                    session,
                    organisation=found.organisation,
                    trip=found.trip,
                    pictures=found.pictures,
                    logo=found.logo,
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
    tell_meaning(planned, voice)
    address = f"{settings.url}/{language}/{found.organisation.key}/{found.trip.key}/"
    voice.tell(sentence("“{title}” is in place: {address}", title=found.trip.title, address=address))
    if (opening := _opening(found, now, language)) is not None:
        voice.tell(opening)


@click.command()
@click.argument("trip", metavar="ORGANISATION/TRIP")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--edits", is_flag=True, help="With the edits made in the browser that are not published yet.")
@click.option(
    "--overwrite", is_flag=True, help="Bring an event directory that is there already up to date; its comments go."
)
@speaking
def export(trip: str, directory: Path, overwrite: bool, edits: bool, language: str) -> None:
    """Write a trip out of the database.

    The trip is named by the two keys of its address, and written into DIRECTORY, which must be empty or new. People and
    their bookings are not part of it.
    """
    voice = Voice(language)
    if not overwrite and directory.is_dir() and any(directory.iterdir()):
        voice.refuse(
            sentence(
                "{directory} is not empty. Name an empty or new directory, or say --overwrite.",
                directory=str(directory),
            )
        )
    with _database(read_settings(), voice) as session:
        host, _, key = trip.partition("/")
        trip_id = find_trip(session, host, key)
        stored = trip_plan(session, trip_id) if trip_id is not None else None
        if trip_id is None or stored is None:
            voice.refuse(_unknown(session, trip))
        _, organisation, value = stored
        there = pictures(session, trip_id)
        edited = trip_document(session, trip_id) if edits else None
        if edited is not None:
            value = read_document(edited.document, organisation, there).trip
        written_down = to_json(document_of(organisation, value))
        # What was chosen in the browser and is shown nowhere is kept for versions to go back to; no directory holds it.
        shown = {name: one for name, one in there.items() if name in written_down}
        drawn = organisation.look.logo
        png = logo(session, organisation=organisation.key, digest=drawn.digest) if drawn else None
    try:
        written = write_event(directory, organisation, value, shown, png)
    except ChangeRefused as refused:
        voice.refuse(refused.sentence)
    except OSError as error:
        voice.refuse(unwritable(directory, error))
    voice.tell(
        sentences(
            "Wrote one file into {directory}.",
            "Wrote {count} files into {directory}.",
            sum(not name.startswith(f"{FOLDER}/") for name in written),
            directory=str(directory),
        )
    )


@contextmanager
def _database(settings: Settings, voice: Voice) -> Iterator[Session]:
    made = missing_file(settings)
    engine = ready_engine(settings)
    if made is not None:
        # In another folder than last time, an empty database would look as if everything were lost.
        shown = made.relative_to(Path.cwd()) if made.is_relative_to(Path.cwd()) else made
        voice.tell(sentence("There was no database here. A new one is in {file}", file=str(shown)), err=True)
    with given_back(engine), sessions(engine)() as session:
        yield session


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
