"""A notice: a message about an account or an organisation instead of a booking, as a value; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message before it is laid out, in the reader's language already.

    ``heading`` is its subject too. ``button``: what the link is called, and ``link`` where it leads; both empty = there is
    none. ``small``: what stands below the link. ``why``: why the reader gets it. ``answers_to``: who reads an answer, empty
    = nobody does.
    """

    language: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    answers_to: str
    heading: str
    paragraphs: tuple[str, ...]
    button: str
    link: str
    small: str
    why: str
    written_at: datetime
    message_id: str
