"""What a letter says after its verdict: what to do, how it stands with each person, what comes next; no layout."""

from __future__ import annotations

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Trip
from tripkit.mailing.letter import Letter, Person


def explanation(letter: Letter) -> tuple[Sentence, ...]:
    """What the reader is to know or do, in a sentence or three. ``{moment}`` of an offer is aware, in UTC."""
    return (*_by_organiser(letter), *_told(letter), *_about_files(letter))


def _by_organiser(letter: Letter) -> tuple[Sentence, ...]:
    """That the reader has not done it themselves, and why it was done."""
    if not letter.by_organiser or letter.kind == "link":
        return ()
    did = sentence("{organiser} has done this.", organiser=letter.host.name)
    return (did, sentence("The reason: {why}", why=ended(letter.why))) if letter.why else (did,)


def ended(words: str) -> str:
    """What somebody wrote, as a sentence of its own."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _told(letter: Letter) -> tuple[Sentence, ...]:
    if letter.written is not None:
        return ()
    match letter.kind, letter.reason:
        case "applied", _:
            return (_when_drawn(letter.trip), sentence("You get mail about how it went."))
        case "confirmation", _:
            return (sentence("This is your confirmation."),)
        case "queued", _:
            return (
                sentence(
                    "All places that you can have are taken. When it is your turn we write to you, and you have {count}"
                    " hours to answer. Waiting costs nothing.",
                    count=letter.trip.offer_hours,
                ),
            )
        case "offer", _:
            return (
                sentences(
                    "Say yes before {moment}. After that the place goes to the next in the queue.",
                    "Say yes before {moment}. After that the places go to the next in the queue.",
                    len(letter.people),
                    moment=letter.offer_until,
                ),
            )
        case "cancelled", "declined" | "left" | "taken_back":
            return (sentence("Nothing more is needed."),)
        case "cancelled", "expired":
            return (sentence("If you still want to come, sign up again on the page of the trip."),)
        case "cancelled", _:
            return (sentence("Nothing more is needed. Freed places go to those who wait."),)
        case "link", _ if letter.by_organiser:
            return (
                sentence(
                    "{organiser} sends it to you. The links you have had open the booking too.",
                    organiser=letter.host.name,
                ),
            )
        case "link", _:
            return (
                sentence(
                    "Somebody asked for it with your address and booking code. If it was not you, there is nothing you"
                    " need to do."
                ),
            )
        case "changed", "moved":
            return (
                sentence(
                    "Messages about this booking now go to another address. If it was not you who changed it, write to"
                    " {email}.",
                    email=letter.host.email,
                ),
            )
    return (sentence("This is how it stands now."),)


def _when_drawn(trip: Trip) -> Sentence:
    if trip.draws_at is not None:
        return sentence("Places are drawn by lot on {moment}. Nobody has one before that.", moment=trip.draws_at)
    return sentence(
        "Places are drawn by lot when sign-up has closed, on {moment}. Nobody has one before that.",
        moment=trip.signup_closes_at,
    )


def _about_files(letter: Letter) -> tuple[Sentence, ...]:
    cancels = [file for file in letter.attachments if file.method == "CANCEL"]
    if not letter.attachments:
        return ()
    if len(cancels) == len(letter.attachments):
        return (sentence("Open the attached file to take the trip out of the calendar."),)
    if letter.kind == "confirmation":
        return (
            sentences("The calendar is attached.", "A calendar for each one is attached.", len(letter.attachments)),
        )
    return (sentence("The attached calendar replaces the one before."),)


def standing(person: Person) -> Sentence:
    """How it stands with one person's place."""
    if person.position is not None:
        return sentence("Waiting, number {position} in the queue", position=person.position)
    return {
        ParticipantStatus.APPLIED: sentence("In the draw"),
        ParticipantStatus.CONFIRMED: sentence("Confirmed"),
        ParticipantStatus.OFFERED: sentence("On offer"),
        ParticipantStatus.WAITING: sentence("Waiting"),
        ParticipantStatus.CANCELLED: sentence("No longer on the trip"),
    }[person.status]


def waits_for(letter: Letter, person: Person) -> tuple[Sentence, ...]:
    """What somebody who waits is to know, where the letter has not said it of the whole party."""
    if person.status is not ParticipantStatus.WAITING or letter.kind == "queued":
        return ()
    return (
        sentence(
            "When there is a place for {name} we write to you, and you have {count} hours to answer. Waiting costs"
            " nothing.",
            name=person.name,
            count=letter.trip.offer_hours,
        ),
    )
