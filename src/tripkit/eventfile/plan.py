"""What would be different if a trip were written anew, in words; who would lose what is not known here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Picture, Trip
from tripkit.eventfile.as_written import Written, event_as_written
from tripkit.eventfile.format.programme import SECTIONS
from tripkit.eventfile.plan_words import LIST, ORGANISATION, THING, TRIP, word

GROUPS = frozenset(
    [
        "days",
        "sign_up",
        "retention",
        "contact",
        "price",
        "terms",
        "look",
        "guaranteed",
        "position",
        "host_contact",
        "when",
    ]
)
"""Keys with keys of their own below them; other groups are texts per language."""
_LONGEST_SHOWN = 80
"""Characters of a text that is shown as it was and becomes."""


class Change(StrEnum):
    """What happens to a thing."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``sentence`` names the thing, and for a change what it was and becomes."""

    change: Change
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A trip with everything that is written in its event directory."""

    organisation: Organisation
    trip: Trip
    pictures: Mapping[str, Picture]


def differences(before: Edition | None, after: Edition, *, host: Organisation | None = None) -> tuple[Difference, ...]:
    """Every difference, part by part in the order of the file.

    ``before``: None when the trip is new; ``host`` is then its organisation as it is, if it is there already.
    """
    new = event_as_written(after.organisation, after.trip)
    if before is None:
        known = event_as_written(host, after.trip)["organisation"] if host is not None else new["organisation"]
        changes = _changed(ORGANISATION, _changes(known, new["organisation"]))
        logo = _of_logo(host or after.organisation, after.organisation)
        return (*changes, *logo, *_of_new(new), *_of_pictures({}, after.pictures))
    old = event_as_written(before.organisation, before.trip)
    return (
        *_changed(ORGANISATION, _changes(old["organisation"], new["organisation"])),
        *_of_logo(before.organisation, after.organisation),
        *_changed(TRIP, _changes(old["trip"], new["trip"])),
        *(one for section in SECTIONS for one in _of_list(section, old.get(section, []), new.get(section, []))),
        *_of_pictures(before.pictures, after.pictures),
    )


def _of_new(new: Written) -> Iterator[Difference]:
    yield Difference(Change.ADDED, sentence("trip “{title}”", title=new["trip"]["title"]))
    for section in SECTIONS:
        yield from _of_list(section, [], new.get(section, []))


def _changed(thing: Sentence, changes: Iterable[Sentence]) -> Iterator[Difference]:
    for change in changes:
        yield Difference(Change.CHANGED, sentence("{thing}: {change}", thing=thing, change=change))


def _of_list(section: str, old: Sequence[Written], new: Sequence[Written]) -> Iterator[Difference]:
    before, after = ({_key(entry): entry for entry in entries} for entries in (old, new))
    for key, entry in after.items():
        if key not in before:
            yield Difference(Change.ADDED, _thing(section, entry))
        else:
            yield from _changed(_thing(section, before[key]), _changes(before[key], entry))
    for key, entry in before.items():
        if key not in after:
            yield Difference(
                Change.REMOVED, _removed(section, entry, [new for key, new in after.items() if key not in before])
            )
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Difference(Change.CHANGED, sentence("{things}: another order", things=LIST[section]))


def _removed(section: str, entry: Written, added: Iterable[Written]) -> Sentence:
    """What goes; when something new is called the same, that its key makes it another thing."""
    thing = _thing(section, entry)
    if section != "travel":
        for new in added:
            if _thing(section, new) == thing:
                return sentence(
                    "{thing}: its key was {old}; with the key {new} it is another one",
                    thing=thing,
                    old=entry["key"],
                    new=new["key"],
                )
    return thing


def _key(entry: Written) -> Any:
    return entry["key"] if "key" in entry else frozenset(entry["between"])


def _thing(section: str, entry: Written) -> Sentence:
    if section == "travel":
        first, second = entry["between"]
        return sentence("journey between {first} and {second}", first=first, second=second)
    name = next(entry[key] for key in ("name", "title", "subject") if key in entry)
    return Sentence(THING[section].text, {"name": name})


def _changes(old: Written, new: Written, above: str = "") -> Iterator[Sentence]:
    for key in dict.fromkeys((*old, *new)):
        path = above + key
        before, after = old.get(key), new.get(key)
        if key in GROUPS and (isinstance(before, dict) or isinstance(after, dict)):
            yield from _changes(before or {}, after or {}, f"{path}.")
        elif before == after:
            continue
        elif isinstance(before or after, dict):
            yield from _text_changes(word(path), before or {}, after or {})
        elif isinstance(before or after, list) and any(
            isinstance(one, dict) for one in (*(before or ()), *(after or ()))
        ):
            yield from _list_changes(word(path), before or [], after or [])
        else:
            yield _value_change(word(path), before, after)


def _text_changes(what: Sentence, before: Text, after: Text) -> Iterator[Sentence]:
    for language in dict.fromkeys((*before, *after)):
        old, new = before.get(language), after.get(language)
        if old == new:
            continue
        if old is None:
            yield sentence("{what} ({language}), new", what=what, language=language)
        elif new is None:
            yield sentence("{what} ({language}), taken away", what=what, language=language)
        elif "\n" in old + new or max(len(old), len(new)) > _LONGEST_SHOWN:
            yield sentence("{what} ({language}), rewritten", what=what, language=language)
        else:
            yield sentence(
                "{what} ({language}), from “{old}” to “{new}”", what=what, language=language, old=old, new=new
            )


def _list_changes(what: Sentence, before: Sequence[Written], after: Sequence[Written]) -> Iterator[Sentence]:
    old, new = [_shown(entry) for entry in before], [_shown(entry) for entry in after]
    added, gone = [entry for entry in new if entry not in old], [entry for entry in old if entry not in new]
    for entry in added:
        yield sentence("{what}, new: “{entry}”", what=what, entry=entry)
    for entry in gone:
        yield sentence("{what}, taken away: “{entry}”", what=what, entry=entry)
    if not added and not gone:
        yield sentence("{what}, changed", what=what)


def _shown(entry: Written) -> Any:
    """What a small entry is called: an option's name, a figure's value and label, a day's text, or the text itself."""
    if "name" in entry:
        return entry["name"]
    if "label" in entry:
        return {language: f"{entry['value'].get(language, '')} {label}" for language, label in entry["label"].items()}
    return entry.get("text", entry)


