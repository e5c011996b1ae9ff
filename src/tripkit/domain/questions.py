"""Questions a trip asks its participants, and what counts as an answer; no form, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tripkit.domain.texts import Text


class QuestionKind(StrEnum):
    """What sort of answer is wanted."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    MANY_OF = "many_of"
    DATE = "date"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"


Answer = str | bool | tuple[str, ...] | None
"""Text, number and date (ISO 8601) as text; yes_no as bool; many_of as option keys; None = not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose."""

    key: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Asked only when ``question`` was answered with one of ``answers`` (option keys; "yes"/"no" for yes_no)."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to each participant.

    ``segments``: asked of these only; empty = everyone. ``sensitive``: health, diet or belief; never shown back on a
    page or in a mail. ``at_least``/``at_most``: bounds of a number, None = none. ``kept_days``: how long after the trip's
    last day answers are kept, None = as long as everything else people wrote.
    """

    key: str
    kind: QuestionKind
    name: Text
    help: Text
    required: bool = False
    sensitive: bool = False
    segments: tuple[str, ...] = ()
    when: Condition | None = None
    options: tuple[Option, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    kept_days: int | None = None


Answers = Mapping[str, Answer]
"""Question key to answer, for one participant."""
