"""A letter as an e-mail: plain text and HTML of the same order, calendars attached; nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tripkit import i18n
from tripkit.mailing.letter import Letter
from tripkit.mailing.words import one_line, words_for

POLICY = SMTP.clone(cte_type="7bit")
"""Seven bits everywhere: a server need not take eight unless it says so (RFC 6152), and smtplib does not ask."""


def compose(letter: Letter) -> EmailMessage:
    """Word a letter. Names come from strangers: none of them reaches beyond its own line, in headers or in the text.

    Raises: ValueError, jinja2.TemplateError (an address or a value that cannot be written).
    """
    letter = _in_lines(letter)
    words = words_for(letter)
    message = EmailMessage(policy=POLICY)
    message["Subject"] = _header(f"{words['heading']} {words['short_title']} ({letter.code})")[:300]
    message["From"] = _address(i18n.text(letter.host.name, letter.language, letter.host.languages), letter.sender)
    message["To"] = _address(letter.contact_name, letter.recipient)
    answers_to = letter.trip.contact.email or letter.host.email
    if letter.sender != answers_to:
        message["Reply-To"] = _address("", answers_to)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.message_id}@{_address('', letter.sender).domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers.
    message.set_content(_environment().get_template("letter.txt").render(words))
    message.add_alternative(_environment().get_template("letter.html").render(words), subtype="html")
    for attachment in letter.attachments:
        message.add_attachment(
            attachment.data,
            maintype="text",
            subtype="calendar",
            filename=attachment.name,
            params={"method": attachment.method, "charset": "utf-8"},
        )
    # Last: a part that is added takes the Content- headers there are down into itself.
    message["Content-Language"] = letter.language
    return message


def _in_lines(letter: Letter) -> Letter:
    people = tuple(replace(person, name=one_line(person.name)) for person in letter.people)
    return replace(letter, contact_name=one_line(letter.contact_name), people=people)


def _header(text: str) -> str:
    """A text as a header may hold it.

    What looks like an encoded word (RFC 2047) is decoded by the standard library when it is set as a header, and the
    line breaks that come out of it end the header.
    """
    return one_line(text).replace("=?", "= ?")


def _address(name: str, address: str) -> Address:
    """An address with its domain as mail servers know it: å.example is xn--5ca.example (RFC 5890)."""
    local, _, domain = address.rpartition("@")
    return Address(display_name=_header(name)[:120], addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tripkit.mailing"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
