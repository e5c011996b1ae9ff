"""What a value written in a way of its own would be in ours, for hints: keys, days, times; none is accepted by this."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time

_DAY = re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?!\d)")
_COUNTED = re.compile(r"(\d{1,3}) ?(day|dag|week|vecka|veckor)", re.IGNORECASE)
_AFTER = re.compile(r"\b(after|efter)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?:kl\.? ?|at )?(\d{1,2})[:.](\d\d)\b|\b(?:kl\.? ?|at )(\d{1,2})\b", re.IGNORECASE)
_ANCHORS = (
    ("free_cancel_until", "cancel avbok"),
    ("changes_until", "change ändr byt"),
    ("signup_closes", "sign close anmäl stäng"),
    ("trip_ends", "end slut hem"),
)
_TIME = re.compile(r"(?:kl\.? ?)?(\d{1,2})(?:[:.h]?(\d\d))?", re.IGNORECASE)
# Letters of their own, which do not come apart into a letter and a mark as å, ä and ö do.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss"})


def as_key(text: str) -> str:
    """A key as near to a text as it can be: “Höstresan 2027” becomes hostresan-2027. Empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")


def as_day(text: str) -> str | None:
    """``2027/5/3`` and ``20270503`` as 2027-05-03. None for what could be several days, as 3/5."""
    match = _DAY.fullmatch(text.strip())
    return _iso_day(match) if match else None


def as_time(text: str) -> str | None:
    """``9.30``, ``930``, ``kl 9`` as 09:30 and 09:00."""
    match = _TIME.fullmatch(text.strip())
    try:
        return f"{time(int(match[1]), int(match[2] or 0)):%H:%M}" if match else None
    except ValueError:
        return None


def as_moment(text: str) -> str | None:
    """``2027-03-31 kl 17`` as 2027-03-31 17:00; nine in the morning when there is a day only."""
    match = _DAY.match(text.strip())
    if match is None or (day := _iso_day(match)) is None:
        return None
    rest = text.strip()[match.end() :].strip(" T,")
    clock = as_time(rest) if rest else "09:00"
    return f"{day} {clock}" if clock else None


def as_reminder_day(text: str) -> str | None:
    """“3 days before the trip, at 09:00” as {days: 3, before: trip_starts, at: 09:00}; nine in the morning if no time."""
    counted, low = _COUNTED.search(text), text.casefold()
    if counted is None:
        return None
    days = int(counted[1]) * (7 if counted[2].casefold().startswith(("week", "veck")) else 1)
    side = "after" if _AFTER.search(text) else "before"
    anchor = next((key for key, words in _ANCHORS if any(word in low for word in words.split())), "trip_starts")
    found = _CLOCK.search(text, counted.end())
    clock = as_time(f"{found[1] or found[3]}:{found[2] or '00'}") if found else None
    return f"{{days: {days}, {side}: {anchor}, at: {clock or '09:00'}}}"


def _iso_day(match: re.Match[str]) -> str | None:
    try:
        return date(*(int(match[part]) for part in (1, 2, 3))).isoformat()
    except ValueError:
        return None
