"""The trip of the tests at another time: the clocks of whole sites are real, and shared by all their processes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tripkit.domain.trips import Trip
from tripkit.testing import make_trip


def trip_ahead(**changes: Any) -> Trip:
    """The trip of the tests, two months from today."""
    trip = make_trip(**changes)
    by = timedelta(days=(datetime.now(UTC).date() - trip.starts_on).days + 60)
    return replace(
        trip,
        starts_on=trip.starts_on + by,
        ends_on=trip.ends_on + by,
        programme=tuple(
            replace(item, starts_at=item.starts_at + by, ends_at=item.ends_at + by) for item in trip.programme
        ),
    )
