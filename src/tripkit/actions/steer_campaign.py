"""Starting, scheduling, pausing, resuming and cancelling a campaign; each holds at once, for every worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import CampaignState, may
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.reminders import CAMPAIGN
from tripkit.domain.sentences import Sentence, sentence
from tripkit.reads.trip_plan import AnySession
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


def start_campaign(session: AnySession, *, campaign_id: int, moment: Moment) -> None:
    """Send it, beginning now. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "start", moment)
        row.state, row.started_at = CampaignState.SENDING, moment.at
        note_told(session)


def schedule_campaign(session: AnySession, *, campaign_id: int, send_at: datetime, moment: Moment) -> None:
    """Have it sent by itself at a moment. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "schedule", moment)
        if send_at <= moment.at:
            raise ChangeRefused(sentence("That moment is past. Choose a later one, or start it now."))
        row.state, row.send_at = CampaignState.SCHEDULED, send_at


def pause_campaign(session: AnySession, *, campaign_id: int, moment: Moment) -> None:
    """Stop it: what a worker has in hand goes out, and nothing after that. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "pause", moment)
        row.state = CampaignState.PAUSED
        _turn(session, row.id, "waiting", "paused")


def resume_campaign(session: AnySession, *, campaign_id: int, moment: Moment) -> None:
    """Go on where it was. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _opened(session, campaign_id, "resume", moment)
        row.state = CampaignState.SCHEDULED if row.started_at is None else CampaignState.SENDING
        _turn(session, row.id, "paused", "waiting")
        note_told(session)


def cancel_campaign(session: AnySession, *, campaign_id: int, moment: Moment) -> None:
    """End it: what has not gone out never will. Raises: NotFound, ChangeRefused."""
    with write(session):
        _end(session, _opened(session, campaign_id, "cancel", moment), moment)


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


def _opened(session: AnySession, campaign_id: int, act: str, moment: Moment) -> CampaignRow:
    """The campaign, locked, if this may be done with it; noted in the audit log."""
    row = session.scalars(select(CampaignRow).where(CampaignRow.id == campaign_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(sentence("There is no such campaign."))
    if not may(act, row.state):
        raise ChangeRefused(_NOT_NOW[row.state])
    audit(session, f"{act}_campaign", moment=moment, trip_id=row.trip_id, campaign=row.id)
    return row


def _turn(session: AnySession, campaign_id: int, before: str, after: str) -> None:
    """One statement for all its letters. One that is in a worker's hand is left to it: it may be half sent."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.campaign_id == campaign_id, OutboxRow.state == before, OutboxRow.leased_by.is_(None))
        .values(state=after)
    )
