"""Every message that a trip sends by itself, as its organisers may read it: with people who are made up; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from tripkit import i18n
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.free_texts import used_placeholders
from tripkit.domain.prices import add_up
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Trip
from tripkit.mailing.compose import compose
from tripkit.mailing.letter import Letter, Person
from tripkit.reads.filled_in import as_letter
from tripkit.reads.letter_preview import NO_SECRET
from tripkit.reads.letter_values import values_for
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.settings import Settings

CONFIRMED, OFFERED, WAITING, CANCELLED = (
    ParticipantStatus.CONFIRMED,
    ParticipantStatus.OFFERED,
    ParticipantStatus.WAITING,
    ParticipantStatus.CANCELLED,
)
_NAMES = ("Kim Exempel", "Robin Exempel")
_CODE = "ABC-1234"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When a message goes out, and to whom: ``statuses`` of those on the booking afterwards. ``of_visit``: it is about a visit."""

    title: Sentence
    kind: str
    statuses: tuple[ParticipantStatus, ...]
    reason: str = ""
    of_visit: bool = False


OCCASIONS: Mapping[str, Occasion] = {
    "confirmation": Occasion(
        title=sentence("Signed up, and everybody has a place"), kind="confirmation", statuses=(CONFIRMED, CONFIRMED)
    ),
    "partly": Occasion(
        title=sentence("Signed up, and one of them waits"), kind="confirmation", statuses=(CONFIRMED, WAITING)
    ),
    "queued": Occasion(title=sentence("Signed up for the queue"), kind="queued", statuses=(WAITING,)),
    "offer": Occasion(title=sentence("A place on the trip is offered"), kind="offer", statuses=(OFFERED,)),
    "visit": Occasion(
        title=sentence("A place on a visit is offered"), kind="offer", statuses=(CONFIRMED,), of_visit=True
    ),
    "expired": Occasion(
        title=sentence("The offer was not answered in time"),
        kind="cancelled",
        statuses=(CANCELLED,),
        reason="expired",
    ),
    "declined": Occasion(
        title=sentence("The offer was declined"), kind="cancelled", statuses=(CANCELLED,), reason="declined"
    ),
    "changed": Occasion(title=sentence("Something in the booking was changed"), kind="changed", statuses=(CONFIRMED,)),
    "handed_over": Occasion(
        title=sentence("The place was handed over to a colleague"),
        kind="changed",
        statuses=(CONFIRMED,),
        reason="handed_over",
    ),
    "added": Occasion(
        title=sentence("Who organises has added somebody to the booking"),
        kind="changed",
        statuses=(CONFIRMED,),
        reason="added",
    ),
    "reinstated": Occasion(
        title=sentence("A place that was cancelled is given back"),
        kind="changed",
        statuses=(CONFIRMED,),
        reason="reinstated",
    ),
    "cancelled": Occasion(title=sentence("A place was cancelled"), kind="cancelled", statuses=(CANCELLED,)),
    "link": Occasion(title=sentence("Somebody asked for a new link"), kind="link", statuses=()),
}
"""By the name they have in an address, in the order in which somebody meets them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemMessages:
    """The messages of a trip, and the one that is looked at. ``reminders``: (name in an address, subject) of its own ones."""

    trip: Trip
    reminders: tuple[tuple[str, Text], ...]
    chosen: str
    language: str
    message: EmailMessage


def system_messages(
    session: AnySession, *, trip_id: int, chosen: str, language: str, settings: Settings, now: datetime
) -> SystemMessages | None:
    """They, with the chosen one in this language; None when there is no such trip or message. One query."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    _, host, trip = plan
    reminders = {f"reminder-{one.key}": one for one in trip.reminders}
    spoken = language if language in trip.languages else trip.languages[0]
    if chosen in OCCASIONS:
        letter = _occasion_letter(OCCASIONS[chosen], host, trip, spoken, settings, now)
    elif chosen in reminders:
        one = reminders[chosen]
        letter = _written(session, host, trip, spoken, one.subject, one.text, settings, now)
    else:
        return None
    return SystemMessages(
        trip=trip,
        reminders=tuple((name, one.subject) for name, one in reminders.items()),
        chosen=chosen,
        language=spoken,
        message=compose(letter),
    )


def _occasion_letter(
    occasion: Occasion, host: Organisation, trip: Trip, language: str, settings: Settings, now: datetime
) -> Letter:
    visits = _visits(trip)
    base = settings.address_of(host.own_host)
    people = tuple(
        Person(
            name=name,
            segment=trip.segments[0].name if trip.segments else {},
            status=status,
            visits=() if occasion.of_visit else visits,
            position=3 if status is WAITING else None,
        )
        for name, status in zip(_NAMES, occasion.statuses, strict=False)
    )
    coming = [person for person in people if person.status is CONFIRMED]
    return Letter(
        kind=occasion.kind,
        language=language,
        sender=settings.mail_from or host.email,
        recipient="kim@tripkit.example",
        contact_name=_NAMES[0],
        code=_CODE,
        host=host,
        trip=trip,
        people=people,
        reason=occasion.reason,
        offer_until=now + timedelta(hours=trip.offer_hours) if occasion.kind == "offer" else None,
        offered=visits[0] if occasion.of_visit and visits else None,
        begins=min(trip.programme, key=lambda item: item.starts_at, default=None) if coming else None,
        sum=add_up([trip.price] * len(coming), trip.price.net.currency) if coming else None,
        link=f"{base}/{language}/booking/{NO_SECRET}/",
        trip_url=f"{base}/{language}/{host.key}/{trip.key}/",
        written_at=now,
        message_id="preview",
    )


def _visits(trip: Trip) -> tuple[ProgrammeItem, ...]:
    """The first visit of each choice."""
    found: dict[str, ProgrammeItem] = {}
    for item in sorted(trip.programme, key=lambda item: item.starts_at):
        if item.choice is not None:
            found.setdefault(item.choice, item)
    return tuple(found.values())


def _written(
    session: AnySession,
    host: Organisation,
    trip: Trip,
    language: str,
    subject: Text,
    text: Text,
    settings: Settings,
    now: datetime,
) -> Letter:
    said, link = i18n.text(text, language, trip.languages), f"{settings.url}/{language}/booking/{NO_SECRET}/"
    titled = i18n.text(subject, language, trip.languages)
    values = values_for(
        session, booking=None, trip=trip, language=language, link=link, used=used_placeholders(titled, said)
    )
    visits = "; ".join(i18n.text(item.title, language, trip.languages) for item in _visits(trip))
    return as_letter(
        settings=settings,
        host=host,
        trip=trip,
        language=language,
        recipient="kim@tripkit.example",
        subject=titled,
        text=said,
        values={**values, "name": _NAMES[0], "people": _NAMES[0], "code": _CODE, "visits": visits},
        written_at=now,
        message_id="preview",
        has_link=True,
    )
