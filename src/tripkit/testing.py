"""Makers of trips and bookings for tests, ours and plugin authors'; every person and place in them is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.book_places import book_places
from tripkit.domain.bookings import BookingMade, BookingRequest, Moment, ParticipantRequest
from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import Choice, ItemKind, ProgrammeItem, Travel
from tripkit.domain.questions import Option, Question, QuestionKind
from tripkit.domain.texts import Text
from tripkit.domain.trips import Contact, Organisation, Segment, Site, Terms, Topic, Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.sealing import Vault

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
"""When tests happen: sign-up of `make_trip` is open, the trip is two months ahead."""
_numbers = count(1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on one of the days of `make_trip`, 5 and 6 May 2027, in UTC (two hours behind the clock there)."""
    return datetime(2027, 5, day, hour, minute, tzinfo=UTC)


def both(swedish: str, english: str) -> Text:
    """A text in Swedish and English."""
    return {"sv": swedish, "en": english}


def make_moment(when: datetime = NOW, actor: str = "contact") -> Moment:
    """Somebody who does something."""
    return Moment(at=when, actor=actor, origin="test")


def make_vault(*keys: str) -> Vault:
    """What sensitive answers are sealed with: give it to `tripkit.storage.open_engine`. ``keys``: newest first; none = one of ours."""
    given = keys or ("5e" * 32,)
    return Vault(lambda: given)


def make_organisation(key: str = "resebyran", **changes: Any) -> Organisation:
    """A host organisation."""
    values: dict[str, Any] = {
        "key": key,
        "name": both("Påhittade resebyrån", "The made-up travel bureau"),
        "description": both("Finns inte.", "Does not exist."),
        "languages": ("sv", "en"),
        "email": f"{key}@tripkit.example",
    }
    return Organisation(**{**values, **changes})


def make_item(key: str, starts_at: datetime, ends_at: datetime, **changes: Any) -> ProgrammeItem:
    """A programme item, a site visit unless told otherwise."""
    values: dict[str, Any] = {
        "key": key,
        "kind": ItemKind.SITE_VISIT,
        "title": both(f"Besök {key}", f"Visit {key}"),
        "summary": {},
        "description": {},
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_zone": "Europe/Stockholm",
    }
    return ProgrammeItem(**{**values, **changes})


def make_site(key: str, **changes: Any) -> Site:
    """A site."""
    values: dict[str, Any] = {
        "key": key,
        "name": both(f"Plats {key}", f"Site {key}"),
        "address": "Påhittade gatan 1, Hamnstad",
        "description": {},
        "access": {},
    }
    return Site(**{**values, **changes})


def make_segment(key: str, **changes: Any) -> Segment:
    """A segment."""
    values: dict[str, Any] = {"key": key, "name": both(f"Grupp {key}", f"Group {key}"), "description": {}}
    return Segment(**{**values, **changes})


