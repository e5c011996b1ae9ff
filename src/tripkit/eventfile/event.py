"""What reading an event directory gives: the values in it, ready to be applied; nothing is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tripkit.domain.trips import Organisation, Picture, Trip
from tripkit.eventfile.errors import FileError
from tripkit.eventfile.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event directory without errors.

    ``pictures``: the trip's, by file name; ``logo``: the PNG that the organisation's look names, drawn anew; None when it
    names none. ``story``: None when there is no story.yaml.
    """

    organisation: Organisation
    trip: Trip
    pictures: Mapping[str, Picture]
    logo: bytes | None
    story: Story | None
    warnings: tuple[FileError, ...]
