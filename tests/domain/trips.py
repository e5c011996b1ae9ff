"""Makers of trip values that need the rules alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import ItemKind, ProgrammeItem
from tripkit.domain.trips import Contact, Segment, Terms, Trip


def segment(key: str, **changes: Any) -> Segment:
    """A segment called by its key."""
    return Segment(**{"key": key, "name": {"en": key}, "description": {}, **changes})


def item(key: str, start: str, end: str, **changes: Any) -> ProgrammeItem:
    """An item on 5 May 2027; ``start`` and ``end``: ``HH:MM`` in UTC."""
    moments = [datetime.fromisoformat(f"2027-05-05T{clock}").replace(tzinfo=UTC) for clock in (start, end)]
    values: dict[str, Any] = {
        "key": key,
        "kind": ItemKind.SITE_VISIT,
        "title": {"en": key},
        "summary": {},
        "description": {},
        "starts_at": moments[0],
        "ends_at": moments[1],
        "time_zone": "Europe/Stockholm",
    }
    return ProgrammeItem(**{**values, **changes})


def trip(**changes: Any) -> Trip:
    """A trip of ten on 5 and 6 May 2027."""
    values: dict[str, Any] = {
        "key": "trip",
        "title": {"en": "Trip"},
        "short_title": {},
        "lead": {},
        "purpose": {},
        "place": {},
        "time_zone": "Europe/Stockholm",
        "starts_on": date(2027, 5, 5),
        "ends_on": date(2027, 5, 6),
        "languages": ("en",),
        "size": 10,
        "contact": Contact(name="Desk"),
        "terms": Terms(version="1", text={}),
        "status_note": {},
        "price": Price(Money(100_000, "SEK"), Decimal(25)),
        "price_note": {},
        "picture_text": {},
        "segments": (segment("city"),),
    }
    return Trip(**{**values, **changes})
