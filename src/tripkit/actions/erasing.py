"""What is personal in a booking and all that hangs on it, and taking it out; when that is due is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Executable, bindparam, case, delete, select, update
from sqlalchemy.sql.dml import Update

from tripkit.actions.recording import ERASED_LINK
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import AnswerRow, BookingRow, LinkRow, ParticipantRow
from tripkit.storage.listings import ListingRow
from tripkit.storage.outbox import AuditRow, OutboxRow

PERSONAL = {
    "booking": {
        "form_key",
        "form_digest",
        "contact_name",
        "contact_email",
        "contact_phone",
        "organisation",
        "invoice_address",
        "invoice_reference",
        "note",
        "accepted_by",
    },
    "participant": {"name", "email", "wished"},
    "answer": {"value", "sealed"},
    "outbox": {"recipient", "payload", "last_error"},
    "audit": {"reason", "details"},
    "link": {"purpose", "reader"},
}
"""By table, the columns that are emptied. A test knows every other column that holds text, and why it may stay."""

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_OVER = ("sent", "dropped")
_PEOPLE = select(ParticipantRow.id).where(ParticipantRow.booking_id.in_(_IDS))


def emptied_messages() -> Update:
    """Messages without whom they were for and what they said. What is not sent by now is not sent to anybody."""
    return update(OutboxRow).values(
        recipient="",
        payload={},
        last_error=None,
        state=case((OutboxRow.state.in_(_OVER), OutboxRow.state), else_="erased"),
        leased_by=None,
        leased_until=None,
    )


# The number of statements is the same for one booking and for hundreds.
_STATEMENTS: tuple[Executable, ...] = (
    delete(AnswerRow).where(AnswerRow.participant_id.in_(_PEOPLE)),
    update(ParticipantRow).where(ParticipantRow.booking_id.in_(_IDS)).values(name="", email=None, wished=()),
    emptied_messages().where(OutboxRow.booking_id.in_(_IDS)),
    update(AuditRow).where(AuditRow.booking_id.in_(_IDS)).values(reason="", details={}),
    # The digest of a random secret says nothing of anybody, and lets its page say what has become of the booking.
    update(LinkRow).where(LinkRow.booking_id.in_(_IDS)).values(purpose=ERASED_LINK, reader=None),
)
_BOOKINGS = (
    update(BookingRow)
    .where(BookingRow.id.in_(_IDS))
    .values(
        form_key="erased " + BookingRow.code,  # Unlike any form's key, and like no other booking's.
        form_digest="",
        contact_name="",
        contact_email="",
        contact_phone=None,
        organisation="",
        invoice_address="",
        invoice_reference="",
        note=None,
        accepted_by=None,
        erased_at=bindparam("now"),
    )
)
_UNSEEN = {"synchronize_session": False}


def erase(session: AnySession, booking_ids: Sequence[int], at: datetime) -> None:
    """Take out of bookings, in this transaction, everything that says who somebody is or what they wrote.

    What stays: code, states, segments, prices, claims, moves in queues, and when what was done. So figures add up.
    """
    # First of all: who writes a letter to one of them has its booking locked until it is there to be emptied. Those who
    # only note something of it are let through: they may hold the message that is waited for next.
    these = select(BookingRow.id).where(BookingRow.id.in_(booking_ids)).order_by(BookingRow.id)
    session.execute(these.with_for_update(key_share=True))
    ids = {"ids": list(booking_ids)}
    for statement in _STATEMENTS:
        session.execute(statement, ids, execution_options=_UNSEEN)
    session.execute(_BOOKINGS, {**ids, "now": at}, execution_options=_UNSEEN)
    session.expire_all()


def erase_of_trip(session: AnySession, trip_id: int) -> None:
    """Empty the messages about a trip that went to who organises it, and reasons noted of all of it; drop its saved lists.

    A reason may name somebody, as of who looked at answers; what has changed in the trip names nobody and stays.
    """
    here = emptied_messages().where(OutboxRow.trip_id == trip_id, OutboxRow.booking_id.is_(None))
    session.execute(here, execution_options=_UNSEEN)
    reasons = update(AuditRow).where(AuditRow.trip_id == trip_id, AuditRow.reason != "").values(reason="")
    session.execute(reasons, execution_options=_UNSEEN)
    # Nobody is left to be listed, and a workplace that a list was narrowed down to may be called by its owner's name.
    session.execute(delete(ListingRow).where(ListingRow.trip_id == trip_id), execution_options=_UNSEEN)
