"""What an organisation may be called, and what its settings may be; no trips, no members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email
from tripkit.domain.trips import Organisation

RESERVED_KEYS = frozenset(
    {
        *("account", "administrator", "booking", "demo", "en", "healthz", "mail", "metrics", "organise", "readyz"),
        *("setup", "static", "sv", "tripkit", "unsubscribe"),
    }
)
"""Words that stand in addresses where an organisation's key would; an organisation called so would be found nowhere."""
LONGEST_KEY, LONGEST_NAME, LONGEST_REASON, LONGEST_TEXT, LONGEST_LINE = 60, 200, 500, 20_000, 254
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
COLOUR = (
    r"^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})|(rgb|hsl|hwb|lab|lch|oklab|oklch)\(([0-9.%/ ,+-]|deg|rad|turn|none){1,60}\))$"
)
"""A colour as a style sheet writes it, but not by name."""


def check_key(at: str, key: str) -> Iterator[Problem]:
    """What is wrong with a new organisation's key."""
    if not key:
        yield Problem(at, sentence("Write how it is called in addresses."))
    elif not _KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        yield Problem(at, sentence("Take small letters a to z, digits, and - between them, as in study-trips."))
    elif key in RESERVED_KEYS:
        yield Problem(at, sentence("The site itself has pages with this name. Take another one."))


def check_organisation(value: Organisation) -> Iterator[Problem]:
    """What is wrong with an organisation's settings, by the field of the form."""
    languages = value.languages
    if not languages or not all(_LANGUAGE.fullmatch(one) for one in languages) or len(set(languages)) != len(languages):
        yield Problem("languages", sentence("Write each language once, as two small letters: sv, en."))
    elif not value.name.get(languages[0], "").strip():
        yield Problem(f"name-{languages[0]}", sentence("Write its name, in its first language at least."))
    for language, text in value.name.items():
        if len(text) > LONGEST_NAME:
            yield Problem(f"name-{language}", sentence("Take at most {count} characters.", count=LONGEST_NAME))
    for language, text in value.description.items():
        if len(text) > LONGEST_TEXT:
            yield Problem(f"description-{language}", sentence("Take at most {count} characters.", count=LONGEST_TEXT))
    if len(value.phone or "") > LONGEST_LINE:
        yield Problem("phone", sentence("Take at most {count} characters.", count=LONGEST_LINE))
    yield from check_email("email", value.email, sentence("Write where answers to its messages go."))
    if value.url is not None and not _is_address(value.url):
        yield Problem("url", sentence("Write the whole address of its site, with https://."))
    for name, colour in (("brand", value.look.brand), ("accent", value.look.accent)):
        if colour is not None and re.fullmatch(COLOUR, colour) is None:
            yield Problem(name, sentence("Write the colour as in #1f6f8b."))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable() and " " not in url
