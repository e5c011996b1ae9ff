"""Writes docs/event-directory/reference.md from the format itself: `python docs/event-directory/write_reference.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from tripkit.eventfile.format import scalars
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import SECTIONS, EventEntry
from tripkit.eventfile.format.story import StoryEntry
from tripkit.eventfile.format.trip import Languages
from tripkit.eventfile.yamltree import scalar_value

PAGE = Path(__file__).parent / "reference.md"
HEAD = """# Reference

Every key of an event directory. This page is made from the definitions that `tripkit event check` uses, so it is complete and right.
The [tutorial](index.md) shows how they go together, and [how to](how-to.md) what the errors mean.

An event directory holds:

| file | what is in it |
|---|---|
| `event.yaml` | the organisation, the trip, and the lists below |
| `<list>.yaml` | one list, in a file of its own instead of in `event.yaml`: {lists} |
| `texts/<name>.<language>.md` | a long text in Markdown: `purpose`, `terms`, `organisation` |
| `texts/<list>/<key>.<language>.md` | the long text of one entry of a list |
| `pictures/` | pictures in SVG, PNG or JPEG, at most 5 MB each |
| `story.yaml` | fictional bookings, for demonstrations |

In the tables, *required* keys must be there whenever the group they belong to is. Where a default is shown, it holds when the key is left out.
“Per language” is a group with a text for each language of the trip: `{{sv: Lunch, en: Lunch}}`; the first language of the trip is always needed.
"""

# What may be written, in words, with an example: the types of the format by what they are called there.
TYPES: tuple[tuple[Any, str, str], ...] = (
    (scalars.Key, "a key: letters a to z, digits, `-` between them; at most 60", "harbour-walk"),
    (scalars.Reference, "a key written elsewhere", "harbour-walk"),
    (Languages, "a list of language codes", "[sv, en]"),
    (scalars.LanguageCode, "a language code", "sv"),
    (scalars.LineText, "a line per language", "{sv: Hamnen till fots, en: The harbour on foot}"),
    (scalars.LongText, "Markdown per language", '{sv: "Vi går, och frågar.", en: "We walk, and ask."}'),
    (scalars.Line, "text on one line; at most 300", "Resedisken"),
    (scalars.Day, "a day", "2027-05-20"),
    (scalars.WallTime, "a time of day", "10:45"),
    (scalars.LocalMoment, "a day and a time", "2027-01-11 09:00"),
    (scalars.People, "a whole number, 1 to 100000", "40"),
    (scalars.Amount, "an amount, 0 to 10000000, at most two decimals", "4850.00"),
    (scalars.Percent, "a number from 0 to 100", "25"),
    (scalars.Latitude, "a number from -90 to 90", "57.707"),
    (scalars.Longitude, "a number from -180 to 180", "11.967"),
    (scalars.Email, "an e-mail address", "trips@bureau.example"),
    (scalars.Url, "a web address with `https://` or `http://`", "https://bureau.example"),
    (scalars.Colour, 'a colour, as `"#1f6f8b"` or `"rgb(31 111 139)"`, in quotes', '"#1f6f8b"'),
    (scalars.PictureName, "a file in `pictures/`", "harbour.svg"),
    (bool, "`true` or `false`", "true"),
)


# Examples where that of the type says nothing: by the path of the key, or by its name alone.
EXAMPLES = {
    "accept": "colleagues",
    "address": "Påhittade kajen 2, Hamnstad",
    "questions.when.answers": "[train, car]",
    "between": "[town-hall, harbour]",
    "cancel": "colleagues",
    "choice": "thursday-morning",
    "decline": "colleagues",
    "items": "[harbour-walk]",
    "label": "colleagues",
    "language": "sv",
    "minutes": "15",
    "organisation": "Påhittade kommunen",
    "participants": "[Ali Rask]",
    "partner": "harbour-office",
    "partners": "[harbour-office]",
    "picture_text": "{sv: En kaj och tre kranar, en: A quay and three cranes}",
    "question": "arrives-by",
    "reason": "Ill",
    "segment": "municipalities",
    "segments": "[municipalities]",
    "site": "town-hall",
    "speakers": "[ada-berg]",
    "time_zone": "Europe/Helsinki",
    "topics": "[ports]",
    "bookings.contact.email": "maja@example.com",
    "bookings.contact.name": "Maja Ekström",
    "bookings.contact.phone": "000-00 00 00",
    "bookings.invoice.reference": "Ref 123",
    "bookings.participants.email": "ali@example.com",
    "bookings.participants.name": "Ali Rask",
    "choices.title": "{sv: Besök på torsdag, en: Visit on Thursday}",
    "organisation.name": "{sv: Resebyrån, en: The travel bureau}",
    "partners.key": "harbour-office",
    "partners.name": "{sv: Hamnkontoret, en: The harbour office}",
    "practical.key": "getting-there",
    "practical.title": "{sv: Hitta hit, en: Getting there}",
    "questions.at_least": "0",
    "questions.at_most": "500",
    "questions.kept_days": "14",
    "questions.key": "arrives-by",
    "questions.name": "{sv: Hur kommer du?, en: How do you get there?}",
    "questions.options.key": "train",
    "questions.options.name": "{sv: Med tåg, en: By train}",
    "reminders.subject": "{sv: Snart åker vi, en: We leave soon}",
    "reminders.text": '{sv: "Hej {name}! Vi ses i hamnen.", en: "Hello {name}! See you at the harbour."}',
    "reminders.when.after": "trip_ends",
    "reminders.visits": "[harbour-walk]",
    "segments.name": "{sv: Kommuner, en: Municipalities}",
    "sites.access": "{sv: Ramp vid entrén., en: Ramp at the entrance.}",
    "sites.host_contact.name": "Maja Ekström",
    "sites.key": "town-hall",
    "sites.name": "{sv: Stadshuset, en: The town hall}",
    "speakers.key": "ada-berg",
    "speakers.name": "Ada Berg",
    "speakers.title": "{sv: Hamnchef, en: Head of the harbour}",
    "topics.key": "ports",
    "topics.name": "{sv: Hamnar, en: Ports}",
    "trip.day_notes.text": "{sv: Resdag, en: Travelling}",
    "trip.figures.label": "{sv: hamnar, en: ports}",
    "trip.included": "[{sv: Lunch, en: Lunch}]",
    "trip.not_included": "[{sv: Hotell, en: Hotel}]",
    "trip.place": "{sv: Hamnstad, en: Hamnstad}",
    "trip.success_factors": "[{sv: Fråga dem som bor där, en: Ask those who live there}]",
}
_NOTHING: tuple[Any, ...] = (None, {}, [], "")
"""Defaults that mean that nothing is written."""


def hints(model: type[Entry]) -> dict[str, Any]:
    """The keys of a group with their types, None taken out: leaving a line out is how nothing is written."""
    found = get_type_hints(model, include_extras=True)
    return {name: _without_none(found[name]) for name in model.model_fields}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in {Union, UnionType}:
        inner = [one for one in get_args(hint) if one is not type(None)]
        return inner[0] if len(inner) == 1 else hint
    return hint


def group_in(hint: Any) -> type[Entry] | None:
    """The group a key holds, or holds a list of."""
    if isinstance(hint, type) and issubclass(hint, Entry):
        return hint
    return next((found for inner in get_args(hint) if (found := group_in(inner))), None)


def allowed(hint: Any) -> tuple[str, str]:
    """(what may be written, an example): both in words of this page. Raises: LookupError for a type without words."""
    for known, words, example in TYPES:
        if hint == known:
            return words, example
    inner = get_args(hint)
    bare = inner[0] if get_origin(hint) is Annotated else hint
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return "one of " + ", ".join(f"`{member.value}`" for member in bare), next(iter(bare)).value
    if get_origin(bare) is list:
        least, most = _bounds(hint, MinLen, "min_length"), _bounds(hint, MaxLen, "max_length")
        words, example = allowed(get_args(bare)[0])
        counted = f"{least} of them: " if least and least == most else f"at least {least}: " if least else ""
        return f"a list, {counted}{words}", f"[{example}, …]" if least and least > 1 else f"[{example}]"
    if bare is int:
        least, most = _bounds(hint, Ge, "ge"), _bounds(hint, Le, "le")
        if least is None or most is None:
            return "a whole number" + ("" if least is None else f", at least {least}"), str(least or 1)
        return f"a whole number, {least} to {most}", str(least or 1)
    if bare is str:
        most = _bounds(hint, MaxLen, "max_length")
        return f"text; at most {most}", "SEK" if most == 3 else "Påhittade gatan 1"
    if get_origin(bare) is dict:
        return "a group: the key of a question, then its answer", "{food: Nuts}"
    raise LookupError(hint)


def _bounds(hint: Any, kind: type, name: str) -> Any:
    for one in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
        for inner in one.metadata if isinstance(one, FieldInfo) else [one]:
            if isinstance(inner, kind):
                return getattr(inner, name)
    return None


def rows(model: type[Entry], path: str) -> Iterator[tuple[str, str, str, str, str]]:
    """(key, what it is, allowed, default, example) of every key of a group."""
    for name, hint in hints(model).items():
        field = model.model_fields[name]
        key, group = field.alias or name, group_in(hint)
        if group is None:
            words, example = allowed(hint)
            if field.examples or not (field.is_required() or field.default in _NOTHING):
                example = written(field.examples[0] if field.examples else field.default)
            else:
                example = EXAMPLES.get(f"{path}.{key}", EXAMPLES.get(key, example))
        else:
            listed = get_origin(get_args(hint)[0] if get_origin(hint) is Annotated else hint) is list
            place = f"{path}.{key}" if path else key
            words, example = f"[{'a list of groups' if listed else 'a group'}](#{anchor(place)})", ""
        yield (
            f"`{key}`",
            _in_markdown(field.description or ""),
            words,
            _default(field),
            f"`{example}`" if example else "",
        )


def _in_markdown(text: str) -> str:
    """A description with its paths as code: ``<language>`` would be taken for HTML."""
    return re.sub(r"(\S*<\w+>\S*?)(?=[.;,:]?(?:\s|$))", r"`\1`", text)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return "" if field.default in _NOTHING else f"`{written(field.default)}`"


def written(value: Any) -> str:
    """A value as it is written in the file, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, float):
        return f"{value:.2f}" if value == round(value, 2) else str(value)
    if isinstance(value, str) and not isinstance(value, StrEnum):
        plain = scalar_value(value) == value and re.fullmatch(r"[^\s#\"'{}\[\]&*!|>%@`,-][^,]*", value) is not None
        return value if plain and ": " not in value else f'"{value}"'
    return str(value.isoformat() if isinstance(value, date | datetime | time) else value)


