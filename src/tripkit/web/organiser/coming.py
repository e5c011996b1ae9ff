"""What happens to a trip by itself, said as stops of a line; when it happens is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from tripkit import i18n
from tripkit.domain.coming import Fate, Happening, Happens
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Trip

_WORDS = {
    Happens.SIGNUP_OPENS: sentence("Sign-up opens"),
    Happens.FREE_CANCEL_ENDS: sentence("Last day on which cancelling costs nothing"),
    Happens.SIGNUP_ENDS: sentence("Sign-up ends"),
    Happens.DRAW: sentence("Places are drawn"),
    Happens.CHANGES_END: sentence("Participants cannot change their bookings any more"),
    Happens.TRIP_BEGINS: sentence("The trip begins"),
    Happens.TRIP_ENDS: sentence("The trip ends"),
    Happens.ALL_ERASED: sentence("What people wrote is erased; figures stay"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop. ``at``: None = no hour is said. ``marks``: whether it is one of the trip's own days."""

    on: date
    at: datetime | None
    words: Sentence
    marks: bool


def stops(coming: tuple[Happening, ...], trip: Trip, language: str) -> tuple[Stop, ...]:
    """What happens, as stops in order of time."""
    zone = ZoneInfo(trip.time_zone)
    return tuple(
        Stop(
            on=on,
            at=at.astimezone(zone) if timed else None,
            words=_words([*those], trip, language),
            marks=what in {Happens.TRIP_BEGINS, Happens.TRIP_ENDS},
        )
        for (at, on, timed, what, _), those in groupby(coming, key=_together)
    )


def _together(one: Happening) -> tuple[datetime, date, bool, Happens, str]:
    """What is one stop: answers to several questions that are erased on the same day are."""
    return one.at, one.on, one.timed, one.what, "" if one.what is Happens.ANSWERS_ERASED else one.key


def _words(those: list[Happening], trip: Trip, language: str) -> Sentence:
    one = those[0]
    if one.what is Happens.REMINDER:
        subject = next(each.subject for each in trip.reminders if each.key == one.key)
        return _of_reminder(one.fate, i18n.text(subject, language, trip.languages))
    if one.what is Happens.GUARANTEE_ENDS:
        group = next(each.name for each in trip.segments if each.key == one.key)
        name = i18n.text(group, language, trip.languages)
        return sentence("Places guaranteed to {group} that are still free are open to all", group=name)
    if one.what is Happens.ANSWERS_ERASED:
        names = {each.key: i18n.text(each.name, language, trip.languages) for each in trip.questions}
        return sentence(
            "Answers are erased: {questions}", questions=[sentence("“{name}”", name=names[each.key]) for each in those]
        )
    return _WORDS[one.what]


def _of_reminder(fate: Fate | None, subject: str) -> Sentence:
    if fate is Fate.SENT:
        return sentence("The reminder “{subject}” was sent", subject=subject)
    if fate is Fate.TOO_LATE:
        return sentence("The reminder “{subject}” was not sent: its moment had passed", subject=subject)
    if fate is Fate.AT_ONCE:
        return sentence("The reminder “{subject}” goes out now", subject=subject)
    return sentence("The reminder “{subject}” goes out", subject=subject)
