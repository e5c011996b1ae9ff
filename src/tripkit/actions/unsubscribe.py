"""Wanting no more letters from an organisation than one has to get, or wanting them again; done twice it is done once."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.unsubscribed import digest_of_address
from tripkit.reads.way_out import way_out
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow, UnsubscribedRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import TripRow


def unsubscribe(session: AnySession, *, token: str, wanted: bool, moment: Moment) -> None:
    """Set whether letters of the organisation are wanted at the address the link was sent to. Raises: NotFound."""
    with suppress(IntegrityError), write(session):  # Two presses at once: the other one has done it.
        found = way_out(session, token=token, now=moment.at)
        if found is None:
            raise NotFound(sentence("This link is too old, or cut off."))
        _note(session, found.organisation_id, found.digest, wanted=wanted, moment=moment)


def unsubscribe_by_mail(session: AnySession, *, message_id: str, moment: Moment) -> bool:
    """No more letters to where a campaign's message was sent, as its reader has answered; whether there is such a one."""
    with suppress(IntegrityError), write(session):
        found = session.execute(
            select(OutboxRow.recipient, TripRow.organisation_id)
            .join(CampaignRow, CampaignRow.id == OutboxRow.campaign_id)
            .join(TripRow, TripRow.id == CampaignRow.trip_id)
            .where(OutboxRow.message_id == message_id, OutboxRow.attempts > 0, ~CampaignRow.essential)
        ).one_or_none()
        if found is None or not found.recipient:  # Erased.
            return False
        digest = digest_of_address(found.recipient)
        _note(session, found.organisation_id, digest, wanted=False, moment=moment)
    return True


def _note(session: AnySession, organisation_id: int, digest: str, *, wanted: bool, moment: Moment) -> None:
    here = (UnsubscribedRow.organisation_id == organisation_id, UnsubscribedRow.digest == digest)
    is_out = bool(session.scalar(select(exists().where(*here))))
    if is_out is not wanted:
        return
    if wanted:
        session.execute(delete(UnsubscribedRow).where(*here))
    else:
        session.add(UnsubscribedRow(organisation_id=organisation_id, digest=digest, at=moment.at))
    audit(session, "subscribe" if wanted else "unsubscribe", moment=moment, organisation_id=organisation_id)
