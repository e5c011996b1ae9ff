"""A trip as schema.org sees it, in JSON-LD for search engines: true status, true places; no HTML around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tripkit.domain.places import Places, Room, TripState, takes_signups
from tripkit.domain.prices import Price, add_up
from tripkit.domain.programme import ItemKind, ProgrammeItem
from tripkit.domain.texts import Text, in_language
from tripkit.domain.trips import Organisation, Site, Trip, TripStatus
from tripkit.papers.plain_text import one_line, plain_text

_STATUS = {
    TripStatus.DRAFT: "EventScheduled",
    TripStatus.PLANNED: "EventScheduled",
    TripStatus.POSTPONED: "EventPostponed",
    TripStatus.CANCELLED: "EventCancelled",
}
_AVAILABILITY = {
    TripState.DRAFT: "PreOrder",
    TripState.OPENS_LATER: "PreOrder",
    TripState.DRAW: "InStock",
    TripState.OPEN: "InStock",
    TripState.FEW_LEFT: "LimitedAvailability",
    TripState.FULL: "SoldOut",
    TripState.POSTPONED: "OutOfStock",
    # Closed with places left is not sold out: schema.org's word for what is no longer offered is Discontinued.
    TripState.CLOSED: "Discontinued",
    TripState.PAST: "Discontinued",
    TripState.CANCELLED: "Discontinued",
}
_KINDS = {
    ItemKind.SITE_VISIT: "Event",
    ItemKind.LECTURE: "EducationEvent",
    ItemKind.PANEL: "EducationEvent",
    ItemKind.WORKSHOP: "EducationEvent",
    ItemKind.MEAL: "FoodEvent",
    ItemKind.SOCIAL: "SocialEvent",
}
"""Transfers, breaks and nights are no events that anybody searches for."""
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What every part of the answer is told from."""

    trip: Trip
    places: Places
    state: TripState
    language: str

    def words(self, text: Text) -> str:
        return one_line(in_language(text, self.language, self.trip.languages)[0])

    def prose(self, markdown: Text) -> str:
        return one_line(plain_text(in_language(markdown, self.language, self.trip.languages)[0]))

    def status(self) -> str:
        return f"https://schema.org/{_STATUS[self.trip.status]}"

    def left(self, room: Room) -> int | None:
        """Places somebody can still get: one that was freed while others wait is theirs."""
        return room.left if takes_signups(self.state) and self.state is not TripState.FULL else 0


