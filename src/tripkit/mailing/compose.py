"""A letter as an e-mail: plain text and HTML of the same order, calendars attached; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tripkit import i18n
from tripkit.mailing.bounce import WISH
from tripkit.mailing.letter import Letter
from tripkit.mailing.notice import Notice
from tripkit.mailing.words import one_line, words_for


class _Addresses(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets (RFC 2369), one a line, however long.

    The standard library folds a word that is longer than a line into encoded words (RFC 2047), which nobody decodes here.
    """

    def fold(self, *, policy: Policy) -> str:
        """As it is sent."""
        return f"{self.name}: {str(self).replace(', ', f',{policy.linesep} ')}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Addresses)
POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)
"""Seven bits everywhere: a server need not take eight unless it says so (RFC 6152), and smtplib does not ask."""


def compose(letter: Letter) -> EmailMessage:
    """Word a letter. Names come from strangers: none of them reaches beyond its own line, in headers or in the text.

    Raises: ValueError, jinja2.TemplateError (an address or a value that cannot be written).
    """
    letter = _in_lines(letter)
    words = words_for(letter)
    message = _begin(
        letter,
        subject=_subject(letter, words),
        sender=i18n.text(letter.host.name, letter.language, letter.host.languages),
        recipient=letter.contact_name,
        answers_to=letter.trip.contact.email or letter.host.email,
    )
    if letter.is_bulk:
        message["Precedence"] = "bulk"
    if letter.unsubscribe:
        by_mail = f", <mailto:{letter.unsubscribe_mail}?subject={WISH}>" if letter.unsubscribe_mail else ""
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>{by_mail}"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058.
    _write(message, "letter", words)
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


def compose_notice(notice: Notice) -> EmailMessage:
    """Word a notice, as `compose` words a letter. Raises: ValueError, jinja2.TemplateError."""
    # Names, and reasons that somebody gave, are in its sentences: none of them begins a paragraph of its own.
    lines: dict[str, Any] = {
        name: one_line(getattr(notice, name)) for name in ("sender_name", "heading", "button", "small", "why")
    }
    notice = replace(notice, **lines, paragraphs=tuple(map(one_line, notice.paragraphs)))
    heading = notice.heading
    message = _begin(
        notice,
        subject=heading,
        sender=notice.sender_name,
        recipient=notice.recipient_name,
        answers_to=notice.answers_to or notice.sender,
    )
    said: dict[str, Any] = {"notice": notice, "heading": heading, "language": notice.language}
    _write(message, "notice", {**said, "_": lambda text, **values: i18n.gettext(text, notice.language, **values)})
    message["Content-Language"] = notice.language
    return message


def _begin(what: Letter | Notice, *, subject: str, sender: str, recipient: str, answers_to: str) -> EmailMessage:
    """The headers that every message has."""
    message = EmailMessage(policy=POLICY)
    message["Subject"] = _header(subject)[:300]
    message["From"] = _address(sender, what.sender)
    message["To"] = _address(recipient, what.recipient)
    if what.sender != answers_to:
        message["Reply-To"] = _address("", answers_to)
    message["Date"] = format_datetime(what.written_at)
    message["Message-ID"] = f"<{what.message_id}@{_address('', what.sender).domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers.
    return message


def _write(message: EmailMessage, template: str, words: Mapping[str, Any]) -> None:
    message.set_content(_environment().get_template(f"{template}.txt").render(words))
    message.add_alternative(_environment().get_template(f"{template}.html").render(words), subtype="html")


def _subject(letter: Letter, words: Mapping[str, Any]) -> str:
    if letter.written is not None:
        return letter.written.subject
    return f"{words['heading']} {words['short_title']} ({letter.code})"


def _in_lines(letter: Letter) -> Letter:
    people = tuple(replace(person, name=one_line(person.name)) for person in letter.people)
    written = letter.written and replace(letter.written, subject=one_line(letter.written.subject))
    why = one_line(letter.why)
    return replace(letter, contact_name=one_line(letter.contact_name), people=people, written=written, why=why)


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
