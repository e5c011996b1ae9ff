"""Letters of every kind, made by hand from values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tripkit.domain.bookings import ParticipantStatus as Status
from tripkit.domain.prices import Money, Price, add_up
from tripkit.domain.texts import Text
from tripkit.domain.trips import Admission
from tripkit.mailing.letter import Attachment, Letter, Person
from tripkit.testing import at, both, make_organisation, make_trip

LANGUAGES = ("sv", "en")
WRITTEN_AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
SECRET = "https://trips.example/sv/booking/Sj0-secret_of_43_characters/"
CITY = both("Grupp city", "Group city")
PUBLISH = Attachment(name="hamnstad-leyla.ics", data=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method="PUBLISH")
CANCEL = Attachment(name="hamnstad-leyla-cancelled.ics", data=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method="CANCEL")
TRIP = make_trip(
    free_cancel_until=date(2027, 4, 5), changes_until=datetime(2027, 4, 20, 10, 0, tzinfo=UTC), offer_hours=36
)
ITEMS = {item.key: item for item in TRIP.programme}


def make_person(
    name: str = "Leyla Norrman", status: Status = Status.CONFIRMED, segment: Text = CITY, **changes: Any
) -> Person:
    return Person(name=name, status=status, segment=segment, **changes)


CASES: Mapping[str, dict[str, Any]] = {
    "confirmation": {
        "kind": "confirmation",
        "people": (
            make_person("Karin Almfelt", visits=(ITEMS["port"], ITEMS["late"])),
            make_person("Jonas Ekdahl", visits=(ITEMS["mill"],)),
            make_person(status=Status.WAITING, visits=(ITEMS["hill"],), position=4),
        ),
        "begins": ITEMS["lecture"],
        "sum": add_up([Price(Money(485_050, "SEK"), Decimal(25))] * 2, "SEK"),
        "attachments": (PUBLISH, PUBLISH),
    },
    "applied": {
        "kind": "applied",
        "people": (make_person(status=Status.APPLIED, visits=(ITEMS["hill"],)),),
        "trip": replace(TRIP, admission=Admission.DRAW, draws_at=at(3, 9)),
    },
    "drawn": {"kind": "confirmation", "reason": "drawn", "people": (make_person(visits=(ITEMS["port"],)),)},
    "not drawn": {
        "kind": "queued",
        "reason": "drawn",
        "people": (make_person(status=Status.WAITING, position=7),),
    },
    "taken back": {"kind": "cancelled", "reason": "taken_back", "people": (make_person(status=Status.CANCELLED),)},
    "queued": {"kind": "queued", "people": (make_person(status=Status.WAITING, position=7),)},
    "offer": {
        "kind": "offer",
        "people": (make_person(status=Status.OFFERED), make_person("Jonas Ekdahl", Status.OFFERED)),
        "offer_until": at(3, 9, 5),
    },
    "offered visit": {
        "kind": "offer",
        "people": (make_person(),),
        "offer_until": at(3, 9, 5),
        "offered": ITEMS["port"],
    },
    "cancelled": {"kind": "cancelled", "people": (make_person(status=Status.CANCELLED),), "attachments": (CANCEL,)},
    "declined": {"kind": "cancelled", "reason": "declined", "people": (make_person(status=Status.CANCELLED),)},
    "expired": {"kind": "cancelled", "reason": "expired", "people": (make_person(status=Status.CANCELLED),)},
    "left": {"kind": "cancelled", "reason": "left", "people": (make_person(status=Status.CANCELLED),)},
    "changed": {
        "kind": "changed",
        "people": (make_person(visits=(ITEMS["mill"],)),),
        "attachments": (PUBLISH,),
    },
    "moved": {"kind": "changed", "reason": "moved", "people": (), "link": ""},
    "handed over": {"kind": "changed", "reason": "handed_over", "people": (make_person(),)},
    "joined": {"kind": "changed", "reason": "joined", "people": (make_person(),)},
    "visit declined": {"kind": "changed", "reason": "declined", "people": (make_person(),)},
    "visit expired": {"kind": "changed", "reason": "expired", "people": (make_person(),)},
    "visit left": {"kind": "changed", "reason": "left", "people": (make_person(),)},
    "link": {"kind": "link", "people": ()},
}
"""Every kind of letter, and every reason that changes what it says."""


def make_letter(case: str = "confirmation", language: str = "sv", **changes: Any) -> Letter:
    host = make_organisation()
    values: dict[str, Any] = {
        "language": language,
        "sender": host.email,
        "recipient": "karin@kommunen.example",
        "contact_name": "Karin Almfelt",
        "code": "7K4M-Q2WP",
        "host": host,
        "trip": TRIP,
        "link": SECRET,
        "trip_url": f"https://trips.example/{language}/resebyran/hamnstad/",
        "written_at": WRITTEN_AT,
        "message_id": "5f" * 16,
    }
    return Letter(**{**values, **CASES[case], **changes})
