"""Steps with a trip as a whole: sign-up opened and closed, the trip postponed, cancelled, planned again; what each makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from tripkit.domain.places import begins_at, has_started, is_over
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Admission, Trip, TripStatus


class Step(StrEnum):
    """What somebody who organises a trip does with it as a whole."""

    OPEN = "open"
    """Sign-up is open from now on, until a moment."""
    CLOSE = "close"
    POSTPONE = "postpone"
    CANCEL = "cancel"
    PLAN = "plan"
    """It takes place after all."""


CALLS_OFF = {Step.POSTPONE, Step.CANCEL}
LONGEST_NOTE = 2000
"""Characters of why a trip is called off, in one language."""
_CALLED_OFF = {Step.POSTPONE: TripStatus.POSTPONED, Step.CANCEL: TripStatus.CANCELLED}


def steps(trip: Trip, now: datetime) -> tuple[Step, ...]:
    """The steps that can be taken now, the mildest first; none for a draft, and none when it is over."""
    if trip.status is TripStatus.DRAFT or is_over(trip, now):
        return ()
    if trip.status is TripStatus.CANCELLED:
        return (Step.PLAN,)
    if trip.status is TripStatus.POSTPONED:
        return (Step.PLAN, Step.CANCEL)
    of_signup = () if has_started(trip, now) else (Step.CLOSE, Step.OPEN) if is_open(trip, now) else (Step.OPEN,)
    return (*of_signup, Step.POSTPONE, Step.CANCEL)


def is_open(trip: Trip, now: datetime) -> bool:
    """Whether sign-up is open at this moment, whatever places there are."""
    opens, closes = trip.signup_opens_at, trip.signup_closes_at
    return (opens is None or opens <= now) and (closes is None or now < closes) and not has_started(trip, now)


def wrong_with(trip: Trip, step: Step, *, until: datetime | None, note: Text, now: datetime) -> Iterator[Problem]:
    """What has to be put right before the step can be taken, at its fields ``until`` and ``note-``, a language each."""
    if step is Step.OPEN and until is None and trip.admission is Admission.DRAW:
        yield Problem("until", sentence("Write when sign-up closes: places are drawn after that."))
    if step is Step.OPEN and until is not None:
        if until <= now:
            yield Problem("until", sentence("That moment has passed. Write one that is ahead."))
        elif until > begins_at(trip):
            yield Problem("until", sentence("The trip has begun by then. Write an earlier moment."))
    if step in CALLS_OFF:
        if not note.get(trip.languages[0]):
            yield Problem(f"note-{trip.languages[0]}", sentence("Write why, and what happens now. Everybody reads it."))
        for language, written in note.items():
            if len(written) > LONGEST_NOTE:
                yield Problem(f"note-{language}", sentence("Write at most {most} characters.", most=LONGEST_NOTE))


def after_step(trip: Trip, step: Step, *, until: datetime | None, note: Text, now: datetime) -> Trip:
    """The trip once the step is taken. ``until``: when sign-up closes, None = when the trip begins."""
    match step:
        case Step.CLOSE:
            return replace(trip, signup_closes_at=now.replace(second=0, microsecond=0))
        case Step.OPEN:
            opens = trip.signup_opens_at
            return replace(
                trip,
                signup_opens_at=None if opens is not None and opens > now else opens,
                signup_closes_at=until,
            )
        case Step.PLAN:
            return replace(trip, status=TripStatus.PLANNED, status_note={})
    return replace(trip, status=_CALLED_OFF[step], status_note={one: text for one, text in note.items() if text})
