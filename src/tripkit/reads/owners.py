"""Whether anybody owns an organisation, or the installation, yet; one query each."""

from __future__ import annotations

from sqlalchemy import exists, select

from tripkit.domain.rights import Role
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow

_OWNS = (MemberRow.role == Role.OWNER, MemberRow.trip_id.is_(None))


def anybody_is_known(session: AnySession) -> bool:
    """Whether there is any account, be it one that was erased since."""
    return bool(session.scalar(select(exists(select(AccountRow.id)))))


def anybody_runs_the_site(session: AnySession) -> bool:
    """Whether somebody is administrator of the installation."""
    return bool(session.scalar(select(exists().where(AccountRow.is_administrator))))


def has_owner(session: AnySession, organisation_id: int) -> bool:
    """Whether an organisation has one."""
    return bool(session.scalar(select(exists().where(MemberRow.organisation_id == organisation_id, *_OWNS))))


def owned(session: AnySession) -> str | None:
    """The key of an organisation that has an owner, None when none has."""
    return session.scalar(
        select(OrganisationRow.key)
        .join(MemberRow, MemberRow.organisation_id == OrganisationRow.id)
        .where(*_OWNS)
        .order_by(OrganisationRow.key)
        .limit(1)
    )


def is_unowned(session: AnySession, key: str) -> bool:
    """Whether there is an organisation of this key, and nobody owns it."""
    found = session.scalar(select(OrganisationRow.id).where(OrganisationRow.key == key))
    return found is not None and not has_owner(session, found)
