"""Writing a letter to many as a draft, bit by bit: nothing that is typed is lost, and nothing goes out by it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import Audience, CampaignState, may
from tripkit.domain.refusals import ChangedMeanwhile, ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.trips import TripRow

_CHANGED = sentence(
    "Somebody else has changed this letter since you opened it. What you wrote is below and not saved yet."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is written down of a letter, finished or not. Languages without a word in them are left out."""

    subject: Text
    text: Text
    audience: Audience
    essential: bool


def begin_letter(session: AnySession, *, trip_id: int, key: str, draft: Draft, moment: Moment) -> int:
    """Write a new letter down; its id. ``key``: its form's own, so that the same form sent twice is one letter.

    Raises: NotFound, ChangedMeanwhile (the key has another content by now).
    """
    with write(session):
        return written_draft(session, trip_id=trip_id, key=key, draft=draft, moment=moment)


def written_draft(session: AnySession, *, trip_id: int, key: str, draft: Draft, moment: Moment) -> int:
    """The same within a transaction of the caller's."""
    # Locked: of two who send the same form at once, the second one finds what the first one wrote.
    if session.scalar(select(TripRow.id).where(TripRow.id == trip_id).with_for_update()) is None:
        raise NotFound(sentence("There is no such trip."))
    known = session.scalars(_here(trip_id).where(CampaignRow.key == key)).one_or_none()
    if known is not None:
        if not _says(known, draft):
            raise ChangedMeanwhile(_CHANGED)
        return known.id
    row = CampaignRow(
        trip_id=trip_id,
        key=key,
        subject=draft.subject,
        text=draft.text,
        audience=draft.audience,
        essential=draft.essential,
        state=CampaignState.DRAFT,
        made_at=moment.at,
    )
    session.add(row)
    session.flush()
    audit(session, "create_campaign", moment=moment, trip_id=trip_id, campaign=row.id, key=key)
    return row.id


def change_letter(
    session: AnySession, *, trip_id: int, campaign_id: int, revision: int, draft: Draft, moment: Moment
) -> None:
    """Write a draft anew. ``revision``: of what the form was filled with.

    Raises: NotFound, ChangeRefused (it is no draft any more), ChangedMeanwhile.
    """
    with write(session):
        row = session.scalars(_here(trip_id).where(CampaignRow.id == campaign_id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound(sentence("There is no such campaign."))
        if _says(row, draft):
            return
        if not may("write", row.state):
            raise ChangeRefused(
                sentence(
                    "It is no draft any more, so it was not changed. What you wrote is below: copy it to a new one."
                )
            )
        if row.revision != revision:
            raise ChangedMeanwhile(_CHANGED)
        row.subject, row.text, row.audience = draft.subject, draft.text, draft.audience
        row.essential, row.revision = draft.essential, row.revision + 1
        audit(session, "change_campaign", moment=moment, trip_id=trip_id, campaign=row.id)


def _here(trip_id: int) -> Select[CampaignRow]:
    return select(CampaignRow).where(CampaignRow.trip_id == trip_id)


def _says(row: CampaignRow, draft: Draft) -> bool:
    written = (dict(row.subject), dict(row.text), row.audience, row.essential)
    return written == (dict(draft.subject), dict(draft.text), draft.audience, draft.essential)
