"""Writing a trip out as an event directory; what is not part of one is never touched."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Organisation, Picture, Trip
from tripkit.eventfile.as_written import event_as_written, take_long_texts
from tripkit.eventfile.directory import EventDirectory
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.format.programme import SECTIONS
from tripkit.eventfile.pictures import PICTURE_NAME
from tripkit.eventfile.schema import SCHEMA_LINE, schema_files
from tripkit.eventfile.sources import EVENT, SINGLE_TEXTS, TEXT_OF
from tripkit.eventfile.yaml_style import to_yaml

_LONG = 160
"""Characters from which on a text is better edited in a file of its own."""
_TEXT = re.compile(r"texts/(?:[a-z]+/)?[^/]+\.[^./]+\.md")


def write_event(
    directory: Path,
    organisation: Organisation,
    trip: Trip,
    pictures: Mapping[str, Picture],
    logo: bytes | None = None,
) -> tuple[str, ...]:
    """Write event.yaml, texts/ and pictures/; the names of all files written.

    ``logo``: the PNG that the organisation's look names. Where the trip has another picture of that name, it gets another
    one. Reading them gives an equal trip, but for each item's ``sequence``, which is counted where the trip is published.
    An event directory that is there already is brought up to date: its own lists, texts and pictures that are no
    longer part of the trip go; a story, a README and hidden files stay.

    Raises: ChangeRefused when other things are in the directory, or a picture's name is none.
    """
    _check_place(directory)
    organisation, logo_file = _logo_file(organisation, pictures, logo)
    for name in (*(picture.name for picture in pictures.values()), *logo_file):
        if not PICTURE_NAME.fullmatch(name):
            raise ChangeRefused(sentence("“{name}” cannot be the name of a picture's file.", name=name))
    written = event_as_written(organisation, trip)
    texts = take_long_texts(written, SINGLE_TEXTS, TEXT_OF, _is_long)
    files = {
        EVENT: f"{SCHEMA_LINE}\n{to_yaml(written)}".encode(),
        **{name: text.encode() for name, text in texts.items()},
        **{f"pictures/{picture.name}": picture.data for picture in pictures.values()},
        **{f"pictures/{name}": data for name, data in logo_file.items()},
        **schema_files(),
    }
    for name in files:
        _check_file(directory, name)
    _remove_stale(directory, files)
    for name, data in files.items():
        _write(directory, name, data)
    return tuple(files)


def _logo_file(
    organisation: Organisation, pictures: Mapping[str, Picture], data: bytes | None
) -> tuple[Organisation, dict[str, bytes]]:
    """The organisation as it is written, and its logo's file by name, if it has one."""
    look = organisation.look
    if look.logo is None or data is None:
        return replace(organisation, look=replace(look, logo=None)), {}
    named = look.logo
    if named.name in pictures and pictures[named.name].data != data:
        named = replace(named, name=f"logo-{named.digest[:12]}.png")
    return replace(organisation, look=replace(look, logo=named)), {named.name: data}


def _check_place(directory: Path) -> None:
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise ChangeRefused(sentence("{directory} is not a directory.", directory=str(directory)))
    if not directory.exists() or (directory / EVENT).is_file():
        return
    if any(not path.name.startswith(".") for path in directory.iterdir()):
        raise ChangeRefused(
            sentence(
                "{directory} holds other files and no {event}. Name an empty or new directory.",
                directory=str(directory),
                event=EVENT,
            )
        )


def _check_file(directory: Path, name: str) -> None:
    """Before anything is written or taken away: whether this file would be in the directory, where none or a file is."""
    path = directory / name
    try:
        inside = ".." not in Path(name).parts and path.parent.resolve().is_relative_to(directory.resolve())
    except (OSError, RuntimeError):  # Links in a circle; which of the two depends on the version of Python.
        inside = False
    if not inside:
        raise ChangeRefused(sentence("{file} points out of the directory.", file=name))
    folders = [folder for folder in path.parents if folder.is_relative_to(directory)]
    if (path.is_dir() and not path.is_symlink()) or any(folder.exists() and not folder.is_dir() for folder in folders):
        raise ChangeRefused(sentence("{file} cannot be written: something else is there.", file=name))


def _is_long(texts: Iterable[str]) -> bool:
    listed = list(texts)
    return any("\n" in text or len(text) > _LONG for text in listed) and not any("\r" in text for text in listed)


def _remove_stale(directory: Path, files: Iterable[str]) -> None:
    if not directory.exists():
        return
    there = EventDirectory(directory, Findings())
    stale = {f"{section}.yaml" for section in SECTIONS}
    stale.update(name for name in there.names("texts") if _TEXT.fullmatch(name))
    stale.update(n for n in there.names("pictures") if PICTURE_NAME.fullmatch(n.removeprefix("pictures/")))
    for name in stale.difference(files):
        (directory / name).unlink(missing_ok=True)


def _write(directory: Path, name: str, data: bytes) -> None:
    """Put a file in its place whole, also where a link stood."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".tripkit-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
