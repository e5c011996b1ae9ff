"""Messages that come in: those that came back (RFC 3464, 3834), and wishes for no more (RFC 2369); nothing is noted here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses

_ID = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FOR_US = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
WISH = "unsubscribe"
"""The subject of an answer that wants no more such letters."""
_MAIL_SYSTEMS = {"mailer-daemon", "postmaster"}
"""Who says that a message comes back, where nothing tells the sender of its envelope."""


def bounce_address(address: str, message_id: str) -> str:
    """Where a message comes back to, so that it can be told which one it was: name+ID@host."""
    name, _, host = address.rpartition("@")
    return f"{name}+{message_id}@{host}"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that came back. ``message_id``: ours; ``status``: as in 5.1.1 (RFC 3463); ``is_lost``: it will not arrive."""

    message_id: str
    status: str
    is_lost: bool


def read_bounce(data: bytes) -> Bounce | None:
    """What a message to a bounce address says; None when it is no bounce: an answer by a person or by a machine.

    Only what is in the address and the status is believed, and nothing of its words is kept: anybody can write them.
    """
    message = message_from_bytes(data, policy=policy.default)
    message_id = _id_of(message)
    if message_id is None or _is_answer(message):
        return None
    status, action = _delivery_status(message)
    if status is None and _is_other_report(message):
        return None
    if status is None:
        found = _STATUS.search(_first_text(message))
        status = found.group() if found else None
    if status is None or action in {"delivered", "relayed", "expanded"}:
        return None
    return Bounce(message_id, status, action == "failed" or (status.startswith("5") and action != "delayed"))


def read_wish(data: bytes) -> str | None:
    """The id of the message whose reader wants no more like it, as their mail program answered; None = it says no such.

    The address alone is believed: it stands in ``List-Unsubscribe`` of one message, and is as secret as the link there.
    """
    message = message_from_bytes(data, policy=policy.default)
    is_wish = (
        str(message.get("Subject", "")).strip().lower() == WISH and message.get_content_type() != "multipart/report"
    )
    return _id_of(message) if is_wish else None


def _id_of(message: Message) -> str | None:
    """The id in the address it was sent to, of which one header or another still speaks."""
    for name in _FOR_US:
        for _, address in getaddresses([str(value) for value in message.get_all(name, [])]):
            found = _ID.search(address)
            if found:
                return found.group(1).lower()
    return None


def _is_answer(message: Message) -> bool:
    """Whether somebody, or their holiday, has answered. What comes back has no sender and says it is automatic."""
    if message.get_content_type() == "multipart/report":
        return False
    if "Return-Path" in message:
        comes_back = str(message["Return-Path"]).strip() == "<>"
    else:
        senders = getaddresses([str(value) for value in message.get_all("From", [])])
        comes_back = any(address.partition("@")[0].lower() in _MAIL_SYSTEMS for _, address in senders)
    return not comes_back or str(message.get("Auto-Submitted", "")).lower().startswith("auto-replied")


def _is_other_report(message: Message) -> bool:
    """Whether it reports something else: that it was read (RFC 8098), that somebody calls it spam (RFC 5965)."""
    if message.get_content_type() != "multipart/report":
        return False
    return str(message.get_param("report-type", "delivery-status")).lower() != "delivery-status"


def _delivery_status(message: Message) -> tuple[str | None, str]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.walk():
            found = _STATUS.search(str(block.get("Status", "")))
            if found:
                return found.group(), str(block.get("Action", "")).strip().lower()
    return None, ""


def _first_text(message: Message) -> str:
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    try:
        return str(body.get_content())[:20_000] if body is not None else ""
    except (LookupError, KeyError, ValueError):  # A character set nobody knows.
        return ""
