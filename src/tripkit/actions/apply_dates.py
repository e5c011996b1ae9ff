"""What follows when a trip's dates are changed: offers end before it begins, links open as long as was promised."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from tripkit.actions.recording import links_end_at
from tripkit.actions.seating import Seating
from tripkit.actions.settling import tell_offers
from tripkit.domain.bookings import Moment
from tripkit.domain.places import begins_at
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow, LinkRow, OfferRow, ParticipantRow


def follow_dates(session: AnySession, seating: Seating, moment: Moment) -> None:
    """Shorten the offers that would outlast the day before the trip, which their holders are told, and extend links."""
    ends = begins_at(seating.trip)
    late = select(OfferRow).where(OfferRow.trip_id == seating.trip_id, OfferRow.state == "open", OfferRow.until > ends)
    offers = session.scalars(late.order_by(OfferRow.id)).all()
    if offers:
        ids = [person_id for offer in offers for person_id in offer.participant_ids]
        query = select(ParticipantRow).where(ParticipantRow.id.in_(ids)).options(selectinload(ParticipantRow.booking))
        people = {person.id: person for person in session.scalars(query)}
        for offer in offers:
            offer.until = ends
        if ends > moment.at:  # Otherwise the sweep takes them back and says so.
            tell_offers(session, seating, moment, offers, people)
    here = select(BookingRow.id).where(BookingRow.trip_id == seating.trip_id)
    until = links_end_at(seating.trip)
    session.execute(
        update(LinkRow)
        .where(LinkRow.booking_id.in_(here), LinkRow.expires_at < until)
        .values(expires_at=until)
        .execution_options(synchronize_session=False)
    )
