"""The sentences of the sign-up page that depend on how full the trip is; no field, no markup."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tripkit.domain.places import TripState
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.reads.trip_page import TripPage
from tripkit.web.signup.forecast import Outlook, Prospect
from tripkit.web.signup.page import Card


def lead(page: TripPage) -> Sentence:
    """How it stands, at the top of the form."""
    room = page.places.trip
    if page.state is TripState.DRAW:
        return sentences(
            "One place is drawn by lot when sign-up has closed. Everybody who signs up before that is in the draw.",
            "{size} places are drawn by lot when sign-up has closed. Everybody who signs up before that is in the draw.",
            room.size or 0,
            size=room.size,
        )
    if page.state is TripState.FULL and room.left:
        # Places are left, kept for groups that have had theirs.
        return sentence(
            "Every group is full. You join the queue at position {position}. The queue costs nothing.",
            position=room.waiting + 1,
        )
    if page.state is TripState.FULL and not room.waiting:
        return sentence(
            "All {size} places are taken. You join the queue at position 1. The queue costs nothing.", size=room.size
        )
    if page.state is TripState.FULL:
        return sentences(
            "All {size} places are taken and {count} person waits. You join the queue at position {position}."
            " The queue costs nothing.",
            "All {size} places are taken and {count} people wait. You join the queue at position {position}."
            " The queue costs nothing.",
            room.waiting,
            size=room.size,
            position=room.waiting + 1,
        )
    return sentences(
        "One of {size} places is free.", "{count} of {size} places are free.", room.left or 0, size=room.size
    )


def outlook_sentence(card: Card, page: TripPage) -> Sentence:
    """What one who waits may expect."""
    name = card.typed.name.strip() or sentence("Person {number}", number=card.number)
    return waits(card.outlook, page, name, card.outlook.position)


def waits(outlook: Outlook, page: TripPage, name: object, position: object) -> Sentence:
    """Why somebody waits, and where in the queue."""
    if outlook.prospect is Prospect.IN_DRAW:
        return sentence("{name} is entered in the draw.", name=name)
    if outlook.prospect is Prospect.WAITS_FOR_TRIP:
        return sentence(
            "All {size} places are taken. {name} gets position {position} in the queue.",
            size=page.places.trip.size,
            name=name,
            position=position,
        )
    if outlook.prospect is Prospect.WAITS_FOR_PARTY:
        return sentence(
            "Not all of you fit now. {name} waits with the others, at position {position} in the queue.",
            name=name,
            position=position,
        )
    return sentence(
        "All places for “{segment}” are taken. {name} gets position {position} in the queue.",
        segment=outlook.segment.name if outlook.segment else "",
        name=name,
        position=position,
    )


def send_button(state: TripState, people: int) -> Sentence:
    """What the button does."""
    if state is TripState.DRAW:
        return sentences("Enter the draw", "Enter the draw, {count} people", people)
    if state is TripState.FULL:
        return sentences("Join the queue", "Join the queue, {count} people", people)
    return sentences("Send the sign-up", "Send the sign-up for {count} people", people)


def pays_nothing(state: TripState) -> Sentence:
    """What one who gets no place at once pays, beside their name."""
    if state is TripState.DRAW:
        return sentence("in the draw, pays nothing now")
    return sentence("waits, pays nothing now")


def why_closed(page: TripPage) -> tuple[Sentence, Sentence]:
    """(heading, sentence) of a trip that takes no sign-ups now."""
    trip = page.trip
    zone = ZoneInfo(trip.time_zone)
    match page.state:
        case TripState.CANCELLED:
            return sentence("The trip is cancelled"), sentence("The trip is cancelled, so nobody can sign up.")
        case TripState.POSTPONED:
            return sentence("The trip is postponed"), sentence(
                "The trip is postponed. Sign-up opens again when there are new dates."
            )
        case TripState.OPENS_LATER:
            return sentence("Sign-up is not open yet"), sentence(
                "Sign-up opens on {moment}. Come back then.",
                moment=trip.signup_opens_at.astimezone(zone) if trip.signup_opens_at else "",
            )
        case TripState.PAST:
            return sentence("The trip is over"), sentence("The trip has taken place, so nobody can sign up.")
        case _ if trip.signup_closes_at is not None:
            return sentence("Sign-up has closed"), sentence(
                "Sign-up closed on {moment}.", moment=trip.signup_closes_at.astimezone(zone)
            )
        case _:
            return sentence("Sign-up has closed"), sentence("The trip has begun, so nobody can sign up.")
