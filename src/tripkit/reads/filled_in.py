"""A letter somebody wrote, with its words in braces filled in for one reader; no query, and nothing is sent."""

from __future__ import annotations

import re
from datetime import datetime

from tripkit.domain.free_texts import fill_in
from tripkit.domain.trips import Organisation, Trip
from tripkit.mailing.letter import Letter, Written
from tripkit.papers.markdown import html_of
from tripkit.papers.plain_text import one_line, plain_text
from tripkit.settings import Settings

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def fill_in_letter(subject: str, text: str, values: dict[str, str]) -> Written:
    """Subject and text with the values in place of the words in braces; a value is text, whatever signs are in it."""
    lines = {name: one_line(value) for name, value in values.items()}
    in_markdown = {name: _PUNCTUATION.sub(r"\\\1", value) for name, value in lines.items()}
    in_markdown["link"] = f"<{lines['link']}>"
    filled = fill_in(text, in_markdown)
    return Written(subject=one_line(fill_in(subject, lines)), plain=plain_text(filled), html=html_of(filled))


def as_letter(
    *,
    settings: Settings,
    host: Organisation,
    trip: Trip,
    language: str,
    recipient: str,
    subject: str,
    text: str,
    values: dict[str, str],
    written_at: datetime,
    message_id: str,
    has_link: bool,
    way_out: str = "",
) -> Letter:
    """A letter somebody wrote, as its reader gets it; ``values``: of all placeholders.

    ``has_link``: with a button to the booking. ``way_out``: the secret by which its reader unsubscribes, empty = no way out.
    """
    base = settings.address_of(host.own_host)
    return Letter(
        kind="letter",
        language=language,
        sender=settings.mail_from or host.email,
        recipient=recipient,
        contact_name=values["name"],
        code=values["code"],
        host=host,
        trip=trip,
        people=(),
        link=values["link"] if has_link else "",
        trip_url=f"{base}/{language}/{host.key}/{trip.key}/",
        written_at=written_at,
        message_id=message_id,
        unsubscribe=f"{base}/{language}/unsubscribe/{way_out}/" if way_out else "",
        written=fill_in_letter(subject, text, values),
    )
