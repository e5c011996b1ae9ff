"""What comes after a confirmation, as days and sentences in the order of time; no layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tripkit.domain.sentences import Sentence, sentence
from tripkit.mailing.letter import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One thing to come. ``at``: a day, or a moment by the clock of the trip."""

    at: date | datetime
    says: Sentence


def coming(letter: Letter) -> tuple[Stop, ...]:
    """What comes; nothing unless places are confirmed here, and nothing that was over when the letter was written."""
    if letter.kind != "confirmation":
        return ()
    zone = ZoneInfo(letter.trip.time_zone)
    stops = sorted(_stops(letter, zone), key=lambda stop: _ends(stop.at, zone))
    return tuple(stop for stop in stops if _ends(stop.at, zone) >= letter.written_at)


def _stops(letter: Letter, zone: ZoneInfo) -> Iterator[Stop]:
    trip = letter.trip
    if trip.free_cancel_until is not None:
        yield Stop(at=trip.free_cancel_until, says=sentence("Last day to cancel without cost"))
    if trip.changes_until is not None:
        yield Stop(
            at=trip.changes_until.astimezone(zone),
            says=sentence("Visits can be changed and places handed over until then."),
        )
    if letter.begins is not None:
        first = sentence("The trip begins: {item}", item=letter.begins.title)
        yield Stop(at=letter.begins.local_start(), says=first)
    else:
        yield Stop(at=trip.starts_on, says=sentence("The trip begins"))


def _ends(at: date | datetime, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time.max, zone)
