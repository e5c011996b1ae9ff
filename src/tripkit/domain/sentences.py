"""Sentences people read, before translation: an English text with named values; no catalogue lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in English with ``{name}`` places, translated later by `tripkit.i18n.say`.

    ``plural`` is used instead of ``text`` when ``count`` is not one, by the rule of the language it is said in.
    Values may be strings, numbers, dates, aware moments, `Money`, localised texts or other sentences; whoever says
    the sentence formats each of them for the reader.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        text = self.text if self.plural is None or self.count == 1 else self.plural
        return text.format_map({name: _in_english(value) for name, value in self.values.items()})


def sentence(text: str, /, **values: object) -> Sentence:
    """Make a sentence; the extraction keyword for translators."""
    return Sentence(text, values)


def sentences(text: str, plural: str, count: int, /, **values: object) -> Sentence:
    """Make a sentence that counts something; ``{count}`` is filled in."""
    return Sentence(text, {"count": count, **values}, plural, count)


def _in_english(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("en") or next(iter(value.values()), "")
    return value
