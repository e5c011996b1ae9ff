"""Taking a step with a trip as a whole, seen by everybody at once; a letter about it is prepared, and sent by whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from tripkit.actions.edit_trip import change_shown
from tripkit.actions.recording import audit
from tripkit.actions.write_letter import Draft, written_draft
from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.domain.campaigns import Audience, Who
from tripkit.domain.refusals import BookingRefused, ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.domain.trip_steps import CALLS_OFF, Step, after_step, steps, wrong_with
from tripkit.domain.trips import Trip
from tripkit.i18n import say
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.bookings import ParticipantRow

NOT_NOW = sentence("The trip is not as it was when you opened this page. Nothing was changed.")
_SUBJECTS = {
    Step.POSTPONE: sentence("Postponed: {trip}", trip="{trip}"),
    Step.CANCEL: sentence("Cancelled: {trip}", trip="{trip}"),
    Step.PLAN: sentence("It takes place after all: {trip}", trip="{trip}"),
}
_GREETING = sentence("Hello {name},", name="{name}")
_SAYS = {
    Step.POSTPONE: sentence("{trip} is postponed.", trip="{trip}"),
    Step.CANCEL: sentence("{trip} is cancelled.", trip="{trip}"),
    Step.PLAN: sentence("{trip} takes place after all, {dates}.", trip="{trip}", dates="{dates}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a step led to. ``letter``: the id of the one that was prepared; None = nobody has signed up, or it needs none."""

    letter: int | None


def take_step(
    session: AnySession,
    *,
    trip_id: int,
    step: Step,
    until: datetime | None,
    note: Text,
    moment: Moment,
) -> Stepped:
    """Take the step. What is being edited and not published stays so, with the step in it.

    Raises: ChangeRefused when it cannot be taken any more; BookingRefused for a wrong field; PlanRefused, EventErrors.
    """

    def change(trip: Trip) -> Trip:
        if step not in steps(trip, moment.at):
            raise ChangeRefused(NOT_NOW)
        if wrong := tuple(wrong_with(trip, step, until=until, note=note, now=moment.at)):
            raise BookingRefused(wrong)
        return after_step(trip, step, until=until, note=note, now=moment.at)

    with write(session):
        trip = change_shown(session, trip_id, change, moment)
        audit(session, "take_step", moment=moment, trip_id=trip_id, step=step)
        letter = None
        if (step in CALLS_OFF or step is Step.PLAN) and _somebody_came(session, trip_id):
            draft = _letter(trip, step, note)
            key = f"{step}-{moment.at:%Y%m%d%H%M%S}"
            letter = written_draft(session, trip_id=trip_id, key=key, draft=draft, moment=moment)
    return Stepped(letter=letter)


def _somebody_came(session: AnySession, trip_id: int) -> bool:
    active = ParticipantRow.status != ParticipantStatus.CANCELLED
    return bool(session.scalar(select(exists().where(ParticipantRow.trip_id == trip_id, active))))


def _letter(trip: Trip, step: Step, note: Text) -> Draft:
    def text(language: str) -> str:
        parts = (say(_GREETING, language), say(_SAYS[step], language), note.get(language, ""))
        return "\n\n".join(part for part in parts if part)

    written = [one for one in trip.languages if step is Step.PLAN or note.get(one)]
    return Draft(
        subject={language: say(_SUBJECTS[step], language) for language in written},
        text={language: text(language) for language in written},
        audience=Audience(who=Who.EVERYBODY),
        essential=True,
    )
