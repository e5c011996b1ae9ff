"""Playing a story of fictional bookings through the same actions as anybody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from tripkit.actions.answer_offer import accept_offer, decline_offer
from tripkit.actions.book_places import book_places
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.expire_offers import expire_offers
from tripkit.actions.release_guarantees import release_guarantees
from tripkit.domain.bookings import Moment
from tripkit.domain.places import Places
from tripkit.eventfile.story import Story, StoryAct, StoryBooking, StoryStep
from tripkit.reads.places import trip_places
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage.bookings import OfferRow, ParticipantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a story led to: sign-ups made, people with a place, people in the queue."""

    bookings: int
    taken: int
    waiting: int


def play_story(
    session: AnySession,
    *,
    trip_id: int,
    story: Story,
    until_left: int | None = None,
    after_each: Callable[[], None] = lambda: None,
) -> Played:
    """Play a story at its own moments, one transaction each.

    ``until_left``: stop before the first sign-up that would leave fewer places than this; None = play it all.
    ``after_each``: called after each sign-up and step.
    """
    ids: dict[str, int] = {}
    steps: list[StoryBooking | StoryStep] = [*story.bookings, *story.then]
    for step in sorted(steps, key=lambda step: step.at):
        moment = Moment(at=step.at, actor="story")
        release_guarantees(session, moment=moment)
        expire_offers(session, moment=moment)
        if isinstance(step, StoryStep):
            _act(session, ids[step.booking], step, moment)
        elif until_left is None or _leaves(session, trip_id, step, until_left):
            ids[step.label] = book_places(session, trip_id=trip_id, request=step.request, moment=moment).booking_id
        else:
            break
        after_each()
    places = _places(session, trip_id)
    session.rollback()
    return Played(bookings=len(ids), taken=places.trip.taken, waiting=places.trip.waiting)


def _leaves(session: AnySession, trip_id: int, step: StoryBooking, places: int) -> bool:
    return (_places(session, trip_id).trip.left or 0) - len(step.request.participants) >= places


def _places(session: AnySession, trip_id: int) -> Places:
    plan = trip_plan(session, trip_id)
    if plan is None:
        raise LookupError(trip_id)
    return trip_places(session, trip_id, plan[2])


def _act(session: AnySession, booking_id: int, step: StoryStep, moment: Moment) -> None:
    people = session.execute(
        select(ParticipantRow.id, ParticipantRow.name).where(ParticipantRow.booking_id == booking_id)
    ).all()
    ids = [person.id for person in people if not step.participants or person.name in step.participants]
    if step.act is StoryAct.CANCEL:
        cancel_participants(session, booking_id=booking_id, participant_ids=ids, moment=moment, reason=step.reason)
        return
    answer = accept_offer if step.act is StoryAct.ACCEPT else decline_offer
    for offer_id in _offers(session, booking_id, ids):
        answer(session, booking_id=booking_id, offer_id=offer_id, moment=moment)


def _offers(session: AnySession, booking_id: int, participant_ids: Iterable[int]) -> list[int]:
    wanted = set(participant_ids)
    offers = session.scalars(select(OfferRow).where(OfferRow.booking_id == booking_id, OfferRow.state == "open")).all()
    return [offer.id for offer in offers if wanted.intersection(offer.participant_ids)]