def make_trip(**changes: Any) -> Trip:
    """A trip of two days with two choices of visits that can collide, two segments, and a question of most kinds.

    Thursday 5 May 2027: ``lecture`` 08–09 for all; choice ``am`` of ``port`` (09–10.30, 4 people) and ``mill``
    (09–11, no limit); choice ``pm`` of ``hill`` (10.45–12, 20 minutes from the port), ``late`` (13–14, 3 people)
    and, for ``police`` only, ``watch`` (13–14). Times in UTC. The trip takes ten people.
    """
    values: dict[str, Any] = {
        "key": "hamnstad",
        "title": both("Studieresa till Hamnstad", "Study trip to Hamnstad"),
        "short_title": both("Hamnstad", "Hamnstad"),
        "lead": both("Två dagar i hamnen.", "Two days in the port."),
        "purpose": both("Se hur man gör.", "See how it is done."),
        "place": both("Hamnstad", "Hamnstad"),
        "time_zone": "Europe/Stockholm",
        "starts_on": date(2027, 5, 5),
        "ends_on": date(2027, 5, 6),
        "languages": ("sv", "en"),
        "size": 10,
        "contact": Contact(name="Resedisken", email="disken@tripkit.example", phone="000-00 00 00"),
        "terms": Terms(version="1", text=both("Villkor ett.", "Terms one.")),
        "status_note": {},
        "price": Price(Money(100_000, "SEK"), Decimal(25)),
        "price_note": {},
        "picture_text": {},
        "segments": (make_segment("city"), make_segment("police")),
        "topics": (Topic(key="ports", name=both("Hamnar", "Ports"), description={}),),
        "sites": (make_site("port"), make_site("hill"), make_site("mill")),
        "travel": (Travel(from_site="port", to_site="hill", minutes=20),),
        "choices": (
            Choice(key="am", title=both("Förmiddag", "Morning")),
            Choice(key="pm", title=both("Eftermiddag", "Afternoon"), required=False),
        ),
        "programme": (
            make_item("lecture", at(5, 8), at(5, 9), kind=ItemKind.LECTURE, topics=("ports",)),
            make_item("port", at(5, 9), at(5, 10, 30), choice="am", site="port", size=4),
            make_item("mill", at(5, 9), at(5, 11), choice="am", site="mill"),
            make_item("hill", at(5, 10, 45), at(5, 12), choice="pm", site="hill"),
            make_item("late", at(5, 13), at(5, 14), choice="pm", size=3),
            make_item("watch", at(5, 13), at(5, 14), choice="pm", segments=("police",)),
        ),
        "questions": (
            Question(
                key="diet",
                kind=QuestionKind.ONE_OF,
                name=both("Kost", "Diet"),
                help={},
                sensitive=True,
                options=(
                    Option(key="any", name=both("Äter allt", "Eats everything")),
                    Option(key="vegan", name=both("Vegan", "Vegan")),
                ),
            ),
            Question(key="arrives", kind=QuestionKind.TEXT, name=both("Kommer med", "Arrives by"), help={}),
        ),
    }
    return Trip(**{**values, **changes})


def make_participant(name: str | None = None, segment: str = "city", **changes: Any) -> ParticipantRequest:
    """One person to sign up; goes to the mill, which has no limit."""
    values: dict[str, Any] = {
        "name": name or f"Person {next(_numbers)}",
        "segment": segment,
        "items": ("mill",),
        "answers": {},
    }
    return ParticipantRequest(**{**values, **changes})


def make_request(
    people: int | Sequence[ParticipantRequest] = 1, *, segment: str = "city", **changes: Any
) -> BookingRequest:
    """A sign-up that nothing is wrong with on `make_trip`. ``people``: how many, or the participants themselves."""
    number = next(_numbers)
    party = (
        tuple(make_participant(segment=segment) for _ in range(people)) if isinstance(people, int) else tuple(people)
    )
    values: dict[str, Any] = {
        "contact_name": f"Kontakt {number}",
        "contact_email": f"kontakt{number}@tripkit.example",
        "organisation": "Påhittade kommunen",
        "language": "sv",
        "participants": party,
        "terms_version": "1",
        "form_key": f"form-{number}",
    }
    return BookingRequest(**{**values, **changes})


def applied(
    session: AnySession, trip: Trip | None = None, *, organisation: Organisation | None = None, when: datetime = NOW
) -> int:
    """Write a trip to the database; its id."""
    return apply_trip(
        session,
        organisation=organisation or make_organisation(),
        trip=trip or make_trip(),
        pictures={},
        moment=make_moment(when, "organiser"),
    ).trip_id


def booked(
    session: AnySession,
    trip_id: int,
    people: int | Sequence[ParticipantRequest] = 1,
    *,
    when: datetime = NOW,
    **changes: Any,
) -> BookingMade:
    """Sign a party up."""
    return book_places(session, trip_id=trip_id, request=make_request(people, **changes), moment=make_moment(when))
