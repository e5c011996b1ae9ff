"""The trips of an installation or of one organisation, as a list; a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, select

from tripkit.domain.places import Places, Room, TripState, state_of
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Segment, Trip, TripStatus
from tripkit.reads.places import many_places
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.columns import to_value
from tripkit.storage.trip_parts import PARTS, SegmentRow
from tripkit.storage.trips import OrganisationRow, TripRow

LONGEST_LIST = 100
"""Trips in a list, the ones that come soonest first; all of them are in the site map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TripCard:
    """A trip in a list. ``segments``: the names of its audiences; ``visits_waiting``: people in the queue for a visit, once for each."""

    id: int
    organisation: Organisation
    key: str
    title: Text
    lead: Text
    place: Text
    starts_on: date
    ends_on: date
    languages: tuple[str, ...]
    picture: str | None
    places_trip: Room
    visits_waiting: int
    state: TripState
    segments: tuple[Text, ...]


def organisation(session: AnySession, key: str) -> Organisation | None:
    """An organisation by its key in the address."""
    row = session.scalar(select(OrganisationRow).where(OrganisationRow.key == key))
    return None if row is None else to_value(row, Organisation)


def organisations(session: AnySession) -> tuple[Organisation, ...]:
    """Every organisation that hosts here, by key."""
    return tuple(
        to_value(row, Organisation) for row in session.scalars(select(OrganisationRow).order_by(OrganisationRow.key))
    )


def trip_titles(session: AnySession, *, organisation_id: int) -> tuple[tuple[str, Text], ...]:
    """(key, title) of an organisation's trips, to choose one of; the latest first, at most `LONGEST_LIST`."""
    rows = session.execute(
        select(TripRow.key, TripRow.title)
        .where(TripRow.organisation_id == organisation_id)
        .order_by(TripRow.starts_on.desc(), TripRow.id)
        .limit(LONGEST_LIST)
    )
    return tuple((key, title) for key, title in rows)


def trip_addresses(
    session: AnySession,
) -> dict[tuple[str, tuple[str, ...], str | None], list[tuple[str, tuple[str, ...]]]]:
    """Every trip there is as (key, languages), by its organisation as (key, languages, own host); by key, without the rest."""
    query = (
        select(OrganisationRow.key, OrganisationRow.languages, OrganisationRow.own_host, TripRow.key, TripRow.languages)
        .join(TripRow, TripRow.organisation_id == OrganisationRow.id)
        .where(TripRow.status != TripStatus.DRAFT)
        .order_by(OrganisationRow.key, TripRow.key)
    )
    found: dict[tuple[str, tuple[str, ...], str | None], list[tuple[str, tuple[str, ...]]]] = {}
    for host, spoken, own_host, trip, languages in session.execute(query):
        found.setdefault((host, tuple(spoken), own_host), []).append((trip, tuple(languages)))
    return found


def trip_list(
    session: AnySession, *, organisation: str | None = None, now: datetime, page: int = 1, drafts: bool = False
) -> tuple[TripCard, ...]:
    """The trips, coming ones first in order of time, then past ones, latest first; a page of `LONGEST_LIST`, from 1.

    ``drafts``: also those that nobody but who organises them may see.
    """
    is_past = TripRow.ends_on < now.date() - timedelta(days=1)  # Surely, wherever it was; `state_of` knows exactly.
    soonest = case((is_past, None), else_=TripRow.starts_on)
    query = (
        select(TripRow, OrganisationRow)
        .join(OrganisationRow)
        .order_by(is_past, soonest, TripRow.starts_on.desc(), TripRow.id)
    )
    if not drafts:
        query = query.where(TripRow.status != TripStatus.DRAFT)
    if organisation is not None:
        query = query.where(OrganisationRow.key == organisation)
    rows = session.execute(query.limit(LONGEST_LIST).offset((page - 1) * LONGEST_LIST)).all()
    ids = [trip.id for trip, _ in rows]
    segments: dict[int, list[Segment]] = {trip_id: [] for trip_id in ids}
    for row in session.scalars(
        select(SegmentRow).where(SegmentRow.trip_id.in_(ids)).order_by(SegmentRow.trip_id, SegmentRow.position)
    ):
        segments[row.trip_id].append(to_value(row, Segment))
    others = {field: () for field, _ in PARTS if field != "segments"}
    trips = {trip.id: to_value(trip, Trip, segments=tuple(segments[trip.id]), **others) for trip, _ in rows}
    places = many_places(session, trips)
    hosts = {host.id: to_value(host, Organisation) for _, host in rows}
    cards = [_card(trip.id, hosts[host.id], trips[trip.id], places[trip.id], now) for trip, host in rows]
    past = [card for card in cards if card.state is TripState.PAST]
    return (
        *(card for card in cards if card.state is not TripState.PAST),
        *sorted(past, key=lambda card: card.starts_on, reverse=True),
    )


def _card(trip_id: int, host: Organisation, trip: Trip, places: Places, now: datetime) -> TripCard:
    return TripCard(
        id=trip_id,
        organisation=host,
        key=trip.key,
        title=trip.title,
        lead=trip.lead,
        place=trip.place,
        starts_on=trip.starts_on,
        ends_on=trip.ends_on,
        languages=trip.languages,
        picture=trip.picture,
        places_trip=places.trip,
        visits_waiting=sum(room.waiting for room in places.items.values()),
        state=state_of(trip, places, now),
        segments=tuple(segment.name for segment in trip.segments),
    )
