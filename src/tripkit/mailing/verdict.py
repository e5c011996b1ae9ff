"""What a letter says first: one sentence that is its subject and its heading; no layout."""

from __future__ import annotations

from collections.abc import Callable

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.mailing.letter import Letter

CONFIRMED, WAITING = ParticipantStatus.CONFIRMED, ParticipantStatus.WAITING


def verdict(letter: Letter) -> tuple[Sentence, ...]:
    """How it stands, in a sentence or two."""
    return _VERDICTS[letter.kind](letter)


def _names(letter: Letter) -> list[str]:
    return [person.name for person in letter.people]


def _confirmation(letter: Letter) -> tuple[Sentence, ...]:
    placed = letter.of(CONFIRMED)
    drawn = letter.reason == "drawn"
    waiting = [person.name for person in letter.of(WAITING)]
    first = (
        sentences(
            "Places have been drawn, and one is yours.", "Places have been drawn, and {count} are yours.", len(placed)
        )
        if drawn
        else sentences("One place is confirmed.", "{count} places are confirmed.", len(placed))
    )
    if not waiting:
        return (first,)
    return (
        first,
        sentences("{names} is on the waiting list.", "{names} are on the waiting list.", len(waiting), names=waiting),
    )


def _applied(letter: Letter) -> tuple[Sentence, ...]:
    return (sentences("{names} is in the draw.", "{names} are in the draw.", len(letter.people), names=_names(letter)),)


def _queued(letter: Letter) -> tuple[Sentence, ...]:
    first = min((person.position for person in letter.people if person.position is not None), default=1)
    if letter.reason == "drawn":
        return (sentence("Places have been drawn. You are in the queue, as number {position}.", position=first),)
    return (sentence("You are in the queue, as number {position}.", position=first),)


def _offer(letter: Letter) -> tuple[Sentence, ...]:
    if letter.offered is not None:
        return (
            sentence("A place on “{visit}” is on offer to {names}.", visit=letter.offered.title, names=_names(letter)),
        )
    return (
        sentences(
            "A place on the trip is yours if you say yes in time.",
            "{count} places on the trip are yours if you say yes in time.",
            len(letter.people),
        ),
    )


def _cancelled(letter: Letter) -> tuple[Sentence, ...]:
    said = {
        "taken_back": sentences(
            "{names} is no longer in the draw.",
            "{names} are no longer in the draw.",
            len(letter.people),
            names=_names(letter),
        ),
        "declined": sentence("You said no to the offered place, and it has gone to the next in the queue."),
        "expired": sentence("The offer was not answered in time, and the place has gone to the next in the queue."),
        "left": sentences(
            "{names} has left the queue.", "{names} have left the queue.", len(letter.people), names=_names(letter)
        ),
    }
    usual = sentences("{names} is cancelled.", "{names} are cancelled.", len(letter.people), names=_names(letter))
    return (said.get(letter.reason, usual),)


def _changed(letter: Letter) -> tuple[Sentence, ...]:
    said = {
        "reinstated": sentences(
            "{names} is on the trip after all.",
            "{names} are on the trip after all.",
            len(letter.people),
            names=_names(letter),
        )
        if letter.of(CONFIRMED)
        else _applied(letter)[0]
        if letter.of(ParticipantStatus.APPLIED)
        else sentences(
            "{names} is in the queue.", "{names} are in the queue.", len(letter.people), names=_names(letter)
        ),
        "added": sentence("{names} is in your booking now.", names=_names(letter)),
        "handed_over": sentence("The place is handed over to {names}.", names=_names(letter)),
        "moved": sentence("The booking has another contact address from now on."),
        "joined": sentence("{names} waits for the visit.", names=_names(letter)),
        "declined": sentence("You said no to the visit. The place on the trip is still yours."),
        "expired": sentence(
            "The offered visit has gone to the next in the queue. The place on the trip is still yours."
        ),
        "left": sentence("You have left the queue for the visit. The place on the trip is still yours."),
    }
    return (said.get(letter.reason, sentence("Your booking was changed.")),)


_VERDICTS: dict[str, Callable[[Letter], tuple[Sentence, ...]]] = {
    "applied": _applied,
    "confirmation": _confirmation,
    "queued": _queued,
    "offer": _offer,
    "cancelled": _cancelled,
    "changed": _changed,
    "link": lambda _: (sentence("Here is a new link to your booking."),),
    "letter": lambda _: (),
}
KINDS = tuple(_VERDICTS)
"""Every kind of letter there is."""

KIND_TITLES = {
    "applied": sentence("In the draw"),
    "confirmation": sentence("Confirmation"),
    "queued": sentence("In the queue"),
    "offer": sentence("A place on offer"),
    "cancelled": sentence("Cancellation"),
    "changed": sentence("Something has changed"),
    "link": sentence("A new link to the booking"),
    "letter": sentence("A letter to many"),
}
"""What each kind is called in a list of messages."""
