"""Sign-ups as values: what is asked for, and how it stands with each participant; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tripkit.domain.questions import Answers


class ParticipantStatus(StrEnum):
    """How it stands with one participant's place on the trip."""

    APPLIED = "applied"
    """Entered in the draw; nobody holds a place, or waits for one, before it."""
    CONFIRMED = "confirmed"
    OFFERED = "offered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRequest:
    """One person to sign up. ``items``: keys of the chosen programme items. ``email``: None = ask the contact person."""

    name: str
    segment: str
    email: str | None = None
    items: tuple[str, ...] = ()
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """One sign-up, as it was sent.

    ``language``: of messages and the receipt. ``together``: the party waits until all of it fits, instead of taking
    the places there are. ``terms_version``: the version that was shown and accepted, None = not accepted.
    ``form_key``: random, one per shown form; the same form sent twice is one booking.
    """

    contact_name: str
    contact_email: str
    contact_phone: str | None = None
    organisation: str
    invoice_address: str = ""
    invoice_reference: str = ""
    language: str
    together: bool = False
    participants: tuple[ParticipantRequest, ...]
    terms_version: str | None
    form_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingMade:
    """What a sign-up led to. ``token``: the secret of the link to it, known to nobody but the one who is told here."""

    booking_id: int
    code: str
    token: str
    statuses: tuple[ParticipantStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByOrganiser:
    """An organiser acts on somebody's booking: later than its own people may, and never beyond a size.

    ``why``: in the organiser's words, for the message and the log. ``tells``: whether the contact person gets mail.
    ``seen``: the stamp of the booking as it was when they decided (`tripkit.reads.booking_stamp`); None = however it is.
    """

    why: str = ""
    tells: bool = True
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Who does something, when, and from where: handed in to every action, never looked up.

    ``account_id``: of who is signed in, None = nobody is, or it is done by itself.
    """

    at: datetime
    actor: str
    origin: str = ""
    account_id: int | None = None
