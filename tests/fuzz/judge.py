"""What is wrong with an answer: a fault of ours, a missing guard, something that got out of its text, somebody else's name; nothing is sent from here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.fuzz.browser import Answer
from tests.fuzz.hostile import MARK

GUARDS = ("Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy")
MAY_BE_AWAY = {("watching.ready", 503)}
"""What a monitor is told when nobody works in the background: no fault, but the answer."""
SHOWS_EVERYBODY = ("demo.",)
"""Pages that are there to show every message to everybody, in a demonstration."""
LINKS = {"href", "src", "action", "formaction", "poster", "data", "srcset", "content"}
SLOW = 3.0
"""Seconds of this process's own time: so long takes only what grows faster than what was sent."""
INSIDE = re.compile(
    r"Traceback \(most recent call last\)|sqlalchemy\.|sqlite3\.|psycopg\.|jinja2\.|werkzeug\.|site-packages"
)
"""What only we should read."""


class _Escaped(HTMLParser):
    """Finds our mark where only markup of our own may stand."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if MARK in tag or any(MARK in name for name, _ in attrs):
            self.found.append(f"markup of others: {self.get_starttag_text()!r}"[:300])
        for name, value in attrs:
            plain = re.sub(r"[\s\0-\x20]", "", value or "").lower()
            if name in LINKS and plain.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"a link that runs: {value!r}"[:300])
            elif name in LINKS and re.match(rf"(https?:)?[/\\]*[^/?#]*{MARK}\.example", plain) and name != "content":
                self.found.append(f"a link to another site: {value!r}"[:300])


def escaped(html: str) -> list[str]:
    """What got out of its text in a page or a message."""
    return _Escaped(html).found if MARK in html.lower() else []


def faults(answer: Answer, endpoint: str, never: tuple[str, ...], seconds: float, *, away: bool) -> Iterator[str]:
    """What is wrong with it, each in words. ``seconds``: how long we worked on it; ``away``: there was no database."""
    if answer.status >= 500 and not (away and answer.status == 503) and (endpoint, answer.status) not in MAY_BE_AWAY:
        yield f"{answer.status}\n{answer.fault}"
        if answer.fault:
            return
    if seconds > SLOW:
        yield f"{seconds:.1f} seconds of work"
    yield from _unguarded(answer)
    yield from _led_away(answer)
    text = answer.text
    if INSIDE.search(text):
        yield "the inside of the application"
    if not endpoint.startswith(SHOWS_EVERYBODY):
        yield from (f"somebody else's: {secret}" for secret in never if secret in text)
    yield from _out_of_its_text(answer, text)
    if answer.mimetype == "application/json" and answer.status == 200 and text:
        json.loads(text)
    if answer.mimetype == "text/html" and answer.status >= 400 and text and "<h1" not in text:
        yield "refused without a word"


def _unguarded(answer: Answer) -> Iterator[str]:
    yield from (f"without {name}" for name in GUARDS if not answer.header(name))
    if answer.header("X-Content-Type-Options") != "nosniff":
        yield "without nosniff"
    policy = answer.header("Content-Security-Policy")
    if policy and ("default-src 'none'" not in policy or "unsafe-eval" in policy):
        yield f"a loose policy: {policy}"
    if "unsafe" in policy and "sandbox" not in policy:
        yield f"a loose policy: {policy}"


def _led_away(answer: Answer) -> Iterator[str]:
    target = answer.header("Location")
    if target and not re.match(r"/(?![/\\])", target):
        yield f"leads to {target!r}"
    for name, value in answer.headers:
        if f"x-{MARK}" in name.lower() or "\n" in value or "\r" in value:
            yield f"a header of others: {name}: {value!r}"


def _out_of_its_text(answer: Answer, text: str) -> Iterator[str]:
    if MARK not in text.lower():
        return
    if answer.mimetype in {"text/html", "image/svg+xml", "application/xml"}:
        yield from escaped(text)
    if answer.mimetype == "text/calendar" and re.search(rf"^X-{MARK}", text, re.IGNORECASE | re.MULTILINE):
        yield "a line of others in a calendar"
    if f"49{MARK}" in text:
        yield "a template of others was filled in"
