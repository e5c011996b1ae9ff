"""Writing down a letter to many at once; nothing goes out before it is started or its moment has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.letters import wrong_letter
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow


def create_campaign(
    session: AnySession,
    *,
    trip_id: int,
    key: str,
    subject: Text,
    text: Text,
    audience: Audience,
    essential: bool,
    send_at: datetime | None = None,
    moment: Moment,
) -> int:
    """Write a campaign down; its id. ``send_at``: when it goes out by itself, None = when it is started.

    ``essential``: about the trip they take part in, so it goes to those too who have unsubscribed from other letters.
    Raises: NotFound, ChangeRefused (a text or a group that cannot be, a key that is taken).
    """
    with write(session):
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise NotFound(sentence("There is no such trip."))
        for wrong in wrong_letter(subject, text, audience, plan[2]):
            raise ChangeRefused(wrong.sentence)
        if session.scalar(select(CampaignRow.id).where(CampaignRow.trip_id == trip_id, CampaignRow.key == key)):
            raise ChangeRefused(sentence("There is a campaign “{key}” already. Choose another name.", key=key))
        row = CampaignRow(
            trip_id=trip_id,
            key=key,
            subject=dict(subject),
            text=dict(text),
            audience=audience,
            essential=essential,
            state=CampaignState.DRAFT if send_at is None else CampaignState.SCHEDULED,
            made_at=moment.at,
            send_at=send_at,
        )
        session.add(row)
        session.flush()
        audit(session, "create_campaign", moment=moment, trip_id=trip_id, campaign=row.id, key=key)
        return row.id
