"""What has changed in a trip as the log keeps it: by key, what it was and became, without texts and people; and that in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tripkit.domain.done import Changes
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Organisation, Trip
from tripkit.eventfile.as_written import Written, event_as_written
from tripkit.eventfile.format.programme import SECTIONS
from tripkit.eventfile.plan import GROUPS
from tripkit.eventfile.plan_words import LIST, THING, word

THERE = "there"
"""What a thing that came or went was or is."""
MOST = 60
"""Changes that are noted one by one; of more than that, only in which parts they are."""
_CONTACTS = frozenset({"contact", "host_contact"})
_OF_PEOPLE = _CONTACTS | {"email", "phone", "speakers"}
_Noted = Iterator[tuple[str, list[Any] | None]]


def noted_changes(host: Organisation, before: Trip, after: Trip) -> Changes:
    """What has changed. What may name people, texts and whom to ask, is kept without its content: the log stays for ever."""
    old, new = event_as_written(host, before), event_as_written(host, after)
    found = dict(_of_group(old["trip"], new["trip"], ""))
    for section in SECTIONS:
        entries, others = old.get(section, []), new.get(section, [])
        if section in _OF_PEOPLE:
            found |= {section: None} if entries != others else {}
        else:
            found |= dict(_of_list(section, entries, others))
    return found if len(found) <= MOST else {path.partition("/")[0]: None for path in found}


def _of_group(old: Written, new: Written, above: str) -> _Noted:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if key in _OF_PEOPLE:
            yield above + key, None
        elif key in GROUPS and (isinstance(before, dict) or isinstance(after, dict)):
            yield from _of_group(before or {}, after or {}, f"{above}{key}.")
        elif _is_plain(before) and _is_plain(after):
            yield above + key, [_kept(before), _kept(after)]
        else:
            yield above + key, None


def _of_list(section: str, old: Sequence[Written], new: Sequence[Written]) -> _Noted:
    before, after = ({_key(entry): entry for entry in entries} for entries in (old, new))
    for key in dict.fromkeys((*before, *after)):
        if key in before and key in after:
            yield from _of_group(before[key], after[key], f"{section}/{key}/")
        else:
            yield f"{section}/{key}", [None, THERE] if key in after else [THERE, None]
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield section, None


def _key(entry: Written) -> str:
    return str(entry["key"]) if "key" in entry else "–".join(sorted(entry["between"]))


def _is_plain(value: Any) -> bool:
    """Whether it is a number, a day, a word of ours, or keys: no prose."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return not isinstance(value, dict)


def _kept(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def said_changes(changes: Changes) -> tuple[Sentence, ...]:
    """The same in words, in its order. What is kept by a key that has no word any more is said by that key."""
    return tuple(_said(path, both) for path, both in changes.items())


def _said(path: str, both: Sequence[Any] | None) -> Sentence:
    section, _, rest = path.partition("/")
    key, _, inner = rest.partition("/")
    if not rest:
        return said_change(LIST.get(section) or _word(section), both)
    thing = _thing(section, key)
    if not inner:
        gone = both is not None and both[0] == THERE
        return sentence("{thing} was taken away", thing=thing) if gone else sentence("{thing} was added", thing=thing)
    return sentence("{thing}: {change}", thing=thing, change=said_change(_word(inner), both))


def said_change(what: Sentence | str, both: Sequence[Any] | None) -> Sentence:
    """One change in words. ``both``: what it was and is; None = it is not kept."""
    if both is None:
        return sentence("{what}: changed", what=what)
    before, after = map(_value, both)
    if before is None:
        return sentence("{what} became {new}", what=what, new=after)
    if after is None:
        return sentence("{what} is no longer {old}", what=what, old=before)
    return sentence("{what} from {old} to {new}", what=what, old=before, new=after)


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return sentence("yes") if value else sentence("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) if value else None
    return value


def _thing(section: str, key: str) -> Sentence:
    if section in THING:
        return Sentence(THING[section].text, {"name": key})
    return sentence(
        "journey between {first} and {second}", **dict(zip(("first", "second"), f"{key}–".split("–"), strict=False))
    )


def _word(path: str) -> Sentence | str:
    try:
        return word(f"{path}.name" if path in _CONTACTS else path)
    except KeyError:
        return path
