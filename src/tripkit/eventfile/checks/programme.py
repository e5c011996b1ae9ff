"""The programme: items in their order and days, choices, speakers and sites in one place at a time, journeys in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import combinations

from tripkit.domain.collisions import TravelTimes, collisions
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.format.programme import ItemEntry
from tripkit.eventfile.values import Draft, Timed


def check_programme(draft: Draft, findings: Findings) -> None:
    """Note what cannot happen as it is written; warn of what will be hard."""
    in_order = tuple(timed for timed in draft.items if _check_order(*timed, findings))
    if draft.is_whole("trip.days") and draft.trip.starts_on <= draft.trip.ends_on:
        for written, item in in_order:
            _check_within(draft, written, item, findings)
    if draft.is_whole("choices", "programme") and len(draft.items) == len(draft.entry.programme):
        _check_choices(draft, findings)
    times = TravelTimes(draft.trip.travel)
    _check_speakers(draft, in_order, times, findings)
    _check_sites(draft, in_order, findings)
    if draft.is_whole("segments"):
        _check_journeys(draft, in_order, times, findings)
    if draft.is_whole("programme", "topics", "sites", "choices"):
        _warn_of_unused(draft, findings)


def _check_order(written: ItemEntry, item: ProgrammeItem, findings: Findings) -> bool:
    if written.to_day is not None and written.to_day < written.day:
        findings.error(written.where("to_day"), sentence("it ends before it starts"))
        return False
    if item.ends_at > item.starts_at:
        return True
    hint = sentence("when it ends on another day, write that day as to_day") if written.to_day is None else None
    same = item.ends_at == item.starts_at
    findings.error(
        written.where("to"), sentence("it ends when it starts") if same else sentence("it ends before it starts"), hint
    )
    return False


def _check_within(draft: Draft, written: ItemEntry, item: ProgrammeItem, findings: Findings) -> None:
    trip = draft.trip
    hint = sentence("its days are {first} to {last}", first=str(trip.starts_on), last=str(trip.ends_on))
    midnight = datetime.combine(trip.ends_on + timedelta(days=1), time())
    if not trip.starts_on <= item.local_start().date() <= trip.ends_on:
        findings.error(written.where("day"), sentence("this is outside the trip"), hint)
    elif item.local_end().replace(tzinfo=None) > midnight:
        findings.error(
            written.where("to" if written.to_day is None else "to_day"), sentence("it ends outside the trip"), hint
        )


def _check_choices(draft: Draft, findings: Findings) -> None:
    for choice in draft.entry.choices:
        items = [item.key for item in draft.trip.programme if item.choice == choice.key]
        # One that may be left out is a choice too: to come along or not. Whoever makes a trip writes the choice first, and what
        # belongs to it afterwards, so this must not be refused; nobody is asked to choose among nothing.
        if len(items) < (2 if choice.required else 1):
            findings.warn(
                choice.where("key"),
                sentence("there is nothing to choose: one item belongs to “{key}”", key=choice.key)
                if items
                else sentence("there is nothing to choose: no item belongs to “{key}”", key=choice.key),
                sentence("at least two items say “choice: {key}”", key=choice.key)
                if choice.required
                else sentence("at least one item says “choice: {key}”", key=choice.key),
            )


def _check_speakers(draft: Draft, items: Sequence[Timed], times: TravelTimes, findings: Findings) -> None:
    names = {speaker.key: speaker.name for speaker in draft.trip.speakers}
    for one, later in _pairs(items):
        for speaker in one[1].speakers:
            if speaker not in later[1].speakers:
                continue
            written, index = later[0], later[1].speakers.index(speaker)
            name, other = names.get(speaker, speaker), one[1].title
            if later[1].starts_at < one[1].ends_at:
                same_place = one[1].site is not None and one[1].site == later[1].site
                note = findings.warn if same_place else findings.error
                what = sentence("{name} is at “{item}” at the same time", name=name, item=other)
                note(written.where("speakers", index), what, _when(one[1]))
            elif late := _late(one[1], later[1], times):
                what = sentence("{name} cannot come from “{item}” in time", name=name, item=other)
                findings.warn(written.where("speakers", index), what, late)


def _check_sites(draft: Draft, items: Iterable[Timed], findings: Findings) -> None:
    rooms = {site.key: site.largest_group for site in draft.trip.sites}
    for one, later in _pairs(items):
        if one[1].site is None or one[1].site != later[1].site or later[1].starts_at >= one[1].ends_at:
            continue
        room, sizes = rooms.get(one[1].site), (one[1].size, later[1].size)
        if room is not None and sum(room + 1 if size is None else size for size in sizes) <= room:
            continue
        what = sentence("“{item}” is at the same site at the same time", item=one[1].title)
        findings.warn(later[0].where("site"), what, _when(one[1]))


def _check_journeys(draft: Draft, items: Sequence[Timed], times: TravelTimes, findings: Findings) -> None:
    written = {item.key: entry for entry, item in items}
    values = [item for _, item in items]
    for segment in draft.trip.segments:
        theirs = [item for item in values if item.is_meant_for(segment.key)]
        for clash in collisions(theirs, times):
            earlier, later = clash.earlier, clash.later
            if earlier.choice is not None and later.choice is not None:
                continue  # One of them is chosen, or the sign-up form says that they collide.
            entry = written[later.key]
            what = _clash(earlier, fixed=earlier.choice is None and later.choice is None)
            findings.warn(entry.where("from"), what, _late(earlier, later, times) or _when(earlier))


def _clash(earlier: ProgrammeItem, *, fixed: bool) -> Sentence:
    if fixed:
        return sentence(
            "nobody can be both here and at “{item}”, and both are meant for the same people", item=earlier.title
        )
    if earlier.choice is not None:
        return sentence("whoever chooses “{item}” cannot be here in time", item=earlier.title)
    return sentence("nobody can choose this and be at “{item}”, where everyone is", item=earlier.title)


def _when(item: ProgrammeItem) -> Sentence:
    return sentence(
        "that one is on {day}, {start} to {end}",
        day=str(item.local_start().date()),
        start=f"{item.local_start():%H:%M}",
        end=f"{item.local_end():%H:%M}",
    )


def _late(earlier: ProgrammeItem, later: ProgrammeItem, times: TravelTimes) -> Sentence | None:
    minutes = times.minutes(earlier.site, later.site)
    gap = later.starts_at - earlier.ends_at
    if gap < timedelta() or gap >= timedelta(minutes=minutes):
        return None
    return sentence(
        "that one ends at {time}, and the journey takes {minutes} minutes",
        time=f"{earlier.local_end():%H:%M}",
        minutes=minutes,
    )


def _pairs(items: Iterable[Timed]) -> Iterator[tuple[Timed, Timed]]:
    """Every two items, the earlier one first."""
    return combinations(sorted(items, key=lambda timed: (timed[1].starts_at, timed[1].ends_at)), 2)


def _warn_of_unused(draft: Draft, findings: Findings) -> None:
    used = {key for item in draft.entry.programme for key in (*item.topics, item.site)}
    for section in ("topics", "sites"):
        for one in getattr(draft.entry, section):
            if one.key not in used:
                findings.warn(one.where("key"), sentence("nothing in the programme is about it or there"))
