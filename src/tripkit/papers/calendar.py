"""Calendars (RFC 5545, 5546, 7986): a trip to subscribe to, an item, what a participant attends; no requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

from tripkit.domain.collisions import attended
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Organisation, Trip
from tripkit.papers.calendar_event import Sheet, item_event, trip_event
from tripkit.papers.plain_text import one_line, plain_text

MEDIA_TYPE = "text/calendar"
PUBLISH, CANCEL = "PUBLISH", "CANCEL"
_LOOK_AGAIN = timedelta(hours=4)
"""How often a calendar that subscribes is asked to look again."""


def trip_calendar(
    *,
    trip: Trip,
    host: Organisation,
    language: str,
    url: str,
    stamp: datetime,
    revision: int = 0,
    item_url: Callable[[str], str] | None = None,
) -> bytes:
    """A trip to subscribe to: one event per programme item.

    The trip itself is an event, over whole days, only as long as it has no programme: a banner across days that are
    already full of events says nothing new, and a calendar without any event is not valid.
    ``revision``: of the trip. ``item_url``: an item's key to the address of its page; None = all lead to ``url``.
    """
    sheet = Sheet(trip=trip, host=host, language=language, stamp=stamp)
    link = item_url or (lambda _: url)
    events = [item_event(sheet, item, url=link(item.key)) for item in trip.programme]
    if not events:
        events = [trip_event(Sheet(trip=trip, host=host, language=language, stamp=stamp, revision=revision), url=url)]
    calendar = _calendar(sheet, events, name=one_line(sheet.words(trip.title)[0]), url=url)
    lead, lead_language = sheet.words(trip.lead)
    calendar.add("description", vText(plain_text(lead)), parameters={"LANGUAGE": lead_language})
    calendar.add("refresh-interval", _LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _LOOK_AGAIN)
    return _written(calendar)


def item_calendar(*, trip: Trip, host: Organisation, item: str, language: str, url: str, stamp: datetime) -> bytes:
    """One programme item. ``url``: of its page. `KeyError` when the trip has no such item.

    Its event has the same UID as in `trip_calendar`, so that whoever has both sees it once.
    """
    found = {one.key: one for one in trip.programme}[item]
    sheet = Sheet(trip=trip, host=host, language=language, stamp=stamp)
    event = item_event(sheet, found, url=url)
    return _written(_calendar(sheet, [event], name=one_line(sheet.words(found.title)[0]), url=url))


def participant_calendar(
    *,
    trip: Trip,
    host: Organisation,
    language: str,
    url: str,
    stamp: datetime,
    code: str,
    participant: int,
    name: str,
    segment: str,
    items: Iterable[str],
    revision: int,
    dropped: Iterable[str] = (),
    cancelled: bool = False,
) -> bytes:
    """What one participant attends, for a message to them.

    ``code``: of the booking. ``items``: keys of what they chose; what everybody attends comes by itself. ``dropped``:
    keys of what they chose before and no longer do. ``revision``: how many messages with a calendar the booking was
    sent before, so that SEQUENCE grows from one to the next. ``url``: the public page, never a secret link, since
    calendars are shown to colleagues.

    ``cancelled`` makes it a CANCEL of everything, in one file: RFC 5546, 3.2.5, would have a message for each UID, and
    whoever cancels a trip with fifteen items should not have to open fifteen.
    """
    sheet = Sheet(
        trip=trip,
        host=host,
        language=language,
        stamp=stamp,
        person=(code, str(participant)),
        revision=revision,
    )
    chosen = tuple(items)
    gone = set() if cancelled else set(dropped).difference(chosen)
    status = "CANCELLED" if cancelled else None
    events = [item_event(sheet, item, url=url, status=status) for item in attended(trip.programme, segment, chosen)]
    events += [item_event(sheet, item, url=url, status="CANCELLED") for item in trip.programme if item.key in gone]
    if not events:
        events = [trip_event(sheet, url=url, status=status)]
    title = sheet.says(sentence("{trip}, {name}", trip=one_line(sheet.words(trip.title)[0]), name=one_line(name)))
    return _written(_calendar(sheet, events, name=title, url=url, method=CANCEL if cancelled else PUBLISH))


def method_of(calendar: bytes) -> str:
    """PUBLISH or CANCEL: a message names it in the Content-Type of the part too (RFC 6047, 2.4)."""
    return CANCEL if b"\r\nMETHOD:CANCEL\r\n" in calendar else PUBLISH


def calendar_name(trip: Trip, *, item: str = "", cancelled: bool = False) -> str:
    """A file name for a calendar, plain ASCII since keys are."""
    parts = (trip.key, item, "cancelled" if cancelled else "")
    return re.sub(r"[^a-z0-9-]+", "-", "-".join(part for part in parts if part).lower()) + ".ics"


def _calendar(sheet: Sheet, events: Iterable[Event], *, name: str, url: str, method: str = PUBLISH) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//tripkit//tripkit//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add("name", vText(name), parameters={"LANGUAGE": sheet.language})
    calendar.add("x-wr-calname", name)
    calendar.add("url", url)
    for event in events:
        calendar.add_component(event)
    # The year around the trip is enough: a VTIMEZONE of every change since 1970 would be larger than the trip.
    calendar.add_missing_timezones(date(sheet.trip.starts_on.year - 1, 1, 1), date(sheet.trip.ends_on.year + 2, 1, 1))
    return calendar


def _written(calendar: Calendar) -> bytes:
    """Lines folded at 75 octets and ended by CRLF (RFC 5545, 3.1)."""
    data: bytes = calendar.to_ical()
    return data
