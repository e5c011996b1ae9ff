"""The written tree against the published format: what does not fit, said with its place, and what can still be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, Position
from tripkit.eventfile.format.entry import Entry, Located, is_empty
from tripkit.eventfile.format.programme import SECTIONS, EventEntry
from tripkit.eventfile.format.story import StoryEntry
from tripkit.eventfile.misfits import misfit
from tripkit.eventfile.other_words import word_meant
from tripkit.eventfile.yamltree import Mapping, Node, Path, Scalar, Sequence, key_position, node_at

_TEXT = {"sv": "-", "en": "-"}
_STAND_INS: dict[str, dict[str, Any]] = {
    "organisation": {"key": "x", "name": _TEXT, "languages": ["sv"], "email": "x@x.example"},
    "trip": {
        "key": "x",
        "title": _TEXT,
        "lead": _TEXT,
        "place": _TEXT,
        "days": {"from": "2000-01-01", "to": "2000-01-01"},
        "time_zone": "UTC",
        "languages": ["sv"],
        "size": 100_000,
        "contact": {"name": "x"},
        "price": {"net": 0, "currency": "SEK", "vat": 0},
        "terms": {"version": "x", "text": _TEXT},
    },
}
"""What stands in for required values that are wrong, so that the rest can be checked in the same run."""


@dataclass(frozen=True, slots=True)
class Validated:
    """What can be worked on. ``broken``: ``trip.days`` and the like that had to be replaced, and sections that miss entries."""

    entry: EventEntry
    broken: frozenset[str]


def validate_event(root: Mapping, findings: Findings) -> Validated:
    """Check the whole tree against the format. Errors are noted; what fits is returned for further checks."""
    data = Located(root)
    empty = frozenset(_note_empty(root, (), findings))
    try:
        return Validated(EventEntry.model_validate(data), empty)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    note(problems, EventEntry, root, findings)
    broken = _mend(data, [problem["loc"] for problem in problems])
    return Validated(EventEntry.model_validate(data), empty | broken)


def validate_story(root: Mapping, findings: Findings) -> StoryEntry | None:
    """Check a story against the format; None when it does not fit."""
    list(_note_empty(root, (), findings))
    try:
        return StoryEntry.model_validate(Located(root))
    except ValidationError as error:
        note(error.errors(include_url=False), StoryEntry, root, findings)
        return None


def _note_empty(node: Node, path: Path, findings: Findings) -> Iterator[str]:
    """Note keys with nothing after them. Yields the parts this breaks, as in `Validated`."""
    if isinstance(node, Sequence):
        for index, inner in enumerate(node.nodes):
            if is_empty(inner):
                findings.error(inner.at, sentence("nothing is written here"), sentence("take the “-” away"))
            yield from _note_empty(inner, (*path, index), findings)
    if not isinstance(node, Mapping):
        return
    for key, inner in node.nodes.items():
        if is_empty(inner):
            what = sentence("nothing is written after “{key}”", key=key)
            hint = _split_by_comma(node, key) or _after_hash(key, inner) or sentence("write it, or take the line away")
            findings.error(node.key_at[key], what, hint)
            part = (*path, key)
            yield ".".join(map(str, part[:2])) if part[0] in _STAND_INS else str(part[0])
        yield from _note_empty(inner, (*path, key), findings)


def _after_hash(key: str, empty: Node) -> Sentence | None:
    """The hint for what YAML took for a remark: ``brand: #1b4d3e``."""
    if not isinstance(empty, Scalar) or not empty.raw:
        return None
    return sentence(
        "“#” starts a remark, so a text that starts with it needs quotes: {example}", example=f'{key}: "{empty.raw}"'
    )


def _split_by_comma(node: Mapping, key: str) -> Sentence | None:
    """The hint for what was one text in braces before a comma split it: ``{sv: Kaffe, te, en: …}``."""
    keys = list(node.nodes)
    first = last = keys.index(key)
    while first >= 0 and _is_without_colon(node, keys[first]):
        first -= 1
    while last < len(keys) and _is_without_colon(node, keys[last]):
        last += 1
    before = node.nodes[keys[first]] if 0 <= first < last else None
    if isinstance(before, Scalar) and isinstance(before.value, int) and keys[first + 1].isdecimal():
        example = f"{keys[first]}: {before.raw}.{keys[first + 1]}"
        return sentence("a number has a point, not a comma: {example}", example=example)
    if not isinstance(before, Scalar) or not isinstance(before.value, str):
        return None
    return sentence(
        "inside {{ }} a comma ends the text, so a text with a comma needs quotes: {example}",
        example=f'{keys[first]}: "{", ".join([before.raw, *keys[first + 1 : last]])}"',
    )


def _is_without_colon(node: Mapping, key: str) -> bool:
    """Whether the key stands in braces with not even a colon after it: its empty value then begins where it ends."""
    value, at = node.nodes[key], node.key_at[key]
    ends = Position(at.file, at.line, at.column + len(key))
    return node.in_braces and is_empty(value) and value.at == ends


def _mend(data: Located, locations: list[Path]) -> set[str]:
    """Take what is wrong out of the data, and put stand-ins where something must be."""
    broken: set[str] = set()
    entries: set[tuple[str, int]] = set()
    for location in locations:
        top = str(location[0])
        if top in _STAND_INS:
            _mend_part(data, top, location, broken)
        elif top in SECTIONS and len(location) > 1 and isinstance(location[1], int):
            entries.add((top, location[1]))
            broken.add(top)
        else:
            data.pop(top, None)
            # The list that a mistyped name stands for is there, only not known by it.
            broken.update((top, word_meant(top, SECTIONS) or top))
    for section, index in sorted(entries, reverse=True):
        del data[section][index]
    return broken


def _mend_part(data: Located, part: str, location: Path, broken: set[str]) -> None:
    if len(location) == 1:
        data[part] = dict(_STAND_INS[part])
        broken.update(f"{part}.{name}" for name in _STAND_INS[part])
        return
    name = str(location[1])
    broken.add(f"{part}.{name}")
    data[part].pop(name, None)
    if name in _STAND_INS[part]:
        data[part][name] = _STAND_INS[part][name]


def note(problems: list[ErrorDetails], model: type[Entry], root: Mapping, findings: Findings) -> None:
    """Say each of pydantic's problems in our words, at its place."""
    for problem in problems:
        where = problem["loc"]
        if _is_noted(problem, root):
            continue
        what, hint, nearest = misfit(problem, model, root)
        findings.error(_position(problem, root, where), what, hint, nearest)


def _is_noted(problem: ErrorDetails, root: Mapping) -> bool:
    """Whether it is about a place with nothing in it, which has been said."""
    where = problem["loc"]
    parent = node_at(root, where[:-1])
    if isinstance(parent, Mapping) and where and where[-1] in parent.nodes:
        return is_empty(parent.nodes[str(where[-1])])
    return problem.get("input") is None and is_empty(node_at(root, where))


def _position(problem: ErrorDetails, root: Mapping, where: Path) -> Position:
    if problem["type"] == "extra_forbidden" or where[-1:] == ("[key]",):
        return key_position(root, tuple(step for step in where if step != "[key]"))
    return node_at(root, where).at
