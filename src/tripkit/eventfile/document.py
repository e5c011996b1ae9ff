"""A trip as it is edited: what event.yaml says of it as groups and lists, kept as JSON; checked as a directory is; no files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile.as_written import Written, event_as_written, organisation_as_written
from tripkit.eventfile.checks.everything import check_everything
from tripkit.eventfile.checks.languages import texts
from tripkit.eventfile.errors import EventErrors, FileError, Findings, Position, in_order
from tripkit.eventfile.pictures import check_pictures, shown_in
from tripkit.eventfile.validation import validate_event
from tripkit.eventfile.values import draft
from tripkit.eventfile.wallclock import WallClock
from tripkit.eventfile.yamltree import Mapping, Node, Path, Scalar, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a document says. ``pictures``: the names of those it shows. ``warnings``: their ``file`` is a path in the document."""

    trip: Trip
    pictures: frozenset[str]
    warnings: tuple[FileError, ...]


def document_of(organisation: Organisation, trip: Trip) -> Written:
    """The document that says what this trip is; without its organisation, which is edited elsewhere."""
    written = event_as_written(organisation, trip)
    return from_json(to_json({part: value for part, value in written.items() if part != "organisation"}))


def to_json(document: Written) -> str:
    """As it is kept."""
    return json.dumps(document, ensure_ascii=False, default=_plain)


def from_json(text: str) -> Written:
    """What was kept; amounts are exact."""
    found: Written = json.loads(text, parse_float=Decimal)
    return found


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value))


def read_document(
    document: Written,
    organisation: Organisation,
    pictures: Iterable[str],
    *,
    starting: date | None = None,
    key: str | None = None,
) -> Read:
    """Check a document as an event directory is checked. ``pictures``: the names of those that are there.

    ``starting``: the trip's first day instead of the one written; every other day moves with it. ``key``: the trip's
    place in the address instead of the one written.

    Raises: EventErrors; the ``file`` of each error is its path in the document, as ``programme/3/title/sv``.
    """
    findings = Findings()
    host = replace(organisation, look=replace(organisation.look, logo=None))
    root = _tree({"organisation": organisation_as_written(host), **document})
    valid = validate_event(root, findings)
    moved = None if starting is None or "trip.days" in valid.broken else starting - valid.entry.trip.days.first
    zone = valid.entry.trip.where("time_zone")
    clock = WallClock(valid.entry.trip.time_zone, zone, findings, **({} if moved is None else {"moved": moved}))
    broken = valid.broken | ({"trip.time_zone"} if clock.is_guess else set())
    made = draft(valid.entry, broken, clock, key=key, opens=None)
    check_everything(made, root, frozenset(), findings)
    words = [text for _, _, by_language, _ in texts(valid.entry) for text in by_language.values()]
    there = frozenset(pictures)
    check_pictures(valid.entry, there, words, findings)
    errors, warnings = (_of_the_trip(found) for found in (findings.errors, findings.warnings))
    if errors:
        raise EventErrors(errors, warnings)
    return Read(trip=made.trip, pictures=shown_in(valid.entry, there, words), warnings=in_order(warnings))


def _of_the_trip(found: Iterable[FileError]) -> list[FileError]:
    """What is wrong with the organisation is put right elsewhere, and pictures nobody shows are no fault."""
    return [one for one in found if one.file.partition("/")[0] not in {"organisation", "pictures"}]


def _tree(document: Written) -> Mapping:
    root = _node(document, ())
    if not isinstance(root, Mapping):
        raise TypeError(type(document))
    return root


def _node(value: Any, path: Path) -> Node:
    at = Position("/".join(map(str, path)))
    if isinstance(value, dict):
        nodes = {key: _node(inner, (*path, key)) for key, inner in value.items()}
        return Mapping(at, nodes, {key: node.at for key, node in nodes.items()})
    if isinstance(value, list):
        return Sequence(at, [_node(inner, (*path, index)) for index, inner in enumerate(value)])
    if isinstance(value, float):
        value = Decimal(str(value))
    if isinstance(value, date):
        value = value.isoformat()
    return Scalar(at, value, str(value))
