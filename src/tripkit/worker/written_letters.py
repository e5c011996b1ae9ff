"""A letter somebody wrote, as one recipient gets it: its words filled in, in their language; nothing is sent here."""

from __future__ import annotations

from dataclasses import replace

from tripkit.domain.campaigns import CampaignState
from tripkit.domain.free_texts import used_placeholders
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.i18n import text as in_language
from tripkit.mailing.bounce import bounce_address
from tripkit.mailing.letter import Letter
from tripkit.reads.audience import is_still_reached
from tripkit.reads.filled_in import as_letter
from tripkit.reads.letter_values import values_for
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.reads.unsubscribed import unsubscribed
from tripkit.settings import Settings
from tripkit.storage.bookings import BookingRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.worker.trouble import Halted, Unwanted


def written_letter(session: AnySession, row: OutboxRow, settings: Settings) -> Letter:
    """The letter of a campaign, or one to who organises a trip.

    ``payload`` of the latter holds ``subject`` and ``text`` in the reader's language. Raises: Unwanted, Halted.
    """
    campaign = None if row.campaign_id is None else session.get_one(CampaignRow, row.campaign_id)
    booking = None if row.booking_id is None else session.get_one(BookingRow, row.booking_id)
    trip_id = booking.trip_id if booking is not None else row.trip_id
    plan = None if trip_id is None else trip_plan(session, trip_id)
    if plan is None or trip_id is None:
        raise LookupError(trip_id)
    _, host, trip = plan
    if campaign is not None:
        _refuse_unwanted(session, row, campaign, trip)
    token, way_out = row.payload.get("token", ""), row.payload.get("unsubscribe", "")
    base = settings.address_of(host.own_host)
    link = f"{base}/{row.language}/booking/{token}/" if token else ""
    trip_url = f"{base}/{row.language}/{host.key}/{trip.key}/"
    subject, text = _words(row, campaign, trip)
    values = values_for(
        session,
        booking=booking,
        trip=trip,
        language=row.language,
        link=link or trip_url,
        used=used_placeholders(subject, text),
    )
    letter = as_letter(
        settings=settings,
        host=host,
        trip=trip,
        language=row.language,
        recipient=row.recipient,
        subject=subject,
        text=text,
        values=values,
        written_at=row.created_at,
        message_id=row.message_id,
        has_link=bool(link),
        way_out=way_out,
    )
    return replace(
        letter,
        unsubscribe_mail=bounce_address(settings.bounces, row.message_id) if way_out and settings.bounces else "",
        is_bulk=campaign is not None,
    )


def _refuse_unwanted(session: AnySession, row: OutboxRow, campaign: CampaignRow, trip: Trip) -> None:
    """Between writing and sending there may be hours, and a pause of days."""
    if campaign.state in {CampaignState.PAUSED, CampaignState.CANCELLED}:
        raise Halted(f"the campaign is {campaign.state}")
    if row.booking_id is not None and not is_still_reached(session, row.booking_id, campaign.audience, trip):
        raise Unwanted("is none of those it is for any more")
    if not campaign.essential and unsubscribed(session, campaign.trip_id, [row.recipient]):
        raise Unwanted("has unsubscribed")


def _words(row: OutboxRow, campaign: CampaignRow | None, trip: Trip) -> tuple[str, str]:
    if campaign is None:
        return row.payload["subject"], row.payload["text"]

    def said(words: Text) -> str:
        return in_language(words, row.language, trip.languages)

    return said(campaign.subject), said(campaign.text)
