"""A letter as an e-mail: plain text and HTML of the same order, calendars attached; nothing is sent."""

from __future__ import annotations

from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tripkit import i18n
from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text
from tripkit.mailing.letter import Letter
from tripkit.mailing.verdict import verdict


def compose(letter: Letter) -> EmailMessage:
    """Word a letter. Names come from strangers: what would break a header is taken out of it."""
    heading = " ".join(i18n.say(one, letter.language) for one in verdict(letter))
    values = {"letter": letter, "heading": heading, **_words(letter)}
    message = EmailMessage(policy=SMTP)
    trip = i18n.text(letter.trip.short_title or letter.trip.title, letter.language, letter.trip.languages)
    message["Subject"] = _one_line(f"{heading} {trip} ({letter.code})")
    message["From"] = _address(i18n.text(letter.host.name, letter.language, letter.host.languages), letter.sender)
    message["To"] = _address(letter.contact_name, letter.recipient)
    if letter.sender != letter.host.email:
        message["Reply-To"] = _address("", letter.host.email)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.message_id}@{letter.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers.
    message["Content-Language"] = letter.language
    message.set_content(_environment().get_template("letter.txt").render(values))
    message.add_alternative(_environment().get_template("letter.html").render(values), subtype="html")
    for attachment in letter.attachments:
        message.add_attachment(
            attachment.data,
            maintype="text",
            subtype="calendar",
            filename=attachment.name,
            params={"method": attachment.method, "charset": "utf-8"},
        )
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]


def _address(name: str, address: str) -> Address:
    return Address(display_name=_one_line(name)[:120], addr_spec=address)


def _words(letter: Letter) -> dict[str, Any]:
    language, zone = letter.language, letter.trip.time_zone

    def text(value: Text) -> str:
        return i18n.text(value, language, letter.trip.languages)

    def moment(value: datetime) -> str:
        return i18n.moment(value, language, zone)

    def day(value: date, **how: bool) -> str:
        return i18n.day(value, language, **how)

    return {
        "language": language,
        "text": text,
        "moment": moment,
        "day": day,
        "days": i18n.days(letter.trip.starts_on, letter.trip.ends_on, language),
        "clock_time": lambda value: i18n.clock_time(value, language),
        "money": lambda value: i18n.money(value, language),
        "number": lambda value: i18n.number(value, language),
        "say": lambda value: i18n.say(value, language) if isinstance(value, Sentence) else value,
        "_": lambda message, **values: i18n.gettext(message, language, **values),
        "ngettext": lambda one, many, count, **values: i18n.ngettext(one, many, count, language, **values),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tripkit.mailing"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
