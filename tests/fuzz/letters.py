"""The messages a form leads to, as they would be sent, and what is wrong with them; nobody gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage

from sqlalchemy import Engine

from tests.fuzz.hostile import MARK
from tests.fuzz.judge import escaped
from tripkit.settings import Settings
from tripkit.storage import sessions
from tripkit.worker.delivery import deliver_due

ONE_EACH = ("To", "From", "Subject", "Date", "Message-ID", "Reply-To")


class Kept:
    """Where messages go: nowhere but here."""

    server = ""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    def send(self, message: EmailMessage, *, bounces_to: str | None = None) -> None:
        message.as_bytes()
        self.messages.append(message)

    def close(self) -> None:
        """Nothing is open."""


def faults_in_letters(engine: Engine, settings: Settings) -> Iterator[str]:
    """Deliver what waits, and say what is wrong with it; what could not be written stands in the log."""
    kept = Kept()
    deliver_due(sessions(engine), kept, settings)
    for message in kept.messages:
        yield from (f"in a message: {wrong}" for wrong in faults_in(message))


def faults_in(message: EmailMessage) -> Iterator[str]:
    """What is wrong with one message."""
    for name in ONE_EACH:
        if len(message.get_all(name, [])) > 1:
            yield f"{name} twice"
    for name, value in message.items():
        if MARK in name.lower() or name.lower() in {"bcc", "cc"} or "\n" in str(value):
            yield f"a header of others: {name}: {value}"
    if len(message["To"].addresses) != 1:
        yield f"several recipients: {message['To']}"
    for part in message.walk():
        if part.get_content_type() == "text/html":
            yield from escaped(part.get_content())
        if part.get_content_type() == "text/calendar":
            text = part.get_payload(decode=True)
            if isinstance(text, bytes) and re.search(rb"^X-" + MARK.encode(), text, re.IGNORECASE | re.MULTILINE):
                yield "a line of others in a calendar"
