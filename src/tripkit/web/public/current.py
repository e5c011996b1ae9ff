"""A trip as it stands at this moment, read again only when something in it has changed; no page."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Lock
from typing import cast

from flask import abort, current_app

from tripkit.domain.places import state_of
from tripkit.reads.trip_page import TripPage, trip_page
from tripkit.reads.trip_stamp import Stamp, trip_stamp
from tripkit.web.frame import now, session

_MOST = 256
"""Trips kept in one process."""


@dataclass
class _Trips:
    kept: OrderedDict[tuple[str, str], tuple[Stamp, TripPage]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


def trip_now(organisation: str, trip: str) -> TripPage:
    """The trip at this address, with one query when nothing has changed since it was last read. Aborts with 404."""
    moment = now()
    stamp = trip_stamp(session(), organisation=organisation, trip=trip) or abort(404)
    trips = cast(_Trips, current_app.extensions.setdefault("tripkit_trips", _Trips()))
    with trips.lock:
        known, page = trips.kept.get((organisation, trip), (None, None))
    if page is None or known != stamp:
        # The stamp is older than what is read now, never newer: the next look reads once more rather than once too few.
        page = trip_page(session(), organisation=organisation, trip=trip, now=moment) or abort(404)
        with trips.lock:
            trips.kept[organisation, trip] = stamp, page
            trips.kept.move_to_end((organisation, trip))
            while len(trips.kept) > _MOST:
                trips.kept.popitem(last=False)
    # How it stands depends on the time, too: sign-up opens and closes without anybody touching the trip.
    state = state_of(page.trip, page.places, moment)
    return page if state is page.state else replace(page, state=state)


def how_full(page: TripPage) -> str:
    """A short word that changes with every number and state on the page, for the script that keeps them fresh."""
    return sha256(repr((page.places, page.state)).encode()).hexdigest()[:16]
