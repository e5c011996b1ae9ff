"""Forgetting who signed in when, once nobody needs it any more; scheduled work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from tripkit.actions.sending_notices import NOTICE
from tripkit.domain.accounts import UNUSED_LASTS
from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.accounts import RefusedSignInRow, SignInLinkRow, SignInRow, UsedChallengeRow
from tripkit.storage.members import InvitationRow
from tripkit.storage.outbox import OutboxRow

LINKS_KEPT, SIGN_INS_KEPT, NOTICES_KEPT = timedelta(days=1), timedelta(days=90), timedelta(days=30)
INVITATIONS_KEPT = timedelta(days=90)
"""After they are over, were used, answered, or sent. For as long somebody may ask what that sign-in was."""
_AT_ONCE = 500
# What stays as a row, for the log and for who counts, but says no more to whom it went.
_EMPTIED: dict[type, dict[str, Any]] = {
    OutboxRow: {"recipient": "", "payload": {}, "last_error": None},
    InvitationRow: {"email": "", "withdrawn_at": func.coalesce(InvitationRow.withdrawn_at, InvitationRow.expires_at)},
}


def forget_sign_ins(session: AnySession, *, moment: Moment) -> int:
    """Forget links, sign-ins, refusals and passkeys' answers that are over, and to whom notices and invitations went; how many rows.

    One look if none is due.
    """
    over = _over(moment)
    due = select(*(exists().where(one) for one in over.values()))
    found = session.execute(due).one()
    session.rollback()
    gone = sum(_sweep(session, table, over[table]) for table, is_due in zip(over, found, strict=True) if is_due)
    if gone:
        rewrite(session, wholly=False)
    return gone


def _over(moment: Moment) -> dict[type, ColumnElement[bool]]:
    links, sign_ins, invitations = (moment.at - kept for kept in (LINKS_KEPT, SIGN_INS_KEPT, INVITATIONS_KEPT))
    return {
        SignInLinkRow: or_(SignInLinkRow.expires_at < links, SignInLinkRow.used_at < links),
        SignInRow: or_(
            SignInRow.ended_at < sign_ins,
            SignInRow.expires_at < sign_ins,
            SignInRow.seen_at < sign_ins - UNUSED_LASTS,
        ),
        RefusedSignInRow: and_(
            RefusedSignInRow.is_noted,
            or_(RefusedSignInRow.began_at < sign_ins, RefusedSignInRow.account_id.is_(None)),
        ),
        UsedChallengeRow: UsedChallengeRow.used_at < links,
        OutboxRow: and_(
            OutboxRow.kind == NOTICE,
            OutboxRow.state != "waiting",
            OutboxRow.created_at < moment.at - NOTICES_KEPT,
            OutboxRow.recipient != "",
        ),
        InvitationRow: and_(
            or_(
                InvitationRow.accepted_at < invitations,
                InvitationRow.withdrawn_at < invitations,
                InvitationRow.expires_at < invitations,
            ),
            InvitationRow.email != "",
        ),
    }


def _sweep(session: AnySession, table: type, which: ColumnElement[bool]) -> int:
    """Piece after piece, a transaction each: nobody who signs in waits for it."""
    done = 0
    while True:
        with write(session):
            ids = list(session.scalars(select(table.id).where(which).limit(_AT_ONCE)))  # type: ignore[attr-defined]  # every row here has an id
            these = table.id.in_(ids)  # type: ignore[attr-defined]  # every row here has an id
            if ids and table in _EMPTIED:
                session.execute(update(table).where(these).values(_EMPTIED[table]))
            elif ids:
                session.execute(delete(table).where(these))
        done += len(ids)
        if len(ids) < _AT_ONCE:
            return done
