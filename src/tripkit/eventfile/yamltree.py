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
from tripkit.eventfile.syntax import syntax_error

_DEEPEST = 20
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,999})")  # Python refuses to read much longer ones.
# More digits in the exponent than anybody writes would be refused by `Decimal`.
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)\.[0-9]*|[1-9][0-9]*(?=[eE]))([eE][-+]?[0-9]{1,6})?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, number, yes/no or nothing. ``value``: str, int, Decimal, bool or None; ``raw``: as it is written.

    ``raw`` of nothing is the remark that stands close after a ``#`` in its place, as in ``#1f6f8b``.
    """

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
    reader = _Reader(file, text, findings)
    try:
        return reader.document()
    except _TooDeep as deep:
        findings.error(deep.args[0], sentence("too many brackets or levels are inside each other"))
    except MarkedYAMLError as error:
        findings.error(*syntax_error(error, file, text))
    except YAMLError as error:
        findings.error(
            Position(file), sentence("this cannot be read as YAML: {problem}", problem=str(error).split("\n")[0])
        )
    return None


class _TooDeep(Exception):
    """More levels inside each other than any event directory has; its argument is where."""


class _Reader:
    """Builds the tree from the parser's events; goes on after what it can skip."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self._file = file
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
        self._lines = text.split("\n")
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
            raise _TooDeep(self._at(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, SequenceStartEvent):
            sequence = Sequence(self._at(event))
            while not isinstance(inner := next(self._events), SequenceEndEvent):
                sequence.nodes.append(self._node(inner, depth + 1))
            return sequence
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        # Only an alias is left. It is said already, so it counts as something written.
        return Scalar(self._at(event), f"*{event.anchor}", f"*{event.anchor}")

    def _mapping(self, start: Any, depth: int) -> Mapping:
        mapping = Mapping(self._at(start), in_braces=bool(start.flow_style))
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if isinstance(value, Scalar) and value.value is None and not value.raw:
                value = Scalar(value.at, None, self._remark_after(event))
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
        while match := unseen_character(raw):
            self._error(
                event, sentence("a character that cannot be seen, {character}", character=character_name(match.group()))
            )
            raw = raw.replace(match.group(), "")
        return Scalar(self._at(event), scalar_value(raw) if event.implicit[0] and not event.style else raw, raw)

    def _remark_after(self, key: Any) -> str:
        """What stands close after a ``#`` beside a key with no value: it was hardly meant as a remark."""
        mark = key.end_mark
        beside = self._lines[mark.line][mark.column :] if mark.line < len(self._lines) else ""
        match = re.fullmatch(r":\s+(#[^\s#].*?)\s*", beside)
        return match[1] if match else ""

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
    """What a scalar without quotes is, by the core schema of YAML 1.2 (10.3.2); dates and times stay text.

    So does 0701234567: digits after a leading zero are a telephone number or the like, and the zero must not get lost.
    """
    if _NULL.fullmatch(raw):
        return None
    if _BOOL.fullmatch(raw):
        return raw.lower() == "true"
    if _INT.fullmatch(raw):
        return int(raw)
    if _FLOAT.fullmatch(raw):
        return Decimal(re.sub(r"(?i)\.(inf|nan)", r"\1", raw))
    return raw
