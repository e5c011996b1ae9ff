"""Who is signed in, by the secret in a browser's cookie; one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from tripkit.domain.accounts import UNUSED_LASTS, SignIn
from tripkit.domain.second_factors import HALF_LASTS
from tripkit.reads.second_factors import second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow, RefusedSignInRow, SignInLinkRow, SignInRow


def signed_in(session: AnySession, *, digest: str, now: datetime) -> SignIn | None:
    """Who it is; None when the sign-in has ended, was not used for long, or never was."""
    found = session.execute(
        select(SignInRow, AccountRow, second_factor().label("has_second_factor"))
        .join(AccountRow, AccountRow.id == SignInRow.account_id)
        .where(
            SignInRow.digest == digest,
            SignInRow.ended_at.is_(None),
            SignInRow.expires_at > now,
            SignInRow.seen_at > now - UNUSED_LASTS,
            or_(SignInRow.is_whole, SignInRow.made_at > now - HALF_LASTS),
            AccountRow.erased_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    here, account, has_one = found
    return SignIn(
        id=here.id,
        account_id=account.id,
        email=account.email or "",
        name=account.name,
        language=account.language,
        is_administrator=account.is_administrator,
        is_whole=here.is_whole,
        has_second_factor=bool(has_one),
        has_password=account.password is not None,
        seen_at=here.seen_at,
        proved_at=here.proved_at,
    )


def is_good_link(session: AnySession, *, digest: str, now: datetime) -> bool:
    """Whether a mailed link still signs somebody in; one query."""
    good = exists().where(
        SignInLinkRow.digest == digest, SignInLinkRow.used_at.is_(None), SignInLinkRow.expires_at > now
    )
    return bool(session.scalar(select(good)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSignIn:
    """One browser in which somebody is signed in. ``is_this``: the one that asks."""

    id: int
    described: str
    made_at: datetime
    seen_at: datetime
    is_this: bool


def open_sign_ins(session: AnySession, *, account_id: int, here: int, now: datetime) -> tuple[OpenSignIn, ...]:
    """Where an account is signed in, the latest visit first; one query."""
    rows = session.scalars(
        select(SignInRow)
        .where(
            SignInRow.account_id == account_id,
            SignInRow.ended_at.is_(None),
            SignInRow.is_whole,
            SignInRow.expires_at > now,
            SignInRow.seen_at > now - UNUSED_LASTS,
        )
        .order_by(SignInRow.seen_at.desc(), SignInRow.id.desc())
        .limit(100)
    )
    return tuple(
        OpenSignIn(id=row.id, described=row.described, made_at=row.made_at, seen_at=row.seen_at, is_this=row.id == here)
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """How often somebody was refused who said they were this account. ``what``: as the log names it (`tripkit.domain.done`)."""

    what: str
    times: int
    last_at: datetime


def refused_lately(session: AnySession, *, account_id: int) -> tuple[Refusals, ...]:
    """Who was refused in the last ninety days, by kind, the latest first; one query."""
    last = func.max(RefusedSignInRow.last_at)
    rows = session.execute(
        select(RefusedSignInRow.what, func.sum(RefusedSignInRow.times), last)
        .where(RefusedSignInRow.account_id == account_id)
        .group_by(RefusedSignInRow.what)
        .order_by(last.desc(), RefusedSignInRow.what)
    )
    return tuple(Refusals(what=what, times=times, last_at=at) for what, times, at in rows)
