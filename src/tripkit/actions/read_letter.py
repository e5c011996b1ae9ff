"""Having read a letter to many as it is now, which whoever sends it has to have; another text is to be read anew."""

from __future__ import annotations

from sqlalchemy import Select, select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import digest_of_letter
from tripkit.domain.refusals import ChangedMeanwhile, NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow, LetterSeenRow


def read_letter(session: AnySession, *, trip_id: int, campaign_id: int, digest: str, moment: Moment) -> None:
    """Note that who acts has read it. ``digest``: of what was on the page that they read.

    Raises: NotFound, ChangedMeanwhile (it says something else by now).
    """
    with write(session):
        wanted = select(CampaignRow).where(CampaignRow.id == campaign_id, CampaignRow.trip_id == trip_id)
        row = session.scalars(wanted.with_for_update()).one_or_none()
        if row is None or moment.account_id is None:
            raise NotFound(sentence("There is no such campaign."))
        if digest != digest_of_letter(row.subject, row.text):
            raise ChangedMeanwhile(sentence("The letter was changed since you opened the page. Read it as it is now."))
        if not is_read(session, row, moment.account_id):
            note_read(session, row, moment.account_id, moment)
            audit(session, "read_campaign", moment=moment, trip_id=trip_id, campaign=row.id)


def is_read(session: AnySession, row: CampaignRow, account_id: int) -> bool:
    """Whether somebody has read it as it is now; one query."""
    digest = session.scalar(_seen(row, account_id).with_only_columns(LetterSeenRow.digest))
    return digest == digest_of_letter(row.subject, row.text)


def note_read(session: AnySession, row: CampaignRow, account_id: int, moment: Moment) -> None:
    """Note it in the transaction that is open, in which the campaign is locked."""
    digest = digest_of_letter(row.subject, row.text)
    seen = session.scalars(_seen(row, account_id)).one_or_none()
    if seen is None:
        seen = LetterSeenRow(
            trip_id=row.trip_id, campaign_id=row.id, account_id=account_id, digest=digest, at=moment.at
        )
        session.add(seen)
    seen.digest, seen.at = digest, moment.at


def _seen(row: CampaignRow, account_id: int) -> Select[LetterSeenRow]:
    return select(LetterSeenRow).where(LetterSeenRow.campaign_id == row.id, LetterSeenRow.account_id == account_id)
