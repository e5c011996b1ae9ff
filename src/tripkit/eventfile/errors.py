"""What is wrong in an event directory, with file, line and column: one finding, all findings; no checks.

EventErrors    the directory cannot be used; every error is in it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from tripkit.domain.sentences import Sentence, sentence, sentences

Say = Callable[[Sentence], str]
"""How a sentence is said; ``str`` says it in English."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file. ``file``: path within the event directory, ``/`` between parts; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileError:
    """One thing wrong. ``sentence``: what; ``hint``: what is allowed; ``nearest``: the right word for a typo."""

    file: str
    line: int
    column: int
    sentence: Sentence
    hint: Sentence | None = None
    nearest: str | None = None

    def said(self, say: Say = str) -> str:
        """The line that is shown: ``file:line:column: what is wrong; what is allowed; did you mean "…"?``."""
        parts = [say(self.sentence)]
        if self.hint is not None:
            # What a key means is a sentence of its own in the published format: here it goes on.
            parts.append(_going_on(say(self.hint)))
        if self.nearest is not None:
            parts.append(say(sentence("did you mean “{word}”?", word=self.nearest)))
        return f"{self.file}:{self.line}:{self.column}: {'; '.join(parts)}"

    def __str__(self) -> str:
        return self.said()


def _going_on(text: str) -> str:
    """A sentence as the end of another: “Street and town.” as “street and town”, but IANA as it is."""
    small = text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
    return small.removesuffix(".")


class EventErrors(Exception):
    """An event directory that cannot be used. ``errors``: all of them, in order of place; ``warnings`` beside them.

    ``complete``: False when event.yaml could not be read, so that most of what may be wrong is not known yet.
    """

    def __init__(
        self, errors: Iterable[FileError], warnings: Iterable[FileError] = (), *, complete: bool = True
    ) -> None:
        self.complete = complete
        self.errors = in_order(errors)
        self.warnings = in_order(warnings)
        self.sentence = sentences(
            "One error in the event directory", "{count} errors in the event directory", len(self.errors)
        )
        super().__init__("\n".join([str(self.sentence), *map(str, self.errors)]))


@dataclass(slots=True)
class Findings:
    """Errors and warnings while a directory is read. Mutable on purpose: a reader goes on after an error."""

    errors: list[FileError] = field(default_factory=list)
    warnings: list[FileError] = field(default_factory=list)

    def error(self, at: Position, what: Sentence, hint: Sentence | None = None, nearest: str | None = None) -> None:
        """Note something that must be put right."""
        self.errors.append(_found(at, what, hint, nearest))

    def warn(self, at: Position, what: Sentence, hint: Sentence | None = None, nearest: str | None = None) -> None:
        """Note something that may be meant so."""
        self.warnings.append(_found(at, what, hint, nearest))

    def stop_if_wrong(self) -> None:
        """Raise `EventErrors` if there is any error so far."""
        if self.errors:
            raise EventErrors(self.errors, self.warnings)


def _found(at: Position, what: Sentence, hint: Sentence | None, nearest: str | None) -> FileError:
    return FileError(file=at.file, line=at.line, column=at.column, sentence=what, hint=hint, nearest=nearest)


def in_order(findings: Iterable[FileError]) -> tuple[FileError, ...]:
    """Sorted by place, each said once; ``event.yaml`` comes first."""
    unique = {(f.file != "event.yaml", f.file, f.line, f.column, str(f.sentence)): f for f in findings}
    return tuple(unique[place] for place in sorted(unique))


def nearest_word(word: str, allowed: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The allowed word most like this one, None when none is as like it as ``likeness`` (0 to 1)."""
    known = {candidate.casefold(): candidate for candidate in allowed}
    close = get_close_matches(word.casefold(), list(known), n=1, cutoff=likeness)
    return known[close[0]] if close else None


def list_words(words: Iterable[str], most: int = 12) -> str:
    """Words for a sentence, each once, comma between, cut after ``most``."""
    listed = list(dict.fromkeys(words))
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")
