"""Everything the receipt shows, gathered from the booking; no markup, and never a sensitive answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tripkit.domain.answers import asked
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.deadlines import erased_on
from tripkit.domain.lottery import lot_number, lot_text
from tripkit.domain.places import has_started
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.questions import Answer, Question, QuestionKind
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Admission, Segment, Site, Trip, TripStatus
from tripkit.reads.booking_page import BookedParticipant, BookingPage, OpenOffer, WaitingPlace
from tripkit.web.mybooking.words import Stop, stops, verdict
from tripkit.web.signup.countries import countries

HAS_PLACE = {ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A place on offer. ``item``: None = on the trip; ``instead_of``: what is given up on accepting; ``names``: whose."""

    offer: OpenOffer
    item: ProgrammeItem | None
    until: datetime
    instead_of: tuple[ProgrammeItem, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A place in a queue. ``item``: None = for the trip."""

    place: WaitingPlace
    item: ProgrammeItem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One participant. ``items``: visits held or wished for; ``joinable``: full visits one may queue for.

    ``lot``: the number of theirs in the draw, None = places are not drawn.
    ``could_queue``: whether there are any, also when the last day for changes has passed.
    """

    booked: BookedParticipant
    segment: Segment | None
    items: tuple[ProgrammeItem, ...]
    offers: tuple[Offered, ...]
    queues: tuple[Queued, ...]
    joinable: tuple[ProgrammeItem, ...]
    could_queue: bool
    answers: tuple[tuple[Question, tuple[Text | str | Sentence, ...]], ...]
    hidden: tuple[Question, ...]
    lot: str | None

    def has_place(self) -> bool:
        """Whether a place on the trip is held, for good or on offer."""
        return self.booked.status in HAS_PLACE

    def is_cancelled(self) -> bool:
        """Whether they no longer travel."""
        return self.booked.status is ParticipantStatus.CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The page of a booking. ``may_hand_over``: changes are open and the trip goes ahead. ``erased_on``: the last of it."""

    booking: BookingPage
    verdict: tuple[Sentence, ...]
    people: tuple[Person, ...]
    offers: tuple[Offered, ...]
    stops: tuple[Stop, ...]
    sites: dict[str, Site]
    may_hand_over: bool
    erased_on: date

    def is_in_draw(self) -> bool:
        """Whether all of those who are left of the party are still in the draw."""
        return {person.booked.status for person in self.people if not person.is_cancelled()} == {
            ParticipantStatus.APPLIED
        }

    def spans_years(self) -> bool:
        """Whether what happens lies in more than one year, so that a day says nothing without its year."""
        return len({stop.at.year for stop in self.stops}) > 1

    def is_cancelled(self) -> bool:
        """Whether nobody of the party travels any more."""
        return all(person.is_cancelled() for person in self.people)


def receipt(booking: BookingPage, language: str, now: datetime) -> Receipt:
    """Gather the page. ``language``: of the names of countries."""
    trip = booking.trip_page.trip
    people = tuple(_person(booking, person, language) for person in booking.participants)
    offers = {offered.offer.offer_id: offered for person in people for offered in person.offers}
    return Receipt(
        booking=booking,
        verdict=verdict(booking),
        people=people,
        offers=tuple(offers.values()),
        stops=stops(booking, now),
        sites={site.key: site for site in trip.sites},
        may_hand_over=booking.may_change and trip.status is not TripStatus.CANCELLED and not has_started(trip, now),
        erased_on=erased_on(trip),
    )


def _person(booking: BookingPage, person: BookedParticipant, language: str) -> Person:
    trip = booking.trip_page.trip
    programme = {item.key: item for item in trip.programme}
    return Person(
        booked=person,
        segment=next((segment for segment in trip.segments if segment.key == person.segment), None),
        items=_in_time(programme[key] for key in person.items or person.wished if key in programme),
        offers=tuple(_offered(booking, offer) for offer in person.offers),
        queues=tuple(
            Queued(place=place, item=programme.get(place.item) if place.item else None) for place in person.waiting
        ),
        joinable=_in_time(_joinable(booking, person)),
        could_queue=any(True for _ in full_visits(booking, person)),
        answers=tuple(
            (question, in_words(question, person.answers[question.key], language))
            for question in trip.questions
            if question.key in person.answers
        ),
        lot=_lot(booking, person) if trip.admission is Admission.DRAW else None,
        hidden=tuple(question for question in trip.questions if question.key in person.sensitive_answered),
    )


def _lot(booking: BookingPage, person: BookedParticipant) -> str:
    """The number of their lot: the party's, or their own by their place in the booking."""
    nth = booking.participants.index(person) + 1
    single = booking.together or len(booking.participants) == 1
    return lot_number(lot_text(booking.code, None if single else nth))


def _offered(booking: BookingPage, offer: OpenOffer) -> Offered:
    trip = booking.trip_page.trip
    programme = {item.key: item for item in trip.programme}
    return Offered(
        offer=offer,
        item=programme.get(offer.item) if offer.item else None,
        until=local(trip, offer.until),
        instead_of=tuple(programme[key] for key in offer.instead_of if key in programme),
        names=tuple(person.name for person in booking.participants if person.id in offer.participant_ids),
    )


def _joinable(booking: BookingPage, person: BookedParticipant) -> Iterator[ProgrammeItem]:
    if booking.may_change:
        yield from full_visits(booking, person)


def full_visits(booking: BookingPage, person: BookedParticipant) -> Iterator[ProgrammeItem]:
    """The full visits that somebody could queue for, whatever the day."""
    if person.status not in HAS_PLACE:
        return
    taken = {*person.items, *(place.item for place in person.waiting), *(offer.item for offer in person.offers)}
    for item in booking.trip_page.trip.programme:
        room = booking.trip_page.places.items.get(item.key)
        if item.choice is None or item.key in taken or room is None or room.has_room():
            continue
        if item.is_meant_for(person.segment):
            yield item


def _in_time(items: Iterable[ProgrammeItem]) -> tuple[ProgrammeItem, ...]:
    return tuple(sorted(items, key=lambda item: (item.starts_at, item.key)))


def in_words(question: Question, answer: Answer, language: str) -> tuple[Text | str | Sentence, ...]:
    """An answer as it is shown, part by part. ``language``: of the names of countries."""
    if isinstance(answer, bool):
        return (sentence("Yes") if answer else sentence("No"),)
    names = {option.key: option.name for option in question.options}
    if question.kind is QuestionKind.COUNTRY and isinstance(answer, str):
        return (dict(countries(language)).get(answer, answer),)
    given = (answer,) if isinstance(answer, str) else answer or ()
    return tuple(names.get(one, one) for one in given)


def questions_for(trip: Trip, person: BookedParticipant) -> tuple[Question, ...]:
    """The questions somebody of this segment may be asked, whatever they answer."""
    return tuple(one for one in trip.questions if not one.segments or person.segment in one.segments)


def questions_asked(trip: Trip, person: BookedParticipant) -> tuple[Question, ...]:
    """The questions that follow from what was answered; what follows from a sensitive answer is not among them."""
    return asked(trip.questions, person.segment, person.answers)


def local(trip: Trip, at: datetime) -> datetime:
    """A moment by the clock where the trip goes."""
    return at.astimezone(ZoneInfo(trip.time_zone))
