"""What organisers are told of a booking in sentences: how it stands, and what an act would lead to; no markup, nothing is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tripkit.actions.foreseeing import Consequences, Moved, Standing
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.mailing.verdict import KIND_TITLES
from tripkit.reads.booking_page import BookingPage

_STATES = {
    ParticipantStatus.APPLIED: sentence("{name} is in the draw."),
    ParticipantStatus.CONFIRMED: sentence("{name} has a place on the trip."),
    ParticipantStatus.OFFERED: sentence("{name} is offered a place on the trip."),
    ParticipantStatus.WAITING: sentence("{name} stands in the queue for the trip."),
    ParticipantStatus.CANCELLED: sentence("{name} is no longer on the trip."),
}


def standing(page: BookingPage) -> tuple[Sentence, ...]:
    """How it stands with a booking's people, as a colleague is told: who has a place, who waits, who is cancelled."""
    names = {
        status: [person.name for person in page.participants if person.status is status] for status in ParticipantStatus
    }
    return tuple(_standing(names))


def _standing(names: dict[ParticipantStatus, list[str]]) -> Iterator[Sentence]:
    if placed := names[ParticipantStatus.CONFIRMED]:
        yield sentences("{names} has a place.", "{names} have places.", len(placed), names=placed)
    if offered := names[ParticipantStatus.OFFERED]:
        yield sentences("{names} has a place on offer.", "{names} have places on offer.", len(offered), names=offered)
    if applied := names[ParticipantStatus.APPLIED]:
        yield sentences("{names} is in the draw.", "{names} are in the draw.", len(applied), names=applied)
    if waiting := names[ParticipantStatus.WAITING]:
        yield sentences("{names} waits in the queue.", "{names} wait in the queue.", len(waiting), names=waiting)
    if cancelled := names[ParticipantStatus.CANCELLED]:
        yield sentences("{names} is cancelled.", "{names} are cancelled.", len(cancelled), names=cancelled)


def in_short(found: Consequences) -> tuple[Sentence, ...]:
    """Who gets mail, who loses a place, who moves up, in a sentence each."""
    return tuple(_in_short(found))


def _in_short(found: Consequences) -> Iterator[Sentence]:
    readers = len({mail.to.casefold() for mail in found.mails})
    yield (
        sentences("One person gets mail.", "{count} people get mail.", readers)
        if readers
        else sentence("Nobody gets mail.")
    )
    if found.lost:
        yield sentences("One loses their place.", "{count} lose their places.", len(found.lost))
    if offered := sum(one.is_offer for one in found.moved):
        yield sentences("One in the queue is offered a place.", "{count} in the queue are offered places.", offered)
    if found.passed:
        yield sentences(
            "One who has waited longer is passed.", "{count} who have waited longer are passed.", found.passed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an act leads to, one by one: in the booking itself, for others in the queue, and in mail."""

    booking: tuple[Sentence, ...]
    others: tuple[Sentence, ...]
    mail: tuple[Sentence, ...]


def made_of(names: Sequence[str], statuses: Sequence[ParticipantStatus]) -> Iterator[Sentence]:
    """How it would stand with people who are signed up."""
    for name, status in zip(names, statuses, strict=True):
        yield Sentence(_STATES[status].text, {"name": name})


def one_by_one(found: Consequences, trip: Trip) -> Told:
    """With whom it stands otherwise afterwards, and to whom which mail goes."""
    titles = {item.key: item.title for item in trip.programme}
    return Told(
        booking=tuple(line for before, after in found.changed for line in _changed(before, after, titles)),
        others=tuple(_moved(one, titles) for one in found.moved),
        mail=tuple(
            sentence("{kind}: {address}", address=mail.to, kind=KIND_TITLES[mail.kind])
            for mail in found.mails
            if mail.kind in KIND_TITLES
        ),
    )


def _changed(before: Standing | None, after: Standing, titles: dict[str, Text]) -> Iterator[Sentence]:
    name = after.name
    had = set(before.visits) if before is not None else set()
    left = [titles[key] for key in sorted(had - set(after.visits)) if key in titles]
    new = [titles[key] for key in sorted(set(after.visits) - had) if key in titles]
    if left and after.status is ParticipantStatus.CANCELLED:
        yield sentence("{name} is no longer on the trip, nor on {items}.", name=name, items=left)
        return
    if before is None or before.status is not after.status:
        yield Sentence(_STATES[after.status].text, {"name": name})
    if before is not None and before.name != name:
        yield sentence("{before} is called {name} from now on.", before=before.name, name=name)
    if left:
        yield sentence("{name} no longer goes to {items}.", name=name, items=left)
    if new and after.status in {ParticipantStatus.APPLIED, ParticipantStatus.WAITING}:
        yield sentence("{name} wishes for {items}.", name=name, items=new)
    elif new:
        yield sentence("{name} goes to {items}.", name=name, items=new)


def _moved(one: Moved, titles: dict[str, Text]) -> Sentence:
    who = {"name": one.name, "code": one.code}
    if one.item and one.is_offer:
        return sentence("{name} in booking {code} is offered “{item}”.", item=titles.get(one.item, one.item), **who)
    if one.item:
        return sentence("{name} in booking {code} gets “{item}”.", item=titles.get(one.item, one.item), **who)
    if one.is_offer:
        return sentence("{name} in booking {code} is offered a place on the trip.", **who)
    return sentence("{name} in booking {code} gets a place on the trip.", **who)
