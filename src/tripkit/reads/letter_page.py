"""A letter to many once it is on its way: how far it is, who gets it and what became of each, and one of them as it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select

from tripkit import i18n
from tripkit.domain.free_texts import used_placeholders
from tripkit.domain.trips import Trip
from tripkit.mailing.compose import compose
from tripkit.reads.campaign_list import Campaign, CampaignProgress, campaign_of_trip, campaign_progress
from tripkit.reads.filled_in import as_letter
from tripkit.reads.letter_preview import NO_SECRET
from tripkit.reads.letter_values import values_for
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.settings import Settings
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow

PAGE = 100
"""Recipients on one page."""


class Fate(StrEnum):
    """What has become of one letter."""

    WAITING = "waiting"
    SENT = "sent"
    CAME_BACK = "came_back"
    FAILED = "failed"
    LEFT_OUT = "left_out"


_STATES = {
    Fate.WAITING: ("waiting", "paused", "held"),
    Fate.SENT: ("sent",),
    Fate.FAILED: ("dead",),
    Fate.LEFT_OUT: ("dropped", "erased"),
}
_OF_STATE = {state: fate for fate, states in _STATES.items() for state in states}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody a letter goes to. ``at``: when it was sent or came back, None = neither; ``name``: empty = erased."""

    name: str
    email: str
    code: str
    language: str
    fate: Fate
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPage:
    """A letter and a page of those it goes to. ``fate``: those only; ``count``: how many of them; ``page``: from 1."""

    campaign: Campaign
    trip: Trip
    progress: CampaignProgress
    recipients: tuple[Recipient, ...]
    fate: Fate | None
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.count // PAGE))

    def number(self, fate: Fate) -> int:
        """How many letters have come to this."""
        now = self.progress
        return {
            Fate.WAITING: now.waiting,
            Fate.SENT: now.sent - now.bounced,
            Fate.CAME_BACK: now.bounced,
            Fate.FAILED: now.failed,
            Fate.LEFT_OUT: now.left_out,
        }[fate]


def letter_page(
    session: AnySession, *, trip_id: int, campaign_id: int, fate: Fate | None = None, page: int = 1
) -> LetterPage | None:
    """A letter and who gets it, None when there is no such letter; six queries at most."""
    campaign, plan = campaign_of_trip(session, trip_id, campaign_id), trip_plan(session, trip_id)
    if campaign is None or plan is None:
        return None
    wanted = [OutboxRow.campaign_id == campaign_id]
    if fate is not None:
        wanted.append(_has_come_to(fate))
    rows = session.execute(
        select(OutboxRow, BookingRow.contact_name, BookingRow.code)
        .join(BookingRow, BookingRow.id == OutboxRow.booking_id)
        .where(*wanted)
        .order_by(OutboxRow.booking_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return LetterPage(
        campaign=campaign,
        trip=plan[2],
        progress=campaign_progress(session, campaign, plan[2]),
        recipients=tuple(_recipient(row, name, code) for row, name, code in rows),
        fate=fate,
        count=session.scalar(select(func.count()).select_from(OutboxRow).where(*wanted)) or 0,
        page=page,
    )


def letter_progress(session: AnySession, *, trip_id: int, campaign_id: int) -> CampaignProgress | None:
    """How far a letter is, None when there is no such; four queries."""
    campaign, plan = campaign_of_trip(session, trip_id, campaign_id), trip_plan(session, trip_id)
    return None if campaign is None or plan is None else campaign_progress(session, campaign, plan[2])


def _has_come_to(fate: Fate) -> ColumnElement[bool]:
    if fate is Fate.CAME_BACK:
        return OutboxRow.bounced_at.is_not(None)
    return and_(OutboxRow.state.in_(_STATES[fate]), OutboxRow.bounced_at.is_(None))


def _recipient(row: OutboxRow, name: str, code: str) -> Recipient:
    return Recipient(
        name=name,
        email=row.recipient,
        code=code,
        language=row.language,
        fate=Fate.CAME_BACK if row.bounced_at is not None else _OF_STATE.get(row.state, Fate.WAITING),
        at=row.bounced_at or row.sent_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """One letter of a campaign, to one booking. ``message``: None = what it said was erased with the booking."""

    campaign: Campaign
    trip: Trip
    recipient: Recipient
    message: EmailMessage | None


def sent_letter(
    session: AnySession, *, trip_id: int, campaign_id: int, code: str, settings: Settings
) -> SentLetter | None:
    """The letter to the booking with this code, None when it got none; a fixed number of queries."""
    campaign, plan = campaign_of_trip(session, trip_id, campaign_id), trip_plan(session, trip_id)
    found = session.execute(
        select(OutboxRow, BookingRow)
        .join(BookingRow, BookingRow.id == OutboxRow.booking_id)
        .where(OutboxRow.campaign_id == campaign_id, BookingRow.trip_id == trip_id, BookingRow.code == code)
    ).one_or_none()
    if campaign is None or plan is None or found is None:
        return None
    row, booking = found
    _, host, trip = plan
    subject = i18n.text(campaign.subject, row.language, trip.languages)
    text = i18n.text(campaign.text, row.language, trip.languages)
    link = f"{settings.address_of(host.own_host)}/{row.language}/booking/{NO_SECRET}/"
    used = used_placeholders(subject, text)
    message = None
    if booking.erased_at is None:
        letter = as_letter(
            settings=settings,
            host=host,
            trip=trip,
            language=row.language,
            recipient=row.recipient,
            subject=subject,
            text=text,
            values=values_for(session, booking=booking, trip=trip, language=row.language, link=link, used=used),
            written_at=row.created_at,
            message_id=row.message_id,
            has_link=True,
            way_out="" if campaign.essential else NO_SECRET,
        )
        message = compose(letter)
    return SentLetter(
        campaign=campaign,
        trip=trip,
        recipient=_recipient(row, booking.contact_name, booking.code),
        message=message,
    )
