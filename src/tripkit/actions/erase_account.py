"""Forgetting somebody who asks for it: their bookings, then their account; what stays says nothing of who they were."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select, update

from tripkit.actions.erase_booking import erase_one
from tripkit.actions.erasing import emptied_messages
from tripkit.actions.recording import audit
from tripkit.actions.sending_notices import NOTICE
from tripkit.domain.accounts import SignIn
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import Role
from tripkit.domain.sentences import sentence
from tripkit.reads.addresses import booked_by
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.accounts import AccountRow, PasskeyRow, RecoveryCodeRow, RefusedSignInRow, SignInLinkRow, SignInRow
from tripkit.storage.bookings import BookingRow
from tripkit.storage.members import InvitationRow, MemberRow, VisitRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import OrganisationRow

_REASON = "The contact person asked for it."


@dataclass(frozen=True, slots=True)
class AccountErased:
    """What it led to. ``bookings``: erased; ``cancelled``: people who gave up a place or stopped waiting."""

    bookings: int
    cancelled: int
    file_is_clean: bool


def erase_account(session: AnySession, *, somebody: SignIn, cancel: bool, moment: Moment) -> AccountErased:
    """Erase all bookings made with the account's address, then the account.

    One transaction a booking: cut short, it goes on when it is asked for once more. ``cancel``: whoever in them still has
    or waits for a place gives it up. Entries of the log stay, with the account's number and no name.

    Raises: ChangeRefused when somebody still has a place and ``cancel`` is not said, or an organisation would be left
    without an owner; nothing is erased then.
    """
    _refuse_if_last_owner(session, somebody.account_id)
    mine = (
        select(BookingRow.id).where(booked_by(somebody.email), BookingRow.erased_at.is_(None)).order_by(BookingRow.id)
    )
    bookings, cancelled = session.scalars(mine).all(), 0
    for booking in bookings:
        with write(session):
            cancelled += erase_one(session, booking, cancel=cancel, reason=_REASON, moment=moment)
    with write(session):
        _refuse_if_last_owner(session, somebody.account_id)
        _erase(session, somebody.account_id, moment)
    return AccountErased(bookings=len(bookings), cancelled=cancelled, file_is_clean=rewrite(session))


def _refuse_if_last_owner(session: AnySession, account_id: int) -> None:
    """Refuse to leave an organisation without an owner; within a transaction the organisations are locked."""
    owned = select(MemberRow.organisation_id).where(
        MemberRow.account_id == account_id, MemberRow.role == Role.OWNER, MemberRow.trip_id.is_(None)
    )
    organisations = session.scalars(
        select(OrganisationRow).where(OrganisationRow.id.in_(owned)).order_by(OrganisationRow.id).with_for_update()
    ).all()
    others = (
        select(MemberRow.organisation_id, func.count())
        .where(
            MemberRow.organisation_id.in_([one.id for one in organisations]),
            MemberRow.role == Role.OWNER,
            MemberRow.trip_id.is_(None),
            MemberRow.account_id != account_id,
        )
        .group_by(MemberRow.organisation_id)
    )
    left = {organisation for organisation, _ in session.execute(others)}
    alone = next((one for one in organisations if one.id not in left), None)
    if alone is not None:
        raise ChangeRefused(
            sentence(
                "{organisation} has no other owner than you. Make somebody else one first.", organisation=alone.name
            )
        )


def _erase(session: AnySession, account_id: int, moment: Moment) -> None:
    account = session.get_one(AccountRow, account_id, with_for_update=True)
    key, written = account.email_key or "", account.email or ""
    for table in (PasskeyRow, RecoveryCodeRow, RefusedSignInRow, SignInRow, MemberRow, VisitRow):
        session.execute(delete(table).where(table.account_id == account_id))
    session.execute(delete(SignInLinkRow).where(func.lower(SignInLinkRow.email) == func.lower(written)))
    # An invitation to this mailbox is nobody's any more; that there was one stays.
    to_them = func.lower(InvitationRow.email) == func.lower(written)
    session.execute(update(InvitationRow).where(to_them).values(email="", withdrawn_at=moment.at))
    notices = (OutboxRow.kind == NOTICE, func.lower(OutboxRow.recipient).in_({key, written.lower()}))
    session.execute(emptied_messages().where(*notices))
    account.email = account.email_key = account.password = account.totp = None
    account.totp_step = account.wrong_codes = account.wrong_code_at = None
    account.name, account.erased_at, account.is_administrator = "", moment.at, False
    audit(session, "erase_account", moment=moment)
