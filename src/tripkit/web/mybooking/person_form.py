"""A form about one participant of a booking: what it shows of what is kept or was typed; no view, no rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence
from tripkit.domain.trips import Trip
from tripkit.reads.booking_page import BookedParticipant, BookingPage
from tripkit.reads.trip_page import TripPage
from tripkit.web.signup.forecast import Outlook, Prospect
from tripkit.web.signup.page import AskedQuestion, Card, VisitChoice, asked_questions, by_field, visit_choices
from tripkit.web.signup.typed import TypedPerson, as_typed

AT = "participants-0"
"""What the names of the fields begin with: the paths of problems are those of the sign-up form."""

_WITHOUT_PLACE = {ParticipantStatus.APPLIED, ParticipantStatus.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """A form about one participant, for the templates of the sign-up form. ``person``: None = somebody new."""

    page: TripPage
    booking: BookingPage
    person: BookedParticipant | None
    card: Card
    choices: tuple[VisitChoice, ...]
    problems: Mapping[str, tuple[Sentence, ...]]
    summary: tuple[Problem, ...]

    def is_queue(self) -> bool:
        """Whether full visits are wishes: there is no place on the trip yet."""
        return self.person is not None and self.person.status in _WITHOUT_PLACE


def person_form(
    page: BookingPage, person: BookedParticipant | None, typed: TypedPerson, problems: Iterable[Problem] = ()
) -> PersonForm:
    """Gather the form."""
    summary = tuple(problems)
    waits = person is not None and person.status in _WITHOUT_PLACE
    choices = visit_choices(page.trip_page)
    return PersonForm(
        page=page.trip_page,
        booking=page,
        person=person,
        card=Card(
            at=AT,
            number=1,
            typed=typed,
            outlook=Outlook(Prospect.WAITS_FOR_TRIP if waits else Prospect.PLACE, None, 1 if waits else None),
            is_contact=False,
        ),
        choices=choices if person is None else tuple(_with_own_places(_meant_for(person.segment, choices), person)),
        problems=by_field(summary),
        summary=summary,
    )


def questions_to(trip: Trip, segment: str) -> list[AskedQuestion]:
    """The questions that somebody of this segment may be asked; of one that is not chosen yet, all, with for whom each is."""
    return [
        one if not segment else replace(one, only_for=None)
        for one in asked_questions(trip)
        if not segment or not one.question.segments or segment in one.question.segments
    ]


def stored(page: BookingPage, person: BookedParticipant) -> TypedPerson:
    """What is kept of a participant, as a form shows it; nothing sensitive."""
    trip = page.trip_page.trip
    held = set(person.items or person.wished)
    return TypedPerson(
        name=person.name,
        email=person.email or "",
        segment=person.segment,
        visits={item.choice: item.key for item in trip.programme if item.choice and item.key in held},
        answers={
            question.key: as_typed(question, person.answers[question.key])
            for question in trip.questions
            if question.key in person.answers
        },
    )


def _meant_for(segment: str, choices: Iterable[VisitChoice]) -> Iterator[VisitChoice]:
    """Only the visits this segment may take part in."""
    for choice in choices:
        visits = tuple(visit for visit in choice.visits if visit.item.is_meant_for(segment))
        if visits:
            yield replace(choice, visits=tuple(replace(visit, only_for=None) for visit in visits))


def _with_own_places(choices: Iterable[VisitChoice], person: BookedParticipant) -> Iterator[VisitChoice]:
    """A visit somebody holds is not full to them."""
    for choice in choices:
        visits = tuple(
            replace(visit, room=replace(visit.room, taken=visit.room.taken - 1))
            if visit.room and visit.item.key in person.items
            else visit
            for visit in choice.visits
        )
        yield replace(choice, visits=visits)
