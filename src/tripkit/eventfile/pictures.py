"""The pictures of an event directory: which there are, and whether each is what its name says; not who shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tripkit.domain.refusals import PictureRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Logo, Picture
from tripkit.eventfile.directory import LARGEST_PICTURE, EventDirectory
from tripkit.eventfile.errors import Findings, Position, list_words, nearest_word
from tripkit.eventfile.format.programme import EventEntry
from tripkit.eventfile.format.trip import LookEntry, SiteEntry, SpeakerEntry, TripEntry
from tripkit.eventfile.svg import check_svg
from tripkit.pictures import LONGEST_LOGO, draw_logo, draw_shown

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}
_FIRST_BYTES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
PICTURE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.(svg|png|jpg|jpeg)")
_FOLDER = "pictures/"


def read_pictures(directory: EventDirectory, findings: Findings) -> tuple[dict[str, Picture], frozenset[str]]:
    """(the pictures by name, the names of all that are there, those with something wrong too)."""
    pictures: dict[str, Picture] = {}
    names = set()
    for path in directory.names("pictures"):
        name = path.removeprefix(_FOLDER)
        if not PICTURE_NAME.fullmatch(name):
            hint = sentence(
                "pictures end in .svg, .png, .jpg or .jpeg, and have no spaces or other letters in the name"
            )
            findings.warn(Position(path), sentence("this file is not read"), hint)
            continue
        names.add(name)
        picture = _read(directory, path, name, findings)
        if picture is not None:
            pictures[name] = picture
    return pictures, frozenset(names)


def _read(directory: EventDirectory, path: str, name: str, findings: Findings) -> Picture | None:
    data = directory.data(path, LARGEST_PICTURE)
    if data is None:
        return None
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    shown = None
    if media_type == MEDIA_TYPES["svg"]:
        check_svg(path, data, findings)
    elif not data.startswith(_FIRST_BYTES[media_type]):
        kind = media_type.partition("/")[2].upper()
        findings.error(Position(path), sentence("this is not a {kind} picture, though its name says so", kind=kind))
    else:
        try:
            shown = draw_shown(data)
        except PictureRefused as refused:
            findings.error(Position(path), refused.sentence)
    return Picture(name=name, media_type=media_type, data=data, shown=shown)


def read_logo(
    entry: LookEntry | None, pictures: Mapping[str, Picture], findings: Findings
) -> tuple[Logo, bytes] | None:
    """What a look says of its logo, and its PNG, drawn anew. None when it names none, or one that cannot be (and an error)."""
    if entry is None or entry.logo is None:
        if entry is not None and entry.logo_text:
            said = sentence("this says what a logo says, and there is no logo")
            findings.warn(entry.where("logo_text"), said, sentence("name one with “logo:”"))
        return None
    picture = pictures.get(entry.logo)
    if not entry.logo.endswith(".png"):
        hint = sentence("save it as PNG, of about {pixels} pixels", pixels=str(LONGEST_LOGO))
        findings.error(entry.where("logo"), sentence("a logo is a PNG"), hint)
    elif picture is not None:
        try:
            drawn = draw_logo(picture.data)
        except PictureRefused as refused:
            findings.error(Position(_FOLDER + entry.logo), refused.sentence)
        else:
            sizes = {"width": drawn.width, "height": drawn.height}
            return Logo(name=entry.logo, digest=drawn.digest, text=entry.logo_text, **sizes), drawn.data
    return None


def of_the_trip(entry: EventEntry, pictures: Mapping[str, Picture], texts: Iterable[str]) -> dict[str, Picture]:
    """The pictures without the organisation's logo, unless the trip shows that as well."""
    look = entry.organisation.look
    logo = look.logo if look else None
    shown = logo in {owner.picture for owner in _owners(entry)} or (logo is not None and logo in "\n".join(texts))
    return {name: picture for name, picture in pictures.items() if name != logo or shown}


def shown_in(entry: EventEntry, names: frozenset[str], texts: Iterable[str]) -> frozenset[str]:
    """Those of these pictures that the trip shows: named by it, or in a text."""
    written, named = "\n".join(texts), {owner.picture for owner in _owners(entry)}
    return frozenset(name for name in names if name in named or name in written)


def _owners(entry: EventEntry) -> list[TripEntry | SiteEntry | SpeakerEntry]:
    return [entry.trip, *entry.sites, *entry.speakers]


def check_pictures(entry: EventEntry, names: frozenset[str], texts: Iterable[str], findings: Findings) -> None:
    """Note pictures that are asked for and not there, and warn of those nobody asks for."""
    asked: set[str] = set()
    look = entry.organisation.look
    named = [(owner.picture, owner, "picture") for owner in _owners(entry)]
    for name, owner, key in [*named, *([(look.logo, look, "logo")] if look else [])]:
        if name is None:
            continue
        asked.add(name)
        if name not in names:
            findings.error(
                owner.where(key),
                sentence("there is no file {file}", file=_FOLDER + name),
                sentence("there are: {words}", words=list_words(sorted(names))) if names else None,
                nearest_word(name, names),
            )
    written = "\n".join(texts)
    for name in sorted(names - asked):
        if name not in written:
            findings.warn(Position(_FOLDER + name), sentence("this picture is shown nowhere"))
