"""Tables of who belongs to an organisation: roles, invitations, visits of an administrator; nobody signs in here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.rights import Role
from tripkit.storage.columns import Row, UtcMoment, Word

_WHOLE, _ONE_TRIP = text("trip_id IS NULL"), text("trip_id IS NOT NULL")


class MemberRow(Row):
    """A role somebody has, one in an organisation and one a trip. ``trip_id``: for this trip only; NULL = in the whole organisation."""

    __tablename__ = "member"
    __table_args__ = (
        Index(
            "uq_member_account_id_organisation_id",
            "account_id",
            "organisation_id",
            unique=True,
            sqlite_where=_WHOLE,
            postgresql_where=_WHOLE,
        ),
        Index(
            "uq_member_account_id_trip_id",
            "account_id",
            "trip_id",
            unique=True,
            sqlite_where=_ONE_TRIP,
            postgresql_where=_ONE_TRIP,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    role: Mapped[Role] = mapped_column(Word(Role))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)


class InvitationRow(Row):
    """A role on offer to whoever reads the mail at an address. ``digest``: of the secret in the link.

    It is open until it is accepted, withdrawn, or past ``expires_at``.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"))
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    digest: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class VisitRow(Row):
    """An administrator of the installation in an organisation that is not theirs, with the reason they gave.

    ``may_change``: they help, as an owner could; else they see everything and change nothing.
    """

    __tablename__ = "administrator_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reason: Mapped[str]
    may_change: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    ends_at: Mapped[datetime] = mapped_column(UtcMoment)
