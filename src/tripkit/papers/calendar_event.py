"""One programme item as a VEVENT (RFC 5545): its identity, status, times, place and words; no whole calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Event, vCalAddress, vText

from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text, in_language
from tripkit.domain.trips import Organisation, Site, Trip, TripStatus
from tripkit.i18n import list_of, say
from tripkit.papers.plain_text import one_line, plain_text

_NAMESPACE = UUID("6f1f5a0e-3b0c-5d4e-9a51-5c2f0d6b7e11")
_STATUS: Mapping[TripStatus, str] = {
    TripStatus.DRAFT: "TENTATIVE",
    TripStatus.PLANNED: "CONFIRMED",
    TripStatus.POSTPONED: "TENTATIVE",
    TripStatus.CANCELLED: "CANCELLED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the events of one calendar share. ``stamp``: aware, when the calendar was written (DTSTAMP).

    ``person``: booking code and participant when the calendar is one person's own, else empty.
    ``revision``: is added to each SEQUENCE, so that a later message always counts as later.
    """

    trip: Trip
    host: Organisation
    language: str
    stamp: datetime
    person: tuple[str, ...] = ()
    revision: int = 0

    def uid(self, *parts: str) -> str:
        """The same for the same thing for ever. A digest of keys: RFC 7986, 5.3, wants neither hosts nor people in it."""
        return str(uuid5(_NAMESPACE, "/".join((self.host.key, self.trip.key, *parts, *self.person))))

    def words(self, text: Text) -> tuple[str, str]:
        """A text in the reader's language, else the trip's first, and the language it is in."""
        return in_language(text, self.language, self.trip.languages)

    def says(self, words: Sentence) -> str:
        """A sentence of ours in the reader's language."""
        return say(words, self.language)


def item_event(sheet: Sheet, item: ProgrammeItem, *, url: str, status: str | None = None) -> Event:
    """A programme item. ``status``: CANCELLED when this reader no longer attends, None = as it stands with the trip."""
    zone = ZoneInfo(item.time_zone)
    event = _event(sheet, sheet.uid(item.key), item.title, status=status)
    event.add("dtstart", item.starts_at.astimezone(zone))
    event.add("dtend", item.ends_at.astimezone(zone))
    event.add("sequence", item.sequence + sheet.revision)
    if not sheet.person and (item.choice is not None or item.segments):
        # Whoever subscribes to the whole trip attends one of these at most: none of them makes the time busy.
        event.add("transp", "TRANSPARENT")
    site = next((site for site in sheet.trip.sites if site.key == item.site), None)
    _add_place(event, sheet, site)
    topics = [one_line(sheet.words(topic.name)[0]) for topic in sheet.trip.topics if topic.key in item.topics]
    if topics:
        event.add("categories", topics)
    _add_text(event, "description", _description(sheet, item, url), sheet.language)
    event.add("url", url)
    return event


def trip_event(sheet: Sheet, *, url: str, status: str | None = None) -> Event:
    """The trip as whole days, which nobody is busy by; DTEND is the day after the last (RFC 5545, 3.6.1)."""
    trip = sheet.trip
    event = _event(sheet, sheet.uid(), trip.title, status=status)
    event.add("dtstart", trip.starts_on)
    event.add("dtend", trip.ends_on + timedelta(days=1))
    event.add("sequence", sheet.revision)
    event.add("transp", "TRANSPARENT")
    place, language = sheet.words(trip.place)
    _add_text(event, "location", one_line(place), language)
    lead, language = sheet.words(trip.lead)
    _add_text(event, "description", "\n\n".join(filter(None, (_status_note(sheet), plain_text(lead), url))), language)
    event.add("url", url)
    return event


def _event(sheet: Sheet, uid: str, title: Text, *, status: str | None = None) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", sheet.stamp)
    event.add("status", status or _STATUS[sheet.trip.status])
    name, language = sheet.words(title)
    name = one_line(name)
    if event["status"] == "CANCELLED":
        name, language = sheet.says(sentence("Cancelled: {title}", title=name)), sheet.language
    elif event["status"] == "TENTATIVE":
        name, language = sheet.says(sentence("Postponed: {title}", title=name)), sheet.language
    _add_text(event, "summary", name, language)
    organiser = vCalAddress(f"mailto:{one_line(sheet.host.email)}")
    # A parameter value has no way to hold a straight quotation mark (RFC 5545, 3.2).
    organiser.params["CN"] = one_line(sheet.words(sheet.host.name)[0]).replace('"', "”")
    event.add("organizer", organiser)
    return event


def _add_text(event: Event, name: str, value: str, language: str) -> None:
    if value:
        event.add(name, vText(value), parameters={"LANGUAGE": language})


def _add_place(event: Event, sheet: Sheet, site: Site | None) -> None:
    if site is None:
        return
    name, language = sheet.words(site.name)
    _add_text(event, "location", ", ".join(filter(None, (one_line(name), one_line(site.address)))), language)
    if site.latitude is not None and site.longitude is not None:
        event.add("geo", (site.latitude, site.longitude))


def _description(sheet: Sheet, item: ProgrammeItem, url: str) -> str:
    trip = sheet.trip
    parts = [_status_note(sheet)]
    parts += [plain_text(sheet.words(text)[0]) for text in (item.summary, item.description)]
    speakers = [one_line(speaker.name) for speaker in trip.speakers if speaker.key in item.speakers]
    if speakers:
        parts.append(sheet.says(sentence("With {names}.", names=list_of(speakers, sheet.language))))
    choice = next((choice for choice in trip.choices if choice.key == item.choice), None)
    if choice is not None and not sheet.person:
        title = one_line(sheet.words(choice.title)[0])
        parts.append(sheet.says(sentence("One of several to choose from: {choice}.", choice=title)))
    segments = [one_line(sheet.words(segment.name)[0]) for segment in trip.segments if segment.key in item.segments]
    if segments:
        parts.append(sheet.says(sentence("Only for {segments}.", segments=list_of(segments, sheet.language))))
    site = next((site for site in trip.sites if site.key == item.site), None)
    if site is not None:
        parts.append(plain_text(sheet.words(site.access)[0]))
    parts.append(sheet.says(sentence("Part of: {trip}", trip=one_line(sheet.words(trip.title)[0]))))
    parts.append(url)
    return "\n\n".join(part for part in parts if part)


def _status_note(sheet: Sheet) -> str:
    return plain_text(sheet.words(sheet.trip.status_note)[0]) if sheet.trip.status is not TripStatus.PLANNED else ""
