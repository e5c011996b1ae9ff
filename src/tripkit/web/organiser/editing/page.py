"""What every page of a trip's editing shares: the trip as it is written, its forms, and what is wrong in them; no view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import abort, request
from werkzeug import Response

from tripkit.domain.refusals import EditedMeanwhile, Problem
from tripkit.domain.rights import TRIP, Level
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import TripStatus
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.errors import EventErrors, FileError
from tripkit.eventfile.plan_words import LIST, THING
from tripkit.i18n import say, text
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser.editing.fields import Field, Kind
from tripkit.web.organiser.editing.forms import Filled, Reading, named, shown
from tripkit.web.organiser.editing.parts import PARTS, TRAVEL, Part
from tripkit.web.organiser.editing.sections import SECTIONS, SECTIONS_BY_KEY
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need

CHANGE = Need(TRIP, Level.CHANGE)
_DONE = {
    "saved": sentence("It is saved."),
    "same": sentence("It was so already."),
    "removed": sentence("It is taken away."),
    "made": sentence("The trip is made. Go through its parts in any order."),
    "published": sentence("It is published. Everybody sees it now."),
    "opened": sentence("Everybody sees it now. Send people its address."),
    "back": sentence("It is written as it was. Look at what that changes, and publish it."),
}
SPARE_ROWS = 2
"""Empty rows below those that are filled in."""


def found_trip() -> TripDocument:
    """The trip that is here, as it is being edited."""
    return trip_document(session(), here().trip_id or abort(404)) or abort(404)


def base_sent() -> int:
    """The version that the form which was sent was made from."""
    number = whole(request.form.get("made_from", ""))
    return abort(400) if number is None else number


def filled_sent() -> Filled:
    """What the form that was sent holds."""
    return request.form.to_dict(flat=False)


def read_sent(languages: Sequence[str]) -> Reading:
    """The same, to be read."""
    return Reading(filled_sent(), languages, [])


def show_editing(template: str, found: TripDocument, **values: Any) -> Response:
    """A page of the editing."""
    return show(
        template,
        trip=found.document["trip"],
        found=found,
        parts=PARTS,
        sections=SECTIONS,
        spoken=languages_of(found),
        said=_DONE.get(request.args.get("done", "")),
        **values,
    )


def show_form(
    template: str,
    found: TripDocument,
    fields: Sequence[Field],
    thing: Written,
    *,
    typed: Filled | None = None,
    base: int | None = None,
    **values: Any,
) -> Response:
    """A form. ``typed``: what was sent, to be shown again; ``base``: the version it is about, None = the newest."""
    languages = languages_of(found)
    return show_editing(
        template,
        found,
        fields=fields,
        filled=shown(fields, thing, languages) if typed is None else typed,
        made_from=found.version if base is None else base,
        choices=choices_in(found.document),
        spare_rows=SPARE_ROWS,
        **values,
    )


def parts_of(found: TripDocument) -> tuple[Part, ...]:
    """The pages there are for the trip itself: a draft takes place for nobody yet, so it is not called off."""
    parts = (*PARTS, TRAVEL)
    return tuple(one for one in parts if one.key != "status" or found.trip.status is not TripStatus.DRAFT)


def languages_of(found: TripDocument) -> tuple[str, ...]:
    """The languages of the trip as it is being edited, the first one first."""
    return tuple(found.document["trip"]["languages"])


def choices_in(document: Written) -> dict[str, list[tuple[str, Any]]]:
    """By list, its things to choose from as (key, name); a name is a text, or a word."""
    return {
        section.key: [(one["key"], one.get(section.name, one["key"])) for one in document.get(section.key, ())]
        for section in SECTIONS
    }


def with_thing(document: Written, section: str, key: str, thing: Written | None) -> Written:
    """A copy of a document with this thing in a list, in its place or at the end; None takes it away."""
    things = list(document.get(section, ()))
    at = next((index for index, one in enumerate(things) if one["key"] == key), len(things))
    things[at : at + 1] = [] if thing is None else [thing]
    rest = {part: value for part, value in document.items() if part != section}
    return {**rest, section: things} if things else rest


def problems_of(errors: EventErrors, found: TripDocument, place: str, fields: Sequence[Field]) -> list[Problem]:
    """What is wrong, each at its field; what is wrong elsewhere is said of its thing. ``place``: of the form, as ``programme/3``."""
    return [_problem(error, found, place, fields) for error in errors.errors]


def _problem(error: FileError, found: TripDocument, place: str, fields: Sequence[Field]) -> Problem:
    said = _plainly(error)
    if error.file == place or error.file.startswith(place + "/"):
        inside = error.file.removeprefix(place).strip("/").replace("/", ".")
        return Problem(_field_at(inside, fields, languages_of(found)), said)
    thing = _thing(error.file, found.document)
    return Problem("", said if thing is None else _literally(f"{_said(thing)}: {_said(said)}"))


def _field_at(path: str, fields: Iterable[Field], languages: Sequence[str]) -> str:
    """The id of the field that stands for a path, the empty string when none does."""
    for one in fields:
        if one.kind is Kind.ROWS and path.startswith(one.path + "."):
            _, index, *rest = path.removeprefix(one.path).split(".")
            inner = _field_at(".".join(rest), one.of, languages)
            return f"{named(one.path)}-{index}-{inner}"
        if path == one.path or path.startswith(one.path + ".") or (one.path and one.path.startswith(path + ".")):
            texts = one.kind in {Kind.LINE, Kind.PROSE}
            return named(f"{one.path}.{languages[0]}".lstrip(".") if texts and path == one.path else path)
    return ""


def _thing(path: str, document: Written) -> Sentence | None:
    """What is at a path: a thing of a list, by its name."""
    section, _, rest = path.partition("/")
    if section not in SECTIONS_BY_KEY:
        return LIST.get(section)
    index, _, _ = rest.partition("/")
    things = document.get(section, ())
    if not index.isdecimal() or int(index) >= len(things):
        return LIST[section]
    thing = things[int(index)]
    return Sentence(THING[section].text, {"name": thing.get(SECTIONS_BY_KEY[section].name, thing["key"])})


def _plainly(error: FileError) -> Sentence:
    """What is wrong and what to do, as sentences of their own."""
    parts = [_said(error.sentence), *([_said(error.hint)] if error.hint else [])]
    return _literally(" ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in parts))


def _said(what: Sentence) -> str:
    return say(what, page_language())


def _literally(words: str) -> Sentence:
    """Words that are said already."""
    return Sentence("{said}", {"said": words})


def clashes_of(clash: EditedMeanwhile, newest: TripDocument, place: str, fields: Sequence[Field]) -> list[Problem]:
    """What somebody else wrote in the same fields, so that whoever typed can decide."""
    problems = [Problem("", clash.sentence)]
    for path in clash.paths:
        written = "/".join(map(str, path))
        value = _value_at(newest.document, path)
        shown_value = text(value, page_language()) if isinstance(value, Mapping) and _is_text(value) else value
        theirs = sentence(
            "Now it says “{theirs}”. Save once more to write yours.",
            theirs="–" if shown_value is None else str(shown_value),
        )
        inside = written.removeprefix(place).strip("/").replace("/", ".") if written.startswith(place) else ""
        problems.append(Problem(_field_at(inside, fields, languages_of(newest)) if inside else "", theirs))
    return problems


def _is_text(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(isinstance(one, str) for one in value.values())


def _value_at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def place_of(document: Written, section: str, key: str) -> str:
    """The path of a thing of a list; of a new one, where it will be."""
    things = document.get(section, ())
    index = next((number for number, one in enumerate(things) if one["key"] == key), len(things))
    return f"{section}/{index}"


def used_by(document: Written, section: str, key: str) -> Iterator[tuple[str, Written]]:
    """(list, thing) of everything that names this thing."""
    for other in SECTIONS:
        names = [one.path for one in other.fields if one.section == section]
        for thing in document.get(other.key, ()):
            values = [_value_at(thing, name.split(".")) for name in names]
            if any(value == key or (isinstance(value, list) and key in value) for value in values):
                yield other.key, thing
