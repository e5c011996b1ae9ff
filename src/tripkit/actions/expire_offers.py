"""Taking back offers nobody answered in time, swept by the worker."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from tripkit.actions.answer_offer import close_offer
from tripkit.actions.booking_access import open_booking
from tripkit.actions.settling import settle
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import OfferRow


def expire_offers(session: AnySession, *, moment: Moment) -> int:
    """Take back every offer whose time is over; how many. One transaction each, safe to run by two at once.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    due = session.execute(
        select(OfferRow.id, OfferRow.booking_id)
        .where(OfferRow.state == "open", OfferRow.until <= moment.at)
        .order_by(OfferRow.until, OfferRow.id)
    ).all()
    return sweep("offers", [partial(_expire, session, offer.id, offer.booking_id, moment) for offer in due])


def _expire(session: AnySession, offer_id: int, booking_id: int, moment: Moment) -> bool:
    with write(session):
        opened = open_booking(session, booking_id)
        offer = session.get_one(OfferRow, offer_id)
        if offer.state != "open":
            return False  # Answered, or swept by another worker, since it was listed.
        close_offer(session, opened, offer, moment, "expired")
        settle(session, opened.seating, moment)
    return True
