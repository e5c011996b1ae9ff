"""Withdrawing an invitation that nobody has answered: its link opens nothing any more."""

from __future__ import annotations

from sqlalchemy import update

from tripkit.actions.invite_member import IS_UNANSWERED, NO_SUCH_INVITATION
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.members import InvitationRow


def withdraw_invitation(session: AnySession, *, organisation_id: int, invitation: int, moment: Moment) -> None:
    """Withdraw it. Raises: ChangeRefused when it is open no more."""
    with write(session):
        row = session.execute(
            update(InvitationRow)
            .where(InvitationRow.id == invitation, InvitationRow.organisation_id == organisation_id, *IS_UNANSWERED)
            .values(withdrawn_at=moment.at)
            .returning(InvitationRow.trip_id)
        ).one_or_none()
        if row is None:
            raise ChangeRefused(NO_SUCH_INVITATION)
        audit(
            session,
            "withdraw_invitation",
            moment=moment,
            organisation_id=organisation_id,
            trip_id=row.trip_id,
            invitation=invitation,
        )
