"""An outbox to fill and to deliver, at any time of the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tripkit.domain.bookings import BookingMade
from tripkit.settings import Clock, Settings
from tripkit.storage import sessions
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.work import MailServerRow
from tripkit.testing import NOW, booked, make_participant
from tripkit.worker.delivery import deliver_due
from tripkit.worker.smtp import Smtp
from tripkit.worker.transports import Transport


@dataclass
class Outbox:
    """The outbox of one trip."""

    engine: Engine
    session: Session
    settings: Settings
    trip: int

    def sign_up(self, name: str = "Leyla Norrman", **changes: Any) -> BookingMade:
        """Sign somebody up: one confirmation waits."""
        who = {
            "contact_name": name,
            "contact_email": f"{name.split(maxsplit=1)[0].lower()}@tripkit.example",
            "language": "en",
        }
        return booked(self.session, self.trip, [make_participant(name)], **{**who, **changes})

    def deliver(self, after: timedelta = timedelta(), transport: Transport | None = None) -> int:
        """Deliver what is due so long after the trip was made; how many."""
        settings = replace(self.settings, clock=Clock(NOW + after))
        patient = transport or Smtp(self.settings.mail, patience=5, long_patience=5)
        return deliver_due(sessions(self.engine), patient, settings)

    def server(self, name: str) -> MailServerRow:
        """How a mail server stands, as it is now."""
        self.session.rollback()
        return self.session.get_one(MailServerRow, name, populate_existing=True)

    def rows(self) -> list[OutboxRow]:
        """Every message, oldest first, as it is now."""
        self.session.rollback()
        return list(
            self.session.scalars(select(OutboxRow).order_by(OutboxRow.id).execution_options(populate_existing=True))
        )

    def states(self) -> list[tuple[str, int]]:
        """(state, tries) of every message."""
        return [(row.state, row.attempts) for row in self.rows()]

    def row(self) -> OutboxRow:
        """The only message."""
        (row,) = self.rows()
        return row


def near(moment: datetime | None, expected: datetime) -> bool:
    """Whether a clock that began a moment ago can have said this."""
    return moment is not None and timedelta() <= moment - expected < timedelta(minutes=1)
