"""All that can be written of a trip, on one page: how far each part is, and what is missing; nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask.typing import ResponseReturnValue

from tripkit.domain.prices import Money
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import read_document
from tripkit.eventfile.errors import EventErrors, FileError
from tripkit.reads.trip_document import TripDocument
from tripkit.web.frame import page_language
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.editing.fields import Kind
from tripkit.web.organiser.editing.forms import value_at
from tripkit.web.organiser.editing.page import CHANGE, found_trip, parts_of, problems_of, show_editing
from tripkit.web.organiser.editing.parts import PARTS, TRAVEL, Part
from tripkit.web.organiser.editing.sections import SECTIONS
from tripkit.web.routing import Policy, route


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A part of the trip on the way to a whole one. ``things``: how many are in a list, None = it is none; ``untranslated``: texts."""

    key: str
    title: Sentence
    is_list: bool
    things: int | None
    is_there: bool
    untranslated: int
    says: Any = None
    """What its first field says, to be known by; a text, a sentence, or None."""


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/edit/", policy=Policy.MEMBER, needs=CHANGE)
def edit(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """Every part, and how far it is."""
    page_language()
    found = found_trip()
    problems: list[Problem] = []
    warnings: Iterable[FileError] = ()
    try:
        warnings = read_document(found.document, found.organisation, found.pictures).warnings
    except EventErrors as errors:
        problems = problems_of(errors, found, "-", ())
    return show_editing(
        "organiser/editing/overview.html",
        found,
        stops=[*_parts(found, warnings), *_lists(found.document, warnings)],
        problems=problems,
        status=200,
    )


def _parts(found: TripDocument, warnings: Iterable[FileError]) -> Iterator[Stop]:
    document = found.document
    missing = Counter(_part_at(warning.file) for warning in warnings if is_untranslated(warning))
    for part in parts_of(found):
        group = document if part is TRAVEL else document["trip"]
        there = any(one.path.partition(".")[0] in group for one in part.fields)
        yield Stop(
            key=part.key,
            title=part.title,
            is_list=False,
            things=len(document.get("travel", ())) if part is TRAVEL else None,
            is_there=there,
            untranslated=missing[part.key],
            says=None if part is TRAVEL else _says(part, group),
        )


def _lists(document: Written, warnings: Iterable[FileError]) -> Iterator[Stop]:
    missing = Counter(warning.file.partition("/")[0] for warning in warnings if is_untranslated(warning))
    for section in SECTIONS:
        things = document.get(section.key, ())
        yield Stop(
            key=section.key,
            title=section.title,
            is_list=True,
            things=len(things),
            is_there=bool(things),
            untranslated=missing[section.key],
        )


def _says(part: Part, group: Written) -> Any:
    """What its first field that says something does, as its reader writes it: a text in languages, or a sentence."""
    for one in part.fields:
        value = value_at(group, one.path)
        if value is None or isinstance(value, list):
            continue
        match one.kind:
            case Kind.AMOUNT:
                currency = str(value_at(group, "price.currency") or "")
                return Sentence("{price}", {"price": Money(int(Decimal(str(value)) * 100), currency)})
            case Kind.MOMENT:
                return _labelled(one.label, datetime.fromisoformat(str(value)))
            case Kind.WORD | Kind.NUMBER:
                return _labelled(one.label, value)
            case Kind.ONE_OF:
                return one.choices[value]
        return value if isinstance(value, dict) else Sentence("{said}", {"said": value})
    return None


def _labelled(label: Sentence, value: object) -> Sentence:
    return Sentence("{label}: {value}", {"label": label, "value": value})


def is_untranslated(warning: FileError) -> bool:
    """Whether a warning is about a text that is missing in a language."""
    return "translation" in warning.sentence.text


def _part_at(path: str) -> str:
    """The part that holds a path of the trip itself; empty for others."""
    above, _, inside = path.partition("/")
    name = inside.partition("/")[0]
    return next((part.key for part in PARTS if above == "trip" and _holds(part, name)), "")


def _holds(part: Part, name: str) -> bool:
    return any(one.path.partition(".")[0] == name for one in part.fields)
