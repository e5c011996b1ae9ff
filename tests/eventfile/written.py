"""A small event directory with something in every list, and what reading it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripkit.eventfile import Event, EventErrors, read_event

EVENT = """\
organisation:
  key: resebyran
  name: {sv: Resebyrån, en: The bureau}
  languages: [sv, en]
  email: hej@tripkit.example
trip:
  key: hamnstad
  title: {sv: Resa till Hamnstad, en: Trip to Hamnstad}
  lead: {sv: Två dagar., en: Two days.}
  place: {sv: Hamnstad, en: Hamnstad}
  days: {from: 2027-05-05, to: 2027-05-06}
  time_zone: Europe/Stockholm
  languages: [sv, en]
  size: 20
  sign_up:
    opens: 2027-02-01 09:00
    closes: 2027-04-20 17:00
    free_cancel_until: 2027-04-01
  contact: {name: Disken}
  price: {net: 4850.00, currency: SEK, vat: 25}
  terms:
    version: "1"
    text: {sv: Villkor., en: Terms.}
segments:
  - {key: city, name: {sv: Staden, en: The city}}
  - key: police
    name: {sv: Polisen, en: The police}
    guaranteed: {places: 4, until: 2027-03-01 00:00}
topics:
  - {key: ports, name: {sv: Hamnar, en: Ports}}
partners:
  - {key: harbour, name: {sv: Hamnen, en: The harbour}}
sites:
  - {key: port, name: {sv: Porten, en: The port}, address: Kajen 1, partner: harbour, largest_group: 12}
  - {key: mill, name: {sv: Kvarnen, en: The mill}, address: Kvarngatan 2}
travel:
  - {between: [port, mill], minutes: 20}
speakers:
  - {key: ada, name: Ada Berg, partner: harbour}
choices:
  - {key: morning, title: {sv: Förmiddag, en: Morning}}
programme:
  - key: lecture
    kind: lecture
    title: {sv: Föreläsning, en: Lecture}
    day: 2027-05-05
    from: 08:00
    to: 09:00
    topics: [ports]
    speakers: [ada]
  - key: at-the-port
    kind: site_visit
    title: {sv: Hamnen, en: The port}
    day: 2027-05-05
    from: 10:00
    to: 11:00
    site: port
    choice: morning
    size: 12
  - key: at-the-mill
    kind: site_visit
    title: {sv: Kvarnen, en: The mill}
    day: 2027-05-05
    from: 10:00
    to: 11:00
    site: mill
    choice: morning
questions:
  - key: diet
    kind: one_of
    name: {sv: Kost, en: Diet}
    options:
      - {key: any, name: {sv: Allt, en: Anything}}
      - {key: vegan, name: {sv: Vegan, en: Vegan}}
  - key: allergies
    kind: text
    name: {sv: Allergier, en: Allergies}
    when: {question: diet, answers: [vegan]}
practical:
  - {key: shoes, title: {sv: Skor, en: Shoes}, text: {sv: Ta med skor., en: Bring shoes.}}
reminders:
  - key: soon
    when: {days: 3, before: trip_starts, at: 09:00}
    subject: {sv: Snart åker vi, en: We leave soon}
    text: {sv: "Hej {name}!", en: "Hello {name}!"}
"""
STORY = """\
bookings:
  - label: town
    at: 2027-02-01 09:10
    contact: {name: Bo Ek, email: bo@tripkit.example}
    organisation: Staden
    language: sv
    participants:
      - {name: Bo Ek, segment: city, items: [at-the-port], answers: {diet: vegan, allergies: "0123"}}
then:
  - {at: 2027-03-01 12:00, cancel: town, reason: Sjuk}
expect: {taken: 0, waiting: 0}
"""
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>\n'


def put(directory: Path, event: str | bytes = EVENT, **files: str | bytes) -> Path:
    """Write an event directory; files by their name, with ``__`` for ``/`` and ``_dot_`` for ``.`` in it."""
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in files.items()}
    for name, content in {"event.yaml": event, **named}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return directory


def changed(*pairs: str, text: str = EVENT) -> str:
    """The event with pieces of its text replaced: old, new, old, new, …; each old one must be there exactly once."""
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def errors(directory: Path) -> list[str]:
    """Every error that reading says, in its order; the directory must not be fine."""
    with pytest.raises(EventErrors) as raised:
        read_event(directory)
    return [str(error) for error in raised.value.errors]


def errors_of(directory: Path, *pairs: str, **files: str | bytes) -> list[str]:
    """Every error of the changed event."""
    return errors(put(directory, changed(*pairs), **files))


def read(directory: Path, *pairs: str, **files: str | bytes) -> Event:
    """The changed event, which must be fine."""
    return read_event(put(directory, changed(*pairs), **files))


def warnings_of(directory: Path, *pairs: str, **files: str | bytes) -> list[str]:
    """Every warning of the changed event, which has no errors."""
    return [str(warning) for warning in read(directory, *pairs, **files).warnings]
