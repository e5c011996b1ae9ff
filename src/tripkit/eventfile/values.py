"""What is written in an event directory as values of the domain; times that cannot be are noted on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import Choice, ProgrammeItem, Travel
from tripkit.domain.questions import Condition, Option, Question
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.domain.trips import (
    Contact,
    DayNote,
    Figure,
    Look,
    Note,
    Organisation,
    Partner,
    Segment,
    Site,
    Speaker,
    Terms,
    Topic,
    Trip,
)
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import EventEntry, ItemEntry, QuestionEntry
from tripkit.eventfile.format.reminders import ReminderEntry
from tripkit.eventfile.format.trip import ContactEntry, OrganisationEntry, SegmentEntry, SiteEntry, TripEntry
from tripkit.eventfile.wallclock import WallClock

Timed = tuple[ItemEntry, ProgrammeItem]
"""A programme item as it is written and as it is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything read, before it is known to make sense. ``items`` lacks those whose times cannot be.

    ``broken``: ``trip.days`` and the like, and lists, that are wrong in themselves already.
    """

    entry: EventEntry
    organisation: Organisation
    trip: Trip
    items: tuple[Timed, ...]
    broken: frozenset[str]

    def is_whole(self, *parts: str) -> bool:
        """Whether all these parts are as they were written, so that checks on them make sense."""
        return self.broken.isdisjoint(parts)


def draft(
    entry: EventEntry, broken: frozenset[str], clock: WallClock, *, key: str | None, opens: datetime | None
) -> Draft:
    """Turn what is written into values. ``key``, ``opens``: in place of what is written, None = as it is."""
    items = tuple(_items(entry, clock))
    trip = _trip(entry, clock, items)
    opens_at = opens.astimezone(UTC) if opens is not None else trip.signup_opens_at
    trip = replace(trip, key=key or trip.key, signup_opens_at=opens_at)
    return Draft(entry, _organisation(entry.organisation), trip, items, broken)


def _organisation(entry: OrganisationEntry) -> Organisation:
    look = entry.look
    return Organisation(
        key=entry.key,
        name=entry.name,
        description=entry.description,
        languages=tuple(entry.languages),
        email=entry.email,
        phone=entry.phone,
        url=entry.url,
        look=Look(brand=look.brand, accent=look.accent) if look else Look(),
    )


def _moment(entry: Entry | None, key: str, clock: WallClock) -> datetime | None:
    written = getattr(entry, key, None)
    return None if entry is None or written is None else clock.moment(written, entry.where(key))


def _day(written: date | None, clock: WallClock) -> date | None:
    return None if written is None else clock.day(written)


def _contact(entry: ContactEntry) -> Contact:
    return Contact(name=entry.name, email=entry.email, phone=entry.phone)


def _price(net: Decimal, vat: Decimal, currency: str) -> Price:
    return Price(Money(int((net * 100).to_integral_value(ROUND_HALF_UP)), currency), vat)


def _trip(entry: EventEntry, clock: WallClock, items: Iterable[Timed]) -> Trip:
    trip, sign_up = entry.trip, entry.trip.sign_up
    return Trip(
        key=trip.key,
        title=trip.title,
        short_title=trip.short_title or trip.title,
        lead=trip.lead,
        purpose=trip.purpose,
        place=trip.place,
        time_zone=clock.zone,
        starts_on=clock.day(trip.days.first),
        ends_on=clock.day(trip.days.last),
        languages=tuple(trip.languages),
        size=trip.size,
        contact=_contact(trip.contact),
        terms=Terms(version=trip.terms.version, text=trip.terms.text),
        admission=trip.admission,
        signup_opens_at=_moment(sign_up, "opens", clock),
        signup_closes_at=_moment(sign_up, "closes", clock),
        draws_at=_moment(sign_up, "draws", clock),
        changes_until=_moment(sign_up, "changes_until", clock),
        free_cancel_until=_day(sign_up.free_cancel_until if sign_up else None, clock),
        **({"offer_hours": sign_up.offer_hours, "largest_party": sign_up.largest_party} if sign_up else {}),
        retention_days=trip.retention.days if trip.retention else None,
        status=trip.status,
        status_note=trip.status_note,
        price=_price(trip.price.net, trip.price.vat, trip.price.currency),
        price_note=trip.price.note,
        included=tuple(trip.included),
        not_included=tuple(trip.not_included),
        figures=tuple(Figure(value=figure.value, label=figure.label) for figure in trip.figures),
        success_factors=tuple(trip.success_factors),
        day_notes=tuple(DayNote(day=clock.day(note.day), text=note.text) for note in trip.day_notes),
        practical=tuple(Note(key=note.key, title=note.title, text=note.text) for note in entry.practical),
        picture=trip.picture,
        picture_text=trip.picture_text,
        segments=tuple(_segment(segment, trip, clock) for segment in entry.segments),
        topics=tuple(Topic(key=t.key, name=t.name, description=t.description) for t in entry.topics),
        partners=tuple(
            Partner(key=p.key, name=p.name, description=p.description, role=p.role, url=p.url) for p in entry.partners
        ),
        sites=tuple(_site(site, clock) for site in entry.sites),
        travel=tuple(Travel(from_site=t.between[0], to_site=t.between[1], minutes=t.minutes) for t in entry.travel),
        speakers=tuple(
            Speaker(key=s.key, name=s.name, title=s.title, biography=s.biography, partner=s.partner, picture=s.picture)
            for s in entry.speakers
        ),
        choices=tuple(Choice(key=c.key, title=c.title, required=c.required) for c in entry.choices),
        programme=tuple(item for _, item in items),
        questions=tuple(map(_question, entry.questions)),
        reminders=tuple(map(_reminder, entry.reminders)),
    )


def _segment(entry: SegmentEntry, trip: TripEntry, clock: WallClock) -> Segment:
    kept, price = entry.guaranteed, entry.price
    vat = trip.price.vat if price is None or price.vat is None else price.vat
    return Segment(
        key=entry.key,
        name=entry.name,
        description=entry.description,
        at_most=entry.at_most,
        guaranteed=kept.places if kept else 0,
        guaranteed_until=_moment(kept, "until", clock),
        price=_price(price.net, vat, trip.price.currency) if price else None,
    )


def _site(entry: SiteEntry, clock: WallClock) -> Site:
    position, contact = entry.position, entry.host_contact
    return Site(
        key=entry.key,
        name=entry.name,
        address=entry.address,
        description=entry.description,
        access=entry.access,
        partner=entry.partner,
        time_zone=clock.known(entry.time_zone, entry.where("time_zone")),
        latitude=position.latitude if position else None,
        longitude=position.longitude if position else None,
        largest_group=entry.largest_group,
        picture=entry.picture,
        host_contact=_contact(contact) if contact else None,
    )


def _items(entry: EventEntry, clock: WallClock) -> Iterable[Timed]:
    zones = {site.key: clock.known(site.time_zone, site.where("time_zone")) for site in entry.sites}
    for item in entry.programme:
        zone = clock.known(item.time_zone, item.where("time_zone")) or zones.get(item.site or "") or clock.zone
        starts_at = clock.moment(datetime.combine(item.day, item.starts), item.where("from"), zone)
        ends_at = clock.moment(datetime.combine(item.to_day or item.day, item.ends), item.where("to"), zone)
        if starts_at is not None and ends_at is not None:
            yield item, _item(item, starts_at, ends_at, zone)


def _item(entry: ItemEntry, starts_at: datetime, ends_at: datetime, zone: str) -> ProgrammeItem:
    return ProgrammeItem(
        key=entry.key,
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary,
        description=entry.description,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone,
        site=entry.site,
        topics=tuple(entry.topics),
        speakers=tuple(entry.speakers),
        partners=tuple(entry.partners),
        segments=tuple(entry.segments),
        choice=entry.choice,
        size=entry.size,
    )


def _question(entry: QuestionEntry) -> Question:
    return Question(
        key=entry.key,
        kind=entry.kind,
        name=entry.name,
        help=entry.help,
        required=entry.required,
        sensitive=entry.sensitive,
        segments=tuple(entry.segments),
        when=Condition(question=entry.when.question, answers=tuple(entry.when.answers)) if entry.when else None,
        options=tuple(Option(key=option.key, name=option.name) for option in entry.options),
        at_least=entry.at_least,
        at_most=entry.at_most,
        kept_days=entry.kept_days,
    )


def _reminder(entry: ReminderEntry) -> Reminder:
    when = entry.when
    return Reminder(
        key=entry.key,
        days=when.days,
        side=Side.AFTER if when.before is None else Side.BEFORE,
        anchor=when.before or when.after or Anchor.TRIP_STARTS,  # That neither is written is noted by a check.
        clock=when.at.replace(tzinfo=None),
        audience=entry.to,
        segments=tuple(entry.segments),
        visits=tuple(entry.visits),
        subject=entry.subject,
        text=entry.text,
    )
