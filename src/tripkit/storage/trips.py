"""Tables of organisations and their trips. A trip's lists are in `trip_parts`, its pictures in `pictures`."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.prices import Price
from tripkit.domain.programme import Travel
from tripkit.domain.texts import Text
from tripkit.domain.trips import (
    Admission,
    Contact,
    DayNote,
    Figure,
    Look,
    Terms,
    TripStatus,
)
from tripkit.storage.columns import AsJson, Row, UtcMoment, Word

_TEXT = AsJson(dict[str, str])
_TEXTS = AsJson(tuple[dict[str, str], ...])
_KEYS = AsJson(tuple[str, ...])
_NOT_ERASED = text("erased_at IS NULL")

REMINDER = "reminder"
"""The kind of occasion that a reminder is."""


class OrganisationRow(Row):
    """Who hosts trips. ``second_factor``: whether its members have to have one.

    ``own_host``: the host that is in use as its own address; ``asked_host``: one that waits for who runs the site, which
    keeps it from nobody; ``host_refusal``: why the last one was refused.
    """

    __tablename__ = "organisation"
    __table_args__ = (Index("uq_organisation_own_host", "own_host", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Text] = mapped_column(_TEXT)
    description: Mapped[Text] = mapped_column(_TEXT)
    languages: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    email: Mapped[str]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    look: Mapped[Look] = mapped_column(AsJson(Look))
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    own_host: Mapped[str | None]
    asked_host: Mapped[str | None]
    host_refusal: Mapped[str | None]


class TripRow(Row):
    """A trip.

    ``revision`` counts every change an organiser makes. ``edition`` is random and new with each of them: what is kept in
    memory is kept by it, since ids and numbers come back when a database is restored or emptied. ``erased_at``: when
    everything that people wrote for it had been erased.
    """

    __tablename__ = "trip"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index("ix_trip_ends_on", "ends_on", sqlite_where=_NOT_ERASED, postgresql_where=_NOT_ERASED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    key: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    edition: Mapped[str] = mapped_column(default=lambda: secrets.token_hex(8))
    changed_at: Mapped[datetime] = mapped_column(UtcMoment)
    title: Mapped[Text] = mapped_column(_TEXT)
    short_title: Mapped[Text] = mapped_column(_TEXT)
    lead: Mapped[Text] = mapped_column(_TEXT)
    purpose: Mapped[Text] = mapped_column(_TEXT)
    place: Mapped[Text] = mapped_column(_TEXT)
    time_zone: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    languages: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    size: Mapped[int]
    contact: Mapped[Contact] = mapped_column(AsJson(Contact))
    terms: Mapped[Terms] = mapped_column(AsJson(Terms))
    admission: Mapped[Admission] = mapped_column(Word(Admission))
    signup_opens_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    signup_closes_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    draws_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    changes_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    free_cancel_until: Mapped[date | None]
    offer_hours: Mapped[int]
    largest_party: Mapped[int]
    retention_days: Mapped[int | None]
    erased_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    status: Mapped[TripStatus] = mapped_column(Word(TripStatus))
    status_note: Mapped[Text] = mapped_column(_TEXT)
    price: Mapped[Price] = mapped_column(AsJson(Price))
    price_note: Mapped[Text] = mapped_column(_TEXT)
    included: Mapped[tuple[Text, ...]] = mapped_column(_TEXTS)
    not_included: Mapped[tuple[Text, ...]] = mapped_column(_TEXTS)
    figures: Mapped[tuple[Figure, ...]] = mapped_column(AsJson(tuple[Figure, ...]))
    success_factors: Mapped[tuple[Text, ...]] = mapped_column(_TEXTS)
    day_notes: Mapped[tuple[DayNote, ...]] = mapped_column(AsJson(tuple[DayNote, ...]))
    picture: Mapped[str | None]
    picture_text: Mapped[Text] = mapped_column(_TEXT)
    travel: Mapped[tuple[Travel, ...]] = mapped_column(AsJson(tuple[Travel, ...]))


class TermsRow(Row):
    """Every version of a trip's terms that was ever published: bookings name theirs."""

    __tablename__ = "terms"
    __table_args__ = (UniqueConstraint("trip_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    version: Mapped[str]
    text: Mapped[Text] = mapped_column(_TEXT)


class OccasionRow(Row):
    """A moment of a trip that has come, and what was to be done at it is done. Never changed.

    ``kind``: ``reminder``, ``signup_opens`` or ``signup_closes``; ``key``: of the reminder, empty for the others.
    ``at``: the moment it was; one that is moved afterwards comes again, but for a reminder, which is sent once.
    """

    __tablename__ = "occasion"
    __table_args__ = (UniqueConstraint("trip_id", "kind", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    kind: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    noted_at: Mapped[datetime] = mapped_column(UtcMoment)