def event_json_ld(
    *,
    trip: Trip,
    host: Organisation,
    places: Places,
    state: TripState,
    language: str,
    url: str,
    picture_url: str | None = None,
    item_url: Callable[[str], str] | None = None,
    signup_url: str | None = None,
) -> str:
    """JSON text that is safe inside a script element: nothing in it can end the element or open a comment.

    ``url``: of the trip's page; ``item_url``: a programme item's key to the address of its page. ``signup_url``: where
    offers lead; None = the page itself.
    """
    told = _Told(trip=trip, places=places, state=state, language=language)
    words = told.words
    starts, ends = _first_and_last(trip)
    sites = {site.key: site for site in trip.sites}
    event = {
        "@context": "https://schema.org",
        "@type": "BusinessEvent",
        "@id": url,
        "url": url,
        "name": words(trip.title),
        "description": told.prose(trip.lead) or told.prose(trip.purpose),
        "inLanguage": list(trip.languages),
        "startDate": starts,
        "endDate": ends,
        "eventStatus": told.status(),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": words(trip.place), "address": words(trip.place)},
        "image": [picture_url] if picture_url else None,
        "organizer": {
            "@type": "Organization",
            "name": words(host.name),
            "url": host.url or url,
            "email": host.email,
            "telephone": host.phone,
        },
        "contributor": [
            {"@type": "Organization", "name": words(partner.name), "url": partner.url} for partner in trip.partners
        ],
        "performer": [
            {"@type": "Person", "name": one_line(speaker.name), "jobTitle": words(speaker.title)}
            for speaker in trip.speakers
        ],
        "about": [{"@type": "Thing", "name": words(topic.name)} for topic in trip.topics],
        "audience": [{"@type": "Audience", "audienceType": words(segment.name)} for segment in trip.segments],
        "maximumAttendeeCapacity": places.trip.size if places.trip.size is not None else trip.size,
        "remainingAttendeeCapacity": told.left(places.trip),
        "offers": list(_offers(told, signup_url or url)),
        "subEvent": [
            _sub_event(told, item, sites.get(item.site or ""), item_url)
            for item in trip.programme
            if item.kind in _KINDS
        ],
    }
    text = json.dumps(_without_nothing(event), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def _first_and_last(trip: Trip) -> tuple[str, str]:
    if not trip.programme:
        return trip.starts_on.isoformat(), trip.ends_on.isoformat()
    first = min(trip.programme, key=lambda item: item.starts_at)
    last = max(trip.programme, key=lambda item: item.ends_at)
    return first.local_start().isoformat(), last.local_end().isoformat()


def _offers(told: _Told, url: str) -> Iterator[dict[str, Any]]:
    """One offer when everybody pays the same, else one for each audience."""
    trip, state, rooms = told.trip, told.state, told.places.segments
    if all(segment.price in {None, trip.price} for segment in trip.segments):
        yield _offer(trip, trip.price, _AVAILABILITY[state], url)
        return
    for segment in trip.segments:
        full = takes_signups(state) and segment.key in rooms and not rooms[segment.key].has_room()
        availability = "SoldOut" if full else _AVAILABILITY[state]
        yield {"name": told.words(segment.name), **_offer(trip, segment.price or trip.price, availability, url)}


def _offer(trip: Trip, price: Price, availability: str, url: str) -> dict[str, Any]:
    """``price`` is what a buyer pays, tax included; the specification has it without tax too, as businesses compare."""
    both = add_up([price], price.net.currency)
    currency = price.net.currency
    return {
        "@type": "Offer",
        "url": url,
        "price": _amount(both.total.minor),
        "priceCurrency": currency,
        "priceSpecification": [
            {
                "@type": "UnitPriceSpecification",
                "price": _amount(amount.minor),
                "priceCurrency": currency,
                "valueAddedTaxIncluded": with_tax,
            }
            for amount, with_tax in ((both.total, True), (both.net, False))
        ],
        "availability": f"https://schema.org/{availability}",
        "validFrom": trip.signup_opens_at.isoformat() if trip.signup_opens_at else None,
        "validThrough": trip.signup_closes_at.isoformat() if trip.signup_closes_at else None,
    }


def _amount(minor: int) -> str:
    return str((Decimal(minor) / 100).quantize(Decimal("0.01")))


def _sub_event(
    told: _Told, item: ProgrammeItem, site: Site | None, item_url: Callable[[str], str] | None
) -> dict[str, Any]:
    room = told.places.items.get(item.key)
    return {
        "@type": _KINDS[item.kind],
        "name": told.words(item.title),
        "description": told.prose(item.summary),
        "url": item_url(item.key) if item_url else None,
        "startDate": item.local_start().isoformat(),
        "endDate": item.local_end().isoformat(),
        "eventStatus": told.status(),
        "location": _place(told, site) if site else None,
        "maximumAttendeeCapacity": item.size,
        "remainingAttendeeCapacity": told.left(room) if room is not None and item.size is not None else None,
    }


def _place(told: _Told, site: Site) -> dict[str, Any]:
    located = site.latitude is not None and site.longitude is not None
    geo = {"@type": "GeoCoordinates", "latitude": site.latitude, "longitude": site.longitude}
    return {
        "@type": "Place",
        "name": told.words(site.name),
        "address": one_line(site.address) or None,
        "geo": geo if located else None,
    }


def _without_nothing(value: Any) -> Any:
    """Without what is not known: an empty property is an error to those who read it."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one is not None and one not in ("", [])}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value
