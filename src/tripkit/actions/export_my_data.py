"""Handing somebody everything that is kept about them; that it was done stands in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from tripkit.actions.recording import audit
from tripkit.actions.sealed_answers import opened
from tripkit.domain.accounts import SignIn
from tripkit.domain.bookings import Moment
from tripkit.domain.questions import Answer
from tripkit.reads.account_page import Membership, memberships
from tripkit.reads.my_data import BookingData, bookings_data
from tripkit.reads.second_factors import second_factors
from tripkit.reads.signed_in import OpenSignIn, Refusals, open_sign_ins, refused_lately
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import AnswerRow
from tripkit.storage.sealing import Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyData:
    """A passkey, by the name its owner gave it."""

    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyData:
    """Everything about one person, at ``made_at``. ``recovery_codes``: how many are still good."""

    made_at: datetime
    email: str
    name: str
    language: str
    account_made_at: datetime
    has_password: bool
    has_one_time: bool
    passkeys: tuple[PasskeyData, ...]
    recovery_codes: int
    sign_ins: tuple[OpenSignIn, ...]
    refused: tuple[Refusals, ...]
    memberships: tuple[Membership, ...]
    bookings: tuple[BookingData, ...]


def export_my_data(session: AnySession, *, somebody: SignIn, moment: Moment) -> MyData:
    """Everything that is kept about who is signed in, sensitive answers too: they are theirs."""
    with write(session):
        audit(session, "export_my_data", moment=moment)
        account = session.get_one(AccountRow, somebody.account_id)
        factors = second_factors(session, account.id)
        return MyData(
            made_at=moment.at,
            email=somebody.email,
            name=account.name,
            language=account.language,
            account_made_at=account.made_at,
            has_password=somebody.has_password,
            has_one_time=factors.has_one_time,
            passkeys=tuple(
                PasskeyData(name=one.name, made_at=one.made_at, used_at=one.used_at) for one in factors.passkeys
            ),
            recovery_codes=factors.recovery_codes,
            sign_ins=open_sign_ins(session, account_id=account.id, here=somebody.id, now=moment.at),
            refused=refused_lately(session, account_id=account.id),
            memberships=memberships(session, account.id),
            bookings=bookings_data(session, somebody.email, partial(_open, session)),
        )


def _open(session: AnySession, answer: AnswerRow) -> tuple[Answer, bool]:
    """(answer, whether it cannot be opened): one whose key is away keeps the rest from nobody."""
    try:
        return opened(session, answer), False
    except Locked:
        return None, True
