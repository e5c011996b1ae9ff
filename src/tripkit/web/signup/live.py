"""What the page's script is told, so that it can say before sending what is full and what collides; plain JSON values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tripkit.actions.written_signup import price_of
from tripkit.domain.collisions import TravelTimes, collisions
from tripkit.domain.places import TripState
from tripkit.domain.prices import Money
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_items
from tripkit.domain.trips import Segment, Trip
from tripkit.i18n import money, say, text
from tripkit.reads.trip_page import TripPage
from tripkit.web.signup.forecast import Outlook, Prospect, free_seats
from tripkit.web.signup.words import pays_nothing, send_button, waits

_NAME = "{name}"
"""Stands for itself in sentences the script fills in."""
_POSITION = "{position}"


def facts(page: TripPage, language: str) -> dict[str, Any]:
    """Places left, prices, collisions and sentences. The server decides again when the form is sent."""
    trip, places = page.trip, page.places
    free = free_seats(trip, places)
    drawn = page.state is TripState.DRAW  # Then nobody gets a place at once, as little as on a trip that is full.
    return {
        "language": language,
        "money": money(Money(0, trip.price.net.currency), language),
        "largest": trip.largest_party,
        "drawn": drawn,
        "full": drawn or page.state is TripState.FULL,
        "open": 0 if drawn else free.pools[free.by_key[PoolKind.OPEN, ""]].size,
        "waiting": places.trip.waiting,
        "anyPlace": not drawn and any(room.has_room() for room in places.segments.values()),
        "price": _price(trip, ""),
        "segments": {
            segment.key: {
                "name": text(segment.name, language),
                "left": 0 if drawn else places.segments[segment.key].left,
                "guaranteed": room.left if not drawn and (room := places.guaranteed.get(segment.key)) else 0,
                "price": _price(trip, segment.key),
                "waits": say(waits(_late(page, Prospect.WAITS_FOR_SEGMENT, segment), page, _NAME, _POSITION), language),
            }
            for segment in trip.segments
        },
        "collisions": list(_collisions(trip, language)),
        "words": _words(page, language),
    }


def _late(page: TripPage, prospect: Prospect, segment: Segment | None = None) -> Outlook:
    return Outlook(Prospect.IN_DRAW if page.state is TripState.DRAW else prospect, segment, None)


def _price(trip: Trip, segment: str) -> dict[str, Any]:
    price = price_of(trip, segment)
    return {"net": price.net.minor, "vat": float(price.vat_percent)}


def _words(page: TripPage, language: str) -> dict[str, Any]:
    most = page.trip.largest_party
    return {
        "person": say(sentence("Person {number}", number="{number}"), language),
        "someone": say(sentence("Person who travels"), language),
        "noPrice": say(pays_nothing(page.state), language),
        "vat": say(sentence("VAT {percent} %", percent="{percent}"), language),
        "later": say(sentence("If everybody gets a place, it is {amount} with VAT.", amount="{amount}"), language),
        "trip": say(waits(_late(page, Prospect.WAITS_FOR_TRIP), page, _NAME, _POSITION), language),
        "party": say(waits(_late(page, Prospect.WAITS_FOR_PARTY), page, _NAME, _POSITION), language),
        "send": [say(send_button(page.state, people), language) for people in range(1, most + 1)],
        "sending": say(sentence("Sending…"), language),
        "added": say(sentence("Person {number} was added.", number="{number}"), language),
        "removed": say(sentence("The person was taken away."), language),
    }


def _collisions(trip: Trip, language: str) -> Iterator[dict[str, Any]]:
    """Every pair of items one person cannot attend both of, with the sentence the rules have for it."""
    for pair in collisions(trip.programme, TravelTimes(trip.travel)):
        one, other = pair.earlier, pair.later
        chosen = [item.key for item in (one, other) if item.choice is not None]
        groups = _groups(one, other)
        if not chosen or one.choice == other.choice or groups is None:
            continue
        only_these = replace(trip, choices=(), programme=(one, other))
        for problem in check_items(only_these, _NAME, next(iter(groups), ""), chosen, ""):
            yield {
                "items": chosen,
                "segments": sorted(groups),
                "at": problem.at.removeprefix(".choices."),
                "text": say(problem.sentence, language),
            }


def _groups(one: ProgrammeItem, other: ProgrammeItem) -> set[str] | None:
    """Segments that both are meant for; empty = everyone, None = nobody."""
    if not one.segments or not other.segments:
        return {*one.segments, *other.segments}
    return set(one.segments) & set(other.segments) or None
