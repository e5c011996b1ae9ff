"""Tables of what an organiser writes down: organisations, trips and their parts."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.campaigns import Who
from tripkit.domain.prices import Price
from tripkit.domain.programme import ItemKind, Travel
from tripkit.domain.questions import Condition, Option, QuestionKind
from tripkit.domain.reminders import Anchor, Side
from tripkit.domain.texts import Text
from tripkit.domain.trips import (
    Admission,
    Contact,
    DayNote,
    Figure,
    Look,
    PartnerRole,
    Terms,
    TripStatus,
)
from tripkit.storage.columns import AsJson, Row, UtcMoment, Word

_TEXT = AsJson(dict[str, str])
_TEXTS = AsJson(tuple[dict[str, str], ...])
_KEYS = AsJson(tuple[str, ...])
_NOT_ERASED = text("erased_at IS NULL")


class OrganisationRow(Row):
    """Who hosts trips. ``second_factor``: whether its members have to have one."""

    __tablename__ = "organisation"

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


class _Part:
    """What every part of a trip has: a key within it, and a place in its list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    position: Mapped[int]


class SegmentRow(_Part, Row):
    """A target-audience group."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("trip_id", "key"), Index("ix_segment_guaranteed_until", "guaranteed_until"))

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[Text] = mapped_column(_TEXT)
    description: Mapped[Text] = mapped_column(_TEXT)
    at_most: Mapped[int | None]
    guaranteed: Mapped[int]
    guaranteed_until: Mapped[datetime | None] = mapped_column(UtcMoment)
    price: Mapped[Price | None] = mapped_column(AsJson(Price))


class TopicRow(_Part, Row):
    """A theme."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[Text] = mapped_column(_TEXT)
    description: Mapped[Text] = mapped_column(_TEXT)


class PartnerRow(_Part, Row):
    """An organisation that hosts or supports the trip."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[Text] = mapped_column(_TEXT)
    description: Mapped[Text] = mapped_column(_TEXT)
    role: Mapped[PartnerRole] = mapped_column(Word(PartnerRole))
    url: Mapped[str | None]


class SiteRow(_Part, Row):
    """A place that is visited."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[Text] = mapped_column(_TEXT)
    address: Mapped[str]
    description: Mapped[Text] = mapped_column(_TEXT)
    access: Mapped[Text] = mapped_column(_TEXT)
    partner: Mapped[str | None]
    time_zone: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    largest_group: Mapped[int | None]
    picture: Mapped[str | None]
    host_contact: Mapped[Contact | None] = mapped_column(AsJson(Contact))


class SpeakerRow(_Part, Row):
    """A person who speaks or receives visitors."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[str]
    title: Mapped[Text] = mapped_column(_TEXT)
    biography: Mapped[Text] = mapped_column(_TEXT)
    partner: Mapped[str | None]
    picture: Mapped[str | None]


class ChoiceRow(_Part, Row):
    """A place in the programme where one of several items is chosen."""

    __tablename__ = "choice"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    title: Mapped[Text] = mapped_column(_TEXT)
    required: Mapped[bool]


class ProgrammeItemRow(_Part, Row):
    """Something at a time."""

    __tablename__ = "programme_item"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    kind: Mapped[ItemKind] = mapped_column(Word(ItemKind))
    title: Mapped[Text] = mapped_column(_TEXT)
    summary: Mapped[Text] = mapped_column(_TEXT)
    description: Mapped[Text] = mapped_column(_TEXT)
    starts_at: Mapped[datetime] = mapped_column(UtcMoment)
    ends_at: Mapped[datetime] = mapped_column(UtcMoment)
    time_zone: Mapped[str]
    site: Mapped[str | None]
    topics: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    speakers: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    partners: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    segments: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    choice: Mapped[str | None]
    size: Mapped[int | None]
    sequence: Mapped[int]


class QuestionRow(_Part, Row):
    """A question to each participant. ``erased_at``: when its answers had been erased, of one whose are kept for shorter."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    kind: Mapped[QuestionKind] = mapped_column(Word(QuestionKind))
    name: Mapped[Text] = mapped_column(_TEXT)
    help: Mapped[Text] = mapped_column(_TEXT)
    required: Mapped[bool]
    sensitive: Mapped[bool]
    segments: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    when: Mapped[Condition | None] = mapped_column(AsJson(Condition))
    options: Mapped[tuple[Option, ...]] = mapped_column(AsJson(tuple[Option, ...]))
    at_least: Mapped[int | None]
    at_most: Mapped[int | None]
    kept_days: Mapped[int | None]
    erased_at: Mapped[datetime | None] = mapped_column(UtcMoment)


class ReminderRow(_Part, Row):
    """A letter to send on a day that follows from the trip's. ``due_at``: that moment as the trip is now, NULL = never."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("trip_id", "key"), Index("ix_reminder_due_at", "due_at"))

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    days: Mapped[int]
    side: Mapped[Side] = mapped_column(Word(Side))
    anchor: Mapped[Anchor] = mapped_column(Word(Anchor))
    clock: Mapped[time]
    audience: Mapped[Who] = mapped_column(Word(Who))
    segments: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    visits: Mapped[tuple[str, ...]] = mapped_column(_KEYS)
    subject: Mapped[Text] = mapped_column(_TEXT)
    text: Mapped[Text] = mapped_column(_TEXT)
    due_at: Mapped[datetime | None] = mapped_column(UtcMoment)


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


class NoteRow(_Part, Row):
    """A piece of practical information."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    title: Mapped[Text] = mapped_column(_TEXT)
    text: Mapped[Text] = mapped_column(_TEXT)


class PictureRow(Row):
    """A picture of a trip. ``digest``: SHA-256 of the data in hexadecimal, its ETag."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("trip_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    digest: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)


PARTS: tuple[tuple[str, Any], ...] = (
    ("segments", SegmentRow),
    ("topics", TopicRow),
    ("partners", PartnerRow),
    ("sites", SiteRow),
    ("speakers", SpeakerRow),
    ("choices", ChoiceRow),
    ("programme", ProgrammeItemRow),
    ("questions", QuestionRow),
    ("practical", NoteRow),
    ("reminders", ReminderRow),
)
"""A trip's lists: the field of `Trip` and the table its values live in."""
