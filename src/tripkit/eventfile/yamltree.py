"""YAML 1.2 text to a tree in which every key and value knows its line and column; what they mean is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.directory import character_name, unseen_character
from tripkit.eventfile.errors import Findings, Position

_DEEPEST = 20
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 1000  # Python refuses to read longer whole numbers.


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, number, yes/no or nothing. ``value``: str, int, Decimal, bool or None; ``raw``: as it is written."""

    at: Position
    value: str | int | Decimal | bool | None
    raw: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values; ``key_at`` holds where each key stands. ``in_braces``: written as ``{key: value, …}``."""

    at: Position
    nodes: dict[str, Node] = field(default_factory=dict)
    key_at: dict[str, Position] = field(default_factory=dict)
    in_braces: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    at: Position
    nodes: list[Node] = field(default_factory=list)


Node = Scalar | Mapping | Sequence
Path = tuple[str | int, ...]
"""From the root to a value: keys of mappings, indexes of lists."""


def plain(node: Node) -> Any:
    """The tree as dicts, lists and scalars, without positions."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.nodes.items()}
    if isinstance(node, Sequence):
        return [plain(value) for value in node.nodes]
    return node.value


def node_at(root: Node, path: Path) -> Node:
    """The value at a path, or the innermost one on the way to it that is there."""
    node = root
    for step in path:
        if isinstance(node, Mapping) and step in node.nodes:
            node = node.nodes[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.nodes):
            node = node.nodes[step]
        else:
            break
    return node


def key_position(root: Node, path: Path) -> Position:
    """Where the last key of a path is written; where its parent starts when it is not."""
    parent = node_at(root, path[:-1])
    if path and isinstance(parent, Mapping) and path[-1] in parent.key_at:
        return parent.key_at[str(path[-1])]
    return parent.at


def parse(file: str, text: str, findings: Findings) -> Node | None:
    """Read one YAML file. Errors are noted with their place; None when there is no tree at all."""
    reader = _Reader(file, YAML(typ="safe", pure=True).parse(text), findings)
    try:
        return reader.document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
        findings.error(at, *_say_syntax_error(error, text, at))
    except YAMLError as error:
        findings.error(
            Position(file), sentence("this cannot be read as YAML: {problem}", problem=str(error).split("\n")[0])
        )
    return None


def _say_syntax_error(error: MarkedYAMLError, text: str, at: Position) -> tuple[Sentence, Sentence | None]:
    lines = text.split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    problem = error.problem or ""
    if "\t" in line[: at.column]:
        return sentence("a tab stands where YAML wants spaces"), sentence("indent with spaces")
    if "mapping values are not allowed" in problem:
        return sentence("this colon makes no sense here"), sentence(
            "a text with a colon in it needs quotes around it; a new key needs a line of its own"
        )
    if "could not find expected ':'" in problem or "expected ':'" in problem:
        return sentence("a key without a colon after it"), sentence("write “key: value”, with a space after the colon")
    if "end of stream" in problem or "<stream end>" in problem:
        return sentence("the file ends in the middle of something"), sentence(
            "look for a quote or a bracket that is not closed"
        )
    if "block end" in problem or "<block" in problem:
        return sentence("this line does not line up with those above it"), sentence(
            "keys of one list or group start in the same column"
        )
    if "cannot start any token" in problem:
        return sentence("a text cannot start with this character"), sentence("put quotes around the text")
    return sentence("this is not valid YAML: {problem}", problem=problem or str(error)), None


class _Reader:
    """Builds the tree from the parser's events; goes on after what it can skip."""

    def __init__(self, file: str, events: Iterator[Any], findings: Findings) -> None:
        self._file = file
        self._events = events
        self._findings = findings

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self._error(
                        event,
                        sentence("a second document starts here"),
                        sentence("one file holds one; take away the line “---”"),
                    )
                    return root
                root = self._node(next(self._events), 0)
            elif isinstance(event, StreamEndEvent):
                break
        return root

    def _node(self, event: Any, depth: int) -> Node:
        self._refuse_extras(event)
        if depth > _DEEPEST:
            raise MarkedYAMLError(problem="too many levels inside each other", problem_mark=event.start_mark)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, SequenceStartEvent):
            sequence = Sequence(self._at(event))
            while not isinstance(inner := next(self._events), SequenceEndEvent):
                sequence.nodes.append(self._node(inner, depth + 1))
            return sequence
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        return Scalar(self._at(event), None, "")

    def _mapping(self, start: Any, depth: int) -> Mapping:
        mapping = Mapping(self._at(start), in_braces=bool(start.flow_style))
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._findings.error(key.at, sentence("a key must be a word"))
            elif key.raw in mapping.nodes:
                first = mapping.key_at[key.raw].line
                self._findings.error(
                    key.at, sentence("“{key}” is here twice; it stands on line {line} already", key=key.raw, line=first)
                )
            else:
                mapping.nodes[key.raw] = value
                mapping.key_at[key.raw] = key.at
        return mapping

    def _scalar(self, event: Any) -> Scalar:
        raw: str = event.value
        if match := unseen_character(raw):
            self._error(
                event, sentence("a character that cannot be seen, {character}", character=character_name(match.group()))
            )
            raw = raw.replace(match.group(), "")
        return Scalar(self._at(event), scalar_value(raw) if event.implicit[0] and not event.style else raw, raw)

    def _refuse_extras(self, event: Any) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._error(
                event,
                sentence("anchors and aliases (& and *) are not used here"),
                sentence("write it out, or put quotes around the text"),
            )
        if getattr(event, "tag", None) not in {None, "!"} and getattr(event, "ctag", None) is not None:
            self._error(event, sentence("tags (!) are not used here"), sentence("put quotes around the text"))

    def _at(self, event: Any) -> Position:
        return Position(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _error(self, event: Any, what: Sentence, hint: Sentence | None = None) -> None:
        self._findings.error(self._at(event), what, hint)


def scalar_value(raw: str) -> str | int | Decimal | bool | None:
    """What a scalar without quotes is, by the core schema of YAML 1.2 (10.3.2); dates and times stay text."""
    if _NULL.fullmatch(raw):
        return None
    if _BOOL.fullmatch(raw):
        return raw.lower() == "true"
    if _INT.fullmatch(raw) and len(raw) <= _MOST_DIGITS:
        return int(raw)
    if _FLOAT.fullmatch(raw):
        return Decimal(re.sub(r"(?i)\.(inf|nan)", r"\1", raw))
    return raw
