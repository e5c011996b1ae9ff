"""What somebody sees of their own when they are signed in: organisations and trips they work with, bookings they made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.rights import Role
from tripkit.domain.texts import Text
from tripkit.domain.trips import TripStatus
from tripkit.reads.addresses import booked_by
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow, TripRow

MOST = 200
"""Bookings and memberships that are shown; nobody has as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A role somebody has. ``trip``: its title, None = in the whole organisation."""

    id: int
    organisation_key: str
    organisation: Text
    role: Role
    trip_key: str | None
    trip: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyBooking:
    """A booking of one's own. ``confirmed``, ``waiting``, ``cancelled``: people."""

    code: str
    organisation_key: str
    organisation: Text
    trip_key: str
    trip: Text
    place: Text
    starts_on: date
    ends_on: date
    is_cancelled: bool
    confirmed: int
    waiting: int
    cancelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """Everything on the first page of an account; bookings with the latest trip first."""

    memberships: tuple[Membership, ...]
    bookings: tuple[MyBooking, ...]


def account_page(session: AnySession, *, account_id: int, email: str) -> AccountPage:
    """The page; two queries."""
    return AccountPage(memberships=memberships(session, account_id), bookings=my_bookings(session, email))


def memberships(session: AnySession, account_id: int) -> tuple[Membership, ...]:
    """The roles an account has, by organisation; one query."""
    rows = session.execute(
        select(MemberRow.id, OrganisationRow.key, OrganisationRow.name, MemberRow.role, TripRow.key, TripRow.title)
        .select_from(MemberRow)
        .join(OrganisationRow, OrganisationRow.id == MemberRow.organisation_id)
        .outerjoin(TripRow, TripRow.id == MemberRow.trip_id)
        .where(MemberRow.account_id == account_id)
        .order_by(OrganisationRow.key, TripRow.key.is_not(None), TripRow.key)
        .limit(MOST)
    )
    return tuple(
        Membership(id=member, organisation_key=key, organisation=name, role=role, trip_key=trip, trip=title)
        for member, key, name, role, trip, title in rows
    )


def my_bookings(session: AnySession, email: str) -> tuple[MyBooking, ...]:
    """The bookings made with this address, current and past; one query. Erased ones are nobody's any more."""

    def people(*statuses: ParticipantStatus) -> object:
        return func.count().filter(ParticipantRow.status.in_(statuses))

    rows = session.execute(
        select(
            BookingRow.code,
            OrganisationRow.key,
            OrganisationRow.name,
            TripRow.key,
            TripRow.title,
            TripRow.place,
            TripRow.starts_on,
            TripRow.ends_on,
            TripRow.status,
            people(ParticipantStatus.CONFIRMED),  # type: ignore[call-overload]
            people(ParticipantStatus.APPLIED, ParticipantStatus.WAITING, ParticipantStatus.OFFERED),
            people(ParticipantStatus.CANCELLED),
        )
        .join(TripRow, TripRow.id == BookingRow.trip_id)
        .join(OrganisationRow, OrganisationRow.id == TripRow.organisation_id)
        .join(ParticipantRow, ParticipantRow.booking_id == BookingRow.id)
        .where(booked_by(email), BookingRow.erased_at.is_(None))
        .group_by(BookingRow.id, TripRow.id, OrganisationRow.id)
        .order_by(TripRow.starts_on.desc(), BookingRow.id.desc())
        .limit(MOST)
    )
    return tuple(
        MyBooking(
            code=row[0],
            organisation_key=row[1],
            organisation=row[2],
            trip_key=row[3],
            trip=row[4],
            place=row[5],
            starts_on=row[6],
            ends_on=row[7],
            is_cancelled=row[8] is TripStatus.CANCELLED,
            confirmed=row[9],
            waiting=row[10],
            cancelled=row[11],
        )
        for row in rows
    )