def groups(model: type[Entry], path: str) -> Iterator[tuple[str, type[Entry]]]:
    """Every group below a group, as (its path, the group), the outer one first."""
    for name, hint in hints(model).items():
        inner = group_in(hint)
        if inner is not None:
            place = f"{path}.{model.model_fields[name].alias or name}" if path else name
            yield place, inner
            yield from groups(inner, place)


def anchor(path: str) -> str:
    """The address of a group's heading within the page, as the documentation makes it from its title."""
    return re.sub(r"[^a-z0-9_-]", "", path.lower())


def table(model: type[Entry], path: str) -> str:
    """One group: what it is, and its keys."""
    lines = [
        f"{_in_markdown((model.__doc__ or '').strip())}\n",
        "| key | what | allowed | default | example |",
        "|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows(model, path)]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD.format(lists=", ".join(f"`{name}`" for name in SECTIONS))]
    for path, model in groups(EventEntry, ""):
        level = "##" if "." not in path else "###"
        about = EventEntry.model_fields[path].description if path in SECTIONS else None
        parts.append(
            f"\n{level} {path}\n\n" + (f"{_in_markdown(about)}\n\nOne of them: " if about else "") + table(model, path)
        )
    parts.append("\n## story.yaml\n\n" + table(StoryEntry, ""))
    parts += [f"\n### {path}\n\n{table(model, path)}" for path, model in groups(StoryEntry, "")]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
