"""A trip as it is written down: who it is for, where, whom one meets, what it costs; no bookings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tripkit.domain.prices import Price
from tripkit.domain.programme import Choice, ProgrammeItem, Travel
from tripkit.domain.questions import Question
from tripkit.domain.reminders import Reminder
from tripkit.domain.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask. ``phone`` is as it is written, for reading aloud as much as for dialling."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """An organisation's logo, a PNG; its bytes lie elsewhere, under ``digest``, the SHA-256 of its pixels.

    ``name``: its file name in event directories. ``width``, ``height``: pixels. ``text``: what it says, for who cannot see
    it; empty = the organisation's name stands beside it, otherwise the logo stands for the name.
    """

    name: str
    digest: str
    width: int
    height: int
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An organisation's own look: any CSS colour; only hue and chroma are used (see `docs/look.md`)."""

    brand: str | None = None
    accent: str | None = None
    logo: Logo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who hosts trips. ``key`` is its place in the address; ``own_host`` the host of its own address, None = it has none."""

    key: str
    name: Text
    description: Text
    languages: tuple[str, ...]
    email: str
    phone: str | None = None
    url: str | None = None
    look: Look = Look()
    own_host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A target-audience group.

    ``at_most``: people, None = only the trip's own size limits it. ``guaranteed``: seats of the trip kept for this
    group until ``guaranteed_until`` (aware, UTC; None = never released), then open to all.
    ``price``: None = the trip's own.
    """

    key: str
    name: Text
    description: Text
    at_most: int | None = None
    guaranteed: int = 0
    guaranteed_until: datetime | None = None
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A theme that programme items are about; its letter on the page is its place in the list."""

    key: str
    name: Text
    description: Text


class PartnerRole(StrEnum):
    """What a partner does for the trip."""

    HOST = "host"
    SUPPORTER = "supporter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An organisation that hosts or supports the trip."""

    key: str
    name: Text
    description: Text
    role: PartnerRole = PartnerRole.HOST
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that is visited.

    ``latitude``/``longitude``: WGS 84 degrees. ``largest_group``: people, None = no limit. ``access``: steps, lifts,
    hearing loops. ``host_contact`` is for the organiser and never public. ``time_zone``: None = the trip's.
    """

    key: str
    name: Text
    address: str
    description: Text
    access: Text
    partner: str | None = None
    time_zone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    largest_group: int | None = None
    picture: str | None = None
    host_contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person who speaks or receives visitors. ``partner``: the partner they come from."""

    key: str
    name: str
    title: Text
    biography: Text
    partner: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that says something about the trip's subject: ``value`` as printed ("23", "ca 20")."""

    value: Text
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A titled piece of practical information, in Markdown."""

    key: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNote:
    """What a day is called in the programme."""

    day: date
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a booking agrees to. A new text needs a new ``version``; old bookings keep theirs."""

    version: str
    text: Text


class TripStatus(StrEnum):
    """What the organiser has said about the trip; whether it is open or full follows from dates and places.

    A draft is seen by those who organise it, and by nobody else.
    """

    DRAFT = "draft"
    PLANNED = "planned"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Admission(StrEnum):
    """How places are given."""

    FIRST_COME = "first_come"
    """Whoever comes first; then a queue."""
    DRAW = "draw"
    """Everybody is entered until sign-up closes; then places are drawn by lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One study trip, as its organiser wrote it down.

    ``key``: its place in the address. ``starts_on``/``ends_on``: first and last day, both included, in ``time_zone``.
    ``languages``: the first is the one every text has. ``size``: people. ``signup_opens_at`` ≤ t <
    ``signup_closes_at``: aware, UTC; None = at once, or until the trip starts. ``draws_at``: when places are drawn by
    themselves; None = when an organiser does it. ``changes_until``: until when a
    party may change visits or hand a place over; None = until the trip starts. ``free_cancel_until``: the last day
    cancelling costs nothing; None = the terms say. ``offer_hours``: how long a freed place is held for the one it is offered to.
    ``largest_party``: people in one booking. ``retention_days``: how long after its last day what people wrote is kept;
    None = as long as usual. ``status_note``: why it was postponed or cancelled, and what happens.
    ``picture``: file name in the trip's pictures.
    """

    key: str
    title: Text
    short_title: Text
    lead: Text
    purpose: Text
    place: Text
    time_zone: str
    starts_on: date
    ends_on: date
    languages: tuple[str, ...]
    size: int
    contact: Contact
    terms: Terms
    admission: Admission = Admission.FIRST_COME
    signup_opens_at: datetime | None = None
    signup_closes_at: datetime | None = None
    draws_at: datetime | None = None
    changes_until: datetime | None = None
    free_cancel_until: date | None = None
    offer_hours: int = 48
    largest_party: int = 10
    retention_days: int | None = None
    status: TripStatus = TripStatus.PLANNED
    status_note: Text
    price: Price
    price_note: Text
    included: tuple[Text, ...] = ()
    not_included: tuple[Text, ...] = ()
    figures: tuple[Figure, ...] = ()
    success_factors: tuple[Text, ...] = ()
    day_notes: tuple[DayNote, ...] = ()
    practical: tuple[Note, ...] = ()
    picture: str | None = None
    picture_text: Text
    segments: tuple[Segment, ...] = ()
    topics: tuple[Topic, ...] = ()
    partners: tuple[Partner, ...] = ()
    sites: tuple[Site, ...] = ()
    travel: tuple[Travel, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    choices: tuple[Choice, ...] = ()
    programme: tuple[ProgrammeItem, ...] = ()
    questions: tuple[Question, ...] = ()
    reminders: tuple[Reminder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that belongs to a trip. ``name``: its file name; ``media_type``: image/svg+xml, image/png or image/jpeg.

    ``data``: the file, byte for byte, as it is given back to whoever wrote it. ``shown``: of a photograph, what everybody
    sees instead, of the same type, without what the file says beside the picture; None = not drawn yet, or a drawing.
    It follows from the data, and makes no two pictures different.
    """

    name: str
    media_type: str
    data: bytes
    shown: bytes | None = field(default=None, compare=False)
