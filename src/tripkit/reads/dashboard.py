"""How a trip stands, for those who organise it: places, groups, visits, what needs doing, what comes by itself; a fixed number of queries, nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.coming import Happening, happenings
from tripkit.domain.places import Room
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.signup_course import SignupCourse
from tripkit.domain.texts import Text
from tripkit.domain.to_do import ToDo, to_do
from tripkit.domain.trips import Segment
from tripkit.reads.sent_reminders import sent_reminders
from tripkit.reads.signup_course import signup_course
from tripkit.reads.to_do import known_of
from tripkit.reads.trip_page import TripPage, trip_page_of
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import ParticipantRow

_PLACED = (ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED)
People = Counter[tuple[str, ParticipantStatus]]
"""How many of a segment stand how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """Places kept for a segment. ``used``: of these; ``left``: still kept for it; ``until``: None = never released."""

    places: int
    used: int
    left: int
    until: datetime | None
    is_released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How a segment stands. ``room``: against its limit, else against what is still kept for it, else without a size."""

    key: str
    name: Text
    room: Room
    at_most: int | None
    guarantee: Guarantee | None

    @property
    def is_kept(self) -> bool:
        """Whether places are kept for it still."""
        return self.guarantee is not None and not self.guarantee.is_released


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The page of a trip.

    ``for_all``, ``kept``: places nobody holds that anybody may have, and those kept for a segment; together with those
    taken they are the trip's size. ``visits``: items that are chosen, in the order of the programme. ``coming``: what
    is over among it. ``course``: sign-ups over time, None while there are none.
    """

    page: TripPage
    for_all: int
    kept: int
    groups: tuple[Group, ...]
    visits: tuple[tuple[ProgrammeItem, Room], ...]
    to_do: tuple[ToDo, ...]
    coming: tuple[Happening, ...]
    course: SignupCourse | None
    erased_at: datetime | None


def dashboard(session: AnySession, *, trip_id: int, now: datetime) -> Dashboard | None:
    """The page, None when there is no such trip."""
    page = trip_page_of(session, trip_id=trip_id, now=now)
    if page is None:
        return None
    trip, places = page.trip, page.places
    people = _people(session, trip_id)
    placed = {one.key: sum(people[one.key, status] for status in _PLACED) for one in trip.segments}
    known, erased_at = known_of(session, trip_id, trip, places, placed, now)
    known = replace(known, applied=sum(people[one.key, ParticipantStatus.APPLIED] for one in trip.segments))
    coming = happenings(trip, sent=sent_reminders(session, trip_id), now=now)
    left = places.trip.left or 0
    kept = min(left, sum(room.left or 0 for room in places.guaranteed.values()))
    return Dashboard(
        page=page,
        for_all=left - kept,
        kept=kept,
        groups=tuple(_groups(page, people, now)),
        visits=tuple(
            (item, places.items[item.key])
            for item in sorted(trip.programme, key=lambda item: item.starts_at)
            if item.key in places.items
        ),
        to_do=to_do(trip, known, coming, now),
        coming=coming,
        course=signup_course(session, trip_id, trip, now),
        erased_at=erased_at,
    )


def _people(session: AnySession, trip_id: int) -> People:
    rows = session.execute(
        select(ParticipantRow.segment, ParticipantRow.status, func.count().label("number"))
        .where(ParticipantRow.trip_id == trip_id)
        .group_by(ParticipantRow.segment, ParticipantRow.status)
    )
    return Counter({(row.segment, row.status): row.number for row in rows})


def _groups(page: TripPage, people: People, now: datetime) -> Iterator[Group]:
    for segment in page.trip.segments:
        offered = people[segment.key, ParticipantStatus.OFFERED]
        taken = people[segment.key, ParticipantStatus.CONFIRMED] + offered
        kept = page.places.guaranteed.get(segment.key)
        guarantee = _guarantee(segment, kept, now) if segment.guaranteed and kept is not None else None
        size = segment.at_most
        if size is None and guarantee is not None and not guarantee.is_released:
            size = max(guarantee.used + guarantee.left, taken)
        yield Group(
            key=segment.key,
            name=segment.name,
            room=Room(size=size, taken=taken, offered=offered, waiting=people[segment.key, ParticipantStatus.WAITING]),
            at_most=segment.at_most,
            guarantee=guarantee,
        )


def _guarantee(segment: Segment, kept: Room, now: datetime) -> Guarantee:
    until = segment.guaranteed_until
    return Guarantee(
        places=segment.guaranteed,
        used=kept.taken,
        left=kept.left or 0,
        until=until,
        is_released=until is not None and until <= now,
    )
