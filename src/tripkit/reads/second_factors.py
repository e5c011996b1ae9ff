"""What an account proves itself with besides its mailbox: passkeys, one-time passwords, recovery codes; no secret is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select

from tripkit.domain.texts import Text
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow, PasskeyRow, RecoveryCodeRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One of an account's passkeys."""

    id: int
    name: str
    credential: bytes
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactors:
    """What there is. ``recovery_codes``: how many are still good; ``demanded_by``: organisations that let nobody in without."""

    has_one_time: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes: int
    demanded_by: tuple[Text, ...]

    @property
    def is_none(self) -> bool:
        """Whether there is nothing a recovery code would stand in for."""
        return not self.has_one_time and not self.passkeys


def second_factors(session: AnySession, account_id: int) -> SecondFactors:
    """All of an account's; three queries."""
    unused = (RecoveryCodeRow.account_id == account_id, RecoveryCodeRow.used_at.is_(None))
    left = select(func.count()).select_from(RecoveryCodeRow).where(*unused).scalar_subquery()
    has_one_time, codes = session.execute(
        select(AccountRow.totp.is_not(None), left).where(AccountRow.id == account_id)
    ).one()
    return SecondFactors(
        has_one_time=has_one_time,
        passkeys=passkeys_of(session, account_id),
        recovery_codes=codes,
        demanded_by=demanded_by(session, account_id),
    )


def passkeys_of(session: AnySession, account_id: int) -> tuple[Passkey, ...]:
    """An account's passkeys, the oldest first; one query."""
    rows = session.scalars(select(PasskeyRow).where(PasskeyRow.account_id == account_id).order_by(PasskeyRow.id))
    return tuple(
        Passkey(id=row.id, name=row.name, credential=row.credential, made_at=row.made_at, used_at=row.used_at)
        for row in rows
    )


def demanded_by(session: AnySession, account_id: int) -> tuple[Text, ...]:
    """The names of organisations the account has a role in, which let nobody in without a second factor; one query."""
    mine = exists().where(MemberRow.organisation_id == OrganisationRow.id, MemberRow.account_id == account_id)
    names = select(OrganisationRow.name).where(OrganisationRow.second_factor, mine).order_by(OrganisationRow.key)
    return tuple(session.scalars(names))


def has_second_factor(session: AnySession, account_id: int) -> bool:
    """Whether it has one; one query. Recovery codes are none: they stand in for one that was lost."""
    return bool(session.scalar(select(second_factor()).select_from(AccountRow).where(AccountRow.id == account_id)))


def second_factor() -> ColumnElement[bool]:
    """The same as a condition on `AccountRow`."""
    return or_(AccountRow.totp.is_not(None), exists().where(PasskeyRow.account_id == AccountRow.id))