def _value_change(what: Sentence, before: Any, after: Any) -> Sentence:
    if before is None:
        return sentence("{what}, now {new}", what=what, new=_value(after))
    if after is None:
        return sentence("{what}, no longer {old}", what=what, old=_value(before))
    return sentence("{what}, from {old} to {new}", what=what, old=_value(before), new=_value(after))


def _value(value: Any) -> Any:
    """As it is written in the file: days and amounts too, so that they are found again there."""
    if isinstance(value, bool):
        return sentence("yes") if value else sentence("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _of_logo(before: Organisation, after: Organisation) -> Iterator[Difference]:
    """Another picture in the same file; a file that comes or goes is a change of the organisation already."""
    old, new = before.look.logo, after.look.logo
    if old is not None and new is not None and old.digest != new.digest:
        thing = sentence("{thing}: drawn anew", thing=word("look.logo"))
        yield from _changed(ORGANISATION, [thing])


def _of_pictures(before: Mapping[str, Picture], after: Mapping[str, Picture]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        thing = sentence("picture {name}", name=name)
        if name not in before:
            yield Difference(Change.ADDED, thing)
        elif name not in after:
            yield Difference(Change.REMOVED, thing)
        elif before[name] != after[name]:
            yield Difference(Change.CHANGED, sentence("{thing}: drawn anew", thing=thing))
