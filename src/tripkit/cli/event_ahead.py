"""What a trip will do by itself once it is written so: when its reminders go out, when what people wrote is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from tripkit.domain.coming import Fate, fate_of
from tripkit.domain.deadlines import erased_at, erased_on, reminder_at
from tripkit.domain.reminders import Reminder
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Trip
from tripkit.i18n import day, moment


def ahead(
    before: Trip | None, after: Trip, *, sent: Collection[str], now: datetime, language: str
) -> tuple[Sentence, ...]:
    """A sentence for each reminder that is new or comes at another moment, and for erasing when that does.

    ``before``: None when the trip is new; ``sent``: keys of the reminders that were sent.
    """
    known = {} if before is None else {one.key: (one, reminder_at(before, one)) for one in before.reminders}
    other_status = before is not None and before.status is not after.status
    return (
        *(
            _of_reminder(after, one, sent=one.key in sent, now=now, language=language)
            for one in after.reminders
            if other_status or known.get(one.key) != (one, reminder_at(after, one))
        ),
        *_of_erasing(before, after, now, language),
    )


def _of_reminder(trip: Trip, reminder: Reminder, *, sent: bool, now: datetime, language: str) -> Sentence:
    fate, due = fate_of(trip, reminder, sent=sent, now=now)
    subject, when = reminder.subject, "" if due is None else moment(due, language, trip.time_zone)
    if fate is Fate.SENT:
        return sentence(
            "The reminder “{subject}” was sent, and is not sent again; with another key it is another one.",
            subject=subject,
        )
    if fate is Fate.NOT_PLANNED:
        return sentence(
            "The reminder “{subject}” is not sent, since the trip does not happen as planned.", subject=subject
        )
    if fate is Fate.TOO_LATE:
        return sentence(
            "The reminder “{subject}” is not sent: its moment was {moment}, more than two days ago.",
            subject=subject,
            moment=when,
        )
    if fate is Fate.AT_ONCE:
        return sentence(
            "The reminder “{subject}” is sent at once: its moment was {moment}.", subject=subject, moment=when
        )
    return sentence("The reminder “{subject}” will be sent {moment}.", subject=subject, moment=when)


def _of_erasing(before: Trip | None, after: Trip, now: datetime, language: str) -> Iterator[Sentence]:
    if (after.retention_days is None) if before is None else (erased_on(before) == erased_on(after)):
        return
    if erased_at(after) <= now:
        yield sentence("What people write when they sign up is erased at once: the trip was that long ago.")
    else:
        yield sentence(
            "What people write when they sign up is erased on {day}.", day=day(erased_on(after), language, year=True)
        )
