"""Tables of who signs in: accounts, what they prove themselves with, where they are signed in; nothing of roles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.storage.columns import Row, UtcMoment


class AccountRow(Row):
    """Somebody who signs in: a member of organisations, or an attendee who wants to see all their bookings.

    ``email`` is as it was written, ``email_key`` as it is compared (`tripkit.domain.accounts.email_key`). NULL in both: the
    account was erased at ``erased_at``, and only its number is left, for the log. ``password``: an Argon2 hash, NULL = they
    sign in by mailed links. ``totp``: the sealed secret of one-time passwords (RFC 6238); ``totp_step``: the last step
    that was used, which is not taken twice. ``wrong_codes``: guesses since the last right one, the last of them at
    ``wrong_code_at``.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    password: Mapped[str | None]
    totp: Mapped[str | None]
    totp_step: Mapped[int | None]
    wrong_codes: Mapped[int | None]
    wrong_code_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    is_administrator: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    erased_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class PasskeyRow(Row):
    """A passkey (WebAuthn level 3). ``sign_count``: the last one it told; one that falls says that it was copied."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class UsedChallengeRow(Row):
    """What a passkey was asked and has answered, by its digest: the same answer does nothing a second time."""

    __tablename__ = "used_challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)


class RecoveryCodeRow(Row):
    """One of an account's recovery codes, by its digest; it is good once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class SignInLinkRow(Row):
    """A mailed link by which somebody signs in, once.

    ``digest``: SHA-256 of the secret. ``email_key``: whose mailbox it went to; whether there is an account is asked when it
    is used. ``next_page``: the path it leads on to.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    language: Mapped[str]
    next_page: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcMoment)


_OPEN = text("ended_at IS NULL")


class SignInRow(Row):
    """One browser in which an account is signed in.

    ``digest``: of the secret in its cookie. ``is_whole``: whether the second factor was given, where there is one; until
    then nothing is open but the page that asks for it. ``proved_at``: when they last proved to be themselves, here.
    ``device``: the digest of a secret that the browser keeps when it is signed out; ``described``: what it says it is, in
    a few words, such as “Firefox, Windows”.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str] = mapped_column(index=True)
    described: Mapped[str]
    is_whole: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment)
    proved_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class RefusedSignInRow(Row):
    """How often somebody who said they were this account was refused within an hour.

    ``account_id``: NULL = nobody here has the address they wrote, which is not kept. ``what``: the name of it in the log.
    ``began_at``: the hour. ``is_noted``: whether the log of who did what has it.
    """

    __tablename__ = "refused_sign_in"
    __table_args__ = (UniqueConstraint("account_id", "what", "began_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    last_at: Mapped[datetime] = mapped_column(UtcMoment)
    times: Mapped[int]
    is_noted: Mapped[bool] = mapped_column(default=False)
