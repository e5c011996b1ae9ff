"""A trip and a party in which every text tries to become something else; each text says where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, get_args, get_type_hints

from tripkit.cli.demo import sample_directory
from tripkit.domain.bookings import ParticipantRequest
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile import read_event
from tripkit.testing import make_participant, make_trip

FREE = {"address", "phone"}
"""Texts without a language that are written as one likes; names of people are, too."""
PAYLOADS = {
    "markup": "\"'></style></script><script>kanarie({n})</script><img src=x onerror=kanarie({n})><x-kanarie onclick=a>",
    "attributes and strings": "{n}\" autofocus onfocus=\"kanarie({n})\" x=' onfocus='kanarie({n})' '-kanarie({n})-'\\\";kanarie({n})//",
    "Markdown and codes": '[{n}](javascript:kanarie({n})) ![x](x"onerror="kanarie({n})) &lt;x-kanarie&gt; \\u003cx-kanarie\\u003e &#60;x-kanarie&#62;',
}
"""What each text says, by what it tries; ``kanarie`` is what the browser would call. Names may be no longer."""


class Texts:
    """Gives out the texts of one payload, each with a number. ``places``: where each of them stands."""

    def __init__(self, payload: str) -> None:
        self.payload = payload
        self.places: list[str] = []

    def one(self, place: str) -> str:
        """A text for this place."""
        self.places.append(place)
        return self.payload.format(n=len(self.places) - 1)


def hostile_trips(texts: Texts) -> tuple[Organisation, list[Trip]]:
    """The sample trip with all its words replaced, and a small one that is easy to sign up for; keys, dates and numbers stay."""
    sample = read_event(sample_directory(), starting=date(2027, 5, 6))
    trips = [_replaced(trip, trip.key, texts) for trip in (sample.trip, make_trip(size=3))]
    return _replaced(sample.organisation, "organisation", texts), trips


def _replaced(value: Any, place: str, texts: Texts) -> Any:
    """A value with its texts replaced, whatever it is made of."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    hints = get_type_hints(type(value))
    changes = {
        one.name: new
        for one in fields(value)
        if (old := getattr(value, one.name)) is not (new := _field(old, hints[one.name], f"{place}.{one.name}", texts))
    }
    return replace(value, **changes) if changes else value


def _field(value: Any, hint: Any, place: str, texts: Texts) -> Any:
    if hint == Text:
        return {language: texts.one(f"{place}.{language}") for language in value}
    if isinstance(value, tuple):
        inner = next(iter(get_args(hint)), None)
        return tuple(_field(one, inner, f"{place}[{number}]", texts) for number, one in enumerate(value))
    if isinstance(value, str) and type(value) is str:
        owner, name = place.rpartition(".")[0], place.rpartition(".")[2]
        is_name = name == "name" and any(kind in owner for kind in ("speakers", "contact"))
        return texts.one(place) if name in FREE or is_name else value
    return _replaced(value, place, texts)


def hostile_party(texts: Texts, people: int) -> Sequence[ParticipantRequest]:
    """People on the small trip, whose every text tries to become something else."""
    return [
        make_participant(texts.one("participant"), answers={"diet": "vegan", "arrives": texts.one("answer")})
        for _ in range(people)
    ]
