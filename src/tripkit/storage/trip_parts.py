"""Tables of the lists a trip is made of, from its segments to its reminders. Each row has a key within its trip."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.campaigns import Who
from tripkit.domain.prices import Price
from tripkit.domain.programme import ItemKind
from tripkit.domain.questions import Condition, Option, QuestionKind
from tripkit.domain.reminders import Anchor, Side
from tripkit.domain.texts import Text
from tripkit.domain.trips import Contact, PartnerRole
from tripkit.storage.columns import AsJson, Row, UtcMoment, Word

_TEXT = AsJson(dict[str, str])
_KEYS = AsJson(tuple[str, ...])


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


class NoteRow(_Part, Row):
    """A piece of practical information."""

    __tablename__ = "note"
    __table_args__ = (UniqueConstraint("trip_id", "key"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    title: Mapped[Text] = mapped_column(_TEXT)
    text: Mapped[Text] = mapped_column(_TEXT)


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
