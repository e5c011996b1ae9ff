"""A letter as values: to whom, about which booking, what has become of each participant; no wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.prices import Sum
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One participant, as it stood when the letter was written. ``position``: in the queue, counted from 1."""

    name: str
    segment: Text
    status: ParticipantStatus
    visits: tuple[ProgrammeItem, ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that comes with a letter. ``method``: of a calendar (RFC 5546), PUBLISH or CANCEL."""

    name: str
    data: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote, in the reader's language: ``subject`` on one line, the text as ``plain`` and as safe ``html``."""

    subject: str
    plain: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message before it is worded.

    ``kind``: applied, confirmation, queued, offer, cancelled, changed or link, or letter for one that somebody wrote;
    ``reason`` says more of some: declined, drawn, expired, left, joined, handed_over, moved, reinstated, added,
    taken_back. ``by_organiser``: the host did what it tells, and ``why``, in their words; empty = not said. ``link``: the
    secret address of the booking, empty when the reader may not open it. ``offered``: the visit an offer is about, None =
    a place on the trip. ``begins``: what the first of them to come
    attends first, None = nothing yet. ``sum``: what the confirmed ones cost. ``message_id``: random, stable.
    ``code``: the booking's, empty = it is not about one. ``written``: of a letter that somebody wrote. ``unsubscribe``:
    the secret address of the way out, empty where there is none; ``unsubscribe_mail``: where a mail program may write to
    instead. ``is_bulk``: it goes to many at once.
    """

    kind: str
    language: str
    sender: str
    recipient: str
    contact_name: str
    code: str
    host: Organisation
    trip: Trip
    people: tuple[Person, ...]
    reason: str = ""
    by_organiser: bool = False
    why: str = ""
    offer_until: datetime | None = None
    offered: ProgrammeItem | None = None
    begins: ProgrammeItem | None = None
    sum: Sum | None = None
    link: str
    trip_url: str
    written_at: datetime
    message_id: str
    attachments: tuple[Attachment, ...] = ()
    written: Written | None = None
    unsubscribe: str = ""
    unsubscribe_mail: str = ""
    is_bulk: bool = False

    def of(self, *statuses: ParticipantStatus) -> list[Person]:
        """The people with one of these statuses."""
        return [person for person in self.people if person.status in statuses]
