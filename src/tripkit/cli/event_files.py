"""The commands of ``tripkit event`` that need files only: check, new, schema; no database is even loaded."""

from __future__ import annotations

import shlex
from datetime import date, datetime
from pathlib import Path

import click

from tripkit.cli.event_reading import Again, Voice, event_directory, read, reading, speaking, tell_findings, unwritable
from tripkit.cli.event_starter import starter_files
from tripkit.cli.surroundings import read_settings
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.eventfile import Event
from tripkit.eventfile.schema import NAMES, schema_files, schema_text
from tripkit.i18n import days


@click.command()
@reading
def check(directory: Path, starting: date | None, key: str | None, opens: datetime | None, language: str) -> None:
    """Say everything that is wrong in DIRECTORY.

    Each error and warning comes with file, line and column, what is allowed, and the nearest right word. No database is
    needed. Ends with 1 if anything is wrong; warnings do not count.
    """
    voice, directory = Voice(language), event_directory(directory)
    found = read(directory, Again(starting=starting, key=key, opens=opens), voice, err=False)
    tell_findings(directory, (), found.warnings, voice)
    voice.tell(_right(directory, found, voice))


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@speaking
def new(directory: Path, language: str) -> None:
    """Write a small trip into DIRECTORY to start from.

    It is whole and right, with a comment at every part: change it into yours. The directory must be empty or new.
    """
    voice = Voice(language)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        voice.refuse(
            sentence("{directory} is there already. Name an empty or new directory.", directory=str(directory))
        )
    today = read_settings().clock.now().date()
    _write(directory, starter_files(directory.resolve().name, today, voice.say), voice)
    voice.tell(sentence("Wrote a small trip into {directory}.", directory=str(directory)))
    voice.tell(
        sentence(
            "Change {file} into yours, and look now and then: {command}",
            file=str(directory / "event.yaml"),
            command=shlex.join(["tripkit", "event", "check", str(directory)]),
        )
    )


@click.command()
@click.argument("name", type=click.Choice(NAMES), default="event", metavar="[NAME]")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Write the schemas of all its files into this event directory instead, where editors find them.",
)
@speaking
def schema(name: str, into: Path | None, language: str) -> None:
    """Print the format as JSON Schema.

    Editors and other programs learn from it what may be written in event.yaml, or in another file
    by its NAME: story, or one of the lists that may have a file of their own, as segments.
    """
    if into is None:
        click.echo(schema_text(name), nl=False)
        return
    voice = Voice(language)
    if not into.is_dir():
        voice.refuse(sentence("There is no directory {directory}.", directory=str(into)))
    files = schema_files()
    _write(into, files, voice)
    for file in files:
        click.echo(into / file)


def _right(directory: Path, found: Event, voice: Voice) -> Sentence:
    trip = found.trip
    return sentence(
        "{directory} can be used: “{title}”, {days}, with {items} for {groups}.",
        directory=str(directory),
        title=trip.title,
        days=days(trip.starts_on, trip.ends_on, voice.language),
        items=sentences("one programme item", "{count} programme items", len(trip.programme)),
        groups=sentences("one group", "{count} groups", len(trip.segments)),
    )


def _write(directory: Path, files: dict[str, bytes], voice: Voice) -> None:
    try:
        for name, data in files.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        voice.refuse(unwritable(directory, error))
