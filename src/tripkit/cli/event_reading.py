"""Reading an event directory for a command: its options, and all that is wrong with it said at once; no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.eventfile import Event, EventErrors, FileError, read_event
from tripkit.eventfile.errors import Findings, Position, in_order
from tripkit.eventfile.reading import KEY
from tripkit.eventfile.sources import EVENT
from tripkit.eventfile.wallclock import WallClock
from tripkit.i18n import LANGUAGES, say

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Voice:
    """How a command speaks: in one language, to standard output or standard error."""

    language: str

    def say(self, said: Sentence) -> str:
        """A sentence in this language."""
        return say(said, self.language)

    def tell(self, said: Sentence, *, indent: str = "", err: bool = False) -> None:
        """Print a sentence on a line of its own."""
        click.echo(indent + self.say(said), err=err)

    def refuse(self, said: Sentence, reasons: Iterable[Sentence] = ()) -> NoReturn:
        """Say why not, and end the command with 1."""
        self.tell(said, err=True)
        for reason in reasons:
            self.tell(reason, indent="  ", err=True)
        raise SystemExit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is read otherwise than it is written: the first day, the key, and when sign-up opens by the trip's clock."""

    starting: date | None = None
    key: str | None = None
    opens: datetime | None = None


def _day(value: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter(f"“{value}” is not a day; write year-month-day, as in 2027-05-13.")


def _moment(value: str) -> datetime:
    try:
        if re.match(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter(f"“{value}” is not a moment; write day and time, as in “2027-02-01 09:00”.")


def _key(value: str) -> str:
    if KEY.fullmatch(value) and len(value) <= 60:
        return value
    raise click.BadParameter(f"“{value}” is not a key; write small letters a to z, digits, and - between them.")


def speaking(command: Command) -> Command:
    """Give a command the option ``--language``."""
    option = click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default="en",
        show_default=True,
        help="The language you are spoken to in.",
    )
    return option(command)


def reading(command: Command) -> Command:
    """Give a command an event directory to read, and the options for reading it as another time's trip."""
    for decorate in (
        speaking,
        click.option(
            "--opens",
            type=_moment,
            metavar="MOMENT",
            help="When sign-up opens, by the clock in the trip's time zone: “2027-02-01 09:00”.",
        ),
        click.option(
            "--key", type=_key, metavar="KEY", help="The trip's place in the address, instead of the one written."
        ),
        click.option(
            "--starting",
            type=_day,
            metavar="DATE",
            help="The trip's first day; every other day in the directory moves with it.",
        ),
        click.argument("directory", type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


def read(directory: Path, again: Again, voice: Voice, *, err: bool = True) -> Event:
    """The event, or every error of it, said; then the command ends with 1. ``err``: errors go to standard error."""
    try:
        event = read_event(directory, starting=again.starting, key=again.key)
        if again.opens is None:
            return event
        opens = _opening(again.opens, event.trip.time_zone)
        return read_event(directory, starting=again.starting, key=again.key, opens=opens)
    except (ValueError, OverflowError):
        raise click.BadParameter("The day or moment is not between 1970 and 2199.") from None
    except EventErrors as found:
        tell_findings(directory, found.errors, found.warnings, voice, err=err)
        if not found.complete and (directory / EVENT).is_file():
            voice.tell(sentence("The rest is checked when event.yaml can be read."), err=err)
        raise SystemExit(1) from None


def event_directory(path: Path) -> Path:
    """The directory that is meant when somebody names the event.yaml in it."""
    return path.parent if path.name == "event.yaml" and path.is_file() else path


def _opening(written: datetime, zone: str) -> datetime:
    findings = Findings()
    at = Position("--opens")
    moment = WallClock(zone, at, findings).moment(written, at)
    if moment is None:
        raise click.BadParameter("; ".join(str(finding).partition(": ")[2] for finding in findings.errors))
    return moment


def tell_findings(
    directory: Path, errors: Iterable[FileError], warnings: Iterable[FileError], voice: Voice, *, err: bool = False
) -> None:
    """Every error and warning in order of place, each on a line that editors and terminals can follow; then their number."""
    errors, warnings = tuple(errors), tuple(warnings)
    marked = [replace(one, sentence=sentence("warning: {what}", what=one.sentence)) for one in warnings]
    for finding in in_order([*errors, *marked]):
        file = finding.file if finding.file == str(directory) else str(directory / finding.file)
        click.echo(replace(finding, file=file).said(voice.say), err=err)
    counted = []
    if errors:
        counted.append(voice.say(sentences("One error.", "{count} errors.", len(errors))))
    if warnings:
        counted.append(voice.say(sentences("One warning.", "{count} warnings.", len(warnings))))
    if counted:
        click.echo(" ".join(counted), err=err)


def unwritable(directory: Path, error: OSError) -> Sentence:
    """Why nothing could be written there."""
    return sentence(
        "{directory} cannot be written: {reason}", directory=str(directory), reason=error.strerror or str(error)
    )
