"""Putting a notice into the outbox: a message about an account or an organisation; it is sent after the commit."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import insert

from tripkit.domain.bookings import Moment
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import note_told
from tripkit.storage.outbox import OutboxRow

NOTICE = "notice"
"""The kind of such messages in the outbox."""


def send_notice(
    session: AnySession, what: str, *, recipient: str, language: str, moment: Moment, token: str = "", **values: Any
) -> None:
    """Put a notice into the outbox. ``what``: see `tripkit.mailing.notice_words`; ``values``: what it says, plain JSON."""
    row = {
        "kind": NOTICE,
        "recipient": recipient,
        "language": language,
        "payload": {"what": what, "token": token, "values": values},
        "message_id": secrets.token_hex(16),
        "created_at": moment.at,
        "next_at": moment.at,
        # Somebody sits and waits for it.
        "priority": -1,
    }
    session.execute(insert(OutboxRow), row)
    note_told(session)
