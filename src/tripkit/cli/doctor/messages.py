"""The doctor on messages: given up, failing, held, or waiting for too long; who delivers them stands with the work."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tripkit.cli.doctor.findings import Finding, Patient, fine, shortened, warning, wrong
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import MailServerRow
from tripkit.worker.transports import transport_of


def look(patient: Patient) -> Iterator[Finding]:
    """By what has become of them."""
    with Session(patient.engine) as session:
        yield from shortened(_given_up(session), "messages that are given up")
        states = select(OutboxRow.state, func.count(), func.min(OutboxRow.created_at)).group_by(OutboxRow.state)
        found = {state: (count, since) for state, count, since in session.execute(states)}
        failing = session.execute(
            select(func.count(), func.max(OutboxRow.last_error)).where(
                OutboxRow.state == "waiting", OutboxRow.last_error.is_not(None)
            )
        ).one()
        server = absent(session, patient.settings.mail)
    if "held" in found:
        count, since = found["held"]
        yield warning(
            f"Held until somebody releases them: {count}, the oldest since {since:%Y-%m-%d %H:%M} UTC.",
            "See tripkit mail list --state held, then tripkit mail release or drop.",
        )
    if failing[0]:
        yield warning(
            f"Messages that failed and are tried again: {failing[0]}. One of them: {failing[1]}",
            "Nothing, if it is about one recipient; else look at TRIPKIT_MAIL and the mail server.",
        )
    if server is not None:
        yield warning(
            f"{server.name} took no message {server.failures} times in a row, and is left in peace for a while. "
            f"It said: {server.last_error or 'nothing'}",
            "Look at TRIPKIT_MAIL and the mail server. Messages wait for it, and none is given up.",
        )
    if "waiting" in found:
        count, since = found["waiting"]
        yield fine(f"Waiting to be sent: {count}, the oldest since {since:%Y-%m-%d %H:%M} UTC.")
    elif "dead" not in found:
        yield fine("No message waits, and none is lost.")


def absent(session: Session, mail: str) -> MailServerRow | None:
    """What workers noted about where messages go, if nothing was taken there the last time; else None."""
    noted = session.get(MailServerRow, transport_of(mail).server)
    return noted if noted is not None and noted.failures else None


def _given_up(session: Session) -> Iterator[Finding]:
    dead = session.execute(
        select(BookingRow.code, OutboxRow.trip_id, OutboxRow.kind, OutboxRow.last_error)
        .outerjoin(BookingRow, BookingRow.id == OutboxRow.booking_id)
        .where(OutboxRow.state == "dead")
        .order_by(OutboxRow.id)
    )
    for code, trip_id, kind, error in dead:
        about = f"Booking {code}" if code else f"Trip {trip_id}"
        yield wrong(
            f"{about}: the message “{kind}” is given up. {error or 'Nobody noted why.'}",
            "When the reason is put right: tripkit mail retry --all",
        )
