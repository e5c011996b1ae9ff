"""What happens when and where: items, choices, overlap and travel; no seats are counted here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tripkit.domain.texts import Text


class ItemKind(StrEnum):
    """What sort of thing happens."""

    SITE_VISIT = "site_visit"
    LECTURE = "lecture"
    PANEL = "panel"
    WORKSHOP = "workshop"
    TRANSFER = "transfer"
    MEAL = "meal"
    LODGING = "lodging"
    BREAK = "break"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A place in the programme where a participant chooses one of several items, or none if not ``required``."""

    key: str
    title: Text
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeItem:
    """Something at a time.

    ``starts_at``, ``ends_at``: aware, half-open, in UTC; shown in ``time_zone`` (IANA), the place's own.
    ``segments``: meant for these only; empty = everyone. ``choice``: the key of the `Choice` it belongs to; None =
    everybody it is meant for takes part. ``size``: people, None = no limit of its own.
    ``sequence``: how often time or place changed after publication (RFC 5545 SEQUENCE).
    """

    key: str
    kind: ItemKind
    title: Text
    summary: Text
    description: Text
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    site: str | None = None
    topics: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    choice: str | None = None
    size: int | None = None
    sequence: int = 0

    def local_start(self) -> datetime:
        """When it starts, by the clock on the wall there."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone))

    def local_end(self) -> datetime:
        """When it ends, by the clock on the wall there."""
        return self.ends_at.astimezone(ZoneInfo(self.time_zone))

    def is_meant_for(self, segment: str) -> bool:
        """Whether somebody of this segment may take part."""
        return not self.segments or segment in self.segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """How long it takes between two sites, either way. ``minutes``: whole minutes, door to door."""

    from_site: str
    to_site: str
    minutes: int
