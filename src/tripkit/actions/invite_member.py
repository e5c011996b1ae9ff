"""Inviting somebody to an organisation or to one of its trips; the answer never tells whether anybody has the address."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import func, select, update

from tripkit.actions.recording import audit, digest_of
from tripkit.actions.sending_notices import send_notice
from tripkit.domain.accounts import INVITATION_LASTS, email_key
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.rights import Role, roles_to_give
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import InvitationRow, MemberRow
from tripkit.storage.trips import OrganisationRow, TripRow

A_DAY = timedelta(days=1)
OF_ONE_ORGANISATION, OF_ONE_ADDRESS, OF_ONE_ADDRESS_ANYWHERE = 100, 3, 10
"""Invitations a day: from one organisation; to one address from it, and from all of them. Nobody's mailbox is filled from here."""

NO_SUCH_TRIP = sentence("The organisation has no such trip.")
NO_SUCH_INVITATION = sentence("This invitation was answered, withdrawn or sent anew meanwhile.")
NOT_FOR_A_TRIP = sentence("Nobody owns a trip alone. Choose another role, or the whole organisation.")
TOO_MANY = sentence(
    "The organisation has sent {count} invitations since yesterday. Send more tomorrow.", count=OF_ONE_ORGANISATION
)
TOO_MANY_TO_ONE = sentence("This address has been sent enough invitations since yesterday. Send another one tomorrow.")


def invite(
    session: AnySession,
    *,
    organisation_id: int,
    email: str,
    role: Role,
    trip: str | None,
    language: str,
    moment: Moment,
) -> None:
    """Offer a role to whoever reads the mail at an address. An open invitation for the same is replaced by this one.

    ``email``: checked already. ``trip``: its key, None = the whole organisation. Raises: ChangeRefused, NotFound.
    """
    with write(session):
        host = lock_organisation(session, organisation_id)
        trip_id, title = _trip(session, host, trip)
        if role not in roles_to_give(whole=trip_id is None):
            raise ChangeRefused(NOT_FOR_A_TRIP)
        _refuse_members(session, host.id, trip_id, email)
        _refuse_floods(session, host.id, email, moment)
        _make(session, host, (trip_id, title), email=email.strip(), role=role, language=language, moment=moment)


def send_again(session: AnySession, *, organisation_id: int, invitation: int, language: str, moment: Moment) -> None:
    """Replace an open invitation by a new one, with another link that lasts as long again. Raises: ChangeRefused."""
    with write(session):
        host = lock_organisation(session, organisation_id)
        row = session.scalar(
            select(InvitationRow)
            .where(InvitationRow.id == invitation, InvitationRow.organisation_id == host.id, *IS_UNANSWERED)
            .with_for_update()
        )
        if row is None:
            raise ChangeRefused(NO_SUCH_INVITATION)
        _refuse_floods(session, host.id, row.email, moment)
        trip = session.get(TripRow, row.trip_id) if row.trip_id is not None else None
        about = (row.trip_id, trip.title if trip else None)
        _make(session, host, about, email=row.email, role=row.role, language=language, moment=moment)


IS_UNANSWERED = (InvitationRow.accepted_at.is_(None), InvitationRow.withdrawn_at.is_(None))


def lock_organisation(session: AnySession, organisation_id: int) -> OrganisationRow:
    """The organisation's row, held: who belongs to it is changed by one at a time, so that what is counted stays true."""
    return session.scalars(select(OrganisationRow).where(OrganisationRow.id == organisation_id).with_for_update()).one()


def invite_first_owner(session: AnySession, host: OrganisationRow, *, email: str, language: str, moment: Moment) -> str:
    """Within a transaction: the invitation of an organisation's first owner. Returns the secret of its link."""
    return _make(session, host, (None, None), email=email, role=Role.OWNER, language=language, moment=moment)


def _trip(session: AnySession, host: OrganisationRow, key: str | None) -> tuple[int | None, object]:
    if key is None:
        return None, None
    row = session.scalar(select(TripRow).where(TripRow.organisation_id == host.id, TripRow.key == key))
    if row is None:
        raise NotFound(NO_SUCH_TRIP)
    return row.id, row.title


def _refuse_members(session: AnySession, organisation_id: int, trip_id: int | None, email: str) -> None:
    """Who invites sees the members' addresses anyway, so that this tells nobody anything."""
    found = session.scalar(
        select(MemberRow.role)
        .join(AccountRow, AccountRow.id == MemberRow.account_id)
        .where(
            MemberRow.organisation_id == organisation_id,
            MemberRow.trip_id.is_(None) if trip_id is None else MemberRow.trip_id == trip_id,
            AccountRow.email_key == email_key(email),
        )
    )
    if found is not None:
        raise ChangeRefused(sentence("{email} is a member already. Change the role in the list.", email=email))


def _refuse_floods(session: AnySession, organisation_id: int, email: str, moment: Moment) -> None:
    mine = InvitationRow.organisation_id == organisation_id
    # The table and not the fenced class: how much an address gets is counted over all organisations.
    of_all = InvitationRow.__table__
    anywhere = (
        select(func.count())
        .select_from(of_all)
        .where(func.lower(of_all.c.email) == email.strip().lower(), of_all.c.made_at > moment.at - A_DAY)
    )
    sent, to_one = session.execute(
        select(func.count(), func.count().filter(func.lower(InvitationRow.email) == email.strip().lower())).where(
            mine, InvitationRow.made_at > moment.at - A_DAY
        )
    ).one()
    if sent >= OF_ONE_ORGANISATION:
        raise ChangeRefused(TOO_MANY)
    if to_one >= OF_ONE_ADDRESS or (session.scalar(anywhere) or 0) >= OF_ONE_ADDRESS_ANYWHERE:
        raise ChangeRefused(TOO_MANY_TO_ONE)


def _make(
    session: AnySession,
    host: OrganisationRow,
    about: tuple[int | None, object],
    *,
    email: str,
    role: Role,
    language: str,
    moment: Moment,
) -> str:
    """``about``: the trip's id and title, both None for the whole organisation."""
    trip_id, title = about
    session.execute(
        update(InvitationRow)
        .where(
            InvitationRow.organisation_id == host.id,
            InvitationRow.trip_id.is_(None) if trip_id is None else InvitationRow.trip_id == trip_id,
            func.lower(InvitationRow.email) == email.lower(),
            *IS_UNANSWERED,
        )
        .values(withdrawn_at=moment.at)
    )
    token = secrets.token_urlsafe(32)
    row = InvitationRow(
        organisation_id=host.id,
        trip_id=trip_id,
        email=email,
        role=role,
        digest=digest_of(token),
        invited_by=moment.account_id,
        made_at=moment.at,
        expires_at=moment.at + INVITATION_LASTS,
    )
    session.add(row)
    session.flush()
    audit(session, "invite", moment=moment, organisation_id=host.id, trip_id=trip_id, role=role, invitation=row.id)
    send_notice(
        session,
        "invitation",
        recipient=email,
        language=language,
        moment=moment,
        token=token,
        organisation=dict(host.name),
        role=role.value,
        trip=title,
        answers_to=host.email,
    )
    return token
