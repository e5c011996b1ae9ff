"""Answering an invitation: accepting it with the account one has, or with one that it makes; or declining it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tripkit.actions.give_second_factor import SIGNED_OUT
from tripkit.actions.invite_member import IS_UNANSWERED
from tripkit.actions.recording import audit, digest_of
from tripkit.actions.sign_in import Browser, SignedIn, account_of, begin
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import TITLES
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import InvitationRow, MemberRow

INVITATION_IS_OVER = sentence(
    "This invitation was answered or withdrawn, or is too old. Ask whoever invited you for a new one."
)


def accept_invitation(
    session: AnySession, *, token: str, account_id: int | None, browser: Browser, language: str, moment: Moment
) -> SignedIn | None:
    """Take on the role. ``account_id``: who is signed in; None = nobody is.

    Then whoever reads the mail at the address takes it on, with the account of that address, made now if there is none, and
    is signed in by it: what the browser is to keep is returned. Good once, also when it is pressed twice at the same moment.
    Raises: ChangeRefused.
    """
    with write(session):
        invitation = _open(session, token, moment)
        signed = None
        if account_id is None:
            account = account_of(session, invitation.email, language, moment)
            account_id = account.id
            signed = begin(session, account, browser, moment, how="invitation")
        elif session.get_one(AccountRow, account_id, with_for_update=True).erased_at is not None:
            raise ChangeRefused(SIGNED_OUT)  # In another tab, this very moment: nobody is no member.
        _take_on(session, invitation, account_id, moment)
        return signed


def decline_invitation(session: AnySession, *, token: str, moment: Moment) -> None:
    """Turn it down; it takes nobody who is signed in. Raises: ChangeRefused."""
    with write(session):
        invitation = _open(session, token, moment)
        invitation.withdrawn_at = moment.at
        _note(session, "decline_invitation", invitation, moment)


def _open(session: AnySession, token: str, moment: Moment) -> InvitationRow:
    found = session.scalar(
        select(InvitationRow).where(InvitationRow.digest == digest_of(token), *IS_UNANSWERED).with_for_update()
    )
    if found is None or found.expires_at <= moment.at:
        raise ChangeRefused(INVITATION_IS_OVER)
    return found


def _take_on(session: AnySession, invitation: InvitationRow, account_id: int, moment: Moment) -> None:
    same = (
        MemberRow.trip_id.is_(None) if invitation.trip_id is None else MemberRow.trip_id == invitation.trip_id,
        MemberRow.organisation_id == invitation.organisation_id,
        MemberRow.account_id == account_id,
    )
    role = session.scalar(select(MemberRow.role).where(*same))
    if role is not None:
        raise ChangeRefused(
            sentence("You are a member already, as {role}. An owner can change that.", role=TITLES[role])
        )
    invitation.accepted_at = moment.at
    session.add(
        MemberRow(
            account_id=account_id,
            organisation_id=invitation.organisation_id,
            trip_id=invitation.trip_id,
            role=invitation.role,
            made_at=moment.at,
        )
    )
    by = replace(moment, account_id=account_id)
    _note(session, "accept_invitation", invitation, by, role=invitation.role.value)


def _note(session: AnySession, action: str, invitation: InvitationRow, moment: Moment, **details: Any) -> None:
    audit(
        session,
        action,
        moment=moment,
        organisation_id=invitation.organisation_id,
        trip_id=invitation.trip_id,
        invitation=invitation.id,
        **details,
    )
