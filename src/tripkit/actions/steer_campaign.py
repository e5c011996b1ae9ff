"""Starting, scheduling, taking back, pausing, resuming and cancelling a campaign; each holds at once, for every worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from tripkit.actions.read_letter import is_read
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import CampaignState, may
from tripkit.domain.deadlines import timed_at
from tripkit.domain.letters import wrong_letter
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.reminders import CAMPAIGN, Timing
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Trip, TripStatus
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import note_told, write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow

_NOT_NOW: dict[CampaignState, Sentence] = {
    CampaignState.DRAFT: sentence("It has not been started yet."),
    CampaignState.SCHEDULED: sentence("It waits for its moment."),
    CampaignState.SENDING: sentence("It is being sent. Pause it first."),
    CampaignState.PAUSED: sentence("It is paused. Resume it, or cancel it."),
    CampaignState.DONE: sentence("It has been sent."),
    CampaignState.CANCELLED: sentence("It was cancelled. Make a new one."),
}


def start_campaign(session: AnySession, *, campaign_id: int, moment: Moment, trip_id: int | None = None) -> None:
    """Send it, beginning now. ``trip_id``: it has to be of this trip, None = whichever. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "start", moment, trip_id)
        _ready(session, row, moment)
        row.state, row.started_at = CampaignState.SENDING, moment.at
        note_told(session)


def schedule_campaign(
    session: AnySession,
    *,
    campaign_id: int,
    send_at: datetime | None = None,
    timing: Timing | None = None,
    moment: Moment,
    trip_id: int | None = None,
) -> None:
    """Have it sent by itself at a moment, or at one that follows from the trip's days and moves with them.

    Raises: NotFound, ChangeRefused.
    """
    with write(session):
        row = _opened(session, campaign_id, "schedule", moment, trip_id)
        trip = _ready(session, row, moment)
        if timing is not None:
            send_at = timed_at(trip, timing)
        if send_at is None:
            raise ChangeRefused(sentence("This trip has no such day. Choose another one."))
        if send_at <= moment.at:
            raise ChangeRefused(sentence("That moment is past. Choose a later one, or start it now."))
        row.state, row.send_at, row.timing = CampaignState.SCHEDULED, send_at, timing


def unschedule_campaign(session: AnySession, *, campaign_id: int, moment: Moment, trip_id: int | None = None) -> None:
    """Take it back before it goes out, to write it anew. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "unschedule", moment, trip_id)
        row.state, row.send_at, row.timing = CampaignState.DRAFT, None, None


def pause_campaign(session: AnySession, *, campaign_id: int, moment: Moment, trip_id: int | None = None) -> None:
    """Stop it: what a worker has in hand goes out, and nothing after that. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "pause", moment, trip_id)
        row.state = CampaignState.PAUSED
        _turn(session, row.id, "waiting", "paused")


def resume_campaign(session: AnySession, *, campaign_id: int, moment: Moment, trip_id: int | None = None) -> None:
    """Go on where it was. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "resume", moment, trip_id)
        row.state = CampaignState.SCHEDULED if row.started_at is None else CampaignState.SENDING
        _turn(session, row.id, "paused", "waiting")
        note_told(session)


def cancel_campaign(session: AnySession, *, campaign_id: int, moment: Moment, trip_id: int | None = None) -> None:
    """End it: what has not gone out never will. Raises: NotFound, ChangeRefused."""
    with write(session):
        _end(session, _opened(session, campaign_id, "cancel", moment, trip_id), moment)


def retime_campaigns(session: AnySession, *, trip_id: int, trip: Trip, moment: Moment) -> None:
    """Move what goes out by the trip's days when these have moved, in the transaction that moves them.

    Where the day is past by that, or there is none, or the trip does not happen as planned, it is a draft again: nothing
    goes out that nobody meant for that day.
    """
    timed = (CampaignRow.trip_id == trip_id, CampaignRow.timing.is_not(None), CampaignRow.started_at.is_(None))
    waits = CampaignRow.state.in_([CampaignState.SCHEDULED, CampaignState.PAUSED])
    for row in session.scalars(select(CampaignRow).where(*timed, waits).order_by(CampaignRow.id).with_for_update()):
        at = None if row.timing is None else timed_at(trip, row.timing)
        if at == row.send_at and trip.status is TripStatus.PLANNED:
            continue
        if at is None or at <= moment.at or trip.status is not TripStatus.PLANNED:
            row.state, row.send_at, row.timing = CampaignState.DRAFT, None, None
            audit(session, "unschedule_campaign", moment=moment, trip_id=trip_id, campaign=row.id)
        else:
            row.send_at = at


def cancel_reminders(session: AnySession, *, trip_id: int, moment: Moment) -> None:
    """End the reminders of a trip that does not happen as planned, in the transaction that says so."""
    open_ones = [state for state in CampaignState if may("cancel", state)]
    rows = session.scalars(
        select(CampaignRow)
        .where(CampaignRow.trip_id == trip_id, CampaignRow.key.startswith(CAMPAIGN), CampaignRow.state.in_(open_ones))
        .order_by(CampaignRow.id)
        .with_for_update()
    )
    for row in rows:
        _end(session, row, moment)
        audit(session, "cancel_campaign", moment=moment, trip_id=trip_id, campaign=row.id)


def _end(session: AnySession, row: CampaignRow, moment: Moment) -> None:
    row.state, row.ended_at = CampaignState.CANCELLED, moment.at
    for state in ("waiting", "paused", "held"):
        _turn(session, row.id, state, "dropped")


def _opened(session: AnySession, campaign_id: int, act: str, moment: Moment, trip_id: int | None) -> CampaignRow:
    """The campaign, locked, if this may be done with it; noted in the audit log."""
    wanted = select(CampaignRow).where(CampaignRow.id == campaign_id)
    if trip_id is not None:
        wanted = wanted.where(CampaignRow.trip_id == trip_id)
    row = session.scalars(wanted.with_for_update()).one_or_none()
    if row is None:
        raise NotFound(sentence("There is no such campaign."))
    if not may(act, row.state):
        raise ChangeRefused(_NOT_NOW[row.state])
    audit(session, f"{act}_campaign", moment=moment, trip_id=row.trip_id, campaign=row.id)
    return row


def _ready(session: AnySession, row: CampaignRow, moment: Moment) -> Trip:
    """The trip of a letter that nothing is wrong with, and that whoever sends it has read."""
    plan = trip_plan(session, row.trip_id)
    if plan is None:
        raise NotFound(sentence("There is no such trip."))
    for wrong in wrong_letter(row.subject, row.text, row.audience, plan[2]):
        raise ChangeRefused(wrong.sentence)
    # A command shows it before it asks; who has no account has no page either.
    if moment.account_id is not None and not is_read(session, row, moment.account_id):
        raise ChangeRefused(sentence("You have not read this letter as it is now. Look at it first."))
    return plan[2]


def _turn(session: AnySession, campaign_id: int, before: str, after: str) -> None:
    """One statement for all its letters. One that is in a worker's hand is left to it: it may be half sent."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.campaign_id == campaign_id, OutboxRow.state == before, OutboxRow.leased_by.is_(None))
        .values(state=after)
    )
