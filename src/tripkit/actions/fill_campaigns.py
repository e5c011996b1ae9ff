"""Writing the letters of campaigns into the outbox, some hundred at a time; each booking gets one, whoever is killed when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from sqlalchemy import exists, insert, or_, select

from tripkit.actions.recording import audit, make_links, make_ways_out
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import CampaignState
from tripkit.domain.trips import Trip
from tripkit.reads.audience import is_reached
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.reads.unsubscribed import unsubscribed
from tripkit.storage import note_told, write
from tripkit.storage.bookings import BookingRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow

A_PIECE = 200
"""Bookings looked at in one transaction."""
PIECES = 25
"""Pieces of one campaign in one round: other work is waiting, too."""
BEHIND_OTHERS = 9
"""The priority of these letters: a confirmation does not wait behind thousands of them."""
_OPEN = ("waiting", "paused", "held")


def fill_campaigns(session: AnySession, *, moment: Moment) -> int:
    """Start what is scheduled, write letters of what is being sent, end what is through; how many letters were written.

    Raises: ExceptionGroup when some campaigns failed, after all the others.
    """
    due = session.scalars(
        select(CampaignRow.id)
        .where(
            or_(
                CampaignRow.state == CampaignState.SENDING,
                (CampaignRow.state == CampaignState.SCHEDULED) & (CampaignRow.send_at <= moment.at),
            )
        )
        .order_by(CampaignRow.id)
    ).all()
    session.rollback()
    return sweep("campaigns", [partial(_fill, session, campaign_id, moment) for campaign_id in due])


def _fill(session: AnySession, campaign_id: int, moment: Moment) -> int:
    written = 0
    for _ in range(PIECES):
        piece = _fill_piece(session, campaign_id, moment)
        if piece is None:
            break
        written += piece
    return written


def _fill_piece(session: AnySession, campaign_id: int, moment: Moment) -> int | None:
    """Write the next letters, in one transaction; how many, None when there is nothing more to be written now."""
    with write(session):
        row = session.scalars(select(CampaignRow).where(CampaignRow.id == campaign_id).with_for_update()).one()
        if row.state is CampaignState.SCHEDULED and row.send_at is not None and row.send_at <= moment.at:
            row.state, row.started_at = CampaignState.SENDING, moment.at
        if row.state is not CampaignState.SENDING:
            return None  # Paused or cancelled since it was listed.
        if row.filled_at is not None:
            _end_if_through(session, row, moment)
            return None
        plan = trip_plan(session, row.trip_id)
        if plan is None:
            raise LookupError(row.trip_id)
        here = (BookingRow.trip_id == row.trip_id, BookingRow.id > row.cursor, is_reached(row.audience, plan[2]))
        bookings = session.scalars(
            select(BookingRow)
            .where(*here)
            .order_by(BookingRow.id)
            .limit(A_PIECE)
            .with_for_update(read=True)  # Not to be erased before its letter is there to be erased with it.
        ).all()
        if not bookings:
            row.filled_at = moment.at
            return 0
        row.cursor = bookings[-1].id
        return _write_letters(session, row, bookings, plan[2], moment)


def _write_letters(
    session: AnySession, row: CampaignRow, bookings: Sequence[BookingRow], trip: Trip, moment: Moment
) -> int:
    wanted = list(bookings)
    if not row.essential:
        refused = unsubscribed(session, row.trip_id, [booking.contact_email for booking in bookings])
        wanted = [booking for booking in bookings if booking.contact_email not in refused]
    if not wanted:
        return 0
    links = make_links(session, [booking.id for booking in wanted], trip, moment.at)
    sent_to = [(booking.id, booking.contact_email) for booking in wanted]
    ways_out = [""] * len(wanted) if row.essential else make_ways_out(session, sent_to, trip, moment.at)
    session.execute(
        insert(OutboxRow),
        [
            {
                "booking_id": booking.id,
                "campaign_id": row.id,
                "priority": BEHIND_OTHERS,
                "kind": "letter",
                "recipient": booking.contact_email,
                "language": booking.language,
                "payload": {"token": link, "unsubscribe": way_out},
                "message_id": secrets.token_hex(16),
                "created_at": moment.at,
                "next_at": moment.at,
            }
            for booking, link, way_out in zip(wanted, links, ways_out, strict=True)
        ],
    )
    note_told(session)
    return len(wanted)


def _end_if_through(session: AnySession, row: CampaignRow, moment: Moment) -> None:
    still = exists().where(OutboxRow.campaign_id == row.id, OutboxRow.state.in_(_OPEN))
    if not session.scalar(select(still)):
        row.state, row.ended_at = CampaignState.DONE, moment.at
        audit(session, "end_campaign", moment=moment, trip_id=row.trip_id, campaign=row.id)
