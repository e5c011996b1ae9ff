"""Reading an event directory: files to values, or every error there is; nothing is written or applied."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Logo, Organisation
from tripkit.eventfile.checks.everything import check_everything
from tripkit.eventfile.checks.languages import texts
from tripkit.eventfile.directory import EventDirectory
from tripkit.eventfile.errors import EventErrors, Findings, Position, in_order
from tripkit.eventfile.event import Event
from tripkit.eventfile.format.scalars import FIRST_YEAR, LAST_YEAR
from tripkit.eventfile.pictures import check_pictures, of_the_trip, read_logo, read_pictures
from tripkit.eventfile.sources import STORY, Sources, read_sources
from tripkit.eventfile.story import Story
from tripkit.eventfile.story_reading import read_story
from tripkit.eventfile.validation import Validated, validate_event, validate_story
from tripkit.eventfile.values import Draft, draft
from tripkit.eventfile.wallclock import WallClock
from tripkit.eventfile.yamltree import Mapping

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_event(
    directory: Path, *, starting: date | None = None, key: str | None = None, opens: datetime | None = None
) -> Event:
    """Read and check an event directory.

    ``starting``: the trip's first day instead of the one written; every other day, of sign-up, guarantees and the
    story too, moves with it, and times by the clock stay. ``key``: the trip's place in the address instead of the one
    written. ``opens`` (aware): when sign-up opens instead; the story then moves as the opening does.

    Raises: EventErrors with every error of every file; ValueError for a key that is none, a moment without a zone, or
    one before 1970 or after 2199.
    """
    if key is not None and (not KEY.fullmatch(key) or len(key) > 60):
        raise ValueError(f"not a key: {key!r}")
    if opens is not None and opens.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if any(moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR for moment in (starting, opens)):
        raise ValueError(f"a day or moment that is not between {FIRST_YEAR} and {LAST_YEAR}")
    findings = Findings()
    if not directory.is_dir():
        findings.error(Position(str(directory)), sentence("there is no such directory"))
        findings.stop_if_wrong()
    files = EventDirectory(directory, findings)
    sources = read_sources(files, findings)
    pictures, picture_names = read_pictures(files, findings)
    if sources.root is None:
        raise EventErrors(findings.errors, findings.warnings, complete=False)
    valid = validate_event(sources.root, findings)
    moved = _days_moved(valid, starting)
    clock = WallClock(valid.entry.trip.time_zone, valid.entry.trip.where("time_zone"), findings, moved=moved)
    broken = valid.broken | sources.unread | ({"trip.time_zone"} if clock.is_guess else set())
    made = draft(valid.entry, broken, clock, key=key, opens=opens)
    check_pictures(valid.entry, picture_names, _long_texts(valid), findings)
    logo = read_logo(valid.entry.organisation.look, pictures, findings)
    check_everything(made, sources.root, sources.unread, findings)
    story = _story(sources, made, clock.moving(_story_moved(valid, moved, opens, clock)), findings)
    findings.stop_if_wrong()
    return Event(
        organisation=_with_logo(made.organisation, logo),
        trip=made.trip,
        pictures=of_the_trip(valid.entry, pictures, _long_texts(valid)),
        logo=logo[1] if logo else None,
        story=story,
        warnings=in_order(findings.warnings),
    )


def _with_logo(organisation: Organisation, logo: tuple[Logo, bytes] | None) -> Organisation:
    return organisation if logo is None else replace(organisation, look=replace(organisation.look, logo=logo[0]))


def _days_moved(valid: Validated, starting: date | None) -> timedelta:
    if starting is None or "trip.days" in valid.broken:
        return timedelta()
    return starting - valid.entry.trip.days.first


def _story_moved(valid: Validated, moved: timedelta, opens: datetime | None, clock: WallClock) -> timedelta:
    """How far the story moves: as the opening of sign-up does."""
    sign_up = valid.entry.trip.sign_up
    if opens is None or sign_up is None or sign_up.opens is None:
        return moved
    return opens.astimezone(ZoneInfo(clock.zone)).replace(tzinfo=None) - sign_up.opens.replace(tzinfo=None)


def _long_texts(valid: Validated) -> list[str]:
    everything = [*texts(valid.entry)]
    return [text for _, _, by_language, _ in everything for text in by_language.values()]


def _story(sources: Sources, made: Draft, clock: WallClock, findings: Findings) -> Story | None:
    if sources.story is None:
        return None
    if not isinstance(sources.story, Mapping):
        hint = sentence("start with “bookings:”")
        findings.error(Position(STORY), sentence("keys are wanted here"), hint)
        return None
    entry = validate_story(sources.story, findings)
    return None if entry is None else read_story(entry, made, clock, findings)
