"""What an event directory would change in the database, and what that means for people; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import func, select

from tripkit.actions.losses import what_would_be_lost
from tripkit.cli.event_ahead import ahead
from tripkit.cli.event_reading import Voice
from tripkit.domain.collisions import TravelTimes, attended, collisions
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile import Event
from tripkit.eventfile.consequences import consequences
from tripkit.eventfile.plan import Change, Difference, Edition, differences
from tripkit.reads.places import trip_places
from tripkit.reads.sent_reminders import sent_reminders
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.reads.trip_page import pictures
from tripkit.reads.trip_plan import AnySession, find_trip, trip_plan
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow
from tripkit.storage.trips import OrganisationRow, TripRow

_MARKS = {Change.ADDED: "+", Change.CHANGED: "~", Change.REMOVED: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What applying an event would do. ``losses``: why it would be refused; empty when it would not be.

    ``ahead``: what happens by itself later on, as it is written now.
    """

    is_new: bool
    differences: tuple[Difference, ...]
    consequences: tuple[Sentence, ...]
    losses: tuple[Sentence, ...]
    ahead: tuple[Sentence, ...]


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
    return Plan(
        is_new=False,
        differences=differences(before, after),
        consequences=(
            *_of_organisation(session, organisation, event.organisation, others=1),
            *consequences(trip, event.trip, trip_places(session, trip_id, trip)),
            *_of_clashes(session, trip_id, trip, event.trip),
        ),
        losses=what_would_be_lost(session, trip_id, trip, event.trip),
        ahead=ahead(trip, event.trip, sent=sent_reminders(session, trip_id), now=now, language=language),
    )


def _of_clashes(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    """Chosen items that people can no longer go to, since something else they go to is then."""
    known = set(_clashing(before))
    new = [pair for pair in _clashing(after) if pair not in known]
    chosen: dict[int, tuple[str, set[str]]] = {}
    held = (
        select(ParticipantRow.id, ParticipantRow.segment, PoolRow.key)
        .join_from(ParticipantRow, ClaimRow)
        .join(PoolRow)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM)
    )
    for person, segment, key in session.execute(held) if new else ():
        chosen.setdefault(person, (segment, set()))[1].add(key)
    items = {item.key: item for item in after.programme}
    goes = [{item.key for item in attended(after.programme, segment, keys)} for segment, keys in chosen.values()]
    for pair in new:
        if people := sum(pair <= keys for keys in goes):
            one, other = sorted(pair, key=lambda key: items[key].starts_at)
            yield sentences(
                "“{one}” and “{other}” cannot both be reached any more, and one person goes to both.",
                "“{one}” and “{other}” cannot both be reached any more, and {count} people go to both.",
                people,
                one=items[one].title,
                other=items[other].title,
            )


def _clashing(trip: Trip) -> Iterator[frozenset[str]]:
    """Pairs of items that collide, one of them chosen at least."""
    for clash in collisions(trip.programme, TravelTimes(trip.travel)):
        choices = (clash.earlier.choice, clash.later.choice)
        if any(choices) and choices[0] != choices[1]:
            yield frozenset((clash.earlier.key, clash.later.key))


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
