"""Keys: written once in their list, and there when something refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tripkit.domain.organisations import RESERVED_KEYS
from tripkit.domain.sentences import sentence
from tripkit.eventfile import yamltree
from tripkit.eventfile.errors import Findings, Position, list_words, nearest_word
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.programme import SECTIONS, EventEntry

Keys = Mapping[str, Sequence[str]]
"""The keys written in each list, those of entries with other errors too. A list that cannot be read is not in it."""


def written_keys(root: yamltree.Mapping, unread: Iterable[str]) -> Keys:
    """Every key of every list."""
    return {section: tuple(_keys(root.nodes.get(section))) for section in SECTIONS if section not in set(unread)}


def _keys(node: yamltree.Node | None) -> Iterator[str]:
    for entry in node.nodes if isinstance(node, yamltree.Sequence) else ():
        key = entry.nodes.get("key") if isinstance(entry, yamltree.Mapping) else None
        if isinstance(key, yamltree.Scalar):
            yield key.raw


def check_keys(entry: EventEntry, keys: Keys, findings: Findings) -> None:
    """Note keys that are written twice, references to nothing, and an organisation that would be found nowhere."""
    if entry.organisation.key in RESERVED_KEYS:
        findings.error(
            entry.organisation.where("key"),
            sentence("the site itself has pages at “{key}”", key=entry.organisation.key),
            sentence("give the organisation another key"),
        )
    for section in SECTIONS:
        if section != "travel":
            check_once([(one.key, one.where("key")) for one in getattr(entry, section)], findings)
    for question in entry.questions:
        check_once([(option.key, option.where("key")) for option in question.options], findings)
    for owner, path, key, section in _references(entry):
        refer(key, section, owner.where(*path), keys, findings)


def check_once(keys: Iterable[tuple[str, Position]], findings: Findings) -> None:
    """Note every key that is there already."""
    seen: dict[str, Position] = {}
    for key, at in keys:
        first = seen.setdefault(key, at)
        if first is not at:
            findings.error(
                at,
                sentence("“{key}” is here twice; it stands on line {line} already", key=key, line=first.line),
                sentence("give one of them another key"),
            )


def refer(key: str, section: str, at: Position, keys: Keys, findings: Findings) -> bool:
    """Whether something is there to refer to; an error if not."""
    if section not in keys or key in keys[section]:
        return True
    known = keys[section]
    findings.error(
        at,
        sentence("there is no “{key}” among {section}", key=key, section=section),
        sentence("known: {words}", words=list_words(known))
        if known
        else sentence("nothing is written under “{section}” yet", section=section),
        nearest_word(key, known),
    )
    return False


def _references(entry: EventEntry) -> Iterator[tuple[Entry, tuple[str | int, ...], str, str]]:
    """(the group it is in, path to it, the key, the list it refers to)."""
    for site in entry.sites:
        if site.partner is not None:
            yield site, ("partner",), site.partner, "partners"
    for speaker in entry.speakers:
        if speaker.partner is not None:
            yield speaker, ("partner",), speaker.partner, "partners"
    for leg in entry.travel:
        for index, site_key in enumerate(leg.between):
            yield leg, ("between", index), site_key, "sites"
    for item in entry.programme:
        if item.site is not None:
            yield item, ("site",), item.site, "sites"
        if item.choice is not None:
            yield item, ("choice",), item.choice, "choices"
    for owner, name, section in _lists(entry):
        for index, key in enumerate(getattr(owner, name)):
            yield owner, (name, index), key, section


def _lists(entry: EventEntry) -> Iterator[tuple[Entry, str, str]]:
    """(the group it is in, its key, the list it refers to) of every list of keys."""
    for item in entry.programme:
        yield from ((item, name, name) for name in ("topics", "speakers", "partners", "segments"))
    for question in entry.questions:
        yield question, "segments", "segments"
    for reminder in entry.reminders:
        yield reminder, "segments", "segments"
        yield reminder, "visits", "programme"


def check_lists(entry: EventEntry, findings: Findings) -> None:
    """Note references that stand twice in one list, journeys from a place to itself, and those written twice."""
    for owner, name, _ in _lists(entry):
        _check_no_repeats(owner, name, getattr(owner, name), findings)
    seen: dict[frozenset[str], Position] = {}
    for leg in entry.travel:
        pair = frozenset(leg.between)
        first = seen.setdefault(pair, leg.where())
        if len(pair) == 1:
            findings.error(leg.where("between"), sentence("these are the same site"))
        elif first is not leg.where():
            findings.error(
                leg.where("between"),
                sentence("how long this takes stands on line {line} already", line=first.line),
                sentence("one line counts for both ways"),
            )


def _check_no_repeats(owner: Entry, name: str, keys: Sequence[str], findings: Findings) -> None:
    for index, key in enumerate(keys):
        if key in keys[:index]:
            findings.error(owner.where(name, index), sentence("“{key}” is in this list twice", key=key))
