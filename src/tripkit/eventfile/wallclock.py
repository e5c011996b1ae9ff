"""Times by the clock on the wall somewhere, to moments in UTC and back; daylight saving is checked, nothing is rounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, Position, nearest_word


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Every time zone by its IANA name."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def moments_of(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments at which the clock shows this: one, none when the clocks skip it, two when they go back over it."""
    found = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall and moment not in found:
            found.append(moment)
    return tuple(found)


def offset_of(moment: datetime, zone: ZoneInfo) -> str:
    """The zone's offset from UTC at a moment: ``+02:00``."""
    return moment.astimezone(zone).isoformat(timespec="minutes")[-6:]


class WallClock:
    """Turns written days and times into moments in the trip's time zone, or another place's.

    ``moved`` is added to every one of them. ``is_guess``: there is no such time zone, so UTC is taken to go on with.
    """

    def __init__(self, zone: str, at: Position, findings: Findings, *, moved: timedelta = timedelta()) -> None:
        self._at, self._findings, self._moved = at, findings, moved
        known = self.known(zone, at)
        self.zone, self.is_guess = known or "UTC", known is None

    def moving(self, moved: timedelta) -> WallClock:
        """The same clock, moved otherwise."""
        return WallClock(self.zone, self._at, self._findings, moved=moved)

    def known(self, zone: str | None, at: Position) -> str | None:
        """The name of a time zone, None (and an error) when there is none of this name."""
        if zone is None or zone in known_zones():
            return zone
        what = sentence("there is no time zone “{zone}”", zone=zone[:60])
        hint = sentence("write its IANA name, as in Europe/Stockholm")
        places = (name for name in known_zones() if "/" in name and not name.startswith("Etc/"))
        self._findings.error(at, what, hint, nearest_word(zone, sorted(places)))
        return None

    def day(self, day: date) -> date:
        """A written day, moved."""
        return day + self._moved

    def moment(self, written: datetime, at: Position, zone: str | None = None) -> datetime | None:
        """The moment (UTC) at which the clock shows this there; None (and an error) when there is none, or two.

        ``written`` has an offset only if one is written; ``zone``: None = the trip's.
        """
        wall = written.replace(tzinfo=None, fold=0) + self._moved
        place = ZoneInfo(zone or self.zone)
        moments = moments_of(wall, place)
        if not moments:
            self._findings.error(at, *_skipped(wall, place))
            return None
        offset = written.utcoffset()
        if offset is None:
            if len(moments) == 1:
                return moments[0]
            self._findings.error(at, *_twice(wall, place, moments))
            return None
        for moment in moments:
            if moment.astimezone(place).utcoffset() == offset:
                return moment
        if self._moved and len(moments) == 1:
            return moments[0]  # The offset told two hours apart on the written day; on this one there is one only.
        right = sentence("write {offset}, or leave it out", offset=offset_of(moments[0], place))
        self._findings.error(at, sentence("{zone} has another offset from UTC then", zone=place.key), right)
        return None


def _skipped(wall: datetime, zone: ZoneInfo) -> tuple[Sentence, Sentence]:
    later = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    return (
        sentence(
            "there is no {time} on {day} in {zone}: the clocks are put forward over it",
            time=f"{wall:%H:%M}",
            day=wall.date().isoformat(),
            zone=zone.key,
        ),
        sentence("perhaps {time}", time=f"{later:%H:%M}"),
    )


def _twice(wall: datetime, zone: ZoneInfo, moments: tuple[datetime, ...]) -> tuple[Sentence, Sentence]:
    first, second = (f"{wall:%H:%M}{offset_of(moment, zone)}" for moment in moments)
    return (
        sentence(
            "it is {time} twice on {day} in {zone}, since the clocks go back",
            time=f"{wall:%H:%M}",
            day=wall.date().isoformat(),
            zone=zone.key,
        ),
        sentence("say which: {first} or {second}", first=first, second=second),
    )


def written_time(moment: datetime, zone: str) -> str:
    """How a moment's time of day is written there: ``10:45``, with seconds and offset only where they are needed."""
    local = moment.astimezone(ZoneInfo(zone))
    wall = local.replace(tzinfo=None, fold=0)
    clock = f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"
    return clock if len(moments_of(wall, ZoneInfo(zone))) == 1 else clock + offset_of(moment, ZoneInfo(zone))


def written_moment(moment: datetime, zone: str) -> str:
    """How a moment is written there: ``2018-10-01 09:00``."""
    return f"{moment.astimezone(ZoneInfo(zone)).date().isoformat()} {written_time(moment, zone)}"
