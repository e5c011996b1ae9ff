"""The second fence: a session that works for one organisation sees and changes no rows of another, whoever forgot to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, Integer, Select, bindparam, event, or_, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, scoped_session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.columns import Row
from tripkit.storage.trips import TripRow

_FENCE = "tripkit_fence"
_organisation: ContextVar[int | None] = ContextVar("tripkit_fence", default=None)
"""For whom the statement works that is about to be sent."""
_MINE: BindParameter[int] = bindparam("tripkit_fence", callable_=_organisation.get, type_=Integer())


class CrossesTheFence(RuntimeError):
    """A session that works for one organisation was about to write a row of another one: a fault of ours."""


def fence(session: Session | scoped_session[Session], organisation_id: int) -> None:
    """From now on every statement of this database session is held to this organisation's rows.

    Rows are found by what they belong to: an organisation, a trip, a booking, a participant. Tables that belong to none of
    these, such as accounts, are left alone; a test knows which they are. Statements on tables instead of classes are not
    held to anything.
    """
    session.info[_FENCE] = organisation_id


def unfence(session: Session | scoped_session[Session]) -> None:
    """Take the fence away."""
    session.info.pop(_FENCE, None)


@event.listens_for(Session, "before_flush")
def _refuse_strange_rows(session: Session, *_: object) -> None:
    organisation_id = session.info.get(_FENCE)
    if organisation_id is None:
        return
    for row in (*session.new, *session.dirty):
        if getattr(row, "organisation_id", None) not in {None, organisation_id}:
            raise CrossesTheFence(type(row).__name__)


@event.listens_for(Session, "do_orm_execute")
def _hold_to_organisation(state: ORMExecuteState) -> None:
    organisation_id = state.session.info.get(_FENCE)
    if organisation_id is not None and not state.is_column_load and not state.is_relationship_load:
        _organisation.set(organisation_id)
        state.statement = state.statement.options(*_criteria())


@cache
def _criteria() -> Sequence[ExecutableOption]:
    # A function of the class and no expression: only so it is about an alias where the class is joined as one. It is called
    # once for each kind of statement, so that it must not know for whom; whoever that is, is asked when it is sent.
    return tuple(
        with_loader_criteria(mapper.class_, _is_mine, include_aliases=True, track_closure_variables=False)
        for mapper in fenced()
    )


def fenced() -> Iterator[Mapper[Any]]:
    """Each table that is somebody's."""
    for mapper in Row.registry.mappers:
        belongs = {"organisation_id", "trip_id", "booking_id", "participant_id"} & set(mapper.columns.keys())
        if belongs or mapper.class_.__tablename__ == "organisation":
            yield mapper


def _is_mine(row: Any) -> ColumnElement[bool]:
    """The condition on the rows of a class, or of an alias of one.

    Whose a row is, is looked up for it alone: the rows that a statement asks for are found as if there were no fence, and
    no table is read whole to find out first which of its rows are whose.
    """
    if row.__tablename__ == "organisation":
        return row.id == _MINE  # type: ignore[no-any-return]
    trip, booking, participant = (one.__table__.alias() for one in (TripRow, BookingRow, ParticipantRow))
    host = select(trip.c.organisation_id)
    found: list[ColumnElement[bool]] = []
    if hasattr(row, "organisation_id"):
        found.append(row.organisation_id == _MINE)
    if hasattr(row, "trip_id"):
        found.append(_host(host.where(trip.c.id == row.trip_id), trip))
    elif hasattr(row, "participant_id"):
        of_trip = host.join_from(trip, participant, participant.c.trip_id == trip.c.id)
        found.append(_host(of_trip.where(participant.c.id == row.participant_id), trip, participant))
    if hasattr(row, "booking_id"):
        of_trip = host.join_from(trip, booking, booking.c.trip_id == trip.c.id)
        found.append(_host(of_trip.where(booking.c.id == row.booking_id), trip, booking))
    return or_(*found)


def _host(host: Select[int], *tables: FromClause) -> ColumnElement[bool]:
    return host.correlate_except(*tables).scalar_subquery() == _MINE
