"""What an event directory would change in the database, and what that means for people; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import func, select

from tripkit.actions.planned_change import planned_change
from tripkit.cli.event_ahead import ahead
from tripkit.cli.event_reading import Voice
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile import Event, EventErrors
from tripkit.eventfile.document import read_document
from tripkit.eventfile.plan import Change, Difference, Edition, differences
from tripkit.reads.sent_reminders import sent_reminders
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.reads.trip_page import pictures
from tripkit.reads.trip_plan import AnySession, find_trip, trip_plan
from tripkit.storage.trips import OrganisationRow, TripRow

EDITS_WOULD_GO = sentence(
    "The trip was not changed: edits made in the browser, which nobody sees yet, would go. Publish them there first, or say --discard-edits."
)
_MARKS = {Change.ADDED: "+", Change.CHANGED: "~", Change.REMOVED: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What applying an event would do. ``losses``: why it would be refused; empty when it would not be.

    ``ahead``: what happens by itself later on, as it is written now. ``edits``: made in the browser and not published yet,
    which applying would take away.
    """

    is_new: bool
    differences: tuple[Difference, ...]
    consequences: tuple[Sentence, ...]
    losses: tuple[Sentence, ...]
    ahead: tuple[Sentence, ...]
    edits: tuple[Difference, ...] = ()


def plan_of(session: AnySession, event: Event, *, now: datetime, language: str) -> Plan:
    """Compare an event with what is in the database. ``language``: what moments are said in."""
    after = Edition(organisation=event.organisation, trip=event.trip, pictures=event.pictures)
    trip_id = find_trip(session, event.organisation.key, event.trip.key)
    stored = trip_plan(session, trip_id) if trip_id is not None else None
    host = find_organisation(session, event.organisation.key)
    if trip_id is None or stored is None:
        return Plan(
            is_new=True,
            differences=differences(None, after, host=host),
            consequences=_of_organisation(session, host, event.organisation, others=0),
            losses=(),
            ahead=ahead(None, event.trip, sent=(), now=now, language=language),
        )
    _, organisation, trip = stored
    before = Edition(organisation=organisation, trip=trip, pictures=pictures(session, trip_id))
    planned = planned_change(session, trip_id, before, after)
    edited = trip_document(session, trip_id)
    return Plan(
        is_new=False,
        differences=planned.differences,
        consequences=(
            *_of_organisation(session, organisation, event.organisation, others=1),
            *planned.consequences,
        ),
        losses=planned.losses,
        edits=_edits(edited, organisation, trip) if edited is not None and edited.has_edits else (),
        ahead=ahead(trip, event.trip, sent=sent_reminders(session, trip_id), now=now, language=language),
    )


def _of_organisation(
    session: AnySession, before: Organisation | None, after: Organisation, *, others: int
) -> tuple[Sentence, ...]:
    """``others``: how many of the organisation's trips are the one in question."""
    if before is None or before == after:
        return ()
    hosted = select(func.count()).select_from(TripRow).join(OrganisationRow).where(OrganisationRow.key == after.key)
    shown = (session.scalar(hosted) or 0) - others
    if not shown:
        return ()
    return (
        sentences(
            "The organisation has another trip, whose pages change with it.",
            "The organisation has {count} other trips, whose pages change with it.",
            shown,
        ),
    )


def _edits(edited: TripDocument, organisation: Organisation, trip: Trip) -> tuple[Difference, ...]:
    try:
        written = read_document(edited.document, organisation, edited.pictures).trip
    except EventErrors:
        return ()  # Written for another version of the format: nothing to be published as it is.
    before, after = (Edition(organisation=organisation, trip=one, pictures={}) for one in (trip, written))
    return differences(before, after)


def tell_edits(plan: Plan, voice: Voice) -> None:
    """What was edited in the browser and would go, if anything."""
    if plan.edits:
        voice.tell(sentence("Edits made in the browser, which nobody sees yet, would go:"))
        tell_differences(plan.edits, voice)


def tell_differences(found: Iterable[Difference], voice: Voice) -> None:
    """A line for each: + is new, ~ is changed, - goes."""
    for difference in found:
        click.echo(f"  {_MARKS[difference.change]} {voice.say(difference.sentence)}")


def tell_meaning(plan: Plan, voice: Voice) -> None:
    """What it means for people, and what happens by itself later, if anything."""
    for heading, found in (
        (sentence("What this means for people:"), plan.consequences),
        (sentence("What happens by itself:"), plan.ahead),
    ):
        if found:
            voice.tell(heading)
        for one in found:
            voice.tell(one, indent="  ")
