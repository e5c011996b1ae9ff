"""Changing what somebody is in an organisation, taking it from them, or giving it up; the last owner stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from tripkit.actions.invite_member import IS_UNANSWERED, NOT_FOR_A_TRIP, lock_organisation
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.rights import MEMBERS, Level, Role, leaves_an_owner, roles_that_may, roles_to_give
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.members import InvitationRow, MemberRow

NO_SUCH_MEMBER = sentence("There is no such member here any more.")
LAST_OWNER = sentence(
    "This is the only owner. Make somebody else one first: without an owner nobody can let anybody in."
)


def change_role(session: AnySession, *, organisation_id: int, member: int, role: Role, moment: Moment) -> None:
    """Give a member another role. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _member(session, organisation_id, member)
        if role not in roles_to_give(whole=row.trip_id is None):
            raise ChangeRefused(NOT_FOR_A_TRIP)
        if role is row.role:
            return
        if role is not Role.OWNER:
            _keep_an_owner(session, row)
        before, row.role = row.role, role
        withdrawn = _withdraw_what_they_sent(session, row, before, role, moment)
        _note(session, "change_role", row, moment, **withdrawn, changes={"role": [before.value, role.value]})


def remove_member(session: AnySession, *, organisation_id: int, member: int, moment: Moment) -> None:
    """Take a role from somebody, who has lost it with the next thing they ask for, and the invitations they have sent. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _member(session, organisation_id, member)
        withdrawn = _withdraw_what_they_sent(session, row, row.role, None, moment)
        _remove(session, row, "remove_member", moment, **withdrawn)


def leave_organisation(session: AnySession, *, member: int, account_id: int, moment: Moment) -> None:
    """Give up a role of one's own. Raises: NotFound, also when it is somebody else's; ChangeRefused."""
    with write(session):
        organisation_id = session.scalar(
            select(MemberRow.organisation_id).where(MemberRow.id == member, MemberRow.account_id == account_id)
        )
        if organisation_id is None:
            raise NotFound(NO_SUCH_MEMBER)
        _remove(session, _member(session, organisation_id, member), "leave", moment)


def _member(session: AnySession, organisation_id: int, member: int) -> MemberRow:
    # Owners are counted below: two of them who leave at the same moment would each count the other.
    lock_organisation(session, organisation_id)
    row = session.scalar(select(MemberRow).where(MemberRow.id == member, MemberRow.organisation_id == organisation_id))
    if row is None:
        raise NotFound(NO_SUCH_MEMBER)
    return row


def _remove(session: AnySession, row: MemberRow, action: str, moment: Moment, **details: Any) -> None:
    _keep_an_owner(session, row)
    session.delete(row)
    _note(session, action, row, moment, role=row.role.value, **details)


def _withdraw_what_they_sent(
    session: AnySession, row: MemberRow, before: Role, after: Role | None, moment: Moment
) -> dict[str, int]:
    """Withdraw the open invitations of who may send none any more: one may be to an address of their own. As the log's details."""
    may_invite = roles_that_may(MEMBERS, Level.CHANGE)
    if row.trip_id is not None or before not in may_invite or after in may_invite:
        return {}
    theirs = (InvitationRow.organisation_id == row.organisation_id, InvitationRow.invited_by == row.account_id)
    withdrawn = session.execute(
        update(InvitationRow).where(*theirs, *IS_UNANSWERED).values(withdrawn_at=moment.at).returning(InvitationRow.id)
    ).all()
    return {"invitations": len(withdrawn)} if withdrawn else {}


def _keep_an_owner(session: AnySession, row: MemberRow) -> None:
    if row.role is not Role.OWNER or row.trip_id is not None:
        return
    owners = session.scalars(
        select(MemberRow.account_id).where(
            MemberRow.organisation_id == row.organisation_id,
            MemberRow.trip_id.is_(None),
            MemberRow.role == Role.OWNER,
        )
    )
    if not leaves_an_owner(owners, row.account_id):
        raise ChangeRefused(LAST_OWNER)


def _note(session: AnySession, action: str, row: MemberRow, moment: Moment, **details: Any) -> None:
    audit(
        session,
        action,
        moment=moment,
        organisation_id=row.organisation_id,
        trip_id=row.trip_id,
        member=row.account_id,
        **details,
    )
