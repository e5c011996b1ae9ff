"""Numbers of people: the trip's, its groups', its sites' and its visits'; whether they fit into each other."""

from __future__ import annotations

from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Trip
from tripkit.eventfile.errors import Findings, Position
from tripkit.eventfile.values import Draft


def check_people(draft: Draft, findings: Findings) -> None:
    """Note numbers that cannot be kept; warn of those that are probably not meant."""
    if not draft.entry.segments and draft.is_whole("segments"):
        findings.error(
            Position("event.yaml"),
            sentence("nobody can sign up: there is no group of people under “segments”"),
            sentence("a trip for everyone has one, as in {example}", example="- {key: all, name: {en: Everyone}}"),
        )
    if draft.is_whole("trip.size"):
        _check_groups(draft, findings)
    _check_visits(draft, findings)


def _check_groups(draft: Draft, findings: Findings) -> None:
    size, kept = draft.trip.size, 0
    for written in draft.entry.segments:
        if written.guaranteed is not None:
            kept += written.guaranteed.places
            at = written.guaranteed.where("places")
            if written.at_most is not None and written.at_most < written.guaranteed.places:
                findings.error(
                    at,
                    sentence("more places are kept for the group than it can have"),
                    sentence("at_most is {most}", most=written.at_most),
                )
            if kept > size >= kept - written.guaranteed.places:
                findings.error(
                    at,
                    sentence("more places are guaranteed than there are"),
                    sentence("{kept} so far, and the trip takes {size}", kept=kept, size=size),
                )
        if written.at_most is not None and written.at_most > size:
            findings.warn(
                written.where("at_most"),
                sentence("the group can have more people than the trip"),
                sentence("the trip takes {size} people in all", size=size),
            )
    most = [segment.at_most for segment in draft.trip.segments]
    if most and draft.is_whole("segments") and sum(one if one is not None else size for one in most) < size:
        findings.warn(
            draft.entry.trip.where("size"),
            sentence(
                "nobody can take all the places: the groups have at most {most}", most=sum(one or 0 for one in most)
            ),
        )


def _check_visits(draft: Draft, findings: Findings) -> None:
    largest = {site.key: site.largest_group for site in draft.trip.sites if site.largest_group is not None}
    for written, item in draft.items:
        room = largest.get(item.site or "")
        if item.size is not None and room is not None and item.size > room:
            findings.error(
                written.where("size"),
                sentence("the site takes {room} people at a time", room=room),
                sentence("write at most {room}", room=room),
            )
        elif item.choice is not None and item.size is None and room is not None:
            if draft.is_whole("trip.size", "segments") and _may_come(draft, item) > room:
                findings.error(
                    written.where("site"),
                    sentence("the site takes {room} people at a time, and this visit has no size", room=room),
                    sentence("write “size: {room}”, or less", room=room),
                )
        elif item.choice is None and draft.is_whole("trip.size", "segments"):
            _check_common(draft, written.where("size" if item.size is not None else "site"), item, room, findings)


def _check_common(draft: Draft, at: Position, item: ProgrammeItem, room: int | None, findings: Findings) -> None:
    """Items nobody chooses: all it is meant for come, whatever its size."""
    most, come = item.size or room, _may_come(draft, item)
    if most is not None and come > most:
        findings.warn(
            at,
            sentence("{people} people may come, since nobody chooses this one; {room} fit", people=come, room=most),
            sentence("give it a choice, or let it be"),
        )


def _may_come(draft: Draft, item: ProgrammeItem) -> int:
    """How many people at most may take part, by the groups it is meant for."""
    trip: Trip = draft.trip
    limits = [segment.at_most for segment in trip.segments if item.is_meant_for(segment.key)]
    return min(trip.size, sum(trip.size if limit is None else limit for limit in limits))
