"""The written tree against the published format: what does not fit, said with its place, and what can still be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.errors import Findings, Position, list_words, nearest_word
from tripkit.eventfile.format.entry import Entry, Located, is_empty
from tripkit.eventfile.format.programme import SECTIONS, EventEntry
from tripkit.eventfile.format.scalars import WRONG
from tripkit.eventfile.format.story import StoryEntry
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
            hint = _split_by_comma(node, key) or sentence("write it, or take the line away")
            findings.error(node.key_at[key], what, hint)
            part = (*path, key)
            yield ".".join(map(str, part[:2])) if part[0] in _STAND_INS else str(part[0])
        yield from _note_empty(inner, (*path, key), findings)


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
            broken.update((top, nearest_word(top, SECTIONS) or top))
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
        what, hint, nearest = _said(problem, model, root)
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


def _said(problem: ErrorDetails, model: type[Entry], root: Mapping) -> tuple[Sentence, Sentence | None, str | None]:
    where, kind, given = problem["loc"], problem["type"], problem.get("input")
    context = problem.get("ctx", {})
    key = str(where[-1]) if where else ""
    if kind == WRONG:
        return context["said"], context["hint"], None
    if kind == "missing":
        return sentence("“{key}” is missing", key=key), _what_it_is(model, where), None
    if kind == "extra_forbidden":
        allowed = _allowed(_model_at(model, where[:-1]))
        hint = sentence("allowed here: {words}", words=list_words(allowed, 30))
        return sentence("unknown key “{key}”", key=key), hint, nearest_word(key, allowed)
    if kind == "enum" and isinstance(given, str | int | Decimal):
        allowed = _enum_words(str(context.get("expected", "")))
        return (
            sentence("“{word}” is not known here", word=str(given)[:60]),
            sentence("allowed: {words}", words=list_words(allowed, 30)),
            nearest_word(str(given), allowed),
        )
    if kind == "enum":
        hint = sentence("allowed: {words}", words=list_words(_enum_words(str(context.get("expected", ""))), 30))
        return sentence("one word is wanted here"), hint, None
    return _said_wrong_type(problem, node_at(root, where), context)


def _said_wrong_type(
    problem: ErrorDetails, given: Node, context: dict[str, Any]
) -> tuple[Sentence, Sentence | None, str | None]:
    match problem["type"]:
        case "string_type" if isinstance(given, Scalar):
            hint = sentence('put quotes around it: "{written}"', written=given.raw[:60])
            return sentence("text is wanted here"), hint, None
        case "string_type":
            return sentence("text is wanted here"), None, None
        case "int_type":
            return (
                sentence("a whole number is wanted here"),
                _whole_number_hint(given),
                None,
            )
        case "bool_type":
            return (
                sentence("true or false is wanted here"),
                sentence("write true for yes and false for no, without quotes"),
                None,
            )
        case "list_type":
            return sentence("a list is wanted here"), sentence("write [one, two], or lines that start with “- ”"), None
        case "dict_type":
            return (
                sentence("a text per language is wanted here"),
                sentence("write it as in {example}", example="{sv: …, en: …}"),
                None,
            )
        case "model_type" | "model_attributes_type":
            return (
                sentence("a group of keys is wanted here"),
                sentence("write “key: value” on lines of their own, indented"),
                None,
            )
        case "greater_than_equal":
            return sentence("the number is too small"), sentence("at least {least}", least=int(context["ge"])), None
        case "less_than_equal":
            return sentence("the number is too large"), sentence("at most {most}", most=int(context["le"])), None
        case "string_too_long":
            return _too_long(context)
        case "too_long" if isinstance(given, Scalar):
            return _too_long(context)  # A key and the like, whose length is looked at after its letters.
        case "too_short":
            return sentence("too few in the list"), sentence("at least {least}", least=context["min_length"]), None
        case "too_long":
            return sentence("too many in the list"), sentence("at most {most}", most=context["max_length"]), None
    return sentence("this cannot be: {problem}", problem=problem["msg"]), None, None


def _too_long(context: dict[str, Any]) -> tuple[Sentence, Sentence, None]:
    return sentence("the text is too long"), sentence("at most {most} characters", most=context["max_length"]), None


def _whole_number_hint(given: Node) -> Sentence:
    if isinstance(given, Scalar) and re.fullmatch(r"0[0-9]+", given.raw) and (number := given.raw.lstrip("0")):
        return sentence("write {number}, without a 0 before it", number=number)
    return sentence("write it with digits only, without quotes")


def _enum_words(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _allowed(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _what_it_is(model: type[Entry], where: Path) -> Sentence | None:
    parent = _model_at(model, where[:-1])
    for name, field in parent.model_fields.items():
        if (field.alias or name) == where[-1] and field.description:
            return Sentence(field.description)
    return None


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """The model of the group of keys at a path."""
    for step in path:
        for name, field in model.model_fields.items():
            if (field.alias or name) == step:
                model = _model_in(field.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
