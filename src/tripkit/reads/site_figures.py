"""How an installation fares, in figures for who watches it: nobody is named, no trip is told from another; a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from tripkit.domain.campaigns import CampaignState
from tripkit.domain.seats import PLACES, PoolKind
from tripkit.domain.trips import TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import OfferRow, PoolRow, WaitingRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow
from tripkit.storage.work import JobRow, MailServerRow, WorkerRow

MESSAGE_STATES = ("waiting", "sent", "dead", "held", "paused", "dropped", "erased")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything of one kind that has room in trips open for sign-up, added up. What has no limit is in no size."""

    size: int = 0
    taken: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFigures:
    """A scheduled job. ``succeeded_at``: None while it fails; ``failures``: rounds that failed one after the other."""

    due_at: datetime
    succeeded_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFigures:
    """An installation at one moment.

    ``messages``: by state; ``failing``: those that wait and were tried in vain; ``due_since``: when the one was due that
    is due the longest. ``beats``: by process, when it last gave a sign of life. ``mail_servers``: how often each took
    nothing since it last did. ``overdue_offers``: whose deadline has passed and who are still to be taken back.
    """

    open_trips: int
    places: Rooms
    visits: Rooms
    messages: Mapping[str, int]
    failing: int
    due_since: datetime | None
    beats: Mapping[str, datetime]
    jobs: Mapping[str, JobFigures]
    mail_servers: Mapping[str, int]
    campaigns: Mapping[str, int]
    open_offers: int
    overdue_offers: int


def site_figures(session: AnySession, now: datetime) -> SiteFigures:
    """The installation as it stands at this moment, in nine queries whatever its size."""
    is_open = _is_open(now)
    trips, rooms = _rooms(session, is_open)
    on_trip = func.count().filter(WaitingRow.item == "").label("on_trip")
    waits = session.execute(
        select(func.count().label("all"), on_trip).join(TripRow, TripRow.id == WaitingRow.trip_id).where(is_open)
    ).one()
    is_due = and_(OutboxRow.next_at <= now, or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now))
    waiting = session.execute(
        select(
            func.count(OutboxRow.last_error).label("failing"), func.min(OutboxRow.next_at).filter(is_due).label("since")
        ).where(OutboxRow.state == "waiting")
    ).one()
    offers = session.execute(
        select(func.count().label("open"), func.count().filter(OfferRow.until <= now).label("overdue")).where(
            OfferRow.state == "open"
        )
    ).one()
    states = dict(session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all())
    campaigns = dict(session.execute(select(CampaignRow.state, func.count()).group_by(CampaignRow.state)).all())
    return SiteFigures(
        open_trips=trips,
        places=_with_waiting([rooms.get(kind, Rooms()) for kind in PLACES], waits.on_trip),
        visits=_with_waiting([rooms.get(PoolKind.ITEM, Rooms())], waits.all - waits.on_trip),
        messages={state: states.get(state, 0) for state in MESSAGE_STATES},
        failing=waiting.failing,
        due_since=waiting.since,
        beats={
            f"{row.host}:{row.pid}": row.beat_at
            for row in session.execute(select(WorkerRow.host, WorkerRow.pid, WorkerRow.beat_at))
        },
        jobs={
            row.name: JobFigures(
                due_at=row.due_at, succeeded_at=None if row.failures else row.ended_at, failures=row.failures
            )
            for row in session.execute(select(JobRow.name, JobRow.due_at, JobRow.ended_at, JobRow.failures))
        },
        mail_servers=dict(session.execute(select(MailServerRow.name, MailServerRow.failures)).all()),
        campaigns={state.value: campaigns.get(state, 0) for state in CampaignState},
        open_offers=offers.open,
        overdue_offers=offers.overdue,
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    """Trips one can sign up for: nearly as `tripkit.domain.places` says it, by the day in UTC instead of each trip's own."""
    return and_(
        TripRow.status == TripStatus.PLANNED,
        TripRow.starts_on > now.astimezone(UTC).date(),
        or_(TripRow.signup_opens_at.is_(None), TripRow.signup_opens_at <= now),
        or_(TripRow.signup_closes_at.is_(None), TripRow.signup_closes_at > now),
    )


def _rooms(session: AnySession, is_open: ColumnElement[bool]) -> tuple[int, dict[PoolKind, Rooms]]:
    """How many trips, and their pools by kind. Every trip has one pool of open places."""
    rows = session.execute(
        select(
            PoolRow.kind,
            func.count(TripRow.id.distinct()).label("trips"),
            func.coalesce(func.sum(PoolRow.size), 0).label("size"),
            func.coalesce(func.sum(PoolRow.taken).filter(PoolRow.size.is_not(None)), 0).label("taken"),
        )
        .join(TripRow, TripRow.id == PoolRow.trip_id)
        .where(is_open)
        .group_by(PoolRow.kind)
    ).all()
    trips = next((row.trips for row in rows if row.kind is PoolKind.OPEN), 0)
    return trips, {row.kind: Rooms(size=int(row.size), taken=int(row.taken)) for row in rows}


def _with_waiting(rooms: list[Rooms], waiting: int) -> Rooms:
    return Rooms(size=sum(room.size for room in rooms), taken=sum(room.taken for room in rooms), waiting=waiting)
