"""How a trip's sign-up stands in figures; a fixed number of queries, and nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import func, select

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.places import is_to_be_drawn
from tripkit.domain.questions import Question
from tripkit.domain.signup_figures import GroupFigures, SignupFigures
from tripkit.domain.trips import Trip
from tripkit.reads.places import trip_places
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, ParticipantRow

_PLACED = (ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED)


def signup_figures(session: AnySession, trip_id: int, trip: Trip) -> SignupFigures:
    """The figures of a trip, as they are now."""
    people: Counter[tuple[str, ParticipantStatus]] = Counter()
    for row in session.execute(
        select(ParticipantRow.segment, ParticipantRow.status, func.count().label("people"))
        .where(ParticipantRow.trip_id == trip_id)
        .group_by(ParticipantRow.segment, ParticipantRow.status)
    ):
        people[row.segment, row.status] = row.people
    placed = {one.key: sum(people[one.key, status] for status in _PLACED) for one in trip.segments}
    places = trip_places(session, trip_id, trip)
    return SignupFigures(
        trip=places.trip,
        before_draw=is_to_be_drawn(trip, places),
        groups=tuple(
            GroupFigures(
                name=one.name,
                placed=placed[one.key],
                waiting=people[one.key, ParticipantStatus.WAITING],
                applied=people[one.key, ParticipantStatus.APPLIED],
            )
            for one in trip.segments
        ),
        missing=tuple((one.name, people) for one, people in missing_answers(session, trip_id, trip, placed)),
    )


def missing_answers(
    session: AnySession, trip_id: int, trip: Trip, placed: Mapping[str, int]
) -> Iterator[tuple[Question, int]]:
    """Questions that everybody in their groups has to answer, and how many people with a place have not; one query.

    Whom others' answers decide about is not counted. ``placed``: people with a place, by segment.
    """
    if not any(_is_asked_of_all(question) for question in trip.questions):
        return
    given: Counter[tuple[str, str]] = Counter()
    for row in session.execute(
        select(AnswerRow.question, ParticipantRow.segment, func.count().label("people"))
        .join(ParticipantRow, ParticipantRow.id == AnswerRow.participant_id)
        .where(ParticipantRow.trip_id == trip_id, ParticipantRow.status.in_(_PLACED))
        .group_by(AnswerRow.question, ParticipantRow.segment)
    ):
        given[row.question, row.segment] = row.people
    for question in trip.questions:
        if _is_asked_of_all(question):
            asked = question.segments or tuple(placed)
            people = sum(placed.get(key, 0) - given[question.key, key] for key in asked)
            if people > 0:
                yield question, people


def _is_asked_of_all(question: Question) -> bool:
    return question.required and question.when is None
