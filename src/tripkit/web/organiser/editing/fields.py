"""What a field of a form is: which value of a trip it stands for, of what kind, and what it is called; no form, no page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tripkit.domain.sentences import Sentence, sentence


class Kind(StrEnum):
    """What sort of value a field stands for, and so how it is shown."""

    LINE = "line"
    """A line in each language."""
    PROSE = "prose"
    """Markdown in each language."""
    WORD = "word"
    """One line, the same in every language."""
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"
    FLAG = "flag"
    ONE_OF = "one_of"
    ONE_OF_LIST = "one_of_list"
    """The key of a thing in one of the trip's lists."""
    MANY_OF_LIST = "many_of_list"
    WORDS = "words"
    """Several words on one line, commas between."""
    PICTURE = "picture"
    ROWS = "rows"
    """Small groups of fields, one below the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    ``path``: from the thing to the value, as ``days.from``; it is the field's name, and empty for a row that is a text
    itself. ``needed``: the format asks for it. ``usual``: what it is when nothing is written. ``choices``: values and what
    they are called. ``section``: the list whose things can be chosen. ``of``: the fields of a row. ``most``: characters, or
    the largest number.
    """

    path: str
    kind: Kind
    label: Sentence
    needed: bool = False
    hint: Sentence | None = None
    usual: Any = None
    choices: Mapping[str, Sentence] = field(default_factory=dict)
    section: str = ""
    of: tuple[Field, ...] = ()
    most: int = 300


def line(path: str, label: Sentence, **more: Any) -> Field:
    """A line in each language."""
    return Field(path=path, kind=Kind.LINE, label=label, **more)


def prose(path: str, label: Sentence, **more: Any) -> Field:
    """Markdown in each language."""
    return Field(path=path, kind=Kind.PROSE, label=label, **more)


def word(path: str, label: Sentence, **more: Any) -> Field:
    """One line, the same in every language."""
    return Field(path=path, kind=Kind.WORD, label=label, **more)


def number(path: str, label: Sentence, **more: Any) -> Field:
    """A whole number."""
    return Field(path=path, kind=Kind.NUMBER, label=label, **more)


def contact(above: str, needed: bool) -> tuple[Field, ...]:
    """Somebody, and how they are reached."""
    return (
        word(f"{above}.name", sentence("Whom to ask"), needed=needed),
        word(f"{above}.email", sentence("E-mail")),
        word(f"{above}.phone", sentence("Telephone")),
    )


MARKDOWN = sentence("An empty line begins a new paragraph. **Bold**, and lists with - at the beginning of a line.")
"""How prose is written."""
