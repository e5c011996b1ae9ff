"""A notice in the outbox as a message: its words in the reader's language, its link, its sender; nothing is sent here."""

from __future__ import annotations

from urllib.parse import urlsplit

from tripkit.i18n import say
from tripkit.mailing.notice import Notice
from tripkit.mailing.notice_words import NOTICES
from tripkit.reads.addresses import is_known
from tripkit.reads.trip_plan import AnySession
from tripkit.settings import Settings
from tripkit.storage.outbox import OutboxRow
from tripkit.worker.trouble import Unwanted


def notice_of(session: AnySession, row: OutboxRow, settings: Settings) -> Notice:
    """The notice a message in the outbox becomes. Raises: Unwanted."""
    what, token = row.payload["what"], row.payload["token"]
    if what == "sign_in" and not is_known(session, row.recipient):
        # Looked up here and not when it was asked for: the page that asks takes as long for strangers as for members.
        raise Unwanted("nobody here has this address")
    site = urlsplit(settings.url).hostname or "localhost"
    words = NOTICES[what]({"site": site, **row.payload["values"]})
    path = words.path.format(token=token)
    return Notice(
        language=row.language,
        sender=settings.mail_from or row.payload["values"].get("sender") or f"no-reply@{site}",
        sender_name=row.payload["values"].get("sender_name") or site,
        recipient=row.recipient,
        recipient_name="",
        answers_to=row.payload["values"].get("answers_to", ""),
        heading=say(words.heading, row.language),
        paragraphs=tuple(say(one, row.language) for one in words.paragraphs),
        button=say(words.button, row.language) if words.button else "",
        link=f"{settings.url}/{row.language}/{path}" if words.button else "",
        small=say(words.small, row.language) if words.small else "",
        why=say(words.why, row.language),
        written_at=row.created_at,
        message_id=row.message_id,
    )
