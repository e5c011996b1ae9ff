"""The small trip that `tripkit event new` writes: whole, right, and commented in the organiser's language."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import date, timedelta
from string import Template

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.format.nearly_right import as_key
from tripkit.eventfile.schema import SCHEMA_LINE, schema_files

_AHEAD = timedelta(days=120)
_THURSDAY = 3
_EVENT: tuple[str | Sentence, ...] = (
    sentence(
        "A trip, whole and right: change it line by line into yours, and run “tripkit event check” now and then."
        " Lines that begin with # are for you; nobody else sees them."
    ),
    sentence("A text with a comma, a colon or a quote in it stands in quotes."),
    "",
    "organisation:",
    sentence("Who hosts the trip. Keys are parts of addresses: small letters a to z, digits and - between them."),
    """\
  key: my-organisation
  name: {sv: Min organisation, en: My organisation}
  languages: [sv, en]""",
    sentence("Messages to people who sign up come from here, and their answers go here."),
    """\
  email: trips@my-organisation.example

trip:
  key: $key
  title: {sv: Vår första studieresa, en: Our first study trip}
  lead:
    sv: "En dag hos dem som redan har gjort det, med tid att fråga."
    en: "A day with those who have done it already, with time to ask."
  place: {sv: Hamnstad, en: Hamnstad}
  days: {from: $day, to: $day}
  time_zone: Europe/Stockholm""",
    sentence("The first language is the one every text is written in; the others may be missing here and there."),
    """\
  languages: [sv, en]""",
    sentence("How many people can come. Whoever signs up after that waits in a queue."),
    """\
  size: 30""",
    sentence("Sign-up is open at once. To open it later, write “opens:” above “closes:”, with a day and a time."),
    """\
  sign_up:
    closes: $closes 17:00
    free_cancel_until: $cancel
  contact: {name: Resedisken, email: desk@my-organisation.example}""",
    sentence("What one person pays without tax, and the tax in percent."),
    """\
  price: {net: 1200.00, currency: SEK, vat: 25}
  included:
    - {sv: "Besök, lunch och kaffe", en: "Visits, lunch and coffee"}""",
    sentence(
        "The terms themselves are in texts/terms.sv.md and texts/terms.en.md. Give a new text a new version; those who"
        " have signed up keep theirs."
    ),
    """\
  terms: {version: "1"}
""",
    sentence("The groups of people the trip is for. Everyone who signs up says which one they belong to."),
    """\
segments:
  - key: municipalities
    name: {sv: Kommuner, en: Municipalities}""",
    sentence("Five of the places are kept for this group until a moment; what is left then is open to all."),
    """\
    guaranteed: {places: 5, until: $released 00:00}
  - key: others
    name: {sv: Andra, en: Others}
""",
    sentence("Places that are visited. “largest_group” is how many people fit at a time."),
    """\
sites:
  - key: town-hall
    name: {sv: Stadshuset, en: The town hall}
    address: Påhittade torget 1, Hamnstad
    access: {sv: Ramp vid entrén. Hörslinga., en: Ramp at the entrance. Hearing loop.}
  - key: harbour
    name: {sv: Hamnen, en: The harbour}
    address: Påhittade kajen 2, Hamnstad
    largest_group: 15
  - key: library
    name: {sv: Biblioteket, en: The library}
    address: Påhittade gatan 3, Hamnstad

travel:
  - {between: [town-hall, harbour], minutes: 15}
  - {between: [town-hall, library], minutes: 5}
""",
    sentence("Where people choose one of several items; the items say “choice:” and its key."),
    """\
choices:
  - key: visit
    title: {sv: Studiebesök före lunch, en: Site visit before lunch}
""",
    sentence(
        "What happens when, by the clock on the wall there. Kinds: site_visit, lecture, panel, workshop, transfer, meal,"
        " lodging, break, social."
    ),
    """\
programme:
  - key: welcome
    kind: lecture
    title: {sv: Välkommen, en: Welcome}
    day: $day
    from: 09:00
    to: 10:00
    site: town-hall
  - key: harbour-walk
    kind: site_visit
    title: {sv: Hamnen till fots, en: The harbour on foot}
    day: $day
    from: 10:30
    to: 12:00
    site: harbour
    choice: visit
    size: 15
  - key: library-visit
    kind: site_visit
    title: {sv: Biblioteket bakom kulisserna, en: The library behind the scenes}
    day: $day
    from: 10:30
    to: 12:00
    site: library
    choice: visit
  - key: lunch
    kind: meal
    title: {sv: Lunch, en: Lunch}
    day: $day
    from: 12:30
    to: 13:30
    site: town-hall
""",
    sentence("What each person is asked. Answers to sensitive questions are never shown back on a page or in a mail."),
    """\
questions:
  - key: food
    kind: text
    name: {sv: Är det något du inte äter?, en: Is there anything you do not eat?}
    sensitive: true
""",
)
_TEXTS = {
    "texts/purpose.sv.md": "Se hur andra gör, och fråga dem som gjorde det.\n",
    "texts/purpose.en.md": "See how others do it, and ask those who did.\n",
    "texts/terms.sv.md": "Anmälan är bindande. Du kan avboka utan kostnad till och med den dag som står vid anmälan.\n",
    "texts/terms.en.md": "Signing up is binding. You may cancel at no cost up to the day named in the sign-up.\n",
}


def starter_files(name: str, today: date, say: Callable[[Sentence], str]) -> dict[str, bytes]:
    """The files by name. ``name``: becomes the trip's key as far as it can; the trip is some four months ahead."""
    day = today + _AHEAD
    day += timedelta(days=(_THURSDAY - day.weekday()) % 7)
    values = {
        "key": as_key(name) or "my-trip",
        "day": day.isoformat(),
        "closes": (day - timedelta(days=14)).isoformat(),
        "cancel": (day - timedelta(days=21)).isoformat(),
        "released": (day - timedelta(days=42)).isoformat(),
    }
    lines = [SCHEMA_LINE]
    for index, part in enumerate(_EVENT):
        if isinstance(part, str):
            lines.append(Template(part).substitute(values))
        else:
            lines += textwrap.wrap(say(part), 100, initial_indent=_indent(index), subsequent_indent=_indent(index))
    return {
        "event.yaml": ("\n".join(lines)).encode(),
        **{file: text.encode() for file, text in _TEXTS.items()},
        **schema_files(),
    }


def _indent(index: int) -> str:
    """A comment stands in the column of what follows it."""
    after = next((part for part in _EVENT[index + 1 :] if isinstance(part, str)), "")
    return " " * (len(after) - len(after.lstrip(" "))) + "# "
