"""A letter to many as one of its readers will get it, before it is sent; whoever looks is told where words stand for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select

from tripkit import i18n
from tripkit.domain.campaigns import digest_of_letter
from tripkit.domain.free_texts import used_placeholders
from tripkit.domain.letters import wrong_letter
from tripkit.domain.refusals import Problem
from tripkit.domain.trips import Organisation, Trip
from tripkit.mailing.compose import compose
from tripkit.reads.audience import Reach, reader_at, whom_it_reaches
from tripkit.reads.campaign_list import Campaign, campaign_of_trip
from tripkit.reads.filled_in import as_letter
from tripkit.reads.letter_values import Empty, empty_words, values_for
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.settings import Settings
from tripkit.storage.bookings import BookingRow
from tripkit.storage.campaigns import LetterSeenRow

NO_SECRET = "SECRET"  # noqa: S105 (what stands where a secret will)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPreview:
    """A letter before it is sent.

    ``position``: of its reader, from 1; 0 = it is for nobody, and shown with nobody's name. ``language``: it is shown in;
    ``languages``: those it is written in. ``message``: None = there is nothing to be shown yet. ``digest``: of what it says;
    ``is_read``: whether who looks has read that.
    """

    campaign: Campaign
    trip: Trip
    reach: Reach
    problems: tuple[Problem, ...]
    position: int
    reader: str
    code: str
    language: str
    languages: tuple[str, ...]
    message: EmailMessage | None
    empty: tuple[Empty, ...]
    digest: str
    is_read: bool

    @property
    def plain(self) -> str:
        """What it says, as text."""
        return part_of(self.message, "plain")


def letter_preview(
    session: AnySession,
    *,
    trip_id: int,
    campaign_id: int,
    position: int,
    language: str | None,
    account_id: int,
    settings: Settings,
    now: datetime,
) -> LetterPreview | None:
    """A letter as the reader at this position gets it, None when there is no such letter; a fixed number of queries."""
    campaign, plan = campaign_of_trip(session, trip_id, campaign_id), trip_plan(session, trip_id)
    if campaign is None or plan is None:
        return None
    _, host, trip = plan
    reach = whom_it_reaches(session, trip_id, trip, campaign.audience)
    place = min(max(1, position), reach.bookings)
    reader = reader_at(session, trip_id, trip, campaign.audience, max(1, place))
    chosen = language if language in trip.languages else (reader.language if reader else trip.languages[0])
    problems = tuple(wrong_letter(campaign.subject, campaign.text, campaign.audience, trip))
    used = used_placeholders(*campaign.subject.values(), *campaign.text.values())
    return LetterPreview(
        campaign=campaign,
        trip=trip,
        reach=reach,
        problems=problems,
        position=place if reader else 0,
        reader=reader.contact_name if reader else "",
        code=reader.code if reader else "",
        language=chosen,
        languages=tuple(one for one in trip.languages if one in campaign.text),
        message=None if problems else _message(session, settings, host, trip, campaign, reader, chosen, now),
        empty=empty_words(
            session, trip_id=trip_id, trip=trip, audience=campaign.audience, used=used, languages=trip.languages
        ),
        digest=digest_of_letter(campaign.subject, campaign.text),
        is_read=_is_read(session, campaign, account_id),
    )


def part_of(message: EmailMessage | None, kind: str) -> str:
    """A message's text, ``plain`` or ``html``."""
    body = None if message is None else message.get_body((kind,))
    return "" if body is None else str(body.get_content())


def _message(
    session: AnySession,
    settings: Settings,
    host: Organisation,
    trip: Trip,
    campaign: Campaign,
    reader: BookingRow | None,
    language: str,
    now: datetime,
) -> EmailMessage:
    subject = i18n.text(campaign.subject, language, trip.languages)
    text = i18n.text(campaign.text, language, trip.languages)
    link = f"{settings.address_of(host.own_host)}/{language}/booking/{NO_SECRET}/"
    letter = as_letter(
        settings=settings,
        host=host,
        trip=trip,
        language=language,
        recipient=reader.contact_email if reader else (trip.contact.email or host.email),
        subject=subject,
        text=text,
        values=values_for(
            session,
            booking=reader,
            trip=trip,
            language=language,
            link=link,
            used=used_placeholders(subject, text),
        ),
        written_at=now,
        message_id="preview",
        has_link=reader is not None,
        way_out="" if campaign.essential else NO_SECRET,
    )
    return compose(letter)


def _is_read(session: AnySession, campaign: Campaign, account_id: int) -> bool:
    seen = select(LetterSeenRow.digest).where(
        LetterSeenRow.campaign_id == campaign.id, LetterSeenRow.account_id == account_id
    )
    return session.scalar(seen) == digest_of_letter(campaign.subject, campaign.text)
